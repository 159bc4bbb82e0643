//! GitHub's OIDC token, in every situation.
//!
//! What must hold: the claims are those of GitHub's documentation, every one a text but the times; what a job may choose
//! by itself, the environment above all, is tried in both ways. Source: "OpenID Connect reference" in GitHub's
//! documentation, and the same page's list of claims.

use serde_json::{Value, json};
use stackgate_provider::plan::{Plan, Stage, Trigger};
use stackgate_provider::{Claims, Issued, Situation, Token};

use crate::auditing::AUDIT;
use crate::options::{Options, Subject};
use crate::trust::{Identity, identity};
use crate::words;

/// One run of a job.
struct Run<'a> {
    owner: std::borrow::Cow<'a, str>,
    name: std::borrow::Cow<'a, str>,
    owner_id: u64,
    repository_id: u64,
    event: &'a str,
    reference: String,
    /// Of a pull request, its target and its own branch.
    branches: Option<(&'a str, &'a str)>,
    /// The workflow file's path.
    file: &'a str,
    environment: Option<&'a str>,
}

pub(crate) fn claims(plan: &Plan, options: &Options, stage: &Stage, situation: Situation) -> Issued {
    let Ok(identity) = identity(options) else {
        return Issued::Nothing("The options do not say which repository this is.".into());
    };
    let runs = match runs(plan, stage, &identity, situation) {
        Ok(runs) => runs,
        Err(why) => return Issued::Nothing(why.into()),
    };
    let mut tokens = Vec::new();
    for (what, run) in &runs {
        for form in options.subjects() {
            let subject = match form {
                Subject::Names => "subject with names",
                Subject::Ids => "subject with ids",
            };
            let form_of_it = if what.is_empty() { subject.to_owned() } else { format!("{what}, {subject}") };
            tokens.push(Token { form: form_of_it, claims: token(plan, options, stage, run, *form) });
        }
    }
    Issued::Tokens(tokens)
}

fn runs<'a>(
    plan: &'a Plan,
    stage: &'a Stage,
    identity: &'a Identity<'a>,
    situation: Situation,
) -> Result<Vec<(&'static str, Run<'a>)>, &'static str> {
    let file = match stage.trigger {
        Trigger::Push => words::DEPLOY,
        Trigger::ChangeRequest => words::PREVIEW,
        Trigger::Schedule => AUDIT,
    };
    let audits = stage.trigger == Trigger::Schedule;
    let push = |reference: String| Run {
        owner: identity.owner.into(),
        name: identity.name.into(),
        owner_id: identity.owner_id,
        repository_id: identity.repository_id,
        event: if audits { "schedule" } else { "push" },
        reference,
        branches: None,
        file,
        environment: stage.environment.as_deref(),
    };
    let branch = || push(format!("refs/heads/{}", plan.branch));
    let pull = |head: &'a str| Run {
        event: "pull_request",
        branches: Some((&plan.branch, head)),
        ..push("refs/pull/7/merge".into())
    };
    let own = || if stage.trigger == Trigger::ChangeRequest { pull("feature") } else { branch() };
    let bare = |run: Run<'a>| Run { environment: None, ..run };
    // Whoever writes a job names an environment or leaves it out; a preview has none to begin with.
    let both = |what: [&'static str; 2], one: &dyn Fn() -> Run<'a>| {
        if stage.environment.is_some() {
            vec![(what[0], one()), (what[1], bare(one()))]
        } else {
            vec![(what[0], one())]
        }
    };
    Ok(match situation {
        Situation::Intended if audits => {
            vec![("on schedule", own()), ("by hand", Run { event: "workflow_dispatch", ..own() })]
        }
        Situation::Intended => vec![("", own())],
        // Both of its own events are tried above; these are what else starts a workflow on the branch.
        Situation::Manual if audits => vec![("by the API", Run { event: "repository_dispatch", ..branch() })],
        Situation::Schedule if audits => vec![("after another workflow", Run { event: "workflow_run", ..branch() })],
        Situation::OtherBranch if audits => vec![
            ("by hand", Run { event: "workflow_dispatch", ..push("refs/heads/feature".into()) }),
            ("by a push", Run { event: "push", ..push("refs/heads/feature".into()) }),
            ("by a push to the branch itself", Run { event: "push", ..branch() }),
        ],
        Situation::OtherBranch => both(["", "without the environment"], &|| push("refs/heads/feature".into())),
        Situation::Tag => {
            let mut runs = both(["", "without the environment"], &|| push("refs/tags/v1.0.0".into()));
            runs.push(("a tag of the branch's name", push(format!("refs/tags/{}", plan.branch))));
            runs
        }
        Situation::ChangeRequest => {
            let mut runs = both(["", "without the environment"], &|| pull("feature"));
            if file != words::PREVIEW {
                runs.push(("with the preview's file", Run { file: words::PREVIEW, ..pull("feature") }));
            }
            runs
        }
        // A fork's own workflow gets no token; one that its target runs for it is of the target's branch.
        Situation::Fork => {
            let target = || Run { event: "pull_request_target", branches: Some((&plan.branch, "feature")), ..branch() };
            both(["through pull_request_target", "through pull_request_target, without the environment"], &target)
        }
        Situation::SameNamedBranch => {
            if stage.trigger == Trigger::ChangeRequest {
                return Err(
                    "A pull request's own branch has another name than its target, unless it comes from a fork, which gets no token.",
                );
            }
            both(["", "without the environment"], &|| pull(&plan.branch))
        }
        Situation::Manual => {
            let mut runs = both(["", "without the environment"], &|| Run { event: "workflow_dispatch", ..branch() });
            runs.push(("by the API", Run { event: "repository_dispatch", ..branch() }));
            runs
        }
        Situation::Schedule => {
            let mut runs = both(["", "without the environment"], &|| Run { event: "schedule", ..branch() });
            runs.push(("after another workflow", Run { event: "workflow_run", ..branch() }));
            runs
        }
        Situation::NoEnvironment if stage.environment.is_none() => {
            return Err(if audits {
                "The audit has no environment."
            } else {
                "A preview of a change request has no environment."
            });
        }
        Situation::NoEnvironment => vec![("", bare(branch()))],
        Situation::OtherFile => vec![("", Run { file: ".github/workflows/other.yml", ..own() })],
        Situation::OtherRepository => {
            vec![("", Run { name: "other".into(), repository_id: other(identity.repository_id), ..own() })]
        }
        Situation::Recreated => vec![
            ("the repository", Run { repository_id: other(identity.repository_id), ..own() }),
            (
                "the owner too",
                Run { repository_id: other(identity.repository_id), owner_id: other(identity.owner_id), ..own() },
            ),
        ],
        Situation::OtherProject => {
            let elsewhere =
                || Run { repository_id: other(identity.repository_id), owner_id: other(identity.owner_id), ..own() };
            vec![
                ("", Run { owner: "somebody".into(), ..elsewhere() }),
                (
                    "names that a pattern takes for these",
                    Run { owner: alike(identity.owner).into(), name: alike(identity.name).into(), ..elsewhere() },
                ),
            ]
        }
    })
}

/// A name that differs where a pattern cannot tell.
fn alike(name: &str) -> String {
    name.replace('.', "-")
}

/// Another number.
fn other(id: u64) -> u64 {
    id.wrapping_add(1)
}

fn token(plan: &Plan, options: &Options, stage: &Stage, run: &Run<'_>, form: Subject) -> Claims {
    let identity =
        Identity { owner: &run.owner, name: &run.name, owner_id: run.owner_id, repository_id: run.repository_id };
    let rest = match (run.environment, run.event) {
        (Some(environment), _) => format!("environment:{environment}"),
        (None, "pull_request") => "pull_request".to_owned(),
        (None, _) => format!("ref:{}", run.reference),
    };
    let repository = identity.repository();
    let workflow = format!("{repository}/{}@{}", run.file, run.reference);
    let (base, head) = run.branches.unwrap_or_default();
    let mut claims = Claims::new();
    let mut add = |claim: &str, value: Value| {
        claims.insert(claim.to_owned(), value);
    };
    add("jti", json!("2f7a9d5c-0000-4000-8000-000000000000"));
    add("sub", json!(identity.subject(form, &rest)));
    add("aud", json!(stage.token.audience));
    add("ref", json!(run.reference));
    add("sha", json!("0000000000000000000000000000000000000000"));
    add("repository", json!(repository));
    add("repository_owner", json!(run.owner));
    add("repository_owner_id", json!(run.owner_id.to_string()));
    add("check_run_id", json!("1"));
    add("run_id", json!("1"));
    add("run_number", json!("1"));
    add("run_attempt", json!("1"));
    add("repository_visibility", json!("private"));
    add("repository_id", json!(run.repository_id.to_string()));
    add("actor_id", json!("1"));
    add("actor", json!("octocat"));
    add("workflow", json!("Pulumi"));
    add("head_ref", json!(head));
    add("base_ref", json!(base));
    add("event_name", json!(run.event));
    add(
        "ref_protected",
        json!(if plan.branch == run.reference.trim_start_matches("refs/heads/") { "true" } else { "false" }),
    );
    add("ref_type", json!(if run.reference.starts_with("refs/tags/") { "tag" } else { "branch" }));
    add("workflow_ref", json!(workflow));
    add("workflow_sha", json!("0000000000000000000000000000000000000000"));
    add("job_workflow_ref", json!(workflow));
    add("job_workflow_sha", json!("0000000000000000000000000000000000000000"));
    add("runner_environment", json!(if options.is_hosted() { "github-hosted" } else { "self-hosted" }));
    if let Some(environment) = run.environment {
        add("environment", json!(environment));
    }
    add("iss", json!(options.issuer()));
    add("nbf", json!(1_792_000_000));
    add("exp", json!(1_792_000_900));
    add("iat", json!(1_792_000_300));
    claims
}
