//! Each line of each template is taken away in turn: reading back must notice, or the line stands in a reviewed list.
//!
//! What must hold: a line that a template can lose without anybody noticing is a line that nobody can rely on. The list
//! is `snapshots/template-lines.txt`: template, line, and why nothing can depend on it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use common::{cases, project, root};
use stackgate::adapter::{Artifact, Engine, Syntax, compare, templates};
use stackgate::{PROVIDERS, Project};

/// The lines that may go missing, as `template: line`, with how many of their kind there are.
fn reviewed() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("snapshots/template-lines.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once("  # ").expect("a reason after two spaces and `# `").0.to_owned()).collect()
}

#[test]
fn a_template_that_loses_a_line_does_not_read_back() {
    let reviewed = reviewed();
    let mut unnoticed: BTreeMap<String, ()> = BTreeMap::new();
    let projects: Vec<Project> = cases("cases").iter().map(|case| project(case)).collect();
    for provider in PROVIDERS {
        let id = provider.id();
        let syntax = if id == "jenkins" { Syntax::Groovy } else { Syntax::Yaml };
        let all: Vec<(&str, &str)> = templates::ALL
            .iter()
            .flat_map(|set| set.iter())
            .copied()
            .filter(|(name, _)| name.starts_with(&format!("{id}/")))
            .collect();
        let whole: Vec<Vec<Artifact>> =
            projects.iter().map(|project| render(project, id, provider.engine().unwrap()).unwrap()).collect();
        // An audit's are no project's; `auditing.rs` takes their lines away.
        let ours = |name: &str| name.ends_with(".tera") && !name.contains("/audit");
        for (template, text) in all.iter().filter(|(name, _)| ours(name)) {
            let lines: Vec<&str> = text.lines().collect();
            for index in 0..lines.len() {
                let without: String = lines
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| *at != index)
                    .map(|(_, line)| format!("{line}\n"))
                    .collect();
                let texts: Vec<(&str, &str)> = all
                    .iter()
                    .map(|(name, text)| if name == template { (*name, without.as_str()) } else { (*name, *text) })
                    .collect();
                if !noticed(&projects, &whole, id, syntax, &texts) {
                    unnoticed.insert(format!("{template}: {}", lines[index].trim()), ());
                }
            }
        }
    }
    let unnoticed: BTreeSet<String> = unnoticed.into_keys().collect();
    let new: Vec<&String> = unnoticed.difference(&reviewed).collect();
    assert!(new.is_empty(), "nobody notices when these lines go missing:\n{new:#?}");
    let stale: Vec<&String> = reviewed.difference(&unnoticed).collect();
    assert!(stale.is_empty(), "these are noticed now; take them off snapshots/template-lines.txt:\n{stale:#?}");
}

/// Whether any case fails to render or to read back. A rendering that is the same to the byte lost nothing.
fn noticed(projects: &[Project], whole: &[Vec<Artifact>], id: &str, syntax: Syntax, texts: &[(&str, &str)]) -> bool {
    let Ok(engine) = Engine::new(syntax, texts) else { return true };
    projects.iter().zip(whole).any(|(project, whole)| {
        let Some((_, adapter)) = project.adapters().find(|(provider, _)| provider.id() == id) else { return false };
        match render(project, id, &engine) {
            None => true,
            Some(files) => {
                files != *whole && compare(&adapter.realise(project.plan()).pipeline, &adapter.observe(&files)).is_err()
            }
        }
    })
}

fn render(project: &Project, id: &str, engine: &Engine) -> Option<Vec<Artifact>> {
    match project.adapters().find(|(provider, _)| provider.id() == id) {
        Some((_, adapter)) => adapter.render(project.plan(), engine).ok(),
        None => Some(Vec::new()),
    }
}
