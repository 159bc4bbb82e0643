//! What a CI system's own settings must be for one repository, in words that are no system's: a program can hold them where
//! Pulumi has a provider for the system.
//!
//! What must hold: it follows from the plan and the options alone, and says no more than the checklist asks for. Deliberately
//! absent: who approves, which the organization says, and whatever no such program can hold.

use serde::{Deserialize, Serialize};

/// The settings of one repository in one CI system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CiSettings {
    /// The provider's id: `github`, `gitlab` or `azure`.
    pub provider: String,
    /// The system, without a slash at the end: `https://gitlab.com`, `https://dev.azure.com/acme`.
    pub url: String,
    /// What holds the environments, as the system's API names it: `owner/name`, or a project's number or GUID.
    pub project: String,
    /// The same, for people.
    pub title: String,
    /// The deploy branch, the only one that deploys.
    pub branch: String,
    /// How the deploy branch is protected; absent where another system hosts it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub protection: Option<CiProtection>,
    /// What jobs must pass through, each name once.
    pub environments: Vec<CiEnvironment>,
}

/// How a deploy branch is protected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CiProtection {
    /// The repository, as the system's API names it.
    pub repository: String,
    /// Whether the system can ask for code owners' reviews.
    pub code_owners: bool,
    /// What must report on every change request: a check's name, or a pipeline definition's number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub check: Option<String>,
}

/// What kind of thing stands before a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CiEnvironmentKind {
    /// An environment.
    Environment,
    /// A service connection, which is there already.
    Connection,
}

/// An environment, or what a system has in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CiEnvironment {
    /// What it is.
    pub kind: CiEnvironmentKind,
    /// Its name.
    pub name: String,
    /// Its id, where it is there already.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// Whether somebody must approve.
    pub approval: bool,
    /// Whether one job at a time passes.
    pub lock: bool,
    /// The number of the one pipeline definition that may use it, where the system has such.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub definition: Option<u64>,
    /// After so many minutes an approval is refused, where the system can be told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_minutes: Option<u32>,
}

impl CiSettings {
    /// Adds an environment. Of two with one name, the stricter in each respect is kept.
    pub fn add(&mut self, environment: CiEnvironment) {
        let same = |one: &&mut CiEnvironment| {
            one.kind == environment.kind && one.name == environment.name && one.id == environment.id
        };
        match self.environments.iter_mut().find(same) {
            Some(known) => {
                known.approval |= environment.approval;
                known.lock |= environment.lock;
            }
            None => self.environments.push(environment),
        }
    }
}
