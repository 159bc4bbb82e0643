//! What holds of a judgement as a whole: the order of events, the state, limits, times from the future.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use common::{context, context_with, judged, repeated};
use stackgate_logs::{Judge, Settings, State, read};
use stackgate_report::Level;

const DAY: i64 = 86_400;
const BEGIN: i64 = 1_764_000_000;

/// A usual month: a deploy a day, and who looks.
fn usual() -> String {
    repeated(
        r#"{"times": 30, "apart": 86400, "timestamp": 1764000000, "event": "team-token-created-for-oidc-issuer", "description": "Created a token of team \"shop-production\"", "user": {"githubLogin": "acme"}}
{"times": 30, "apart": 86400, "timestamp": 1764000010, "event": "environment-open", "description": "Opened environment \"shop/prod\"", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
{"times": 30, "apart": 86400, "timestamp": 1764000020, "event": "stack-update-started", "description": "Started update \"1\" for stack \"shop/production\"", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
{"times": 30, "apart": 86400, "timestamp": 1764000090, "event": "stack-update-completed", "description": "Completed", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
{"times": 300, "apart": 7200, "timestamp": 1764000000, "event": "user-login", "description": "Login", "user": {"githubLogin": "ada"}}
{"timestamp": 1764500000, "event": "auth-failure-stack-permission", "description": "Denied", "user": {"githubLogin": "ada"}, "authFailure": true}"#,
    )
}

fn messages(text: &str) -> Vec<(Level, String)> {
    judged(&context(), None, text).findings.into_iter().map(|one| (one.level, one.message)).collect()
}

const STRANGER: &str = r#"{"timestamp": 1765000000, "event": "environment-open", "description": "Opened environment \"shop/prod\"", "sourceIP": "192.0.2.66", "user": {"githubLogin": "mallory"}}"#;

#[test]
fn a_usual_month_has_nothing_above_a_notice() {
    let judgement = judged(&context(), None, &usual());
    let above: Vec<_> = judgement.findings.iter().filter(|one| one.level > Level::Notice).collect();
    assert!(above.is_empty(), "{above:#?}");
    assert_eq!(judgement.figures.events, 421);
    let rows: Vec<String> = judgement.figures.table();
    assert!(rows[1].starts_with("team         shop-production  2025-11-24"), "{rows:#?}");
    assert_eq!(judgement.timeline.days.len(), 30);
}

#[test]
fn the_order_of_events_changes_nothing() {
    let text = format!("{}{STRANGER}\n", usual());
    let mut lines: Vec<&str> = text.lines().collect();
    let forwards = messages(&text);
    lines.reverse();
    let backwards = messages(&lines.join("\n"));
    assert_eq!(forwards, backwards);
    assert!(
        forwards
            .iter()
            .any(|(level, text)| *level == Level::High && text.contains("mallory opened environment `shop/prod`")),
        "{forwards:#?}"
    );
}

#[test]
fn what_one_run_judged_the_next_passes_over() {
    let text = format!("{}{STRANGER}\n", usual());
    let context = context();
    let first = judged(&context, None, &text);
    let state = first.state.unwrap();
    let again = State::from_json(&state.to_json(), "acme").unwrap();
    assert_eq!(again, state);
    let second = judged(&context, Some(again.clone()), &text);
    assert_eq!((second.figures.events, second.repeated), (0, 422));
    assert_eq!(second.state.as_ref(), Some(&state));
    let known: Vec<&str> = second.findings.iter().map(|one| one.rule.id).collect();
    assert!(known.is_empty(), "{known:?}");
    // A second event of the last second is no repetition.
    let last = state.last();
    let new = format!(
        r#"{{"timestamp": {last}, "event": "user-login", "description": "Another", "user": {{"githubLogin": "ada"}}}}"#
    );
    assert_eq!(judged(&context, Some(again), &new).figures.events, 1);
}

#[test]
fn what_was_learnt_is_not_new_the_next_night() {
    let context = context();
    let state = judged(&context, None, &format!("{}{STRANGER}\n", usual())).state;
    let night = |who: &str| {
        let at = BEGIN + 31 * DAY;
        format!(
            r#"{{"timestamp": {at}, "event": "environment-open", "description": "Opened environment \"shop/prod\"", "user": {{"githubLogin": "{who}"}}}}"#
        )
    };
    let ids = |who| -> Vec<&str> {
        judged(&context, state.clone(), &night(who)).findings.iter().map(|one| one.rule.id).collect()
    };
    assert_eq!(ids("mallory"), ["log-secrets-taken"]);
    assert_eq!(ids("eve"), ["log-secrets-taken", "log-new-pair"]);
}

#[test]
fn an_event_from_the_future_is_told_and_ends_nothing() {
    let context = context();
    let mut judge = Judge::new(&context, None).until(BEGIN + 40 * DAY);
    let text = format!("{{\"timestamp\": {}, \"event\": \"user-login\"}}\n{}", i64::MAX, usual());
    read(&mut text.as_bytes(), &mut |event| judge.take(event)).unwrap();
    let judgement = judge.finish();
    assert_eq!((judgement.future, judgement.figures.events), (1, 421));
    assert!(judgement.state.unwrap().last() < BEGIN + 40 * DAY);
}

#[test]
fn a_flood_is_told_and_not_kept() {
    let mut text = String::new();
    for number in 0..6_000 {
        text.push_str(&format!("{{\"timestamp\": 1764000000, \"event\": \"team-token-created\", \"description\": \"\", \"user\": {{\"githubLogin\": \"u{number}\"}}}}\n"));
    }
    let judgement = judged(&context(), None, &text);
    assert_eq!(judgement.findings.len(), 5_000);
    assert_eq!(judgement.full, ["incidents"]);
}

#[test]
fn many_refusals_of_one_day_are_a_finding() {
    let refused = |times: u32| {
        repeated(&format!(
            r#"{{"times": {times}, "apart": 60, "timestamp": 1764000000, "event": "auth-failure-environment", "description": "Denied", "user": {{"githubLogin": "ada"}}, "authFailure": true}}"#
        ))
    };
    assert_eq!(messages(&refused(9))[0].0, Level::Notice);
    let many = messages(&refused(10));
    assert_eq!(many, [(Level::Medium, "an environment was refused, 10 times in one day, to ada".to_owned())]);
}

#[test]
fn quiet_days_are_what_the_spec_says() {
    let text = repeated(
        r#"{"timestamp": 1764000000, "event": "stack-update-started", "description": "Started update \"1\" for stack \"shop/production\"", "user": {"githubLogin": "acme"}, "actorName": "shop-production"}
{"times": 30, "apart": 86400, "timestamp": 1764000000, "event": "user-login", "description": "Login", "user": {"githubLogin": "ada"}}"#,
    );
    let silent = |quiet_days| {
        let context = context_with(Settings { quiet_days, ..Settings::default() });
        judged(&context, None, &text).findings.iter().filter(|one| one.rule.id == "log-silent").count()
    };
    assert_eq!((silent(None), silent(Some(28)), silent(Some(29))), (0, 1, 0));
}

#[test]
fn an_update_within_its_deployment_is_the_deployments() {
    let context = context();
    let deployment = r#"{"id": "d", "version": 1, "created": "2025-11-24T16:00:00Z", "modified": "2025-11-24T16:05:00Z", "projectName": "shop", "stackName": "hosted", "pulumiOperation": "update", "initiator": "api", "requestedBy": {"githubLogin": "shop-production"}, "updates": []}"#;
    let update = |at: i64, login: &str| {
        format!(
            r#"{{"timestamp": {at}, "event": "stack-update-started", "description": "Started update \"1\" for stack \"shop/hosted\"", "user": {{"githubLogin": "{login}"}}, "tokenName": "d"}}"#
        )
    };
    let found = |text: &str| {
        let mut judge = Judge::new(&context, None).with_deployments();
        for one in stackgate_logs::read_deployments(&mut deployment.as_bytes()).unwrap() {
            judge.deployment(&one);
        }
        read(&mut text.as_bytes(), &mut |event| judge.take(event)).unwrap();
        judge.finish().findings.len()
    };
    let at = 1_764_000_060;
    assert_eq!(found(&update(at, "acme")), 0);
    assert_eq!(found(&update(at + 3600, "acme")), 1, "no deployment ran then");
    assert_eq!(found(&update(at, "ada")), 1, "a person is no deployment");
    let unknown = judged(&context, None, &update(at, "acme"));
    assert_eq!(unknown.findings[0].level, Level::Notice, "nobody told of deployments");
}
