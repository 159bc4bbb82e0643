//! Rendering and reading back: what a template says is what the plan asks for, whichever line of it goes missing.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use stackgate_azure::Azure;
use stackgate_provider::{Artifact, Control, Engine, Provider, Syntax, compare, templates};

use common::{adapter, cases};

fn render(options: &str, plan: &stackgate_provider::plan::Plan, engine: &Engine) -> Result<Vec<Artifact>, String> {
    let adapter = adapter(options);
    let files = adapter.render(plan, engine).map_err(|error| error.to_string())?;
    compare(&adapter.realise(plan).pipeline, &adapter.observe(&files)).map_err(|error| error.to_string())?;
    Ok(files)
}

#[test]
fn every_case_reads_back_as_the_plan() {
    for (name, options, plan) in cases() {
        let files = render(&options, &plan, Azure.engine().unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        for file in &files {
            assert!(Azure.places().iter().any(|place| place.holds(&file.path)), "{name}: {}", file.path);
            assert!(!file.body.contains("PULUMI_ACCESS_TOKEN: "), "{name}: {}", file.path);
            if let Ok(folder) = std::env::var("STACKGATE_AZURE_OUT") {
                let path = std::path::Path::new(&folder).join(name).join(&file.path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, file.contents(&plan.spec_path)).unwrap();
            }
        }
    }
}

#[test]
fn no_line_of_a_template_can_go_missing() {
    let whole = Azure.engine().unwrap();
    // A runtime changes values alone, no line.
    let cases: Vec<_> = cases().into_iter().filter(|(name, _, _)| name != &"runtimes").collect();
    let expected: Vec<Vec<Artifact>> =
        cases.iter().map(|(_, options, plan)| render(options, plan, whole).unwrap()).collect();
    let mut unnoticed = Vec::new();
    // An audit's template is no project's: `stackgate`'s own tests take its lines away.
    for (index, (name, text)) in
        templates::AZURE.iter().enumerate().filter(|(_, (name, _))| name.ends_with(".tera") && !name.contains("/audit"))
    {
        for (number, gone) in text.lines().enumerate() {
            let shorter: String =
                text.lines().enumerate().filter(|(at, _)| *at != number).map(|(_, line)| format!("{line}\n")).collect();
            let mut texts = templates::AZURE.to_vec();
            texts[index] = (name, &shorter);
            let Ok(engine) = Engine::new(Syntax::Yaml, &texts) else { continue };
            let results: Vec<_> = cases.iter().map(|(_, options, plan)| render(options, plan, &engine)).collect();
            let changed = results
                .iter()
                .zip(&expected)
                .any(|(result, expected)| result.as_ref().is_ok_and(|files| files != expected));
            let same = results.iter().zip(&expected).all(|(result, expected)| result.as_ref() == Ok(expected));
            if changed || (same && !gone.starts_with("{#")) {
                unnoticed.push(format!("{name}:{}: {gone}", number + 1));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
}

#[test]
fn what_is_read_does_not_depend_on_order_and_quotes() {
    for (name, options, plan) in cases() {
        let adapter = adapter(&options);
        let files = adapter.render(&plan, Azure.engine().unwrap()).unwrap();
        let rewritten: Vec<Artifact> =
            files.iter().map(|file| Artifact { body: json(&file.body), ..file.clone() }).collect();
        assert_eq!(adapter.observe(&files), adapter.observe(&rewritten), "{name}");
    }
}

/// The same file as JSON, which is YAML with every scalar quoted, its keys in the opposite order.
fn json(body: &str) -> String {
    use stackgate_provider::yaml::{Limits, Node, Value, parse};
    fn write(node: &Node, out: &mut String) {
        let join = |parts: Vec<String>| parts.join(",");
        let text = |node: &Node| {
            let mut out = String::new();
            write(node, &mut out);
            out
        };
        match &node.value {
            Value::Null => out.push_str("null"),
            Value::Scalar(scalar) => out.push_str(&format!("{:?}", scalar.text)),
            Value::Tagged { tag, .. } => panic!("{tag} in an artifact"),
            Value::Sequence(items) => out.push_str(&format!("[{}]", join(items.iter().map(text).collect()))),
            Value::Mapping(mapping) => {
                let mut entries: Vec<String> =
                    mapping.iter().map(|entry| format!("{:?}: {}", entry.key.text, text(&entry.value))).collect();
                entries.reverse();
                out.push_str(&format!("{{{}}}", join(entries)));
            }
        }
    }
    let mut out = String::new();
    write(&parse(body, &Limits::PIPELINE).unwrap(), &mut out);
    out.push('\n');
    out
}

#[test]
fn a_change_by_hand_is_seen() {
    let (_, options, plan) = cases().swap_remove(3);
    let adapter = adapter(&options);
    let expected = adapter.realise(&plan).pipeline;
    let files = adapter.render(&plan, Azure.engine().unwrap()).unwrap();
    let edits = [
        ("pr: none", ""),
        ("    dependsOn: []\n", ""),
        ("lockBehavior: sequential", "lockBehavior: runLatest"),
        ("persistCredentials: false", "persistCredentials: true"),
        ("condition: always()", "condition: succeeded()"),
        ("name: Our agents", "vmImage: ubuntu-latest"),
        ("'IndividualCI'", "'Manual'"),
        ("name: app-prod\n", "name: app-dev\n"),
        ("            env:\n", "            continueOnError: true\n            env:\n"),
        ("STACKGATE_CONNECTION: aaaaaaaa", "STACKGATE_CONNECTION: baaaaaaa"),
        ("STACKGATE_TEAM: app-prod\n", "STACKGATE_TEAM: app-dev\n"),
        ("stages:\n", "variables:\n  PULUMI_BACKEND_URL: https://example.com\nstages:\n"),
        ("      - deployment: pulumi\n", "      - job: other\n        steps: []\n      - deployment: pulumi\n"),
    ];
    for (from, to) in edits {
        let mut edited = files.clone();
        let mut hits = 0;
        for file in &mut edited {
            hits += file.body.matches(from).count();
            file.body = file.body.replacen(from, to, 1);
        }
        assert!(hits > 0, "{from:?} is not in the files");
        assert!(compare(&expected, &adapter.observe(&edited)).is_err(), "{from:?} to {to:?} went unseen");
    }
}

#[test]
fn every_control_is_stated_once() {
    for (_, options, plan) in cases() {
        let controls = adapter(&options).realise(&plan).controls;
        assert_eq!(controls.iter().map(|(control, _)| *control).collect::<Vec<_>>(), Control::ALL);
        assert!(adapter(&options).checklist(&plan).len() > 5);
    }
}
