//! Edits applied, read again, and everything else as it was.

use super::*;
use crate::{Dialect, Limits, Node, parse_lenient};

fn tree(text: &str) -> Node {
    let mut found = parse_lenient(text, &Limits::AUDITED, &Dialect::GITLAB);
    assert_eq!(found.problems, [], "{text}");
    found.documents.remove(0)
}

fn at<'n>(root: &'n Node, path: &str) -> &'n Node {
    path.split_terminator('.').fold(root, |node, part| match part.parse::<usize>() {
        Ok(item) => &node.as_sequence().unwrap()[item],
        Err(_) => node.get(part).unwrap(),
    })
}

/// A text without its spans, to compare what two texts mean.
fn meaning(node: &Node) -> String {
    let shown = format!("{node:?}");
    let mut out = String::new();
    let mut rest = shown.as_str();
    while let Some(start) = rest.find("Span {") {
        out.push_str(&rest[..start]);
        rest = &rest[start + rest[start..].find('}').unwrap() + 1..];
    }
    out + rest
}

fn applied(text: &str, edit: Option<Edit>) -> String {
    apply(text, &[edit.unwrap()]).unwrap()
}

const FILE: &str = "# top\non: push # when\npermissions:\n  contents: write # why\n  id-token: write\njobs:\n  build:\n    env: {A: 1, B: 'two', C: [x]} # env\n    steps:\n      # first\n      - uses: a@b # v1\n        with:\n          ref: main\n      - run: |\n          make\n\n      - name: \"last\"\n";

#[test]
fn edits_are_applied_in_any_order() {
    let edit = |start, end, replacement: &str| Edit { span: Span::new(start, end), replacement: replacement.into() };
    assert_eq!(
        apply("abcdef", &[edit(4, 5, "E"), edit(0, 1, ""), edit(2, 2, "x"), edit(2, 2, "y")]).unwrap(),
        "bxycdEf"
    );
    assert_eq!(apply("abc", &[]).unwrap(), "abc");
    let overlap = apply("abcdef", &[edit(2, 5, ""), edit(0, 3, "")]).unwrap_err();
    assert_eq!(overlap, Overlap { first: Span::new(0, 3), second: Span::new(2, 5) });
    assert!(overlap.to_string().contains("0..3 and 2..5"));
    for (start, end) in [(2, 9), (9, 9), (1, 2), (3, 2)] {
        assert!(apply("ä-b", &[edit(start, end, "")]).is_err(), "{start}..{end}");
    }
}

#[test]
fn entries_are_inserted() {
    let root = tree(FILE);
    for (path, entry, place, after) in [
        ("", "name: x", Place::First, "# top\nname: x\non: push"),
        ("", "name: x", Place::After("on"), "on: push # when\nname: x\npermissions:"),
        ("", "env:\n  A: 1", Place::After("permissions"), "  id-token: write\nenv:\n  A: 1\njobs:"),
        ("permissions", "actions: read", Place::First, ":\n  actions: read\n  contents: write # why"),
        ("permissions", "actions: read", Place::After("contents"), "write # why\n  actions: read\n  id-token: write\n"),
        ("permissions", "actions: read", Place::Last, "  id-token: write\n  actions: read\njobs:"),
        ("jobs.build", "timeout-minutes: 5", Place::First, "build:\n    timeout-minutes: 5\n    env:"),
        ("jobs.build", "if: x", Place::After("env"), "} # env\n    if: x\n    steps:"),
        ("jobs.build.env", "Z: 0", Place::First, "env: {Z: 0, A: 1"),
        ("jobs.build.env", "Z: 0", Place::After("A"), "{A: 1, Z: 0, B: 'two'"),
        ("jobs.build.env", "Z: 0", Place::Last, "C: [x], Z: 0} # env"),
        ("jobs.build.steps.0", "id: s", Place::First, "- id: s\n        uses: a@b # v1\n"),
        ("jobs.build.steps.0", "id: s", Place::After("uses"), "- uses: a@b # v1\n        id: s\n        with:"),
        (
            "jobs.build.steps.0.with",
            "persist-credentials: false",
            Place::Last,
            "ref: main\n          persist-credentials: false\n",
        ),
        (
            "jobs.build.steps.1",
            "env:\n  A: |\n    x",
            Place::Last,
            "          make\n        env:\n          A: |\n            x\n\n",
        ),
        ("jobs.build.steps.2", "run: x", Place::Last, "- name: \"last\"\n        run: x\n"),
    ] {
        let result = applied(FILE, insert_entry(FILE, at(&root, path), entry, place));
        assert!(result.contains(after), "{path} {place:?}:\n{result}");
        let key = entry.split(':').next().unwrap();
        let again = tree(&result);
        assert!(at(&again, path).get(key).is_some(), "{path}: {result}");
        // What was inserted can be deleted, and all is as it was.
        assert_eq!(applied(&result, delete_entry(&result, at(&again, path), key)), FILE, "{path} {place:?}:\n{result}");
    }
    assert_eq!(insert_entry(FILE, &root, "x: 1", Place::After("missing")), None);
    assert_eq!(insert_entry(FILE, at(&root, "on"), "x: 1", Place::Last), None);
    assert_eq!(insert_entry(FILE, at(&root, "jobs.build.env"), "x:\n  y: 1", Place::Last), None);
    for (text, expected) in [
        ("a: {}\n", "a: {x: 1}\n"),
        ("a: { }\n", "a: {x: 1 }\n"),
        ("a:\r\n  b: 1\r\n", "a:\r\n  b: 1\r\n  x: 1\r\n"),
        ("a:\n  b: 1", "a:\n  b: 1\n  x: 1"),
        ("a: {b: 1,}\n", "a: {b: 1, x: 1,}\n"),
        ("y: &y 1\na:\n  b: *y # c\n", "y: &y 1\na:\n  b: *y # c\n  x: 1\n"),
        ("y: &y 1\na: {b: *y}\n", "y: &y 1\na: {b: *y, x: 1}\n"),
        ("a:\n  b:\n    # none\nc: 1\n", "a:\n  b:\n  x: 1\n    # none\nc: 1\n"),
    ] {
        assert_eq!(applied(text, insert_entry(text, at(&tree(text), "a"), "x: 1", Place::Last)), expected);
        assert!(at(&tree(expected), "a").get("x").is_some());
    }
}

#[test]
fn entries_are_deleted() {
    let root = tree(FILE);
    for (path, key, gone) in [
        ("", "on", "on: push # when\n"),
        ("", "permissions", "permissions:\n  contents: write # why\n  id-token: write\n"),
        ("permissions", "contents", "  contents: write # why\n"),
        ("permissions", "id-token", "  id-token: write\n"),
        ("jobs.build", "env", "    env: {A: 1, B: 'two', C: [x]} # env\n"),
        ("jobs.build.env", "A", "A: 1, "),
        ("jobs.build.env", "B", "B: 'two', "),
        ("jobs.build.env", "C", ", C: [x]"),
        ("jobs.build.steps.0", "uses", "uses: a@b # v1\n        "),
        ("jobs.build.steps.0", "with", "        with:\n          ref: main\n"),
    ] {
        let result = applied(FILE, delete_entry(FILE, at(&root, path), key));
        assert_eq!(result, FILE.replacen(gone, "", 1), "{path} {key}");
        let again = tree(&result);
        assert!(at(&again, path).get(key).is_none());
        assert_eq!(at(&again, path).as_mapping().unwrap().len() + 1, at(&root, path).as_mapping().unwrap().len());
    }
    for (text, expected) in [
        ("a:\n  x: 1\n", "a:\n  {}\n"),
        ("a: {x: 1}\n", "a: {}\n"),
        ("a: {x: 1,}\n", "a: {}\n"),
        ("a:\n  b: 1\n  x: 1", "a:\n  b: 1"),
        ("a:\r\n  x: 1\r\n  b: 1\r\n", "a:\r\n  b: 1\r\n"),
        ("a:\n  x:\n  b: 1\n", "a:\n  b: 1\n"),
        ("y: &y 1\na:\n  x: *y # c\n  b: 2\n", "y: &y 1\na:\n  b: 2\n"),
        ("y: &y 1\na: {b: 1, x: *y}\n", "y: &y 1\na: {b: 1}\n"),
        ("a:\n  x: &z {c: 1}\n  b: 2\n", "a:\n  b: 2\n"),
        ("a:\n  - - x: 1\n      b: 2\n", "a:\n  - - b: 2\n"),
        ("a:\n  'x' : |\n    t\n\n  b: 2\n", "a:\n\n  b: 2\n"),
    ] {
        let root = tree(text);
        let a = at(&root, "a");
        let a = if a.as_mapping().is_some() { a } else { at(a, "0.0") };
        assert_eq!(applied(text, delete_entry(text, a, "x")), expected, "{text}");
        tree(expected);
    }
}

#[test]
fn what_is_not_written_here_has_no_edit() {
    let text = "y: &y {x: 1}\nz: *y\na:\n  <<: *y\n  b: 1\n";
    let root = tree(text);
    assert_eq!(delete_entry(text, at(&root, "a"), "x"), None);
    assert_eq!(delete_entry(text, at(&root, "a"), "b"), None);
    assert_eq!(insert_entry(text, at(&root, "a"), "c: 1", Place::Last), None);
    assert_eq!(delete_entry(text, &root, "missing"), None);
    // The value of `z` is that of `y`; to delete the entry is to delete its own line.
    assert_eq!(applied(text, delete_entry(text, &root, "z")), text.replace("z: *y\n", ""));
    let text = "? x\n: 1\nb: 2\n";
    assert_eq!(insert_entry(text, &tree(text), "c: 1", Place::First), None);
    assert_eq!(delete_entry(text, &tree(text), "x"), None);
}

#[test]
fn scalars_are_replaced() {
    let text = "a: word # c\nb: 'one''s'\nc: \"two\"\nd: {e: true}\nf: |\n  block\ng:\n";
    let root = tree(text);
    for (path, new, expected) in [
        ("a", "other@1.2", "other@1.2"),
        ("a", "yes", "\"yes\""),
        ("a", "1.10", "\"1.10\""),
        ("a", "x: y", "\"x: y\""),
        ("a", "${{ x }}", "\"${{ x }}\""),
        ("b", "it's", "'it''s'"),
        ("b", "a\nb", "\"a\\nb\""),
        ("c", "q\"\\\u{202e}ä", "\"q\\\"\\\\\\u202eä\""),
        ("d.e", "off", "\"off\""),
    ] {
        let node = at(&root, path);
        let result = applied(text, replace_text(text, node, new));
        assert_eq!(result, format!("{}{expected}{}", &text[..node.span.start], &text[node.span.end..]));
        let again = parse_lenient(&result, &Limits::AUDITED, &Dialect::GITLAB);
        assert_eq!(at(&again.documents[0], path).as_str(), Some(new));
    }
    for path in ["d", "f", "g"] {
        assert_eq!(replace_text(text, at(&root, path), "x"), None, "{path}");
    }
    assert_eq!(applied(text, replace_value(text, at(&root, "d.e"), "false")), text.replace("true", "false"));
    assert_eq!(applied(text, replace_value(text, at(&root, "d"), "{}")), text.replace("{e: true}", "{}"));
    for path in ["f", "g", ""] {
        assert_eq!(replace_value(text, at(&root, path), "x"), None, "{path}");
    }
    assert_eq!(replace_value(text, at(&root, "a"), "x\ny: z"), None);
    let same = applied(text, replace_value(text, at(&root, "a"), "word"));
    assert_eq!(meaning(&tree(&same)), meaning(&root));
}
