//! CircleCI's OIDC token, in every situation.
//!
//! What must hold: the claims are those of CircleCI's documentation, under the names and in the types that it gives; no
//! claim names the event; the subject has either of its two forms. Source: "OIDC tokens with custom claims" in CircleCI's
//! documentation, and the tests of PyPI's publisher for CircleCI, which hold such claims.

use serde_json::{Value, json};
use stackgate_provider::plan::{Plan, Stage, Trigger};
use stackgate_provider::{Claims, Issued, Situation, Token};

use crate::options::{Class, Events, Options};
use crate::trust::{Identity, identity, issuer};

const OTHER: &str = "00000000-0000-4000-8000-000000000000";

/// One run of a job.
#[derive(Clone)]
struct Run {
    organization: String,
    project: String,
    repository: String,
    definition: String,
    reference: String,
    contexts: Vec<String>,
}

pub(crate) fn claims(plan: &Plan, options: &Options, stage: &Stage, situation: Situation) -> Issued {
    let Ok(identity) = identity(options) else {
        return Issued::Nothing("The options do not say which project this is.".into());
    };
    let runs = match runs(plan, options, stage, &identity, situation) {
        Ok(runs) => runs,
        Err(other) => return other,
    };
    let mut tokens = Vec::new();
    for (what, run) in &runs {
        // Which form `circleci run oidc get` gives is not documented.
        for (form, subject) in [("subject with the branch", true), ("subject without the branch", false)] {
            let form = if what.is_empty() { form.to_owned() } else { format!("{what}, {form}") };
            tokens.push(Token { form, claims: token(stage, run, subject) });
        }
    }
    Issued::Tokens(tokens)
}

type Runs = Vec<(&'static str, Run)>;

fn runs(
    plan: &Plan,
    options: &Options,
    stage: &Stage,
    identity: &Identity<'_>,
    situation: Situation,
) -> Result<Runs, Issued> {
    let preview = stage.trigger == Trigger::ChangeRequest;
    let id = |class: Class| Some(options.context(class)?.id.as_ref()?.value.clone());
    let context = id(Class::of(stage));
    let own = Run {
        organization: identity.organization.into(),
        project: identity.project.into(),
        repository: identity.repository.into(),
        definition: identity.definition.unwrap_or("11111111-0000-4000-8000-000000000000").into(),
        reference: if preview { "refs/heads/feature".into() } else { format!("refs/heads/{}", plan.branch) },
        contexts: context.iter().cloned().collect(),
    };
    let on = |reference: &str| Run { reference: reference.into(), ..own.clone() };
    let same = |why: &str| Err(Issued::Same(why.into()));
    let nothing = |why: &str| Err(Issued::Nothing(why.into()));
    let started = "No claim says what started a pipeline; the workflow's own `when` and the context's expression restriction do, \
                   where one is set.";
    match situation {
        Situation::Intended => Ok(vec![("", own)]),
        Situation::OtherBranch if preview && options.events() == Events::Oauth => {
            same("The project sees pushes alone, and one to any other branch is what starts a preview.")
        }
        Situation::OtherBranch | Situation::Tag if preview && options.events() == Events::GithubApp => same(started),
        Situation::Tag => Ok(vec![
            ("", on("refs/tags/v1.0.0")),
            ("a tag of the branch's name", on(&format!("refs/tags/{}", plan.branch))),
        ]),
        Situation::OtherBranch | Situation::ChangeRequest => {
            let mut runs = vec![("", on("refs/heads/feature"))];
            if situation == Situation::ChangeRequest
                && let Some(context) = id(Class::Preview).filter(|id| !own.contexts.contains(id))
            {
                runs.push(("in the preview's context", Run { contexts: vec![context], ..on("refs/heads/feature") }));
            }
            Ok(runs)
        }
        Situation::Fork | Situation::SameNamedBranch => nothing(
            "A fork's change request gets no token as long as \"Pass secrets to builds from forked pull requests\" is off.",
        ),
        Situation::Manual | Situation::Schedule => same(started),
        Situation::NoEnvironment if context.is_none() => {
            same("The job runs in no context; whoever changes the config on its branch has its token.")
        }
        Situation::NoEnvironment => {
            let mut runs = vec![("", Run { contexts: Vec::new(), ..own.clone() })];
            runs.push(("in another context", Run { contexts: vec![OTHER.into()], ..own }));
            Ok(runs)
        }
        Situation::OtherFile if identity.definition.is_none() => {
            nothing("A project without pipeline definitions of its own reads one file.")
        }
        Situation::OtherFile => Ok(vec![("another pipeline definition", Run { definition: OTHER.into(), ..own })]),
        Situation::OtherRepository => {
            let owner = identity.repository.split('/').next().unwrap_or_default();
            Ok(vec![("", Run { project: OTHER.into(), repository: format!("{owner}/other"), ..own })])
        }
        Situation::Recreated => Ok(vec![("", Run { project: OTHER.into(), ..own })]),
        Situation::OtherProject => {
            let elsewhere = Run { organization: OTHER.into(), project: OTHER.into(), ..own };
            let alike = identity.repository.replace('.', "-");
            Ok(vec![
                ("", Run { repository: "somebody/other".into(), ..elsewhere.clone() }),
                ("names that a pattern takes for these", Run { repository: alike, ..elsewhere }),
            ])
        }
    }
}

fn token(stage: &Stage, run: &Run, with_branch: bool) -> Claims {
    let origin = format!("github.com/{}", run.repository);
    let user = "22222222-0000-4000-8000-000000000000";
    let mut subject = format!("org/{}/project/{}/user/{user}", run.organization, run.project);
    if with_branch {
        subject.push_str(&format!("/vcs-origin/{origin}/vcs-ref/{}", run.reference));
    }
    let own = |claim: &str| format!("oidc.circleci.com/{claim}");
    let all: [(String, Value); 15] = [
        ("aud".into(), json!(stage.token.audience)),
        ("exp".into(), json!(1_792_003_600)),
        ("iat".into(), json!(1_792_000_000)),
        ("iss".into(), json!(issuer(&run.organization))),
        ("sub".into(), json!(subject)),
        (own("context-ids"), json!(run.contexts)),
        (own("job-id"), json!("33333333-0000-4000-8000-000000000000")),
        (own("org-id"), json!(run.organization)),
        (own("pipeline-definition-id"), json!(run.definition)),
        (own("pipeline-id"), json!("44444444-0000-4000-8000-000000000000")),
        (own("project-id"), json!(run.project)),
        (own("ssh-rerun"), json!(false)),
        (own("vcs-origin"), json!(origin)),
        (own("vcs-ref"), json!(run.reference)),
        (own("workflow-id"), json!("55555555-0000-4000-8000-000000000000")),
    ];
    all.into_iter().collect()
}
