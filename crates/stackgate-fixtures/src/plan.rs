//! Plans and stages without a spec.
//!
//! What must hold: what a stage is follows from its action, its trigger and its tier, as in lowering.

use stackgate_provider::plan::{
    Action, Execution, Gate, Language, Pins, Places, PlainJob, Plan, Runtime, Stage, TeamToken, Tier, Trigger,
    TrustClass, Waiver,
};
use stackgate_provider::templates;

fn pins() -> Pins {
    Pins::parse(templates::PINS).unwrap()
}

/// The runtime of a language at its default version.
///
/// # Panics
/// When its image has no digest.
pub fn runtime(language: Language) -> Runtime {
    let (version, image) = pins().runtime(language, None);
    assert!(image.as_ref().is_some_and(|image| image.pinned().contains("@sha256:")));
    Runtime { language, version, image }
}

/// A stage of `project/stack`. The deploy of a stack called `staging` is run by Pulumi Deployments.
pub fn stage(provider: &str, project: &str, stack: &str, action: Action, trigger: Trigger, tier: Tier) -> Stage {
    let verb = match (action, trigger) {
        (Action::Deploy, _) => "deploy",
        (Action::Preview, Trigger::Push) => "plan",
        (Action::Preview, Trigger::ChangeRequest) => "preview",
        (Action::Preview, Trigger::Schedule) | (Action::Audit, _) => "audit",
    };
    let (deploys, production) = (action == Action::Deploy, tier == Tier::Production);
    let name = format!("{project}-{stack}");
    let own = if deploys { name.clone() } else { format!("{name}-preview") };
    Stage {
        id: format!("{verb}-{name}"),
        name,
        project: project.into(),
        stack: stack.into(),
        action,
        execution: match (stack, action) {
            ("staging", Action::Deploy) => Execution::Deployments { request: "{\"operation\":\"update\"}".into() },
            _ => Execution::Cli,
        },
        trigger,
        tier,
        class: match (trigger, production) {
            (Trigger::ChangeRequest, _) => TrustClass::ChangeRequest,
            (Trigger::Schedule, _) => TrustClass::Audit,
            (Trigger::Push, false) => TrustClass::Development,
            (Trigger::Push, true) => TrustClass::Production,
        },
        provider: provider.into(),
        token: TeamToken { team: own.clone(), audience: "urn:pulumi:org:acme".into(), lifetime_seconds: 3600 },
        environment: (trigger == Trigger::Push).then_some(own),
        gate: (production && deploys).then_some(Gate::Approval),
        lock: deploys.then(|| format!("acme/{project}/{stack}")),
        after: Vec::new(),
        timeout_minutes: 60,
        stop_after_seconds: 3300,
        runtime: runtime(Language::Nodejs),
        directory: project.into(),
        paths: Vec::new(),
        prepare: Vec::new(),
        esc: Vec::new(),
        references: Vec::new(),
        places: Places::default(),
    }
}

/// A plan of these stages and jobs, deployed from `main`.
pub fn plan(stages: Vec<Stage>, jobs: Vec<PlainJob>) -> Plan {
    let pins = pins();
    Plan {
        organization: "acme".into(),
        cloud_url: "https://api.pulumi.com".into(),
        branch: "main".into(),
        spec_path: "stackgate.yaml".into(),
        cli: pins.cli(&pins.cli.default).unwrap(),
        stages,
        jobs,
        access: Default::default(),
        deployments: Vec::new(),
        stacks: Vec::new(),
        waivers: Vec::new(),
        auditing: None,
        pins: pins.into(),
    }
}

/// A waiver that has not ended.
pub fn waiver(rule: &str, place: &str) -> Waiver {
    Waiver {
        rule: rule.into(),
        place: place.into(),
        reason: "a test".into(),
        until: "2099-01-01".into(),
        span: Default::default(),
    }
}
