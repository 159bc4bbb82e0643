//! `post`: steps that run when a stage or the pipeline has ended in some way.
//!
//! What must hold: they are steps of the stage, each with how it must have ended.

use stackgate_provider::facts::{Aspect, Condition, Status};

use super::Reading;
use super::around::Around;
use super::when::called;
use crate::groovy::Call;

impl Reading<'_> {
    /// The steps of a `post`.
    pub(super) fn post(&mut self, section: &Call, around: &Around) {
        for statement in section.statements() {
            let place = self.place(statement.span());
            let Some(call) = called(statement) else {
                self.undecided(Aspect::Key, None, "a `post` that is no condition", place);
                continue;
            };
            let condition = match call.name.as_str() {
                "always" | "cleanup" => Condition::Status(Status::Any),
                "success" => Condition::Status(Status::Success),
                "failure" => Condition::Status(Status::Failure),
                "aborted" => Condition::Status(Status::Cancelled),
                "unsuccessful" => Condition::Status(Status::Success).negated(),
                // These look at the build before as well.
                "unstable" | "changed" | "fixed" | "regression" | "notBuilt" => {
                    Condition::all([Condition::Status(Status::Any), Condition::Opaque(format!("post {}", call.name))])
                }
                name => {
                    let why = format!("the condition `{name}` of `post` is not known");
                    self.undecided(Aspect::Condition, None, why, place);
                    Condition::Opaque(format!("post {name}"))
                }
            };
            let inner = around.when(condition);
            self.block(call.statements(), &inner);
        }
    }
}
