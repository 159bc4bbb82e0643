//! Pictures as users ask for them: of every example, and of a review.
//!
//! What must hold: what the guide shows is what is printed (`BLESS=1` writes it there); an exit code is the review's own,
//! whatever the format.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::root;
use stackgate::{Organization, today};
use stackgate_access::Options;
use stackgate_cloud::{Origin, Saver, Wanted, read};
use stackgate_cloud_fixtures::{Laid, TAKEN, applied};

/// Exit code, standard output and standard error.
fn said(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stackgate"));
    command.env_remove("PULUMI_ACCESS_TOKEN").env("PULUMI_HOME", folder.join("no-such-folder"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_example_has_a_picture() {
    for example in fs::read_dir(root().join("examples")).unwrap().flatten() {
        if !example.path().join("stackgate.yaml").is_file() {
            continue;
        }
        for (format, opening) in [("html", "<!DOCTYPE html>"), ("svg", "<svg "), ("mermaid", "flowchart LR\n")] {
            let (code, printed, errors) = said(&example.path(), &["show", "picture", "--format", format]);
            let place = example.path();
            // Some examples have no ids, and a trust policy needs them: that is a mistake with a place.
            if code == 2 {
                assert!(errors.contains("[trust-id-missing]") && printed.is_empty(), "{}: {errors}", place.display());
                continue;
            }
            assert_eq!(code, 0, "{}: {errors}", place.display());
            assert!(printed.starts_with(opening) && printed.contains("production"), "{} {format}", place.display());
            // Nothing was compared, so that nothing may look as if it had been.
            assert!(!printed.contains("there, not declared"), "{}", place.display());
        }
    }
}

#[test]
fn what_is_no_picture_takes_no_format_and_a_picture_no_json() {
    let github = root().join("examples/github");
    assert_eq!(said(&github, &["show", "plan", "--format", "svg"]).0, 2);
    assert_eq!(said(&github, &["show", "picture", "--json"]).0, 2);
    let (code, _, errors) = said(&root().join("examples/organization"), &["review", "--log", "x", "--from", "y"]);
    assert!(code == 2 && errors.contains("--format html"), "{errors}");
}

/// The block after `<!-- output: show picture -->` is what is printed for the example that the sentence above it names.
#[test]
fn the_guide_shows_what_is_printed() {
    let page = root().join("docs/guide/picture.md");
    let text = fs::read_to_string(&page).unwrap();
    let (code, printed, _) = said(&root().join("examples/gitlab"), &["show", "picture"]);
    assert_eq!(code, 0);
    let (before, rest) = text.split_once("<!-- output: show picture -->\n\n```mermaid\n").unwrap();
    let (_, after) = rest.split_once("```\n").unwrap();
    let expected = format!("{before}<!-- output: show picture -->\n\n```mermaid\n{printed}```\n{after}");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&page, expected).unwrap();
    } else {
        assert!(text == expected, "docs/guide/picture.md is stale");
    }
}

/// A saved directory of `examples/organization`, with what a case of the review holds otherwise.
fn saved(case: &str, to: &Path) {
    let spec = root().join("examples/organization/stackgate.yaml");
    let answers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/review").join(case).join("answers.json");
    let organization = Organization::load(&spec, None, today()).unwrap();
    let fragment = organization.fragment();
    let options = Options { approvers: Some("operators".into()), ..Options::default() };
    let laid = Laid::new(applied(fragment, &options), &fs::read_to_string(answers).unwrap()).expect(case);
    let origin = Origin { organization: "acme".into(), cloud_url: "https://api.pulumi.com".into(), taken: TAKEN };
    let saver = Saver::new(&laid, to, origin.clone()).unwrap();
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

fn review(case: &str, arguments: &[&str]) -> (i32, String, String) {
    let temp = tempfile::tempdir().unwrap();
    let folder: PathBuf = temp.path().join("saved");
    saved(case, &folder);
    let from = folder.display().to_string();
    said(&root().join("examples/organization"), &[&["review", "--from", &from], arguments].concat())
}

#[test]
fn a_review_is_a_page() {
    let (code, page, errors) = review("as-declared", &["--format", "html"]);
    assert_eq!(code, 0, "{errors}");
    assert!(page.contains("<b>0</b>+ there, not declared") && page.contains("<b>0</b>? could not be read"), "{page}");
    let (code, page, _) = review("by-hand", &["--format", "html"]);
    assert_eq!(code, 1);
    for expected in
        ["<tspan>+</tspan> friends", "no expiry, by eve", "data-rule=\"team-not-declared\"", "the whole organization"]
    {
        assert!(page.contains(expected), "{expected}");
    }
    let (code, page, _) = review("refused", &["--format", "html"]);
    assert_eq!(code, 2);
    assert!(page.contains("tokens could not be read"), "{page}");
    for format in ["svg", "mermaid"] {
        let (code, printed, _) = review("by-hand", &["--format", format]);
        assert!(code == 1 && printed.contains("friends"), "{printed}");
    }
}

#[test]
fn the_days_of_a_log_stand_on_the_page() {
    // One that ends in the middle of a line is shown as far as it goes, and the exit code says so.
    for (case, ends) in [("incidents", 0), ("cut", 2)] {
        let log = root().join("snapshots/logs").join(case).join("events.jsonl").display().to_string();
        let (code, page, errors) = review("as-declared", &["--format", "html", "--log", &log]);
        assert_eq!(code, ends, "{case}: {errors}");
        assert!(page.contains("id=\"timeline\"") && page.contains("Table of the timeline"), "{case}: {errors}");
    }
}
