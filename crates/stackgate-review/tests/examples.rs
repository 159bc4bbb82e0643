//! Every example on a rule's page: a bad one has the difference, a good one has not; and each rule has both.

mod common;

use std::collections::BTreeSet;

use common::{Shown, declared, world};
use stackgate_report::Verdict;
use stackgate_review::RULES;

#[test]
fn every_rule_has_one_id_and_a_whole_page() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES.iter() {
        let page = rule.page();
        assert!(!page.title.is_empty() && !page.why.is_empty() && !page.instead.is_empty(), "{}", rule.id);
        for verdict in [Verdict::Bad, Verdict::Good] {
            assert!(page.examples.iter().any(|one| one.verdict == verdict), "{}: no {verdict:?} example", rule.id);
        }
    }
}

#[test]
fn the_examples_are_as_their_pages_say() {
    let declared = declared();
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        for (index, example) in rule.page().examples.iter().enumerate() {
            let text = &example.files[0].1;
            let found = Shown::new(world(&declared), text).differences(&declared);
            let has = found.iter().any(|one| one.rule.id == rule.id);
            if has != (example.verdict == Verdict::Bad) {
                let all: Vec<String> = found.iter().map(|one| format!("{}: {}", one.rule.id, one.what)).collect();
                wrong.push(format!("{} example {index} {:?}: {all:#?}", rule.id, example.verdict));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An example shows its own difference, and hardly another.
#[test]
fn a_bad_example_is_about_its_rule() {
    let declared = declared();
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        for example in rule.page().examples.iter().filter(|example| example.verdict == Verdict::Bad) {
            let found = Shown::new(world(&declared), &example.files[0].1).differences(&declared);
            let others: BTreeSet<&str> = found.iter().map(|one| one.rule.id).filter(|id| *id != rule.id).collect();
            let expected: &[&str] = match rule.id {
                // A team that is not readable for its edition is not read either.
                "edition-no-team-token" => &["review-unread"],
                "gate-missing" => &[],
                // Each is a token that lives long.
                "long-lived-token-unused" => &["long-lived-token-exists"],
                "issuer-not-declared" => &["issuer-stale"],
                _ => &[],
            };
            if others != expected.iter().copied().collect() {
                wrong.push(format!("{}: {others:?}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
