//! What a rule of the audit is.
//!
//! What must hold: everything that people read of a rule comes from its file's doc comment; the id never changes.

use std::fmt;

use stackgate_facts::{Observation, Runs};
use stackgate_provider::plan::Pins;
use stackgate_report::Page;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;

/// A rule.
pub struct AuditRule {
    /// Its id, in kebab-case: what `explain` takes and what a waiver names.
    pub id: &'static str,
    /// The group that it belongs to.
    pub group: Group,
    /// How bad it is, unless a finding says otherwise.
    pub severity: Severity,
    /// The ids of the providers whose pipelines it judges; `pulumi` for what Pulumi Cloud holds.
    pub providers: &'static [&'static str],
    /// The text of its file; the doc comment in it is its page.
    pub text: &'static str,
    /// What it does.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Check {
    /// One pipeline.
    Pipeline(fn(&Observation, &mut Findings)),
    /// One pipeline, by the situations in which its jobs run.
    Runs(fn(&Runs<'_>, &mut Findings)),
    /// One pipeline, by the pin table.
    Pinned(fn(&Observation, &Pins, &mut Findings)),
    /// What Pulumi Cloud trusts and grants.
    Policies(fn(&PoliciesSubject, &mut Findings)),
    /// Either: what a pipeline asks for, and what is granted.
    Both(fn(&Observation, &mut Findings), fn(&PoliciesSubject, &mut Findings)),
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Identity and token.
    Identity,
    /// Permissions of the CI job.
    Permissions,
    /// Events, forks, previews.
    Events,
    /// Gates and order of deploys.
    Gates,
    /// Supply chain, injection, hygiene.
    Supply,
    /// Trust policies and Pulumi Cloud.
    Policies,
}

impl Group {
    /// All, in the order of pages.
    pub const ALL: [Group; 6] =
        [Group::Identity, Group::Permissions, Group::Events, Group::Gates, Group::Supply, Group::Policies];

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Group::Identity => "Identity and token",
            Group::Permissions => "Permissions of the job",
            Group::Events => "Events, forks, previews",
            Group::Gates => "Gates and order",
            Group::Supply => "Supply chain, injection, hygiene",
            Group::Policies => "Trust policies and Pulumi Cloud",
        }
    }
}

impl AuditRule {
    /// Its page.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::of(self.text, usual_path)
    }
}

/// Where a pipeline of a provider stands when an example does not say so.
fn usual_path(provider: &str) -> &'static str {
    match provider {
        "github" => ".github/workflows/deploy.yml",
        "gitlab" => ".gitlab-ci.yml",
        "azure" => "azure-pipelines.yml",
        "jenkins" => "Jenkinsfile",
        "circleci" => ".circleci/config.yml",
        _ => "policies.json",
    }
}

impl PartialEq for AuditRule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for AuditRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}
