//! What the tests of this crate share: cases as folders, and the two sets of schemas.
//!
//! What must hold: a case holds data alone. `BLESS=1` writes what is expected anew; somebody reads it then.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "not every test uses everything; a panic is a failed test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use stackgate_access::{
    CiOptions, Fragment, GitHubReviewers, GitLabApprovers, Options, Organization, OrganizationDefaults,
};
use stackgate_fixtures::Schemas;
use stackgate_plan::{Access, Waiver};

/// A folder of the tests.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The schemas of `tests/schemas/NAME.json`.
pub(crate) fn schemas(name: &str) -> Schemas {
    Schemas::load(&folder("schemas").join(format!("{name}.json")))
}

/// Every case of a folder, sorted.
pub(crate) fn cases(name: &str) -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    assert!(!cases.is_empty(), "no case in {name}");
    cases
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares with what lies there, or writes it.
pub(crate) fn expect(path: &Path, text: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    } else if fs::read_to_string(path).unwrap_or_default() != text {
        wrong.push(path.display().to_string());
    }
}

/// The fragments of a case, in the order of their files' names.
pub(crate) fn fragments(case: &Path) -> Vec<Fragment> {
    let mut files: Vec<PathBuf> = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with("fragment"));
    files.sort();
    assert!(!files.is_empty(), "{}: no fragment", case.display());
    let parse =
        |path: &PathBuf| Fragment::from_json(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    files.iter().map(parse).collect()
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct OrganizationFile {
    defaults: Option<OrganizationDefaults>,
    access: Access,
    waivers: Vec<(String, String)>,
}

/// What `organization.json` of a case says; where there is none, an organization that says nothing.
pub(crate) fn organization(case: &Path) -> Organization {
    let file = case.join("organization.json");
    let file: OrganizationFile =
        if file.exists() { serde_json::from_str(&read(&file)).unwrap() } else { OrganizationFile::default() };
    let waiver = |(rule, place)| Waiver {
        rule,
        place,
        reason: "a test".into(),
        until: "2027-01-31".into(),
        span: stackgate_diagnostic::Span::default(),
    };
    Organization {
        organization: "acme".into(),
        cloud_url: "https://api.pulumi.com".into(),
        source: "organization.yaml".into(),
        defaults: file.defaults,
        access: file.access,
        waivers: file.waivers.into_iter().map(waiver).collect(),
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct OptionsFile {
    approvers: Option<String>,
    gate_open: bool,
    ci: CiFile,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CiFile {
    github: Option<Ids>,
    gitlab: Option<Ids>,
    azure: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Ids {
    teams: Vec<u64>,
    users: Vec<u64>,
    group: Option<u64>,
}

/// What `options.json` of a case says.
pub(crate) fn options(case: &Path) -> Options {
    let file = case.join("options.json");
    let file: OptionsFile =
        if file.exists() { serde_json::from_str(&read(&file)).unwrap() } else { OptionsFile::default() };
    let ci = CiOptions {
        github: file.ci.github.map(|ids| GitHubReviewers { teams: ids.teams, users: ids.users }),
        gitlab: file.ci.gitlab.map(|ids| GitLabApprovers { group: ids.group }),
        azure: file.ci.azure,
    };
    Options { approvers: file.approvers, gate_open: file.gate_open, ci, ..Options::default() }
}

/// The bodies of a script with the command that each goes to.
pub(crate) fn bodies(script: &str) -> Vec<(String, serde_json::Value)> {
    let mut found = Vec::new();
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_suffix(" <<'END_OF_BODY'") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "END_OF_BODY").collect();
        found.push((command.to_owned(), serde_json::from_str(&body.join("\n")).unwrap()));
    }
    found
}
