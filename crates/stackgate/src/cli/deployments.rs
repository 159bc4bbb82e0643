//! What must be set outside all files for Pulumi Deployments.
//!
//! What must hold: everything comes from the plan; a stack that Pulumi Deployments does not run is not spoken of. Facts:
//! Pulumi's documentation of Deployments and of its OIDC subjects. Deliberately absent: the settings themselves.

use stackgate::adapter::CheckItem;
use stackgate::plan::{Deployments, Plan};

/// The integrations, the clouds' trust for each stack, and the roles.
pub(super) fn checklist(plan: &Plan) -> Vec<CheckItem> {
    let mut items: Vec<CheckItem> = Vec::new();
    for deployments in &plan.deployments {
        let item = integration(deployments);
        if !items.contains(&item) {
            items.push(item);
        }
    }
    for deployments in &plan.deployments {
        items.extend(trust(deployments, plan));
        if deployments.deploys_commits() && deployments.role.is_none() {
            items.push(CheckItem {
                what: format!(
                    "Give `{}` a role, as `role`, if its program reads other stacks or opens ESC environments",
                    deployments.reference()
                ),
                why: "A deployment that a push starts has a token of that one stack alone.".into(),
                how: "Settings > Access management > Roles; its id goes into the spec".into(),
            });
        }
    }
    items
}

fn integration(deployments: &Deployments) -> CheckItem {
    let source = &deployments.source;
    CheckItem {
        what: format!("Connect Pulumi Cloud with `{}`, and let it read `{}`", source.vcs, source.repository),
        why: "Pulumi Deployments fetches the program through this integration; nothing else can set it up.".into(),
        how: "Management > Version control > Add account".into(),
    }
}

fn trust(deployments: &Deployments, plan: &Plan) -> Vec<CheckItem> {
    let organization = &plan.organization;
    let item = |what: &str, operations: &[&str]| {
        let named: Vec<String> = operations.iter().map(|operation| format!("`operation:{operation}`")).collect();
        let subject = format!(
            "pulumi:deploy:org:{organization}:project:{}:stack:{}:operation:{}:scope:write",
            deployments.project,
            deployments.stack,
            operations.join(" or ")
        );
        CheckItem {
            what: format!(
                "Let the cloud trust {what} of `{}` for {} alone",
                deployments.reference(),
                named.join(" and ")
            ),
            why: "A pull request's own code runs with `operation:preview`, and must not get what deploys.".into(),
            how: format!("issuer {}/oidc, audience {organization}, subject {subject}", plan.cloud_url),
        }
    };
    if deployments.cloud.is_empty() {
        return Vec::new();
    }
    match (&deployments.preview_cloud, deployments.preview) {
        (Some(_), _) => {
            vec![item("the identities that deploy", &["update"]), item("the read-only identities", &["preview"])]
        }
        (None, true) => vec![item("the identities that previews share with deploys", &["update", "preview"])],
        (None, false) => vec![item("the identities", &["update"])],
    }
}
