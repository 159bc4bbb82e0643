//! Holds the spec's `esc` against what each `Pulumi.<stack>.yaml` imports.
//!
//! What must hold: a stack file that does not exist, or that this program cannot read, says nothing; Pulumi itself
//! will. Every file is read once, and none outside of the repository: a spec with mistakes is looked at as well, one of
//! which may be where a project is. It never opens an environment.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use stackgate_diagnostic::{Diagnostic, quote};
use stackgate_drift::OnDisk;
use stackgate_plan::{Action, Plan, Stage};
use stackgate_yaml::{Limits, Node, parse};

use crate::disk;
use crate::rules::{ESC_MISSING, ESC_UNUSED};

pub(crate) fn check(plan: &Plan, root: &Path) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut tree = disk::Tree::new(root);
    for stage in plan.stages.iter().filter(|stage| stage.action == Action::Deploy) {
        let Some((path, imported)) = imports(&mut tree, stage) else { continue };
        let named: BTreeSet<&str> = stage.esc.iter().map(String::as_str).collect();
        for missing in imported.iter().filter(|environment| !named.contains(environment.as_str())) {
            let message = format!("{path} imports {}, which the stack's `esc` does not name", quote(missing));
            let help = format!("add `esc: [{missing}]` to the stack");
            diagnostics.push(Diagnostic::error(&ESC_MISSING, stage.places.stack, message).help(help));
        }
        for unused in named.iter().filter(|environment| !imported.contains(**environment)) {
            let message = format!("`esc` names {}, which {path} does not import", quote(unused));
            let help = "take it out of `esc`, unless the program opens it by itself";
            diagnostics.push(Diagnostic::warning(&ESC_UNUSED, stage.places.stack, message).help(help));
        }
    }
    diagnostics
}

/// The stack's file, and the environments that it imports, each as `project/name`.
fn imports(tree: &mut disk::Tree<'_>, stage: &Stage) -> Option<(String, BTreeSet<String>)> {
    let folder = if stage.directory == "." { String::new() } else { format!("{}/", stage.directory) };
    let path = format!("{folder}Pulumi.{}.yaml", stage.stack);
    if Path::new(&path).components().any(|part| !matches!(part, Component::Normal(_))) {
        return None;
    }
    let Ok(Some(OnDisk::Text(text))) = tree.at(&path) else { return None };
    let node = parse(&text, &Limits::PIPELINE).ok()?;
    let imported = node.get("environment").map(environments).unwrap_or_default();
    Some((path, imported))
}

/// The names under `environment`: a list of names, of mappings with the name as key, or a mapping with `imports`.
pub(crate) fn environments(node: &Node) -> BTreeSet<String> {
    let list = node.get("imports").unwrap_or(node);
    let names = list.as_sequence().unwrap_or_default().iter().filter_map(|item| match item.as_mapping() {
        Some(mapping) => mapping.iter().next().map(|entry| entry.key.text.as_str()),
        None => item.as_str(),
    });
    names.map(full_name).collect()
}

/// `name` is `default/name`; a version after `@` is not part of the name.
fn full_name(name: &str) -> String {
    let name = name.split('@').next().unwrap_or(name);
    if name.contains('/') { name.to_owned() } else { format!("default/{name}") }
}
