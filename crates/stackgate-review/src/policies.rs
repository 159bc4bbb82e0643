//! An issuer's policies of both sides, matched with each other.
//!
//! What must hold: the order of policies and of their rules means nothing; policies that are equal are matched first, so
//! that one more is never taken for a change. What is left is matched by kind and team, the most alike first.

use stackgate_trust::{Decision, Policy, TokenType};

use crate::cover::covers;

/// What became of one policy.
pub(crate) enum Pair<'a> {
    /// Declared and there, with other rules.
    Changed(&'a Policy, &'a Policy, Vec<Change<'a>>),
    /// There, and not declared.
    Additional(&'a Policy),
    /// Declared, and not there.
    Missing(&'a Policy),
}

/// How one claim differs.
pub(crate) struct Change<'a> {
    pub(crate) claim: &'a str,
    pub(crate) declared: Option<&'a str>,
    pub(crate) actual: Option<&'a str>,
    /// Whether it admits tokens that were not to be admitted.
    pub(crate) widens: bool,
    /// Whether it refuses tokens that were to be admitted.
    pub(crate) narrows: bool,
}

/// Matches the policies of an issuer.
pub(crate) fn pairs<'a>(declared: &'a [Policy], actual: &'a [Policy]) -> Vec<Pair<'a>> {
    let mut wanted: Vec<&Policy> = declared.iter().collect();
    let mut there: Vec<&Policy> = Vec::new();
    for policy in actual {
        match wanted.iter().position(|wanted| same(wanted, policy)) {
            Some(at) => {
                wanted.remove(at);
            }
            // The same twice admits nothing more.
            None if declared.iter().any(|declared| same(declared, policy)) => {}
            None => there.push(policy),
        }
    }
    let mut pairs = Vec::new();
    loop {
        let mut best: Option<(usize, usize, usize)> = None;
        for (one, declared) in wanted.iter().enumerate() {
            for (other, actual) in there.iter().enumerate().filter(|(_, actual)| alike(declared, actual)) {
                let common = common(declared, actual);
                if best.is_none_or(|(most, _, _)| common > most) {
                    best = Some((common, one, other));
                }
            }
        }
        let Some((_, one, other)) = best else { break };
        let (declared, actual) = (wanted.remove(one), there.remove(other));
        pairs.push(Pair::Changed(declared, actual, changes(declared, actual)));
    }
    pairs.extend(there.into_iter().map(Pair::Additional));
    pairs.extend(wanted.into_iter().map(Pair::Missing));
    pairs
}

/// Whether a declared policy admits everything that this one admits, for the same token.
pub(crate) fn adds_nothing(declared: &[Policy], policy: &Policy) -> bool {
    declared.iter().any(|declared| {
        alike(declared, policy)
            && permissions(declared) == permissions(policy)
            && declared
                .rules
                .iter()
                .all(|(claim, pattern)| policy.rules.get(claim).is_some_and(|narrower| covers(pattern, narrower)))
    })
}

/// What a policy is for: `a token of the team x`.
pub(crate) fn token_of(policy: &Policy) -> String {
    let named = |name: &Option<String>| name.clone().unwrap_or_default();
    match policy.token_type {
        TokenType::Team => format!("the token of the team `{}`", named(&policy.team_name)),
        TokenType::Personal => format!("the token of the person `{}`", named(&policy.user_login)),
        TokenType::Runner => format!("the token of the runner `{}`", named(&policy.runner_id)),
        TokenType::Organization if is_admin(policy) => "an organization's token with an administrator's rights".into(),
        TokenType::Organization => match &policy.role_id {
            Some(role) => format!("an organization's token with the role `{role}`"),
            None => "an organization's token".into(),
        },
    }
}

/// What a policy asks for, sorted by claim.
pub(crate) fn rules_of(policy: &Policy) -> String {
    let mut rules: Vec<String> = policy.rules.iter().map(|(claim, pattern)| format!("`{claim}: {pattern}`")).collect();
    rules.sort_unstable();
    if rules.is_empty() { "nothing".into() } else { rules.join(", ") }
}

pub(crate) fn is_admin(policy: &Policy) -> bool {
    permissions(policy).contains(&"admin")
}

fn same(one: &Policy, other: &Policy) -> bool {
    alike(one, other) && permissions(one) == permissions(other) && one.rules == other.rules
}

/// Whether they decide the same of the same request.
fn alike(one: &Policy, other: &Policy) -> bool {
    let of = |policy: &Policy| {
        (
            policy.decision == Decision::Allow,
            policy.token_type,
            policy.team_name.clone().unwrap_or_default(),
            policy.user_login.clone().unwrap_or_default(),
            policy.runner_id.clone().unwrap_or_default(),
            policy.role_id.clone().unwrap_or_default(),
            is_admin(policy),
        )
    };
    of(one) == of(other)
}

/// `standard` says nothing: it is what a token has anyway.
fn permissions(policy: &Policy) -> Vec<&str> {
    let mut all: Vec<&str> =
        policy.authorized_permissions.iter().map(String::as_str).filter(|one| *one != "standard").collect();
    all.sort_unstable();
    all
}

fn common(one: &Policy, other: &Policy) -> usize {
    one.rules.iter().filter(|(claim, pattern)| other.rules.get(*claim) == Some(*pattern)).count()
}

fn changes<'a>(declared: &'a Policy, actual: &'a Policy) -> Vec<Change<'a>> {
    let mut claims: Vec<&str> = declared.rules.keys().chain(actual.rules.keys()).map(String::as_str).collect();
    claims.sort_unstable();
    claims.dedup();
    let change = |claim: &'a str| {
        let of = |policy: &'a Policy| policy.rules.get(claim).map(String::as_str);
        let (declared, actual) = (of(declared), of(actual));
        let (widens, narrows) = match (declared, actual) {
            (Some(declared), Some(actual)) => (!covers(declared, actual), !covers(actual, declared)),
            (declared, actual) => (declared.is_some(), actual.is_some()),
        };
        (declared != actual).then_some(Change { claim, declared, actual, widens, narrows })
    };
    claims.into_iter().filter_map(change).collect()
}
