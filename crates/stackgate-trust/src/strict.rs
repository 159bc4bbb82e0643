//! What an admission means, as opposed to what the pattern that stands for it can say.
//!
//! What must hold: of a rule's wildcards only those count that are meant, or that an id makes up for.

use serde_json::Value;
use stackgate_provider::{Admission, ClaimRule, Claims};

use crate::path;
use crate::pattern::Pattern;

/// An admission, ready to be asked what it means.
pub(crate) struct Strict<'a> {
    pub(crate) admission: &'a Admission,
    rules: Vec<Meaning>,
}

enum Meaning {
    Pattern(Pattern),
    Exactly(String),
}

impl<'a> Strict<'a> {
    /// `waived` says that the spec puts up with the wildcards in the admission's names.
    pub(crate) fn new(admission: &'a Admission, waived: bool) -> Strict<'a> {
        Strict { admission, rules: admission.rules.iter().map(|rule| meaning(rule, waived)).collect() }
    }

    /// Whether a token is one that the admission is for.
    pub(crate) fn admits(&self, claims: &Claims) -> bool {
        self.admission
            .rules
            .iter()
            .zip(&self.rules)
            .all(|(rule, meaning)| path::claim(claims, &rule.claim).is_some_and(|value| meaning.holds(value)))
    }

    /// Whether a value is what the rule of that index means.
    pub(crate) fn means(&self, rule: usize, value: &Value) -> bool {
        self.rules.get(rule).is_some_and(|meaning| meaning.holds(value))
    }
}

fn meaning(rule: &ClaimRule, waived: bool) -> Meaning {
    if rule.covered || rule.free || waived {
        Meaning::Pattern(Pattern::new(&rule.pattern))
    } else {
        Meaning::Exactly(rule.pattern.clone())
    }
}

impl Meaning {
    fn holds(&self, value: &Value) -> bool {
        let text = match value {
            Value::String(text) => return self.is(text),
            Value::Array(items) => return items.iter().any(|item| !item.is_array() && self.holds(item)),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Null | Value::Object(_) => return false,
        };
        self.is(&text)
    }

    fn is(&self, text: &str) -> bool {
        match self {
            Meaning::Pattern(pattern) => pattern.matches(text),
            Meaning::Exactly(own) => own == text,
        }
    }
}
