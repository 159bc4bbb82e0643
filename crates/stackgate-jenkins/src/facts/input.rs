//! `input`: somebody must press a button.
//!
//! What must hold: without a submitter anybody who may build may approve; an approval that fails into a `catch` stops nothing.
//! Source: pipeline-input-step's README.

use stackgate_provider::facts::{CodeKind, Condition, Does, Gate, GateKind, Setting, Value, Variable, Weakness};

use super::Reading;
use super::arguments::Given;
use super::around::Around;
use super::when::called;
use crate::groovy::{Call, Expression, arguments};

impl Reading<'_> {
    /// The `input` of a stage: before its agent, and before whatever it does.
    pub(super) fn input_section(&mut self, section: &Call, around: &mut Around, holds: bool) {
        let place = self.place(section.span);
        let mut submitter = None;
        let given = Given::of(section);
        let inner: Vec<&Call> = section.statements().iter().filter_map(called).collect();
        let mut parts: Vec<(&str, Option<&Expression>, &Call)> =
            inner.iter().map(|call| (call.name.as_str(), Given::of(call).first(), *call)).collect();
        // `input(message: 'x', submitter: 'y')` says the same in other words.
        parts.extend(
            given.all().map(|(name, value)| (if name.is_empty() { "message" } else { name }, Some(value), section)),
        );
        for (name, value, call) in parts {
            match (name, value) {
                ("submitter", Some(value)) => submitter = Some(self.value(value, around)),
                ("message" | "ok", Some(value)) => {
                    around.base.presentation.push(self.value(value, around).text().to_owned())
                }
                (name, value) => {
                    let value = value.map_or_else(|| call.canonical(), Expression::canonical);
                    around.base.settings.push(Setting { key: format!("input.{name}"), value, place });
                }
            }
        }
        let gate = self.approval(submitter, around, holds, place);
        around.base.gates.push(gate);
    }

    /// The `input` step.
    pub(super) fn input_step(&mut self, call: &Call, around: &Around) {
        let place = self.place(call.span);
        let given = Given::of(call);
        let submitter = given.named("submitter").map(|value| self.value(value, around));
        let mut gate = self.approval(submitter, around, around.holds, place);
        if around.tolerated {
            gate.weak.push(if around.timed { Weakness::TimeoutPasses } else { Weakness::DoesNotBlock });
        } else if around.conditions.iter().any(|condition| !matches!(condition, Condition::Status(_))) {
            // Where the condition does not hold, nobody is asked.
            gate.weak.push(Weakness::DoesNotBlock);
        }
        // What was done before is not held back by it: what comes after is a part of its own.
        let works = self.jobs_of.get(&around.stage).and_then(|at| self.observation.jobs.get(*at));
        let worked = works.is_some_and(|job| job.steps.iter().any(|step| matches!(step.does, Does::Run { .. })));
        let at = if worked { self.part(around, place) } else { self.job_of(around, place) };
        if let Some(job) = at.and_then(|at| self.observation.jobs.get_mut(at)) {
            job.gates.push(gate);
        }
        self.used_step("input", CodeKind::Action, call, around);
        // What it asks is for people.
        if let Some(job) = at.and_then(|at| self.observation.jobs.get_mut(at))
            && let Some(step) = job.steps.last_mut()
            && let Does::Use { inputs, .. } = &mut step.does
        {
            let asked = |input: &Variable| matches!(input.name.as_str(), "message" | "ok" | "argument 1");
            let texts: Vec<String> =
                inputs.iter().filter(|input| asked(input)).map(|input| input.value.text().to_owned()).collect();
            inputs.retain(|input| !asked(input));
            job.presentation.extend(texts);
        }
        let _ = arguments;
    }

    fn approval(
        &mut self,
        submitter: Option<Value>,
        _around: &Around,
        holds: bool,
        place: stackgate_provider::facts::Place,
    ) -> Gate {
        let submitter = submitter.filter(|who| !who.text().trim().is_empty());
        let mut weak = Vec::new();
        if submitter.is_none() {
            weak.push(Weakness::Anybody);
        }
        if holds {
            weak.push(Weakness::HoldsRunner);
        }
        Gate { kind: GateKind::Approval(submitter), weak, place }
    }
}
