//! Rendering and reading back over many plans, and what reading back notices.

use stackgate_provider::plan::Plan;
use stackgate_provider::yaml::{Limits, Reader, parse};
use stackgate_provider::{Adapter, Artifact, Engine, Provider, Syntax, compare, templates};

use super::plans;
use crate::GitLab;

fn adapter(options: &str) -> Box<dyn Adapter> {
    let node = parse(options, &Limits::SPEC).unwrap();
    let mut reader = Reader::new();
    let adapter = GitLab.configure(&node, &mut reader);
    let told = reader.into_diagnostics();
    assert!(told.is_empty(), "{told:?}");
    adapter.unwrap()
}

fn render(plan: &Plan, options: &str, engine: &Engine) -> Result<Vec<Artifact>, String> {
    adapter(options).render(plan, engine).map_err(|error| error.to_string())
}

fn read_back(plan: &Plan, options: &str, files: &[Artifact]) -> Result<(), String> {
    let adapter = adapter(options);
    compare(&adapter.realise(plan).pipeline, &adapter.observe(files)).map_err(|error| error.to_string())
}

#[test]
fn every_plan_reads_back() {
    for (name, plan, options) in plans::all() {
        let files = render(&plan, options, GitLab.engine().unwrap()).unwrap();
        assert_eq!(files.len(), 1, "{name}");
        read_back(&plan, options, &files).unwrap_or_else(|error| panic!("{name}: {error}"));
        if let Ok(folder) = std::env::var("STACKGATE_RENDER_TO") {
            let file = format!("{folder}/{}.yml", name.replace([' ', ','], "-"));
            std::fs::write(file, files[0].contents("stackgate.yaml")).unwrap();
        }
    }
}

#[test]
fn order_of_keys_and_quotes_mean_nothing() {
    for (name, plan, options) in plans::all() {
        let mut files = render(&plan, options, GitLab.engine().unwrap()).unwrap();
        let value: serde_yaml::Value = serde_yaml::from_str(&files[0].body).unwrap();
        files[0].body = serde_yaml::to_string(&reversed(value)).unwrap();
        read_back(&plan, options, &files).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

fn reversed(value: serde_yaml::Value) -> serde_yaml::Value {
    use serde_yaml::Value;
    match value {
        Value::Mapping(mapping) => {
            let entries: Vec<_> = mapping.into_iter().collect();
            Value::Mapping(entries.into_iter().rev().map(|(key, value)| (key, reversed(value))).collect())
        }
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(reversed).collect()),
        other => other,
    }
}

/// A line whose loss nothing can notice, since it says nothing to GitLab.
const FOR_PEOPLE: &[&str] = &["# Every job is complete by itself, and says by itself when it runs."];

#[test]
fn no_line_of_a_template_can_go_unnoticed() {
    let plans = plans::all();
    let whole: Vec<Vec<Artifact>> =
        plans.iter().map(|(_, plan, options)| render(plan, options, GitLab.engine().unwrap()).unwrap()).collect();
    // An audit's template is no project's: `stackgate`'s own tests take its lines away.
    for (at, (template, text)) in templates::GITLAB
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| name.ends_with(".tera") && !name.contains("/audit"))
    {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let kept: Vec<&str> =
                lines.iter().enumerate().filter(|(n, _)| *n != number).map(|(_, line)| *line).collect();
            let kept = kept.join("\n");
            let mut texts = templates::GITLAB.to_vec();
            texts[at].1 = &kept;
            let Ok(engine) = Engine::new(Syntax::Yaml, &texts) else { continue };
            let mut noticed = FOR_PEOPLE.contains(line);
            for ((name, plan, options), whole) in plans.iter().zip(&whole) {
                let Ok(files) = render(plan, options, &engine) else {
                    noticed = true;
                    continue;
                };
                if &files == whole {
                    continue;
                }
                let error = read_back(plan, options, &files).is_err();
                noticed |= error;
                assert!(
                    error || FOR_PEOPLE.contains(line),
                    "{template}:{}: {line:?} is not missed in {name}",
                    number + 1
                );
            }
            assert!(noticed, "{template}:{}: {line:?} changes nothing", number + 1);
        }
    }
}

#[test]
fn no_line_of_an_artifact_can_go_unnoticed() {
    let (_, plan, options) = plans::all().remove(0);
    let files = render(&plan, options, GitLab.engine().unwrap()).unwrap();
    let lines: Vec<&str> = files[0].body.lines().collect();
    for number in 0..lines.len() {
        let kept: Vec<&str> = lines.iter().enumerate().filter(|(n, _)| *n != number).map(|(_, line)| *line).collect();
        let mut file = files[0].clone();
        file.body = format!("{}\n", kept.join("\n"));
        let missed = read_back(&plan, options, &[file]).is_err();
        assert!(missed || FOR_PEOPLE.contains(&lines[number]), "line {}: {:?}", number + 1, lines[number]);
    }
}

#[test]
fn what_is_added_is_noticed() {
    let (_, plan, options) = plans::all().remove(1);
    let files = render(&plan, options, GitLab.engine().unwrap()).unwrap();
    let additions = [
        ("  inherit:", "  cache: {}\n  inherit:"),
        ("  inherit:", "  before_script: [id]\n  inherit:"),
        ("      when: manual\n", "      when: manual\n      variables: { A: b }\n"),
        ("      allow_failure: false", "      allow_failure: true"),
        ("    action: start", "    action: prepare"),
        ("  interruptible: false", "  interruptible: true"),
        ("    - export STACKGATE_HOME", "    - id\n    - export STACKGATE_HOME"),
        ("export STACKGATE_TEAM='app-production'", "export STACKGATE_TEAM='app-production'; id"),
        ("export STACKGATE_TEAM='app-production'", "export STACKGATE_TEAM=\"$TEAM\""),
        ("aud: \"urn:pulumi:org:acme\"", "aud: [\"urn:pulumi:org:acme\", x]"),
        ("  after_script:", "    - id\n  after_script:"),
        ("workflow:", "default: { tags: [x] }\nworkflow:"),
        ("    - if: '$CI_COMMIT_BRANCH", "    - if: $CI_COMMIT_TAG\n    - if: '$CI_COMMIT_BRANCH"),
    ];
    for (from, to) in additions {
        let mut file = files[0].clone();
        assert!(file.body.contains(from), "{from:?} is not there");
        file.body = file.body.replace(from, to);
        assert!(read_back(&plan, options, &[file]).is_err(), "{to:?} is not noticed");
    }
}
