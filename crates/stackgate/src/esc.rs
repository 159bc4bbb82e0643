//! Holds the spec's `esc` against what each `Pulumi.<stack>.yaml` imports.
//!
//! What must hold: a stack file that does not exist says nothing; one that cannot be read is said to be so. Every file is
//! read once, and none outside of the repository: a spec with mistakes is looked at as well, one of which may be where a
//! project is. It never opens an environment.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use stackgate_diagnostic::{Diagnostic, quote};
use stackgate_drift::OnDisk;
use stackgate_plan::{Action, Plan, Stage};
use stackgate_yaml::{EMPTY_FILE, Limits, Node, parse};

use crate::disk;
use crate::rules::{ESC_MISSING, ESC_UNREAD, ESC_UNUSED};

pub(crate) fn check(plan: &Plan, root: &Path) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    // A root that cannot be opened is what the comparison with the disk will say.
    let Ok(mut tree) = disk::Tree::open(root) else { return diagnostics };
    for stage in plan.stages.iter().filter(|stage| stage.action == Action::Deploy) {
        let path = path_of(stage);
        let imported = match imports(&mut tree, &path) {
            Ok(Some(imported)) => imported,
            Ok(None) => continue,
            Err(why) => {
                let message = format!("{path} was not compared with `esc`: {why}");
                let help = "mend the file, or see to it yourself that it imports what `esc` says";
                diagnostics.push(Diagnostic::warning(&ESC_UNREAD, stage.places.stack, message).help(help));
                continue;
            }
        };
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

/// Where Pulumi looks for a stack's file.
fn path_of(stage: &Stage) -> String {
    let folder = if stage.directory == "." { String::new() } else { format!("{}/", stage.directory) };
    format!("{folder}Pulumi.{}.yaml", stage.stack)
}

/// The environments that a stack's file imports, each as `project/name`; nothing where there is no file, and otherwise why
/// it cannot be told.
fn imports(tree: &mut disk::Tree<'_>, path: &str) -> Result<Option<BTreeSet<String>>, String> {
    if Path::new(path).components().any(|part| !matches!(part, Component::Normal(_))) {
        return Ok(None);
    }
    let text = match tree.at(path) {
        Ok(None) => return Ok(None),
        Ok(Some(OnDisk::Text(text))) => text,
        Ok(Some(OnDisk::Unreadable(what))) => return Err(what),
        Err(error) => return Err(error.to_string()),
    };
    match parse(&text, &Limits::PIPELINE) {
        Ok(node) => Ok(Some(node.get("environment").map(environments).unwrap_or_default())),
        // A stack without configuration has a file without values.
        Err(found) if found.iter().all(|one| one.rule == &EMPTY_FILE) => Ok(Some(BTreeSet::new())),
        Err(found) => Err(found.into_iter().next().map(|first| first.message).unwrap_or_default()),
    }
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
