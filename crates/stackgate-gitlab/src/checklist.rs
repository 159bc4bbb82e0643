//! What must be set in the project, since no file can hold it.
//!
//! What must hold: each item says what happens without it, and names the call that sets or shows it. Deliberately
//! absent: any claim that it was done.

use stackgate_provider::CheckItem;
use stackgate_provider::plan::{Plan, Stage, Trigger, TrustClass};

use crate::options::Options;
use crate::{ID, words};

/// Everything to set, the most important first.
pub(crate) fn checklist(plan: &Plan, options: &Options) -> Vec<CheckItem> {
    let api = Api::new(options);
    let mut items = Vec::new();
    if let Some(path) = &options.path {
        items.push(include(plan, options, &path.value));
    }
    if !words::stages(plan, Trigger::Push).is_empty() {
        deploys(plan, options, &api, &mut items);
    }
    if !words::stages(plan, Trigger::ChangeRequest).is_empty() {
        previews(&api, &mut items);
    }
    everything(plan, options, &api, &mut items);
    items
}

/// Calls of GitLab's API through its own command.
struct Api {
    host: String,
    project: String,
    page: String,
}

impl Api {
    fn new(options: &Options) -> Api {
        let host = match options.url().strip_prefix("https://") {
            Some(host) if options.url.is_some() => format!("GITLAB_HOST={host} "),
            _ => String::new(),
        };
        let repository = options.repository.as_ref().map(|repository| repository.value.as_str());
        let project = match (&options.project_id, repository) {
            (Some(id), _) => id.value.to_string(),
            (None, Some(path)) => path.replace('/', "%2F"),
            (None, None) => ":id".into(),
        };
        let page = format!("{}/{}/-", options.url(), repository.unwrap_or("GROUP/PROJECT"));
        Api { host, project, page }
    }

    fn get(&self, path: &str) -> String {
        format!("{}glab api projects/{}{path}", self.host, self.project)
    }

    fn send(&self, method: &str, path: &str, fields: &str) -> String {
        format!("{}glab api --method {method} projects/{}{path} {fields}", self.host, self.project)
    }

    /// A setting of the project, and how it is shown.
    fn setting(&self, key: &str, value: &str) -> String {
        format!("{}; shown by: {} | jq .{key}", self.send("PUT", "", &format!("--field {key}={value}")), self.get(""))
    }
}

fn item(what: impl Into<String>, why: &str, how: impl Into<String>) -> CheckItem {
    CheckItem { what: what.into(), why: why.into(), how: how.into() }
}

fn include(plan: &Plan, options: &Options, path: &str) -> CheckItem {
    let (stage, branch) = (options.stage(), &plan.branch);
    item(
        format!("Include `{path}` from `.gitlab-ci.yml`, and keep `{stage}` among its `stages`"),
        "GitLab reads no other file by itself, and refuses a job whose stage does not exist. What your file says of a job \
         of the same name wins over the included one.",
        format!(
            "include: {{ local: /{path} }}; where your file has `workflow: rules`, these must let merge requests and \
             pushes to `{branch}` through, and its `auto_cancel: on_new_commit` must not cancel jobs that are not interruptible"
        ),
    )
}

fn deploys(plan: &Plan, options: &Options, api: &Api, items: &mut Vec<CheckItem>) {
    let branch = &plan.branch;
    let protect = "--raw-field push_access_level=0 --raw-field merge_access_level=40 --field allow_force_push=false";
    items.push(item(
        format!("Protect the branch `{branch}`: nobody pushes, maintainers merge, no force push"),
        "Jobs deploy only where the branch is protected, and whoever can bring a commit there deploys to development.",
        format!(
            "{}; shown by: {}",
            api.send("POST", "/protected_branches", &format!("--raw-field name={branch} {protect}")),
            api.get(&format!("/protected_branches/{}", branch.replace('/', "%2F")))
        ),
    ));
    for stage in words::stages(plan, Trigger::Push) {
        gate(stage, options, api, items);
    }
    items.push(item(
        "Let nobody set variables when a pipeline starts",
        "Such a variable wins over everything in the file: `git push -o ci.variable=…` on the deploy branch could change \
         what a job runs, and the approver would not see it.",
        api.setting("ci_pipeline_variables_minimum_override_role", "no_one_allowed"),
    ));
    for stage in words::stages(plan, Trigger::Push) {
        let Some(lock) = words::lock(stage) else { continue };
        let path = format!("/resource_groups/{}", lock.replace('/', "%2F"));
        items.push(item(
            format!("Let deploys of `{lock}` run oldest first, once the first pipeline has made the resource group"),
            "They run in no order otherwise, so that an older commit can be deployed last.",
            format!(
                "{}; shown by: {}",
                api.send("PUT", &path, "--raw-field process_mode=oldest_first"),
                api.get(&path)
            ),
        ));
    }
    items.push(item(
        "Prevent outdated deployment jobs",
        "A job of an older pipeline that is still waiting for a hand would deploy an older commit over a newer one.",
        api.setting("ci_forward_deployment_enabled", "true"),
    ));
    production_runner(plan, options, api, items);
}

fn gate(stage: &Stage, options: &Options, api: &Api, items: &mut Vec<CheckItem>) {
    let (Some(_), Some(name)) = (stage.gate, &stage.environment) else { return };
    if !options.premium() {
        items.push(item(
            format!("Know who may merge: each of them can start the deploy of `{}`", stage.reference()),
            "On GitLab Free the manual job is no approval by somebody else, and no claim shows it to the trust policy.",
            format!("members with at least the role that may merge: {}", api.get("/members/all")),
        ));
        return;
    }
    let rules = "--input - <<< '{\"name\": \"NAME\", \"deploy_access_levels\": [{\"access_level\": 40}], \"approval_rules\": \
                 [{\"access_level\": 40, \"required_approvals\": 1}]}' --header Content-Type:application/json";
    items.push(item(
        format!("Protect the environment `{name}`, with an approval rule"),
        "GitLab makes a missing environment without protection; then the trust policy refuses the job. With protection \
         but without an approval rule, anybody who may deploy starts it alone.",
        format!(
            "{}; shown by: {}",
            api.send("POST", "/protected_environments", &rules.replace("NAME", name)),
            api.get(&format!("/protected_environments/{name}"))
        ),
    ));
    let own = "allow_pipeline_trigger_approve_deployment";
    if !items.iter().any(|item| item.how.contains(own)) {
        items.push(item(
            "Let nobody approve a deployment of their own pipeline",
            "Whoever merges could approve as well.",
            api.setting(own, "false"),
        ));
    }
}

fn production_runner(plan: &Plan, options: &Options, api: &Api, items: &mut Vec<CheckItem>) {
    if !plan.stages_of(ID).any(|stage| stage.class == TrustClass::Production) {
        return;
    }
    let what = match words::plain_tags(options).as_slice() {
        _ if options.production_tags().is_some() => {
            "Make the runners of `production_tags` protected, and shared with no other job"
        }
        [] => "Run production on GitLab's own runners, or give a protected runner in `production_tags`",
        _ => "Give production a protected runner of its own in `production_tags`",
    };
    items.push(item(
        what,
        "A runner that also takes change requests can be left with something that waits for the next job's token. Runners \
         need the docker or the kubernetes executor: a shell executor ignores the image.",
        format!("{}glab api --method PUT runners/RUNNER --raw-field access_level=ref_protected; shown by: {}", api.host, api.get("/runners")),
    ));
}

fn previews(api: &Api, items: &mut Vec<CheckItem>) {
    items.push(item(
        "Keep pipelines of forks out of this project",
        "A member who starts a fork's pipeline here runs the fork's own CI file with this project's runners and variables; \
         no condition in this file counts there.",
        api.setting("ci_allow_fork_pipelines_to_run_in_parent_project", "false"),
    ));
    items.push(item(
        "Let merge requests be merged only when their pipeline succeeds",
        "A failed preview is only a notice otherwise. Every change request has a pipeline, also where path filters hold \
         all previews back.",
        api.setting("only_allow_merge_if_pipeline_succeeds", "true"),
    ));
}

fn everything(plan: &Plan, options: &Options, api: &Api, items: &mut Vec<CheckItem>) {
    items.push(item(
        "Remove every CI/CD variable whose name begins with `PULUMI_` or `STACKGATE_`, in the project and its groups",
        "A stored `PULUMI_ACCESS_TOKEN` makes every job refuse to run, and is what this pipeline replaces.",
        format!("shown by: {}", api.get("/variables")),
    ));
    items.push(item(
        "Limit which projects' job tokens reach this project",
        "Every job of every project holds a job token; the list says which of them may read here.",
        format!(
            "{}; shown by: {}",
            api.send("PATCH", "/job_token_scope", "--field enabled=true"),
            api.get("/job_token_scope/allowlist")
        ),
    ));
    items.push(item(
        "Leave the project's CI/CD configuration file at `.gitlab-ci.yml`",
        "A file elsewhere would be what GitLab runs, with the trust of this one.",
        api.setting("ci_config_path", "''"),
    ));
    items.push(item(
        "Leave the subject of the project's OIDC tokens as it is",
        "Trust policies that name `sub` would no longer match.",
        format!("shown by: {} | jq .ci_id_token_sub_claim_components", api.get("")),
    ));
    let root = if options.path.is_some() { ", `.gitlab-ci.yml`" } else { "" };
    items.push(item(
        format!("Make code owners review `{}`{root} and `{}`", options.path(), plan.spec_path),
        "A changed pipeline on the deploy branch has the trust of the one that stackgate wrote. Enforced from Premium on.",
        format!("a CODEOWNERS file with these paths, and code owner approval: {}/settings/repository", api.page),
    ));
}
