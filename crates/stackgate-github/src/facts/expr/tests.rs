//! Expressions, by examples.

use super::*;

fn spelt(text: &str) -> String {
    match parse(text) {
        Ok(expr) => {
            let printed = print(&expr);
            assert_eq!(parse(&printed).as_ref().map(print), Ok(printed.clone()), "{text}");
            printed
        }
        Err(problem) => format!("error: {problem}"),
    }
}

#[test]
fn one_spelling() {
    for (text, expected) in [
        ("a==b", "a == b"),
        ("GitHub.ref == 'it''s'", "github.ref == 'it''s'"),
        ("a || b && c", "a || b && c"),
        ("(a || b) && c", "(a || b) && c"),
        ("((a)) && (b && c)", "a && (b && c)"),
        ("!a == b", "!a == b"),
        ("!(a == b)", "!(a == b)"),
        ("a == (b == c)", "a == (b == c)"),
        ("a['b'].c['d e'][0].*", "a.b.c['d e']['0'].*"),
        ("a[b].c", "a[b]['c']"),
        ("STARTSWITH(a,'b')", "startsWith(a, 'b')"),
        ("toJSON( secrets )", "toJSON(secrets)"),
        ("1.50 < -2", "1.5 < -2"),
        ("0xff == 255", "255 == 255"),
        ("always()", "always()"),
    ] {
        assert_eq!(spelt(text), expected);
    }
}

#[test]
fn mistakes_are_said() {
    for text in ["", "a b", "a =", "a = b", "'open", "f(", "f(a,)", "a.", "a[", ")", "\"x\"", "a && ", "1x", "𝒳"] {
        assert!(spelt(text).starts_with("error: "), "{text}: {}", spelt(text));
    }
    for text in ["(".repeat(100), "!".repeat(15_000) + "a", "a[".repeat(5_000), "f(".repeat(5_000), "a".repeat(30_000)]
    {
        let _ = spelt(&text);
    }
    let deep = format!("{}a{}", "(".repeat(60), ")".repeat(60));
    assert!(spelt(&deep).contains("levels"), "{}", spelt(&deep));
    let long = vec!["a == 'b'"; 1_000].join(" || ");
    assert!(spelt(&long).starts_with("a == 'b' || "));
}

#[test]
fn what_is_known_is_folded() {
    for (text, expected) in [
        ("'A' == 'a'", "true"),
        ("'1' == 1", "true"),
        ("null == ''", "true"),
        ("'a' != 'b' && x", "x"),
        ("false && x", "false"),
        ("x && false", "x && false"),
        ("'' || x || 'y' || z", "x || 'y'"),
        ("true && 'a' || 'b'", "'a'"),
        ("format('{0}/{{{1}}}', 'a', x)", "format('a/{{{0}}}', x)"),
        ("format('{0}-{1}', 'a', 1)", "'a-1'"),
        ("fromJSON('true')", "true"),
        ("contains('Hello', 'hell')", "true"),
        ("contains(x, 'y')", "contains(x, 'y')"),
        ("!'text'", "false"),
        ("NaN == NaN", "false"),
    ] {
        assert_eq!(parse(text).map(|expr| print(&fold(expr))), Ok(expected.to_owned()), "{text}");
    }
}

#[test]
fn templates_end_where_the_runner_ends_them() {
    let (template, problems) = Template::new("a ${{ format('}}', b) }} c ${{ d }}");
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(template.parts.len(), 4);
    let (template, problems) = Template::new("a ${{ b = c }} ${{ open");
    assert_eq!((template.parts.len(), problems.len()), (1, 2));
}
