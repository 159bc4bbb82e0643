//! What Pulumi Cloud must trust of Azure: one admission for each stage, of a run's own token or of a service connection's.
//!
//! What must hold: every claim that says something about the stage is in its rules; what the token cannot show is said.
//! Azure issues three kinds of tokens, and the audience of each is fixed. Source: "Oidctoken - Create" in Microsoft's
//! documentation; Teleport's RFD 211 and sigstore/fulcio#1803 for the claims, which Microsoft does not document.

use stackgate_provider::indexmap::{IndexMap, IndexSet};
use stackgate_provider::plan::{Action, Plan, Stage, Trigger};
use stackgate_provider::{Admission, Missing, Trust, TrustedIssuer};

use crate::identity::{Identity, identity};
use crate::options::{Connection, ConnectionIssuer, Host, Options};
use crate::{ID, auditing, rules, words};

/// The audience of a run's own token, and of a service connection's in its old form.
pub(crate) const EXCHANGE: &str = "api://AzureADTokenExchange";

/// The audience of a service connection's token: the same service, by its id.
pub(crate) const EXCHANGE_ID: &str = "fb60f99c-7a34-4190-8149-302f77469936";

/// The application that asks Entra for a service connection's token: Azure DevOps itself.
pub(crate) const AZURE_DEVOPS: &str = "499b84ac-1321-427f-aa17-267ca6975798";

pub(crate) fn trust(plan: &Plan, options: &Options) -> Result<Trust, Missing> {
    let identity = identity(plan, options)?;
    let mut trust = Trust { waived_by: vec![rules::PREVIEW_SHARES_TOKEN.id], ..Trust::default() };
    for stage in plan.stages_of(ID) {
        let admission = match options.connection(stage) {
            None => run(plan, options, &identity, stage),
            Some(connection) => connected(options, &identity, stage, connection),
        };
        if !trust.issuers.iter().any(|issuer| issuer.url == admission.issuer) {
            let name = if admission.issuer == identity.organization_issuer() {
                "Azure Pipelines"
            } else {
                "Service connections of Azure Pipelines"
            };
            trust.issuers.push(TrustedIssuer { url: admission.issuer.clone(), name: name.into(), jwks: None });
        }
        trust.admissions.push(admission);
    }
    trust.residual = residual(plan, options);
    Ok(trust)
}

/// A stage that has the run's own token.
fn run(plan: &Plan, options: &Options, identity: &Identity, stage: &Stage) -> Admission {
    let admission = Admission::of(stage, identity.organization_issuer())
        .exactly("aud", EXCHANGE)
        // The subject ends with the definition's name, which anybody who may edit it can change; its id stays.
        .shaped("sub", format!("p://{}/{}/*", identity.organization, identity.project))
        .exactly("org_id", &identity.organization_id)
        .exactly("prj_id", &identity.project_id)
        .exactly("def_id", identity.definition(stage.trigger).to_string());
    let admission = match options.host() {
        Host::AzureRepos => admission.exactly("rpo_id", &identity.repository),
        // A path; the definition, by its id, is of one repository.
        Host::GitHub => admission.named("rpo_id", &identity.repository),
    };
    match stage.trigger {
        Trigger::Push | Trigger::Schedule => admission.exactly("rpo_ref", format!("refs/heads/{}", plan.branch)),
        Trigger::ChangeRequest => admission.shaped("rpo_ref", "refs/pull/*/merge"),
    }
}

/// A stage that has a service connection's token.
fn connected(options: &Options, identity: &Identity, stage: &Stage, connection: &Connection) -> Admission {
    match options.connection_issuer() {
        // The tenant's issuer serves each of its applications, so the subject and the application are needed.
        ConnectionIssuer::Entra => Admission::of(stage, identity.tenant_issuer())
            .exactly("aud", EXCHANGE_ID)
            .exactly("sub", identity.connection_subject(&connection.id.value))
            .exactly("tid", &identity.tenant)
            .exactly("azp", AZURE_DEVOPS),
        // Names alone: nothing in this token makes up for a wildcard in one.
        ConnectionIssuer::AzureDevops => Admission::of(stage, identity.organization_issuer())
            .exactly("aud", EXCHANGE)
            .exactly("sub", connection_name(identity, &connection.name.value)),
    }
}

/// The subject of a service connection's token in its old form.
pub(crate) fn connection_name(identity: &Identity, connection: &str) -> String {
    format!("sc://{}/{}/{}", identity.organization, identity.project, connection)
}

fn residual(plan: &Plan, options: &Options) -> Vec<String> {
    let mut said = Vec::new();
    let own = |trigger| -> Vec<&Stage> {
        words::stages(plan, trigger).into_iter().filter(|stage| options.connection(stage).is_none()).collect()
    };
    let branch = &plan.branch;
    let (previews, pushes) = (own(Trigger::ChangeRequest), own(Trigger::Push));
    if !previews.is_empty() {
        said.push(
            "Azure Pipelines: a fork's pull request has the claims of the repository's own; nothing but the setting that \
             builds no pull requests of forks keeps the previews' tokens from it."
                .into(),
        );
        said.push(format!(
            "Azure Pipelines: no claim names a pull request's target; one that aims at another branch than `{branch}` has the \
             previews' tokens wherever it starts the preview's definition."
        ));
    }
    if !pushes.is_empty() {
        said.push(format!(
            "Azure Pipelines: a run's own token names the definition and the branch, and not the job, its environment, an \
             approval or what started the run; every job of the deploy's definition on `{branch}` can ask for the tokens of {}.",
            teams(&pushes)
        ));
    }
    for stage in pushes.iter().filter(|stage| words::is_production(stage)) {
        said.push(match stage.action {
            Action::Deploy => format!(
                "Azure Pipelines: no claim shows that the deploy of `{}` was approved; a job of the deploy's definition that \
                 skips its environment has the token before anybody was asked.",
                stage.reference()
            ),
            Action::Preview | Action::Audit => format!(
                "Azure Pipelines: production's preview of `{}` has the run's own token, as any job of the deploy's definition has.",
                stage.reference()
            ),
        });
    }
    said.extend(auditing::residual(plan));
    connections(plan, options, &mut said);
    if options.host() == Host::GitHub && !(previews.is_empty() && pushes.is_empty()) {
        said.push(
            "Azure Pipelines: a repository on GitHub is known by its path alone; whoever takes the path after a renaming or a \
             deletion has its tokens, if Azure's connection to GitHub reaches the new repository."
                .into(),
        );
    }
    if plan.stages_of(ID).next().is_some() {
        said.push(
            "Azure Pipelines: the audience of its tokens is fixed; whoever else is handed one, such as Azure itself, can use \
             it at Pulumi Cloud as long as it lives, a run's own some minutes, a service connection's up to a day."
                .into(),
        );
    }
    if plan.stages_of(ID).any(|stage| options.pool(stage.trigger).is_some()) {
        said.push(
            "Azure Pipelines: jobs run on agents of your own, and whoever controls one of these machines controls every token \
             that is minted on it."
                .into(),
        );
    }
    said
}

fn connections(plan: &Plan, options: &Options, said: &mut Vec<String>) {
    let mut served: IndexMap<String, (&Connection, Vec<&Stage>)> = IndexMap::new();
    for stage in plan.stages_of(ID) {
        if let Some(connection) = options.connection(stage) {
            let id = connection.id.value.to_ascii_lowercase();
            served.entry(id).or_insert_with(|| (connection, Vec::new())).1.push(stage);
        }
    }
    for (connection, stages) in served.values() {
        let name = &connection.name.value;
        let approval = if stages.iter().any(|stage| stage.gate.is_some()) { "its approval, " } else { "" };
        said.push(format!(
            "Azure Pipelines: the token of the service connection `{name}` shows no branch, definition, environment or approval; \
             {approval}its branch control and its permission for one definition stand before the token, and outside it."
        ));
        if stages.len() > 1 {
            said.push(format!(
                "Azure Pipelines: the service connection `{name}` serves several stages, and each can ask for the tokens of {}.",
                teams(stages)
            ));
        }
        if options.connection_issuer() == ConnectionIssuer::AzureDevops {
            said.push(format!(
                "Azure Pipelines: the old form of a token names the service connection `{name}` by its name; one that is created \
                 anew under it has the same token, checks or not. Microsoft ends this form on 2027-07-01."
            ));
        }
    }
}

/// The teams of some stages, each once.
fn teams(stages: &[&Stage]) -> String {
    let teams: IndexSet<String> = stages.iter().map(|stage| format!("`{}`", stage.token.team)).collect();
    teams.into_iter().collect::<Vec<_>>().join(", ")
}
