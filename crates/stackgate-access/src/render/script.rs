//! The script that applies what no resource covers.
//!
//! What must hold: it looks before it creates, stops at the first failure, and changes nothing when run again; the token
//! is in no argument; a dry run sends nothing. Its functions are in `apply-head.sh`, which holds no value.

use stackgate_provider::plan::Tier;

use super::shell::{literal, with_body};
use super::{Options, RenderFailed, issuers, production_environments, settings, sorted, wire};
use crate::fragment::{Fragment, TeamKind};

const HEAD: &str = "#
# Applies what no resource of Pulumi Cloud's provider covers. An administrator runs it, with the CLI logged in or with a token
# in PULUMI_ACCESS_TOKEN: see REVIEW.md beside it. With --dry-run it prints each request and its body, and sends nothing.
# Running it again changes nothing.
";

/// Everything below the marker, or `None` where there is nothing to apply.
pub(super) fn body(fragment: &Fragment, options: &Options) -> Result<Option<String>, RenderFailed> {
    let mut steps = Vec::new();
    if let Some(defaults) = &fragment.defaults {
        let send = "send PATCH \"/api/orgs/$organization\"";
        steps.push(format!(
            "# The organization's defaults, which every team token carries besides its team's permissions.\n{}",
            with_body(send, &wire::organization(defaults))?
        ));
    }
    for (url, issuer) in issuers(fragment).into_iter().filter(|(_, issuer)| issuer.jwks.is_some()) {
        steps.push(format!(
            "# An issuer whose keys Pulumi Cloud cannot fetch, and its policies.\n{}{}",
            with_body(&format!("issuer {}", literal(url)), &wire::issuer(url, issuer))?,
            with_body("policies", &wire::policies(issuer))?
        ));
    }
    for settings in settings::by_stack(fragment).into_iter().filter(|settings| settings.role.is_some()) {
        let path = format!("/{}/deployments/settings", settings.reference());
        let send = format!("send POST \"/api/stacks/$organization\"{}", literal(&path));
        steps.push(format!(
            "# Deployment settings with a role, which the provider would take away.\n{}",
            with_body(&send, &wire::settings(settings))?
        ));
    }
    if let (true, Some(approvers)) = (options.gate_open, &options.approvers) {
        for environment in production_environments(fragment) {
            let command = format!("gate {} {}", literal(&wire::gate_name(environment)), literal(environment));
            steps.push(format!(
                "# Nobody opens this environment without an approval.\n{}",
                with_body(&command, &wire::gate(environment, approvers))?
            ));
        }
    }
    let pipelines = sorted(&fragment.teams).into_iter().filter(|(_, team)| team.kind == TeamKind::Pipeline);
    let nobody: String = pipelines.map(|(name, _)| format!("nobody {}\n", literal(name))).collect();
    if !nobody.is_empty() {
        steps.push(format!("# A pipeline's team has no members.\n{nobody}"));
    }
    if steps.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!("{HEAD}{}{}\n{}", target(fragment), include_str!("apply-head.sh"), steps.join("\n"))))
}

/// Where a script's requests go.
pub(super) fn target(fragment: &Fragment) -> String {
    format!("cloud={}\norganization={}\n", literal(&fragment.cloud_url), literal(&fragment.organization))
}

/// Whether the fragment has anything of production.
pub(super) fn has_production(fragment: &Fragment) -> bool {
    fragment.stacks.values().any(|stack| stack.tier == Tier::Production)
}
