//! The spec that comes nearest, before it is text: each value with where it came from.
//!
//! What must hold: a value stands here only where a pipeline or the repository says it, or with the word that it is a guess.

use stackgate_provider::Provider;

use crate::init::FoundProject;

/// A value, and where it came from as a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) value: String,
    pub(crate) from: String,
}

impl Said {
    pub(crate) fn new(value: impl Into<String>, from: impl Into<String>) -> Said {
        Said { value: value.into(), from: from.into() }
    }
}

/// The spec.
pub(crate) struct Draft {
    pub(crate) organization: Said,
    pub(crate) branch: Said,
    pub(crate) cloud_url: Option<Said>,
    pub(crate) provider: &'static dyn Provider,
    /// Why that provider.
    pub(crate) because: String,
    pub(crate) options: Vec<Choice>,
    pub(crate) projects: Vec<Project>,
    pub(crate) jobs: Vec<PlainJob>,
}

/// A job without a token, before the stages.
pub(crate) struct PlainJob {
    pub(crate) id: String,
    pub(crate) run: String,
    pub(crate) directory: Option<String>,
    pub(crate) runtime: Option<String>,
    /// What starts it, as the spec has it.
    pub(crate) on: Option<&'static str>,
    pub(crate) from: String,
}

/// An option of the provider.
pub(crate) struct Choice {
    pub(crate) key: String,
    /// Its value as YAML in one line.
    pub(crate) value: String,
    pub(crate) from: String,
    /// Whether somebody has to decide it: it is a comment then, and live only where the comparison needs some value.
    pub(crate) open: bool,
    /// Whether nothing can be rendered before somebody has.
    pub(crate) need: bool,
}

/// A project.
pub(crate) struct Project {
    pub(crate) found: FoundProject,
    pub(crate) runtime: Option<Said>,
    pub(crate) paths: Vec<Said>,
    pub(crate) prepare: Vec<Prepare>,
    pub(crate) stacks: Vec<Stack>,
    /// Stacks that have a file and that no pipeline deploys.
    pub(crate) idle: Vec<String>,
}

/// A step before the token.
pub(crate) struct Prepare {
    pub(crate) name: String,
    pub(crate) run: String,
    pub(crate) from: String,
}

/// A stack.
pub(crate) struct Stack {
    pub(crate) name: String,
    /// What derived names begin with, where project and stack make no legal name.
    pub(crate) base: Option<Said>,
    pub(crate) tier: Said,
    pub(crate) after: Vec<Said>,
    pub(crate) esc: Vec<String>,
    pub(crate) deploy: Deploy,
    pub(crate) preview: Option<Preview>,
    /// Whether it is only previewed.
    pub(crate) previewed_only: Option<String>,
}

/// How a stack is deployed.
#[derive(Default)]
pub(crate) struct Deploy {
    pub(crate) team: Option<Said>,
    /// The reason why there is no team, where the old pipeline had something.
    pub(crate) no_team: Option<String>,
    pub(crate) environment: Option<Said>,
    pub(crate) gate: Option<Said>,
    pub(crate) timeout: Option<Said>,
    pub(crate) token: Option<Said>,
}

/// How a stack is previewed on a change request.
#[derive(Default)]
pub(crate) struct Preview {
    pub(crate) from: String,
    /// Whether it is the one after the merge, which production has anyway.
    pub(crate) at_merge: bool,
    pub(crate) team: Option<Said>,
    pub(crate) environment: Option<Said>,
    pub(crate) timeout: Option<Said>,
    pub(crate) token: Option<Said>,
}
