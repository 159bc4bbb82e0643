//! What these tests share: an organization as it would be, a server for it, and clients that do not wait long.

#![allow(dead_code, clippy::unwrap_used, reason = "not every test uses everything; a panic is a failed test")]

use std::path::Path;
use std::time::Duration;

use stackgate_access::{Fragment, Options as AccessOptions};
use stackgate_cloud::{Actual, Api, Client, Options, Origin, Token, Unknown, Wanted, read};
use stackgate_cloud_fixtures::{Server, TAKEN, World, applied};

/// A token that must be seen nowhere.
pub(crate) const TOKEN: &str = "pul-cafe0123456789abcdef0123456789abcdef0123";

/// An organization as it is after its declared access was applied.
pub(crate) fn world() -> World {
    let path = "../stackgate-access/tests/cases/organization/expected/fragment.json";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let options = AccessOptions { approvers: Some("security".into()), ..AccessOptions::default() };
    applied(&Fragment::from_json(&text).unwrap(), &options)
}

pub(crate) fn wanted(world: &World) -> Wanted {
    let origin = Origin { organization: world.organization.clone(), cloud_url: world.cloud_url.clone(), taken: TAKEN };
    Wanted {
        origin,
        stacks: world.stacks.keys().cloned().collect(),
        environments: world.environments.keys().cloned().collect(),
    }
}

/// Options under which a test takes no longer than it must.
pub(crate) fn quick() -> Options {
    Options { first_pause: Duration::from_millis(1), request_limit: Duration::from_secs(30), ..Options::default() }
}

pub(crate) fn client(server: &Server, options: &Options) -> Client {
    Client::new(&server.url(), Token::new(TOKEN).unwrap(), options).unwrap()
}

/// The organization as it is read through a server.
pub(crate) fn served(world: &World, prepare: impl FnOnce(&Server)) -> Actual {
    let server = Server::start(world.clone()).unwrap();
    prepare(&server);
    let actual = read(&client(&server, &quick()), &wanted(world), &mut ());
    assert_eq!(server.offences(), Vec::<String>::new());
    assert!(!format!("{actual:?}").contains(TOKEN), "the token is in the model");
    actual
}

/// The organization as it is read without a network.
pub(crate) fn direct(api: &dyn Api, world: &World) -> Actual {
    read(api, &wanted(world), &mut ())
}

/// Every part that is not known, by its question.
pub(crate) fn unknown(actual: &Actual) -> Vec<Unknown> {
    let mut all: Vec<Unknown> = Vec::new();
    let mut add = |unknown: Option<&Unknown>| all.extend(unknown.cloned());
    add(actual.defaults.unknown());
    add(actual.members.unknown());
    add(actual.teams.unknown());
    for team in actual.teams.here().into_iter().flat_map(|teams| teams.values()) {
        add(team.members.unknown());
        add(team.stacks.unknown());
        add(team.environments.unknown());
        add(team.roles.unknown());
        add(team.tokens.unknown());
    }
    add(actual.tokens.unknown());
    add(actual.issuers.unknown());
    for issuer in actual.issuers.here().into_iter().flat_map(|issuers| issuers.values()) {
        add(issuer.policies.unknown());
    }
    add(actual.roles.unknown());
    add(actual.stacks.unknown());
    for stack in actual.stacks.here().into_iter().flat_map(|stacks| stacks.values()) {
        add(stack.creator.unknown());
        add(stack.deployment.unknown());
    }
    add(actual.environments.unknown());
    for environment in actual.environments.here().into_iter().flat_map(|all| all.values()) {
        add(environment.gated_actions.unknown());
        add(environment.gates.unknown());
    }
    all
}
