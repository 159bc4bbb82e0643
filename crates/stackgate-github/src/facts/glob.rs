//! GitHub's patterns for names of branches and tags.
//!
//! What must hold: later patterns of a list overrule earlier ones, and `!` takes names out again. Source: "Filter pattern
//! cheat sheet" in GitHub's documentation: `?` and `+` count the character before them.

use stackgate_provider::facts::{Condition, Pattern};

/// The condition that a name belongs to a list of patterns.
pub(super) fn matching<'a>(patterns: impl IntoIterator<Item = &'a str>, of: fn(Pattern) -> Condition) -> Condition {
    let mut any = Condition::Never;
    for pattern in patterns {
        any = match pattern.strip_prefix('!') {
            Some(not) => Condition::all([any, of(self::pattern(not)).negated()]),
            None => Condition::any([any, of(self::pattern(pattern))]),
        };
    }
    any
}

/// One pattern.
pub(super) fn pattern(text: &str) -> Pattern {
    if text.contains(['?', '+', '[', ']', '\\']) {
        return Pattern::Regex(regex(text));
    }
    if text.contains('*') { Pattern::Glob(text.to_owned()) } else { Pattern::exact(text) }
}

fn regex(text: &str) -> String {
    let mut out = String::from("^");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.peek() == Some(&'*') => {
                chars.next();
                out.push_str(".*");
            }
            '*' => out.push_str("[^/]*"),
            '?' | '+' | '[' | ']' => out.push(c),
            '\\' => {
                if let Some(next) = chars.next() {
                    escaped(next, &mut out);
                }
            }
            c => escaped(c, &mut out),
        }
    }
    out.push('$');
    out
}

/// Puts a character that means itself.
pub(super) fn escaped(c: char, out: &mut String) {
    if !(c.is_alphanumeric() || matches!(c, '/' | '_' | '-')) {
        out.push('\\');
    }
    out.push(c);
}
