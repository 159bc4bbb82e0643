//! Scripts as people write them, and what is found in them.
//!
//! What must hold: each file of `tests/scripts` is a list of cases: a title, variables, a script, the facts that follow from
//! it. `BLESS=1` writes the facts anew; read what changed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a panic here is a failed test with a place"
)]

use std::fmt::Write as _;
use std::sync::Arc;

use stackgate_diagnostic::Span;
use stackgate_facts::{
    Control, Credential, CredentialKind, Does, Embedded, Job, Observation, Place, Scope, Step, Value, Variable,
};

/// The facts that follow from a script alone.
const DERIVED: &[&str] = &["mint", "verb", "deed", "code", "channel", "embedded", "undecided"];

/// What our own pipelines give their scripts.
const OWN: &[(&str, &str)] = &[
    ("PULUMI_BACKEND_URL", "https://api.pulumi.com"),
    ("STACKGATE_ORGANIZATION", "acme"),
    ("STACKGATE_TEAM", "app-deploy"),
    ("STACKGATE_TOKEN_SECONDS", "1800"),
    ("STACKGATE_STACK", "acme/app/prod"),
    ("STACKGATE_DIRECTORY", "infra"),
    ("STACKGATE_STOP_AFTER", "1500"),
    ("STACKGATE_CLI_VERSION", "3.217.0"),
    ("STACKGATE_CLI_SHA256_X64", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    ("STACKGATE_CLI_SHA256_ARM64", "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"),
];

fn control(word: &str) -> Control {
    match word {
        "system" => Control::System,
        "administrator" => Control::Administrator,
        "member" => Control::Member,
        "stranger" => Control::Stranger,
        other => panic!("{other} is nobody"),
    }
}

/// `env A=b`, `made A stranger`, `embed github.head_ref stranger`, `shell pwsh`, `secret A`.
fn case(head: &str, script: &str) -> Observation {
    let mut step = Step::default();
    let mut shell = None;
    let mut credentials = vec![Credential {
        kind: CredentialKind::Oidc(Vec::new()),
        variable: None,
        scope: Scope::Job,
        wide: false,
        place: Place::default(),
    }];
    let place = Place::default();
    for line in head.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap();
        match word {
            "env" => {
                let (name, value) = rest.split_once('=').unwrap();
                step.variables.push(Variable { name: name.into(), value: Value::literal(value), place });
            }
            "made" => {
                let (name, who) = rest.split_once(' ').unwrap();
                let value = Value::Made(format!("expression of {name}"), control(who));
                step.variables.push(Variable { name: name.into(), value, place });
            }
            "embed" => {
                let (expression, who) = rest.rsplit_once(' ').unwrap();
                let value = Value::Made(expression.into(), control(who));
                step.embedded.push(Embedded { value, in_code: true, place });
            }
            "secret" => credentials.push(Credential {
                kind: CredentialKind::Stored("secret".into(), Value::literal(rest)),
                variable: Some(rest.into()),
                scope: Scope::Job,
                wide: false,
                place,
            }),
            "own" => {
                for (name, value) in OWN {
                    step.variables.push(Variable { name: (*name).into(), value: Value::literal(*value), place });
                }
                for name in ["STACKGATE_HOME", "STACKGATE_ID_TOKEN_FILE", "STACKGATE_REQUEST"] {
                    let value = Value::Made(format!("expression of {name}"), Control::System);
                    step.variables.push(Variable { name: name.into(), value, place });
                }
            }
            "shell" => shell = Some(rest.to_owned()),
            other => panic!("{other} is no word of a case"),
        }
    }
    let place = Place::new(0, Span::new(0, script.len()));
    step.does = Does::Run { text: script.into(), place, by_line: true, shell };
    let job = Job { id: "j".into(), steps: vec![step], credentials, ..Job::default() };
    let sources = vec![("p".to_owned(), Arc::from(script))];
    Observation { jobs: vec![job], sources, ..Observation::default() }.finish()
}

fn derived(observation: &Observation) -> String {
    let mut out = String::new();
    for line in observation.print().lines() {
        let line = line.trim_start();
        if DERIVED.iter().any(|kind| line.starts_with(&format!("{kind} "))) {
            writeln!(out, "{}", line.strip_suffix(" by step 1").unwrap_or(line)).unwrap();
        }
    }
    out
}

#[test]
fn every_case_says_what_its_script_does() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = String::new();
    let mut count = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut blessed = String::new();
        for block in text.split("\n## ").map(|block| block.trim_start_matches("## ")) {
            count += 1;
            let (head, rest) = block.split_once("\n---\n").unwrap_or_else(|| panic!("no script in: {block}"));
            let (script, expected) = rest.split_once("\n===").unwrap_or((rest.trim_end(), ""));
            let (title, head) = head.split_once('\n').unwrap_or((head, ""));
            // Our own scripts are read where they stand.
            let own = script.strip_prefix("@").filter(|name| name.ends_with(".sh")).map(|name| {
                let path = format!("{}/../../templates/shell/{name}", env!("CARGO_MANIFEST_DIR"));
                std::fs::read_to_string(path).unwrap()
            });
            let found = derived(&case(head, own.as_deref().unwrap_or(script)));
            if found.trim() != expected.trim() {
                writeln!(
                    wrong,
                    "## {title} ({})\n{script}\nexpected:\n{}\nfound:\n{found}",
                    file.display(),
                    expected.trim()
                )
                .unwrap();
            }
            let head = if head.is_empty() { String::new() } else { format!("{head}\n") };
            writeln!(blessed, "## {title}\n{head}---\n{script}\n===\n{}\n", found.trim()).unwrap();
        }
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, format!("{}\n", blessed.trim_end())).unwrap();
        }
    }
    assert!(count > 60, "only {count} cases");
    assert!(wrong.is_empty() || std::env::var_os("BLESS").is_some(), "{wrong}");
}
