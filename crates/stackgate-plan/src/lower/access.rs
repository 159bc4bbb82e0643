//! What people may do, judged beside what pipelines may do.
//!
//! What must always hold: nothing that is granted to people reaches past a gate, unless a waiver says so. Deliberately
//! absent: what is granted to pipelines, which follows from the stages.

use indexmap::IndexMap;
use stackgate_diagnostic::{Diagnostic, Span, quote};
use stackgate_spec::{
    Access, AccessTeam, DefaultEnvironmentPermission, DefaultStackPermission, EnvironmentPermission,
    OrganizationDefaults, StackPermission, Tier,
};

use super::stacks::{Resolved, Work};
use super::{Lowering, did_you_mean};
use crate::access as resolved;
use crate::model::Waiver;
use crate::rules::{
    ACCESS_UNKNOWN_STACK, ORGANIZATION_DEFAULT, PEOPLE_OPEN_PRODUCTION, PEOPLE_WRITE_PRODUCTION,
    TEAM_OF_PEOPLE_AND_PIPELINE,
};

/// Stacks by `project/stack`, in the order of the spec.
type ByName<'a> = IndexMap<String, &'a Resolved<'a>>;
/// The teams of pipelines in lower case, each with a use.
type Pipelines<'a> = IndexMap<String, (&'a Resolved<'a>, &'a Work)>;

impl Lowering<'_> {
    /// Judges the whole of `access`, and returns what it grants.
    pub(super) fn access(&mut self, stacks: &[Resolved<'_>], waivers: &[Waiver]) -> resolved::Access {
        let mut granted = resolved::Access::default();
        let Some(access) = self.spec.access.given() else { return granted };
        for diagnostic in access.defaults.given().into_iter().flat_map(judge_defaults) {
            self.error(diagnostic);
        }
        let by_name: ByName<'_> = stacks.iter().map(|stack| (stack.reference(), stack)).collect();
        let mut pipelines = Pipelines::new();
        for stack in stacks {
            for work in stack.works() {
                // Of several uses the first is shown.
                pipelines.entry(work.team.text.to_lowercase()).or_insert((stack, work));
            }
        }
        for (team, span, grants) in access.teams.given().into_iter().flat_map(|teams| teams.iter()) {
            self.people_and_pipeline(team, span, &pipelines);
            if let Some(grants) = grants.get() {
                self.stack_grants(team, grants, &by_name, waivers);
                self.environment_grants(team, grants, stacks, waivers);
                granted.teams.insert(team.to_owned(), resolve(grants));
            }
        }
        granted
    }

    fn people_and_pipeline(&mut self, team: &str, span: Span, pipelines: &Pipelines<'_>) {
        if let Some((stack, work)) = pipelines.get(&team.to_lowercase()) {
            let message = format!("the team `{team}` is granted to people, and a pipeline mints its token");
            let diagnostic = Diagnostic::error(&TEAM_OF_PEOPLE_AND_PIPELINE, span, message)
                .related(work.team.span, format!("the pipeline of `{}` uses it", stack.reference()));
            self.error(diagnostic.help("give the people a team of another name"));
        }
    }

    fn stack_grants(&mut self, team: &str, grants: &AccessTeam, stacks: &ByName<'_>, waivers: &[Waiver]) {
        for (name, span, permission) in grants.stacks.given().into_iter().flat_map(|stacks| stacks.iter()) {
            let Some(stack) = stacks.get(name) else {
                self.unknown_stack(team, name, span, stacks);
                continue;
            };
            let Some(permission) = permission.get().filter(|given| given.value != StackPermission::Read) else {
                continue;
            };
            // A stack that could not be read may have a tier that nobody knows.
            if stack.tier != Tier::Production || stack.settings.is_none() {
                continue;
            }
            let places = [name, stack.project, team];
            if waivers.iter().any(|w| w.rule == PEOPLE_WRITE_PRODUCTION.id && places.contains(&w.place.as_str())) {
                continue;
            }
            let message = format!("people in `{team}` could deploy the production stack `{name}` from anywhere");
            let diagnostic = Diagnostic::error(&PEOPLE_WRITE_PRODUCTION, permission.span, message)
                .label(format!("`{}` reaches past review, gate and pipeline", permission.value));
            self.error(diagnostic.help("grant `read`, or waive `people-write-production` for this stack until a day"));
        }
    }

    /// Whoever opens a production stack's ESC environment has its cloud credentials.
    fn environment_grants(&mut self, team: &str, grants: &AccessTeam, stacks: &[Resolved<'_>], waivers: &[Waiver]) {
        for (name, _, grant) in grants.environments.given().into_iter().flat_map(|all| all.iter()) {
            let Some(grant) = grant.get().filter(|grant| grant.permission.value != EnvironmentPermission::Read) else {
                continue;
            };
            let opens = |stack: &&Resolved<'_>| {
                let own = stack.settings.and_then(|(_, own)| own.esc.given());
                stack.tier == Tier::Production && own.into_iter().flatten().any(|esc| esc.value.as_str() == name)
            };
            let Some(stack) = stacks.iter().find(opens) else { continue };
            let reference = stack.reference();
            let places = [reference.as_str(), stack.project, team];
            if waivers.iter().any(|w| w.rule == PEOPLE_OPEN_PRODUCTION.id && places.contains(&w.place.as_str())) {
                continue;
            }
            let message = format!(
                "people in `{team}` could open `{name}`, which holds what the production stack `{reference}` uses"
            );
            let diagnostic = Diagnostic::error(&PEOPLE_OPEN_PRODUCTION, grant.permission.span, message)
                .label(format!("`{}` shows its secrets", grant.permission.value));
            self.error(diagnostic.help("grant `read`, or waive `people-open-production` for the team until a day"));
        }
    }

    fn unknown_stack(&mut self, team: &str, name: &str, span: Span, stacks: &ByName<'_>) {
        // A name of illegal form was reported as such, and of an unreadable project nobody knows the stacks.
        let Some((project, _)) = name.split_once('/') else { return };
        if self.opaque(project) || name.matches('/').count() != 1 {
            return;
        }
        let message = format!("`{team}` is granted {}, which is no stack of this spec", quote(name));
        let meant = self.closest(name, stacks.keys().map(String::as_str));
        let diagnostic = did_you_mean(Diagnostic::error(&ACCESS_UNKNOWN_STACK, span, message), meant);
        self.error(diagnostic.help("write `project/stack` as both are called under `projects`"));
    }
}

/// Judges the organization's defaults, wherever they are declared: every team token carries them, so that there is nothing
/// but `none` to accept.
#[must_use]
pub fn judge_defaults(defaults: &OrganizationDefaults) -> Vec<Diagnostic> {
    let stacks = defaults.stacks.as_ref().filter(|given| given.value != DefaultStackPermission::None);
    let environments = defaults.environments.as_ref().filter(|given| given.value != DefaultEnvironmentPermission::None);
    let create = defaults.members_create_stacks.as_ref().filter(|given| given.value);
    let found = [
        stacks.map(|given| (given.span, format!("`{}` on every stack", given.value))),
        environments.map(|given| (given.span, format!("`{}` on every ESC environment", given.value))),
        create.map(|given| (given.span, "the right to create stacks".into())),
    ];
    let diagnostic = |(span, what): (Span, String)| {
        let message = format!("the organization's defaults would give every team token {what}");
        let help = "write `none` and `members_create_stacks: false`; grant to teams what they need";
        Diagnostic::error(&ORGANIZATION_DEFAULT, span, message).help(help)
    };
    found.into_iter().flatten().map(diagnostic).collect()
}

/// What an `access` grants to people, without places.
#[must_use]
pub fn resolve_access(access: &Access) -> resolved::Access {
    let teams = access.teams.given().into_iter().flat_map(|teams| teams.iter());
    let teams = teams.filter_map(|(name, _, team)| Some((name.to_owned(), resolve(team.get()?))));
    resolved::Access { teams: teams.collect() }
}

/// What a team of people is granted, without places.
fn resolve(team: &AccessTeam) -> resolved::PeopleTeam {
    let stacks = team.stacks.given().into_iter().flat_map(|stacks| stacks.iter());
    let environments = team.environments.given().into_iter().flat_map(|all| all.iter());
    resolved::PeopleTeam {
        description: team.description.as_ref().map(|text| text.to_string()),
        members: team.members.as_ref().map(|members| members.iter().map(|member| member.to_string()).collect()),
        stacks: stacks
            .filter_map(|(name, _, permission)| Some((name.to_owned(), stack_permission(permission.get()?.value))))
            .collect(),
        environments: environments
            .filter_map(|(name, _, grant)| {
                let grant = grant.get()?;
                let granted = resolved::EnvironmentGrant {
                    permission: environment_permission(grant.permission.value),
                    max_open_minutes: grant.max_open.as_ref().map(|minutes| minutes.0),
                };
                Some((name.to_owned(), granted))
            })
            .collect(),
    }
}

fn stack_permission(permission: StackPermission) -> resolved::StackPermission {
    match permission {
        StackPermission::Read => resolved::StackPermission::Read,
        StackPermission::Write => resolved::StackPermission::Write,
        StackPermission::Admin => resolved::StackPermission::Admin,
    }
}

fn environment_permission(permission: EnvironmentPermission) -> resolved::EnvironmentPermission {
    match permission {
        EnvironmentPermission::Read => resolved::EnvironmentPermission::Read,
        EnvironmentPermission::Open => resolved::EnvironmentPermission::Open,
        EnvironmentPermission::Write => resolved::EnvironmentPermission::Write,
        EnvironmentPermission::Admin => resolved::EnvironmentPermission::Admin,
    }
}
