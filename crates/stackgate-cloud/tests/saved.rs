//! Saved directories: what is written is read back, and what is broken is told.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use stackgate_cloud::{Answer, Api, Failure, Origin, Saved, Saver, path, save};

fn origin() -> Origin {
    Origin { organization: "acme".into(), cloud_url: "https://api.pulumi.com".into(), taken: 1_764_000_000 }
}

fn answers() -> BTreeMap<String, Answer> {
    let teams = json!({ "teams": [{ "name": "web", "kind": "pulumi" }] });
    BTreeMap::from([
        (path::teams("acme"), Answer { status: 200, body: teams }),
        (path::team_tokens("acme", "web"), Answer { status: 403, body: json!({ "code": 403, "message": "no" }) }),
        (path::next(&path::teams("acme"), "2"), Answer { status: 200, body: json!({ "teams": [] }) }),
    ])
}

fn saved(dir: &Path) -> Saved {
    save(dir, &origin(), &answers(), true).unwrap();
    Saved::open(dir).unwrap()
}

#[test]
fn what_is_written_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let saved = saved(dir.path());
    assert_eq!(saved.origin(), &origin());
    assert!(saved.is_complete());
    assert_eq!(saved.paths(), answers().keys().collect::<Vec<_>>());
    for (path, answer) in answers() {
        assert_eq!(saved.get(&path), Ok(answer));
    }
    assert_eq!(saved.get(&path::tokens("acme")), Err(Failure::NotSaved));
    let text = fs::read_to_string(dir.path().join("teams.jsonl")).unwrap();
    assert_eq!(
        text,
        "{\"path\":\"/api/orgs/acme/teams\",\"status\":200,\"body\":{\"teams\":[{\"name\":\"web\",\"kind\":\"pulumi\"}]}}\n\
         {\"path\":\"/api/orgs/acme/teams?continuationToken=2\",\"status\":200,\"body\":{\"teams\":[]}}\n"
    );
}

/// Answers two questions and fails at a third.
struct Three;

impl Api for Three {
    fn get(&self, path: &str) -> Result<Answer, Failure> {
        match path {
            "/api/orgs/acme/roles?uxPurpose=role" => Err(Failure::Stopped("stopped".into())),
            _ => {
                let body = json!({ "path": path, "env": { "KEY": { "secret": "hunter2" } } });
                Ok(Answer { status: 200, body })
            }
        }
    }
}

#[test]
fn a_run_that_was_stopped_leaves_what_it_has_and_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("new/there");
    let saver = Saver::new(&Three, &target, origin()).unwrap();
    assert!(saver.get(&path::members("acme")).is_ok());
    assert!(saver.get(&path::roles("acme")).is_err());
    saver.finish().unwrap();
    let saved = Saved::open(&target).unwrap();
    assert!(!saved.is_complete());
    assert_eq!(saved.get(&path::members("acme")).unwrap().body["env"], json!({ "KEY": { "secret": "[secret]" } }));
    for entry in fs::read_dir(&target).unwrap() {
        let path = entry.unwrap().path();
        assert!(!fs::read_to_string(&path).unwrap().contains("hunter2"));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o77, 0);
    }
}

#[test]
fn another_run_replaces_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    saved(dir.path());
    let one = BTreeMap::from([(path::members("acme"), Answer { status: 200, body: json!({ "members": [] }) })]);
    fs::write(dir.path().join(".teams.jsonl.new"), "left behind").unwrap();
    save(dir.path(), &origin(), &one, true).unwrap();
    assert_eq!(Saved::open(dir.path()).unwrap().paths(), [path::members("acme")]);
}

#[test]
fn a_directory_with_anything_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.txt"), "years").unwrap();
    let error = Saver::new(&Three, dir.path(), origin()).err().unwrap();
    assert!(error.message.contains("it holds `thesis.txt`"), "{error}");
    assert!(save(dir.path(), &origin(), &answers(), true).is_err());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);

    // A manifest of somebody else is no leave to write either.
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("manifest.json"), "{\"name\":\"app\"}").unwrap();
    assert!(save(dir.path(), &origin(), &answers(), true).is_err());
    assert_eq!(fs::read_to_string(dir.path().join("manifest.json")).unwrap(), "{\"name\":\"app\"}");
}

#[test]
fn a_manifest_that_does_not_fit_is_one_message() {
    let whole = json!({ "version": 1, "organization": "acme", "cloud_url": "u", "taken": 1, "stackgate": "0", "complete": true });
    let without = |key: &str| {
        let mut value = whole.clone();
        value.as_object_mut().unwrap().remove(key);
        value.to_string()
    };
    let with = |key: &str, new: Value| {
        let mut value = whole.clone();
        value[key] = new;
        value.to_string()
    };
    let cases = [
        (String::new(), "it is not JSON: "),
        ("[]".to_owned(), "it is no JSON object"),
        (with("version", json!(2)), "it was saved in another version of the form (2; this stackgate reads 1)"),
        (without("version"), "it does not say the version of its form"),
        (without("organization"), "`organization` must be a string"),
        (with("taken", json!("today")), "`taken` must be a number of seconds"),
        (with("complete", json!(1)), "`complete` must be true or false"),
    ];
    for (text, message) in cases {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("manifest.json"), text).unwrap();
        let error = Saved::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains("manifest.json: ") && error.contains(message), "{error}");
    }
    let empty = tempfile::tempdir().unwrap();
    let error = Saved::open(empty.path()).unwrap_err();
    assert!(error.message.contains("there is no `manifest.json` in it"), "{error}");
}

#[test]
fn a_broken_line_is_told_and_what_it_held_is_not_taken_for_nothing() {
    let line = |path: &str| format!("{}\n", json!({ "path": path, "status": 200, "body": {} }));
    let (one, two) = (line("/api/orgs/acme/teams/a"), line("/api/orgs/acme/teams/b"));
    let cases = [
        (format!("{one}{}", &two[..30]), 2, "the file ends in the middle of this line"),
        (format!("{one}{}", two.trim_end()), 2, "the file ends in the middle of this line"),
        (format!("nonsense\n{one}"), 1, "it is not JSON"),
        (format!("{one}[]\n"), 2, "it is no JSON object"),
        (format!("{one}{one}"), 2, "its question stood before"),
        (format!("{one}{}", line("/api/orgs/acme/tokens?filter=all")), 2, "does not belong into this file"),
        (
            format!("{one}{{\"path\":\"/api/orgs/acme/teams/b\",\"status\":9,\"body\":1}}\n"),
            2,
            "must be an HTTP status",
        ),
        (format!("{one}{{\"path\":\"/api/orgs/acme/teams/b\",\"status\":200}}\n"), 2, "`body` is missing"),
        (format!("{one}\u{0}\n"), 2, "it is not JSON"),
    ];
    for (text, number, message) in cases {
        let dir = tempfile::tempdir().unwrap();
        save(dir.path(), &origin(), &BTreeMap::new(), true).unwrap();
        fs::write(dir.path().join("teams.jsonl"), text).unwrap();
        let saved = Saved::open(dir.path()).unwrap();
        assert!(!saved.is_complete());
        let fault = saved.faults().next().unwrap().to_string();
        assert!(fault.contains(&format!("teams.jsonl:{number}: ")) && fault.contains(message), "{fault}");
        assert_eq!(saved.get("/api/orgs/acme/teams/a").unwrap().status, 200);
        assert_eq!(saved.get("/api/orgs/acme/teams/b"), Err(Failure::Broken(fault)));
        assert_eq!(saved.get(&path::members("acme")), Err(Failure::NotSaved));
    }
}
