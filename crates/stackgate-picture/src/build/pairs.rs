//! The policies of an issuer as declared, laid over those that are there.
//!
//! What must hold: each policy of either side is in one pair; two are the same when nothing but the order of their rules
//! differs; two that differ are paired only when they are about the same token and most of their rules are the same.

use std::collections::BTreeSet;

use stackgate_trust::Policy;

use crate::model::Mark;

/// A policy with how it stands.
pub(super) struct Pair<'a> {
    pub(super) policy: &'a Policy,
    pub(super) mark: Mark,
    pub(super) difference: Option<String>,
}

/// Pairs them. The declared ones come first, in their order.
pub(super) fn pair<'a>(declared: &'a [Policy], there: &'a [Policy]) -> Vec<Pair<'a>> {
    let mut left: Vec<&Policy> = there.iter().collect();
    let mut same = Vec::new();
    let mut rest = Vec::new();
    for policy in declared {
        // The map compares without order.
        match left.iter().position(|other| *other == policy) {
            Some(at) => {
                left.remove(at);
                same.push(Pair { policy, mark: Mark::Both, difference: None });
            }
            None => rest.push(policy),
        }
    }
    for policy in rest {
        let likeness = |other: &Policy| likeness(policy, other);
        let best = left.iter().enumerate().max_by_key(|(at, other)| (likeness(other), std::cmp::Reverse(*at)));
        match best.filter(|(_, other)| likeness(other).is_some()).map(|(at, _)| at) {
            Some(at) => {
                let other = left.remove(at);
                let difference = Some(difference(policy, other));
                same.push(Pair { policy: other, mark: Mark::Differs, difference });
            }
            None => same.push(Pair { policy, mark: Mark::DeclaredOnly, difference: None }),
        }
    }
    same.extend(left.into_iter().map(|policy| Pair { policy, mark: Mark::ActualOnly, difference: None }));
    same
}

/// How many rules are the same, where the two are about the same token and that is at least half of them.
fn likeness(one: &Policy, other: &Policy) -> Option<usize> {
    let whose = |policy: &Policy| {
        (policy.token_type, policy.team_name.clone(), policy.user_login.clone(), policy.runner_id.clone())
    };
    if whose(one) != whose(other) {
        return None;
    }
    let same = one.rules.iter().filter(|(claim, pattern)| other.rules.get(*claim) == Some(pattern)).count();
    let most = one.rules.len().max(other.rules.len());
    (same * 2 >= most).then_some(same)
}

/// What differs, rule by rule: what is declared, then what is there.
fn difference(declared: &Policy, there: &Policy) -> String {
    let mut told = Vec::new();
    if declared.decision != there.decision {
        told.push("allow and deny are exchanged".to_owned());
    }
    if declared.authorized_permissions != there.authorized_permissions || declared.role_id != there.role_id {
        told.push("its permissions are others".to_owned());
    }
    let claims: BTreeSet<&String> = declared.rules.keys().chain(there.rules.keys()).collect();
    for claim in claims {
        match (declared.rules.get(claim), there.rules.get(claim)) {
            (Some(ours), Some(theirs)) if ours != theirs => {
                told.push(format!("{claim} {ours} → {theirs}"));
            }
            (Some(ours), None) => told.push(format!("{claim} {ours} → not asked for")),
            (None, Some(theirs)) => told.push(format!("{claim} not asked for → {theirs}")),
            _ => {}
        }
    }
    told.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(team: &str, rules: &[(&str, &str)]) -> Policy {
        Policy::allow_team(team, rules.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn pairs_are_by_token_and_rules() {
        let declared = [policy("a", &[("x", "1"), ("y", "2")]), policy("b", &[("x", "1")]), policy("c", &[("x", "1")])];
        let there = [
            policy("c", &[("x", "9")]),
            policy("a", &[("y", "2"), ("x", "1")]),
            policy("a", &[("x", "1")]),
            policy("b", &[("x", "1"), ("z", "*")]),
        ];
        let found: Vec<(Mark, Option<String>)> =
            pair(&declared, &there).into_iter().map(|pair| (pair.mark, pair.difference)).collect();
        let expected = [
            (Mark::Both, None),
            (Mark::Differs, Some("z not asked for → *".to_owned())),
            (Mark::DeclaredOnly, None),
            (Mark::ActualOnly, None),
            (Mark::ActualOnly, None),
        ];
        assert_eq!(found, expected);
    }
}
