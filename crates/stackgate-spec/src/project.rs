//! Projects and stacks, and what `defaults` may say for all of them.
//!
//! What must always hold: a key means the same under `defaults` and at a stack, so that merging is key by key.
//! Deliberately absent: the merging, which is the lowering's.

use stackgate_yaml::{Located, Span, Switch, choice, mapping};

use crate::deployments::{Deployments, Execution};
use crate::keep::{Kept, Key, Named};
use crate::provider_id::ProviderId;
use crate::scalars::{Minutes, Runtime};
use crate::shape::{self, Shape};
use crate::values::{BaseName, Directory, Environment, EscEnvironment, Label, PathGlob, Script, StackReference, Team};

choice! {
    /// The posture of a stack.
    pub enum Tier {
        /// Deployed after a merge without an approval. Change requests may be previewed against it.
        Development = "development",
        /// Deployed by its pipeline alone, after a merge and an approval, by a team that deploys only production.
        Production = "production",
    }
}

mapping! {
    /// What applies to every project and stack that does not say otherwise. `preview` and `deploy` are merged key by key.
    pub struct Defaults {
        /// The posture of stacks. `production` unless given.
        pub tier: Option<Located<Tier>>,
        /// The language of projects, perhaps with a version: `nodejs`, `nodejs@24`.
        pub runtime: Kept<Option<Located<Runtime>>>,
        /// Steps that run before the token exists, in place of the language's own.
        pub prepare: Kept<Option<Vec<Kept<Prepare>>>>,
        /// Previews: a team, what differs from what is usual, or `false`. This is about change requests: of it, the
        /// preview of a production stack after the merge takes only the times and `false`.
        pub preview: Option<Switch<Preview>>,
        /// Deploys: a team, what differs from what is usual, or `false`.
        pub deploy: Option<Switch<Deploy>>,
        /// What runs the programs: `cli` or `deployments`. `cli` unless given.
        pub execution: Option<Located<Execution>>,
        /// What Pulumi Deployments does for stacks of `execution: deployments`.
        pub deployments: Kept<Option<Deployments>>,
    }
}

impl Defaults {
    /// Defaults that say nothing.
    #[must_use]
    pub fn none() -> Defaults {
        Defaults {
            span: Span::default(),
            tier: None,
            runtime: Kept::Given(None),
            prepare: Kept::Given(None),
            preview: None,
            deploy: None,
            execution: None,
            deployments: Kept::Given(None),
        }
    }
}

mapping! {
    /// A Pulumi project.
    pub struct Project {
        /// Where its `Pulumi.yaml` is, relative to the repository's root. The root unless given.
        pub directory: Kept<Option<Located<Directory>>>,
        /// Globs from the repository's root: a change request that touches none of them is not previewed. All unless
        /// given. Deploys are never filtered.
        pub paths: Kept<Option<Vec<Located<PathGlob>>>>,
        /// The language, perhaps with a version: `nodejs`, `nodejs@24`, `nodejs@24.18.0`.
        pub runtime: Kept<Option<Located<Runtime>>>,
        /// Steps that run before the token exists, in place of the language's own.
        pub prepare: Kept<Option<Vec<Kept<Prepare>>>>,
        /// The project's stacks by name.
        pub stacks: Kept<Named<StackKey, Stack>>,
    }
}

mapping! {
    /// A Pulumi stack: how it is previewed, by whom it is deployed, and what it waits for.
    pub struct Stack {
        /// What the names derived for this stack begin with. `<project>-<stack>` unless given.
        pub name: Option<Located<BaseName>>,
        /// The posture: `development` or `production`. `production` unless given.
        pub tier: Option<Located<Tier>>,
        /// Stacks that must have been deployed before: `stack` of the same project, or `project/stack`.
        pub after: Kept<Option<Vec<Located<String>>>>,
        /// The ESC environments that the stack opens, as `project/name`.
        pub esc: Kept<Option<Vec<Located<EscEnvironment>>>>,
        /// The stacks whose outputs the program reads through stack references, as `project/stack`: its teams get read on
        /// them. A project that this spec does not know is another repository's.
        pub references: Kept<Option<Vec<Located<StackReference>>>>,
        /// The preview: a team, what differs from the defaults, or `false`. Without it, here or under `defaults`, change
        /// requests are not previewed; production is previewed after the merge, before the gate, unless this is `false`.
        pub preview: Option<Switch<Preview>>,
        /// The deploy: a team, what differs from the defaults, or `false`.
        pub deploy: Option<Switch<Deploy>>,
        /// What runs the program: `cli`, in a job of the CI system, or `deployments`. `cli` unless given.
        pub execution: Option<Located<Execution>>,
        /// What Pulumi Deployments does for the stack, where `execution: deployments` says that it runs the program.
        pub deployments: Kept<Option<Deployments>>,
    }
}

choice! {
    /// When a stack is previewed.
    pub enum At {
        /// On a change request, with the request's own code.
        Change = "change",
        /// After the merge, before the deploy and its gate.
        Merge = "merge",
    }
}

mapping! {
    /// How a stack is previewed. A bare text is its team.
    #[derive(PartialEq)]
    #[shorthand = team]
    pub struct Preview {
        /// The provider that previews. Needed when there are several; after a merge always the one that deploys.
        pub provider: Option<Located<ProviderId>>,
        /// The team whose token is minted. `<project>-preview` on a change request, `<project>-<stack>-preview` after a
        /// merge, unless given.
        pub team: Option<Located<Team>>,
        /// The CI environment of a preview after a merge. `<project>-<stack>-preview` unless given; a preview of a
        /// change request has none.
        pub environment: Option<Located<Environment>>,
        /// When it runs. `change` for development and `merge` for production unless given.
        pub at: Option<Located<At>>,
        /// The time limit: `45m`, `1h`, `1h30m`. `1h` unless given.
        pub timeout: Kept<Option<Located<Minutes>>>,
        /// How long the token lives. As long as the time limit unless given.
        pub token: Kept<Option<Located<Minutes>>>,
    }
}

mapping! {
    /// How a stack is deployed. A bare text is its team.
    #[derive(PartialEq)]
    #[shorthand = team]
    pub struct Deploy {
        /// The provider that deploys. Needed when there are several.
        pub provider: Option<Located<ProviderId>>,
        /// The team whose token is minted. `<project>-<stack>` unless given.
        pub team: Option<Located<Team>>,
        /// The CI environment that the deploy runs in. `<project>-<stack>` unless given.
        pub environment: Option<Located<Environment>>,
        /// Whether somebody must approve first. Always for production; `false` for development unless given.
        pub gate: Kept<Option<Located<bool>>>,
        /// The time limit: `45m`, `1h`, `1h30m`. `1h` unless given.
        pub timeout: Kept<Option<Located<Minutes>>>,
        /// How long the token lives. As long as the time limit unless given.
        pub token: Kept<Option<Located<Minutes>>>,
    }
}

mapping! {
    /// A step that runs before the token exists.
    #[derive(PartialEq)]
    pub struct Prepare {
        /// What people see.
        pub name: Located<Label>,
        /// The command, run by `sh` in the project's directory.
        pub run: Located<Script>,
    }
}

/// Keys of `stacks`.
#[derive(Clone, Debug)]
pub struct StackKey;

impl Key for StackKey {
    const SHAPE: &'static Shape = &shape::STACK;
    const COUNT: (usize, usize) = (1, 1000);
    const MANY: &'static str = "stacks";
}
