//! The Pulumi program: issuers, teams, grants, approvals and deployment settings as resources of Pulumi Cloud's provider.
//!
//! What must hold: a resource's name follows from what it is for, so that nothing is replaced because something else came
//! or went. Deliberately absent: whatever no resource can say, which the script does. Source of the words: the provider's
//! schema at 1.3.0.

use stackgate_plan::EnvironmentGrant;

use super::yaml::{Node, map, text, texts};
use super::{Options, RenderFailed, ci, halves, issuers, production_environments, settings, sorted};
use crate::fragment::{Fragment, Issuer, Team, TeamKind};

/// The provider's release that the program is made for. Source: pulumi/pulumi-pulumiservice, tag v1.3.0 of 2026-06-25.
const PROVIDER: &str = "1.3.0";

const HEAD: &str = "#
# What Pulumi Cloud must hold for the pipelines of this organization. An administrator applies it, never one of the pipelines
# that it trusts: see REVIEW.md beside it.
#
# Whoever creates a team becomes its member. That is no part of this program, and the next update with --refresh takes it back.
";

/// Everything below the marker.
pub(super) fn body(fragment: &Fragment, options: &Options) -> Result<String, RenderFailed> {
    let organization = fragment.organization.as_str();
    let mut resources = vec![("pulumiservice".to_owned(), provider(fragment))];
    for (url, issuer) in issuers(fragment).into_iter().filter(|(_, issuer)| issuer.jwks.is_none()) {
        let name = format!("issuer/{}", url.strip_prefix("https://").unwrap_or(url));
        resources.push((name, issuer_resource(organization, url, issuer)));
    }
    for (name, team) in sorted(&fragment.teams) {
        let resource = format!("team/{name}");
        let own = team_resource(organization, name, team);
        let waits = own.is_some();
        resources.extend(own.map(|own| (resource.clone(), own)));
        let options = || if waits { depends_on(&resource) } else { map([]) };
        if !team.scopes.is_empty() {
            let role = format!("role/{name}");
            resources.push((role.clone(), role_resource(organization, name, team)));
            let assigned = map([
                ("organizationName", text(organization)),
                ("teamName", text(name)),
                ("roleId", Node::Property(role, "roleId")),
            ]);
            // Pulumi Cloud knows one role for each team: a new one must not be taken away with the old.
            let replacing = options().with("deleteBeforeReplace", Some(Node::Flag(true)));
            let assigned = resource_of("TeamRoleAssignment", assigned).with("options", Some(replacing));
            resources.push((format!("{resource}/role"), assigned));
        }
        for (stack, permission) in sorted(&team.stacks) {
            let number = Node::Number(permission.number().into());
            let (project, stack_name) = halves(stack);
            let properties = map([
                ("organization", text(organization)),
                ("project", text(project)),
                ("stack", text(stack_name)),
                ("team", text(name)),
                ("permission", number),
            ]);
            // Creating comes before deleting otherwise, and deleting then takes the new grant away.
            let replacing = options().with("deleteBeforeReplace", Some(Node::Flag(true)));
            let grant = resource_of("TeamStackPermission", properties).with("options", Some(replacing));
            resources.push((format!("{resource}/stack/{stack}"), grant));
        }
        for (environment, grant) in sorted(&team.environments) {
            let grant = environment_grant(organization, name, environment, *grant);
            let grant = grant.with("options", waits.then(options));
            resources.push((format!("{resource}/environment/{environment}"), grant));
        }
    }
    resources.extend(settings::resources(fragment));
    if let Some(approvers) = &options.approvers {
        for environment in production_environments(fragment) {
            resources.push((format!("approval/{environment}"), approval(organization, environment, approvers)));
        }
    }
    resources.extend(ci::resources(fragment, &options.ci));
    let program = map([
        ("name", text("stackgate-access")),
        ("runtime", text("yaml")),
        ("description", text(format!("What Pulumi Cloud holds for the pipelines of {organization}"))),
        // Decides where the program's own login and state go; nobody's environment does.
        ("backend", map([("url", text(&fragment.cloud_url))])),
        ("resources", Node::Map(resources)),
    ]);
    Ok(format!("{HEAD}{}", program.document()?))
}

/// A resource of Pulumi Cloud's provider.
pub(super) fn resource_of(kind: &str, properties: Node) -> Node {
    map([("type", text(format!("pulumiservice:index:{kind}"))), ("properties", properties)])
}

/// Options that let a resource wait for another of this program.
pub(super) fn depends_on(resource: &str) -> Node {
    map([("dependsOn", Node::List(vec![Node::Reference(resource.to_owned())]))])
}

/// The provider, pinned, and bound to the cloud that the fragment names.
fn provider(fragment: &Fragment) -> Node {
    map([
        ("type", text("pulumi:providers:pulumiservice")),
        ("defaultProvider", Node::Flag(true)),
        ("properties", map([("apiUrl", text(&fragment.cloud_url))])),
        ("options", map([("version", text(PROVIDER))])),
    ])
}

fn issuer_resource(organization: &str, url: &str, issuer: &Issuer) -> Node {
    let policies = issuer.policies.iter().map(|policy| {
        let rules = policy.rules.iter().map(|(claim, pattern)| (claim.clone(), text(pattern)));
        let name = |name: &Option<String>| name.as_ref().map(text);
        let permissions = &policy.authorized_permissions;
        // The words of a policy are those of its serialised form; the provider takes the same.
        map([("decision", word(&policy.decision)), ("tokenType", word(&policy.token_type))])
            .with("teamName", name(&policy.team_name))
            .with("userLogin", name(&policy.user_login))
            .with("runnerID", name(&policy.runner_id))
            .with("roleID", name(&policy.role_id))
            .with("authorizedPermissions", (!permissions.is_empty()).then(|| texts(permissions)))
            .with("rules", Some(Node::Map(rules.collect())))
    });
    let properties = map([
        ("organization", text(organization)),
        ("name", text(&issuer.name)),
        ("url", text(url)),
        ("maxExpirationSeconds", Node::Number(issuer.max_expiration_seconds.into())),
        ("policies", Node::List(policies.collect())),
    ]);
    resource_of("OidcIssuer", properties)
}

/// A word as its type serialises it.
fn word(value: &impl serde::Serialize) -> Node {
    let value = serde_json::to_value(value).ok();
    text(value.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default())
}

/// The team itself; none where another system keeps its members, since that system keeps the team too, and Pulumi Cloud
/// takes no second one of the name.
fn team_resource(organization: &str, name: &str, team: &Team) -> Option<Node> {
    let mut members = match (team.kind, &team.members) {
        (TeamKind::Pipeline, _) => Vec::new(),
        (TeamKind::People, members) => members.clone()?,
    };
    members.sort_unstable();
    let properties = map([
        ("organizationName", text(organization)),
        ("teamType", text("pulumi")),
        ("name", text(name)),
        ("displayName", text(name)),
        ("description", text(&team.description)),
        ("members", texts(&members)),
    ]);
    Some(resource_of("Team", properties))
}

/// A role that allows its scopes everywhere, and nothing else.
fn role_resource(organization: &str, team: &str, of: &Team) -> Node {
    let permissions = map([("__type", text("PermissionDescriptorAllow")), ("permissions", texts(&of.scopes))]);
    let properties = map([
        ("organizationName", text(organization)),
        ("name", text(format!("stackgate: {team}"))),
        ("description", text(&of.description)),
        ("permissions", permissions),
    ]);
    resource_of("OrganizationRole", properties)
}

fn environment_grant(organization: &str, team: &str, environment: &str, grant: EnvironmentGrant) -> Node {
    let (project, name) = halves(environment);
    let properties = map([
        ("organization", text(organization)),
        ("team", text(team)),
        ("project", text(project)),
        ("environment", text(name)),
        ("permission", text(grant.permission.as_str())),
    ]);
    let longest = grant.max_open_minutes.map(|minutes| text(duration(minutes)));
    resource_of("TeamEnvironmentPermission", properties.with("maxOpenDuration", longest))
}

/// Minutes as Go writes a length of time, so that the provider finds what it reads back.
fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m0s"),
        (hours, minutes) => format!("{hours}h{minutes}m0s"),
    }
}

/// Nobody changes what production opens without somebody of the approvers' team. The resource knows no gate of opening.
fn approval(organization: &str, environment: &str, approvers: &str) -> Node {
    let (project, name) = halves(environment);
    let identifier = map([("organization", text(organization)), ("project", text(project)), ("name", text(name))]);
    let rule = map([
        ("numApprovalsRequired", Node::Number(1)),
        ("allowSelfApproval", Node::Flag(false)),
        ("requireReapprovalOnChange", Node::Flag(true)),
        ("eligibleApprovers", Node::List(vec![map([("teamName", text(approvers))])])),
    ]);
    let properties = map([
        ("name", text(format!("stackgate: update {environment}"))),
        ("enabled", Node::Flag(true)),
        ("targetActionTypes", Node::List(vec![text("update")])),
        ("environmentIdentifier", identifier),
        ("approvalRuleConfig", rule),
    ]);
    resource_of("ApprovalRule", properties)
}
