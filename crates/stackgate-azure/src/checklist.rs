//! What must be set in Azure DevOps, since no file can hold it.
//!
//! What must hold: each item says what goes wrong without it, and by which command or page it is set or shown. Names and
//! ids that the options do not have stand as words in capitals.

use std::collections::BTreeSet;

use stackgate_provider::CheckItem;
use stackgate_provider::plan::{Action, Plan, Stage, Trigger};

use crate::options::{Connection, Host, Options};
use crate::words;

/// What to set in the organization and the project.
pub(crate) fn checklist(plan: &Plan, options: &Options) -> Vec<CheckItem> {
    let list = Checklist { plan, options };
    let previews = !words::stages(plan, Trigger::ChangeRequest).is_empty();
    let pushes = words::stages(plan, Trigger::Push);
    let mut items = vec![list.definitions()];
    items.extend(pushes.iter().filter_map(|stage| list.environment(stage)));
    items.extend(list.connections(&pushes));
    if options.batch() && pushes.iter().any(|stage| stage.gate.is_some()) {
        items.push(list.approval_timeout());
    }
    items.push(list.branch());
    if previews {
        items.push(list.preview_starts());
        items.push(list.forks());
    }
    items.push(list.settings());
    items.push(list.reviewers());
    let used =
        [(previews, Trigger::ChangeRequest), (!pushes.is_empty(), Trigger::Push)].into_iter().filter(|(used, _)| *used);
    let pools: BTreeSet<&str> = used.filter_map(|(_, trigger)| options.pool(trigger)).collect();
    items.extend(pools.into_iter().map(|pool| list.pool(pool)));
    items
}

struct Checklist<'a> {
    plan: &'a Plan,
    options: &'a Options,
}

fn item(what: String, why: &str, how: String) -> CheckItem {
    CheckItem { what, why: why.into(), how }
}

impl Checklist<'_> {
    fn project(&self) -> String {
        let organization = self.options.organization.as_ref().map_or("ORGANIZATION", |name| &name.value);
        let project = self.options.project.as_ref().map_or("PROJECT", |name| &name.value);
        format!("https://dev.azure.com/{organization}/{project}").replace(' ', "%20")
    }

    /// What shows the checks on a resource.
    fn checks(&self, kind: &str, id: &str) -> String {
        let query = format!("resourceType={kind}&resourceId={id}&api-version=7.1-preview.1");
        format!("GET {}/_apis/pipelines/checks/configurations?{query}", self.project())
    }

    fn definition(&self, trigger: Trigger) -> String {
        let id = match trigger {
            Trigger::ChangeRequest => &self.options.preview_definition_id,
            Trigger::Push | Trigger::Schedule => &self.options.deploy_definition_id,
        };
        match (id, trigger) {
            (Some(id), _) => id.value.to_string(),
            (None, Trigger::ChangeRequest) => "PREVIEW_ID".into(),
            (None, Trigger::Push) => "DEPLOY_ID".into(),
            (None, Trigger::Schedule) => "AUDIT_ID".into(),
        }
    }

    fn definitions(&self) -> CheckItem {
        let files: Vec<(String, String)> = [Trigger::ChangeRequest, Trigger::Push]
            .into_iter()
            .filter(|trigger| !words::stages(self.plan, *trigger).is_empty())
            .map(|trigger| (self.options.file(trigger), self.definition(trigger)))
            .collect();
        let named: Vec<String> = files.iter().map(|(file, id)| format!("`{file}` (definition {id})")).collect();
        let commands: Vec<String> = files
            .iter()
            .map(|(file, _)| {
                format!(
                    "az pipelines create --name {} --yml-path {file} --skip-first-run true",
                    file.rsplit('/').next().unwrap_or(file).trim_end_matches(".yml")
                )
            })
            .collect();
        item(
            format!(
                "Create one pipeline definition for each file: {}; override no trigger in its settings",
                named.join(", ")
            ),
            "The definition's id tells a preview's token from a deploy's, and a trigger that is set in the definition wins over the file.",
            format!("{}; shown by: az pipelines list --query \"[].{{id:id, name:name}}\"", commands.join("; ")),
        )
    }

    fn environment(&self, stage: &Stage) -> Option<CheckItem> {
        let name = stage.environment.as_ref()?;
        let branch = &self.plan.branch;
        let approval =
            if stage.gate.is_some() { ", an approval (approvers may not approve their own runs)" } else { "" };
        let lock = if stage.lock.is_some() { ", an exclusive lock" } else { "" };
        let deploy = self.definition(Trigger::Push);
        Some(item(
            format!(
                "Create the environment `{name}`, with branch control for `refs/heads/{branch}`{approval}{lock}, and permission for definition {deploy} alone"
            ),
            "Azure creates a missing environment without any check, and lets any definition of the project use an open one.",
            format!(
                "{}/_environments, then Approvals and checks, and Security; shown by: {}",
                self.project(),
                self.checks("environment", "ENVIRONMENT_ID")
            ),
        ))
    }

    /// One item for each service connection, with every stack that it serves.
    fn connections(&self, pushes: &[&Stage]) -> Vec<CheckItem> {
        let mut served: Vec<(&Connection, Action, Vec<String>)> = Vec::new();
        for stage in pushes {
            let Some(connection) = self.options.connection(stage) else { continue };
            match served.iter_mut().find(|(other, _, _)| other.id.value.eq_ignore_ascii_case(&connection.id.value)) {
                Some((_, _, stacks)) => stacks.push(stage.reference()),
                None => served.push((connection, stage.action, vec![stage.reference()])),
            }
        }
        let branch = &self.plan.branch;
        let deploy = self.definition(Trigger::Push);
        let make = |(connection, action, stacks): (&Connection, Action, Vec<String>)| {
            let (name, id) = (&connection.name.value, &connection.id.value);
            let checks =
                if action == Action::Deploy { "an approval, an exclusive lock and" } else { "no approval, but" };
            item(
                format!(
                    "Create the service connection `{name}` ({id}) for {}: Azure Resource Manager, workload identity federation, with {checks} branch control for \
                     `refs/heads/{branch}`, and permission for definition {deploy} alone",
                    stacks.join(", ")
                ),
                "Its token is what the trust policy takes for proof. A connection without checks, or open to every pipeline, proves nothing. \
                 It needs no role in Azure, and should have none.",
                format!(
                    "{}/_settings/adminservices?resourceId={id}, then Approvals and checks, and Security; shown by: {}",
                    self.project(),
                    self.checks("endpoint", id)
                ),
            )
        };
        served.into_iter().map(make).collect()
    }

    fn approval_timeout(&self) -> CheckItem {
        item(
            "Give the approvals a timeout of a day or less, and reject what will not be deployed".into(),
            "With `batch`, the next deploy, of development stacks too, starts when the one before has ended; one that waits for an approval has not.",
            format!(
                "{}/_environments, the environment's approval, Control options; or `batch: false` in the options",
                self.project()
            ),
        )
    }

    fn branch(&self) -> CheckItem {
        let branch = &self.plan.branch;
        let how = match self.options.host() {
            Host::GitHub => {
                format!("the repository's rules on GitHub; shown by: gh api repos/OWNER/NAME/rules/branches/{branch}")
            }
            Host::AzureRepos => format!(
                "az repos policy approver-count create --branch {branch} --repository-id {} --minimum-approver-count 1 --creator-vote-counts false \
                 --allow-downvotes false --reset-on-source-push true --blocking true --enabled true; shown by: az repos policy list --branch {branch}",
                self.repository()
            ),
        };
        item(
            format!("Protect the branch `{branch}`: changes by pull request with a review"),
            "Whoever can push to it deploys to development.",
            how,
        )
    }

    fn repository(&self) -> &str {
        self.options.repository_id.as_ref().map_or("REPOSITORY_ID", |id| &id.value)
    }

    fn preview_starts(&self) -> CheckItem {
        let branch = &self.plan.branch;
        let id = self.definition(Trigger::ChangeRequest);
        match self.options.host() {
            Host::GitHub => item(
                format!("Require the check of definition {id} for `{branch}`"),
                "It reports on every pull request, also where path filters hold every preview back.",
                "the repository's rules on GitHub, Require status checks to pass".into(),
            ),
            Host::AzureRepos => item(
                format!(
                    "Add definition {id} as build validation of `{branch}`, automatic and required, without a path filter"
                ),
                "Azure Repos starts no preview without it: it ignores `pr` in the file.",
                format!(
                    "az repos policy build create --branch {branch} --repository-id {} --build-definition-id {id} --display-name \"Pulumi preview\" --blocking true \
                     --enabled true --manual-queue-only false --queue-on-source-update-only true --valid-duration 0; shown by: az repos policy list --branch {branch}",
                    self.repository()
                ),
            ),
        }
    }

    fn forks(&self) -> CheckItem {
        item(
            "Switch builds of forks off".into(),
            "A fork's pull request can change the file, conditions included, and the OIDC token does not show that it is a fork's.",
            format!(
                "{0}/_settings/settings, Limit building pull requests from forked GitHub repositories, and the definition's own trigger settings; shown by: \
                 GET {0}/_apis/build/generalsettings?api-version=7.1 (buildsEnabledForForks)",
                self.project()
            ),
        )
    }

    fn settings(&self) -> CheckItem {
        item(
            "Limit what a run may do: job authorization scope to the project and to referenced repositories, no variables at queue time but listed ones, no \
             implied YAML CI trigger"
                .into(),
            "The job's access token reaches as far as these settings let it, and a variable set at queue time is seen by every step.",
            format!(
                "{0}/_settings/settings; shown by: GET {0}/_apis/build/generalsettings?api-version=7.1 (enforceJobAuthScope, enforceReferencedRepoScopedToken, \
                 enforceSettableVar, disableImpliedYAMLCiTrigger)",
                self.project()
            ),
        )
    }

    fn reviewers(&self) -> CheckItem {
        let folder = self.options.folder();
        let how = match self.options.host() {
            Host::GitHub => format!(
                "a CODEOWNERS file with `/{folder}/` and the spec, and the rule that requires code owners' review"
            ),
            Host::AzureRepos => format!(
                "az repos policy required-reviewer create --branch {} --repository-id {} --path-filter \"/{folder}/*;/{}\" --required-reviewer-ids IDS --message \
                 \"Pipelines\" --blocking true --enabled true",
                self.plan.branch,
                self.repository(),
                self.plan.spec_path
            ),
        };
        item(
            format!("Make reviewers of your choice approve changes under `{folder}/` and of the spec"),
            "A changed file on the deploy branch has the trust of the one that stackgate wrote.",
            how,
        )
    }

    fn pool(&self, pool: &str) -> CheckItem {
        item(
            format!(
                "Give the pool `{pool}` agents that live for one job, with Linux, bash, curl and git, and permission for these definitions alone"
            ),
            "What one job leaves on an agent, the next one finds, whatever the workspace is cleaned of.",
            format!(
                "{}/_settings/agentqueues, the pool, Security; the agent is configured with --once",
                self.project()
            ),
        )
    }
}
