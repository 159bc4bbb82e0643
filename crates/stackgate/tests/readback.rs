//! Properties of every artifact of every case: the same bytes twice, the same meaning to a second parser, the same facts
//! whatever the order of keys and the quotes, and a check that sees every changed character.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;
#[path = "common/parsers.rs"]
mod parsers;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::{cases, name, project};
use stackgate::OnDisk;
use stackgate::adapter::yaml::{Limits, Node, Value, parse};
use stackgate::adapter::{Artifact, Comment, compare};

#[test]
fn rendering_twice_gives_the_same_bytes() {
    for case in cases("cases") {
        assert_eq!(project(&case).render().unwrap(), project(&case).render().unwrap(), "{}", name(&case));
    }
}

#[test]
fn two_parsers_read_the_same() {
    for case in cases("cases") {
        for artifact in yaml_artifacts(&case) {
            assert!(parsers::agree(&artifact.body), "{}/{}", name(&case), artifact.path);
        }
    }
}

#[test]
fn the_order_of_keys_and_the_quotes_mean_nothing() {
    for case in cases("cases") {
        let project = project(&case);
        for (provider, adapter) in project.adapters() {
            let mut files = adapter.render(project.plan(), provider.engine().unwrap()).unwrap();
            if files.iter().any(|file| file.comment != Comment::Hash) {
                continue;
            }
            for file in &mut files {
                let tree = parse(&file.body, &Limits::PIPELINE).unwrap();
                let mut body = String::new();
                emit(&tree, 0, &mut body);
                assert_ne!(body, file.body);
                file.body = body;
            }
            let realised = adapter.realise(project.plan());
            if let Err(error) = compare(&realised.pipeline, &adapter.observe(&files)) {
                panic!("{} on {}: {error}", name(&case), provider.id());
            }
        }
    }
}

/// Writes a tree with its keys backwards and every text in double quotes.
fn emit(node: &Node, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match &node.value {
        Value::Null => out.push_str(" null\n"),
        Value::Scalar(scalar) => writeln!(out, " {}", quoted(&scalar.text)).unwrap(),
        Value::Tagged { tag, .. } => panic!("{tag} in an artifact"),
        Value::Sequence(items) if items.is_empty() => out.push_str(" []\n"),
        Value::Mapping(mapping) if mapping.is_empty() => out.push_str(" {}\n"),
        Value::Sequence(items) => {
            out.push('\n');
            for item in items {
                write!(out, "{pad}-").unwrap();
                emit(item, indent + 2, out);
            }
        }
        Value::Mapping(mapping) => {
            out.push('\n');
            for entry in mapping.iter().collect::<Vec<_>>().into_iter().rev() {
                write!(out, "{pad}{}:", quoted(&entry.key.text)).unwrap();
                emit(&entry.value, indent + 2, out);
            }
        }
    }
}

fn quoted(text: &str) -> String {
    // JSON's escapes are YAML's.
    serde_json::to_string(text).unwrap()
}

#[test]
fn a_check_sees_every_changed_character() {
    for case in cases("cases") {
        let project = project(&case);
        let spec = project.source().path().to_owned();
        for artifact in project.render().unwrap() {
            let whole = artifact.contents(&spec);
            let body = whole.find('\n').unwrap() + 1;
            // Every character of the small artifacts, and a spread of the large ones.
            let step = 1 + (whole.len() - body) / 300;
            for (at, old) in whole[body..].char_indices().step_by(step) {
                for new in ["", "~"] {
                    if new.is_empty() && old == '\n' && body + at + 1 == whole.len() {
                        // A lost newline at the very end changes no line.
                        continue;
                    }
                    let changed = format!("{}{new}{}", &whole[..body + at], &whole[body + at + old.len_utf8()..]);
                    let disk = BTreeMap::from([(artifact.path.clone(), OnDisk::Text(changed))]);
                    let report = stackgate::compare(&spec, std::slice::from_ref(&artifact), &disk);
                    assert!(!report.is_clean(), "{}/{} at {at}: {old:?} became {new:?}", name(&case), artifact.path);
                }
            }
        }
    }
}

fn yaml_artifacts(case: &std::path::Path) -> Vec<Artifact> {
    project(case).render().unwrap().into_iter().filter(|artifact| artifact.comment == Comment::Hash).collect()
}
