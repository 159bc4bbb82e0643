//! From what was declared to what Pulumi Cloud holds once the access program and its script were applied.
//!
//! What must hold: a review of it against the same declaration has nothing to say. What the declaration leaves open is as
//! tight as Pulumi Cloud allows. Deliberately absent: anything that was done by hand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use stackgate_access::{Fragment, Options, Team, TeamKind};
use stackgate_plan::{EnvironmentPermission, StackPermission, Tier};

use crate::deployments;
use crate::world::{World, id, instant};

/// The login of whoever applied the program: an administrator, who made every stack and environment.
pub const OPERATOR: &str = "access-operator";

/// When such a world was read, in seconds since 1970: a Monday in November, 16:00 UTC.
pub const TAKEN: i64 = 1_764_000_000;

const DAY: i64 = 86_400;

/// What Pulumi Cloud answers after the program that these render was applied.
pub fn applied(fragment: &Fragment, options: &Options) -> World {
    let organization = fragment.organization.as_str();
    let mut teams: BTreeMap<String, Value> =
        fragment.teams.iter().map(|(name, declared)| (name.clone(), team(name, declared))).collect();
    if let Some(approvers) = &options.approvers {
        // Named in the spec, and kept by somebody else.
        teams.entry(approvers.clone()).or_insert_with(|| kept_elsewhere(approvers));
    }
    let environments: BTreeSet<&str> = {
        let opened = fragment.stacks.values().flat_map(|stack| &stack.esc);
        let granted = fragment.teams.values().flat_map(|team| team.environments.keys());
        opened.chain(granted).map(String::as_str).collect()
    };
    let gates = gates(fragment, options);
    let metadata_of = environments.iter().map(|name| (String::from(*name), environment_metadata(name, &gates)));
    let mut world = World {
        organization: organization.to_owned(),
        cloud_url: fragment.cloud_url.clone(),
        taken: TAKEN,
        metadata: Value::Null,
        members: members(&teams),
        tokens: Vec::new(),
        team_tokens: BTreeMap::new(),
        issuers: BTreeMap::new(),
        policies: BTreeMap::new(),
        roles: roles(fragment),
        stacks: fragment.stacks.keys().map(|stack| (stack.clone(), summary(organization, stack))).collect(),
        collaborators: fragment.stacks.keys().map(|stack| (stack.clone(), collaborators())).collect(),
        settings: fragment.deployments.iter().map(|one| (one.reference(), deployments::settings(one))).collect(),
        environments: environments.iter().map(|name| (String::from(*name), environment(organization, name))).collect(),
        metadata_of: metadata_of.collect(),
        gates,
        deployments: Vec::new(),
        events: Vec::new(),
        refused: Vec::new(),
        page: 500,
        teams,
    };
    issuers(fragment, &mut world);
    world.metadata = metadata(fragment, &world);
    world
}

fn metadata(fragment: &Fragment, world: &World) -> Value {
    let defaults = fragment.defaults;
    let mut metadata: Value = serde_json::from_str(include_str!("metadata.json")).unwrap_or_default();
    metadata["id"] = json!(id(&fragment.organization));
    metadata["created"] = json!(instant(TAKEN - 800 * DAY));
    metadata["memberCount"] = json!(world.members.len());
    metadata["stackCount"] = json!(world.stacks.len());
    metadata["environmentCount"] = json!(world.environments.len());
    let stacks = defaults.and_then(|defaults| defaults.stacks).map_or(0, StackPermission::number);
    metadata["defaultStackPermission"] = json!(stacks);
    let environments = defaults.and_then(|defaults| defaults.environments);
    metadata["defaultEnvironmentPermission"] = json!(environments.map_or("none", EnvironmentPermission::as_str));
    metadata["membersCanCreateStacks"] = json!(defaults.is_some_and(|defaults| defaults.members_create_stacks));
    metadata
}

fn team(name: &str, declared: &Team) -> Value {
    let mut body = match (&declared.members, declared.kind) {
        (Some(members), TeamKind::People) => pulumi_team(name, &declared.description, members),
        (None, TeamKind::People) => kept_elsewhere(name),
        (_, TeamKind::Pipeline) => pulumi_team(name, &declared.description, &[]),
    };
    let halves = |reference: &str| reference.split_once('/').map(|(one, other)| (one.to_owned(), other.to_owned()));
    let stacks = declared.stacks.iter().filter_map(|(reference, permission)| {
        let (project, stack) = halves(reference)?;
        Some(json!({ "projectName": project, "stackName": stack, "permission": permission.number() }))
    });
    body["stacks"] = stacks.collect();
    let environments = declared.environments.iter().filter_map(|(reference, grant)| {
        let (project, name) = halves(reference)?;
        let mut entry = json!({ "projectName": project, "envName": name, "permission": grant.permission.as_str() });
        if let Some(minutes) = grant.max_open_minutes {
            entry["maxOpenDuration"] = json!(duration(minutes));
        }
        Some(entry)
    });
    body["environments"] = environments.collect();
    if !declared.scopes.is_empty() {
        body["roleIds"] = json!([role_id(name)]);
    }
    body
}

/// The roles of teams that have scopes of their own, as the program names them.
fn roles(fragment: &Fragment) -> Vec<Value> {
    let teams = fragment.teams.iter().filter(|(_, team)| !team.scopes.is_empty());
    teams
        .map(|(name, team)| {
            json!({
                "id": role_id(name),
                "orgId": id(&fragment.organization),
                "name": format!("stackgate: {name}"),
                "description": team.description,
                "created": instant(TAKEN - 20 * DAY),
                "modified": instant(TAKEN - 20 * DAY),
                "defaultIdentifier": "",
                "isOrgDefault": false,
                "resourceType": "global",
                "uxPurpose": "role",
                "version": 1,
                "details": { "__type": "PermissionDescriptorAllow", "permissions": team.scopes },
            })
        })
        .collect()
}

fn role_id(team: &str) -> String {
    id(&format!("role of {team}"))
}

fn pulumi_team(name: &str, description: &str, members: &[String]) -> Value {
    let members: Vec<Value> = members.iter().map(|login| member_of_team(login)).collect();
    json!({
        "kind": "pulumi",
        "name": name,
        "displayName": name,
        "description": description,
        "members": members,
        "stacks": [],
        "environments": [],
        "accounts": [],
        "roleIds": [],
        "userRole": "none",
    })
}

/// A team whose members an identity provider keeps.
fn kept_elsewhere(name: &str) -> Value {
    let member = format!("{name}-member");
    let mut body = pulumi_team(name, "", &[member]);
    body["kind"] = json!("scim");
    body
}

fn member_of_team(login: &str) -> Value {
    let mut user = user(login);
    user["role"] = json!("member");
    user
}

fn user(login: &str) -> Value {
    json!({ "name": login, "githubLogin": login, "avatarUrl": "" })
}

/// Everybody who is in a team, as an ordinary member, and the operator.
fn members(teams: &BTreeMap<String, Value>) -> Vec<Value> {
    let mut logins: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (team, body) in teams {
        for member in body["members"].as_array().into_iter().flatten() {
            logins.entry(member["githubLogin"].as_str().unwrap_or_default()).or_default().push(team);
        }
    }
    logins.entry(OPERATOR).or_default();
    let member = |(login, teams): (&str, Vec<&str>)| {
        let role = if login == OPERATOR { "admin" } else { "member" };
        let name = if login == OPERATOR { "Admin" } else { "Member" };
        json!({
            "role": role,
            "user": user(login),
            "created": instant(TAKEN - 400 * DAY),
            "knownToPulumi": true,
            "virtualAdmin": false,
            "fgaRole": { "id": id(name), "name": name, "modifiedAt": instant(TAKEN - 800 * DAY) },
            "teams": teams,
        })
    };
    logins.into_iter().map(member).collect()
}

fn issuers(fragment: &Fragment, world: &mut World) {
    // One without policies is not rendered.
    for (url, issuer) in fragment.issuers.iter().filter(|(_, issuer)| !issuer.policies.is_empty()) {
        let own = id(url);
        let mut body = json!({
            "id": own,
            "name": issuer.name,
            "url": url,
            "issuer": url,
            "created": instant(TAKEN - 300 * DAY),
            "modified": instant(TAKEN - 20 * DAY),
            "lastUsed": instant(TAKEN - 3_600),
            "maxExpiration": issuer.max_expiration_seconds,
        });
        if let Some(jwks) = &issuer.jwks {
            body["jwks"] = jwks.clone();
        }
        let policies = json!({
            "id": id(&format!("policies of {url}")),
            "version": 1,
            "created": instant(TAKEN - 300 * DAY),
            "modified": instant(TAKEN - 20 * DAY),
            "policies": issuer.policies,
        });
        world.issuers.insert(url.clone(), body);
        world.policies.insert(own, policies);
    }
}

fn summary(organization: &str, reference: &str) -> Value {
    let (project, stack) = reference.split_once('/').unwrap_or((reference, ""));
    json!({
        "id": id(&format!("stack {reference}")),
        "orgName": organization,
        "projectName": project,
        "stackName": stack,
        "lastUpdate": TAKEN - DAY,
        "resourceCount": 12,
    })
}

fn collaborators() -> Value {
    json!({ "stackCreatorUserName": OPERATOR, "users": [{ "permission": 103, "user": user(OPERATOR) }] })
}

fn environment(organization: &str, reference: &str) -> Value {
    let (project, name) = reference.split_once('/').unwrap_or((reference, ""));
    json!({
        "id": id(&format!("environment {reference}")),
        "organization": organization,
        "project": project,
        "name": name,
        "created": instant(TAKEN - 300 * DAY),
        "modified": instant(TAKEN - 30 * DAY),
        "ownedBy": user(OPERATOR),
        "referrerMetadata": {
            "environmentReferrerCount": 0,
            "insightsAccountReferrerCount": 0,
            "stackReferrerCount": 1,
        },
        "settings": { "deletionProtected": true },
        "tags": {},
    })
}

fn environment_metadata(reference: &str, gates: &[Value]) -> Value {
    let own = gates.iter().filter(|gate| gate["target"]["qualifiedName"] == *reference && gate["enabled"] == true);
    let gated: BTreeSet<&str> =
        own.flat_map(|gate| gate["target"]["actionTypes"].as_array()).flatten().filter_map(Value::as_str).collect();
    json!({
        "id": id(&format!("environment {reference}")),
        "gatedActions": gated,
        "openRequestNeeded": gated.contains("open"),
        "ownedBy": user(OPERATOR),
    })
}

/// Before changes of what production opens, and before its opening where the organization wants that.
fn gates(fragment: &Fragment, options: &Options) -> Vec<Value> {
    let Some(approvers) = &options.approvers else { return Vec::new() };
    let production = fragment.stacks.values().filter(|stack| stack.tier == Tier::Production);
    let environments: BTreeSet<&String> = production.flat_map(|stack| &stack.esc).collect();
    let actions: &[&str] = if options.gate_open { &["update", "open"] } else { &["update"] };
    let pairs =
        environments.into_iter().flat_map(|environment| actions.iter().map(move |action| (environment, action)));
    pairs.map(|(environment, action)| gate(environment, action, approvers)).collect()
}

fn gate(environment: &str, action: &str, approvers: &str) -> Value {
    let (project, name) = environment.split_once('/').unwrap_or((environment, ""));
    let name_of_gate = format!("stackgate: {action} {environment}");
    json!({
        "id": id(&name_of_gate),
        "name": name_of_gate,
        "enabled": true,
        "rule": {
            "ruleType": "approval_required",
            "numApprovalsRequired": 1,
            "allowSelfApproval": false,
            "requireReapprovalOnChange": true,
            "eligibleApprovers": [
                { "eligibilityType": "team_member", "name": approvers, "displayName": approvers },
            ],
        },
        "target": {
            "entityType": "environment",
            "actionTypes": [action],
            "qualifiedName": environment,
            "entityInfo": { "entityType": "environment", "project": project, "name": name },
        },
    })
}

/// Minutes as Go writes a length of time.
fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m0s"),
        (hours, minutes) => format!("{hours}h{minutes}m0s"),
    }
}
