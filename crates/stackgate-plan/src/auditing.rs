//! The scheduled audit of an organization, resolved: what runs, as whom, and what fails it.
//!
//! What must hold: it has a plan of its own with one stage in it, so that rendering, trust and proof treat it as they treat a
//! deploy; that stage's class reaches no stack, whatever team another repository names. Deliberately absent: what the
//! auditor's team may read, which `stackgate-access` grants.

use std::sync::Arc;

use serde::Serialize;
use stackgate_diagnostic::Span;
use stackgate_spec::{Auditing as Given, FailOn};

use crate::model::{
    Action, Execution, Language, Places, Plan, Runtime, Stage, TeamToken, Tier, Trigger, TrustClass, Waiver,
};
use crate::pins::Pins;

/// The id of the one stage.
pub const AUDIT: &str = "audit";
/// How far back each run reads the logs: more than a week. No state is carried from run to run: whatever kept it would be code
/// or a store of others beside the token, and a finding is to stay until somebody deals with it.
const SINCE: &str = "8d";

/// What the scheduled pipeline does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Auditing {
    /// Five fields of cron, in UTC.
    pub cron: String,
    /// The release of stackgate that runs.
    pub version: String,
    /// SHA-256 of its file for Linux on x64.
    pub sha256: String,
    /// The address that the file is downloaded from.
    pub download: String,
    /// The file of findings that are known, relative to the repository's root.
    pub baseline: String,
    /// The least level of a new finding that fails the pipeline.
    pub fail_on: String,
    /// How far back the logs are read.
    pub since: String,
    /// Who applies the access program, by user name or by the name of a token: their changes are expected in the logs.
    pub operators: Vec<String>,
    /// After how many days without a deployment a declared pipeline is silent; its own past decides where there is none.
    pub quiet_days: Option<u64>,
    /// The time limit of the job in minutes, which is the token's life too.
    pub minutes: u32,
}

/// What the spec of an organization says besides, for [`audit_plan`].
#[derive(Debug, Clone)]
pub struct AuditContext<'a> {
    /// The Pulumi organization.
    pub organization: &'a str,
    /// The base URL of Pulumi Cloud's API.
    pub cloud_url: &'a str,
    /// The spec's path relative to the repository's root.
    pub spec_path: &'a str,
    /// The provider that runs it.
    pub provider: &'static str,
    /// Where the spec names it.
    pub place: Span,
    /// The spec's waivers.
    pub waivers: &'a [Waiver],
    /// The pin table.
    pub pins: &'a Arc<Pins>,
}

/// The plan of the scheduled audit; nothing where a value that it needs could not be read, which was reported, or where the
/// pin table lacks the CLI's row.
#[must_use]
pub fn audit_plan(given: &Given, context: &AuditContext<'_>) -> Option<Plan> {
    let release = given.stackgate.get()?;
    let (version, from) = (release.version.get()?, release.from.get()?);
    let team = given.team.get()?;
    let minutes = given.timeout.given().map_or(30, |minutes| minutes.value.0);
    let auditing = Auditing {
        cron: given.schedule.get()?.to_string(),
        version: version.to_string(),
        sha256: release.sha256.get()?.to_string(),
        download: format!("{from}/v{version}/stackgate-x86_64-unknown-linux-musl"),
        baseline: given.baseline.given().map_or_else(|| "audit-baseline.json".into(), ToString::to_string),
        fail_on: given.fail_on.given().map_or(FailOn::Low, |level| level.value).as_str().into(),
        since: SINCE.into(),
        operators: given.operators.items().map(ToString::to_string).collect(),
        quiet_days: given.quiet_days.given().map(|days| days.value),
        minutes,
    };
    let places = Places {
        stack: context.place,
        team: team.span,
        environment: context.place,
        provider: context.place,
        runtime: context.place,
    };
    let (version, image) = context.pins.runtime(Language::Yaml, None);
    let stage = Stage {
        id: AUDIT.into(),
        name: AUDIT.into(),
        project: AUDIT.into(),
        stack: context.organization.into(),
        action: Action::Audit,
        execution: Execution::Cli,
        trigger: Trigger::Schedule,
        tier: Tier::Production,
        class: TrustClass::Audit,
        provider: context.provider.into(),
        token: TeamToken {
            team: team.to_string(),
            audience: format!("urn:pulumi:org:{}", context.organization),
            lifetime_seconds: minutes * 60,
        },
        environment: None,
        gate: None,
        lock: None,
        after: Vec::new(),
        timeout_minutes: minutes,
        stop_after_seconds: minutes * 60,
        runtime: Runtime { language: Language::Yaml, version, image },
        directory: ".".into(),
        paths: Vec::new(),
        prepare: Vec::new(),
        esc: Vec::new(),
        references: Vec::new(),
        places,
    };
    Some(Plan {
        organization: context.organization.into(),
        cloud_url: context.cloud_url.into(),
        branch: given.branch.given().map_or_else(|| "main".into(), ToString::to_string),
        spec_path: context.spec_path.into(),
        cli: context.pins.cli(&context.pins.cli.default)?,
        stages: vec![stage],
        jobs: Vec::new(),
        access: Default::default(),
        deployments: Vec::new(),
        stacks: Vec::new(),
        waivers: context.waivers.to_vec(),
        auditing: Some(auditing),
        pins: Arc::clone(context.pins),
    })
}
