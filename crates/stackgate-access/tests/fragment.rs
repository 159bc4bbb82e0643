//! Fragments as JSON: what is refused, and where; and what a spec comes to, under `tests/derive`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use common::{cases, expect, folder, read};
use indexmap::IndexMap;
use stackgate_access::{Fragment, Issuer};
use stackgate_diagnostic::{Source, render_text};
use stackgate_plan::{Context, Pins, lower};
use stackgate_trust::Policy;

fn sample() -> String {
    read(&folder("cases/organization/fragment-2.json"))
}

#[test]
fn what_is_no_fragment_is_refused_with_its_place() {
    let cases = [
        ("\"version\": 1", "\"version\": 2", "/version"),
        ("\"version\": 1", "\"version\": \"1\"", "/version"),
        ("\"version\": 1,", "", "/version"),
        ("\"residual\"", "\"residue\": [], \"residual\"", "line "),
        // Types of the plan take keys that they do not know; a fragment does not.
        ("\"skip_install\"", "\"skip\": true, \"skip_install\"", "/deployments/0/skip"),
        ("\"pool\"", "\"audience\": \"x\", \"pool\"", "/deployments/0/cloud/gcp/audience"),
        (
            "\"permission\": \"read\"",
            "\"permission\": \"read\", \"max_open\": 5",
            "/teams/shop-developers/environments/shop~1production/max_open",
        ),
        ("\"organization\": \"acme\"", "\"organization\": \"acme\", \"organization\": \"evil\"", "line "),
        (
            "\"network/production\": \"read\"",
            "\"network/production\": \"read\", \"network/production\": \"admin\"",
            "line ",
        ),
        ("\"acme\"", "\"ac'me\"", "/organization"),
        ("https://api.pulumi.com", "https://api.pulumi.com/", "/cloud_url"),
        ("https://api.pulumi.com", "http://api.pulumi.com", "/cloud_url"),
        ("https://api.pulumi.com", "https://me@api.pulumi.com", "/cloud_url"),
        ("\"shop/nightly\": {", "\"shop/../nightly\": {", "/stacks/shop~1..~1nightly"),
        ("\"shop-nightly\": {", "\"shop nightly\": {", "/teams/shop nightly"),
        ("\"adam.k\"", "\"adam k\"", "/teams/shop-developers/members"),
        ("Costs $5", "Costs\\n$5", "/teams/shop-developers/description"),
        ("Costs $5", "Costs \\u202e$5", "/teams/shop-developers/description"),
        ("Costs $5", "Costs ${{ x }}", "/teams/shop-developers/description"),
        ("npm ci", "npm $(ci)", "/deployments/0/pre_run"),
        ("\"vcs\": \"github\"", "\"vcs\": \"svn\"", "/deployments/0/source/vcs"),
        ("\"operation\": \"refresh\"", "\"operation\": \"up\"", "/deployments/0/schedules"),
        ("\"cron\": \"0 4 * * 1\"", "\"cron\": null", "/deployments/0/schedules"),
        ("\"admin\"", "\"owner\"", "line "),
        ("\"decision\": \"allow\"", "\"decision\": \"allow\", \"priority\": 1", "line "),
    ];
    for (old, new, at) in cases {
        let text = sample().replacen(old, new, 1);
        assert_ne!(text, sample(), "{old} is not in the sample");
        let error = Fragment::from_json(&text).expect_err(new);
        assert!(error.at.starts_with(at) && !error.message.is_empty(), "{new}: {error}");
    }
    assert!(Fragment::from_json(&sample()).is_ok());
    for text in ["", "{", "[]", "null", "{}"] {
        assert!(Fragment::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn settings_that_go_elsewhere_than_meant_are_refused() {
    let sample = read(&folder("cases/system-settings/fragment-1.json"));
    assert!(Fragment::from_json(&sample).is_ok());
    for (old, new) in [
        ("\"provider\": \"github\"", "\"provider\": \"jenkins\""),
        ("\"url\": \"https://github.com\"", "\"url\": \"http://github.com\""),
        ("\"url\": \"https://github.com\"", "\"url\": \"https://github.com/\""),
        ("\"project\": \"acme/every.thing\"", "\"project\": \"acme\""),
        ("\"project\": \"acme/every.thing\"", "\"project\": \"acme/../evil\""),
        ("\"branch\": \"main\"", "\"branch\": \"*\""),
        ("\"branch\": \"main\"", "\"branch\": \"main,refs/heads/*\""),
        ("\"check\": \"Pulumi preview\"", "\"check\": \"${{ x }}\""),
        ("\"check\": \"11\"", "\"check\": \"eleven\""),
        ("\"name\": \"search-dev\"", "\"name\": \"search\\\"]}\""),
        ("\"kind\": \"connection\"", "\"kind\": \"environment\""),
        ("\"lock\": true", "\"lock\": true, \"unlock\": true"),
    ] {
        let text = sample.replacen(old, new, 1);
        assert_ne!(text, sample, "{old} is not in the sample");
        assert!(Fragment::from_json(&text).is_err(), "{new}");
    }
}

/// Policies as the trial of trust would hand them over: one for each team.
fn issuers(plan: &stackgate_plan::Plan) -> IndexMap<String, Issuer> {
    let mut policies: Vec<Policy> = Vec::new();
    for stage in &plan.stages {
        let rules = IndexMap::from([("sub".to_owned(), format!("repo:acme/{}", stage.id))]);
        policies.push(Policy::allow_team(&stage.token.team, rules));
    }
    let longest = plan.stages.iter().map(|stage| stage.token.lifetime_seconds).max().unwrap_or_default();
    let issuer = Issuer { name: "GitHub Actions".into(), max_expiration_seconds: longest, jwks: None, policies };
    IndexMap::from([("https://token.actions.githubusercontent.com".to_owned(), issuer)])
}

#[test]
fn a_plan_comes_to_what_its_stages_need() {
    let mut wrong = Vec::new();
    for case in cases("derive") {
        let source = Source::new("stackgate.yaml", read(&case.join("stackgate.yaml")));
        let pins = Pins::parse(stackgate_templates::PINS).unwrap().into();
        let (spec, found) = stackgate_spec::parse(&source, &["github", "gitlab", "azure", "jenkins", "circleci"]);
        let said = |found: &stackgate_diagnostic::Diagnostics| render_text(&source, found.as_slice(), false);
        let spec = spec.unwrap_or_else(|| panic!("{}", said(&found)));
        assert!(found.is_empty(), "{}", said(&found));
        let rules = [stackgate_spec::RULES, stackgate_plan::RULES].concat();
        let today = jiff::civil::date(2026, 11, 25);
        let context = Context { spec_path: "stackgate.yaml", pins: &pins, today, rules: &rules, rules_of_files: &[] };
        let lowered = lower(&spec, &context);
        assert!(lowered.diagnostics.is_empty(), "{}", said(&lowered.diagnostics));
        let plan = lowered.draft;
        let fragment = Fragment::of(&plan, issuers(&plan), vec!["No claim shows a review.".into()]);
        let text = fragment.to_json().unwrap();
        assert_eq!(Fragment::from_json(&text).unwrap().to_json().unwrap(), text);
        expect(&case.join("fragment.json"), &text, &mut wrong);
    }
    assert!(wrong.is_empty(), "bless with BLESS=1 and read the difference:\n{}", wrong.join("\n"));
}
