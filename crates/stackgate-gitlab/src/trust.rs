//! What Pulumi Cloud must trust of GitLab: one admission for each stage.
//!
//! What must hold: every rule that GitLab's token can carry for a stage is there, the ids and the pipeline's file among
//! them. Source: "OpenID Connect (OIDC) Authentication Using ID Tokens" in GitLab's documentation, and
//! `lib/gitlab/ci/jwt.rb` and `jwt_v2.rb` of its source.

use stackgate_provider::diagnostic::Diagnostic;
use stackgate_provider::plan::{Plan, Stage, Trigger};
use stackgate_provider::{Admission, Missing, TRUST_ID_MISSING, Trust, TrustedIssuer};

use crate::options::Options;
use crate::{ID, words};

/// Who a token is of: what the options must say.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) path: String,
    pub(crate) project: u64,
    pub(crate) namespace: u64,
}

/// The identity that the options give, or what they lack.
pub(crate) fn identity(options: &Options) -> Result<Identity, Missing> {
    if let (Some(path), Some(project), Some(namespace)) =
        (&options.repository, &options.project_id, &options.namespace_id)
    {
        return Ok(Identity { path: path.value.clone(), project: project.value, namespace: namespace.value });
    }
    let number = "the number that `glab api projects/GROUP%2FPROJECT` shows as";
    let lacking = [
        (options.repository.is_none(), "repository", "the project's path, as `group/project`".to_owned()),
        (options.project_id.is_none(), "project_id", format!("{number} `id`")),
        (options.namespace_id.is_none(), "namespace_id", format!("{number} `namespace.id`")),
    ];
    let missing = |key: &str, what: &str| {
        let message = format!("a trust policy for GitLab needs `{key}`");
        Diagnostic::error(&TRUST_ID_MISSING, options.span, message).help(format!("write {what}"))
    };
    Err(lacking.iter().filter(|(lacks, ..)| *lacks).map(|(_, key, what)| missing(key, what)).collect())
}

/// The top file of a pipeline, as `ci_config_ref_uri` has it: an included file is not named there.
pub(crate) fn file(options: &Options, path: &str, file: &str, reference: &str) -> String {
    let host = options.url().trim_start_matches("https://").split('/').next().unwrap_or_default();
    format!("{host}/{path}//{file}@{reference}")
}

/// Whether every runner that may take the stage is GitLab's own, as far as the spec says it.
pub(crate) fn hosted(options: &Options, stage: &Stage) -> bool {
    options.is_gitlab_com() && words::tags(options, stage).is_empty()
}

/// Whether the token shows that the environment is protected.
pub(crate) fn protected(options: &Options, stage: &Stage) -> bool {
    options.premium() && stage.gate.is_some()
}

pub(crate) fn trust(plan: &Plan, options: &Options) -> Result<Trust, Missing> {
    let identity = identity(options)?;
    let url = options.url().to_owned();
    let issuers = vec![TrustedIssuer { url, name: "GitLab CI".into(), jwks: None }];
    let admissions = plan.stages_of(ID).map(|stage| admission(plan, options, &identity, stage)).collect();
    Ok(Trust { issuers, admissions, residual: residual(plan, options), ..Trust::default() })
}

fn admission(plan: &Plan, options: &Options, identity: &Identity, stage: &Stage) -> Admission {
    let (path, branch) = (&identity.path, &plan.branch);
    let subject = format!("project_path:{path}:ref_type:branch:ref:");
    let mut admission = Admission::of(stage, options.url())
        .exactly("aud", &stage.token.audience)
        .exactly("project_id", identity.project.to_string())
        .exactly("namespace_id", identity.namespace.to_string())
        .exactly("ref_type", "branch");
    if options.at_least((18, 4, 0)) {
        admission = admission
            .exactly("job_project_id", identity.project.to_string())
            .exactly("job_namespace_id", identity.namespace.to_string());
    }
    admission = match stage.trigger {
        Trigger::ChangeRequest => {
            admission.shaped("sub", format!("{subject}*")).exactly("pipeline_source", "merge_request_event")
        }
        // The subject repeats the branch: what holds a wildcard there holds it in `ref` too, which is judged.
        Trigger::Push => admission
            .named("sub", format!("{subject}{branch}"))
            .exactly("pipeline_source", "push")
            .exactly("ref", branch)
            .exactly("ref_protected", "true"),
        Trigger::Schedule => admission
            .named("sub", format!("{subject}{branch}"))
            .exactly("pipeline_source", "schedule")
            .exactly("ref", branch)
            .exactly("ref_protected", "true"),
    };
    if options.is_host() {
        admission = match stage.trigger {
            Trigger::ChangeRequest => {
                admission.shaped("ci_config_ref_uri", file(options, path, words::ROOT, "refs/heads/*")).of_our_choice()
            }
            Trigger::Push | Trigger::Schedule => {
                let reference = format!("refs/heads/{branch}");
                admission.named("ci_config_ref_uri", file(options, path, words::ROOT, &reference)).of_our_choice()
            }
        };
    }
    if let Some(environment) = &stage.environment {
        admission = admission
            .exactly("environment", environment)
            .exactly("environment_action", "start")
            .exactly("deployment_tier", words::tier(stage));
        if protected(options, stage) {
            admission = admission.exactly("environment_protected", "true");
        }
    }
    if hosted(options, stage) {
        admission = admission.exactly("runner_environment", "gitlab-hosted");
    }
    admission
}

fn residual(plan: &Plan, options: &Options) -> Vec<String> {
    let any = |test: &dyn Fn(&Stage) -> bool| plan.stages_of(ID).any(test);
    let said = [
        (
            any(&|stage| stage.trigger == Trigger::Push),
            "no claim tells the jobs of one pipeline apart, nor the files that `.gitlab-ci.yml` includes: every job on the \
             deploy branch that names the environment has the same claims. Nor do they show variables set at the \
             pipeline's start, or that an old job was started again.",
        ),
        (
            any(&|stage| stage.trigger == Trigger::ChangeRequest),
            "no claim shows the target branch of a merge request: every merge request from the project's own branches has \
             a preview's claims.",
        ),
        (
            !options.premium() && any(&|stage| stage.gate.is_some()),
            "no claim shows that somebody approved: whoever may start a manual job on the deploy branch deploys.",
        ),
        (
            options.premium() && any(&|stage| stage.gate.is_some()),
            "`environment_protected` shows that the environment is protected, not that it has an approval rule.",
        ),
        (
            !options.at_least((18, 4, 0)),
            "before 18.4 no id in a token says which project runs a job, where a merge request goes to another project; \
             only the name in `ci_config_ref_uri` does.",
        ),
        (
            !options.is_host(),
            "the address has a path, and it is not documented how `ci_config_ref_uri` writes it; so no rule names the \
             pipeline's file.",
        ),
        (
            any(&|stage| !hosted(options, stage)),
            "jobs run on runners of your own, and whoever controls one of these machines controls every token of the \
             jobs on it.",
        ),
    ];
    said.into_iter().filter(|(applies, _)| *applies).map(|(_, text)| format!("GitLab: {text}")).collect()
}
