//! Azure's OIDC tokens, in every situation.
//!
//! What must hold: a run's own token names organization, project, definition, repository and ref, each as text, and nothing
//! else that tells one job from another; a service connection's names the connection alone. Where no claim tells two
//! situations apart, that is said, with what holds there instead. Sources: Teleport's RFD 211, sigstore/fulcio#1803.

use serde_json::{Value, json};
use stackgate_provider::plan::{Action, Plan, Stage, Trigger};
use stackgate_provider::{Claims, GATE_NOT_IN_CLAIMS, Issued, Situation, Token};

use crate::identity::{Identity, identity};
use crate::options::{Connection, ConnectionIssuer, Host, Options};
use crate::{check, trust, words};

/// The ref of a pull request's run.
const PULL: &str = "refs/pull/7/merge";

/// A run, as its own token tells it.
struct Run {
    identity: Identity,
    definition: u64,
    /// The definition's name, which checklist and documentation make that of its file.
    name: &'static str,
    reference: String,
}

/// The runs of a situation, each with what is special about it; or the answer, where there are none to try.
type Runs = Result<Vec<(&'static str, Run)>, Issued>;

pub(crate) fn claims(plan: &Plan, options: &Options, stage: &Stage, situation: Situation) -> Issued {
    let Ok(identity) = identity(plan, options) else {
        return nothing("The options do not say whose tokens these are.");
    };
    if let Some(connection) = options.connection(stage) {
        return connected(plan, options, stage, &identity, connection, situation);
    }
    match runs(plan, options, stage, &identity, situation) {
        Err(answer) => answer,
        Ok(runs) => Issued::Tokens(
            runs.iter().map(|(form, run)| Token { form: (*form).into(), claims: own(options, run) }).collect(),
        ),
    }
}

fn runs(plan: &Plan, options: &Options, stage: &Stage, identity: &Identity, situation: Situation) -> Runs {
    let preview = stage.trigger == Trigger::ChangeRequest;
    let branch = format!("refs/heads/{}", plan.branch);
    let of = |trigger, reference: &str| Run {
        identity: identity.clone(),
        definition: identity.definition(trigger),
        name: match trigger {
            Trigger::Push => "pulumi-deploy",
            Trigger::ChangeRequest => "pulumi-preview",
            Trigger::Schedule => "pulumi-audit",
        },
        reference: reference.into(),
    };
    let intended = || of(stage.trigger, if preview { PULL } else { &branch });
    let elsewhere = |identity: Identity| Run { identity, ..intended() };
    // A branch brings its own file, so that either definition can run on it.
    let both = |reference: &str| {
        vec![
            ("the deploy's definition", of(Trigger::Push, reference)),
            ("the preview's definition", of(Trigger::ChangeRequest, reference)),
        ]
    };
    let another = identity.preview.max(identity.deploy).wrapping_add(1);
    Ok(match situation {
        Situation::Intended => vec![("", intended())],
        Situation::OtherBranch => both(&format!("refs/heads/feature/{}", plan.branch)),
        Situation::Tag => {
            let mut runs = both("refs/tags/v1.0.0");
            runs.push(("a tag of the branch's name", of(stage.trigger, &format!("refs/tags/{}", plan.branch))));
            runs
        }
        Situation::ChangeRequest => both(PULL),
        Situation::SameNamedBranch if preview => {
            return Err(nothing(
                "A pull request's own branch has another name than its target, unless it is a fork's.",
            ));
        }
        Situation::SameNamedBranch => both(PULL),
        Situation::Fork if preview => {
            return Err(same(
                "No claim tells a fork's run from the repository's own. Builds of forks are to be switched off, and the stage's \
                 condition and its script refuse one; but a fork's own file may leave these out.",
            ));
        }
        // That of the preview's definition is the preview's own, which says so.
        Situation::Fork => vec![("the deploy's definition", of(Trigger::Push, PULL))],
        Situation::Manual | Situation::Schedule if preview => {
            vec![("the preview's definition on the deploy branch", of(Trigger::ChangeRequest, &branch))]
        }
        Situation::Manual | Situation::Schedule if stage.trigger == Trigger::Schedule => {
            return Err(same(
                "A schedule starts the audit, and so does whoever may queue its definition: no claim tells the two apart.",
            ));
        }
        Situation::Manual => {
            return Err(same(
                "No claim says what started a run. The stage's condition and its script refuse one that no push started, and \
                 the permission to queue builds says who may start one.",
            ));
        }
        Situation::Schedule => {
            return Err(same(
                "No claim says what started a run. The stage's condition and its script refuse one that no push started, and \
                 the file on the deploy branch, which has reviewers, has no schedule.",
            ));
        }
        Situation::NoEnvironment => return no_environment(plan, stage, intended),
        Situation::OtherFile => {
            let other = Run { definition: another, name: "other", ..intended() };
            let opposite = if preview { (Trigger::Push, PULL) } else { (Trigger::ChangeRequest, branch.as_str()) };
            vec![("another definition", other), ("the other one of the two definitions", of(opposite.0, opposite.1))]
        }
        Situation::OtherRepository => {
            let other = || Identity { repository: other(&identity.repository), ..identity.clone() };
            vec![
                ("its own definition", Run { definition: another, name: "other", ..elsewhere(other()) }),
                ("the definition, pointed at it", elsewhere(other())),
            ]
        }
        Situation::Recreated if options.host() == Host::GitHub => {
            return Err(same(
                "Azure knows a repository on GitHub by its path alone. Its connection to GitHub must reach the new repository, \
                 and the definition must still be there.",
            ));
        }
        Situation::Recreated => {
            let repository = || Identity { repository: other(&identity.repository), ..identity.clone() };
            let project = || Identity { project_id: other(&identity.project_id), ..repository() };
            let organization = Identity { organization_id: other(&identity.organization_id), ..project() };
            vec![
                ("the repository", elsewhere(repository())),
                ("the project too", elsewhere(project())),
                ("the organization too", elsewhere(organization)),
            ]
        }
        Situation::OtherProject => {
            let ids = || Identity { project_id: other(&identity.project_id), ..identity.clone() };
            let project = Identity { project: format!("{}-other", identity.project), ..ids() };
            // Its definition may have the same number and build the same repository on GitHub.
            let alike =
                Identity { project: alike(&identity.project), repository: alike(&identity.repository), ..ids() };
            let organization = Identity {
                organization: "somebody".into(),
                organization_id: other(&identity.organization_id),
                ..ids()
            };
            vec![
                ("another project of the organization", elsewhere(project)),
                ("names that a pattern takes for these", elsewhere(alike)),
                ("another organization", elsewhere(organization)),
            ]
        }
    })
}

/// The environment is in no claim. For production that is what the rule `gate-not-in-claims` is about: unless the spec
/// waives it, the token counts as one that anybody could have without an approval.
fn no_environment(plan: &Plan, stage: &Stage, intended: impl Fn() -> Run) -> Runs {
    if stage.environment.is_none() {
        return Err(nothing("The stage has no environment."));
    }
    let deploys = stage.action == Action::Deploy && words::is_production(stage);
    if deploys && !check::waived(plan, &GATE_NOT_IN_CLAIMS, stage) {
        return Ok(vec![("", intended())]);
    }
    Err(same(
        "No claim names the environment. The file on the deploy branch has reviewers, and nothing else keeps a job from leaving \
         its environment and the checks on it out.",
    ))
}

/// What a service connection gives. Its token is the same whoever asks; what differs is who is let ask.
fn connected(
    plan: &Plan,
    options: &Options,
    stage: &Stage,
    identity: &Identity,
    connection: &Connection,
    situation: Situation,
) -> Issued {
    let name = &connection.name.value;
    let branch = &plan.branch;
    let approval = if stage.gate.is_some() { "approval and its branch control stand" } else { "branch control stands" };
    Issued::Same(match situation {
        Situation::Intended => {
            return Issued::Tokens(vec![of_connection(options, identity, name, &connection.id.value, "")]);
        }
        Situation::OtherProject => return Issued::Tokens(foreign(options, identity, connection)),
        Situation::OtherBranch | Situation::Tag | Situation::ChangeRequest | Situation::SameNamedBranch => format!(
            "No claim names the branch. The branch control of the service connection `{name}` lets runs of `refs/heads/{branch}` \
             pass and no others."
        ),
        Situation::Fork => format!(
            "No claim names the branch. Azure lets a fork's run use no service connection unless a setting says so, and the branch \
             control of `{name}` lets runs of `refs/heads/{branch}` pass and no others."
        ),
        Situation::Manual | Situation::Schedule => format!(
            "No claim says what started a run. The service connection's {approval} before each of its tokens, and the stage's \
             condition and its script refuse a run that no push started."
        ),
        Situation::NoEnvironment if stage.environment.is_none() => return nothing("The stage has no environment."),
        Situation::NoEnvironment => format!(
            "No claim names the environment. The service connection's {approval} before each of its tokens, whatever \
             environment a job names."
        ),
        Situation::OtherFile | Situation::OtherRepository => {
            format!(
                "No claim names the definition. The service connection `{name}` is open to the deploy's definition alone."
            )
        }
        Situation::Recreated => format!(
            "No claim names the repository. The service connection `{name}` is open to the deploy's definition alone, and its \
             {approval} before each of its tokens."
        ),
    })
}

/// Tokens of the same issuers, or of ones like them, that are another's.
fn foreign(options: &Options, identity: &Identity, connection: &Connection) -> Vec<Token> {
    let (name, id) = (&connection.name.value, &connection.id.value);
    let organization = Identity {
        organization: "somebody".into(),
        organization_id: other(&identity.organization_id),
        ..identity.clone()
    };
    let project = Identity { project: format!("{}-other", identity.project), ..identity.clone() };
    let mut tokens = vec![
        of_connection(options, identity, &format!("{name}-other"), &other(id), "another service connection"),
        of_connection(options, &organization, name, &other(id), "another organization"),
    ];
    match options.connection_issuer() {
        ConnectionIssuer::Entra => {
            let tenant = Identity { tenant: other(&identity.tenant), ..organization };
            tokens.push(of_connection(options, &tenant, name, &other(id), "another tenant"));
            let mut application =
                of_connection(options, identity, name, id, "another application of the tenant, for the same audience");
            let oid = application.claims.get("oid").cloned().unwrap_or_default();
            application.claims.insert("sub".into(), oid);
            application.claims.insert("azp".into(), json!("00000000-0000-4000-8000-000000000000"));
            tokens.push(application);
        }
        ConnectionIssuer::AzureDevops => {
            tokens.push(of_connection(options, &project, name, &other(id), "another project"));
            let (project, connection) = (alike(&identity.project), alike(name));
            if (&project, &connection) != (&identity.project, name) {
                let identity = Identity { project, ..identity.clone() };
                let form = "names that a pattern takes for these";
                tokens.push(of_connection(options, &identity, &connection, &other(id), form));
            }
        }
    }
    tokens
}

/// A run's own token.
fn own(options: &Options, run: &Run) -> Claims {
    let identity = &run.identity;
    let (organization, project) = (&identity.organization, &identity.project);
    let address = match options.host() {
        Host::GitHub => format!("https://github.com/{}.git", identity.repository),
        // The token has the repository's name here, which the options do not know.
        Host::AzureRepos => {
            format!("https://dev.azure.com/{organization}/{project}/_git/{project}").replace(' ', "%20")
        }
    };
    collected([
        ("jti", json!("2f7a9d5c-0000-4000-8000-000000000000")),
        ("sub", json!(format!("p://{organization}/{project}/{}", run.name))),
        ("aud", json!(trust::EXCHANGE)),
        ("org_id", json!(identity.organization_id)),
        ("prj_id", json!(identity.project_id)),
        ("def_id", json!(run.definition.to_string())),
        ("rpo_id", json!(identity.repository)),
        ("rpo_uri", json!(address)),
        ("rpo_ver", json!("0000000000000000000000000000000000000000")),
        ("rpo_ref", json!(run.reference)),
        ("run_id", json!("1")),
        ("iss", json!(identity.organization_issuer())),
        ("nbf", json!(1_792_000_000)),
        ("exp", json!(1_792_000_900)),
        ("iat", json!(1_792_000_600)),
    ])
}

/// A service connection's token, in the form of its issuer.
fn of_connection(options: &Options, identity: &Identity, name: &str, id: &str, form: &str) -> Token {
    let claims = match options.connection_issuer() {
        ConnectionIssuer::Entra => collected([
            ("aud", json!(trust::EXCHANGE_ID)),
            ("iss", json!(identity.tenant_issuer())),
            ("iat", json!(1_792_000_000)),
            ("nbf", json!(1_792_000_000)),
            ("exp", json!(1_792_086_700)),
            ("aio", json!("k2RgYAAA")),
            ("azp", json!(trust::AZURE_DEVOPS)),
            ("azpacr", json!("2")),
            ("idtyp", json!("app")),
            ("oid", json!("9246576b-0000-4000-8000-000000000000")),
            ("rh", json!("1.AAAA")),
            ("sub", json!(identity.connection_subject(id))),
            ("tid", json!(identity.tenant)),
            ("uti", json!("AAAAAAAAAAAAAAAAAAAAAA")),
            ("ver", json!("2.0")),
            ("xms_ficinfo", json!("CAAQARgAIAA")),
            ("xms_idrel", json!("7 30")),
        ]),
        ConnectionIssuer::AzureDevops => collected([
            ("jti", json!("2f7a9d5c-0000-4000-8000-000000000000")),
            ("sub", json!(trust::connection_name(identity, name))),
            ("aud", json!(trust::EXCHANGE)),
            ("iss", json!(identity.organization_issuer())),
            ("nbf", json!(1_792_000_000)),
            ("exp", json!(1_792_000_900)),
            ("iat", json!(1_792_000_600)),
        ]),
    };
    Token { form: form.into(), claims }
}

fn collected<const N: usize>(claims: [(&str, Value); N]) -> Claims {
    claims.into_iter().map(|(claim, value)| (claim.to_owned(), value)).collect()
}

/// Another GUID, or another path.
fn other(id: &str) -> String {
    if id.contains('/') {
        return format!("{id}-other");
    }
    let (rest, last) = id.split_at(id.len().saturating_sub(1));
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}

/// A name that differs where a pattern cannot tell.
fn alike(name: &str) -> String {
    name.replace('.', "-")
}

fn nothing(why: &str) -> Issued {
    Issued::Nothing(why.into())
}

fn same(why: &str) -> Issued {
    Issued::Same(why.into())
}
