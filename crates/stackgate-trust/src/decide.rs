//! Pulumi Cloud's decision on a token exchange.
//!
//! What must hold: without a matching allow, nothing is minted; a matching deny always wins; all rules of a policy must
//! match; a deny is only about requests of its own kind and team. A claim that is a list matches where one of its items
//! does: what Pulumi Cloud does there is not documented, and for a proof this is the reading that admits most. Source:
//! "OIDC issuers" in Pulumi's documentation.

use serde_json::Value;
use stackgate_provider::Claims;

use crate::path;
use crate::pattern::Pattern;
use crate::policy::{Decision, Policy, TokenType};

/// What is asked for: a kind of token, and of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// The kind.
    pub token_type: TokenType,
    /// The team, the person or the runner; empty for the organization.
    pub of: &'a str,
}

impl<'a> Request<'a> {
    /// A team's token.
    pub fn team(name: &'a str) -> Request<'a> {
        Request { token_type: TokenType::Team, of: name }
    }
}

/// A policy, ready to be asked.
#[derive(Debug, Clone)]
pub struct Compiled {
    decision: Decision,
    token_type: TokenType,
    of: Pattern,
    rules: Vec<(String, Option<Vec<String>>, Pattern)>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The token is minted, by the policy of that index.
    Minted(usize),
    /// A deny forbids it.
    Denied(usize),
    /// No allow policy matches: for each allow policy of this request its index and the first rule that does not hold.
    Refused(Vec<(usize, usize)>),
}

impl Compiled {
    /// Prepares a policy.
    pub fn new(policy: &Policy) -> Compiled {
        let of = match policy.token_type {
            TokenType::Organization => "",
            TokenType::Team => policy.team_name.as_deref().unwrap_or_default(),
            TokenType::Personal => policy.user_login.as_deref().unwrap_or_default(),
            TokenType::Runner => policy.runner_id.as_deref().unwrap_or_default(),
        };
        let keys = |claim: &str| path::keys(claim).map(|keys| keys.into_iter().map(str::to_owned).collect());
        Compiled {
            decision: policy.decision,
            token_type: policy.token_type,
            of: Pattern::new(of),
            rules: policy.rules.iter().map(|(claim, text)| (claim.clone(), keys(claim), Pattern::new(text))).collect(),
        }
    }

    /// Whether the policy is about such a request.
    pub fn is_about(&self, request: Request<'_>) -> bool {
        self.token_type == request.token_type && self.of.matches(request.of)
    }

    /// The first rule that does not hold, by index; `None` where all do.
    pub fn fails(&self, claims: &Claims) -> Option<usize> {
        self.rules.iter().position(|(_, keys, pattern)| {
            let Some((first, rest)) = keys.as_deref().and_then(<[String]>::split_first) else { return true };
            let found = claims.get(first).and_then(|value| rest.iter().try_fold(value, |value, key| value.get(key)));
            !found.is_some_and(|value| holds(pattern, value))
        })
    }

    /// Whether it allows, and is about no request but this kind.
    pub fn allows(&self) -> bool {
        self.decision == Decision::Allow
    }
}

/// Decides a request by all policies of the token's issuer.
pub fn decide(policies: &[Compiled], claims: &Claims, request: Request<'_>) -> Verdict {
    among(policies.iter().enumerate().filter(|(_, policy)| policy.is_about(request)), claims)
}

/// Decides by the policies that are about a request, each with its index.
pub(crate) fn among<'p>(about: impl Iterator<Item = (usize, &'p Compiled)>, claims: &Claims) -> Verdict {
    let mut minted = None;
    let mut failed = Vec::new();
    for (index, policy) in about {
        match (policy.fails(claims), policy.decision) {
            (None, Decision::Deny) => return Verdict::Denied(index),
            (None, Decision::Allow) => minted = minted.or(Some(index)),
            (Some(rule), Decision::Allow) => failed.push((index, rule)),
            (Some(_), Decision::Deny) => {}
        }
    }
    minted.map_or(Verdict::Refused(failed), Verdict::Minted)
}

fn holds(pattern: &Pattern, value: &Value) -> bool {
    match value {
        Value::String(text) => pattern.matches(text),
        Value::Number(number) => pattern.matches(&number.to_string()),
        Value::Bool(truth) => pattern.matches(if *truth { "true" } else { "false" }),
        Value::Array(items) => items.iter().any(|item| !item.is_array() && holds(pattern, item)),
        Value::Null | Value::Object(_) => false,
    }
}

/// A claim's value for people.
pub fn shown(value: Option<&Value>) -> String {
    match value {
        None => "is not in the token".to_owned(),
        Some(Value::String(text)) => format!("is `{text}`"),
        Some(other) => format!("is `{other}`"),
    }
}
