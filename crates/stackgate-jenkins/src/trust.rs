//! What Pulumi Cloud must trust of Jenkins: one admission for each stage, by the address of the job that runs it.
//!
//! What must hold: a wildcard in the branch's name, or in a job's where the issuer is not that job's own, counts as one that
//! nothing makes up for. Source: the plugin oidc-provider (`IdTokenCredentials`, `Issuer`), with its default templates.

use stackgate_provider::diagnostic::Diagnostic;
use stackgate_provider::plan::{Plan, Stage, Tier, Trigger};
use stackgate_provider::{Admission, KeySet, Missing, TRUST_ID_MISSING, Trust, TrustedIssuer};

use crate::ID;
use crate::options::{Options, Production};
use crate::words::{self, Kind};

/// What the options lack, all at once.
pub(crate) fn missing(plan: &Plan, options: &Options) -> Missing {
    let holds = |kind| plan.stages_of(ID).any(|stage| words::kind_of(stage, options) == kind);
    let lacking = [
        (options.url.is_none(), "url", "the address of Jenkins, as \"Manage Jenkins > System > Jenkins URL\" has it"),
        (options.job.is_none() && holds(Kind::Main), "job", "the full name of the multibranch job, as `folder/name`"),
        (
            options.production_job.is_none() && holds(Kind::Production),
            "production_job",
            "the full name of production's own multibranch job, as `folder/name`",
        ),
    ];
    let diagnostic = |key: &str, what: &str| {
        let message = format!("a trust policy for Jenkins needs `{key}`");
        Diagnostic::error(&TRUST_ID_MISSING, options.span, message).help(format!("write {what}"))
    };
    lacking.into_iter().filter(|(lacks, ..)| *lacks).map(|(_, key, what)| diagnostic(key, what)).collect()
}

fn is_production(stage: &Stage) -> bool {
    stage.trigger == Trigger::Push && stage.tier == Tier::Production
}

/// The issuer that the spec gives for the stage's credential, where that is not the job's own.
fn own_issuer<'a>(stage: &Stage, options: &'a Options) -> Option<&'a str> {
    let apart = options.credential() != options.production_credential();
    let given = if is_production(stage) && apart { &options.production_issuer } else { &options.issuer };
    given.as_ref().map(|issuer| issuer.value.as_str())
}

/// The issuer of the tokens of a stage's credential.
pub(crate) fn issuer(stage: &Stage, options: &Options) -> String {
    if is_production(stage) { options.production_issuer() } else { options.issuer() }
}

pub(crate) fn trust(plan: &Plan, options: &Options) -> Result<Trust, Missing> {
    let missing = missing(plan, options);
    if !missing.is_empty() {
        return Err(missing);
    }
    let gate_of_pipeline = options.production() == Production::OwnJob;
    let mut trust = Trust { gate_of_pipeline, ..Trust::default() };
    for stage in plan.stages_of(ID) {
        let url = issuer(stage, options);
        if trust.issuers.iter().all(|issuer| issuer.url != url) {
            let job = options.job_path(words::kind_of(stage, options));
            let jwks = options.keys_of(&url).map(KeySet::to_json);
            trust.issuers.push(TrustedIssuer { url, name: format!("Jenkins {job}"), jwks });
        }
        trust.admissions.push(admission(plan, options, stage));
    }
    trust.residual = residual(plan, options);
    Ok(trust)
}

fn admission(plan: &Plan, options: &Options, stage: &Stage) -> Admission {
    let path = options.job_path(words::kind_of(stage, options));
    let job = format!("{}/{path}/job", options.url());
    let admission = Admission::of(stage, issuer(stage, options)).exactly("aud", &stage.token.audience);
    if stage.trigger == Trigger::ChangeRequest {
        return admission.shaped("sub", format!("{job}/PR-*/"));
    }
    let subject = format!("{job}/{}/", plan.branch);
    // The issuer stands for this Jenkins, and by default for the very job; for a branch of it nothing does.
    let uncovered = plan.branch.contains('.') || (own_issuer(stage, options).is_some() && path.contains('.'));
    if uncovered { admission.exactly("sub", subject) } else { admission.named("sub", subject) }
}

fn residual(plan: &Plan, options: &Options) -> Vec<String> {
    let stages: Vec<&Stage> = plan.stages_of(ID).collect();
    let mut residual = Vec::new();
    if stages.is_empty() {
        return residual;
    }
    residual.push(
        "Jenkins: the claims name the job and its branch, not the stage, the cause, the repository or the agent: whoever can \
         change the Jenkinsfile on the branch, replay a build or configure the job has every token of that job."
            .to_owned(),
    );
    residual.push(
        "Jenkins: `sub` is the job's address as long as the plugin's claim templates are the default ones, and oidc-provider is \
         111.v29fd614b_3617 or newer (CVE-2025-47884)."
            .to_owned(),
    );
    if stages.iter().any(|stage| stage.trigger == Trigger::ChangeRequest) {
        residual.push(
            "Jenkins: a change request of a fork and a branch or tag called `PR-N` have the claims of a change request; the job \
             must discover neither forks nor tags, and its branch source must call change requests `PR-N`."
                .to_owned(),
        );
    }
    let production = |stage: &&Stage| stage.trigger == Trigger::Push && stage.tier == Tier::Production;
    if options.production() == Production::SameJob && stages.iter().any(production) {
        residual.push(
            "Jenkins: development and production share one job and one `sub`: no claim shows that production was approved."
                .to_owned(),
        );
    } else if stages.iter().any(|stage| production(stage) && stage.gate.is_some()) {
        residual.push(
            "Jenkins: the production job's `sub` does not show the approval itself: a Jenkinsfile on the branch without `input` \
             gets the same token; code owners and the folder's permissions hold there."
                .to_owned(),
        );
    }
    residual
}
