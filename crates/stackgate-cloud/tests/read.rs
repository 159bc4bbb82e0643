//! An organization, read: through HTTP, from a saved directory, and page by page, it is one and the same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde_json::json;
use stackgate_cloud::{
    Approver, GateAction, Known, Progress, Refusal, Saved, Saver, StackLevel, TeamKind, audit_log, deployments, path,
    read,
};
use stackgate_cloud_fixtures::{OPERATOR, Server, contract};

use common::{TOKEN, client, direct, quick, served, unknown, wanted, world};

#[test]
fn every_answer_of_the_fixture_fits_the_document() {
    use stackgate_cloud::Api as _;
    let mut world = world();
    world.events = vec![json!({
        "timestamp": 1, "sourceIP": "192.0.2.1", "event": "team-created", "description": "d",
        "user": { "name": "A", "githubLogin": "a", "avatarUrl": "" },
    })];
    let mut faults = Vec::new();
    for path in world.questions().into_iter().chain([path::audit_log("acme", 0, 9), path::deployments("acme", 1)]) {
        let answer = world.get(&path).unwrap();
        if answer.status == 200 {
            faults.extend(contract::faults(&path, &answer.body));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_model_says_what_was_answered() {
    let world = world();
    let actual = served(&world, |_| {});
    assert_eq!(unknown(&actual), Vec::new());
    assert_eq!((actual.organization.as_str(), actual.taken), ("acme", world.taken));
    let defaults = actual.defaults.here().unwrap();
    assert_eq!(defaults.stacks, StackLevel::None);
    assert!(!defaults.members_can.create_stacks);

    let teams = actual.teams.here().unwrap();
    assert!(teams.keys().is_sorted());
    let team = &teams["network-production"];
    assert_eq!(team.kind, TeamKind::Pulumi);
    assert_eq!(team.members.here().unwrap().len(), 0);
    assert_eq!(team.stacks.here().unwrap()["network/production"], StackLevel::Write);
    let grant = &team.environments.here().unwrap()["network/production"];
    assert_eq!(grant.max_open_duration.as_deref(), Some("1h30m0s"));
    assert_eq!(teams["security"].kind, TeamKind::Scim);

    let issuers = actual.issuers.here().unwrap();
    assert!(issuers["https://ci.internal/oidc"].jwks.is_some());
    let policies = issuers["https://token.actions.githubusercontent.com"].policies.here().unwrap();
    assert!(policies.iter().any(|policy| policy.team_name.as_deref() == Some("network-preview")));

    let stack = &actual.stacks.here().unwrap()["network/production"];
    assert_eq!(stack.creator.here().unwrap().as_ref().unwrap().login, OPERATOR);
    assert_eq!(actual.stacks.here().unwrap()["network/dev"].deployment, Known::Here(None));

    let environment = &actual.environments.here().unwrap()["network/production"];
    assert!(environment.gated_actions.here().unwrap().contains(&GateAction::Update));
    let gate = &environment.gates.here().unwrap()[0];
    assert_eq!(
        (gate.actions.as_slice(), gate.approvals, gate.self_approval),
        (&[GateAction::Update][..], Some(1), false)
    );
    assert_eq!(gate.approvers, [Approver::Team("security".into())]);
}

#[test]
fn what_is_saved_reads_the_same() {
    let world = world();
    let server = Server::start(world.clone()).unwrap();
    let client = client(&server, &quick());
    let dir = tempfile::tempdir().unwrap();
    let saver = Saver::new(&client, dir.path(), wanted(&world).origin).unwrap();
    let live = read(&saver, &wanted(&world), &mut ());
    saver.finish().unwrap();
    let saved = Saved::open(dir.path()).unwrap();
    assert!(saved.is_complete());
    assert_eq!(read(&saved, &wanted(&world), &mut ()), live);
    assert_eq!(direct(&world, &world), live);
    // The generator writes its directories itself.
    let dir = tempfile::tempdir().unwrap();
    world.save(dir.path()).unwrap();
    assert_eq!(read(&Saved::open(dir.path()).unwrap(), &wanted(&world), &mut ()), live);
}

#[test]
fn small_pages_come_to_the_same() {
    let mut world = world();
    let whole = direct(&world, &world);
    world.page = 1;
    assert_eq!(served(&world, |_| {}), whole);
}

#[test]
fn every_request_is_a_get_with_the_token_and_the_version() {
    let world = world();
    let server = Server::start(world.clone()).unwrap();
    read(&client(&server, &quick()), &wanted(&world), &mut ());
    let seen = server.seen();
    for one in &seen {
        assert_eq!(one.method, "GET");
        assert_eq!(one.header("authorization"), Some(format!("token {TOKEN}").as_str()));
        assert_eq!(one.header("accept"), Some("application/vnd.pulumi+8"));
        assert_eq!(one.header("user-agent"), Some(concat!("stackgate/", env!("CARGO_PKG_VERSION"))));
        assert_eq!(one.header("accept-encoding"), Some("gzip"));
    }
    let paths: BTreeSet<&str> = seen.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths.len(), seen.len(), "a question was asked twice");
    let missing: Vec<&str> = paths.iter().copied().filter(|path| path::file(path).is_none()).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn ten_thousand_stacks_are_read_and_only_those_that_are_declared_are_asked() {
    let mut world = world();
    let declared = wanted(&world);
    for number in 0..10_000 {
        let name = format!("stack-{number}");
        let body =
            json!({ "id": name, "orgName": "acme", "projectName": "many", "stackName": name, "lastUpdate": number });
        world.stacks.insert(format!("many/{name}"), body);
    }
    let server = Server::start(world.clone()).unwrap();
    let actual = read(&client(&server, &quick()), &declared, &mut ());
    let stacks = actual.stacks.here().unwrap();
    assert_eq!(stacks.len(), 10_000 + declared.stacks.len());
    assert!(stacks.keys().is_sorted());
    assert_eq!(stacks["many/stack-7"].creator.unknown().unwrap().refusal, Refusal::NotAsked);
    assert_eq!(server.asked("/api/stacks/"), 2 * declared.stacks.len());
    assert_eq!(server.offences(), Vec::<String>::new());
}

#[test]
fn an_empty_organization_is_empty_and_known() {
    let mut world = world();
    world.teams.clear();
    world.issuers.clear();
    world.policies.clear();
    world.stacks.clear();
    world.environments.clear();
    world.members.clear();
    let actual = served(&world, |_| {});
    assert_eq!(unknown(&actual), Vec::new());
    assert_eq!(actual.teams.here().map(|teams| teams.len()), Some(0));
    assert_eq!(actual.environments.here().map(|all| all.len()), Some(0));
    assert_eq!(actual.tokens.here().map(Vec::len), Some(0));
}

#[test]
fn progress_ends_at_the_whole() {
    struct Heard(Vec<(String, usize, usize)>);
    impl Progress for Heard {
        fn at(&mut self, part: &str, answered: usize, of: usize) {
            self.0.push((part.to_owned(), answered, of));
        }
    }
    let world = world();
    let mut heard = Heard(Vec::new());
    read(&world, &wanted(&world), &mut heard);
    for (part, of) in [("teams", world.teams.len()), ("stacks", world.stacks.len())] {
        let last = heard.0.iter().rfind(|(name, _, _)| name == part).unwrap();
        assert_eq!((last.1, last.2), (of, of), "{part}");
    }
}

#[test]
fn the_audit_log_goes_on_from_where_it_stopped() {
    let mut world = world();
    world.page = 2;
    world.events = (0..7).map(|number| json!({
        "timestamp": 100 - number, "sourceIP": "192.0.2.1", "event": "team-created", "description": format!("{number}"),
        "user": { "name": "A", "githubLogin": "a", "avatarUrl": "" },
    })).collect();
    let server = Server::start(world).unwrap();
    let client = client(&server, &quick());
    let (mut texts, mut next) = (Vec::new(), None);
    let mut take = |page: stackgate_cloud::AuditPage| {
        texts.extend(page.events.iter().map(|event| event["description"].as_str().unwrap().to_owned()));
        next = page.continuation;
        if texts.len() == 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    audit_log(&client, "acme", (0, 200), None, &mut take).unwrap();
    let from = next.clone();
    let mut rest = |page: stackgate_cloud::AuditPage| {
        texts.extend(page.events.iter().map(|event| event["description"].as_str().unwrap().to_owned()));
        ControlFlow::Continue(())
    };
    audit_log(&client, "acme", (0, 200), from.as_deref(), &mut rest).unwrap();
    assert_eq!(texts, ["0", "1", "2", "3", "4", "5", "6"]);
    assert_eq!(server.offences(), Vec::<String>::new());
}

#[test]
fn deployments_come_by_numbered_pages() {
    let mut world = world();
    world.deployments = (0..150).map(|number| json!({ "id": number.to_string() })).collect();
    let first = deployments(&world, "acme", 1).unwrap();
    assert_eq!((first.deployments.len(), first.more), (100, true));
    let second = deployments(&world, "acme", 2).unwrap();
    assert_eq!((second.deployments.len(), second.more), (50, false));
    assert!(!deployments(&world, "acme", 3).unwrap().more);
}
