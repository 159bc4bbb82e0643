//! A policy for an Azure run asks for the branch.
//!
//! The subject of a run's own token on Azure names the organization, the project and the pipeline, and not what the
//! pipeline runs on. So every branch has it, and every pull request that starts the pipeline, whose files are then
//! those of its author. The claim `rpo_ref` alone says it. A service connection's token has no such claim: there
//! the connection's own checks stand before the token.
//!
//! Instead: ask for `rpo_ref: refs/heads/<branch>`; for previews, in a policy of their own team, for `rpo_ref:
//! refs/pull/*/merge`.
//!
//! ```json pulumi bad
//! {
//!   "url": "https://vstoken.dev.azure.com/3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "api://AzureADTokenExchange",
//!         "sub": "p://acme/platform/*",
//!         "org_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!         "prj_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e02",
//!         "def_id": "12",
//!         "rpo_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e03"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi bad
//! {
//!   "url": "https://vstoken.dev.azure.com/3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "api://AzureADTokenExchange",
//!         "sub": "p://acme/platform/*",
//!         "org_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!         "prj_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e02",
//!         "def_id": "12",
//!         "rpo_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e03",
//!         "rpo_ref": "refs/heads/main"
//!       }
//!     },
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "api://AzureADTokenExchange",
//!         "sub": "p://acme/platform/*",
//!         "org_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!         "prj_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e02",
//!         "def_id": "12",
//!         "rpo_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e03",
//!         "rpo_ref": "refs/pull/*/merge"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "url": "https://vstoken.dev.azure.com/3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "api://AzureADTokenExchange",
//!         "sub": "p://acme/platform/*",
//!         "org_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!         "prj_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e02",
//!         "def_id": "12",
//!         "rpo_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e03",
//!         "rpo_ref": "refs/heads/main"
//!       }
//!     },
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-preview",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "api://AzureADTokenExchange",
//!         "sub": "p://acme/platform/*",
//!         "org_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!         "prj_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e02",
//!         "def_id": "12",
//!         "rpo_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e03",
//!         "rpo_ref": "refs/pull/*/merge"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "url": "https://vstoken.dev.azure.com/3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"aud": "api://AzureADTokenExchange", "sub": "sc://acme/platform/pulumi-production"}
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{Requests, allows, deploys};

pub(super) static RULE: AuditRule = AuditRule {
    id: "az-no-branch-claim",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("az_no_branch_claim.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| view.provider == Some("azure") && !view.is_foreign()) {
        if view.is_connection() || (view.sub().is_none() && view.pinned("def_id").is_none()) {
            continue;
        }
        match view.requests() {
            Requests::Only if deploys(subject, &view) => {
                let message = format!("{} gives pull requests {}, which deploys", view.name(), view.gives());
                let help = "give pull requests the token of a team of their own, which reads";
                findings.add(view.about(), Place::default(), message, help);
            }
            Requests::Also => {
                let which = "a run of any branch and of any pull request";
                let message = format!("{} asks for no one branch: {which} gets {}", view.name(), view.gives());
                let help = "ask for `rpo_ref: refs/heads/<branch>` as well";
                findings.add(view.about(), Place::default(), message, help);
            }
            Requests::Only | Requests::Never => {}
        }
    }
}
