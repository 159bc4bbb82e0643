//! `review`: what is there against what `examples/organization` declares.
//!
//! A case is a folder below `tests/review`: `answers.json` holds what Pulumi Cloud answers otherwise than after the access
//! program was applied, `expected.txt` what is printed, `adopted.diff` what `--adopt` writes, where there is one. `BLESS=1` writes
//! what is expected anew; somebody reads it then.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::root;
use serde_json::{Value, json};
use stackgate::{Organization, today};
use stackgate_access::Options;
use stackgate_cloud::{Origin, Saver, Wanted, read};
use stackgate_cloud_fixtures::{Laid, TAKEN, applied};
use tempfile::TempDir;

/// A copy of the example, and a saved directory beside it.
struct Case {
    temp: TempDir,
}

impl Case {
    fn new(answers: &str) -> Case {
        let temp = tempfile::tempdir().unwrap();
        copy(&root().join("examples/organization"), &temp.path().join("organization"));
        let case = Case { temp };
        case.save("saved", answers);
        case
    }

    fn organization(&self) -> PathBuf {
        self.temp.path().join("organization")
    }

    fn spec(&self) -> PathBuf {
        self.organization().join("stackgate.yaml")
    }

    fn saved(&self) -> PathBuf {
        self.temp.path().join("saved")
    }

    /// Saves what is there, as `review --save` does.
    fn save(&self, name: &str, answers: &str) {
        let organization = Organization::load(&self.spec(), None, today()).unwrap();
        let fragment = organization.fragment();
        let options = Options { approvers: Some("operators".into()), ..Options::default() };
        let laid = Laid::new(applied(fragment, &options), answers).expect(answers);
        let origin = Origin { organization: "acme".into(), cloud_url: "https://api.pulumi.com".into(), taken: TAKEN };
        let dir = self.temp.path().join(name);
        let saver = Saver::new(&laid, &dir, origin.clone()).unwrap();
        let opened = fragment.stacks.values().flat_map(|stack| &stack.esc);
        let granted = fragment.teams.values().flat_map(|team| team.environments.keys());
        let wanted = Wanted {
            origin,
            stacks: fragment.stacks.keys().cloned().collect(),
            environments: opened.chain(granted).cloned().collect(),
        };
        read(&saver, &wanted, &mut ());
        saver.finish().unwrap();
    }

    /// Exit code, standard output and standard error of `review --from` what was saved.
    fn review(&self, arguments: &[&str]) -> (i32, String, String) {
        let saved = self.saved().display().to_string();
        let mut all = vec!["review", "--from", &saved];
        all.extend(arguments);
        self.run(&all)
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_stackgate"))
            .args(arguments)
            .current_dir(self.organization())
            .env_remove("PULUMI_ACCESS_TOKEN")
            .env("PULUMI_HOME", self.temp.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &there);
        } else {
            fs::copy(entry.path(), there).unwrap();
        }
    }
}

fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/review").join(case)
}

fn answers(case: &str) -> String {
    fs::read_to_string(folder(case).join("answers.json")).unwrap()
}

fn expect(case: &str, file: &str, actual: &str) {
    let path = folder(case).join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{} is not what was printed:\n{actual}", path.display());
}

#[test]
fn cases_read_as_expected() {
    for (name, ends) in [("as-declared", 0), ("by-hand", 1), ("refused", 2)] {
        let case = Case::new(&answers(name));
        let (code, printed, errors) = case.review(&[]);
        expect(name, "expected.txt", &printed);
        assert_eq!(code, ends, "{name}: {errors}");
        assert_eq!(case.review(&[]).1, printed, "{name}: another text the second time");
    }
}

#[test]
fn every_format_says_the_same() {
    let case = Case::new(&answers("by-hand"));
    let (_, printed, _) = case.review(&["--format", "json"]);
    let report: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(report["command"], "review");
    let findings = report["findings"].as_array().unwrap();
    for format in ["sarif", "junit", "gitlab", "github", "azure", "markdown"] {
        let (code, printed, errors) = case.review(&["--format", format]);
        assert_eq!(code, 1, "{format}: {errors}");
        let shown = findings.iter().filter(|one| one["level"] != "notice");
        for finding in shown {
            let rule = finding["rule"]["id"].as_str().or_else(|| finding["rule"].as_str()).unwrap();
            assert!(printed.contains(rule), "{format}: {rule}");
        }
    }
}

#[test]
fn a_baseline_lets_new_findings_alone_fail() {
    let case = Case::new(&answers("by-hand"));
    assert_eq!(case.review(&["--baseline", "known.json", "--write-baseline"]).0, 0);
    let (code, printed, errors) = case.review(&["--baseline", "known.json"]);
    assert_eq!(code, 0, "{printed}{errors}");
    assert!(printed.contains(", known"), "{printed}");
    // One more by hand.
    let more = "{\"path\": \"/api/orgs/acme/metadata\", \"body\": {\"membersCanCreateTeams\": true}}";
    case.save("saved", &format!("{}{more}", answers("by-hand")));
    let (code, printed, _) = case.review(&["--baseline", "known.json"]);
    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("1 fails"), "{printed}");
    // What is mended is told, and fails nothing.
    case.save("saved", "");
    let (code, printed, _) = case.review(&["--baseline", "known.json"]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("[baseline-unused]"), "{printed}");
    // A refusal that nobody knows is none that passes; once it is in the file it is told, and fails nothing.
    case.save("saved", &answers("refused"));
    assert_eq!(case.review(&["--baseline", "known.json"]).0, 2);
    assert_eq!(case.review(&["--baseline", "known.json", "--write-baseline"]).0, 0);
    let (code, printed, errors) = case.review(&["--baseline", "known.json"]);
    assert_eq!(code, 0, "{printed}{errors}");
    assert!(printed.contains("NOT READ (2)") && printed.contains("not the whole"), "{printed}");
    // A failure of the server is never known.
    let broken = answers("refused").replace("403", "500");
    case.save("saved", &broken);
    assert_eq!(case.review(&["--baseline", "broken.json", "--write-baseline"]).0, 2);
    assert!(!case.organization().join("broken.json").exists());
    for (text, why) in [
        ("{\"version\": 2}", "version 1 alone"),
        ("{\"version\": 1, \"command\": \"logs\", \"findings\": []}", "a baseline of `logs`"),
        ("{", "no baseline"),
        ("{\"version\": 1, \"command\": \"review\", \"findings\": [], \"more\": 1}", "no baseline"),
    ] {
        fs::write(case.organization().join("known.json"), text).unwrap();
        let (code, _, errors) = case.review(&["--baseline", "known.json"]);
        assert!(code == 2 && errors.contains(why), "{text}: {errors}");
    }
}

/// Days pass, and what was found is still the same.
#[test]
fn time_alone_makes_no_new_finding() {
    let token = json!({ "path": "/api/orgs/acme/tokens?filter=all", "body": { "tokens": [{ "id": "t", "name": "ci",
        "createdBy": "eve", "created": "2025-01-01T00:00:00Z", "expires": TAKEN + 900_000, "lastUsed": TAKEN - 9_000_000,
        "admin": false }] } });
    let case = Case::new(&token.to_string());
    assert_eq!(case.review(&["--baseline", "known.json", "--write-baseline"]).0, 0);
    let manifest = case.saved().join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace(&TAKEN.to_string(), &(TAKEN + 3 * 86_400).to_string())).unwrap();
    let (code, printed, errors) = case.review(&["--baseline", "known.json"]);
    assert_eq!(code, 0, "{printed}{errors}");
    assert!(printed.contains("known"), "{printed}");
}

#[test]
fn what_nobody_declared_is_adopted_for_a_decision() {
    let case = Case::new(&answers("by-hand"));
    let before = fs::read_to_string(case.spec()).unwrap();
    let (code, diff, errors) = case.review(&["--adopt", "--dry-run"]);
    assert_eq!(code, 0, "{errors}");
    expect("by-hand", "adopted.diff", &format!("{diff}\n{errors}"));
    assert_eq!(fs::read_to_string(case.spec()).unwrap(), before);
    let (code, again, errors) = case.review(&["--adopt"]);
    assert_eq!((code, &again), (0, &diff), "{errors}");
    let after = fs::read_to_string(case.spec()).unwrap();
    for line in before.lines().filter(|line| line.contains('#') && !line.contains("members")) {
        assert!(after.contains(line), "the comment is gone: {line}");
    }
    // What was written is not told any more; what a spec may not hold still is.
    let (_, printed, _) = case.review(&[]);
    assert!(!printed.contains("nobody declared the team `friends`"), "{printed}");
    assert!(printed.contains("friends") && printed.contains("storefront/production"), "{printed}");
    let (code, diff, errors) = case.review(&["--adopt"]);
    assert_eq!((code, diff.trim()), (0, ""), "{errors}");
    assert!(errors.contains("there is nothing to write"), "{errors}");
}

#[test]
fn bad_input_is_one_clear_message() {
    let case = Case::new("");
    let told = |arguments: &[&str], why: &str| {
        let (code, printed, errors) = case.run(arguments);
        assert_eq!(code, 2, "{arguments:?}: {printed}{errors}");
        assert!(errors.contains(why), "{arguments:?}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{arguments:?}: {errors}");
    };
    told(&["review"], "there is no token for https://api.pulumi.com");
    told(&["review", "--from", "nowhere"], "nowhere");
    told(&["--spec", "storefront/stackgate.yaml", "review", "--from", "../saved"], "the spec of one repository");
    let manifest = case.saved().join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    for (from, to, why) in [
        ("\"version\":1", "\"version\":9", "version"),
        ("\"acme\"", "\"other\"", "it was saved from the organization `other`, and the spec names `acme`"),
        ("api.pulumi.com", "pulumi.example.com", "it was saved from the Pulumi Cloud"),
    ] {
        fs::write(&manifest, text.replace(from, to)).unwrap();
        told(&["review", "--from", "../saved"], why);
    }
    // Nothing could be read at all: one message, not one for each part.
    for (status, why) in [(401, "does not take the token"), (403, "may read nothing of"), (404, "has no organization")]
    {
        let refused =
            ["metadata", "members?type=frontend", "teams", "tokens?filter=all", "oidc/issuers", "roles?uxPurpose=role"];
        let lines = refused.iter().map(|path| format!("/api/orgs/acme/{path}"));
        let lines =
            lines.chain(["/api/esc/environments/acme".to_owned(), "/api/user/stacks?organization=acme".to_owned()]);
        let lines =
            lines.map(|path| json!({ "path": path, "status": status, "body": { "message": "no" } }).to_string());
        case.save("saved", &lines.collect::<Vec<_>>().join("\n"));
        told(&["review", "--from", "../saved"], why);
    }
}

/// What the file still holds is compared; the rest is unknown, and the run is not whole.
#[test]
fn a_truncated_file_is_told_with_its_line() {
    let case = Case::new("{\"path\": \"/api/orgs/acme/metadata\", \"body\": {\"membersCanCreateTeams\": true}}");
    let file = case.saved().join("issuers.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, &text[..text.len() - 40]).unwrap();
    let (code, printed, errors) = case.review(&[]);
    assert_eq!(code, 2, "{errors}");
    assert!(printed.contains("issuers.jsonl") && printed.contains("the middle of this line"), "{printed}");
    assert!(printed.contains("every member may create teams"), "{printed}");
    assert!(printed.contains("this is not the whole"), "{printed}");
}

/// The guide shows what is printed; `BLESS=1` writes it there.
#[test]
fn the_guide_shows_real_output() {
    let path = root().join("docs/guide/review.md");
    let page = fs::read_to_string(&path).unwrap();
    let read = |case: &str, file: &str| fs::read_to_string(folder(case).join(file)).unwrap();
    let mut parts = page.split("```text\n");
    let mut fresh = parts.next().unwrap().to_owned();
    let shown = [("by-hand", "expected.txt"), ("refused", "expected.txt"), ("by-hand", "adopted.diff")];
    for (part, (case, file)) in parts.zip(shown) {
        let (command, _) = part.split_once('\n').unwrap();
        let (_, rest) = part.split_once("```\n").unwrap();
        fresh.push_str(&format!("```text\n{command}\n{}```\n{rest}", read(case, file)));
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    } else {
        assert_eq!(page, fresh, "docs/guide/review.md is stale");
    }
}
