//! CI identities and policies: who may ask for which token.
//!
//! What must hold: a policy whose list could not be read is drawn as unknown, and so is that there may be more.

use std::collections::BTreeSet;

use stackgate_cloud::{Issuer, Known};
use stackgate_trust::{Policy, TokenType, is_wildcard};

use super::caller::{caller, condition};
use super::pairs::{Pair, pair};
use super::{Canvas, node};
use crate::model::{Column, Mark};

/// What stands where a list of policies should.
const UNREAD: &str = "policies that could not be read";

pub(super) fn issuers(canvas: &mut Canvas<'_>) {
    let known = canvas.actual.map(|actual| &actual.issuers);
    let mut urls: BTreeSet<&str> = canvas.declared.issuers.keys().map(String::as_str).collect();
    if let Some(Known::Here(issuers)) = known {
        urls.extend(issuers.keys().map(String::as_str));
    }
    if let Some(Known::Unknown(unknown)) = known {
        let text = format!("The issuers could not be read ({}): others may be trusted.", unknown.path);
        canvas.remark(Mark::Unknown, text);
    }
    for url in urls {
        let declared = canvas.declared.issuers.get(url);
        let policies = declared.map_or(&[][..], |issuer| &issuer.policies);
        let there = known.map(|known| known.here().map(|issuers| issuers.get(url)));
        let name = declared.map(|issuer| issuer.name.as_str());
        let name = name.or(there.flatten().flatten().map(|issuer| issuer.name.as_str())).unwrap_or(url);
        match there {
            None => all(canvas, url, name, policies, Mark::Both),
            Some(None) => all(canvas, url, name, policies, Mark::Unknown),
            Some(Some(None)) => all(canvas, url, name, policies, Mark::DeclaredOnly),
            Some(Some(Some(issuer))) => {
                both(canvas, url, name, policies, issuer);
                lives(canvas, url, declared.map(|issuer| issuer.max_expiration_seconds), issuer);
            }
        }
    }
}

/// Every declared policy of an issuer, with one mark.
fn all(canvas: &mut Canvas<'_>, url: &str, name: &str, policies: &[Policy], mark: Mark) {
    for policy in policies {
        draw(canvas, url, name, &Pair { policy, mark, difference: None });
    }
}

fn both(canvas: &mut Canvas<'_>, url: &str, name: &str, policies: &[Policy], issuer: &Issuer) {
    match &issuer.policies {
        Known::Here(there) => {
            for pair in pair(policies, there) {
                draw(canvas, url, name, &pair);
            }
            if policies.is_empty() && there.is_empty() && !canvas.declared.issuers.contains_key(url) {
                let key = format!("{url}\nno policy");
                let make = || node(Column::Identity, name, format!("{url}, without a policy"), Mark::ActualOnly);
                canvas.node(Column::Identity, &key, make);
            }
        }
        Known::Unknown(_) => {
            all(canvas, url, name, policies, Mark::Unknown);
            let make = || node(Column::Identity, name, url, Mark::Unknown);
            let from = canvas.node(Column::Identity, &format!("{url}\nunread"), make);
            let make = || node(Column::Policy, UNREAD, url, Mark::Unknown);
            let to = canvas.node(Column::Policy, &format!("{url}\nunread"), make);
            canvas.edge(from, to, Mark::Unknown);
        }
    }
}

/// Tokens that live longer, or shorter, than declared.
fn lives(canvas: &mut Canvas<'_>, url: &str, declared: Option<u32>, issuer: &Issuer) {
    let Some(declared) = declared else { return };
    if issuer.max_expiration_seconds == Some(u64::from(declared)) {
        return;
    }
    let there = match issuer.max_expiration_seconds {
        Some(seconds) => format!("{seconds} seconds"),
        None => "as long as whoever asks wants".to_owned(),
    };
    canvas.remark(Mark::Differs, format!("A token of {url} lives at most {there}; declared are {declared} seconds."));
}

fn draw(canvas: &mut Canvas<'_>, url: &str, name: &str, pair: &Pair<'_>) {
    let who = caller(pair.policy);
    let key = format!("{url}\n{who}");
    // A policy that differs is of somebody who is declared and there.
    let first = if pair.mark == Mark::Differs { Mark::Both } else { pair.mark };
    let from = canvas.node(Column::Identity, &key, || node(Column::Identity, who, name, first));
    // Whoever has one policy that is as declared is as declared; the others are marked by themselves.
    if let Some(identity) = canvas.nodes.get_mut(from)
        && identity.mark != pair.mark
    {
        identity.mark = Mark::Both;
    }
    let number = canvas.nodes.len();
    let mut policy = node(Column::Policy, condition(pair.policy), whole(pair.policy), pair.mark);
    policy.difference.clone_from(&pair.difference);
    let at = canvas.node(Column::Policy, &format!("{url}\n{number}"), || policy);
    canvas.edge(from, at, pair.mark);
    let to = target(canvas, pair.policy, pair.mark);
    canvas.edge(at, to, pair.mark);
}

/// All that a policy asks for, for whoever looks closer.
fn whole(policy: &Policy) -> String {
    let rules: Vec<String> = policy.rules.iter().map(|(claim, pattern)| format!("{claim} {pattern}")).collect();
    rules.join(", ")
}

/// Whose token it is.
fn target(canvas: &mut Canvas<'_>, policy: &Policy, mark: Mark) -> usize {
    let (key, name, note) = match policy.token_type {
        TokenType::Organization => {
            let note = match (&policy.role_id, policy.authorized_permissions.as_slice()) {
                (Some(role), _) => format!("organization token, role {role}"),
                (None, []) => "organization token".to_owned(),
                (None, more) => format!("organization token, {}", more.join(", ")),
            };
            (format!("\u{0}organization {note}"), "the whole organization".to_owned(), note)
        }
        TokenType::Personal => {
            let login = policy.user_login.clone().unwrap_or_default();
            (format!("\u{0}user {login}"), login, "personal token".to_owned())
        }
        TokenType::Runner => {
            let runner = policy.runner_id.clone().unwrap_or_default();
            (format!("\u{0}runner {runner}"), runner, "deployment runner".to_owned())
        }
        TokenType::Team => {
            let team = policy.team_name.clone().unwrap_or_default();
            if team.contains(['*', '?']) {
                (format!("\u{0}teams {team}"), team, "every team whose name matches".to_owned())
            } else {
                // A dot stands for any character too, but a team with one in its name is that team first.
                let note = if team.contains(is_wildcard) { "team, and those that match" } else { "no such team" };
                (team.clone(), team, note.to_owned())
            }
        }
    };
    canvas.node(Column::Team, &key, || node(Column::Team, name, note, mark))
}
