//! Every rule of the parser has a case here, with the place that it names.

use std::time::{Duration, Instant};

use stackgate_diagnostic::Span;

use super::*;
use crate::node::Value;

fn ok(text: &str) -> Node {
    parse(text, &Limits::SPEC).unwrap()
}

/// The rules broken, each with the text that its span covers.
fn broken(text: &str) -> Vec<(&'static str, &str)> {
    parse(text, &Limits::SPEC)
        .unwrap_err()
        .iter()
        .map(|d| (d.rule.id, d.span.map_or("", |span| text.get(span.start..span.end).unwrap_or("(end)"))))
        .collect()
}

#[test]
fn trees_have_places() {
    let text = "\u{feff}a: 'x y'\r\nb:\r\n  - 1\r\n  - {c: d}\r\n\r\n# end\r\ne:\r\nf: ~\r\ng: \"\"\r\n";
    let root = ok(text);
    let slice = |node: &Node| &text[node.span.start..node.span.end];
    assert_eq!(slice(root.get("a").unwrap()), "'x y'");
    let b = root.get("b").unwrap();
    assert_eq!(slice(b), "- 1\r\n  - {c: d}");
    assert_eq!(slice(&b.as_sequence().unwrap()[1]), "{c: d}");
    assert!(root.get("e").unwrap().is_null());
    assert_eq!(slice(root.get("e").unwrap()), "e", "nothing is shown by its key");
    assert!(root.get("f").unwrap().is_null());
    assert_eq!(root.get("g").unwrap().as_str(), Some(""));
    let keys: Vec<_> = root.as_mapping().unwrap().iter().map(|e| e.key.text.as_str()).collect();
    assert_eq!(keys, ["a", "b", "e", "f", "g"]);
}

#[test]
fn styles_are_kept() {
    let root = ok("--- # one\na: |\n  x\n  y\nb: \"true\"\nc: true\nd: 'null'\n\"<<\": 1\n...\n");
    let Value::Scalar(block) = &root.get("a").unwrap().value else { panic!("{root:?}") };
    assert_eq!((block.text.as_str(), block.block, block.plain), ("x\ny\n", true, false));
    assert_eq!(root.get("b").unwrap().as_bool(), None);
    assert_eq!(root.get("c").unwrap().as_bool(), Some(true));
    assert_eq!(root.get("d").unwrap().as_str(), Some("null"));
    assert_eq!(root.get("<<").unwrap().as_u64(), Some(1));
}

#[test]
fn nothing_is_said() {
    for text in ["", "\n", "# only a comment\n", "\u{feff}", "---\n", "--- # x\n...\n"] {
        assert_eq!(broken(text), [("empty-file", "")], "{text:?}");
    }
    assert!(ok("~").is_null());
}

#[test]
fn encodings() {
    assert!(parse_bytes(b"a: b", &Limits::SPEC).is_ok());
    let errors = parse_bytes(b"a: \xff", &Limits::SPEC).unwrap_err();
    assert_eq!(errors[0].rule.id, "not-utf-8");
    assert!(errors[0].message.contains("offset 3"));
}

#[test]
fn limits() {
    let large = "#".repeat(Limits::SPEC.bytes + 1);
    assert_eq!(broken(&large), [("too-large", "")]);
    assert!(parse_bytes(large.as_bytes(), &Limits::SPEC).unwrap_err()[0].message.contains("262144"));
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(32), &Limits::SPEC).is_ok());
    assert_eq!(broken(&nested(33)), [("too-deep", "[")]);
    let steps = |depth: usize| (0..depth).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>();
    assert!(parse(&steps(32), &Limits::SPEC).is_ok());
    assert_eq!(broken(&steps(33)), [("too-deep", "")]);
    assert_eq!(broken(&format!("[{}]", "a,".repeat(20_000))), [("too-many-nodes", "a")]);
    assert!(parse(&format!("[{}]", "a,".repeat(19_999)), &Limits::SPEC).is_ok());
}

#[test]
fn what_is_not_one_plain_document() {
    assert_eq!(broken("a: b\n---\nc: d\n"), [("several-documents", "---")]);
    assert_eq!(broken("%YAML 1.1\n---\na: b\n"), [("directive", "%")]);
    assert_eq!(broken("a: &x b\nc: *x\nd: *y\n"), [("anchor", "&x"), ("alias", "*x"), ("alias", "*y")]);
    assert_eq!(broken("a: !!str b\nc: !reference [d]\ne: !x {f: g}\n").len(), 3);
    assert_eq!(broken("a: !reference [d]\n"), [("tag", "!reference")]);
    assert_eq!(broken("b: {a: 1, <<: {}}\n"), [("merge-key", "<<")]);
}

#[test]
fn keys() {
    assert_eq!(broken("a: 1\nb: {c: 1, 'c': 2}\n\"a\": 2\n"), [("duplicate-key", "'c'"), ("duplicate-key", "\"a\"")]);
    let errors = parse("a: 1\na: 2\na: 3\n", &Limits::SPEC).unwrap_err();
    assert_eq!(errors[1].related[0].0, Span::new(0, 1));
    assert_eq!(broken("? [a, b]\n: c\n? {d: e}\n: f\n"), [("complex-key", "[a, b]"), ("complex-key", "{d: e}")]);
    assert_eq!(broken("a: {{ b }}\n"), [("complex-key", "{ b }")]);
    assert_eq!(broken(": a\n"), [("complex-key", "")]);
    assert_eq!(broken("? |\n  a\n: b\n")[0].0, "complex-key");
    assert_eq!(broken("a: &x b\n*x : c\n"), [("anchor", "&x"), ("alias", "*x")]);
}

#[test]
fn syntax_has_a_place() {
    assert_eq!(broken("a: 'b\n")[0].0, "syntax");
    assert_eq!(broken("a:\n\t- b\n"), [("syntax", "-")]);
    assert_eq!(broken("a: [1\nb: 2\n"), [("syntax", ":")]);
    assert_eq!(broken("a: @b\n"), [("syntax", "@")]);
    assert_eq!(broken("a: 1\na: 2\nb: [}\n"), [("duplicate-key", "a"), ("syntax", "[")]);
}

#[test]
fn characters() {
    assert_eq!(broken("a: b\u{0}c\nd: e\n"), [("control-character", "\u{0}")]);
    assert_eq!(broken("a: \u{1b}[2J\n"), [("control-character", "\u{1b}")]);
    for c in ['\u{85}', '\u{2028}', '\u{2029}', '\u{7f}'] {
        assert_eq!(broken(&format!("a: 'x{c}y'\n"))[0].0, "control-character", "{c:?}");
    }
    for c in ['\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{200b}', '\u{200d}', '\u{feff}'] {
        let text = format!("a{c}: 'x{c}y'\nb: |\n  z{c}\n");
        let place = c.to_string();
        assert_eq!(broken(&text), [("invisible-character", place.as_str()); 3], "{c:?}");
    }
    assert_eq!(broken("a: b # \u{202e}\n"), [("invisible-character", "\u{202e}")]);
    assert!(parse("a: b # \u{1f468}\u{200d}\u{1f4bb}\n", &Limits::SPEC).is_ok());
    assert_eq!(
        broken("a: \"\\u202E\"\nb: \"\\e\"\n"),
        [("invisible-character", "\"\\u202E\""), ("control-character", "\"\\e\"")]
    );
    assert!(parse("a: \"\\t\\n\\r\"\n", &Limits::SPEC).is_ok());
}

#[test]
fn hostile_files_are_quick() {
    let start = Instant::now();
    assert_eq!(broken(&"[".repeat(100_000)), [("too-deep", "[")]);
    assert_eq!(broken(&"{".repeat(100_000))[0].0, "too-deep");
    assert_eq!(broken(&"- ".repeat(100_000))[0].0, "too-deep");
    assert!(parse(&"? ".repeat(100_000), &Limits::SPEC).is_err());
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert!(broken(&bomb).iter().all(|(rule, _)| ["anchor", "alias"].contains(rule)));
    assert_eq!(broken(&"- *a\n".repeat(15_000)).len(), MOST_OF_A_RULE);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}
