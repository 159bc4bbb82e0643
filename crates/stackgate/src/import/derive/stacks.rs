//! A stack: its tier, what it waits for, its times, its preview.
//!
//! What must hold: a stack of which nothing says that it is no production is production; the reason stands beside it.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_facts::{Condition, Gate, GateKind, Job, Observation, Place, Value};
use stackgate_provider::plan::{Action, Tier, Trigger};
use stackgate_spec as spec;

use super::Derive;
use crate::import::draft::{Deploy, Preview, Said, Stack};
use crate::import::legal::legal;
use crate::import::role::{Role, StackName};
use crate::import::rules::{DECIDE, NOT_EXPRESSED, told};
use crate::init::{FoundProject, PRODUCTION, rank};

/// What a stack's name says of its tier.
pub(crate) fn tier_of_name(name: &str) -> Tier {
    if rank(name) < PRODUCTION { Tier::Development } else { Tier::Production }
}

/// Whether a name says that it is production, and is not only unknown.
fn says_production(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    (name.contains("prod") || name.contains("live")) && rank(&name) == PRODUCTION
}

impl<'a> Derive<'a> {
    /// The stacks of a project, in the order of the way to production; of each, whether a job of its own was found.
    pub(super) fn stacks(&mut self, found: &FoundProject, names: BTreeMap<String, bool>) -> Vec<Stack> {
        let mut names: Vec<(String, bool)> = names.into_iter().collect();
        names.sort_by_key(|(name, _)| (rank(name), name.clone()));
        names.into_iter().map(|(name, known)| self.stack(found, name, known)).collect()
    }

    fn stack(&mut self, found: &FoundProject, name: String, known: bool) -> Stack {
        let id = StackName { project: found.name.clone(), stack: name.clone() };
        let of = |action, trigger| {
            self.roles.iter().find(|role| role.name == id && (role.action, role.trigger) == (action, trigger))
        };
        let deploy = of(Action::Deploy, Trigger::Push);
        let preview = of(Action::Preview, Trigger::ChangeRequest);
        let esc = found.stacks.iter().find(|stack| stack.name == name).map(|stack| stack.esc.iter().cloned().collect());
        let tier = self.tier(&name, deploy);
        let mut stack = Stack {
            base: self.base(&id),
            after: deploy.map(|role| self.after(role)).unwrap_or_default(),
            esc: esc.unwrap_or_default(),
            deploy: deploy.map(|role| self.deploy(role, &tier)).unwrap_or_default(),
            preview: None,
            previewed_only: None,
            tier,
            name,
        };
        if let Some(role) = preview {
            if stack.tier.value == "production" {
                let message = format!(
                    "{}: change requests preview a production stack, with the request's own code and the right to decrypt its secrets",
                    role.title()
                );
                let help = "it is previewed after the merge instead, before the approval; `preview: { at: change }` needs a waiver";
                self.tell(told(&NOT_EXPRESSED, message).help(help), role, role.verb.place);
            } else {
                stack.preview = Some(self.preview(role));
            }
        }
        let merged = of(Action::Preview, Trigger::Push);
        if let (Some(role), Some(_), "production") = (merged, deploy, stack.tier.value.as_str()) {
            let preview = self.preview(role);
            stack.preview = Some(Preview { at_merge: true, ..preview });
        }
        if let (None, true) = (deploy, known) {
            let at = preview.map_or_else(String::new, |role| role.at(role.verb.place));
            stack.previewed_only = Some(at);
            if let Some(role) = preview.or_else(|| self.roles.iter().find(|role| role.name == id)) {
                let message = format!("{id} is previewed and never deployed, as far as these pipelines tell");
                let help = "`deploy: false` says so in the spec; name a team there when a pipeline shall deploy it";
                self.tell(told(&DECIDE, message).help(help), role, role.verb.place);
            }
        } else if deploy.is_none() {
            let message = format!("{id} has a file, and a pipeline that decides its stack when it runs may deploy it");
            self.findings
                .push(told(&DECIDE, message).help("take it out of the spec where no pipeline shall deploy it"));
        }
        stack
    }

    /// A name for what is derived from a stack, where its own and its project's make none.
    fn base(&mut self, id: &StackName) -> Option<Said> {
        let derived = format!("{}-{}", id.project, id.stack);
        if legal::<spec::BaseName>(&derived) {
            return None;
        }
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
        let name: String = derived.chars().map(plain).skip_while(|c| *c == '-').take(80).collect();
        let message = format!("{id}: teams and environments cannot be called `{derived}`, as they would be");
        self.findings.push(told(&DECIDE, message).help("look at the `name` that the spec gives it"));
        legal::<spec::BaseName>(&name).then(|| Said::new(name, "made of project and stack: names are derived from it"))
    }

    fn tier(&mut self, name: &str, deploy: Option<&Role<'a>>) -> Said {
        if rank(name) < PRODUCTION {
            return Said::new("development", "by its name");
        }
        let Some(role) = deploy else {
            let from = if says_production(name) { "by its name" } else { "nothing says otherwise" };
            return Said::new("production", from);
        };
        let gates = self.gates(role);
        for gate in &gates {
            if let GateKind::Approval(_) = gate.kind {
                return Said::new("production", format!("an approval stands before it, {}", role.at(gate.place)));
            }
        }
        for gate in &gates {
            let GateKind::Environment(value) = &gate.kind else { continue };
            let value = role.filled(value);
            let Some(environment) = value.as_literal() else { continue };
            if says_production(environment) {
                let why = format!("its environment is {environment}, {}", role.at(gate.place));
                return Said::new("production", why);
            }
            if rank(environment) < PRODUCTION && !says_production(name) {
                let why = format!("its environment is {environment}, {}", role.at(gate.place));
                return Said::new("development", why);
            }
        }
        if says_production(name) {
            return Said::new("production", "by its name");
        }
        let message = format!("nothing says whether {} is production", role.name);
        let help =
            "it is taken for production: an approval before each deploy; write `tier: development` where that is wrong";
        self.tell(told(&DECIDE, message).help(help), role, role.verb.place);
        Said::new("production", "nothing says otherwise; `development` needs no approval")
    }

    /// The deploys that a deploy waits for, without those that these wait for.
    fn after(&self, role: &Role<'a>) -> Vec<Said> {
        let waits = waits_for(role, self.roles);
        let others = self.deploys().filter(|other| waits.iter().any(|(name, _)| *name == other.name));
        let far: BTreeSet<StackName> =
            others.flat_map(|other| waits_for(other, self.roles)).map(|(name, _)| name).collect();
        let nearest = |name: &StackName| !far.contains(name);
        let spelt = |name: &StackName| {
            if name.project == role.name.project { name.stack.clone() } else { name.to_string() }
        };
        waits.iter().filter(|(name, _)| nearest(name)).map(|(name, at)| Said::new(spelt(name), role.at(*at))).collect()
    }

    /// The gates of a deploy itself, without those that another deploy which it waits for has passed already.
    fn gates(&self, role: &Role<'a>) -> Vec<&'a Gate> {
        let before = waits_for(role, self.roles);
        let passed = |job: &Job| {
            self.deploys().filter(|other| before.iter().any(|(name, _)| *name == other.name)).any(|other| {
                other.job.id == job.id || other.observation().needed(other.job).iter().any(|needed| needed.id == job.id)
            })
        };
        let observation: &'a Observation = &role.pipeline.observation;
        let job: &'a Job = role.job;
        let gates = observation.effective_gates(job).into_iter();
        gates.filter(|(of, _)| std::ptr::eq(*of, job) || !passed(of)).map(|(_, gate)| gate).collect()
    }

    fn deploy(&mut self, role: &Role<'a>, tier: &Said) -> Deploy {
        let (team, no_team) = self.team(role);
        let limit = limit(role);
        let environments: Vec<(String, Place)> = role
            .job
            .gates
            .iter()
            .filter_map(|gate| match &gate.kind {
                GateKind::Environment(value) => Some((role.filled(value), gate.place)),
                _ => None,
            })
            .filter_map(|(value, at)| Some((value.as_literal()?.to_owned(), at)))
            .collect();
        // CircleCI's contexts are options of the provider.
        let contexts = role.pipeline.provider.id() == "circleci" || self.provider.id() == "circleci";
        let mut environment = None;
        for (name, at) in environments.iter().filter(|_| !contexts) {
            if legal::<spec::Environment>(name) {
                environment = Some(Said::new(name.clone(), role.at(*at)));
            } else {
                let message = format!("{}: `{name}` is no environment's name that every CI system takes", role.title());
                let help = "the derived name is used; create that environment, and give it the old one's rules";
                self.tell(told(&NOT_EXPRESSED, message).help(help), role, *at);
            }
        }
        let approval = self.gates(role).into_iter().find_map(|gate| match gate.kind {
            GateKind::Approval(_) => Some(gate.place),
            _ => None,
        });
        let gate = approval.filter(|_| tier.value == "development").map(|at| Said::new("true", role.at(at)));
        Deploy { team, no_team, environment, gate, token: token(role, limit.as_ref()), timeout: limit }
    }

    fn preview(&mut self, role: &Role<'a>) -> Preview {
        let (team, _) = self.team(role);
        let limit = limit(role);
        let environment = role.job.gates.iter().find_map(|gate| match &gate.kind {
            GateKind::Environment(value) => Some(Said::new(literal(role, value)?, role.at(gate.place))),
            _ => None,
        });
        let environment = environment.filter(|said| {
            role.trigger == Trigger::Push && self.provider.id() != "circleci" && legal::<spec::Environment>(&said.value)
        });
        let (at_merge, token) = (false, token(role, limit.as_ref()));
        Preview { from: role.at(role.verb.place), at_merge, team, environment, token, timeout: limit }
    }

    /// The globs that hold previews back.
    pub(super) fn paths(&mut self, roles: &[&Role<'a>]) -> Vec<Said> {
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        let mut refused = Vec::new();
        for role in roles {
            for clause in &role.job.when {
                for glob in changes(&clause.condition, role) {
                    if role.action == Action::Deploy {
                        refused.push((
                            *role,
                            clause.place,
                            "deploys are never held back: one that failed would be forgotten",
                        ));
                    } else if legal::<spec::PathGlob>(&glob) {
                        all.entry(glob).or_insert_with(|| role.at(clause.place));
                    } else {
                        refused.push((*role, clause.place, "a spec has no such glob"));
                    }
                }
            }
        }
        refused.dedup_by(|a, b| std::ptr::eq(a.0, b.0) && a.2 == b.2);
        for (role, at, why) in refused {
            let message = format!("{}: only when certain paths change; {why}", role.title());
            let help = "an unchanged stack is a quick deploy that does nothing; `paths` holds previews back";
            self.tell(told(&NOT_EXPRESSED, message).help(help), role, at);
        }
        all.into_iter().map(|(glob, at)| Said::new(glob, at)).collect()
    }
}

/// Which deploys must have succeeded before one, with the place that says so.
pub(crate) fn waits_for(role: &Role<'_>, roles: &[Role<'_>]) -> BTreeSet<(StackName, Place)> {
    let needed: Vec<&str> = role.observation().needed(role.job).iter().map(|job| job.id.as_str()).collect();
    let at = role.job.needs.first().map_or(role.job.place, |need| need.place);
    let mut found: BTreeMap<StackName, Place> = BTreeMap::new();
    for other in roles.iter().filter(|other| other.action == Action::Deploy && other.name != role.name) {
        if other.pipeline.path != role.pipeline.path {
            continue;
        }
        let same = other.job.id == role.job.id
            && other.row == role.row
            && (other.verb.step, other.verb.place) < (role.verb.step, role.verb.place)
            // One on the branch, one on a tag: no run does both.
            && other.reach.iter().any(|(one, _)| role.reach.iter().any(|(situation, _)| one == situation));
        if same {
            found.insert(other.name.clone(), role.verb.place);
        } else if needed.contains(&other.job.id.as_str()) {
            found.insert(other.name.clone(), at);
        }
    }
    found.into_iter().collect()
}

/// The time limit that the file sets, where it is not the spec's own default.
fn limit(role: &Role<'_>) -> Option<Said> {
    let limit = role.job.limit_minutes.as_ref().filter(|limit| role.job.limit_said && limit.what != 60)?;
    let text = format!("{}m", limit.what);
    legal::<spec::Minutes>(&text).then(|| Said::new(text, role.at(limit.place)))
}

/// How long the token lives, where the file says it and the job may live longer.
fn token(role: &Role<'_>, limit: Option<&Said>) -> Option<Said> {
    let mint = Derive::mint(role)?;
    let seconds: u32 = mint.seconds.as_ref()?.as_literal()?.trim_end_matches('s').parse().ok()?;
    let minutes = seconds / 60;
    let most: u32 = limit.map_or(60, |limit| limit.value.trim_end_matches('m').parse().unwrap_or(60));
    let text = format!("{minutes}m");
    (minutes < most && legal::<spec::Minutes>(&text)).then(|| Said::new(text, role.at(mint.place)))
}

/// The globs without which a role does not happen, in a clause of its job; one that says which paths do not count is kept
/// with a `!`, which no spec takes.
fn changes(condition: &Condition, role: &Role<'_>) -> Vec<String> {
    let unchanged = unchanged(condition);
    let request = role.trigger == Trigger::ChangeRequest;
    let mut own = role.reach.iter().filter(|(situation, _)| situation.event.is_change_request() == request);
    if own.any(|(situation, _)| unchanged.holds(situation).possible()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    globs(condition, "", &mut found);
    found
}

/// The condition where no path that matters changed.
fn unchanged(condition: &Condition) -> Condition {
    match condition {
        Condition::All(parts) => Condition::all(parts.iter().map(unchanged)),
        Condition::Any(parts) => Condition::any(parts.iter().map(unchanged)),
        Condition::Changes(_) => Condition::Never,
        Condition::Not(inner) if matches!(**inner, Condition::Changes(_)) => Condition::Never,
        other => other.clone(),
    }
}

fn globs(condition: &Condition, sign: &str, found: &mut Vec<String>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| globs(part, sign, found)),
        Condition::Not(inner) => globs(inner, "!", found),
        Condition::Changes(all) => found.extend(all.iter().map(|glob| format!("{sign}{glob}"))),
        _ => {}
    }
}

/// A literal value.
pub(super) fn literal(role: &Role<'_>, value: &Value) -> Option<String> {
    role.filled(value).as_literal().map(str::to_owned)
}
