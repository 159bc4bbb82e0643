//! The spec's text with one value set, and everything else, comments and layout, as it is.
//!
//! What must hold: nothing but the value, or the lines of a new one, changes. Where the text is written in a way that cannot be
//! edited, nothing comes out, and the caller says so. Deliberately absent: how a text is edited; `stackgate-yaml` knows that.

use stackgate_provider::yaml_scalar;
use stackgate_yaml::edit::{Edit, Place, apply, insert_entry, replace_text};
use stackgate_yaml::{Limits, Node};

/// Sets the scalars of a row, and adds the row where it is not there. The path leads to the row.
pub(super) fn set_row(text: &str, path: &[&str], fields: &[(&str, &str)]) -> Option<String> {
    let root = stackgate_yaml::parse(text, &Limits::SPEC).ok()?;
    if find(&root, path).is_none() {
        let fields: Option<Vec<String>> =
            fields.iter().map(|(key, value)| Some(format!("{}: {}", scalar(key)?, scalar(value)?))).collect();
        return insert(text, &root, path, &format!("{{ {} }}", fields?.join(", ")));
    }
    let mut text = text.to_owned();
    for (key, value) in fields {
        let path: Vec<&str> = path.iter().chain([key]).copied().collect();
        text = set_scalar(&text, &path, value)?;
    }
    Some(text)
}

/// Sets one scalar, and adds its key where it is not there.
pub(super) fn set_scalar(text: &str, path: &[&str], value: &str) -> Option<String> {
    let root = stackgate_yaml::parse(text, &Limits::SPEC).ok()?;
    let Some(node) = find(&root, path) else { return insert(text, &root, path, &scalar(value)?) };
    edited(text, replace_text(text, node, value)?)
}

fn find<'a>(root: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(root, |node, key| node.get(key))
}

/// Adds what is missing of a path, below the last mapping of it that is there.
fn insert(text: &str, root: &Node, path: &[&str], value: &str) -> Option<String> {
    let depth = (0..path.len()).rev().find(|depth| find(root, &path[..*depth]).is_some())?;
    let parent = find(root, &path[..depth])?;
    let missing = &path[depth..];
    let empty = parent.as_mapping()?.is_empty();
    let flow = text.get(parent.span.start..)?.starts_with('{');
    let entry = if flow { in_one_line(missing, value)? } else { in_lines(missing, value)? };
    // In braces with nothing between them, the new entry is set off as the others of this program are.
    let entry = if flow && empty { format!(" {entry} ") } else { entry };
    edited(text, insert_entry(text, parent, &entry, Place::Last)?)
}

/// `a: { b: value }`
fn in_one_line(path: &[&str], value: &str) -> Option<String> {
    let mut entry = value.to_owned();
    for (depth, key) in path.iter().enumerate().rev() {
        entry = format!("{}: {entry}", scalar(key)?);
        if depth > 0 {
            entry = format!("{{ {entry} }}");
        }
    }
    Some(entry)
}

/// `a:`, and `b: value` below it.
fn in_lines(path: &[&str], value: &str) -> Option<String> {
    let last = path.len().checked_sub(1)?;
    let lines = path.iter().enumerate().map(|(depth, key)| {
        let value = if depth == last { format!(" {value}") } else { String::new() };
        Some(format!("{}{}:{value}", " ".repeat(2 * depth), scalar(key)?))
    });
    Some(lines.collect::<Option<Vec<_>>>()?.join("\n"))
}

fn edited(text: &str, edit: Edit) -> Option<String> {
    apply(text, &[edit]).ok()
}

fn scalar(value: &str) -> Option<String> {
    let mut out = Vec::new();
    yaml_scalar(value, &mut out).ok()?;
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &[&str] = &["pins", "actions", "actions/checkout"];
    const FIELDS: &[(&str, &str)] = &[("version", "v2"), ("commit", "00000000000000000000000000000000000000cc")];

    fn row(text: &str) -> String {
        set_row(text, PATH, FIELDS).unwrap_or_else(|| panic!("no edit of {text:?}"))
    }

    #[test]
    fn a_new_row_goes_below_what_is_there() {
        let new = "{ version: v2, commit: \"00000000000000000000000000000000000000cc\" }";
        assert_eq!(row("a: 1 # c\n"), format!("a: 1 # c\npins:\n  actions:\n    actions/checkout: {new}\n"));
        assert_eq!(row("a: 1"), format!("a: 1\npins:\n  actions:\n    actions/checkout: {new}"));
        assert_eq!(row("a: 1\r\n"), format!("a: 1\r\npins:\r\n  actions:\r\n    actions/checkout: {new}\r\n"));
        assert_eq!(
            row("pins: # mine\n  cli: {} # c\n# more\na: 1\n"),
            format!("pins: # mine\n  cli: {{}} # c\n  actions:\n    actions/checkout: {new}\n# more\na: 1\n")
        );
        assert_eq!(
            row("pins:\n    actions:\n        x/y: { version: v1 } # why\na: 1\n"),
            format!(
                "pins:\n    actions:\n        x/y: {{ version: v1 }} # why\n        actions/checkout: {new}\na: 1\n"
            )
        );
        assert_eq!(row("pins: {}\n"), format!("pins: {{ actions: {{ actions/checkout: {new} }} }}\n"));
        assert_eq!(
            row("pins: { actions: { x/y: { version: v1 } }, }\n"),
            format!("pins: {{ actions: {{ x/y: {{ version: v1 }}, actions/checkout: {new} }}, }}\n")
        );
        assert_eq!(
            row("jobs:\n  a:\n    run: |\n      x\n\n# end\n").matches("actions/checkout").count(),
            1,
            "below a block"
        );
    }

    #[test]
    fn a_row_that_is_there_keeps_its_layout() {
        let old = "pins:\n  actions:\n    actions/checkout: # ours\n      commit: '11' # c\n      version: v1   # v\n  cli: {}\n";
        let new = "pins:\n  actions:\n    actions/checkout: # ours\n      commit: '00000000000000000000000000000000000000cc' # c\n      version: v2   # v\n  cli: {}\n";
        assert_eq!(row(old), new);
        assert_eq!(set_scalar("pulumi: \"3.1.0\" # c\n", &["pulumi"], "3.2.0").unwrap(), "pulumi: \"3.2.0\" # c\n");
        assert_eq!(set_scalar("a: 1\n", &["pulumi"], "3.2.0").unwrap(), "a: 1\npulumi: \"3.2.0\"\n");
    }

    #[test]
    fn what_cannot_be_edited_comes_to_nothing() {
        for text in [
            "pins: ~\n",
            "pins: []\n",
            "pins:\n  actions: x\n",
            "pins:\n  actions:\n    actions/checkout: v1\n",
            "a: [\n",
        ] {
            assert_eq!(set_row(text, PATH, FIELDS), None, "{text}");
        }
        assert_eq!(set_scalar("pulumi: |\n  3\n", &["pulumi"], "3.2.0"), None);
    }
}
