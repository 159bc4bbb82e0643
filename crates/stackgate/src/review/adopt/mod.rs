//! `review --adopt`: writes what is there and was not declared into the organization's spec, marked for a decision.
//!
//! What must hold: the spec as it becomes is loaded with all its repositories before anything is written, so that nothing
//! that a spec may not hold gets into it; comments and layout stay; Pulumi Cloud is not changed. What cannot be written is
//! told, with the reason. Deliberately absent: issuers, policies, tokens and roles, which no organization's spec holds.

mod edit;

use stackgate_access::TeamKind;
use stackgate_cloud::{EnvironmentLevel, StackLevel, Team};
use stackgate_drift::{FileReport, State, unified};
use stackgate_report::Level;
use stackgate_review::{Class, Difference};

use self::edit::{Step, added, holds_team};
use super::Review;
use crate::error::{Error, Result};
use crate::organization::Organization;
use crate::write::replace_file;

/// What was not written, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What it is: `write of the team x on app/production`.
    pub what: String,
    /// Why, and what to do.
    pub why: String,
}

/// A spec that is about to be written.
#[derive(Debug, Clone)]
pub struct Adopting {
    /// What is written, for people.
    pub taken: Vec<String>,
    /// What is not.
    pub left: Vec<Left>,
    root: std::path::PathBuf,
    path: String,
    old: String,
    new: String,
}

/// Levels that no spec can say.
const NO_WORD: &str = "no spec has a word for this permission: look at it in the console, and set another";

impl Review {
    /// Works out the spec that has what nobody declared. It writes nothing.
    ///
    /// # Errors
    /// When the organization's spec cannot be loaded any more.
    pub fn adopt(&self, organization: &Organization) -> Result<Adopting> {
        let mut left = Vec::new();
        let old = organization.source().text().to_owned();
        let steps = self.steps(&old, &mut left);
        let (new, taken) = taken(organization, &old, &steps, &mut left);
        for difference in self.differences.iter().filter(|difference| !is_of_teams(difference)) {
            let more = difference.class == Class::NotDeclared || difference.rule.id == "team-role";
            if more && difference.level > Level::Notice {
                left.push(Left { what: difference.what.clone(), why: difference.mend.clone() });
            }
        }
        let path = organization.source().path().to_owned();
        Ok(Adopting { taken, left, root: organization.root().to_path_buf(), path, old, new })
    }

    /// Everything of teams that is there and was not declared.
    fn steps(&self, text: &str, left: &mut Vec<Left>) -> Vec<(Step, bool)> {
        let mut steps = Vec::new();
        for (name, team) in self.actual.teams.here().into_iter().flatten() {
            match self.declared.fragment.teams.get(name) {
                None => self.team(name, team, &mut steps, left),
                Some(declared) => {
                    let mut own = Vec::new();
                    self.more(name, declared, team, &mut own, left);
                    let why = match declared.kind {
                        TeamKind::Pipeline => {
                            "a pipeline's team has what its stages need; change its repository's spec"
                        }
                        TeamKind::People if !holds_team(text, name) => {
                            "the team stands in a repository's spec; write it there"
                        }
                        TeamKind::People => {
                            steps.extend(own.into_iter().map(|step| (step, true)));
                            continue;
                        }
                    };
                    left.extend(own.into_iter().map(|step| Left { what: step.told(), why: why.to_owned() }));
                }
            }
        }
        steps
    }

    /// A team that nobody declared, with all that it has.
    fn team(&self, name: &str, team: &Team, steps: &mut Vec<(Step, bool)>, left: &mut Vec<Left>) {
        // Of another kind, its members are somebody else's.
        let own = team.kind == stackgate_cloud::TeamKind::Pulumi;
        let Some(members) = team.members.here() else {
            let why = "its members could not be read, so that the spec would take them away".to_owned();
            left.push(Left { what: format!("the team `{name}`"), why });
            return;
        };
        let members = own.then(|| members.keys().cloned().collect());
        steps.push((Step::Team(name.to_owned(), members), true));
        let nothing = stackgate_access::Team {
            kind: TeamKind::People,
            class: None,
            description: String::new(),
            members: None,
            scopes: Vec::new(),
            stacks: indexmap::IndexMap::new(),
            environments: indexmap::IndexMap::new(),
        };
        for role in team.roles.here().into_iter().flatten() {
            let why = "no organization's spec gives a team a role: take it away, and grant what is needed".to_owned();
            left.push(Left { what: format!("the role `{role}` of the team `{name}`"), why });
        }
        let mut more = Vec::new();
        self.more(name, &nothing, team, &mut more, left);
        steps.extend(more.into_iter().map(|step| (step, false)));
    }

    /// What a team has beyond what was declared of it.
    fn more(
        &self,
        name: &str,
        declared: &stackgate_access::Team,
        team: &Team,
        steps: &mut Vec<Step>,
        left: &mut Vec<Left>,
    ) {
        let members = (&declared.members, team.members.here(), team.kind == stackgate_cloud::TeamKind::Pulumi);
        if let (Some(wanted), Some(there), true) = members {
            let known = |login: &str| wanted.iter().any(|one| one.eq_ignore_ascii_case(login));
            let more = there.keys().filter(|login| !known(login));
            steps.extend(more.map(|login| Step::Member(name.to_owned(), login.clone())));
        }
        let told = |what: &str, word: &str| format!("`{word}` of the team `{name}` on {what}");
        for (stack, level) in team.stacks.here().into_iter().flatten() {
            // A level that was declared is compared by the review; here is what has no entry at all.
            if declared.stacks.contains_key(stack) || *level == StackLevel::None {
                continue;
            }
            let word = match level {
                StackLevel::Read => "read",
                StackLevel::Write => "write",
                StackLevel::Admin => "admin",
                StackLevel::None | StackLevel::Creator | StackLevel::Other(_) => {
                    left.push(Left { what: told(&format!("`{stack}`"), &format!("{level:?}")), why: NO_WORD.into() });
                    continue;
                }
            };
            steps.push(Step::Stack(name.to_owned(), stack.clone(), word.to_owned()));
        }
        for (environment, grant) in team.environments.here().into_iter().flatten() {
            if declared.environments.contains_key(environment) || grant.level == EnvironmentLevel::None {
                continue;
            }
            let word = match &grant.level {
                EnvironmentLevel::Read => "read",
                EnvironmentLevel::Open => "open",
                EnvironmentLevel::Write => "write",
                EnvironmentLevel::Admin => "admin",
                EnvironmentLevel::None | EnvironmentLevel::Other(_) => {
                    let what = told(&format!("the environment `{environment}`"), &format!("{:?}", grant.level));
                    left.push(Left { what, why: NO_WORD.into() });
                    continue;
                }
            };
            let minutes = grant.max_open_duration.as_deref().and_then(stackgate_review::minutes);
            steps.push(Step::Environment(name.to_owned(), environment.clone(), word.to_owned(), minutes));
        }
    }
}

/// Whether `--adopt` looks at it team by team.
fn is_of_teams(difference: &Difference) -> bool {
    matches!(difference.rule.id, "team-not-declared" | "team-member" | "stack-grant-wider" | "environment-grant-wider")
}

/// The text with every step that fits, and what was taken; all at once where that fits, else one by one.
fn taken(
    organization: &Organization,
    old: &str,
    steps: &[(Step, bool)],
    left: &mut Vec<Left>,
) -> (String, Vec<String>) {
    let told = |steps: &[(Step, bool)]| steps.iter().map(|(step, _)| step.told()).collect();
    let whole = steps.iter().try_fold(old.to_owned(), |text, (step, marked)| added(&text, step, *marked));
    if let Some(whole) = whole.filter(|whole| organization.with_text(whole).is_ok()) {
        return (whole, told(steps));
    }
    let (mut text, mut fitting) = (old.to_owned(), Vec::new());
    let mut without: Vec<&str> = Vec::new();
    for (step, marked) in steps {
        let what = step.told();
        if without.contains(&step.team()) {
            left.push(Left { what, why: "its team is not in the spec".into() });
            continue;
        }
        let why = match added(&text, step, *marked) {
            None => "the spec is written in a way that is not edited here; write it by hand".to_owned(),
            Some(more) => match organization.with_text(&more) {
                Ok(_) => {
                    text = more;
                    fitting.push((step.clone(), *marked));
                    continue;
                }
                Err(error) => reason(&error),
            },
        };
        if matches!(step, Step::Team(_, _)) {
            without.push(step.team());
        }
        left.push(Left { what, why });
    }
    (text, told(&fitting))
}

/// The first thing that speaks against a spec.
fn reason(error: &Error) -> String {
    match error {
        Error::Spec { diagnostics, .. } => diagnostics.first().map_or_else(
            || error.to_string(),
            |first| format!("a spec may not hold it: {} [{}]", first.message, first.rule.id),
        ),
        Error::Several(errors) => errors.first().map_or_else(|| error.to_string(), reason),
        _ => error.to_string(),
    }
}

impl Adopting {
    /// What changes in the spec, as a unified diff.
    #[must_use]
    pub fn diff(&self) -> String {
        if self.new == self.old {
            return String::new();
        }
        unified(&FileReport {
            path: self.path.clone(),
            provider: String::new(),
            state: State::Edited,
            found: Some(self.old.clone()),
            expected: Some(self.new.clone()),
        })
    }

    /// Writes the spec, whole or not at all. Where nothing is taken, nothing is written.
    ///
    /// # Errors
    /// When the spec changed meanwhile, another write does not end, or the disk refuses.
    pub fn commit(&self) -> Result<()> {
        if self.new == self.old {
            return Ok(());
        }
        replace_file(&self.root, &self.path, &self.old, &self.new, || Ok(()))
    }
}
