//! What a job's repository token may do.
//!
//! What must hold: the rights are the effective ones: the job's own block, else the workflow's, else the repository's
//! setting, and never more than a caller grants; `id-token` is in no default. Source: "permissions" in "Workflow syntax".

use stackgate_provider::facts::{Credential, CredentialKind, Level, Permission, Place, Scope};
use stackgate_provider::yaml::{Node, Value};

use super::reading::{File, Reading};

/// The rights that GitHub knows: `permissions-mapping` of `workflow-v1.0.json`.
const SCOPES: &[&str] = &[
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "code-quality",
    "contents",
    "copilot-requests",
    "deployments",
    "discussions",
    "drives",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "repository-projects",
    "security-events",
    "statuses",
    "vulnerability-alerts",
];

/// The right to ask for an OIDC token.
const ID_TOKEN: &str = "id-token";

/// A block of rights.
pub(super) fn read(node: &Node, wide: bool, file: &File, job: Option<&str>, reading: &mut Reading) -> Vec<Permission> {
    let at = |scope: &str, level, place: Place| Permission { scope: scope.into(), level, said: true, wide, place };
    let whole = file.at(node.span);
    let mut all = match &node.value {
        Value::Scalar(scalar) => match scalar.text.as_str() {
            "read-all" => vec![at("*", Level::Read, whole), at(ID_TOKEN, Level::None, whole)],
            "write-all" => vec![at("*", Level::Write, whole), at(ID_TOKEN, Level::Write, whole)],
            // A block without anything in it is refused by GitHub for some spellings; nothing is granted either way.
            "" => vec![at("*", Level::None, whole)],
            _ => {
                reading.misshapen(job, "permissions", node, whole);
                vec![at("*", Level::Setting, whole), at(ID_TOKEN, Level::Setting, whole)]
            }
        },
        Value::Mapping(entries) => {
            let mut all = vec![at("*", Level::None, whole)];
            for entry in entries {
                let place = file.at(entry.value.span);
                let scope = entry.key.text.as_str();
                if !SCOPES.contains(&scope) {
                    reading.unknown(job, "permissions", scope, file.at(entry.key.span));
                }
                let level = match entry.value.as_str() {
                    Some("read") => Level::Read,
                    Some("write") => Level::Write,
                    Some("none") => Level::None,
                    _ => {
                        reading.misshapen(job, &format!("permissions.{scope}"), &entry.value, place);
                        Level::Setting
                    }
                };
                all.push(at(scope, level, place));
            }
            all
        }
        Value::Null => vec![at("*", Level::None, whole)],
        _ => {
            reading.misshapen(job, "permissions", node, whole);
            vec![at("*", Level::Setting, whole)]
        }
    };
    all.sort_by(|left, right| left.scope.cmp(&right.scope));
    all
}

/// What the repository's setting decides where no file says anything.
pub(super) fn unsaid(place: Place) -> Vec<Permission> {
    let at = |scope: &str, level| Permission { scope: scope.into(), level, said: false, wide: true, place };
    vec![at("*", Level::Setting), at(ID_TOKEN, Level::None)]
}

/// What is left of the rights that a called workflow asks for, when its caller has these.
pub(super) fn capped(asked: Vec<Permission>, granted: &[Permission]) -> Vec<Permission> {
    let level = |all: &[Permission], scope: &str| {
        let named = all.iter().find(|permission| permission.scope == scope);
        named.or_else(|| all.iter().find(|permission| permission.scope == "*")).map_or(Level::None, |found| found.level)
    };
    let mut all = asked.clone();
    for granted in granted {
        if !all.iter().any(|permission| permission.scope == granted.scope) {
            let rest = asked.iter().find(|permission| permission.scope == "*");
            all.extend(rest.map(|rest| Permission { scope: granted.scope.clone(), ..rest.clone() }));
        }
    }
    for permission in &mut all {
        permission.level = permission.level.min(level(granted, &permission.scope));
    }
    // What is no other than the rest need not be named.
    let rest = level(&all, "*");
    all.retain(|permission| permission.scope == "*" || permission.level != rest);
    all.sort_by(|left, right| left.scope.cmp(&right.scope));
    all
}

/// The right to ask for an OIDC token of any audience, where the job has it.
pub(super) fn oidc(permissions: &[Permission]) -> Option<Credential> {
    let found = permissions.iter().find(|permission| permission.scope == ID_TOKEN)?;
    (found.level >= Level::Setting).then(|| Credential {
        kind: CredentialKind::Oidc(Vec::new()),
        variable: None,
        scope: Scope::Job,
        wide: found.wide,
        place: found.place,
    })
}
