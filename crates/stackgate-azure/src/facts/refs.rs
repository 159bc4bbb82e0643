//! Branches, tags and change requests, as `Build.SourceBranch` and its short name tell them.
//!
//! What must hold: a change request runs for `refs/pull/…/merge`, so that no condition on a branch holds for it; a short name
//! is the last part alone. Source: Microsoft Learn, "Predefined variables".

use stackgate_provider::facts::{Condition, Event, Pattern};

/// How a name is compared.
pub(super) enum Test<'t> {
    Is(&'t str),
    Starts(&'t str),
    Ends(&'t str),
    Contains(&'t str),
}

pub(super) fn change_request() -> Condition {
    Condition::any([Condition::Event(Event::ChangeRequest), Condition::Event(Event::ForkChangeRequest)])
}

/// A branch that is not a change request's: such a run is for `refs/pull/…/merge`, whatever its branch is called.
pub(super) fn pushed(pattern: &Pattern) -> Condition {
    let branch = Condition::any([Condition::Branch(pattern.clone()), Condition::Tag(pattern.clone())]);
    Condition::all([branch, change_request().negated()])
}

fn branch(pattern: Pattern) -> Condition {
    Condition::all([Condition::Branch(pattern), change_request().negated()])
}

pub(super) fn last_part(name: &str) -> Condition {
    if name.eq_ignore_ascii_case("merge") {
        let named = pushed(&Pattern::Regex(format!("(^|/){}$", escaped(name))));
        return Condition::any([named, change_request()]);
    }
    // A branch with a slash has its last part here, so that `x/main` counts as `main`.
    pushed(&Pattern::Regex(format!("(^|/){}$", escaped(name))))
}

/// What `Build.SourceBranch` says: a full reference.
pub(super) fn source(test: &Test<'_>) -> Option<Condition> {
    let is = |text: &str, prefix: &str| text.to_ascii_lowercase().starts_with(prefix);
    match test {
        Test::Is(text) if is(text, "refs/heads/") => Some(branch(Pattern::exact(text.get(11..)?))),
        Test::Is(text) if is(text, "refs/tags/") => Some(Condition::Tag(Pattern::exact(text.get(10..)?))),
        // A short name is never a full reference.
        Test::Is(text) if !is(text, "refs/") => Some(Condition::Never),
        Test::Starts(text) => match text.to_ascii_lowercase().as_str() {
            "" | "refs" | "refs/" => Some(Condition::Always),
            "refs/heads" | "refs/heads/" => {
                Some(Condition::all([Condition::Event(Event::Tag).negated(), change_request().negated()]))
            }
            "refs/tags" | "refs/tags/" => Some(Condition::Event(Event::Tag)),
            "refs/pull" | "refs/pull/" => Some(change_request()),
            lower if lower.starts_with("refs/heads/") => {
                Some(branch(Pattern::Regex(format!("^{}", escaped(text.get(11..)?)))))
            }
            lower if lower.starts_with("refs/tags/") => {
                Some(Condition::Tag(Pattern::Regex(format!("^{}", escaped(text.get(10..)?)))))
            }
            lower if lower.starts_with("refs/") => None,
            _ => Some(Condition::Never),
        },
        Test::Ends(text) if !text.is_empty() && !text.contains("merge") => {
            Some(pushed(&Pattern::Regex(format!("{}$", escaped(text.rsplit('/').next()?)))))
        }
        Test::Contains(text) => match text.to_ascii_lowercase().as_str() {
            "refs/tags" | "refs/tags/" => Some(Condition::Event(Event::Tag)),
            "refs/pull" | "refs/pull/" => Some(change_request()),
            "refs/heads" | "refs/heads/" => {
                Some(Condition::all([Condition::Event(Event::Tag).negated(), change_request().negated()]))
            }
            lower if lower.contains("refs/") || "refs/heads/refs/tags/refs/pull/merge".contains(lower) => None,
            _ => Some(pushed(&Pattern::Regex(escaped(text)))),
        },
        _ => None,
    }
}

/// A text as a regular expression that means that text.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !(c.is_alphanumeric() || "-_/ ".contains(c)) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
