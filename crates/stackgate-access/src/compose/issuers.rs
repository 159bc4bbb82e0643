//! Issuers of all fragments, each with the policies of all.
//!
//! What must hold: no fragment writes a policy for a team that is not its own pipelines', and none that does anything but
//! allow that team's token. Policies follow the order of the fragments. Deliberately absent: whether the claims that a
//! policy asks for are enough, which the trial of trust policies judges.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use stackgate_diagnostic::{Rule, quote};
use stackgate_provider::fault_of_issuer;
use stackgate_trust::{Decision, Policy, TokenType, is_wildcard};

use super::{Composition, Conflict};
use crate::fragment::{Fragment, Issuer, TeamKind};
use crate::rules::{ISSUER_KEYS, ISSUER_URL, POLICY_CLAIMS, POLICY_KIND, POLICY_RULES, POLICY_TEAM, TOO_MANY_POLICIES};

/// The most policies of an issuer. Source: Pulumi's change log of March 2026 (docs#18182).
const MOST_POLICIES: usize = 5000;

impl Composition<'_> {
    /// Every issuer, sorted by URL; the fragments in the order in which policies are to follow.
    pub(super) fn issuers(&mut self, fragments: &[Fragment]) -> IndexMap<String, Issuer> {
        let mut merged: BTreeMap<&str, (Issuer, Vec<&str>)> = BTreeMap::new();
        for fragment in fragments {
            for (url, issuer) in &fragment.issuers {
                self.judge(fragment, url, issuer);
                let Some((into, sources)) = merged.get_mut(url.as_str()) else {
                    merged.insert(url, (issuer.clone(), vec![&fragment.source]));
                    continue;
                };
                if into.jwks != issuer.jwks {
                    let mut sources = sources.clone();
                    sources.push(&fragment.source);
                    let message = format!("the issuer {} is given several sets of keys", quote(url));
                    self.conflicts.push(Conflict::new(&ISSUER_KEYS, &sources, message));
                }
                sources.push(&fragment.source);
                // Which of two names is taken must not depend on the order of the fragments.
                if issuer.name < into.name {
                    into.name.clone_from(&issuer.name);
                }
                into.max_expiration_seconds = into.max_expiration_seconds.max(issuer.max_expiration_seconds);
                into.policies.extend(issuer.policies.iter().cloned());
            }
        }
        for (url, (issuer, sources)) in &merged {
            let count = issuer.policies.len();
            if count > MOST_POLICIES {
                let message = format!("the issuer {} would have {count} policies", quote(url));
                self.conflicts.push(Conflict::new(&TOO_MANY_POLICIES, sources, message));
            }
        }
        merged.into_iter().map(|(url, (issuer, _))| (url.to_owned(), issuer)).collect()
    }

    fn judge(&mut self, fragment: &Fragment, url: &str, issuer: &Issuer) {
        let mut report = |rule: &'static Rule, message: String, team: Option<&str>| {
            let conflict = Conflict::new(rule, &[&fragment.source], message);
            self.conflicts.push(team.into_iter().fold(conflict, Conflict::place));
        };
        if let Some(fault) = fault_of_issuer(url) {
            report(&ISSUER_URL, format!("{} is no issuer: {fault}", quote(url)), None);
        }
        for (index, policy) in issuer.policies.iter().enumerate() {
            let which = format!("policy {} of {}", index + 1, quote(url));
            if !allows_team(policy) {
                report(&POLICY_KIND, format!("{which} does not simply allow a team's token"), None);
                continue;
            }
            let team = policy.team_name.as_deref().unwrap_or_default();
            if fragment.teams.get(team).is_none_or(|team| team.kind != TeamKind::Pipeline) {
                let message = format!("{which} allows {}, no pipeline's team of this repository", quote(team));
                report(&POLICY_TEAM, message, Some(team));
            }
            let function = |claim: &String| claim.trim_start().to_lowercase().starts_with("fn::");
            if policy.rules.is_empty() || policy.rules.keys().any(function) {
                report(&POLICY_RULES, format!("{which} asks for no claim, or for one that is a function"), Some(team));
                continue;
            }
            for claim in ["aud", "sub"].into_iter().filter(|claim| !names(policy, claim)) {
                report(&POLICY_CLAIMS, format!("{which} does not say what `{claim}` must be"), Some(team));
            }
        }
    }
}

/// Whether a policy's rule on a claim asks for anything.
fn names(policy: &Policy, claim: &str) -> bool {
    policy.rules.get(claim).is_some_and(|pattern| pattern.chars().any(|c| !is_wildcard(c)))
}

/// Whether a policy allows a team's token and says nothing else.
fn allows_team(policy: &Policy) -> bool {
    let others = [&policy.user_login, &policy.runner_id, &policy.role_id];
    policy.decision == Decision::Allow
        && policy.token_type == TokenType::Team
        && policy.team_name.is_some()
        && policy.authorized_permissions.is_empty()
        && others.into_iter().all(Option::is_none)
}
