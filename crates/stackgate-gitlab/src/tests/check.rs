//! Diagnostics: options, gates, images, names; and what the controls and the checklist say.

use stackgate_provider::plan::{Plan, Tier, Trigger, Waiver, When};
use stackgate_provider::yaml::{Limits, Reader, parse};
use stackgate_provider::{Adapter, Control, Provider, Repository, Support};

use super::plans;
use crate::GitLab;

fn configure(options: &str) -> (Option<Box<dyn Adapter>>, Vec<&'static str>) {
    let node = parse(options, &Limits::SPEC).unwrap();
    let mut reader = Reader::new();
    let adapter = GitLab.configure(&node, &mut reader);
    (adapter, reader.into_diagnostics().iter().map(|diagnostic| diagnostic.rule.id).collect())
}

fn check(plan: &Plan, options: &str) -> Vec<&'static str> {
    let adapter = configure(options).0.unwrap();
    adapter.check(plan).iter().map(|diagnostic| diagnostic.rule.id).collect()
}

#[test]
fn options_are_checked() {
    for (options, rule) in [
        ("repository: platform", "gitlab-repository"),
        ("repository: acme/", "gitlab-repository"),
        ("url: http://gitlab.acme.dev", "gitlab-url"),
        ("url: https://gitlab.acme.dev/", "gitlab-url"),
        ("url: https://u@gitlab.acme.dev", "gitlab-url"),
        ("path: .gitlab-ci.yml", "gitlab-path"),
        ("path: ../ci/x.yml", "gitlab-path"),
        ("path: .gitlab/../x.yml", "gitlab-path"),
        ("path: pipelines/x.yml", "gitlab-path"),
        ("path: ci/x.yaml", "gitlab-path"),
        ("path: /ci/x.yml", "gitlab-path"),
        ("stage: deploy", "gitlab-stage"),
        ("{ path: ci/x.yml, stage: .post }", "gitlab-stage"),
        ("tags: [$TAG]", "gitlab-tags"),
        ("production_tags: [a, a]", "gitlab-tags"),
    ] {
        assert_eq!(configure(options).1, [rule], "{options}");
    }
    for options in
        ["path: pulumi.gitlab-ci.yml", "path: .gitlab/pulumi.yml", "repository: a/b/c", "url: https://git.acme.dev/gl"]
    {
        assert!(configure(options).1.is_empty(), "{options}");
    }
}

#[test]
fn a_gate_must_be_in_the_claims() {
    let mut plan = plans::tiers();
    assert_eq!(check(&plan, "{}"), ["gate-not-in-claims"]);
    assert_eq!(check(&plan, "premium: false"), ["gate-not-in-claims"]);
    assert!(check(&plan, "premium: true").is_empty());
    for place in ["app/production", "app", "gitlab"] {
        let waiver = |rule: &str| Waiver {
            rule: rule.into(),
            place: place.into(),
            reason: "Premium from January".into(),
            until: "2027-01-31".into(),
            span: Default::default(),
        };
        plan.waivers = vec![waiver("gate-not-in-claims")];
        assert!(check(&plan, "{}").is_empty(), "{place}");
        plan.waivers = vec![waiver("image-unpinned")];
        assert_eq!(check(&plan, "{}"), ["gate-not-in-claims"]);
    }
}

#[test]
fn images_names_and_numbers_are_checked() {
    let mut plan =
        plans::plan(vec![plans::preview("dev", &[]), plans::deploy("dev", Tier::Development, &[])], Vec::new());
    plan.stages.iter_mut().for_each(|stage| stage.runtime.image = None);
    assert_eq!(check(&plan, "{}"), ["image-unpinned"], "once a runtime");

    let jobs = ["pages", "pulumi-preview", "lint"].map(|id| plans::job(id, &[Trigger::Push], When::Before, "true"));
    let plan = plans::plan(vec![plans::deploy("dev", Tier::Development, &[])], jobs.into());
    assert_eq!(check(&plan, "{}"), ["gitlab-reserved-job", "gitlab-reserved-job"]);

    let stages = (0..51).map(|n| plans::deploy(&n.to_string(), Tier::Development, &[])).collect();
    let plan = plans::plan(stages, vec![plans::job("notify", &[Trigger::Push], When::After, "true")]);
    assert_eq!(check(&plan, "{}"), ["gitlab-needs"]);

    let paths: Vec<String> = (0..26).map(|n| format!("folder-{n}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let plan = plans::plan(vec![plans::preview("dev", &paths)], Vec::new());
    assert_eq!(check(&plan, "{}"), ["gitlab-paths"]);
}

#[test]
fn every_control_is_stated_once_and_honestly() {
    let plan = plans::tiers();
    for (options, gate) in [("premium: true", false), ("{}", true)] {
        let controls = configure(options).0.unwrap().realise(&plan).controls;
        assert_eq!(controls.iter().map(|(control, _)| *control).collect::<Vec<_>>(), Control::ALL);
        let support = controls.iter().find(|(control, _)| *control == Control::GateInClaims).unwrap();
        assert_eq!(matches!(support.1, Support::Impossible(_)), gate);
    }
}

#[test]
fn the_checklist_knows_the_project_and_the_mode() {
    let plan = plans::tiers();
    let text = |options: &str| format!("{:#?}", configure(options).0.unwrap().checklist(&plan));
    let own = text("{ url: https://git.acme.dev, project_id: 99, premium: true, path: ci/pulumi.yml }");
    for part in [
        "GITLAB_HOST=git.acme.dev glab api",
        "projects/99/protected_environments",
        "include: { local: /ci/pulumi.yml }",
    ] {
        assert!(own.contains(part), "{part:?} is missing");
    }
    let free = text("repository: acme/platform");
    assert!(
        free.contains("projects/acme%2Fplatform/") && free.contains("Know who may merge") && !free.contains("include:")
    );
}

#[test]
fn a_repository_is_known_by_host_or_file() {
    let repository = |host: Option<&str>, files: &[&str]| Repository {
        host: host.map(str::to_owned),
        path: Some("acme/platform".into()),
        files: files.iter().map(|file| (*file).to_owned()).collect(),
    };
    let value = |detection: &stackgate_provider::Detection, key: &str| {
        detection.options.iter().find(|line| line.key == key).and_then(|line| line.value.clone())
    };
    assert!(GitLab.detect(&repository(Some("github.com"), &["ci/x.yml"])).because.is_none());
    let found = GitLab.detect(&repository(Some("gitlab.com"), &[]));
    assert!(found.hosted && value(&found, "url").is_none() && value(&found, "path").is_none());
    let found = GitLab.detect(&repository(Some("gitlab.acme.dev"), &[".gitlab-ci.yml"]));
    assert_eq!(value(&found, "url").unwrap(), "https://gitlab.acme.dev");
    assert_eq!(value(&found, "path").unwrap(), ".gitlab/ci/pulumi.yml");
    let found = GitLab.detect(&repository(Some("github.com"), &[".gitlab-ci.yml"]));
    assert!(!found.hosted && value(&found, "repository").is_none());
}
