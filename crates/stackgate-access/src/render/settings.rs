//! Deployment settings and schedules as resources.
//!
//! What must hold: what the provider switches on by default is always said; a stack with a role has no settings here, since
//! the provider replaces settings whole and knows no role: each update would take it away. Deliberately absent: the wire
//! form, which spells several keys otherwise.

use stackgate_plan::{CloudIdentities, Deployments};

use super::program::{depends_on, resource_of};
use super::yaml::{Node, map, text, texts};
use crate::fragment::Fragment;

/// The settings by stack, sorted.
pub(super) fn by_stack(fragment: &Fragment) -> Vec<&Deployments> {
    let mut all: Vec<&Deployments> = fragment.deployments.iter().collect();
    all.sort_by(|one, other| (&one.project, &one.stack).cmp(&(&other.project, &other.stack)));
    all
}

/// Every resource, by name.
pub(super) fn resources(fragment: &Fragment) -> Vec<(String, Node)> {
    let mut resources = Vec::new();
    for settings in by_stack(fragment) {
        let stack = map([
            ("organization", text(&fragment.organization)),
            ("project", text(&settings.project)),
            ("stack", text(&settings.stack)),
        ]);
        let name = format!("deployment/{}", settings.reference());
        if settings.role.is_none() {
            resources.push((name.clone(), resource_of("DeploymentSettings", of(settings, stack.clone()))));
        }
        let mut schedule = |what: &str, kind: &str, properties: Node| {
            let resource = resource_of(kind, properties);
            // The script makes the settings of a stack with a role, before this program runs.
            let options = settings.role.is_none().then(|| depends_on(&name));
            resources.push((format!("{name}/{what}"), resource.with("options", options)));
        };
        if let Some(drift) = &settings.drift {
            let properties = stack
                .clone()
                .with("scheduleCron", Some(text(&drift.cron)))
                .with("autoRemediate", Some(Node::Flag(drift.remediate)));
            schedule("drift", "DriftSchedule", properties);
        }
        if let Some(ttl) = &settings.ttl {
            let properties = stack
                .clone()
                .with("timestamp", Some(text(&ttl.at)))
                .with("deleteAfterDestroy", Some(Node::Flag(ttl.delete_stack)));
            schedule("ttl", "TtlSchedule", properties);
        }
        for (index, planned) in settings.schedules.iter().enumerate() {
            let properties = stack
                .clone()
                .with("pulumiOperation", Some(text(&planned.operation)))
                .with("scheduleCron", planned.cron.as_ref().map(text))
                .with("timestamp", planned.at.as_ref().map(text));
            schedule(&format!("schedule/{}", index + 1), "DeploymentSchedule", properties);
        }
    }
    resources
}

fn of(settings: &Deployments, stack: Node) -> Node {
    let source = &settings.source;
    let vcs = map([
        ("provider", text(&source.vcs)),
        ("repository", text(&source.repository)),
        ("deployCommits", Node::Flag(settings.deploys_commits())),
        ("previewPullRequests", Node::Flag(settings.preview)),
        ("pullRequestTemplate", Node::Flag(false)),
    ])
    .with("paths", (!settings.paths.is_empty()).then(|| texts(&settings.paths)));
    let git = map([("branch", text(format!("refs/heads/{}", source.branch))), ("repoDir", text(&source.directory))]);
    let options = map([
        ("skipInstallDependencies", Node::Flag(settings.skip_install)),
        ("skipIntermediateDeployments", Node::Flag(settings.skip_intermediate)),
    ]);
    let operation = map([("options", options)])
        .with("preRunCommands", (!settings.pre_run.is_empty()).then(|| texts(&settings.pre_run)))
        .with("oidc", oidc(settings.stored_cloud()));
    stack
        .with("agentPoolId", settings.agent_pool.as_ref().map(text))
        .with("executorContext", settings.image.as_ref().map(|image| map([("executorImage", text(image))])))
        .with("vcs", Some(vcs))
        .with("sourceContext", Some(map([("git", git)])))
        .with("operationContext", Some(operation))
}

fn oidc(clouds: &CloudIdentities) -> Option<Node> {
    let aws = clouds.aws.as_ref().map(|aws| {
        map([("roleARN", text(&aws.role_arn)), ("sessionName", text(&aws.session_name))])
            .with("duration", aws.duration.as_ref().map(text))
            .with("policyARNs", (!aws.policy_arns.is_empty()).then(|| texts(&aws.policy_arns)))
    });
    let azure = clouds.azure.as_ref().map(|azure| {
        map([
            ("clientId", text(&azure.client_id)),
            ("tenantId", text(&azure.tenant_id)),
            ("subscriptionId", text(&azure.subscription_id)),
        ])
    });
    let gcp = clouds.gcp.as_ref().map(|gcp| {
        map([
            ("projectId", text(gcp.project_number.to_string())),
            ("workloadPoolId", text(&gcp.pool)),
            ("providerId", text(&gcp.provider)),
            ("serviceAccount", text(&gcp.service_account)),
        ])
        .with("region", gcp.region.as_ref().map(text))
        .with("tokenLifetime", gcp.lifetime.as_ref().map(text))
    });
    (!clouds.is_empty()).then(|| map([]).with("aws", aws).with("azure", azure).with("gcp", gcp))
}
