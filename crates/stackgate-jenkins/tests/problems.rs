//! What is wrong with options and plans is told by rule and place, and waivers lift what they may.

#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

mod common;

use common::{adapter, everything, job, plan, problems, stage, three, waive};
use stackgate_jenkins::Jenkins;
use stackgate_provider::diagnostic::Severity;
use stackgate_provider::plan::{Action, Plan, Trigger, When};
use stackgate_provider::{Control, Provider, Repository};

fn check(options: &str, plan: &Plan) -> Vec<&'static str> {
    adapter(options).check(plan).iter().map(|diagnostic| diagnostic.rule.id).collect()
}

#[test]
fn options_are_checked() {
    let wrong = [
        ("url: http://jenkins.example.com", "jenkins-address"),
        ("url: https://jenkins.example.com/", "jenkins-address"),
        ("job: team/../app", "jenkins-address"),
        ("{ job: a/b, production_job: a/b }", "jenkins-address"),
        ("path: pipelines/Jenkinsfile", "jenkins-path"),
        ("path: ../Jenkinsfile", "jenkins-path"),
        ("path: jenkins/../Jenkinsfile", "jenkins-path"),
        ("path: Jenkinsfile.production", "jenkins-path"),
        ("path: Jenkinsfile.PRODUCTION", "jenkins-path"),
        ("production_path: ci/pulumi.groovy", "jenkins-path"),
        ("label: a && b", "jenkins-label"),
        ("production_label: \"!x\"", "jenkins-label"),
        ("credential: a b", "jenkins-credential"),
        ("credential: pulumi-oidc-production", "jenkins-credential"),
        ("production_credential: pulumi-oidc", "jenkins-credential"),
        ("approvers: [\"a,b\"]", "jenkins-approvers"),
        ("approvers: [\"\"]", "jenkins-approvers"),
        ("wait_hours: 0", "jenkins-wait"),
        ("wait_hours: 721", "jenkins-wait"),
        ("{ production: same-job, production_path: ci/Jenkinsfile }", "jenkins-unused"),
        ("{ production: same-job, production_job: a/b }", "jenkins-unused"),
    ];
    for (options, rule) in wrong {
        assert_eq!(problems(options), [rule], "{options}");
    }
    let right = [
        "{}",
        "{ url: \"https://ci.example.com:8443/jenkins\", job: team/app, production_job: production/app }",
        "{ path: ci/Jenkinsfile.pulumi, production_path: jenkins/Jenkinsfile }",
        "{ production: same-job, credential: a, production_credential: a }",
        "{ approvers: [\"acme*platform leads\", alice@example.com, \"CN=x\"], wait_hours: 720 }",
    ];
    for options in right {
        assert!(problems(options).is_empty(), "{options}");
    }
}

#[test]
fn plans_are_checked() {
    let leads = "approvers: [leads]";
    assert!(check(leads, &three()).is_empty());
    assert_eq!(check("{}", &three()), ["jenkins-approvers"]);
    assert!(check("{}", &plan(vec![stage(Action::Deploy, Trigger::Push, "app", "dev")])).is_empty());
    let mut branch = three();
    branch.branch = "release/1".into();
    assert_eq!(check(leads, &branch), ["jenkins-branch"]);
    let mut unpinned = three();
    unpinned.stages[2].runtime.image = None;
    assert_eq!(check(leads, &unpinned), ["image-unpinned"]);
    assert!(check("{ approvers: [leads], agent: label }", &unpinned).is_empty());
    let shared = adapter("{ approvers: [leads], production_label: pulumi }").check(&three());
    assert_eq!(shared.len(), 1);
    assert_eq!((shared[0].rule.id, shared[0].severity), ("jenkins-shared-agents", Severity::Warning));
    let other = Plan { stages: three().stages.into_iter().map(|stage| provider(stage, "github")).collect(), ..three() };
    assert!(check("{}", &other).is_empty());
}

fn provider(mut stage: stackgate_provider::plan::Stage, provider: &str) -> stackgate_provider::plan::Stage {
    stage.provider = provider.into();
    stage
}

#[test]
fn waivers_lift_what_they_may() {
    let same = "{ approvers: [leads], production: same-job }";
    assert_eq!(check(same, &three()), ["gate-not-in-claims"]);
    for place in ["app/production", "app", "jenkins"] {
        assert!(check(same, &waive(three(), "gate-not-in-claims", place)).is_empty());
    }
    assert_eq!(check(same, &waive(three(), "gate-not-in-claims", "app/dev")), ["gate-not-in-claims"]);
    let leads = "approvers: [leads]";
    assert_eq!(check(leads, &everything()), ["jenkins-after-jobs"; 2]);
    assert!(check(leads, &waive(everything(), "jenkins-after-jobs", "jenkins")).is_empty());
    let mut before = three();
    before.jobs = vec![job("lint", When::Before, &[Trigger::Push])];
    assert!(check(leads, &before).is_empty());
}

#[test]
fn controls_and_checklists_are_complete() {
    for (name, plan, adapter) in common::cases() {
        let controls: Vec<Control> = adapter.realise(&plan).controls.into_iter().map(|(control, _)| control).collect();
        assert_eq!(controls, Control::ALL, "{name}");
        let items = adapter.checklist(&plan);
        assert!(
            items.iter().all(|item| !item.what.is_empty() && item.why.ends_with('.') && !item.how.is_empty()),
            "{name}"
        );
    }
    assert!(adapter("{}").checklist(&plan(Vec::new())).is_empty());
}

#[test]
fn a_jenkinsfile_speaks_for_jenkins() {
    let detect = |files: &[&str]| {
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        Jenkins.detect(&Repository { files, ..Repository::default() })
    };
    assert!(detect(&["Pulumi.yaml", "src/Jenkinsfile"]).because.is_none());
    let found = detect(&["README.md", "Jenkinsfile", "ci/Jenkinsfile.test"]);
    assert_eq!(found.existing, ["Jenkinsfile", "ci/Jenkinsfile.test"]);
    assert!(!found.hosted);
}
