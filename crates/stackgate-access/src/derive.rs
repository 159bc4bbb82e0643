//! From a plan to its fragment.
//!
//! What must hold: a pipeline's team gets exactly what its stages do, and nothing that a stage does not need; what people
//! get is what the plan says. Deliberately absent: any judgement, which the plan and [`crate::compose`] take.

use indexmap::IndexMap;
use stackgate_plan::{
    Access, Action, EnvironmentGrant, EnvironmentPermission, KnownStack, PeopleTeam, Plan, StackPermission, Stage,
    Trigger,
};

use crate::fragment::{Fragment, Issuer, StackEntry, Team, TeamKind, VERSION};
use crate::scopes;

/// So many stacks are named in a team's description; of more their number.
const NAMED: usize = 4;

impl Fragment {
    /// All that Pulumi Cloud must hold for the plan's pipelines and for the people that it names.
    ///
    /// Takes the issuers with their policies, by URL, and what the trust leaves open, one sentence each. What the CI systems'
    /// settings must be is left empty, for the caller who has the adapters. The source is the
    /// path of the plan's spec; who reads many repositories makes it tell them apart.
    pub fn of(plan: &Plan, issuers: IndexMap<String, Issuer>, residual: Vec<String>) -> Fragment {
        let entry = |stack: &KnownStack| {
            (format!("{}/{}", stack.project, stack.stack), StackEntry { tier: stack.tier, esc: stack.esc.clone() })
        };
        let stacks: IndexMap<String, StackEntry> = plan.stacks.iter().map(entry).collect();
        let mut teams: IndexMap<String, Team> = IndexMap::new();
        let mut uses: IndexMap<&str, Vec<&Stage>> = IndexMap::new();
        for stage in &plan.stages {
            uses.entry(&stage.token.team).or_default().push(stage);
        }
        for (name, stages) in uses {
            teams.insert(name.to_owned(), pipeline_team(&stages));
        }
        teams.extend(people(&plan.access));
        Fragment {
            version: VERSION,
            organization: plan.organization.clone(),
            cloud_url: plan.cloud_url.clone(),
            source: plan.spec_path.clone(),
            defaults: None,
            issuers,
            stacks,
            teams,
            deployments: plan.deployments.clone(),
            ci: Vec::new(),
            residual,
        }
    }
}

/// The teams of people, as a fragment has them.
pub(crate) fn people(access: &Access) -> IndexMap<String, Team> {
    let team = |people: &PeopleTeam| Team {
        kind: TeamKind::People,
        class: None,
        description: people.description.clone().unwrap_or_default(),
        members: people.members.clone(),
        scopes: Vec::new(),
        stacks: people.stacks.clone(),
        environments: people.environments.clone(),
    };
    access.teams.iter().map(|(name, people)| (name.clone(), team(people))).collect()
}

/// What the stages that mint one team's token need.
fn pipeline_team(stages: &[&Stage]) -> Team {
    let mut team = Team {
        kind: TeamKind::Pipeline,
        class: stages.iter().map(|stage| stage.class).min(),
        description: describe(stages),
        members: Some(Vec::new()),
        scopes: if stages.iter().any(|stage| stage.action == Action::Audit) { scopes::audit() } else { Vec::new() },
        stacks: IndexMap::new(),
        environments: IndexMap::new(),
    };
    for stage in stages {
        let permission = match stage.action {
            // It reads what is configured, through a role, and no stack.
            Action::Audit => continue,
            Action::Preview => StackPermission::Read,
            Action::Deploy => StackPermission::Write,
        };
        raise(&mut team, stage.reference(), permission);
        for reference in &stage.references {
            raise(&mut team, reference.clone(), StackPermission::Read);
        }
        // What is open dies with the token that opened it, or soon after.
        let minutes = stage.token.lifetime_seconds.div_ceil(60);
        for environment in &stage.esc {
            let grant = team.environments.entry(environment.clone()).or_insert(EnvironmentGrant {
                permission: EnvironmentPermission::Open,
                max_open_minutes: Some(minutes),
            });
            grant.max_open_minutes = grant.max_open_minutes.max(Some(minutes));
        }
    }
    team
}

/// Grants a permission, never less than what is granted already.
fn raise(team: &mut Team, stack: String, permission: StackPermission) {
    let granted = team.stacks.entry(stack).or_insert(permission);
    *granted = permission.max(*granted);
}

/// What the team's token does, for whoever finds the team in Pulumi Cloud.
fn describe(stages: &[&Stage]) -> String {
    if stages.iter().any(|stage| stage.action == Action::Audit) {
        return "Pipeline, without members: reads what the organization has configured and logged. Kept by stackgate."
            .into();
    }
    type Does = fn(&Stage) -> bool;
    let kinds: [(&str, Does); 3] = [
        ("previews change requests of", |stage| {
            stage.action == Action::Preview && stage.trigger == Trigger::ChangeRequest
        }),
        ("previews, after a merge,", |stage| stage.action == Action::Preview && stage.trigger == Trigger::Push),
        ("deploys", |stage| stage.action == Action::Deploy),
    ];
    let parts: Vec<String> = kinds
        .into_iter()
        .filter_map(|(verb, does)| {
            let mut stacks: Vec<String> =
                stages.iter().filter(|stage| does(stage)).map(|stage| stage.reference()).collect();
            stacks.dedup();
            match stacks.len() {
                0 => None,
                count if count > NAMED => Some(format!("{verb} {count} stacks")),
                _ => Some(format!("{verb} {}", stacks.join(", "))),
            }
        })
        .collect();
    format!("Pipeline, without members: {}. Kept by stackgate.", parts.join("; "))
}
