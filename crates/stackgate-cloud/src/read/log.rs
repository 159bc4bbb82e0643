//! The audit log and the deployments, page by page and as they came.
//!
//! What must hold: the caller can stop after each page and go on later from its continuation; pages that lead in a circle
//! end. Deliberately absent: what an event means. Source: `ResponseAuditLogs` and `ListDeploymentResponseV2` of Pulumi
//! Cloud's OpenAPI document.

use std::collections::HashSet;
use std::ops::ControlFlow;

use serde_json::Value;

use super::ask::{one, unknown};
use crate::actual::{Refusal, Unknown};
use crate::api::Api;
use crate::path;

/// Deployments of one page.
const PER_PAGE: i64 = 100;

/// One page of the audit log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// `auditLogEvents`, as they came.
    pub events: Vec<Value>,
    /// What asks for the next page; none at the end.
    pub continuation: Option<String>,
}

/// One page of the deployments.
#[derive(Debug, Clone, PartialEq)]
pub struct DeploymentPage {
    /// `deployments`, as they came.
    pub deployments: Vec<Value>,
    /// Whether there is a next page.
    pub more: bool,
}

/// Asks for one page of the audit log between two seconds since 1970.
///
/// # Errors
/// When it cannot be read.
pub fn audit_events(
    api: &dyn Api,
    org: &str,
    from: i64,
    to: i64,
    continuation: Option<&str>,
) -> Result<AuditPage, Unknown> {
    let first = path::audit_log(org, from, to);
    let path = continuation.map_or_else(|| first.clone(), |token| path::next(&first, token));
    one(api, &path, |at| {
        let events = at.list("auditLogEvents")?.iter().map(|event| event.value().clone()).collect();
        Ok(AuditPage { events, continuation: at.opt_text("continuationToken")? })
    })
}

/// Reads the audit log from a continuation, or from its beginning, until its end or until `take` breaks.
///
/// # Errors
/// When a page cannot be read, or was read before; the pages before it were taken.
pub fn audit_log(
    api: &dyn Api,
    org: &str,
    (from, to): (i64, i64),
    continuation: Option<&str>,
    take: &mut dyn FnMut(AuditPage) -> ControlFlow<()>,
) -> Result<(), Unknown> {
    let mut next = continuation.map(str::to_owned);
    let mut seen: HashSet<String> = next.iter().cloned().collect();
    loop {
        let page = audit_events(api, org, from, to, next.as_deref())?;
        next = page.continuation.clone();
        let stops = take(page).is_break();
        match &next {
            Some(token) if !stops => {
                if !seen.insert(token.clone()) {
                    let path = path::next(&path::audit_log(org, from, to), token);
                    return Err(unknown(&path, Refusal::Broken, "the pages of the list lead in a circle"));
                }
            }
            _ => return Ok(()),
        }
    }
}

/// Asks for one page of an organization's deployments, counted from 1, newest first.
///
/// # Errors
/// When it cannot be read.
pub fn deployments(api: &dyn Api, org: &str, page: u32) -> Result<DeploymentPage, Unknown> {
    one(api, &path::deployments(org, page), |at| {
        let deployments: Vec<Value> = at.list("deployments")?.iter().map(|one| one.value().clone()).collect();
        let more = !deployments.is_empty() && i64::from(page).saturating_mul(PER_PAGE) < at.get("total")?.int()?;
        Ok(DeploymentPage { deployments, more })
    })
}
