//! What is asked of Pulumi Cloud, and what becomes of its answers.

use std::sync::Mutex;

use serde_json::{Value, json};
use stackgate_cloud::{Answer, Api, Failure};
use stackgate_logs::{Context, Settings};

use super::*;

/// Answers in turn, and remembers the questions.
struct Turns {
    answers: Mutex<Vec<(u16, Value)>>,
    asked: Mutex<Vec<String>>,
}

impl Api for Turns {
    fn get(&self, path: &str) -> std::result::Result<Answer, Failure> {
        self.asked.lock().unwrap().push(path.to_owned());
        let (status, body) = self.answers.lock().unwrap().remove(0);
        Ok(Answer { status, body })
    }
}

fn declared() -> Fragment {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../snapshots/logs/shop.json");
    Fragment::from_json(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn event(timestamp: i64, slug: &str) -> Value {
    json!({ "timestamp": timestamp, "event": slug, "description": "", "sourceIP": "", "user": { "name": "", "githubLogin": "ada", "avatarUrl": "" } })
}

/// The findings' rules, what could not be read, and what was asked.
fn judged(deployments: bool, answers: Vec<(u16, Value)>) -> (Vec<&'static str>, Vec<String>, Vec<String>) {
    let api = Turns { answers: Mutex::new(answers), asked: Mutex::default() };
    let declared = declared();
    let context = Context::new(&declared, Settings::default());
    let mut unread = Vec::new();
    let window = Window { from: 100, to: 200 };
    let judge = live(&api, &declared, Judge::new(&context, None), &window, deployments, &mut (), &mut unread);
    let rules = judge.finish().findings.iter().map(|found| found.rule.id).collect();
    (rules, unread.into_iter().map(|one| one.message).collect(), api.asked.into_inner().unwrap())
}

#[test]
fn pages_are_asked_for_one_after_another() {
    let (rules, unread, asked) = judged(
        false,
        vec![
            (200, json!({ "auditLogEvents": [event(150, "team-token-created")], "continuationToken": "a/b" })),
            (200, json!({ "auditLogEvents": [event(120, "user-login"), event(99, "organization-token-created")] })),
        ],
    );
    assert_eq!((rules, unread), (vec!["log-long-lived-token"], vec![]), "what lies before was not asked for");
    assert_eq!(asked[0], "/api/orgs/acme/auditlogs/v2?startTime=100&endTime=200");
    assert!(asked[1].ends_with("&continuationToken=a%2Fb"), "{asked:?}");
}

#[test]
fn a_page_that_fails_leaves_what_came_before_and_says_so() {
    let first = (200, json!({ "auditLogEvents": [event(150, "team-token-created")], "continuationToken": "a" }));
    for (status, told) in
        [(401, "not valid, or has expired"), (403, "audit_logs:read"), (404, "no organization `acme`")]
    {
        let (rules, unread, _) =
            judged(false, vec![first.clone(), (status, json!({ "code": status, "message": "no" }))]);
        assert_eq!(rules, ["log-long-lived-token"]);
        assert!(unread.len() == 1 && unread[0].contains(told), "{unread:?}");
    }
    let (rules, unread, _) =
        judged(false, vec![(200, json!({ "auditLogEvents": [event(150, "team-token-created"), { "event": 7 }] }))]);
    assert_eq!((rules.len(), unread.len()), (1, 1), "{unread:?}");
}

#[test]
fn deployments_are_asked_for_until_they_are_too_old() {
    let deployment = |second: u32| {
        let time = format!("1970-01-01 00:02:{second:02}.000");
        json!({ "id": "d", "version": 1, "created": time, "modified": time, "projectName": "shop", "stackName": "hosted", "pulumiOperation": "update", "initiator": "console", "requestedBy": { "githubLogin": "ada" }, "updates": [] })
    };
    let old = json!({ "id": "e", "version": 1, "created": "1970-01-01 00:01:00.000", "modified": "1970-01-01 00:01:00.000", "projectName": "shop", "stackName": "hosted", "pulumiOperation": "update", "requestedBy": {}, "updates": [] });
    let log = (200, json!({ "auditLogEvents": [] }));
    let (rules, unread, asked) = judged(
        true,
        vec![(200, json!({ "deployments": [deployment(10), old], "itemsPerPage": 100, "total": 500 })), log.clone()],
    );
    assert_eq!((rules, unread), (vec!["log-deployment-source"], vec![]));
    assert_eq!(asked.len(), 2, "{asked:?}");
    let (_, unread, asked) = judged(true, vec![(403, json!({ "code": 403, "message": "no" })), log]);
    assert!(unread.len() == 1 && asked.len() == 2, "the log is judged all the same: {unread:?}");
}
