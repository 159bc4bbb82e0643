//! One event of the audit log, in each of three forms.
//!
//! What must hold: the forms are those of Pulumi Cloud's API and exports; names need no escape, since they are ours.

use std::fmt::Write as _;

use serde_json::{Value, json};
use stackgate_cloud_fixtures::id;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    /// When, in seconds since 1970.
    pub(super) time: i64,
    /// What.
    pub(super) slug: String,
    /// What of.
    pub(super) description: String,
    /// A person's login, or the organization's name.
    pub(super) login: String,
    /// An actor that is no person: a team, or a job.
    pub(super) actor: String,
    /// A token's name.
    pub(super) token: String,
    /// From where.
    pub(super) ip: String,
    /// Whether it was refused.
    pub(super) refused: bool,
}

impl Event {
    /// As the API gives it: `AuditLogEvent`.
    pub(super) fn json(&self) -> Value {
        let mut value = json!({
            "timestamp": self.time,
            "sourceIP": self.ip,
            "event": self.slug,
            "description": self.description,
            "user": { "name": self.login, "githubLogin": self.login, "avatarUrl": "" },
        });
        if !self.token.is_empty() {
            value["tokenID"] = json!(id(&self.token));
            value["tokenName"] = json!(self.token);
        }
        if !self.actor.is_empty() {
            value["actorName"] = json!(self.actor);
            value["actorUrn"] = json!(format!("urn:pulumi:org:acme:{}", self.actor));
        }
        if self.refused {
            value["authFailure"] = json!(true);
        }
        value
    }

    /// As a record of the CSV export, which names no token and no actor.
    pub(super) fn csv(&self, out: &mut String) {
        let time = stackgate_cloud_fixtures::instant(self.time);
        let description = self.description.replace('"', "\"\"");
        let (login, slug, ip) = (&self.login, &self.slug, &self.ip);
        let _ = writeln!(out, "{time},{login},{login},{slug},\"{description}\",{ip},false,false,{}", self.refused);
    }

    /// As a line of the CEF export.
    pub(super) fn cef(&self, out: &mut String) {
        let severity = if self.refused { 5 } else { 0 };
        let _ = write!(
            out,
            "api.pulumi.com CEF:0|Pulumi|Pulumi Service|1.0|{}|{}|{severity}|authenticationFailure={} \
             requireOrgAdmin=false requireStackAdmin=false rt={} src={} suser={}",
            self.slug,
            self.description,
            self.refused,
            self.time * 1000,
            self.ip,
            self.login
        );
        for (key, value) in [("tokenName", &self.token), ("actorName", &self.actor)] {
            if !value.is_empty() {
                let _ = write!(out, " {key}={value}");
            }
        }
        let _ = writeln!(out, " userID={}", id(&self.login));
    }
}

/// The first line of the CSV export.
pub(super) const COLUMNS: &str =
    "Timestamp,Name,Login,Event,Description,SourceIP,RequireOrgAdmin,RequireStackAdmin,AuthenticationFailure\n";
