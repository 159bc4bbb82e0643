//! Every case under `snapshots/adopt/`: a spec, what bots and others did to its pipelines, and what `pins adopt` says then.
//!
//! What must hold: after an adoption the pipelines are as they were, `check` is clean and `generate` has nothing to do; a
//! refusal or a dry run writes nothing. `edits.txt` is as `common/edits.rs` says; `arguments.txt` may hold arguments.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use common::edits::apply;
use common::{blessing, cases, files, name};

type Snapshot = BTreeMap<String, Vec<u8>>;

fn run(root: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_stackgate")).args(arguments).current_dir(root).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn snapshot(root: &Path) -> Snapshot {
    files(root).into_iter().map(|path| (path.clone(), fs::read(root.join(path)).unwrap())).collect()
}

#[test]
fn every_case_gets_its_report() {
    let (mut wrong, mut rules) = (Vec::new(), BTreeSet::new());
    for case in cases("adopt") {
        let (case_name, temp) = (name(&case), tempfile::tempdir().unwrap());
        let root = temp.path();
        fs::copy(case.join("stackgate.yaml"), root.join("stackgate.yaml")).unwrap();
        assert_eq!(run(root, &["generate"]).0, 0, "{case_name}");
        apply(root, &case.join("edits.txt"));
        let more = fs::read_to_string(case.join("arguments.txt")).unwrap_or_default();
        let arguments: Vec<&str> = ["pins", "adopt"].into_iter().chain(more.split_whitespace()).collect();

        let before = snapshot(root);
        let dry: Vec<&str> = arguments.iter().copied().chain(["--dry-run"]).collect();
        let (dry_code, ..) = run(root, &dry);
        assert_eq!(snapshot(root), before, "{case_name}: a dry run wrote something");
        let (code, stdout, stderr) = run(root, &arguments);
        assert_eq!(code, dry_code, "{case_name}");
        let after = snapshot(root);
        if code == 0 {
            let changed: Vec<&String> = after.keys().filter(|path| after.get(*path) != before.get(*path)).collect();
            assert!(changed.is_empty() || changed == ["stackgate.yaml"], "{case_name}: {changed:?}");
            assert_eq!(after.len(), before.len(), "{case_name}: something was left behind");
            let crlf = |text: &[u8]| text.windows(2).filter(|pair| pair == b"\r\n").count();
            let (old, new) = (&before["stackgate.yaml"], &after["stackgate.yaml"]);
            let ends = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(crlf(old) == ends(old), crlf(new) == ends(new), "{case_name}: line ends");
            if more.contains("pulumi-") {
                let report = run(root, &["check"]).1;
                assert!(more.split_whitespace().all(|path| !report.contains(path)), "{case_name}: {report}");
            } else {
                assert_eq!(run(root, &["check"]).0, 0, "{case_name}");
                assert!(run(root, &["generate"]).1.starts_with("nothing to do"), "{case_name}");
                assert_eq!(snapshot(root), after, "{case_name}");
            }
            assert!(run(root, &arguments).1.starts_with("nothing to adopt"), "{case_name}: twice is once");
        } else {
            assert_eq!(after, before, "{case_name}: a refusal wrote something");
            let ids = stderr.lines().filter_map(|line| line.strip_prefix("error[")?.split(']').next());
            rules.extend(ids.map(str::to_owned));
        }
        let report = format!("exit code {code}\n{stdout}{stderr}");
        let expected = case.join("report.txt");
        if blessing() {
            fs::write(&expected, report).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != report {
            wrong.push(format!("{case_name}:\n{report}"));
        }
        let known = ["arguments.txt", "edits.txt", "report.txt", "stackgate.yaml"];
        for file in files(&case) {
            assert!(known.contains(&file.as_str()), "{case_name}/{file}: nothing reads it");
        }
    }
    assert!(wrong.is_empty(), "run `cargo xtask bless` and review the difference:\n\n{}", wrong.join("\n"));
    let of_adoption = stackgate::all_rules().iter().map(|rule| rule.id).filter(|id| id.starts_with("adopt-"));
    let missing: Vec<&str> = of_adoption.filter(|id| !rules.contains(*id)).collect();
    assert!(missing.is_empty(), "without a case under snapshots/adopt: {missing:?}");
}

const BUMP: [&str; 2] = [
    "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "actions/checkout@00000000000000000000000000000000000000cc # v7.0.2",
];

/// A repository in which Dependabot has bumped an action in every place.
fn bumped() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    let spec = common::root().join("snapshots/adopt/github-bumped/stackgate.yaml");
    fs::copy(spec, temp.path().join("stackgate.yaml")).unwrap();
    assert_eq!(run(temp.path(), &["generate"]).0, 0);
    for name in ["preview", "deploy"] {
        let file = temp.path().join(format!(".github/workflows/pulumi-{name}.yml"));
        fs::write(&file, fs::read_to_string(&file).unwrap().replace(BUMP[0], BUMP[1])).unwrap();
    }
    temp
}

/// Runs, and holds that it was refused and nothing was written.
fn refused(root: &Path, arguments: &[&str]) -> String {
    let before = snapshot(root);
    let (code, _, stderr) = run(root, arguments);
    assert_eq!(code, 2, "{stderr}");
    assert_eq!(snapshot(root), before);
    stderr
}

#[test]
fn what_is_no_artifact_is_named_in_vain() {
    let temp = bumped();
    let said = refused(temp.path(), &["pins", "adopt", ".github/workflows/other.yml", "README.md"]);
    assert_eq!(said.matches("is not the path of an artifact").count(), 2, "{said}");
    let all = [".github/workflows/pulumi-preview.yml", "./.github/workflows/pulumi-deploy.yml"];
    assert_eq!(run(temp.path(), &["pins", "adopt", all[0], all[1]]).0, 0);
}

#[test]
fn a_write_that_did_not_end_comes_first() {
    let temp = bumped();
    fs::write(temp.path().join(".stackgate-journal"), "x").unwrap();
    let said = refused(temp.path(), &["pins", "adopt"]);
    assert!(said.contains("interrupted"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_is_not_written_through() {
    let temp = bumped();
    let (spec, elsewhere) = (temp.path().join("stackgate.yaml"), temp.path().join("elsewhere.yaml"));
    fs::rename(&spec, &elsewhere).unwrap();
    std::os::unix::fs::symlink("elsewhere.yaml", &spec).unwrap();
    let said = refused(temp.path(), &["pins", "adopt"]);
    assert!(said.contains("not a regular file"), "{said}");
}

#[cfg(unix)]
#[test]
fn the_mode_of_the_spec_stays() {
    use std::os::unix::fs::PermissionsExt;
    let temp = bumped();
    let spec = temp.path().join("stackgate.yaml");
    fs::set_permissions(&spec, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(run(temp.path(), &["pins", "adopt"]).0, 0);
    assert_eq!(fs::metadata(&spec).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_spec_outside_of_the_root_is_not_written() {
    let temp = bumped();
    let other = tempfile::tempdir().unwrap();
    let spec = other.path().join("stackgate.yaml");
    fs::rename(temp.path().join("stackgate.yaml"), &spec).unwrap();
    let arguments = ["pins", "adopt", "--root", temp.path().to_str().unwrap(), "--spec", spec.to_str().unwrap()];
    let before = fs::read(&spec).unwrap();
    let said = refused(temp.path(), &arguments);
    assert!(said.contains("not below the repository root"), "{said}");
    assert_eq!(fs::read(&spec).unwrap(), before);
    assert_eq!(run(temp.path(), &[&arguments[..], &["--dry-run"]].concat()).0, 0);
}

#[test]
fn a_spec_below_the_root_is_written_where_it_is() {
    let temp = bumped();
    // Its markers name another path then, which is no drift.
    fs::create_dir(temp.path().join("infra")).unwrap();
    fs::rename(temp.path().join("stackgate.yaml"), temp.path().join("infra/stackgate.yaml")).unwrap();
    let arguments = ["--root", ".", "--spec", "infra/stackgate.yaml"];
    let (code, stdout, stderr) = run(temp.path(), &[&["pins", "adopt"][..], &arguments].concat());
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!(run(temp.path(), &[&["check"][..], &arguments].concat()).0, 0);
    assert!(fs::read_to_string(temp.path().join("infra/stackgate.yaml")).unwrap().contains("v7.0.2"));
}

#[test]
fn an_artifact_or_a_spec_that_changes_meanwhile_stops_it() {
    let temp = bumped();
    let load = || stackgate::Project::load(&temp.path().join("stackgate.yaml"), None, common::TODAY).unwrap();
    let adoption = load().adopt(&stackgate::AdoptOptions::default()).unwrap();
    let file = temp.path().join(".github/workflows/pulumi-deploy.yml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("contents: read", "contents: write")).unwrap();
    let before = snapshot(temp.path());
    assert!(adoption.commit().is_err_and(|error| error.to_string().contains("changed while")));
    assert_eq!(snapshot(temp.path()), before);
    fs::write(&file, text).unwrap();
    let adoption = load().adopt(&stackgate::AdoptOptions::default()).unwrap();
    let spec = temp.path().join("stackgate.yaml");
    fs::write(&spec, format!("{}# mine\n", fs::read_to_string(&spec).unwrap())).unwrap();
    assert!(adoption.commit().is_err_and(|error| error.to_string().contains("changed while")));
    assert!(fs::read_to_string(&spec).unwrap().ends_with("# mine\n"));
}

#[test]
fn the_guide_shows_what_is_printed() {
    let guide = fs::read_to_string(common::root().join("docs/guide/pins.md")).unwrap();
    for case in ["github-bumped", "github-forged-comment"] {
        let report = fs::read_to_string(common::root().join("snapshots/adopt").join(case).join("report.txt")).unwrap();
        let (_, said) = report.split_once('\n').unwrap();
        assert!(guide.contains(&format!("$ stackgate pins adopt\n{said}```\n")), "{case}: docs/guide/pins.md is stale");
    }
    for rule in stackgate::all_rules().iter().filter(|rule| rule.id.starts_with("adopt-")) {
        assert!(guide.contains(&format!("| `{}` |", rule.id)), "{}", rule.id);
    }
}
