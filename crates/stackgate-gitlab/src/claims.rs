//! GitLab's ID token, in every situation.
//!
//! What must hold: the claims are those of `lib/gitlab/ci/jwt.rb` and `jwt_v2.rb`, ids and truths as texts; what a job may
//! choose by itself, its environment above all, is tried in both ways.

use serde_json::{Value, json};
use stackgate_provider::plan::{Plan, Stage, Trigger};
use stackgate_provider::{Claims, Issued, Situation, Token};

use crate::options::Options;
use crate::trust::{Identity, file, hosted, identity, protected};
use crate::words;

/// One run of a job.
#[derive(Clone)]
struct Run {
    /// The project whose branch it is.
    source: Identity,
    /// The project that runs it.
    runs_in: Identity,
    event: &'static str,
    reference: String,
    tag: bool,
    ref_protected: bool,
    file: &'static str,
    environment: Option<Environment>,
}

#[derive(Clone)]
struct Environment {
    name: String,
    action: &'static str,
    tier: &'static str,
    protected: bool,
}

pub(crate) fn claims(plan: &Plan, options: &Options, stage: &Stage, situation: Situation) -> Issued {
    let Ok(own) = identity(options) else {
        return Issued::Nothing("The options do not say which project this is.".into());
    };
    let preview = stage.trigger == Trigger::ChangeRequest;
    match situation {
        Situation::NoEnvironment if stage.environment.is_none() => {
            let audits = stage.trigger == Trigger::Schedule;
            let why = if audits {
                "The audit has no environment."
            } else {
                "A preview of a merge request has no environment."
            };
            return Issued::Nothing(why.into());
        }
        // Such a pipeline had the claims of the project that runs it, all of them.
        Situation::Fork if preview && !options.at_least((18, 2, 2)) => {
            return Issued::Same(
                "Before 18.2.2 a fork's pipeline that a member starts in this project has its claims; the setting that \
                 keeps pipelines of forks out of this project holds instead."
                    .into(),
            );
        }
        Situation::Schedule if stage.trigger == Trigger::Schedule => {
            return Issued::Same(
                "A schedule is what starts the audit; every job of a scheduled pipeline on the branch has its claims."
                    .into(),
            );
        }
        _ => {}
    }
    let runs = runs(plan, options, stage, &own, situation);
    let token = |(form, run): (&str, Run)| Token { form: form.into(), claims: token(options, stage, &run) };
    Issued::Tokens(runs.into_iter().map(token).collect())
}

fn runs(
    plan: &Plan,
    options: &Options,
    stage: &Stage,
    own: &Identity,
    situation: Situation,
) -> Vec<(&'static str, Run)> {
    let environment = stage.environment.clone().map(|name| Environment {
        name,
        action: "start",
        tier: words::tier(stage),
        protected: protected(options, stage),
    });
    let push = Run {
        source: own.clone(),
        runs_in: own.clone(),
        event: if stage.trigger == Trigger::Schedule { "schedule" } else { "push" },
        reference: plan.branch.clone(),
        tag: false,
        ref_protected: true,
        file: words::ROOT,
        environment,
    };
    let event = |event| Run { event, ..push.clone() };
    let feature = Run { reference: "feature".into(), ..push.clone() };
    let pull = Run { event: "merge_request_event", ref_protected: false, ..feature.clone() };
    let intended = if stage.trigger == Trigger::ChangeRequest { pull.clone() } else { push.clone() };
    let bare = |run: &Run| Run { environment: None, ..run.clone() };
    let open = |run: &Run| Run { ref_protected: false, ..run.clone() };
    let guarded = |run: &Run| Run { ref_protected: true, ..run.clone() };
    let each = |run: &Run| {
        vec![
            ("on a protected ref", guarded(run)),
            ("on an unprotected ref", open(run)),
            ("on a protected ref, without an environment", bare(&guarded(run))),
            ("on an unprotected ref, without an environment", bare(&open(run))),
        ]
    };
    let at = |identity: Identity| Run { source: identity.clone(), runs_in: identity, ..intended.clone() };
    let other = |path: &str, namespace: bool| Identity {
        path: path.to_owned(),
        project: own.project.wrapping_add(1),
        namespace: own.namespace.wrapping_add(u64::from(namespace)),
    };
    let (group, name) = own.path.rsplit_once('/').unwrap_or_default();
    let elsewhere = other(&format!("somebody/{name}"), true);
    match situation {
        Situation::Intended => vec![("", intended)],
        Situation::OtherBranch => each(&feature),
        Situation::Tag => {
            let mut runs = each(&Run { reference: "v1.0.0".into(), tag: true, ..push.clone() });
            runs.push(("a tag of the branch's name", Run { tag: true, ..push }));
            runs
        }
        Situation::ChangeRequest => each(&pull),
        Situation::SameNamedBranch => each(&Run { reference: plan.branch.clone(), ..pull }),
        Situation::Fork => {
            let source = if options.at_least((18, 2, 2)) { elsewhere.clone() } else { own.clone() };
            vec![
                ("in the fork", Run { source: elsewhere.clone(), runs_in: elsewhere, ..pull.clone() }),
                ("in this project, started by a member", Run { source: source.clone(), ..pull.clone() }),
                ("in this project, without an environment", Run { source, ..bare(&pull) }),
            ]
        }
        Situation::Manual => vec![
            ("in the browser", event("web")),
            ("by the API", event("api")),
            ("by a trigger token", event("trigger")),
            ("in the browser, without an environment", bare(&event("web"))),
        ],
        Situation::Schedule => vec![
            ("", event("schedule")),
            ("without an environment", bare(&event("schedule"))),
            ("by another project's pipeline", event("pipeline")),
            ("by a pipeline of this project", event("parent_pipeline")),
        ],
        Situation::NoEnvironment => {
            let with = |change: &dyn Fn(&mut Environment)| {
                let mut run = push.clone();
                run.environment.iter_mut().for_each(change);
                run
            };
            let mut runs = vec![
                ("", bare(&push)),
                ("with `action: access`", with(&|one| one.action = "access")),
                ("with `action: prepare`", with(&|one| one.action = "prepare")),
                ("with `action: verify`", with(&|one| one.action = "verify")),
                ("with another tier", with(&|one| one.tier = "testing")),
            ];
            if protected(options, stage) {
                runs.push(("without the environment's protection", with(&|one| one.protected = false)));
            }
            runs
        }
        Situation::OtherFile => {
            let child = Run { event: "parent_pipeline", ..intended.clone() };
            let mut runs = vec![("as a child pipeline", child)];
            // Where the address has a path, nothing tells this file from another; the residual says so.
            if options.is_host() {
                runs.push(("as the project's CI file", Run { file: "other.yml", ..intended }));
            }
            runs
        }
        Situation::OtherRepository => vec![("", at(other(&format!("{group}/other"), false)))],
        Situation::Recreated => {
            vec![("the project", at(other(&own.path, false))), ("the group too", at(other(&own.path, true)))]
        }
        Situation::OtherProject => {
            let alike = other(&own.path.replace('.', "-"), true);
            let mut runs = vec![("", at(elsewhere.clone())), ("a path that a pattern takes for this one", at(alike))];
            if stage.trigger == Trigger::ChangeRequest {
                runs.push(("a merge request of ours, run there", Run { runs_in: elsewhere, ..intended }));
            }
            runs
        }
    }
}

fn token(options: &Options, stage: &Stage, run: &Run) -> Claims {
    let kind = if run.tag { "tag" } else { "branch" };
    let path = format!("refs/{}/{}", if run.tag { "tags" } else { "heads" }, run.reference);
    let mut claims = Claims::new();
    let mut add = |claim: &str, value: Value| {
        claims.insert(claim.to_owned(), value);
    };
    let mut project = |prefix: &str, of: &Identity| {
        let namespace = of.path.rsplit_once('/').map_or("", |(namespace, _)| namespace);
        add(&format!("{prefix}project_id"), json!(of.project.to_string()));
        add(&format!("{prefix}project_path"), json!(of.path));
        add(&format!("{prefix}namespace_id"), json!(of.namespace.to_string()));
        add(&format!("{prefix}namespace_path"), json!(namespace));
    };
    project("", &run.source);
    if options.at_least((18, 4, 0)) {
        project("job_", &run.runs_in);
    }
    add("user_id", json!("1"));
    add("user_login", json!("sample-user"));
    add("user_email", json!("sample-user@example.com"));
    add("user_access_level", json!("maintainer"));
    add("pipeline_id", json!("574"));
    add("pipeline_source", json!(run.event));
    add("job_id", json!("302"));
    add("ref", json!(run.reference));
    add("ref_type", json!(kind));
    add("ref_path", json!(path));
    add("ref_protected", json!(run.ref_protected.to_string()));
    add("groups_direct", json!(["acme"]));
    if let Some(environment) = &run.environment {
        add("environment", json!(environment.name));
        add("environment_protected", json!(environment.protected.to_string()));
        add("deployment_tier", json!(environment.tier));
        add("environment_action", json!(environment.action));
    }
    if options.at_least((18, 9, 0)) {
        add("job_source", json!(run.event));
    }
    add("runner_id", json!(1));
    add("runner_environment", json!(if hosted(options, stage) { "gitlab-hosted" } else { "self-hosted" }));
    add("sha", json!("0000000000000000000000000000000000000000"));
    add("project_visibility", json!("private"));
    add("ci_config_ref_uri", json!(file(options, &run.runs_in.path, run.file, &path)));
    add("ci_config_sha", json!("0000000000000000000000000000000000000000"));
    add("jti", json!("2f7a9d5c-0000-4000-8000-000000000000"));
    add("iss", json!(options.url()));
    add("iat", json!(1_792_000_300));
    add("nbf", json!(1_792_000_295));
    add("exp", json!(1_792_000_300 + u64::from(stage.timeout_minutes) * 60));
    add("sub", json!(format!("project_path:{}:ref_type:{kind}:ref:{}", run.source.path, run.reference)));
    add("aud", json!(stage.token.audience));
    claims
}
