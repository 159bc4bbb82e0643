//! Tokens as Azure issues them, and that each stage's admission admits its own token and no other.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use serde_json::{Value, from_str};
use stackgate_azure::Azure;
use stackgate_fixtures::{compare, waiver};
use stackgate_provider::plan::{Action, Plan, Stage, Tier, Trigger};
use stackgate_provider::yaml::{Limits, Reader, parse};
use stackgate_provider::{Admission, Claims, Issued, Provider, Situation};

use common::{CONNECTIONS, adapter, large, plan, small, stage};

const IDS: &str = "organization: acme\norganization_id: 3F2B1C5E-0d7a-4c7e-9c55-0b6a6a1f2e01\nproject: billing\n\
     project_id: 3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e02\npreview_definition_id: 11\ndeploy_definition_id: 12\n";
const REPOSITORY: &str = "repository_id: 3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e03\n";
const TENANT: &str = "tenant_id: 3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e09\n";

fn cases() -> Vec<(&'static str, String, Plan)> {
    let mut waived = large();
    waived.waivers = vec![waiver("gate-not-in-claims", "app/prod"), waiver("azure-preview-shares-token", "app")];
    vec![
        ("small", format!("{IDS}{REPOSITORY}"), small()),
        ("github", format!("{IDS}host: github\nrepository_id: acme/my.app"), small()),
        ("connections", format!("{IDS}{REPOSITORY}{TENANT}{CONNECTIONS}"), large()),
        ("old", format!("{IDS}{REPOSITORY}{CONNECTIONS}connection_issuer: azure-devops"), large()),
        ("waived", format!("{IDS}{REPOSITORY}"), waived),
    ]
}

/// Pulumi Cloud's patterns, written once more.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, rest) => rest.is_none(),
        (Some((b'*', after)), rest) => matches(after, text) || rest.is_some_and(|(_, rest)| matches(pattern, rest)),
        (Some((b'?', after)), rest) => matches(after, text) || rest.is_some_and(|(_, rest)| matches(after, rest)),
        (Some((one, after)), Some((letter, rest))) => (*one == b'.' || one == letter) && matches(after, rest),
        (Some(_), None) => false,
    }
}

fn admits(admission: &Admission, claims: &Claims) -> bool {
    let holds = |claim: &str, pattern: &str| {
        claims.get(claim).and_then(Value::as_str).is_some_and(|text| matches(pattern.as_bytes(), text.as_bytes()))
    };
    claims["iss"] == admission.issuer.as_str() && admission.rules.iter().all(|rule| holds(&rule.claim, &rule.pattern))
}

fn tokens(options: &str, plan: &Plan, stage: &Stage, situation: Situation) -> Vec<(String, Claims)> {
    let tokens = stackgate_fixtures::tokens(adapter(options).as_ref(), plan, stage, situation);
    tokens.into_iter().map(|token| (token.form, token.claims)).collect()
}

#[test]
fn every_stage_is_admitted_and_nothing_else_is() {
    for (name, options, plan) in cases() {
        let trust = adapter(&options).trust(&plan).unwrap();
        assert_eq!(trust.admissions.len(), plan.stages.len(), "{name}");
        for stage in &plan.stages {
            for situation in Situation::ALL {
                for (form, claims) in tokens(&options, &plan, stage, *situation) {
                    for admission in trust.admissions.iter().filter(|admission| admits(admission, &claims)) {
                        let preview = plan.stage(&admission.stage).unwrap().trigger == Trigger::ChangeRequest;
                        let fine = *situation == Situation::Intended || situation.is_change_request() && preview;
                        assert!(fine, "{name}: {} of {}, {situation:?} ({form})", admission.stage, stage.id);
                    }
                    let own = trust.admissions.iter().find(|admission| admission.stage == stage.id).unwrap();
                    // A change request's token is its preview's own.
                    let intended = tokens(&options, &plan, stage, Situation::Intended);
                    let starts = *situation == Situation::ChangeRequest && stage.trigger == Trigger::ChangeRequest;
                    let is_own = starts && intended.iter().any(|(_, own)| *own == claims);
                    assert_eq!(
                        admits(own, &claims),
                        is_own || *situation == Situation::Intended,
                        "{name}: {situation:?} ({form})"
                    );
                }
            }
        }
    }
}

#[test]
fn an_approval_that_no_claim_shows_is_a_hole_unless_waived() {
    let production = plan(vec![stage("app", "prod", Action::Deploy, Trigger::Push, Tier::Production)], Vec::new());
    let options = format!("{IDS}{REPOSITORY}");
    let bare = tokens(&options, &production, &production.stages[0], Situation::NoEnvironment);
    assert!(admits(&adapter(&options).trust(&production).unwrap().admissions[0], &bare[0].1));
    let connected = format!("{options}{TENANT}{CONNECTIONS}");
    let answer = adapter(&connected).claims(&production, &production.stages[0], Situation::NoEnvironment);
    assert!(matches!(answer, Issued::Same(why) if why.contains("approval")));
}

#[test]
fn tokens_are_those_of_the_examples() {
    let production = plan(
        vec![
            stage("app", "dev", Action::Deploy, Trigger::Push, Tier::Development),
            stage("app", "prod", Action::Deploy, Trigger::Push, Tier::Production),
        ],
        Vec::new(),
    );
    let options = "host: github\norganization: noahstride0304\norganization_id: 0ca3ddd9-f0b0-4635-a98c-5866526961b6\n\
         project: testing-azure-devops-join\nproject_id: 271ef6f7-5998-4b0f-86fb-4b54d9129990\ndeploy_definition_id: 1\n\
         repository_id: strideynet/azure-devops-testing\ntenant_id: ff882432-09b0-437b-bd22-ca13c0037ded\n\
         production_connection: { name: test-generic-sc, id: 64171687-7a59-4fce-b2c8-823278dcf176 }\n";
    let token = |options: &str, at: usize| {
        tokens(options, &production, &production.stages[at], Situation::Intended).remove(0).1
    };
    // The subject ends with the definition's name.
    let run = ["jti", "sub", "rpo_ver", "run_id", "nbf", "exp", "iat"];
    compare(&token(options, 0), include_str!("tokens/run.json"), &run);
    let entra = ["iat", "nbf", "exp", "aio", "oid", "rh", "uti"];
    compare(&token(options, 1), include_str!("tokens/connection.json"), &entra);
    let old = format!("{options}connection_issuer: azure-devops");
    compare(&token(&old, 1), include_str!("tokens/connection-old.json"), &["jti", "nbf", "exp", "iat"]);
    for (options, files) in [
        (options, [include_str!("tokens/run.json"), include_str!("tokens/connection.json")]),
        (&old, [include_str!("tokens/run.json"), include_str!("tokens/connection-old.json")]),
    ] {
        let trust = adapter(options).trust(&production).unwrap();
        for (admission, file) in trust.admissions.iter().zip(files) {
            assert!(admits(admission, &from_str(file).unwrap()), "{}", admission.stage);
        }
    }
}

#[test]
fn what_the_options_lack_is_told_at_once() {
    let missing = |options: &str, plan: &Plan| -> Vec<String> {
        let mut reader = Reader::default();
        let adapter = Azure.configure(&parse(options, &Limits::SPEC).unwrap(), &mut reader).unwrap();
        let found = adapter.trust(plan).unwrap_err();
        assert!(found.iter().all(|diagnostic| diagnostic.rule.id == "trust-id-missing" && diagnostic.help.is_some()));
        found.iter().filter_map(|one| one.message.split('`').nth(1).map(str::to_owned)).collect()
    };
    let run = ["organization", "organization_id", "project", "project_id", "repository_id"];
    let both = [&run[..], &["preview_definition_id", "deploy_definition_id"]].concat();
    assert_eq!(missing("{}", &small()), both);
    assert_eq!(missing(CONNECTIONS, &large()), [&both[..], &["tenant_id"]].concat());
    let old = format!("{CONNECTIONS}connection_issuer: azure-devops");
    assert_eq!(missing(&old, &large()), both);
    let production = plan(vec![stage("app", "prod", Action::Deploy, Trigger::Push, Tier::Production)], Vec::new());
    assert_eq!(missing(CONNECTIONS, &production), ["organization_id", "tenant_id"]);
    // A path where Azure Repos has a GUID admits nothing.
    assert_eq!(missing(&format!("{IDS}repository_id: acme/app"), &small()), ["acme/app"]);
}
