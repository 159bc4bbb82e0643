//! What Pulumi Cloud must trust of GitHub: one admission for each stage, or two where the subject may have either form.
//!
//! What must hold: every rule that GitHub's token can carry for a stage is there, the ids and the workflow's file among
//! them. Source: "OpenID Connect reference" in GitHub's documentation; the immutable subject is that of repositories
//! which were created, renamed or transferred after 2026-07-15.

use stackgate_provider::diagnostic::{Diagnostic, Span};
use stackgate_provider::plan::{Plan, Stage, Trigger};
use stackgate_provider::{Admission, Missing, TRUST_ID_MISSING, Trust, TrustedIssuer};

use crate::auditing::{AUDIT, EVENTS};
use crate::options::{Options, Subject};
use crate::{ID, words};

/// Where github.com's tokens come from.
pub(crate) const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// Who a token is of: what the options must say.
pub(crate) struct Identity<'a> {
    pub(crate) owner: &'a str,
    pub(crate) name: &'a str,
    pub(crate) owner_id: u64,
    pub(crate) repository_id: u64,
}

impl Identity<'_> {
    pub(crate) fn repository(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// A subject in one of its two forms.
    pub(crate) fn subject(&self, form: Subject, rest: &str) -> String {
        match form {
            Subject::Names => format!("repo:{}:{rest}", self.repository()),
            Subject::Ids => {
                format!("repo:{}@{}/{}@{}:{rest}", self.owner, self.owner_id, self.name, self.repository_id)
            }
        }
    }
}

/// The identity that the options give, or what they lack.
pub(crate) fn identity(options: &Options) -> Result<Identity<'_>, Missing> {
    let (owner, name) =
        options.repository.as_ref().and_then(|repository| repository.value.split_once('/')).unwrap_or_default();
    let (owner_id, repository_id) = (options.owner_id.as_ref(), options.repository_id.as_ref());
    if let (Some(owner_id), Some(repository_id), false) = (owner_id, repository_id, owner.is_empty()) {
        return Ok(Identity { owner, name, owner_id: owner_id.value, repository_id: repository_id.value });
    }
    let lacking = [
        (owner.is_empty(), "repository", "the repository's path, as `owner/name`"),
        (repository_id.is_none(), "repository_id", "the number that `gh api repos/OWNER/NAME --jq .id` prints"),
        (owner_id.is_none(), "owner_id", "the number that `gh api repos/OWNER/NAME --jq .owner.id` prints"),
    ];
    Err(lacking
        .into_iter()
        .filter(|(lacks, ..)| *lacks)
        .map(|(_, key, what)| missing(options.span, key, what))
        .collect())
}

fn missing(span: Span, key: &str, what: &str) -> Diagnostic {
    let message = format!("a trust policy for GitHub needs `{key}`");
    Diagnostic::error(&TRUST_ID_MISSING, span, message).help(format!("write {what}"))
}

pub(crate) fn trust(plan: &Plan, options: &Options) -> Result<Trust, Missing> {
    let identity = identity(options)?;
    let mut trust = Trust::default();
    let issuer = options.issuer();
    trust.issuers.push(TrustedIssuer { url: issuer.into(), name: "GitHub Actions".into(), jwks: None });
    for stage in plan.stages_of(ID) {
        // Only an audit has two events: each is a policy of its own, since a rule takes one pattern.
        let events = if stage.trigger == Trigger::Schedule { &EVENTS[..] } else { &["push"] };
        for (event, form) in events.iter().flat_map(|event| options.subjects().iter().map(move |form| (event, form))) {
            trust.admissions.push(admission(plan, options, &identity, stage, event, *form));
        }
    }
    if plan.auditing.is_some() {
        trust.residual.push(
            "GitHub: no claim tells the jobs of the audit's workflow apart, nor shows who started it by hand; whoever may \
             push to its branch decides what runs with the auditor's token, which reads and decrypts nothing."
                .into(),
        );
    }
    if plan.stages_of(ID).any(|stage| stage.trigger == Trigger::ChangeRequest) {
        trust.residual.push(
            "GitHub: a fork's pull request has the claims of the repository's own; it gets no token as long as \"Send write tokens \
             to workflows from fork pull requests\" is off."
                .into(),
        );
    }
    if !options.is_hosted() {
        trust.residual.push(
            "GitHub: jobs run on the repository's own runners, and whoever controls one of these machines controls every token \
             that is minted on it."
                .into(),
        );
    }
    Ok(trust)
}

fn admission(
    plan: &Plan,
    options: &Options,
    identity: &Identity<'_>,
    stage: &Stage,
    event: &str,
    form: Subject,
) -> Admission {
    let admission = Admission::of(stage, options.issuer()).exactly("aud", &stage.token.audience);
    let repository = identity.repository();
    let file = |path: &str, reference: &str| format!("{repository}/{path}@{reference}");
    let admission = match (stage.trigger, &stage.environment) {
        (Trigger::Push, Some(environment)) => {
            let reference = format!("refs/heads/{}", plan.branch);
            // The subject repeats the environment, and the path of the workflow's file repeats the branch: what holds a
            // wildcard there holds it in the claim of its own too, which is judged.
            admission
                .named("sub", identity.subject(form, &format!("environment:{environment}")))
                .exactly("environment", environment)
                .exactly("ref", &reference)
                .exactly("ref_type", "branch")
                .exactly("event_name", "push")
                .named("workflow_ref", file(words::DEPLOY, &reference))
                .of_our_choice()
        }
        (Trigger::Schedule, _) | (Trigger::Push, None) => {
            let path = if stage.trigger == Trigger::Schedule { AUDIT } else { words::DEPLOY };
            let reference = format!("refs/heads/{}", plan.branch);
            admission
                .named("sub", identity.subject(form, &format!("ref:{reference}")))
                .exactly("ref", &reference)
                .exactly("ref_type", "branch")
                .exactly("event_name", event)
                .named("workflow_ref", file(path, &reference))
                .of_our_choice()
        }
        (Trigger::ChangeRequest, _) => admission
            .named("sub", identity.subject(form, "pull_request"))
            .exactly("event_name", "pull_request")
            .exactly("base_ref", &plan.branch)
            .shaped("ref", "refs/pull/*/merge")
            .shaped("workflow_ref", file(words::PREVIEW, "refs/pull/*/merge"))
            .of_our_choice(),
    };
    admission
        .exactly("repository_id", identity.repository_id.to_string())
        .exactly("repository_owner_id", identity.owner_id.to_string())
        .exactly("runner_environment", if options.is_hosted() { "github-hosted" } else { "self-hosted" })
}
