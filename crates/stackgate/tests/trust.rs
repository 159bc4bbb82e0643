//! The proof, tried: it holds for the examples, and refutes what vendors' guides tell people to trust.
//!
//! What must hold: a refutation shows the token; a file that is not understood is refused with one message.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{TODAY, root};
use serde_json::{Value, from_str};
use stackgate::adapter::Situation;
use stackgate::diagnostic::Source;
use stackgate::plan::Trigger;
use stackgate::trust_model::{Cell, Model, prove};
use stackgate::{Project, WriteOptions};

const GITHUB: &str = "https://token.actions.githubusercontent.com";

fn policies(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(name)
}

/// Exit code, standard output, standard error.
fn trust(example: &str, arguments: &[&str], file: &Path) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stackgate"));
    let output = command.arg("trust").args(arguments).arg(file).current_dir(root().join("examples").join(example));
    let output = output.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn five_systems_in_one_repository_are_proved() {
    let spec = root().join("examples/five/stackgate.yaml");
    let proof = Project::load(&spec, None, TODAY).unwrap().prove().unwrap();
    assert_eq!(proof.holes.iter().map(|hole| &hole.message).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(proof.tables.len(), 5);
    assert!(proof.issued + proof.mutated >= 5_000, "{} and {}", proof.issued, proof.mutated);
}

/// A change request is what its preview is there for, on every system; also where nothing else runs there.
#[test]
fn a_change_request_gets_its_previews_token() {
    for example in ["github", "gitlab", "azure", "jenkins", "circleci"] {
        let spec = root().join("examples").join(example).join("stackgate.yaml");
        let project = Project::load(&spec, None, TODAY).unwrap();
        let mut plan = project.plan().clone();
        plan.stages.retain(|stage| stage.trigger == Trigger::ChangeRequest);
        assert!(!plan.stages.is_empty(), "{example}");
        for plan in [project.plan(), &plan] {
            let model = Model::of(plan, project.adapters()).ok().unwrap();
            let proof = prove(&model, &model.policies());
            assert!(proof.holes.is_empty(), "{example}");
            for stage in plan.stages.iter().filter(|stage| stage.trigger == Trigger::ChangeRequest) {
                let cell = proof.tables[0].cell(Situation::ChangeRequest, &stage.token.team);
                assert_eq!(cell, Cell::Minted, "{example}: {}", stage.id);
            }
        }
    }
}

#[test]
fn the_policies_of_vendors_guides_are_refuted() {
    for (example, file, issuer, production) in [
        ("github", "github-repository.json", GITHUB, "storefront-production"),
        ("github", "github-audience.json", GITHUB, "storefront-production"),
        ("gitlab", "gitlab-subject.json", "https://gitlab.com", "orders-production"),
    ] {
        let (code, out, err) = trust(example, &["prove", "--json", "--policies"], &policies(file));
        assert_eq!((code, err.as_str()), (1, ""), "{file}");
        let proof: Value = from_str(&out).unwrap();
        assert_eq!(proof["holds"], false, "{file}");
        let reached = proof["holes"].as_array().unwrap().iter().filter(|hole| hole["kind"]["reaches"].is_string());
        let reached: Vec<&Value> = reached.filter(|hole| hole["of"].as_str().unwrap().contains(production)).collect();
        // A change request from a branch of the deploy branch's name has the subject of a push to it.
        let stranger = reached.iter().find(|hole| hole["kind"]["reaches"] == "same-named-branch").unwrap();
        assert_eq!(stranger["claims"]["iss"], issuer, "{file}");
        assert!(stranger["claims"]["sub"].is_string() && stranger["policy"] == 0, "{file}");
        // People are shown the token too.
        let (code, out, _) = trust(example, &["prove", "--policies"], &policies(file));
        assert_eq!(code, 1, "{file}");
        assert!(out.contains(&format!("\"iss\": \"{issuer}\"")) && out.contains("refuted, "), "{file}");
    }
}

/// Production's own job on Jenkins stands for production's gate, and for no gate of development.
#[test]
fn a_gate_in_development_is_not_that_of_productions_pipeline() {
    let spec = "\
version: 1
organization: acme
providers:
  jenkins:
    url: https://jenkins.example.com
    job: platform/app
    production_job: production/app
    approvers: [leads]
defaults: { runtime: yaml, deploy: { provider: jenkins } }
projects:
  app:
    directory: .
    stacks:
      dev: { tier: development }
      guarded: { tier: development, deploy: { gate: true } }
";
    let holes = |spec: &str| -> Vec<String> {
        let temp = tempfile::tempdir().unwrap();
        let source = Source::new("stackgate.yaml", spec);
        let project = Project::of(source, temp.path().to_path_buf(), TODAY).unwrap();
        project.prove().unwrap().holes.into_iter().map(|hole| hole.message).collect()
    };
    let expected = "`deploy-app-dev`, of the class development, gets the token of the team `app-guarded`";
    assert_eq!(holes(spec), [expected]);
    // Two gates of one class are alike, and production's job stands for the gates in it.
    assert_eq!(holes(&spec.replace("development }", "development, deploy: { gate: true } }")), Vec::<String>::new());
    assert_eq!(holes(&spec.replace("tier: development, deploy", "tier: production, deploy")), Vec::<String>::new());
}

#[test]
fn what_was_not_proved_is_said_after_a_write() {
    let temp = tempfile::tempdir().unwrap();
    let spec = "version: 1\norganization: acme\nproviders: { github: {} }\ndefaults: { runtime: yaml }\n\
         projects: { app: { directory: ., stacks: { dev: { tier: development } } } }\n";
    let project = Project::of(Source::new("stackgate.yaml", spec), temp.path().to_path_buf(), TODAY).unwrap();
    let options = WriteOptions::default();
    for changes in [project.intend(&options).unwrap().1, project.write(&options).unwrap()] {
        let said = "what Pulumi Cloud must trust was not proved: a trust policy for GitHub needs `repository`; ";
        assert!(matches!(&changes.notes[..], [note] if note.starts_with(said)), "{:?}", changes.notes);
    }
}

fn refused(arguments: &[&str], file: &Path, message: &str) {
    let (code, out, err) = trust("github", arguments, file);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains(message), "{err}");
    assert_eq!(err.trim_end().lines().count(), 1, "{err}");
}

#[test]
fn policies_that_are_not_understood_are_refused() {
    for (file, message) in [
        ("not-json.json", "it is not JSON"),
        ("unknown-key.json", "policy 1: unknown field `audience`"),
        ("issuer-slash.json", "it ends with `/`, which no token's `iss` does"),
    ] {
        refused(&["prove", "--policies"], &policies(file), message);
    }
}

#[test]
fn tokens_that_are_none_are_refused() {
    let temp = tempfile::tempdir().unwrap();
    let file = temp.path().join("token");
    // `{"alg":"none"}`, `{"alg":"RS256"}` and `{"iss":"https://issuer"}` in base64url.
    let claims = "eyJpc3MiOiJodHRwczovL2lzc3VlciJ9";
    for (token, message) in [
        ("no token".to_owned(), "it is not three parts with dots between"),
        (format!("&&.{claims}.c2ln"), "its header is not a JSON object in base64url"),
        (format!("eyJhbGciOiJub25lIn0.{claims}.c2ln"), "it is not signed"),
        (format!("eyJhbGciOiJSUzI1NiJ9.{claims}."), "it is not signed"),
    ] {
        fs::write(&file, token).unwrap();
        refused(&["simulate", "--token"], &file, message);
    }
}
