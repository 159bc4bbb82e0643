//! An issuer lets tokens live as long as a job, not as long as a day.
//!
//! Where an issuer sets no other limit, a pipeline may ask for a token of twenty-five hours. Whoever changes the
//! pipeline can then ask for one that outlives the job, and the review, by a day.
//!
//! Instead: set the issuer's maximal expiration to the time limit of the longest job: 3600 seconds for most.
//!
//! ```json pulumi bad
//! {
//!   "issuers": {
//!     "https://token.actions.githubusercontent.com": {
//!       "max_expiration_seconds": 90000,
//!       "policies": []
//!     }
//!   }
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "issuers": {
//!     "https://token.actions.githubusercontent.com": {
//!       "max_expiration_seconds": 3600,
//!       "policies": []
//!     }
//!   }
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "issuer-max-expiration-default",
    group: Group::Identity,
    severity: Severity::Medium,
    providers: &["pulumi"],
    text: include_str!("issuer_max_expiration_default.rs"),
    check: Check::Policies(check),
};

/// No job on a machine of a CI system lives longer: six hours.
const LONGEST: u64 = 6 * 3600;

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for issuer in &subject.issuers {
        // Where the source does not say it, nothing is known.
        if let Some(seconds) = issuer.max_expiration_seconds.filter(|seconds| *seconds > LONGEST) {
            let message = format!("tokens of this issuer may live for {seconds} seconds, long after the job");
            let help = "set its maximal expiration to the time limit of the longest job, such as 3600";
            findings.add(Some(&issuer.url), Place::default(), message, help);
        }
    }
}
