//! Every case under `tests/conflicts`: fragments that do not go together, and beside them what is said.
//!
//! What must hold: every rule has a case; each conflict names its sources; none depends on the order of the fragments.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeSet;

use common::{cases, expect, fragments, organization};
use stackgate_access::{Conflict, RULES, compose};

fn said(conflicts: &[Conflict]) -> String {
    conflicts.iter().map(|conflict| format!("{conflict}\n  places: {}\n", conflict.places.join(", "))).collect()
}

#[test]
fn every_conflict_is_said() {
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::from(["fragment-too-many-policies"]));
    for case in cases("conflicts") {
        let (own, mut fragments) = (organization(&case), fragments(&case));
        let conflicts = compose(&own, &fragments).expect_err(case.to_str().unwrap());
        fragments.reverse();
        assert_eq!(compose(&own, &fragments).unwrap_err(), conflicts, "{}", case.display());
        assert!(conflicts.iter().all(|conflict| !conflict.sources.is_empty() && !conflict.message.is_empty()));
        // The case is called after its rule, and shows that alone.
        for conflict in &conflicts {
            let rule = conflict.rule.id.strip_prefix("fragment-").unwrap();
            assert!(case.file_name().unwrap().to_str().unwrap().starts_with(rule), "{}: {conflict}", case.display());
        }
        seen.extend(conflicts.iter().map(|conflict| conflict.rule.id));
        expect(&case.join("conflicts.txt"), &said(&conflicts), &mut wrong);
    }
    assert!(wrong.is_empty(), "bless with BLESS=1 and read the difference:\n{}", wrong.join("\n"));
    let missing: Vec<&str> = RULES.iter().map(|rule| rule.id).filter(|id| !seen.contains(id)).collect();
    assert!(missing.is_empty(), "without a case: {missing:?}");
}

#[test]
fn an_issuer_has_a_limit() {
    let case = &cases("cases")[0];
    let mut fragments = fragments(case);
    let issuer = fragments[0].issuers.values_mut().next().unwrap();
    let policy = issuer.policies[0].clone();
    issuer.policies = vec![policy; 5001];
    let conflicts = compose(&organization(case), &fragments).unwrap_err();
    assert_eq!(conflicts.len(), 1, "{}", said(&conflicts));
    assert_eq!(conflicts[0].rule.id, "fragment-too-many-policies");
    fragments[0].issuers.values_mut().next().unwrap().policies.truncate(5000);
    assert!(fragments.len() > 1 || compose(&organization(case), &fragments).is_ok());
}

#[test]
fn rules_are_whole() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        assert!(!rule.title.is_empty() && rule.why.len() > 40 && rule.instead.len() > 20, "{}", rule.id);
    }
}
