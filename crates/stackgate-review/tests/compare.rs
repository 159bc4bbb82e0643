//! The whole comparison: nothing where there is nothing, and unknown where nothing can be said.

mod common;

use common::{Shown, declared, world};
use stackgate_review::{Class, compare};

#[test]
fn an_organization_exactly_as_declared_has_no_difference() {
    let declared = declared();
    assert_eq!(Shown::new(world(&declared), "").differences(&declared), []);
}

/// Every question of the review, refused one at a time, makes something unknown, and nothing else of it fine or wrong.
#[test]
fn what_may_not_be_read_is_unknown_and_never_fine() {
    let declared = declared();
    let world = world(&declared);
    let asked = world.questions();
    // A team is asked for by itself, and an environment for its settings, only where the list says too little.
    let asked: Vec<&String> = asked
        .iter()
        .filter(|path| !path.ends_with("/settings") || path.contains("/deployments/"))
        .filter(|path| !path.contains("/teams/") || path.contains("/tokens"))
        .filter(|path| !path.ends_with("/metadata") || path.contains("/orgs/"))
        .collect();
    assert!(asked.len() > 10, "{asked:?}");
    for path in asked {
        for status in [401, 403, 500] {
            let line =
                serde_json::json!({ "path": path, "status": status, "body": { "code": status, "message": "no" } });
            let found = Shown::new(world.clone(), &line.to_string()).differences(&declared);
            assert!(
                found.iter().any(|one| one.rule.id == "review-unread" && one.class == Class::Unknown),
                "{path} {status}: {found:#?}"
            );
            assert!(found.iter().all(|one| one.class == Class::Unknown), "{path} {status}: {found:#?}");
        }
    }
}

#[test]
fn the_worst_comes_first_and_always_in_one_order() {
    let declared = declared();
    let text = r#"
        {"path": "/api/orgs/acme/metadata", "body": {"membersCanCreateStacks": true, 
          "features": {"auditLogsEnabled": false}}}
        {"path": "/api/orgs/acme/tokens?filter=all", "body": {"tokens": [{"id": "t", "name": "n", "createdBy": "e",
          "created": "2025-01-01T00:00:00Z", "expires": 0, "lastUsed": 0, "admin": true}]}}"#;
    let shown = Shown::new(world(&declared), text);
    let found = shown.differences(&declared);
    let ids: Vec<&str> = found.iter().map(|one| one.rule.id).collect();
    assert_eq!(ids, ["long-lived-token-exists", "member-rights", "audit-logs-off", "long-lived-token-unused"]);
    assert_eq!(found, compare(&declared, &shown.actual(&declared), stackgate_cloud_fixtures::TAKEN));
}

/// A gate before opening is declared by `gate_open` alone.
#[test]
fn gates_of_opening_are_wanted_where_they_are_declared() {
    let without = declared();
    let mut with = declared();
    with.gate_open = true;
    let found = Shown::new(world(&without), "").differences(&with);
    let ids: Vec<&str> = found.iter().map(|one| one.rule.id).collect();
    assert_eq!(ids, ["gate-missing"]);
    assert!(found[0].what.contains("opening"), "{}", found[0].what);
    assert_eq!(Shown::new(world(&with), "").differences(&with), []);
    let ids: Vec<&str> = Shown::new(world(&with), "").differences(&without).iter().map(|one| one.rule.id).collect();
    assert_eq!(ids, ["gate-not-declared"]);
}
