//! What a finding is known by.
//!
//! What must hold: lines that move change nothing; another rule, file, text or occurrence does. The value is a promise: a
//! new one would close and open every alert that is out there.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

use std::collections::BTreeSet;

use stackgate_diagnostic::{Diagnostic, Rule, Source, Span};
use stackgate_report::{Finding, Level, Place, Report};

static RULE: Rule = Rule { id: "unpinned", title: "t", why: "w", instead: "i", waivable: false };
static OTHER: Rule = Rule { id: "other", title: "t", why: "w", instead: "i", waivable: false };

fn known(findings: Vec<Finding>) -> Vec<String> {
    let report = Report::new("audit", Vec::new(), "", findings);
    report.findings().iter().map(|finding| finding.fingerprint.clone()).collect()
}

fn at(line: usize) -> Finding {
    Finding::new(&RULE, Level::High, "not pinned").at(Place::line("a.yml", line))
}

#[test]
fn lines_may_move() {
    assert_eq!(known(vec![at(3), at(9)]), known(vec![at(30), at(31)]));
    assert_eq!(known(vec![at(3)])[0], known(vec![at(3), at(9)])[0]);
    let spaced = Finding::new(&RULE, Level::Low, "not   pinned ").at(Place::line("a.yml", 1));
    assert_eq!(known(vec![at(3)]), known(vec![spaced]), "neither spaces nor the level count");
    assert_eq!(known(vec![at(3)])[0], "7dab38e13bd97d9e95198e6f356fac4521f340efeaa95ceb6d5ad8189727408f");
}

#[test]
fn whatever_else_differs_tells_apart() {
    let all = vec![
        at(1),
        at(2),
        Finding::new(&OTHER, Level::High, "not pinned").at(Place::line("a.yml", 1)),
        Finding::new(&RULE, Level::High, "not pinned").at(Place::line("b.yml", 1)),
        Finding::new(&RULE, Level::High, "not pinned"),
        Finding::new(&RULE, Level::High, "pinned badly").at(Place::line("a.yml", 1)),
        at(1).content("actions/checkout@v4"),
        at(1).class("pin"),
        at(1).facts(Some("a".into()), None),
        at(1).facts(None, Some("a b".into())),
    ];
    let known = known(all.clone());
    assert_eq!(known.len(), all.len());
    assert_eq!(known.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn a_diagnostic_is_known_by_the_text_that_it_is_about() {
    let finding = |text: &str, word: &str| {
        let start = text.find(word).unwrap();
        let diagnostic = Diagnostic::error(&RULE, Span::new(start, start + word.len()), "unknown key");
        known(vec![Finding::of(&diagnostic, &Source::new("s.yaml", text))]).remove(0)
    };
    assert_eq!(finding("a: 1\nb: 2\n", "b"), finding("# more\n\na: 1\nb: 2\n", "b"));
    assert_ne!(finding("a: 1\nb: 2\n", "b"), finding("a: 1\nb: 2\n", "a"));
}
