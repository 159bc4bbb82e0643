//! The spec as a whole: what a `stackgate.yaml` may say, at its top level.
//!
//! What must always hold: the types are the documentation; each comment here is what an editor shows and what the
//! reference page says. Deliberately absent: defaults, derived names and everything that follows from two values; the
//! lowering decides those.

use stackgate_yaml::{Located, Node, Table, choice, mapping};

use crate::access::Access;
use crate::keep::{Kept, Key, Named};
use crate::pins::PinOverrides;
use crate::project::{Defaults, Project};
use crate::provider_id::ProviderId;
use crate::scalars::{Day, Minutes, Runtime, SpecVersion};
use crate::shape::{self, Shape};
use crate::values::{Branch, CloudUrl, Directory, ExactVersion, Label, Organization, Reason, Script};

mapping! {
    /// Which team may do what to which Pulumi stack, and from which CI system.
    pub struct Spec {
        /// The version of this format: 1.
        pub version: SpecVersion,
        /// The Pulumi organization that every stack of this spec belongs to.
        pub organization: Kept<Located<Organization>>,
        /// The deploy branch: a push to it deploys, a change request to it previews. `main` unless given.
        pub branch: Kept<Option<Located<Branch>>>,
        /// The Pulumi CLI that every pipeline installs, as an exact version between quotes. The pinned one unless given;
        /// another needs its SHA-256 under `pins`.
        pub pulumi: Kept<Option<Located<ExactVersion>>>,
        /// The base URL of a self-hosted Pulumi Cloud's API. `https://api.pulumi.com` unless given.
        pub cloud_url: Kept<Option<Located<CloudUrl>>>,
        /// The CI systems that pipelines are written for, each with its own options; `github: {}` for none.
        pub providers: Table<Node>,
        /// What applies to every project and stack that does not say otherwise.
        pub defaults: Option<Defaults>,
        /// The Pulumi projects of this repository, by the names in their `Pulumi.yaml` files.
        pub projects: Named<ProjectKey, Project>,
        /// Jobs of your own that run without any token, such as a lint before or a notification after.
        pub jobs: Kept<Option<Named<JobKey, Job>>>,
        /// What people may do in Pulumi Cloud.
        pub access: Kept<Option<Access>>,
        /// Rules that are set aside, each for a place, for a reason, and until a day.
        pub waivers: Kept<Option<Vec<Kept<Waiver>>>>,
        /// Versions of third-party software that replace the ones which stackgate brings.
        pub pins: Kept<Option<PinOverrides>>,
    }
}

mapping! {
    /// A job of your own. It never gets a token.
    pub struct Job {
        /// The command, run by `sh` in `directory`.
        pub run: Located<Script>,
        /// Whether it runs before every stage, which then wait for its success, or after them, whatever became of them.
        /// `before` unless given.
        pub when: Option<Located<When>>,
        /// What starts it: change requests, deploys, or both. Both unless given.
        pub on: Option<Located<Vec<Located<Event>>>>,
        /// The provider that runs it. Needed when there are several.
        pub provider: Option<Located<ProviderId>>,
        /// The language to set up. That of `defaults` unless given.
        pub runtime: Kept<Option<Located<Runtime>>>,
        /// Where it runs, relative to the repository's root. The root unless given.
        pub directory: Option<Located<Directory>>,
        /// The time limit: `45m`, `1h`, `1h30m`. `1h` unless given.
        pub timeout: Kept<Option<Located<Minutes>>>,
    }
}

choice! {
    /// When a tokenless job runs.
    pub enum When {
        /// Before every stage; they wait for its success.
        Before = "before",
        /// After every stage, whatever became of them.
        After = "after",
    }
}

choice! {
    /// What starts a tokenless job.
    pub enum Event {
        /// A change request to the deploy branch.
        Change = "change",
        /// A push to the deploy branch.
        Deploy = "deploy",
    }
}

mapping! {
    /// A rule that is set aside.
    pub struct Waiver {
        /// The rule's id, as messages show it: `error[ID]`.
        pub rule: Located<Label>,
        /// Where it is set aside: a `project/stack`, a project, a team or a provider; of a rule of `audit` a path, or `path:job`.
        #[key = "where"]
        pub place: Located<Label>,
        /// Why it cannot be kept yet, in ten characters or more.
        pub reason: Kept<Located<Reason>>,
        /// The last day on which it is set aside, as `YYYY-MM-DD`.
        pub until: Kept<Located<Day>>,
    }
}

impl Spec {
    /// The `defaults`, with nothing in them when there are none.
    #[must_use]
    pub fn defaults(&self) -> std::borrow::Cow<'_, Defaults> {
        match &self.defaults {
            Some(defaults) => std::borrow::Cow::Borrowed(defaults),
            None => std::borrow::Cow::Owned(Defaults::none()),
        }
    }

    /// The waivers that could be read.
    pub fn waivers(&self) -> impl Iterator<Item = &Waiver> {
        self.waivers.items()
    }

    /// Each provider's id with its own options, in the order of the file.
    pub fn provider_options(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.providers.iter().map(|(id, _, options)| (id, options))
    }
}

/// Keys of `projects`.
#[derive(Clone, Debug)]
pub struct ProjectKey;

impl Key for ProjectKey {
    const SHAPE: &'static Shape = &shape::PROJECT;
    const COUNT: (usize, usize) = (1, 200);
    const MANY: &'static str = "projects";
}

/// Keys of `jobs`.
#[derive(Clone, Debug)]
pub struct JobKey;

impl Key for JobKey {
    const SHAPE: &'static Shape = &shape::JOB;
    const COUNT: (usize, usize) = (0, 50);
    const MANY: &'static str = "jobs";
}
