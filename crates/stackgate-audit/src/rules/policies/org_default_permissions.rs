//! The organization gives members nothing by default.
//!
//! A team's token carries what its team may do and, beside that, what the organization gives every member. With a
//! default of `write` each pipeline's token writes to every stack; with `read` it reads every stack's secrets,
//! since to read a stack is to decrypt them. Whoever creates a stack is its administrator for good, and a team's
//! token that may create stacks makes its team just that.
//!
//! Instead: set the defaults for stacks and for ESC environments to `none` and let nobody but administrators create
//! stacks; grant to teams what they need.
//!
//! ```json pulumi bad
//! {
//!   "issuers": {},
//!   "organization": "acme",
//!   "defaults": {"stacks": "write", "environments": null, "members_create_stacks": false}
//! }
//! ```
//!
//! ```json pulumi bad
//! {
//!   "issuers": {},
//!   "organization": "acme",
//!   "defaults": {"stacks": "read", "environments": "open", "members_create_stacks": false}
//! }
//! ```
//!
//! ```json pulumi bad
//! {
//!   "issuers": {},
//!   "organization": "acme",
//!   "defaults": {"stacks": null, "environments": null, "members_create_stacks": true}
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "issuers": {},
//!   "organization": "acme",
//!   "defaults": {"stacks": null, "environments": null, "members_create_stacks": false}
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "issuers": {},
//!   "organization": "acme",
//!   "defaults": {"stacks": "none", "environments": "none", "members_create_stacks": false}
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "org-default-permissions",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("org_default_permissions.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    let Some(grants) = &subject.grants else { return };
    let about = subject.organization.as_deref();
    if let Some(default) = given(grants.default_stacks.as_deref()) {
        let (severity, may) = match default {
            "read" => (Severity::Medium, "reads every stack of the organization, its secrets among what it reads"),
            _ => (Severity::High, "deploys every stack of the organization"),
        };
        let message = format!("the default for stacks is `{default}`: the token of every team {may}");
        findings.add_as(severity, about, Place::default(), message, "set the default for stacks to `none`");
    }
    if let Some(default) = given(grants.default_environments.as_deref()) {
        let (severity, may) = match default {
            "read" => (Severity::Medium, "sees how every ESC environment is made"),
            "open" => (Severity::High, "opens every ESC environment, and has its secrets"),
            _ => (Severity::High, "changes every ESC environment, and has its secrets"),
        };
        let message = format!("the default for ESC environments is `{default}`: the token of every team {may}");
        findings.add_as(severity, about, Place::default(), message, "set the default for ESC environments to `none`");
    }
    if grants.members_create_stacks == Some(true) {
        let message = "every member may create stacks: a pipeline's token that does so makes its team the stack's administrator \
                       for good";
        findings.add(about, Place::default(), message, "let administrators alone create stacks");
    }
}

fn given(default: Option<&str>) -> Option<&str> {
    default.filter(|default| *default != "none")
}
