//! Every example on a rule's page is run: a bad one has its finding, a good one has not.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeSet;

use common::{context, judged, repeated};
use stackgate_logs::{Judge, LogFinding, RULES, diagnostic_rules, read_deployments};
use stackgate_report::{Example, Verdict};

fn findings(example: &Example) -> Vec<LogFinding> {
    let context = context();
    let text = &example.files[0].1;
    if example.provider == "deployments" {
        let mut judge = Judge::new(&context, None).with_deployments();
        for deployment in read_deployments(&mut text.as_bytes()).unwrap() {
            judge.deployment(&deployment);
        }
        return judge.finish().findings;
    }
    judged(&context, None, &repeated(text)).findings
}

#[test]
fn every_example_is_what_it_says() {
    for rule in RULES {
        for (number, example) in rule.page().examples.iter().enumerate() {
            let found = findings(example);
            let own: Vec<&LogFinding> = found.iter().filter(|one| one.rule == *rule).collect();
            match example.verdict {
                Verdict::Bad => assert_eq!(own.len(), 1, "{} example {number}: {found:#?}", rule.id),
                Verdict::Good => assert!(
                    own.is_empty() || own.iter().all(|one| one.level < rule.level),
                    "{} example {number}: {own:#?}",
                    rule.id
                ),
            }
            for one in found {
                assert!(one.evidence.count > 0 && !one.help.is_empty(), "{one:?}");
            }
        }
    }
}

#[test]
fn every_rule_has_one_id_and_a_whole_page() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    assert!(RULES.is_sorted_by(|a, b| a.id < b.id), "{RULES:?}");
    for (rule, known) in RULES.iter().zip(diagnostic_rules()) {
        let page = rule.page();
        assert!(!page.title.is_empty() && !page.why.is_empty() && !page.instead.is_empty(), "{}", rule.id);
        for verdict in [Verdict::Bad, Verdict::Good] {
            assert!(page.examples.iter().any(|one| one.verdict == verdict), "{}: no {verdict:?} example", rule.id);
        }
        assert_eq!(known.id, rule.id);
    }
}
