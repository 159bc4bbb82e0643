//! `options`, `triggers`, `parameters`, `tools`, `environment`: what a pipeline or a stage says beside its steps.
//!
//! What must hold: an option that stops or refuses something is a guard; any other is a setting with its value in one
//! spelling. Source: jenkins.io, "Pipeline Syntax".

use stackgate_provider::facts::{
    Control, Credential, CredentialKind, Gate, GateKind, Placed, Scope, Setting, Value, Variable,
};

use super::Reading;
use super::arguments::{Given, plain};
use super::around::Around;
use super::texts::minutes;
use super::when::called;
use crate::groovy::{Call, Expression, Kind, arguments};

impl Reading<'_> {
    /// Options of the pipeline, or of a stage.
    pub(super) fn options(&mut self, calls: &[&Call], around: &mut Around, top: bool) {
        for call in calls {
            self.option(call, around, top);
        }
    }

    fn option(&mut self, call: &Call, around: &mut Around, top: bool) {
        let place = self.place(call.span);
        let given = Given::of(call);
        let mut key = format!("options.{}", call.name);
        match call.name.as_str() {
            "timeout" => {
                if let Some(limit) = self.limit_of(call, around) {
                    around.base.limit_minutes = Some(Placed::new(limit, place));
                    around.base.limit_said = true;
                }
                // A build that is quiet for so long is another thing than one that lasts so long.
                if !top && !given.is_set("activity") {
                    return;
                }
                key = "guard.timeout".into();
            }
            "disableConcurrentBuilds" => {
                let cancels = given.is_set("abortPrevious");
                let name = Value::literal("builds of one branch");
                let kind = GateKind::Lock { name, cancels, drops_waiting: false };
                around.base.gates.push(Gate { kind, weak: Vec::new(), place });
                key = "guard.disableConcurrentBuilds".into();
            }
            "disableRestartFromStage" => {
                self.restarts = false;
                key = "guard.disableRestartFromStage".into();
            }
            "skipDefaultCheckout" => {
                let off = given.first().is_some_and(|value| matches!(&value.kind, Kind::Word(word) if word == "false"));
                if !off {
                    around.agent = None;
                    around.base.settings.push(Setting {
                        key: "skipDefaultCheckout".into(),
                        value: "true".into(),
                        place,
                    });
                    return;
                }
            }
            "lock" => {
                let gate = self.lock(call, around);
                around.base.gates.insert(0, gate);
                return;
            }
            "catchError" | "warnError" => around.tolerated = true,
            "withCredentials" => {
                let bound = self.bindings(call, around);
                around.base.credentials.extend(bound.into_iter().map(|one| Credential {
                    scope: Scope::Job,
                    wide: top,
                    ..one
                }));
                return;
            }
            "checkoutToSubdirectory" => {}
            _ => {}
        }
        let value = arguments(&call.arguments);
        let setting = Setting { key, value, place };
        if top {
            self.observation.settings.push(setting);
        } else {
            around.base.settings.push(setting);
        }
    }

    /// Minutes of a `timeout`.
    pub(super) fn limit_of(&self, call: &Call, around: &Around) -> Option<u32> {
        let given = Given::of(call);
        let time = self.value(given.main("time")?, around);
        let unit = given.named("unit").map(|unit| self.value(unit, around));
        let unit = unit.as_ref().map(|unit| unit.as_literal().unwrap_or(unit.text().rsplit('.').next().unwrap_or("")));
        minutes(time.as_literal()?, unit)
    }

    /// A `lock`, as an option or as a step.
    pub(super) fn lock(&mut self, call: &Call, around: &Around) -> Gate {
        let place = self.place(call.span);
        let given = Given::of(call);
        let name = given.main("resource").or_else(|| given.named("label")).or_else(|| given.named("extra"));
        let name = name.map_or_else(|| Value::literal(""), |name| self.value(name, around));
        let weak =
            if name.as_literal().is_none() { vec![stackgate_provider::facts::Weakness::MadeName] } else { Vec::new() };
        Gate { kind: GateKind::Lock { name, cancels: false, drops_waiting: false }, weak, place }
    }

    /// What starts the job beside its branches.
    pub(super) fn triggers(&mut self, calls: &[&Call]) {
        for call in calls {
            let place = self.place(call.span);
            let key = format!("triggers.{}", call.name);
            self.observation.settings.push(Setting { key, value: arguments(&call.arguments), place });
        }
    }

    /// Parameters: whoever starts a build gives them.
    pub(super) fn parameters(&mut self, calls: &[&Call]) {
        for call in calls {
            let given = Given::of(call);
            let place = self.place(call.span);
            let name = given.named("name").or_else(|| given.first()).and_then(plain).unwrap_or("");
            let setting = Setting { key: format!("parameters.{name}"), value: call.canonical_head(), place };
            self.observation.settings.push(setting);
            if !name.is_empty() {
                let value = Value::Made(format!("params.{name}"), Control::Member);
                self.observation.environment.push(Variable { name: name.to_owned(), value, place });
            }
        }
    }

    /// Tools of the controller's configuration.
    pub(super) fn tools(&mut self, calls: &[&Call], around: &mut Around) {
        for call in calls {
            let place = self.place(call.span);
            let key = format!("tools.{}", call.name);
            around.base.settings.push(Setting { key, value: arguments(&call.arguments), place });
        }
    }

    /// Variables of an `environment` block. Steps in their values are given back: whoever has the block runs them.
    pub(super) fn environment<'c>(&mut self, call: &'c Call, around: &mut Around, top: bool) -> Vec<&'c Expression> {
        let mut runs = Vec::new();
        for statement in call.statements() {
            let Some((name, expression)) = statement.assignment() else {
                let place = self.place(statement.span());
                let aspect = stackgate_provider::facts::Aspect::Key;
                self.undecided(aspect, None, "an `environment` that is no list of variables", place);
                continue;
            };
            let place = self.place(statement.span());
            if let Kind::Call(inner) = &expression.kind
                && inner.on.is_none()
                && inner.name == "credentials"
            {
                self.bound_variable(name, inner, around, top, place);
                continue;
            }
            if runs_a_step(expression) {
                runs.push(expression);
            }
            let value = self.value(expression, around);
            around.base.variables.retain(|known| known.name != name);
            around.base.variables.push(Variable { name: name.to_owned(), value, place });
        }
        runs
    }

    /// `NAME = credentials('id')`, which makes `NAME_USR` and `NAME_PSW` of a user with a password.
    fn bound_variable(
        &mut self,
        name: &str,
        call: &Call,
        around: &mut Around,
        wide: bool,
        place: stackgate_provider::facts::Place,
    ) {
        let id = Given::of(call).first().map_or_else(|| Value::literal(""), |id| self.value(id, around));
        let text = self.observation.sources.get(self.file).map(|(_, text)| text.clone());
        let used = |part: &str| text.as_ref().is_some_and(|text| text.contains(part));
        let mut names = vec![name.to_owned()];
        names.extend(["USR", "PSW"].map(|part| format!("{name}_{part}")).into_iter().filter(|part| used(part)));
        for name in names {
            let kind = CredentialKind::Stored("credential".into(), id.clone());
            around.base.variables.retain(|known| known.name != name);
            around.base.credentials.push(Credential { kind, variable: Some(name), scope: Scope::Job, wide, place });
        }
    }
}

/// Whether a value is what a script prints, or the like.
fn runs_a_step(expression: &Expression) -> bool {
    let mut found = false;
    let statement = [crate::groovy::Statement::Expression(expression.clone())];
    crate::groovy::walk(&statement, &mut |node| {
        if let crate::groovy::Node::Expression(Expression { kind: Kind::Call(call), .. }) = node {
            found |= call.on.is_none() && super::arguments::is_step(&call.name);
        }
    });
    found
}

/// The calls of a section.
pub(super) fn calls(section: &Call) -> Vec<&Call> {
    section.statements().iter().filter_map(called).collect()
}
