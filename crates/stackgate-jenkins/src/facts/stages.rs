//! A stage of a declarative pipeline: its sections, its steps, stages within it, a matrix.
//!
//! What must hold: what a stage says holds for the stages within it too. The order in which Jenkins looks at a stage's parts
//! is `when`, where it stands before the others; else options, input, agent, `when`.

use stackgate_provider::facts::{Aspect, ClauseKind, Control, Setting, Value, Variable};

use super::Reading;
use super::arguments::{Given, items};
use super::around::Around;
use super::options::calls;
use super::when::called;
use crate::groovy::{Call, Expression};

/// The sections of a stage that hold what it does.
const BODIES: &[&str] = &["steps", "stages", "parallel", "matrix"];

impl Reading<'_> {
    /// One stage; `runs` are steps in the values of variables, which its first step finds done.
    pub(super) fn stage(&mut self, call: &Call, outer: &Around, runs: &[&Expression]) {
        if !self.spend(outer.weight(), self.place(call.span)) {
            return;
        }
        let mut around = self.staged(call, outer);
        let alone = call.name != "stage";
        let sections: Vec<&Call> = if alone { vec![call] } else { calls(call) };
        self.strange(call, &sections, alone);
        let named = |name: &str| sections.iter().find(|section| section.name == name).copied();
        // The clauses of the stages around are not this one's own.
        for clause in around.base.when.iter_mut().filter(|clause| clause.kind == ClauseKind::Job) {
            clause.kind = ClauseKind::Pipeline;
        }
        let holds_before = outer.holds;
        if let Some(section) = named("agent") {
            self.agent(section, &mut around);
            if around.base.settings.iter().any(|setting| setting.key == "skipDefaultCheckout") {
                around.agent = None;
            }
        }
        if let Some(section) = named("options") {
            self.options(&calls(section), &mut around, false);
        }
        let mut scripts = Vec::new();
        let mut all: Vec<&Expression> = runs.to_vec();
        if let Some(section) = named("environment") {
            all.extend(self.environment(section, &mut around, false));
        }
        if let Some(section) = named("tools") {
            self.tools(&calls(section), &mut around);
        }
        if let Some(section) = named("when") {
            scripts = self.when(section, &mut around);
        }
        if let Some(section) = named("input") {
            self.input_section(section, &mut around, holds_before);
        }
        if let Some(section) = named("failFast") {
            let value = Given::of(section).first().map_or_else(String::new, Expression::canonical);
            let place = self.place(section.span);
            around.base.settings.push(Setting { key: "failFast".into(), value, place });
        }
        for script in scripts {
            self.step(script, &around);
        }
        if let Some(body) = sections.iter().find(|section| BODIES.contains(&section.name.as_str())) {
            match body.name.as_str() {
                "steps" => {
                    all.iter().for_each(|run| self.expression(run, &around));
                    self.job_of(&around, self.place(call.span));
                    self.block(body.statements(), &around);
                }
                "stages" => self.stages(body.statements(), &around, &all),
                "parallel" => self.at_once(body, &around, &all),
                _ => self.matrix(body, around.clone(), &all),
            }
        }
        if let Some(section) = named("post") {
            // Stages within are jobs of their own; what comes after them is one more.
            let mut after = around.clone();
            if named("steps").is_none() {
                after.path.push("post".to_owned());
                self.next_stage += 1;
                after.stage = self.next_stage;
                after.agent = None;
            }
            self.post(section, &after);
        }
    }

    /// What stands around the steps of a stage.
    pub(super) fn staged(&mut self, call: &Call, outer: &Around) -> Around {
        let mut around = outer.clone();
        self.next_stage += 1;
        around.stage = self.next_stage;
        if call.name == "stage" {
            let name = Given::of(call).main("name").map(|name| self.value(name, outer));
            around.path.push(name.map_or_else(String::new, |name| name.text().to_owned()));
        }
        around
    }

    fn strange(&mut self, call: &Call, sections: &[&Call], alone: bool) {
        const KNOWN: &[&str] = &["agent", "when", "post", "options", "input", "tools", "environment", "failFast"];
        for section in sections {
            if !KNOWN.contains(&section.name.as_str()) && !BODIES.contains(&section.name.as_str()) {
                let why = format!("the section `{}` of a stage is not known", section.name);
                self.undecided(Aspect::Key, None, why, self.place(section.span));
            }
        }
        for statement in call.statements().iter().filter(|statement| !alone && called(statement).is_none()) {
            // `failFast true` is a call; anything else is nothing that a stage has.
            let place = self.place(statement.span());
            self.undecided(Aspect::Key, None, "a statement that is no section of a stage", place);
        }
    }

    /// Stages that run at once.
    fn at_once(&mut self, body: &Call, around: &Around, runs: &[&Expression]) {
        let before = self.front.clone();
        let mut ends = Vec::new();
        for statement in body.statements() {
            self.front.clone_from(&before);
            match called(statement) {
                Some(call) if call.name == "stage" => self.stage(call, around, runs),
                Some(call) if call.name == "failFast" => {}
                _ => self.undecided(
                    Aspect::Code,
                    None,
                    "a statement among stages that is no stage",
                    self.place(statement.span()),
                ),
            }
            ends.extend(self.front.iter().copied());
        }
        self.joined(before, ends);
    }

    /// What comes next waits for all the ends.
    pub(super) fn joined(&mut self, before: Vec<usize>, mut ends: Vec<usize>) {
        ends.sort_unstable();
        ends.dedup();
        if ends.iter().any(|end| !before.contains(end)) {
            ends.retain(|end| !before.contains(end));
        }
        self.front = if ends.is_empty() { before } else { ends };
    }

    /// One stage for each combination of values; here they are one, with the values beside it.
    fn matrix(&mut self, body: &Call, mut around: Around, runs: &[&Expression]) {
        let sections = calls(body);
        for section in &sections {
            let place = self.place(section.span);
            match section.name.as_str() {
                "axes" => {
                    for axis in calls(section) {
                        self.axis(axis, &mut around);
                    }
                }
                "excludes" => {
                    let value = section.canonical();
                    around.base.settings.push(Setting { key: "matrix.excludes".into(), value, place });
                }
                _ => {}
            }
        }
        let named = |name: &str| sections.iter().find(|section| section.name == name).copied();
        let mut all: Vec<&Expression> = runs.to_vec();
        if let Some(section) = named("agent") {
            self.agent(section, &mut around);
        }
        if let Some(section) = named("options") {
            self.options(&calls(section), &mut around, false);
        }
        if let Some(section) = named("environment") {
            all.extend(self.environment(section, &mut around, false));
        }
        if let Some(section) = named("tools") {
            self.tools(&calls(section), &mut around);
        }
        if let Some(section) = named("when") {
            for script in self.when(section, &mut around) {
                self.step(script, &around);
            }
        }
        if let Some(section) = named("input") {
            let holds = around.holds;
            self.input_section(section, &mut around, holds);
        }
        if let Some(section) = named("stages") {
            self.stages(section.statements(), &around, &all);
        }
        if let Some(section) = named("post") {
            around.path.push("post".to_owned());
            self.next_stage += 1;
            around.stage = self.next_stage;
            around.agent = None;
            self.post(section, &around);
        }
    }

    fn axis(&mut self, axis: &Call, around: &mut Around) {
        let parts = calls(axis);
        let of = |name: &str| parts.iter().find(|part| part.name == name).copied();
        let Some(name) = of("name").and_then(|call| Given::of(call).first()) else { return };
        let name = self.value(name, around).text().to_owned();
        let values: Vec<String> = of("values")
            .map(|call| {
                Given::of(call)
                    .plain()
                    .flat_map(items)
                    .map(|value| self.value(value, around).text().to_owned())
                    .collect()
            })
            .unwrap_or_default();
        let place = self.place(axis.span);
        let setting = Setting { key: format!("matrix.{name}"), value: values.join(", "), place };
        around.base.settings.push(setting);
        let value = Value::Made(format!("matrix.{name}"), Control::System);
        around.base.variables.push(Variable { name, value, place });
    }
}
