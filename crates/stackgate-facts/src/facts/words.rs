//! The one spelling of everything that a fact is made of.
//!
//! What must hold: one line, whatever the file says; nothing that a terminal or a CI system would obey; never the text of a
//! token.

use std::fmt::{self, Debug, Write as _};

use crate::condition::{Condition, Pattern};
use crate::model::{Code, CredentialKind, GateKind, Need, Scope, Variable};
use crate::reach::Event;
use crate::value::{Control, Value};

/// A variant's name with hyphens: `SelfHosted` is `self-hosted`.
pub(super) fn kebab(what: impl Debug) -> String {
    let mut out = String::new();
    for c in format!("{what:?}").chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A text on one line, without control characters, without tokens of Pulumi Cloud.
pub(super) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in redacted(text).chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || stackgate_diagnostic::is_invisible(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// The text with each token of Pulumi Cloud struck out.
fn redacted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("pul-") {
        let (before, token) = rest.split_at(at);
        let length = token.bytes().skip(4).take_while(u8::is_ascii_hexdigit).count();
        out.push_str(before);
        if length >= 40 {
            out.push_str("pul-(token)");
        } else {
            out.push_str(token.get(..4 + length).unwrap_or(""));
        }
        rest = token.get(4 + length..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// `"a text"`, or `{expression: stranger}`.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Literal(text) => quoted(text),
        Value::Made(text, control) => format!("{{{}: {}}}", line(text), kebab(control)),
    }
}

/// A text in quotes where it is not one plain word.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,~".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return line(text);
    }
    format!("\"{}\"", line(text).replace('"', "\\\""))
}

/// The value, or a hyphen.
pub(super) fn optional(what: Option<&Value>) -> String {
    what.map_or_else(|| "-".to_owned(), value)
}

/// `NAME=value`, sorted by name.
pub(super) fn variables(variables: &[Variable]) -> String {
    let mut all: Vec<String> =
        variables.iter().map(|variable| format!("{}={}", line(&variable.name), value(&variable.value))).collect();
    all.sort();
    all.join(" ")
}

pub(super) fn code(code: &Code) -> String {
    let version = if code.version.is_empty() { String::new() } else { format!("@{}", line(&code.version)) };
    format!("{} {}{version} pinned-by {}", kebab(code.kind), line(&code.name), kebab(code.pin))
}

pub(super) fn credential(kind: &CredentialKind) -> String {
    match kind {
        CredentialKind::Oidc(audiences) if audiences.is_empty() => "oidc any-audience".to_owned(),
        CredentialKind::Oidc(audiences) => {
            format!("oidc {}", audiences.iter().map(value).collect::<Vec<_>>().join(" "))
        }
        CredentialKind::Stored(store, name) => format!("stored {} {}", line(store), value(name)),
        CredentialKind::RepositoryToken => "repository-token".to_owned(),
        CredentialKind::Literal => "literal".to_owned(),
    }
}

pub(super) fn gate(kind: &GateKind) -> String {
    match kind {
        GateKind::Environment(name) => format!("environment {}", value(name)),
        GateKind::Approval(who) => format!("approval by {}", optional(who.as_ref())),
        GateKind::Lock { name, cancels, drops_waiting } => format!(
            "lock {}{}{}",
            value(name),
            if *cancels { " cancels" } else { "" },
            if *drops_waiting { " drops-waiting" } else { "" }
        ),
    }
}

pub(super) fn need(need: &Need) -> String {
    format!("{}{}", line(&need.job), if need.blocks { "" } else { " without-blocking" })
}

/// Which steps, in the words that stand for a step.
pub(super) fn scope(scope: &Scope, name: &dyn Fn(usize) -> String) -> String {
    match scope {
        Scope::Job => "job".to_owned(),
        Scope::Steps(steps) => {
            let mut steps: Vec<String> = steps.iter().map(|step| name(*step)).collect();
            steps.sort();
            steps.dedup();
            format!("step {}", steps.join(","))
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&value(self))
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&kebab(self))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Exact(name) => f.write_str(&quoted(name)),
            Pattern::Glob(glob) => write!(f, "like {}", line(glob)),
            Pattern::Regex(text) => write!(f, "/{}/", line(text)),
        }
    }
}

/// The one spelling: two conditions are equal when it is, as far as [`Condition::all`] and its like were used.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let group = |f: &mut fmt::Formatter<'_>, word: &str, parts: &[Condition]| {
            let mut parts: Vec<String> = parts.iter().map(Condition::to_string).collect();
            parts.sort();
            write!(f, "{word}({})", parts.join(", "))
        };
        match self {
            Condition::Always => f.write_str("always"),
            Condition::Never => f.write_str("never"),
            Condition::All(parts) => group(f, "all", parts),
            Condition::Any(parts) => group(f, "any", parts),
            Condition::Not(inner) => write!(f, "not({inner})"),
            Condition::Event(Event::Other(word)) => write!(f, "event other {}", quoted(word)),
            Condition::Event(event) => write!(f, "event {}", kebab(event)),
            Condition::Branch(pattern) => write!(f, "branch {pattern}"),
            Condition::Tag(pattern) => write!(f, "tag {pattern}"),
            Condition::Target(pattern) => write!(f, "target {pattern}"),
            Condition::Protected => f.write_str("protected"),
            Condition::DefaultBranch => f.write_str("default-branch"),
            Condition::SameRepository => f.write_str("same-repository"),
            Condition::Status(status) => write!(f, "status {}", kebab(status)),
            Condition::Changes(paths) => {
                write!(f, "changes({})", paths.iter().map(|path| quoted(path)).collect::<Vec<_>>().join(", "))
            }
            Condition::Opaque(text) | Condition::Claimed(_, text) => write!(f, "undecided({})", line(text)),
        }
    }
}
