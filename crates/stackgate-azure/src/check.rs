//! What is wrong with a plan on Azure: names that it cannot take, a gate that no claim shows, tokens and pools shared.
//!
//! What must hold: every diagnostic has the place in the spec that it is about, and whatever can be waived asks the plan. Characters
//! are not checked here: lowering refuses every name that Azure could not take once `-` is written as `_`.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::diagnostic::{Diagnostic, Limit, Rule, Span};
use stackgate_provider::plan::{Action, Language, Plan, Stage, Trigger, TrustClass};

use crate::options::Options;
use crate::{ID, rules, words};

/// Microsoft publishes no limit on an environment's name; this is the cautious one.
pub(crate) const ENVIRONMENT: Limit = Limit::new("characters of an environment's name", 64, &rules::ENVIRONMENT);

/// The longest that a job may take on an agent of Microsoft's.
pub(crate) const HOSTED: Limit = Limit::new("minutes of a job on Microsoft's own agents", 360, &rules::TIME_LIMIT);

pub(crate) fn check(plan: &Plan, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    identifiers(plan, &mut diagnostics);
    for job in plan.jobs.iter().filter(|job| job.provider == ID) {
        let hosted = job.triggers.iter().any(|trigger| options.pool(*trigger).is_none());
        time_limit(hosted, &job.id, job.timeout_minutes, job.place, &mut diagnostics);
    }
    for stage in plan.stages_of(ID) {
        environment(stage, &mut diagnostics);
        java(stage, &mut diagnostics);
        let hosted = options.pool(stage.trigger).is_none();
        time_limit(hosted, &stage.reference(), stage.timeout_minutes, stage.places.stack, &mut diagnostics);
        gate(plan, options, stage, &mut diagnostics);
        shared_token(plan, options, stage, &mut diagnostics);
    }
    connections(plan, options, &mut diagnostics);
    shared_pool(plan, options, &mut diagnostics);
    diagnostics
}

/// Stages and jobs share one namespace in each file. All are checked as one: a name that is free in one file today and
/// taken in the other would be taken as soon as a job runs in both. Two stacks that collide are told so once, and ids that
/// differ in case alone not at all: lowering told those.
fn identifiers(plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    let mut told: BTreeSet<(Span, Span)> = BTreeSet::new();
    let stages =
        plan.stages_of(ID).map(|stage| (stage.id.as_str(), stage.places.stack, "give the stack another `name`"));
    let jobs = plan.jobs.iter().filter(|job| job.provider == ID);
    let jobs = jobs.map(|job| (job.id.as_str(), job.place, "give the job another name"));
    for (id, place, help) in stages.chain(jobs) {
        let identifier = words::identifier(id);
        let key = identifier.to_ascii_lowercase();
        if key == words::CHANGES {
            let message = format!("`{id}` is the id of a stage of the pipelines themselves");
            diagnostics.push(Diagnostic::error(&rules::STAGE_ID, place, message).help(help));
        } else if let Some((other, span)) = taken.get(&key) {
            if !id.eq_ignore_ascii_case(other) && told.insert((place, *span)) {
                let message = format!("`{id}` and `{other}` would both be the stage `{identifier}`");
                let diagnostic = Diagnostic::error(&rules::STAGE_ID, place, message);
                diagnostics.push(diagnostic.related(*span, "the other one is here").help(help));
            }
        } else {
            taken.insert(key, (id, place));
        }
    }
}

fn environment(stage: &Stage, diagnostics: &mut Vec<Diagnostic>) {
    let Some(name) = stage.environment.as_ref().filter(|name| name.len() > ENVIRONMENT.most) else { return };
    let message = format!("the environment `{name}` has {} characters, more than {}", name.len(), ENVIRONMENT.most);
    let help = "give the stack a shorter `name`, or write a shorter `environment`";
    diagnostics.push(Diagnostic::error(&rules::ENVIRONMENT, stage.places.environment, message).help(help));
}

fn java(stage: &Stage, diagnostics: &mut Vec<Diagnostic>) {
    let version = stage.runtime.version.as_str();
    let major = words::java_major(version);
    let notice = Diagnostic::notice(
        &rules::JAVA_VERSION,
        stage.places.runtime,
        format!("Azure takes the image's own release of Java {major}, not {version}"),
    )
    .help("rely on the major version alone, or prepare a pool of your own that carries the release");
    // One runtime serves every stage of a project.
    if stage.runtime.language == Language::Java && major != version && !diagnostics.contains(&notice) {
        diagnostics.push(notice);
    }
}

fn time_limit(hosted: bool, what: &str, minutes: u32, place: Span, diagnostics: &mut Vec<Diagnostic>) {
    if hosted && minutes as usize > HOSTED.most {
        let message =
            format!("Microsoft's agents end a job after {} minutes, and `{what}` may take {minutes}", HOSTED.most);
        let help = "write a `timeout` of at most `6h`, or the `pool` of agents of your own";
        diagnostics.push(Diagnostic::error(&rules::TIME_LIMIT, place, message).help(help));
    }
}

fn gate(plan: &Plan, options: &Options, stage: &Stage, diagnostics: &mut Vec<Diagnostic>) {
    let deploys = stage.action == Action::Deploy && words::is_production(stage);
    if deploys && options.connection(stage).is_none() && !waived(plan, &rules::GATE_NOT_IN_CLAIMS, stage) {
        let message = format!("no claim of the OIDC token shows that `{}` was approved", stage.reference());
        let help = format!(
            "add `production_connection: {{ name: NAME, id: GUID }}` to the options of `{ID}`, a service connection with an approval, or waive `{}` for `{}`",
            rules::GATE_NOT_IN_CLAIMS.id,
            stage.reference()
        );
        diagnostics.push(Diagnostic::error(&rules::GATE_NOT_IN_CLAIMS, stage.places.stack, message).help(help));
    }
}

fn shared_token(plan: &Plan, options: &Options, stage: &Stage, diagnostics: &mut Vec<Diagnostic>) {
    let previews = stage.action == Action::Preview && stage.trigger == Trigger::Push && words::is_production(stage);
    let lesser = words::stages(plan, Trigger::Push).into_iter().find(|other| other.class < TrustClass::Production);
    if let Some(lesser) = lesser
        && previews
        && options.connection(stage).is_none()
        && !waived(plan, &rules::PREVIEW_SHARES_TOKEN, stage)
    {
        let message = format!(
            "the job of `{}` could mint the token of the preview of `{}`",
            lesser.reference(),
            stage.reference()
        );
        let help = format!(
            "add `production_preview_connection: {{ name: NAME, id: GUID }}` to the options of `{ID}`, a service connection without an approval, or waive `{}` for `{}`",
            rules::PREVIEW_SHARES_TOKEN.id,
            stage.reference()
        );
        diagnostics.push(Diagnostic::error(&rules::PREVIEW_SHARES_TOKEN, stage.places.stack, message).help(help));
    }
}

fn connections(plan: &Plan, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    let mut pushes = words::stages(plan, Trigger::Push);
    pushes.retain(|stage| words::is_production(stage));
    for (stack, span, _) in options.production_connections.iter().flat_map(|table| table.iter()) {
        if !pushes.iter().any(|stage| stage.action == Action::Deploy && stage.reference() == stack) {
            let message = format!("`{stack}` is no production stack that Azure deploys");
            diagnostics.push(
                Diagnostic::error(&rules::CONNECTION, span, message)
                    .help("write `project/stack` of one, or drop the line"),
            );
        }
    }
    let unused = |action: Action| !pushes.iter().any(|stage| stage.action == action);
    for (connection, action, what) in [
        (&options.production_connection, Action::Deploy, "deploys no production stack"),
        (&options.production_preview_connection, Action::Preview, "previews no production stack after the merge"),
    ] {
        if let Some(connection) = connection
            && unused(action)
        {
            let message = format!("nothing uses this connection: Azure {what}");
            diagnostics.push(Diagnostic::warning(&rules::CONNECTION, connection.span, message).help("drop it"));
        }
    }
}

fn shared_pool(plan: &Plan, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    let both =
        [Trigger::ChangeRequest, Trigger::Push].into_iter().all(|trigger| !words::stages(plan, trigger).is_empty());
    let Some(pool) = options.preview_pool.as_ref().or(options.pool.as_ref()) else { return };
    let shared = options.pool(Trigger::ChangeRequest) == options.pool(Trigger::Push);
    if both && shared && !plan.waives(rules::SHARED_POOL.id, &[ID]) {
        let message = format!("previews of change requests and deploys both run in the pool `{}`", pool.value);
        let help = format!("write `preview_pool`, a pool of its own, or waive `{}` for `{ID}`", rules::SHARED_POOL.id);
        diagnostics.push(Diagnostic::warning(&rules::SHARED_POOL, pool.span, message).help(help));
    }
}

/// Whether the spec waives a rule for a stage.
pub(crate) fn waived(plan: &Plan, rule: &Rule, stage: &Stage) -> bool {
    plan.waives(rule.id, &[&stage.reference(), &stage.project, ID])
}
