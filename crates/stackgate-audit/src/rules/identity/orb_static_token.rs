//! No CircleCI pipeline uses Pulumi's orb.
//!
//! The orb logs in with a stored token and knows no OIDC. It installs the CLI by piping a download into a shell, the
//! newest one unless a version is given, and pastes its parameters into scripts without quotes.
//!
//! Instead: ask for the token with `circleci run oidc get`, and log in with the CLI in a `run` step.
//!
//! ```yaml circleci bad
//! version: 2.1
//! orbs: { pulumi: pulumi/pulumi@2.2.0 }
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     steps:
//!       - pulumi/login:
//!           cloud-url: https://api.pulumi.com
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! orbs: { node: circleci/node@7.2.1 }
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     steps:
//!       - node/install-packages
//!       - run: pulumi up --yes --stack acme/app/dev
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{CodeKind, Observation};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "orb-static-token",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["circleci"],
    text: include_str!("orb_static_token.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    let orb = observation.code.iter().find(|code| code.kind == CodeKind::Library && code.name == "pulumi/pulumi");
    if let Some(orb) = orb {
        let message = "the orb `pulumi/pulumi` logs in with a stored token, and installs the CLI by piping a download into a shell";
        let help = "log in with `pulumi login --oidc-token file://…` in a `run` step, and install the CLI from a pinned archive";
        findings.add(None, orb.place, message, help);
    }
}
