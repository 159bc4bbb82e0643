//! The `when` of a stage.
//!
//! What must hold: all conditions of one block must hold; a condition that nobody here knows is opaque and undecided. Source:
//! jenkins.io, "Pipeline Syntax", `when`, and pipeline-model-definition's conditionals.

use stackgate_provider::facts::{Aspect, Clause, ClauseKind, Condition, Event, Pattern, Setting, Value};

use super::Reading;
use super::arguments::{Given, plain};
use super::around::Around;
use super::conditions::{branch_name, cause, change_request, changes};
use super::texts::pattern;
use crate::groovy::{Call, Expression, Kind, Statement};

impl Reading<'_> {
    /// Reads a `when` into what a stage begins with. Scripts in it are given back: the stage runs them.
    pub(super) fn when<'c>(&mut self, call: &'c Call, around: &mut Around) -> Vec<&'c Call> {
        let mut conditions = Vec::new();
        let mut scripts = Vec::new();
        for statement in call.statements() {
            let Some(inner) = called(statement) else {
                let place = self.place(statement.span());
                self.undecided(Aspect::Condition, None, "a `when` that is no condition of Jenkins", place);
                continue;
            };
            if matches!(inner.name.as_str(), "beforeAgent" | "beforeInput" | "beforeOptions") {
                let value = Given::of(inner).first().map_or_else(String::new, Expression::canonical);
                let place = self.place(inner.span);
                around.base.settings.push(Setting { key: format!("when.{}", inner.name), value, place });
                continue;
            }
            conditions.push(self.condition(inner, around, &mut scripts, 0));
        }
        let place = self.place(call.span);
        around.base.when.push(Clause { kind: ClauseKind::Job, condition: Condition::all(conditions), place });
        scripts
    }

    fn condition<'c>(
        &mut self,
        call: &'c Call,
        around: &Around,
        scripts: &mut Vec<&'c Call>,
        depth: usize,
    ) -> Condition {
        let given = Given::of(call);
        let opaque = || {
            let text = call.canonical();
            let cut = text.char_indices().nth(200).map_or(text.len(), |(at, _)| at);
            Condition::Opaque(text.get(..cut).unwrap_or("").to_owned())
        };
        let said = |value: Option<&Expression>| value.and_then(plain).map(str::to_owned);
        let comparator = said(given.named("comparator"));
        let like = |text: Option<Value>, default: &str| match text {
            Some(Value::Literal(text)) => Some(pattern(&text, comparator.as_deref().unwrap_or(default))),
            _ => None,
        };
        match call.name.as_str() {
            "not" | "allOf" | "anyOf" if depth < 32 => {
                let calls: Vec<&Call> = call.statements().iter().filter_map(called).collect();
                let mut parts = Vec::with_capacity(calls.len());
                for inner in calls {
                    parts.push(self.condition(inner, around, scripts, depth + 1));
                }
                match call.name.as_str() {
                    "not" => Condition::all(parts).negated(),
                    "allOf" => Condition::all(parts),
                    _ => Condition::any(parts),
                }
            }
            "branch" => {
                let text = given.main("pattern").map(|value| self.value(value, around));
                like(text, "GLOB").map_or_else(opaque, |pattern| branch_name(&pattern))
            }
            "tag" => {
                let text = given.main("pattern").map(|value| self.value(value, around));
                match (text.is_none(), like(text, "GLOB")) {
                    (true, _) => Condition::Event(Event::Tag),
                    (false, Some(pattern)) => Condition::Tag(pattern),
                    (false, None) => opaque(),
                }
            }
            "buildingTag" => Condition::Event(Event::Tag),
            "changeRequest" => {
                let mut parts = vec![change_request()];
                for (name, value) in given.all() {
                    let pattern = like(Some(self.value(value, around)), "EQUALS");
                    parts.push(match (name, pattern) {
                        ("comparator", _) => Condition::Always,
                        ("target", Some(pattern)) => Condition::Target(pattern),
                        ("branch", Some(pattern)) => Condition::Branch(pattern),
                        ("fork", Some(pattern)) if everything(&pattern) => Condition::Event(Event::ForkChangeRequest),
                        ("fork", Some(_)) => Condition::all([
                            Condition::Event(Event::ForkChangeRequest),
                            Condition::Opaque(call.canonical()),
                        ]),
                        _ => opaque(),
                    });
                }
                Condition::all(parts)
            }
            "triggeredBy" => {
                let name = said(given.main("cause"));
                let known = name.as_deref().and_then(cause);
                let detail = given.named("detail").map_or(Condition::Always, |_| opaque());
                known.map_or_else(opaque, |known| Condition::all([known, detail]))
            }
            "expression" => {
                let Some(block) = &call.block else { return opaque() };
                crate::groovy::walk(&block.body, &mut |node| {
                    if let crate::groovy::Node::Expression(Expression { kind: Kind::Call(inner), .. }) = node
                        && matches!(inner.name.as_str(), "sh" | "bat" | "powershell" | "pwsh")
                    {
                        scripts.push(inner);
                    }
                });
                self.predicate_of(block, around)
            }
            "environment" => {
                let (Some(name), Some(value)) = (said(given.named("name")), given.named("value")) else {
                    return opaque();
                };
                let left = Expression { kind: Kind::Word(format!("env.{name}")), span: call.span };
                self.same(left, value.clone(), call, around)
            }
            "equals" => match (given.named("expected"), given.named("actual")) {
                (Some(expected), Some(actual)) => self.same(actual.clone(), expected.clone(), call, around),
                _ => opaque(),
            },
            "changeset" => said(given.main("pattern")).map_or_else(opaque, |path| changes(&path)),
            "changelog" => opaque(),
            "isRestartedRun" => Condition::all([Condition::Event(Event::Manual), opaque()]),
            name => {
                let why = format!("the condition `{name}` is not known");
                self.undecided(Aspect::Condition, None, why, self.place(call.span));
                opaque()
            }
        }
    }

    fn same(&self, left: Expression, right: Expression, call: &Call, around: &Around) -> Condition {
        let kind = Kind::Binary(Box::new(left), "==", Box::new(right));
        self.predicate(&Expression { kind, span: call.span }, around)
    }
}

fn everything(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Regex(text) => matches!(text.as_str(), "^(?:.+)$" | "^(?:.*)$"),
        other => other.is_everything(),
    }
}

/// The call that a statement is.
pub(super) fn called(statement: &Statement) -> Option<&Call> {
    match statement {
        Statement::Expression(Expression { kind: Kind::Call(call), .. }) => Some(call),
        _ => None,
    }
}
