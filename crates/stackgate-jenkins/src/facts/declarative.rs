//! The sections of a declarative pipeline.
//!
//! What must hold: a section that nobody here knows is undecided; what the pipeline says holds for each of its stages. Source:
//! pipeline-model-definition's `ModelParser`.

use stackgate_provider::facts::{Aspect, Clause, ClauseKind, Condition, Event};

use super::Reading;
use super::around::Around;
use super::options::calls;
use super::when::called;
use crate::groovy::{Call, Expression, Statement};

impl Reading<'_> {
    /// A whole `pipeline`.
    pub(super) fn declarative(&mut self, pipeline: &Call, mut around: Around) {
        let mut sections: Vec<&Call> = Vec::new();
        for statement in pipeline.statements() {
            match called(statement) {
                Some(call) => sections.push(call),
                None => {
                    let place = self.place(statement.span());
                    self.undecided(Aspect::Key, None, "a statement that is no section of a pipeline", place);
                }
            }
        }
        let named = |name: &str| sections.iter().find(|call| call.name == name).copied();
        // What the stages see comes first, wherever it stands.
        if let Some(call) = named("parameters") {
            self.parameters(&calls(call));
        }
        if let Some(call) = named("triggers") {
            self.triggers(&calls(call));
            self.comment_starts(call, &mut around);
        }
        if let Some(call) = named("libraries") {
            for library in calls(call) {
                self.library(library, &around);
            }
        }
        if let Some(call) = named("agent") {
            self.agent(call, &mut around);
        }
        if let Some(call) = named("options") {
            self.options(&calls(call), &mut around, true);
        }
        let mut runs: Vec<&Expression> = Vec::new();
        if let Some(call) = named("environment") {
            runs = self.environment(call, &mut around, true);
        }
        if let Some(call) = named("tools") {
            self.tools(&calls(call), &mut around);
        }
        for call in &sections {
            if !matches!(
                call.name.as_str(),
                "agent"
                    | "environment"
                    | "libraries"
                    | "options"
                    | "parameters"
                    | "post"
                    | "stages"
                    | "tools"
                    | "triggers"
            ) {
                let why = format!("the section `{}` of the pipeline is not known", call.name);
                self.undecided(Aspect::Key, None, why, self.place(call.span));
            }
        }
        match named("stages") {
            Some(call) => self.stages(call.statements(), &around, &runs),
            None => {
                let why = "the pipeline has no stages";
                self.undecided(Aspect::Code, None, why, self.place(pipeline.span));
            }
        }
        if let Some(call) = named("post") {
            let mut inner = around.clone();
            inner.path = vec!["post".to_owned()];
            self.next_stage += 1;
            inner.stage = self.next_stage;
            inner.agent = None;
            self.post(call, &inner);
        }
    }

    /// A comment of anybody may start a build where a trigger of that kind is set.
    fn comment_starts(&mut self, section: &Call, around: &mut Around) {
        for call in calls(section) {
            if matches!(call.name.as_str(), "issueCommentTrigger" | "githubPullRequestCommentTrigger" | "ghprbTrigger")
            {
                let place = self.place(call.span);
                for clause in around.base.when.iter_mut().filter(|clause| clause.kind == ClauseKind::Trigger) {
                    let condition = std::mem::replace(&mut clause.condition, Condition::Always);
                    let condition = Condition::any([condition, Condition::Event(Event::Comment)]);
                    *clause = Clause { kind: ClauseKind::Trigger, condition, place };
                }
            }
        }
    }

    /// The stages of a block.
    pub(super) fn stages(&mut self, statements: &[Statement], around: &Around, runs: &[&Expression]) {
        for statement in statements {
            match called(statement) {
                Some(call) if call.name == "stage" => self.stage(call, around, runs),
                // A stage may be nothing but a matrix or stages that are run at once.
                Some(call) if call.name == "parallel" || call.name == "matrix" => self.stage(call, around, runs),
                _ => {
                    let place = self.place(statement.span());
                    self.undecided(Aspect::Code, None, "a statement among stages that is no stage", place);
                }
            }
        }
    }
}
