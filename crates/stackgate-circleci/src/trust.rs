//! What Pulumi Cloud must trust of CircleCI: one admission for each stage.
//!
//! What must hold: the context is what tells one class of jobs from another, by its id, which nobody can choose. Source:
//! "OIDC tokens with custom claims" in CircleCI's documentation; for forks, its page on OpenID Connect tokens in jobs, and
//! di/id#438 on GitHub, where the service refused a fork's build its token.

use stackgate_provider::diagnostic::Diagnostic;
use stackgate_provider::plan::{Plan, Stage, Trigger};
use stackgate_provider::{Admission, Missing, TRUST_ID_MISSING, Trust, TrustedIssuer};

use crate::options::{Class, Events, Options};
use crate::{ID, auditing, rules};

/// Who a token is of: what the options must say.
pub(crate) struct Identity<'a> {
    pub(crate) organization: &'a str,
    pub(crate) project: &'a str,
    pub(crate) repository: &'a str,
    /// The pipeline definition, where one is given.
    pub(crate) definition: Option<&'a str>,
}

impl Identity<'_> {
    pub(crate) fn issuer(&self) -> String {
        issuer(self.organization)
    }
}

/// The issuer of an organization's tokens.
pub(crate) fn issuer(organization: &str) -> String {
    format!("https://oidc.circleci.com/org/{organization}")
}

/// The path of one of CircleCI's own claims.
pub(crate) fn path(claim: &str) -> String {
    format!("\"oidc.circleci.com/{claim}\"")
}

/// The identity that the options give, or what they lack.
pub(crate) fn identity(options: &Options) -> Result<Identity<'_>, Missing> {
    let definition = options.pipeline_definition_id.as_ref();
    let app = options.events() == Events::GithubApp;
    match (&options.organization_id, &options.project_id, &options.repository) {
        (Some(organization), Some(project), Some(repository)) if definition.is_some() || !app => Ok(Identity {
            organization: &organization.value,
            project: &project.value,
            repository: &repository.value,
            definition: definition.map(|definition| definition.value.as_str()),
        }),
        (organization, project, repository) => {
            let lacking = [
                (organization.is_none(), "organization_id", "the UUID in Organization settings > Overview"),
                (project.is_none(), "project_id", "the UUID in Project settings > Overview"),
                (repository.is_none(), "repository", "the repository's path on GitHub, as `owner/name`"),
                (
                    app && definition.is_none(),
                    "pipeline_definition_id",
                    "the UUID of the pipeline definition that reads the file, in Project settings > Project setup",
                ),
            ];
            let lacking = lacking.into_iter().filter(|(lacks, ..)| *lacks);
            Err(lacking.map(|(_, key, what)| missing(options, key, what)).collect())
        }
    }
}

fn missing(options: &Options, key: &str, what: &str) -> Diagnostic {
    let message = format!("a trust policy for CircleCI needs `{key}`");
    Diagnostic::error(&TRUST_ID_MISSING, options.span, message).help(format!("write {what}"))
}

pub(crate) fn trust(plan: &Plan, options: &Options) -> Result<Trust, Missing> {
    let mut lacking = Vec::new();
    let identity = identity(options).map_err(|missing| lacking.extend(missing)).ok();
    let mut classes: Vec<Class> = Vec::new();
    for stage in plan.stages_of(ID) {
        if !classes.contains(&Class::of(stage)) {
            classes.push(Class::of(stage));
        }
    }
    // A single class needs nothing that tells it from others. Production without a context is waived, or refused before.
    for class in classes.iter().filter(|_| classes.len() > 1) {
        let context = options.context(*class);
        let told_elsewhere = context.is_none() && matches!(class, Class::Production | Class::ProductionPreview);
        if context.is_none_or(|context| context.id.is_none()) && !told_elsewhere {
            let key = format!("contexts: {{ {}: {{ name: …, id: … }} }}", class.key());
            lacking.push(missing(
                options,
                &key,
                "the context that these jobs alone run in, with its id from `circleci context get NAME`: no other claim tells them from the rest",
            ));
        }
    }
    let Some(identity) = identity.filter(|_| lacking.is_empty()) else { return Err(lacking) };
    let mut trust = Trust {
        issuers: vec![TrustedIssuer { url: identity.issuer(), name: "CircleCI".into(), jwks: None }],
        admissions: plan.stages_of(ID).map(|stage| admission(plan, options, &identity, stage)).collect(),
        waived_by: vec![rules::PREVIEW_CONTEXT.id],
        ..Trust::default()
    };
    if classes.contains(&Class::Preview) {
        trust.residual.push(
            "CircleCI: no claim says of a preview which branch its change is to, nor whether it is of a change request at all: every \
             job in the preview's context gets its team's token."
                .into(),
        );
        trust.residual.push(
            "CircleCI: no claim tells a fork's change request from the repository's own; it gets no token as long as \"Pass secrets \
             to builds from forked pull requests\" is off."
                .into(),
        );
    }
    trust.residual.push(
        "CircleCI: no claim says what started a pipeline. A run with a config from elsewhere, through the API or an editor, shows the \
         deploy branch too: the contexts' restrictions hold there, and the organization's setting that forbids such runs."
            .into(),
    );
    trust.residual.extend(auditing::residual(plan, options));
    trust.residual.push(
        "CircleCI: `context-ids` is a list, and the policy asks for the context's id anywhere in it; whether Pulumi Cloud compares \
         items or the whole text is not documented."
            .into(),
    );
    Ok(trust)
}

fn admission(plan: &Plan, options: &Options, identity: &Identity<'_>, stage: &Stage) -> Admission {
    let Identity { organization, project, repository, definition } = identity;
    let mut admission = Admission::of(stage, identity.issuer())
        .exactly("aud", &stage.token.audience)
        .shaped("sub", format!("org/{organization}/project/{project}/user/*"))
        .exactly(&path("org-id"), *organization)
        .exactly(&path("project-id"), *project)
        .named(&path("vcs-origin"), format!("github.com/{repository}"))
        .exactly(&path("ssh-rerun"), "false");
    admission = match (stage.trigger, options.events()) {
        (Trigger::Push | Trigger::Schedule, _) => {
            admission.exactly(&path("vcs-ref"), format!("refs/heads/{}", plan.branch))
        }
        (Trigger::ChangeRequest, Events::Oauth) => admission.shaped(&path("vcs-ref"), "refs/heads/*"),
        (Trigger::ChangeRequest, Events::GithubApp) => admission,
    };
    if let Some(definition) = definition {
        admission = admission.exactly(&path("pipeline-definition-id"), *definition);
    }
    if let Some(id) = options.context(Class::of(stage)).and_then(|context| context.id.as_ref()) {
        admission = admission.shaped(&path("context-ids"), format!("*{}*", id.value));
    }
    admission
}
