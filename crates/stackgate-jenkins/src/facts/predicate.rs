//! Conditions in Groovy, as far as they speak of what a build is for.
//!
//! What must hold: what is not understood is opaque, for that part alone; a comparison of two known texts is decided.

use stackgate_provider::facts::{Condition, Event, Pattern, Status, Value};

use super::Reading;
use super::arguments::{items, plain};
use super::around::Around;
use super::conditions::{branch_name, change_request};
use super::texts::escaped;
use super::values::{only, short};
use crate::groovy::{Call, Closure, Expression, Kind, Statement};

/// What a comparison is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// `BRANCH_NAME`.
    Branch,
    /// `GIT_BRANCH`, which may have the remote's name before it.
    GitBranch,
    /// `TAG_NAME`.
    Tag,
    /// `CHANGE_TARGET`.
    Target,
    /// `CHANGE_BRANCH`.
    Source,
    /// `CHANGE_ID`, `CHANGE_URL`.
    Change,
    /// `CHANGE_FORK`.
    Fork,
    /// `currentBuild.result`.
    Result,
}

impl Reading<'_> {
    /// What a closure that gives a condition comes to.
    pub(super) fn predicate_of(&self, closure: &Closure, around: &Around) -> Condition {
        if let Some(expression) = only(closure) {
            return self.predicate(expression, around);
        }
        let text = closure.body.iter().map(Statement::canonical).collect::<Vec<_>>().join("; ");
        let cut = text.char_indices().nth(200).map_or(text.len(), |(at, _)| at);
        Condition::Opaque(text.get(..cut).unwrap_or("").to_owned())
    }

    /// What a condition comes to.
    pub(super) fn predicate(&self, expression: &Expression, around: &Around) -> Condition {
        let opaque = || Condition::Opaque(short(expression));
        match &expression.kind {
            Kind::Unary("!", inner) => self.predicate(inner, around).negated(),
            Kind::Binary(left, "&&", right) => {
                Condition::all([self.predicate(left, around), self.predicate(right, around)])
            }
            Kind::Binary(left, "||", right) => {
                Condition::any([self.predicate(left, around), self.predicate(right, around)])
            }
            Kind::Binary(left, operator @ ("==" | "!="), right) => {
                let same = self.equal(left, right, around).or_else(|| self.equal(right, left, around));
                match (same, *operator) {
                    (None, _) => opaque(),
                    (Some(same), "==") => same,
                    (Some(same), _) => same.negated(),
                }
            }
            Kind::Binary(left, "in", right) => self.listed(left, right, around).unwrap_or_else(opaque),
            Kind::Binary(left, operator @ ("==~" | "=~"), right) => {
                let (Some(subject), Value::Literal(text)) = (self.subject(left, around), self.value(right, around))
                else {
                    return opaque();
                };
                let whole = if *operator == "==~" { format!("^(?:{text})$") } else { text };
                self.like(subject, &Pattern::Regex(whole)).unwrap_or_else(opaque)
            }
            Kind::Ternary(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                let condition = self.predicate(condition, around);
                Condition::any([
                    Condition::all([condition.clone(), self.predicate(then, around)]),
                    Condition::all([condition.negated(), self.predicate(otherwise, around)]),
                ])
            }
            Kind::Call(call) => self.asked(call, around).unwrap_or_else(opaque),
            Kind::Cast { of, value } if of == "Boolean" || of == "boolean" => self.predicate(value, around),
            _ => self.truth(expression, around).unwrap_or_else(opaque),
        }
    }

    /// A value taken for true or false.
    fn truth(&self, expression: &Expression, around: &Around) -> Option<Condition> {
        if let Kind::Word(word) = &expression.kind
            && let Some(value) = self.known.get(word.as_str())
            && !matches!(value.kind, Kind::Word(_) | Kind::Text { .. } | Kind::Closure(_))
        {
            // A name for a condition stands for it.
            let read = || Some(self.predicate(value, around)).filter(|one| !matches!(one, Condition::Opaque(_)));
            return self.follow(value, read);
        }
        if let Some(subject) = self.subject(expression, around) {
            return self.present(subject);
        }
        match self.value(expression, around) {
            Value::Literal(text) => match text.as_str() {
                "" | "false" | "null" | "0" => Some(Condition::Never),
                _ => Some(Condition::Always),
            },
            Value::Made(..) => None,
        }
    }

    /// It has any value at all.
    fn present(&self, subject: Subject) -> Option<Condition> {
        Some(match subject {
            Subject::Tag => Condition::Event(Event::Tag),
            Subject::Target | Subject::Source | Subject::Change => change_request(),
            Subject::Fork => Condition::Event(Event::ForkChangeRequest),
            Subject::Branch | Subject::GitBranch | Subject::Result => return None,
        })
    }

    /// What an expression speaks of.
    fn subject(&self, expression: &Expression, around: &Around) -> Option<Subject> {
        let value = self.value(expression, around);
        let Value::Made(text, _) = &value else { return None };
        let mut text = text.as_str();
        if let Some(inner) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            text = inner.trim();
        }
        // A name of the file's own for one of Jenkins'.
        if let Some(known) = self.known.get(text)
            && known.canonical() != expression.canonical()
            && matches!(known.kind, Kind::Word(_) | Kind::Interpolated(_))
        {
            return self.follow(known, || self.subject(known, around));
        }
        let text = text.trim_start_matches('$');
        Some(match text.strip_prefix("env.").unwrap_or(text) {
            "BRANCH_NAME" => Subject::Branch,
            "GIT_BRANCH" | "GIT_LOCAL_BRANCH" => Subject::GitBranch,
            "TAG_NAME" => Subject::Tag,
            "CHANGE_TARGET" => Subject::Target,
            "CHANGE_BRANCH" => Subject::Source,
            "CHANGE_ID" | "CHANGE_URL" | "CHANGE_AUTHOR" | "CHANGE_TITLE" => Subject::Change,
            "CHANGE_FORK" => Subject::Fork,
            "currentBuild.result" | "currentBuild.currentResult" => Subject::Result,
            _ => return None,
        })
    }

    /// It is like a pattern.
    fn like(&self, subject: Subject, pattern: &Pattern) -> Option<Condition> {
        Some(match subject {
            Subject::Branch => branch_name(pattern),
            Subject::GitBranch => {
                let bare = match pattern {
                    Pattern::Exact(name) => Pattern::exact(name.strip_prefix("origin/").unwrap_or(name)),
                    Pattern::Glob(glob) => Pattern::Glob(glob.strip_prefix("origin/").unwrap_or(glob).to_owned()),
                    Pattern::Regex(text) => Pattern::Regex(text.replacen("origin/", "(?:origin/)?", 1)),
                };
                branch_name(&bare)
            }
            Subject::Tag => Condition::Tag(pattern.clone()),
            Subject::Target => Condition::all([change_request(), Condition::Target(pattern.clone())]),
            Subject::Source => Condition::all([change_request(), Condition::Branch(pattern.clone())]),
            Subject::Change | Subject::Fork | Subject::Result => return None,
        })
    }

    fn equal(&self, left: &Expression, right: &Expression, around: &Around) -> Option<Condition> {
        let Value::Literal(text) = self.value(right, around) else { return None };
        let is_null = matches!(&right.kind, Kind::Word(word) if word == "null");
        let Some(subject) = self.subject(left, around) else {
            let Value::Literal(other) = self.value(left, around) else {
                // `f() == true` is `f()`.
                return match text.as_str() {
                    "true" if matches!(right.kind, Kind::Word(_)) => Some(self.predicate(left, around)),
                    "false" if matches!(right.kind, Kind::Word(_)) => Some(self.predicate(left, around).negated()),
                    _ => None,
                };
            };
            return Some(if other == text { Condition::Always } else { Condition::Never });
        };
        if subject == Subject::Result {
            return Some(Condition::Status(match text.as_str() {
                "SUCCESS" | "null" => Status::Success,
                "FAILURE" | "UNSTABLE" => Status::Failure,
                "ABORTED" => Status::Cancelled,
                _ => return None,
            }));
        }
        if is_null || text.is_empty() {
            return self.present(subject).map(Condition::negated);
        }
        self.like(subject, &Pattern::exact(text))
    }

    fn listed(&self, left: &Expression, right: &Expression, around: &Around) -> Option<Condition> {
        let subject = self.subject(left, around)?;
        let list = match &right.kind {
            Kind::Word(word) => self.known.get(word.as_str())?,
            _ => right,
        };
        let Kind::List(_) = list.kind else { return None };
        let one = |item: &Expression| match self.value(item, around) {
            Value::Literal(text) => self.like(subject, &Pattern::exact(text)),
            Value::Made(..) => None,
        };
        items(list).into_iter().map(one).collect::<Option<Vec<_>>>().map(Condition::any)
    }

    /// A method that asks something of a text, and what Jenkins itself can be asked.
    fn asked(&self, call: &Call, around: &Around) -> Option<Condition> {
        let (on, method) = match (&call.on, call.name.rsplit_once('.')) {
            (Some((on, _)), _) => (on.clone(), call.name.as_str()),
            (None, Some((on, method))) => (Expression { kind: Kind::Word(on.to_owned()), span: call.span }, method),
            (None, None) => {
                return match (call.name.as_str(), call.arguments.as_slice()) {
                    ("expression", []) => call.block.as_ref().map(|block| self.predicate_of(block, around)),
                    _ => None,
                };
            }
        };
        let first = call.arguments.first().map(|argument| &argument.value);
        if method == "contains"
            && let (Kind::List(_) | Kind::Word(_), Some(inner)) = (&on.kind, first)
            && plain(inner).is_none()
        {
            return self.listed(inner, &on, around);
        }
        // What only changes the case or the spaces of a name leaves it that name.
        if matches!(method, "toLowerCase" | "trim" | "toString" | "toBoolean") && call.arguments.is_empty() {
            return self.truth(&on, around);
        }
        let subject = self.subject(&on, around)?;
        let Value::Literal(text) = self.value(first?, around) else { return None };
        let quoted = escaped(&text);
        let pattern = match method {
            "startsWith" => Pattern::Regex(format!("^{quoted}")),
            "endsWith" => Pattern::Regex(format!("{quoted}$")),
            "contains" => Pattern::Regex(quoted),
            "equals" => Pattern::exact(text),
            "equalsIgnoreCase" => Pattern::Regex(format!("(?i)^{quoted}$")),
            "matches" => Pattern::Regex(format!("^(?:{text})$")),
            _ => return None,
        };
        self.like(subject, &pattern)
    }
}
