//! Edits of a spec's text that set one value and leave everything else, comments and layout, as it is.
//!
//! What must hold: nothing but the value, or the lines of a new one, changes; line ends are those of the spec. Where the text
//! is written in a way that this cannot edit, nothing comes out, and the caller says so. Deliberately absent: a YAML writer;
//! what is inserted is one line, or a few keys above it.

use stackgate_provider::yaml_scalar;
use stackgate_yaml::{Limits, Mapping, Node, Value};

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
    let Value::Scalar(old) = &node.value else { return None };
    if old.block {
        return None;
    }
    let written = text.get(node.span.start..node.span.end)?;
    // The quotes that somebody chose stay where they carry the new value as well.
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
    let simple = value.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '\\'));
    let new = match quote {
        Some(quote) if simple => format!("{quote}{value}{quote}"),
        _ => scalar(value)?,
    };
    Some(format!("{}{new}{}", text.get(..node.span.start)?, text.get(node.span.end..)?))
}

fn find<'a>(root: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(root, |node, key| node.get(key))
}

/// Adds what is missing of a path, below the last mapping of it that is there.
fn insert(text: &str, root: &Node, path: &[&str], value: &str) -> Option<String> {
    let depth = (0..path.len()).rev().find(|depth| find(root, &path[..*depth]).is_some())?;
    let parent = find(root, &path[..depth])?;
    let missing = &path[depth..];
    match &parent.value {
        Value::Mapping(mapping) if text.get(parent.span.start..)?.starts_with('{') => {
            in_flow(text, parent, mapping, missing, value)
        }
        Value::Mapping(mapping) => {
            let first = mapping.iter().next()?;
            let column = column(text, first.key.span.start)?;
            let last = mapping.iter().last()?;
            below(text, last.value.span.end.max(last.key.span.end), column, missing, value)
        }
        // A key without a value: its place is that of the key.
        Value::Null if depth > 0 => {
            let above = find(root, &path[..depth - 1])?.as_mapping()?;
            let key = above.entry(path[depth - 1])?.key.span;
            let nothing_behind = text.get(key.end..)?.lines().next()?.trim_start_matches(':').trim_start();
            if !nothing_behind.is_empty() && !nothing_behind.starts_with('#') {
                return None;
            }
            below(text, key.end, column(text, key.start)? + 2, missing, value)
        }
        _ => None,
    }
}

/// Adds to a mapping in braces.
fn in_flow(text: &str, parent: &Node, mapping: &Mapping, missing: &[&str], value: &str) -> Option<String> {
    let mut new = value.to_owned();
    for (index, key) in missing.iter().enumerate().rev() {
        new = format!("{}: {new}", scalar(key)?);
        if index > 0 {
            new = format!("{{ {new} }}");
        }
    }
    let (at, new) = match mapping.iter().last() {
        Some(last) => (last.value.span.end.max(last.key.span.end), format!(", {new}")),
        None => (parent.span.start + 1, format!(" {new} ")),
    };
    Some(format!("{}{new}{}", text.get(..at)?, text.get(at..)?))
}

/// Adds lines below the line in which a byte is.
fn below(text: &str, byte: usize, column: usize, missing: &[&str], value: &str) -> Option<String> {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut new = String::new();
    for (depth, key) in missing.iter().enumerate() {
        let indent = " ".repeat(column + 2 * depth);
        let last = depth + 1 == missing.len();
        let value = if last { format!(" {value}") } else { String::new() };
        new.push_str(&format!("{indent}{}:{value}{end}", scalar(key)?));
    }
    let rest = text.get(byte..)?;
    // A block's place may already end behind its last line.
    let at = if byte > 0 && text.get(..byte)?.ends_with('\n') {
        byte
    } else {
        match rest.find('\n') {
            Some(line) => byte + line + 1,
            None => {
                new = format!("{end}{new}");
                text.len()
            }
        }
    };
    Some(format!("{}{new}{}", &text[..at], &text[at..]))
}

/// In which column, from 0, a byte is; nothing but spaces may stand before it.
fn column(text: &str, byte: usize) -> Option<usize> {
    let start = text.get(..byte)?.rfind('\n').map_or(0, |end| end + 1);
    let before = text[start..byte].trim_start_matches('\u{feff}');
    before.bytes().all(|byte| byte == b' ').then_some(before.len())
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
        set_row(text, PATH, FIELDS).unwrap()
    }

    #[test]
    fn a_new_row_goes_below_what_is_there() {
        let new = "{ version: v2, commit: \"00000000000000000000000000000000000000cc\" }";
        assert_eq!(row("a: 1 # c\n"), format!("a: 1 # c\npins:\n  actions:\n    actions/checkout: {new}\n"));
        assert_eq!(row("a: 1"), format!("a: 1\npins:\n  actions:\n    actions/checkout: {new}\n"));
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
        assert_eq!(
            row("pins: # none\na: 1\n"),
            format!("pins: # none\n  actions:\n    actions/checkout: {new}\na: 1\n")
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
