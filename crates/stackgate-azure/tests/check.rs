//! What is refused, and what a waiver lets through.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use stackgate_azure::Azure;
use stackgate_provider::plan::{Action, Tier, Trigger};
use stackgate_provider::{Provider, Repository};

use common::{CONNECTIONS, complaints, large, plan, small, stage};
use stackgate_fixtures::waiver;

#[test]
fn production_needs_a_connection_or_a_waiver() {
    assert_eq!(complaints("{}", &small()), [""; 0]);
    assert_eq!(complaints(CONNECTIONS, &large()), [""; 0]);
    assert_eq!(complaints("{}", &large()), ["azure-preview-shares-token", "gate-not-in-claims"]);
    let mut waived = large();
    waived.waivers = vec![waiver("gate-not-in-claims", "app/prod"), waiver("azure-preview-shares-token", "app")];
    assert_eq!(complaints("{}", &waived), [""; 0]);
    let own = "production_connections: { app/prod: { name: x, id: 11111111-2222-3333-4444-555555555555 } }";
    assert_eq!(complaints(own, &large()), ["azure-preview-shares-token"]);
    let production = plan(vec![stage("app", "prod", Action::Preview, Trigger::Push, Tier::Production)], Vec::new());
    assert_eq!(complaints("{}", &production), [""; 0], "no other job shares its claims");
}

#[test]
fn ids_that_would_become_one_are_refused() {
    let deploy = |project: &str, stack: &str| stage(project, stack, Action::Deploy, Trigger::Push, Tier::Development);
    let mut second = deploy("a", "b_c");
    second.environment = Some("other".into());
    assert_eq!(complaints("{}", &plan(vec![deploy("a", "b-c"), second], Vec::new())), ["azure-stage-id"]);
    let mut long = deploy("a", "b");
    long.environment = Some("e".repeat(65));
    assert_eq!(complaints("{}", &plan(vec![long], Vec::new())), ["azure-environment"]);
    let mut renamed = large();
    renamed.jobs[0].id = "Changes".into();
    assert_eq!(complaints(CONNECTIONS, &renamed), ["azure-stage-id"]);
}

#[test]
fn options_are_checked() {
    let wrong = [
        ("organization: -x", "azure-identity"),
        ("organization_id: 12", "azure-identity"),
        ("project: \"a/b\"", "azure-identity"),
        ("project_id: x", "azure-identity"),
        ("repository_id: \"$(x)\"", "azure-identity"),
        ("{ preview_definition_id: 3, deploy_definition_id: 3 }", "azure-definitions"),
        ("preview_pool: \"$(pool)\"", "azure-pool"),
        ("image: ubuntu-latest", "azure-pool"),
        ("pool: mine", "azure-shared-pool"),
        ("{ pool: a, preview_pool: b, image: ubuntu-24.04 }", "azure-pool"),
        ("production_connection: { name: x, id: 11111111-2222-3333-4444-555555555555 }", "azure-connection"),
        (
            "production_connections: { app/dev: { name: x, id: 11111111-2222-3333-4444-555555555555 } }",
            "azure-connection",
        ),
        ("path: .github/workflows", "unknown-value"),
        ("host: gitlab", "unknown-value"),
    ];
    for (options, rule) in wrong {
        assert_eq!(complaints(options, &small()), [rule], "{options}");
    }
    let mut long = small();
    long.stages[1].timeout_minutes = 361;
    assert_eq!(complaints("{}", &long), ["azure-time-limit"]);
    long.stages.remove(0);
    assert_eq!(complaints("pool: mine", &long), [""; 0]);
    let same = CONNECTIONS.replace("666666666666", "555555555555");
    assert_eq!(complaints(&same, &large()), ["azure-connection"]);
    let malformed =
        CONNECTIONS.replace("11111111-2222-3333-4444-666666666666", "x").replace("Pulumi production", "\"$(x)\"");
    assert_eq!(complaints(&malformed, &large()), ["azure-connection", "azure-connection"]);
}

#[test]
fn a_remote_tells_organization_and_project() {
    let remotes = [
        ("dev.azure.com", "acme/My%20Project/_git/infra", "My Project"),
        ("ssh.dev.azure.com", "v3/acme/platform/infra", "platform"),
        ("acme.visualstudio.com", "DefaultCollection/platform/_git/infra", "platform"),
        ("vs-ssh.visualstudio.com", "v3/acme/platform/infra", "platform"),
        ("acme.visualstudio.com", "_git/infra", "infra"),
    ];
    for (host, path, project) in remotes {
        let repository = Repository { host: Some(host.into()), path: Some(path.into()), files: Vec::new() };
        let found = Azure.detect(&repository);
        let value = |key| found.options.iter().find(|line| line.key == key).and_then(|line| line.value.clone());
        assert!(found.hosted, "{host}");
        assert_eq!(value("organization").as_deref(), Some("acme"), "{host}/{path}");
        assert_eq!(value("project").as_deref(), Some(project), "{host}/{path}");
    }
    let files = vec!["ci/azure-pipelines-build.yaml".to_owned(), "README.md".into()];
    let github = Azure.detect(&Repository { host: Some("github.com".into()), path: Some("acme/x".into()), files });
    assert_eq!((github.hosted, github.existing.len()), (false, 1));
    assert_eq!(github.options[0].value.as_deref(), Some("github"));
    assert!(Azure.detect(&Repository::default()).because.is_none());
}
