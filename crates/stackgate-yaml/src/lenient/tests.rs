//! What each dialect makes of a text: the tree, the problems with their places, and the limits.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::*;
use crate::node::Value;

fn read<'t>(text: &'t str, dialect: &Dialect) -> (String, Vec<(&'static str, &'t str)>) {
    let found = parse_lenient(text, &Limits::AUDITED, dialect);
    let shown: Vec<String> = found.documents.iter().map(show).collect();
    let slice = |span: Span| text.get(span.start..span.end).unwrap_or("(end)");
    let problems = found.problems.iter().map(|d| (d.rule.id, d.span.map_or("", slice))).collect();
    (shown.join(" --- "), problems)
}

/// A tree on one line; text in quotes was not plain.
fn show(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Scalar(scalar) if scalar.plain => scalar.text.clone(),
        Value::Scalar(scalar) => format!("{:?}", scalar.text),
        Value::Tagged { tag, node } => format!("{tag} {}", show(node)),
        Value::Sequence(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Mapping(mapping) => {
            let entries: Vec<_> = mapping.iter().map(|e| format!("{}: {}", e.key.text, show(&e.value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// The tree, of a text without a problem.
fn fine(text: &str, dialect: &Dialect) -> String {
    let (shown, problems) = read(text, dialect);
    assert_eq!(problems, [], "{text}");
    shown
}

#[test]
fn aliases_are_expanded() {
    let text = "a: &x {k: [1, &y 2]}\nb: *x\nc: [*y, *x]\n*y : d\n&z e: *z\n";
    for dialect in [Dialect::GITHUB, Dialect::GITLAB, Dialect::CIRCLECI] {
        let shown = fine(text, &dialect);
        assert_eq!(shown, "{a: {k: [1, 2]}, b: {k: [1, 2]}, c: [2, {k: [1, 2]}], 2: d, e: e}");
    }
    let found = parse_lenient(text, &Limits::AUDITED, &Dialect::GITHUB);
    let slice = |span: Span| &text[span.start..span.end];
    let root = &found.documents[0];
    assert_eq!(slice(root.get("b").unwrap().span), "{k: [1, &y 2]}", "the place is the anchor's");
    assert_eq!(found.shared.iter().map(|span| slice(*span)).collect::<Vec<_>>(), ["{k: [1, &y 2]}", "2", "e"]);
    assert!(found.is_shared(root.get("b").unwrap().get("k").unwrap().span));
    assert!(!found.is_shared(root.get("c").unwrap().span));
    // The last anchor of a name counts, and a document has its own.
    assert_eq!(fine("- &a 1\n- *a\n- &a 2\n- *a\n", &Dialect::GITHUB), "[1, 1, 2, 2]");
    assert_eq!(
        read("a: &x 1\n---\nb: *x\n", &Dialect::GITLAB),
        ("{a: 1} --- {b: null}".into(), vec![("unknown-alias", "*x")])
    );
}

#[test]
fn anchors_where_the_system_has_none() {
    let (shown, problems) = read("a: &x 1\nb: *x\n", &Dialect::AZURE);
    assert_eq!(shown, "{a: 1, b: 1}");
    assert_eq!(problems, [("unsupported-yaml", "&x")]);
    let (shown, problems) = read("a: &x {k: 1}\nb: {<<: *x}\n", &Dialect::GITHUB);
    assert_eq!(shown, "{a: {k: 1}, b: {k: 1}}");
    assert_eq!(problems, [("unsupported-yaml", "<<")]);
}

#[test]
fn merges() {
    let all = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n";
    let merged = |rest: &str, dialect: &Dialect| {
        let text = format!("{all}z: {rest}\n");
        let (shown, problems) = read(&text, dialect);
        (shown.split_once("z: ").unwrap().1.trim_end_matches('}').to_owned(), problems.len())
    };
    for (rest, shown) in [
        ("{<<: *x, b: 3}", "{a: 1, b: 3"),
        ("{<<: [*x, *y]}", "{a: 1, b: 1, c: 2"),
        ("{<<: [*y, *x], d: 4}", "{b: 2, c: 2, a: 1, d: 4"),
        ("{<<: {d: 4, <<: *x}}", "{d: 4, a: 1, b: 1"),
        ("{<<: [*x, {d: 4}]}", "{a: 1, b: 1, d: 4"),
        ("{<<: []}", "{"),
        ("\n  <<: *x\n  d: 4", "{a: 1, b: 1, d: 4"),
    ] {
        assert_eq!(merged(rest, &Dialect::CIRCLECI), (shown.to_owned(), 0), "{rest}");
        assert_eq!(merged(rest, &Dialect::GITLAB), (shown.to_owned(), 0), "{rest}");
        assert_eq!(merged(rest, &Dialect::GITHUB).0, shown, "{rest}");
    }
    // What `<<` is written below: to Psych the later line wins, to all others what is explicit.
    assert_eq!(merged("{b: 3, <<: *x}", &Dialect::CIRCLECI), ("{b: 3, a: 1".into(), 0));
    let text = "x: &x {a: 1}\nz: {a: 3, <<: *x}\ny: &y {a: 1, <<: *x}\nv: *y\n";
    let (shown, problems) = read(text, &Dialect::GITLAB);
    assert_eq!(shown, "{x: {a: 1}, z: {a: 1}, y: {a: 1}, v: {a: 1}}");
    assert_eq!(problems, [("merge-overrides", "<<"); 2]);
    // Several of them: Ruby merges each in its turn.
    assert_eq!(merged("{<<: *x, <<: *y}", &Dialect::GITLAB), ("{a: 1, b: 2, c: 2".into(), 0));
    assert_eq!(merged("{<<: *x, <<: *y}", &Dialect::CIRCLECI), ("{a: 1, b: 2, c: 2".into(), 1));
    // A quoted one merges for Psych only.
    assert_eq!(merged("{\"<<\": {q: 1}}", &Dialect::GITLAB), ("{q: 1".into(), 0));
    assert_eq!(merged("{\"<<\": {q: 1}}", &Dialect::CIRCLECI), ("{<<: {q: 1".into(), 0));
    for value in ["1", "[*x, 1]", "", "!reference [x]"] {
        let text = format!("x: &x {{}}\nz: {{<<: {value}}}\n");
        let (shown, problems) = read(&text, &Dialect::GITLAB);
        assert_eq!(problems, [("merge-value", "<<")], "{value}");
        assert!(shown.contains("{<<: "), "{shown}");
    }
}

#[test]
fn many_keys_merge() {
    let keys = |range: std::ops::Range<u32>| {
        range.fold(String::new(), |mut all, n| {
            let _ = write!(all, "k{n}: {n}, ");
            all
        })
    };
    let text = format!("x: &x {{{}}}\ny: {{k30: new, <<: *x, k35: new, k99: new}}\n", keys(0..40));
    let found = parse_lenient(&text, &Limits::AUDITED, &Dialect::CIRCLECI);
    let y = found.documents[0].get("y").unwrap().as_mapping().unwrap();
    let news: Vec<&str> = y.iter().filter(|e| e.value.as_str() == Some("new")).map(|e| e.key.text.as_str()).collect();
    assert_eq!((y.len(), news), (41, vec!["k30", "k35", "k99"]));
}

#[test]
fn duplicate_keys() {
    for dialect in [Dialect::GITHUB, Dialect::GITLAB, Dialect::AZURE, Dialect::CIRCLECI] {
        assert_eq!(read("a: 1\nb: 2\na: 3\n", &dialect), ("{a: 3, b: 2}".into(), vec![("duplicate-key", "a")]));
    }
    assert_eq!(read("a: 1\nA: 2\n", &Dialect::GITHUB), ("{a: 1, A: 2}".into(), vec![("duplicate-key", "A")]));
    assert_eq!(read("a: 1\nA: 2\n", &Dialect::AZURE).1, [("duplicate-key", "A")]);
    assert_eq!(fine("a: 1\nA: 2\n", &Dialect::GITLAB), "{a: 1, A: 2}");
    let many: String = (0..40).map(|n| format!("K{n}: 1\n")).collect();
    assert_eq!(
        read(&format!("{many}k3: 1\nk39: 1\n"), &Dialect::GITHUB).1,
        [("duplicate-key", "k3"), ("duplicate-key", "k39")]
    );
}

#[test]
fn tags() {
    let text = "a: !reference [b, c]\nd: [!reference [e], f]\n";
    assert_eq!(fine(text, &Dialect::GITLAB), "{a: !reference [b, c], d: [!reference [e], f]}");
    let found = parse_lenient(text, &Limits::AUDITED, &Dialect::GITLAB);
    let a = found.documents[0].get("a").unwrap();
    assert_eq!(&text[a.span.start..a.span.end], "!reference [b, c]");
    let (tag, inner) = a.as_tagged().unwrap();
    assert_eq!((tag, inner.as_sequence().unwrap().len(), a.kind()), ("!reference", 2, "a tagged value"));
    let block = "a: !reference\n  - b\n  - &c d\ne: *c\n";
    assert_eq!(fine(block, &Dialect::GITLAB), "{a: !reference [b, d], e: d}");
    for tag in ["!other", "!!binary", "!<tag:example.com,2000:x>"] {
        let text = format!("a: {tag} b\n");
        let (shown, problems) = read(&text, &Dialect::GITLAB);
        assert_eq!((shown.as_str(), problems[0]), ("{a: b}", ("unsupported-yaml", tag)));
    }
    assert_eq!(read(text, &Dialect::GITHUB).1, [("unsupported-yaml", "!reference"); 2]);
    let standard =
        "a: !!str true\nb: !!str\nc: !!null x\nd: !!int \"3\"\ne: !!map {}\nf: !!seq []\ng: ! 1\nh: !!bool true\n";
    assert_eq!(
        fine(standard, &Dialect::GITHUB),
        "{a: \"true\", b: \"\", c: null, d: 3, e: {}, f: [], g: \"1\", h: true}"
    );
}

#[test]
fn documents_are_counted() {
    assert_eq!(fine("spec: {}\n---\na: b\n", &Dialect::GITLAB), "{spec: {}} --- {a: b}");
    assert_eq!(fine("---\na: b\n...\n", &Dialect::AZURE), "{a: b}");
    let text = "a: 1\n---\nb: 2\n---\nc: 3\n";
    assert_eq!(
        read(text, &Dialect::GITHUB),
        ("{a: 1} --- {b: 2} --- {c: 3}".into(), vec![("unsupported-yaml", "---")])
    );
    assert_eq!(read(text, &Dialect::GITLAB).1, [("unsupported-yaml", "---")]);
    for text in ["", "\n", "# only a comment\n", "\u{feff}", "---\n", "---\n---\n"] {
        let found = parse_lenient(text, &Limits::AUDITED, &Dialect::GITLAB);
        assert!(found.documents.is_empty() && !found.problems.is_empty(), "{text:?}: {found:?}");
    }
    assert_eq!(read("%YAML 1.1\n---\na: b\n", &Dialect::GITHUB), ("{a: b}".into(), vec![("directive", "%YAML 1.1")]));
}

#[test]
fn what_is_broken_costs_its_own_document_only() {
    assert_eq!(read("a: 1\n---\nb: [}\n", &Dialect::GITLAB), ("{a: 1}".into(), vec![("syntax", "[")]));
    assert_eq!(read("a:\n\t- b\n", &Dialect::GITLAB).1, [("syntax", "-")]);
    assert_eq!(read("a: b\u{0}c\n", &Dialect::GITLAB).1, [("control-character", "\u{0}")]);
    assert_eq!(
        read("a: 'x\u{202e}'\n", &Dialect::GITLAB),
        ("{a: \"x\\u{202e}\"}".into(), vec![("invisible-character", "\u{202e}")])
    );
    assert_eq!(
        read("[a, b]: c\n? {d: &x e}\n: *x\n", &Dialect::GITLAB).1,
        [("complex-key", "[a, b]"), ("complex-key", "{d: &x e}"), ("unknown-alias", "*x"),]
    );
    assert_eq!(fine("\u{feff}a: 'x y'\r\nb:\r\n  - 1\r\n", &Dialect::GITHUB), "{a: \"x y\", b: [1]}");
    assert_eq!(
        fine("a: yes\nb: 010\nc: ~\nd:\ne: On\n", &Dialect::GITHUB),
        "{a: yes, b: 010, c: null, d: null, e: On}"
    );
}

#[test]
fn comments_are_kept() {
    let text = "# top\na: x@sha # v4.1.0\nb: 'y # no' #  z\r\nc: |\n  # text\n# end";
    let found = parse_lenient(text, &Limits::AUDITED, &Dialect::GITHUB);
    let comments: Vec<_> = found.comments.iter().map(|c| (&text[c.span.start..c.span.end], c.text.as_str())).collect();
    assert_eq!(comments, [("# top", "top"), ("# v4.1.0", "v4.1.0"), ("#  z", "z"), ("# end", "end")]);
    let root = &found.documents[0];
    let behind = |key| found.comment_behind(text, root.get(key).unwrap().span).map(|c| c.text.as_str());
    assert_eq!((behind("a"), behind("b"), behind("c")), (Some("v4.1.0"), Some("z"), None));
    // More of them in a row than the parser holds back by itself.
    let long = format!("a:\n{}  b: 1\n", "# c\n".repeat(5_000));
    let found = parse_lenient(&long, &Limits::AUDITED, &Dialect::GITHUB);
    assert_eq!((found.comments.len(), found.problems.len()), (5_000, 0));
}

/// The one problem of a text that reading must stop at.
fn stopped(text: &str) -> &'static str {
    let found = parse_lenient(text, &Limits::AUDITED, &Dialect::GITLAB);
    assert!(found.documents.is_empty(), "nothing of a broken document");
    assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
    found.problems[0].rule.id
}

fn bomb(levels: usize, width: usize) -> String {
    let mut text = format!("a0: &a0 [{}]\n", vec!["x"; width].join(", "));
    for level in 1..levels {
        let aliases = vec![format!("*a{}", level - 1); width].join(", ");
        let _ = writeln!(text, "a{level}: &a{level} [{aliases}]");
    }
    text
}

#[test]
fn limits_hold_after_expansion() {
    let start = Instant::now();
    assert_eq!(stopped(&bomb(9, 10)), "too-many-aliases");
    assert_eq!(stopped(&bomb(40, 2)), "too-many-aliases");
    let jobs: String = (0..10_000).map(|n| format!("job{n}: {{script: [make], stage: build}}\n")).collect();
    assert_eq!(stopped(&jobs), "too-many-nodes");
    let many = |aliases| format!("- &x 1\n{}", "- *x\n".repeat(aliases));
    assert_eq!(stopped(&many(Limits::AUDITED.aliases + 1)), "too-many-aliases");
    assert_eq!(fine(&many(Limits::AUDITED.aliases), &Dialect::GITLAB).len(), 3 * (Limits::AUDITED.aliases + 1));
    // A megabyte of text, a thousand times.
    let text = format!("- &x {}\n{}", "x".repeat(500_000), "- *x\n".repeat(900));
    assert_eq!(stopped(&text), "too-many-aliases");
    // 64 levels, half of them behind an alias.
    let deep = |depth: usize| {
        format!("- &x {}{}\n- {}*x{}\n", "[".repeat(40), "]".repeat(40), "[".repeat(depth), "]".repeat(depth))
    };
    assert_eq!(stopped(&deep(24)), "too-deep");
    assert!(!fine(&deep(23), &Dialect::GITLAB).is_empty());
    for text in ["[".repeat(100_000), "{".repeat(100_000), "- ".repeat(100_000), "&a [".repeat(100_000)] {
        assert_eq!(stopped(&text), "too-deep");
    }
    assert_eq!(stopped(&"#".repeat(Limits::AUDITED.bytes + 1)), "too-large");
    let nested = format!("{}{}{}", "&a [".repeat(64), "x, ".repeat(49_000), "]".repeat(64));
    assert!(fine(&nested, &Dialect::GITLAB).len() > 49_000);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn a_value_that_holds_itself() {
    assert_eq!(read("a: &x [1, *x]\n", &Dialect::GITLAB), ("{a: [1, null]}".into(), vec![("recursive-alias", "*x")]));
    assert_eq!(read("&x\na: {b: *x}\n", &Dialect::GITLAB).1, [("recursive-alias", "*x")]);
    assert_eq!(read("a: &x {<<: *x, b: 1}\n", &Dialect::GITLAB).1, [("merge-value", "<<"), ("recursive-alias", "*x")]);
    assert_eq!(read("a: *x\nb: &x 1\n", &Dialect::GITLAB).1, [("unknown-alias", "*x")]);
}

#[test]
fn the_place_of_an_error_is_whole_characters() {
    for text in ["a: 1\n\u{fffd}\n", "a:\n  b: 1\n \u{e9}: 2\n", "a: [1\n\u{fffd}: ]b\n"] {
        let found = parse_lenient(text, &Limits::AUDITED, &Dialect::GITLAB);
        assert!(!found.problems.is_empty(), "{text:?}");
        for span in found.problems.iter().filter_map(|problem| problem.span) {
            assert!(text.get(span.start..span.end.min(text.len())).is_some(), "{span:?} of {text:?}");
        }
    }
}
