//! The organization keeps an audit log.
//!
//! Without it nobody can say afterwards who opened an environment, who made a token, or who changed what the
//! organization trusts, and `stackgate logs` has nothing to judge. Whether there is one is a matter of the edition.
//!
//! Instead: choose an edition with audit logs, or know that what this review cannot see leaves no trace.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/metadata", "body": {"features": {"auditLogsEnabled": false}}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/metadata", "body": {"features": {"auditLogsEnabled": true}}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "audit-logs-off", group: Group::Organization, text: include_str!("audit_logs_off.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    if view.defaults().is_some_and(|defaults| !defaults.audit_logs) {
        found.add(
            Told::new(Class::Missing, Level::Low, "organization", "the organization keeps no audit log")
                .permits("nobody can say afterwards who opened, decrypted or changed what")
                .mend("choose an edition with audit logs in the console, under Billing"),
        );
    }
}
