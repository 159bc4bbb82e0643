//! What each job is there for: the deploy of a stack, its preview on a change request, its preview after the merge.
//!
//! What must hold: a verb whose stack cannot be told is no role, and is kept with the reason; a job that does several
//! things has several roles, so that jobs are compared by what they do and never by what they are called.

use stackgate_facts::{Answer, Event, Job, Observation, Place, Reach, Ref, Situation, Value, Verb, VerbKind};
use stackgate_provider::plan::{Action, Trigger};

use super::expand::expanded;
use super::find::Pipeline;
use super::matrix::{Row, filled, rows};
use super::place;
use crate::init::Found;

/// A stack, as `project` and `stack`; ordered by both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StackName {
    pub(crate) project: String,
    pub(crate) stack: String,
}

impl std::fmt::Display for StackName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.project, self.stack)
    }
}

/// What a job does with one stack.
#[derive(Clone)]
pub(crate) struct Role<'a> {
    pub(crate) name: StackName,
    pub(crate) action: Action,
    pub(crate) trigger: Trigger,
    /// The organization, where the stack's name says it.
    pub(crate) organization: Option<String>,
    /// Where the program lies, where the job says it.
    pub(crate) directory: Option<String>,
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) job: &'a Job,
    pub(crate) verb: &'a Verb,
    /// What the job's matrix says in this run.
    pub(crate) row: Row,
    /// In which situations it happens.
    pub(crate) reach: Reach,
}

impl Role<'_> {
    /// What people read of it: `deploy app/prod`.
    pub(crate) fn title(&self) -> String {
        match (self.action, self.trigger) {
            (Action::Deploy, _) => format!("deploy {}", self.name),
            (Action::Preview, Trigger::ChangeRequest) => format!("preview {}", self.name),
            (Action::Preview | Action::Audit, _) => format!("preview {} after the merge", self.name),
        }
    }

    pub(crate) fn is(&self, other: &Role<'_>) -> bool {
        (&self.name, self.action, self.trigger) == (&other.name, other.action, other.trigger)
    }

    pub(crate) fn observation(&self) -> &Observation {
        &self.pipeline.observation
    }

    /// A value with what this run's matrix and the variables of its own file say.
    pub(crate) fn filled(&self, value: &Value) -> Value {
        expanded(value, self.job, self.verb.step, &self.row)
    }

    /// Where something of its pipeline stands: `path:line`.
    pub(crate) fn at(&self, place: Place) -> String {
        place::words(self.observation(), place)
    }
}

/// Something that a job does with Pulumi and that is no role, with the reason.
pub(crate) struct Loose<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) job: &'a Job,
    pub(crate) place: Place,
    /// What it does, in a few words.
    pub(crate) what: String,
    /// Why it is no role.
    pub(crate) why: String,
    /// Whether it may be the deploy of a stack that has a file here.
    pub(crate) deploys: bool,
    /// The organization, where the stack's name says that alone.
    pub(crate) organization: Option<String>,
}

/// Every role, and what is none.
pub(crate) fn roles<'a>(
    pipelines: &'a [Pipeline],
    found: &Found,
    universe: &[Situation],
) -> (Vec<Role<'a>>, Vec<Loose<'a>>) {
    let (mut all, mut loose) = (Vec::new(), Vec::new());
    for pipeline in pipelines {
        for job in &pipeline.observation.jobs {
            for row in rows(job) {
                for verb in &job.verbs {
                    one(pipeline, job, verb, &row, found, universe, &mut all, &mut loose);
                }
            }
        }
    }
    // A file that others call says nothing of its inputs; the callers do, and each was read with it.
    let called = |path: &str| {
        pipelines.iter().any(|other| {
            other.path != path && other.observation.sources.iter().skip(1).any(|(source, _)| source == path)
        })
    };
    loose.retain(|one| !(one.what.contains("${{ inputs.") && called(&one.pipeline.path)));
    loose.dedup_by(|a, b| a.place == b.place && a.what == b.what && a.why == b.why);
    // A preview that the deploy's own job makes on its way is a part of the deploy.
    let deploys: Vec<(StackName, String, String)> = all
        .iter()
        .filter(|role| role.action == Action::Deploy)
        .map(|role| (role.name.clone(), role.pipeline.path.clone(), role.job.id.clone()))
        .collect();
    all.retain(|role| {
        let own = (role.name.clone(), role.pipeline.path.clone(), role.job.id.clone());
        role.action == Action::Deploy || role.trigger == Trigger::ChangeRequest || !deploys.contains(&own)
    });
    (all, loose)
}

#[allow(clippy::too_many_arguments, reason = "one verb of one run, with what is known around it")]
fn one<'a>(
    pipeline: &'a Pipeline,
    job: &'a Job,
    verb: &'a Verb,
    row: &Row,
    found: &Found,
    universe: &[Situation],
    all: &mut Vec<Role<'a>>,
    loose: &mut Vec<Loose<'a>>,
) {
    let mut leave = |what: String, why: &str, deploys: bool| {
        let stack = verb.stack.as_ref().map(|stack| expanded(stack, job, verb.step, row));
        let organization = stack.as_ref().and_then(|stack| match stack.text().split('/').collect::<Vec<_>>()[..] {
            [organization, _, _] if !is_made(organization) => Some(organization.to_owned()),
            _ => None,
        });
        loose.push(Loose { pipeline, job, place: verb.place, what, why: why.to_owned(), deploys, organization });
    };
    let on = |words: &str| match verb.stack.as_ref().map(|stack| expanded(stack, job, verb.step, row)) {
        Some(stack) => format!("{words} of {}", stack.text()),
        None => words.to_owned(),
    };
    match &verb.kind {
        VerbKind::Up | VerbKind::Preview => {}
        VerbKind::Deployment => {
            return leave(
                on("a deployment of Pulumi Deployments"),
                "write `execution: deployments` for that stack, with its `deployments`",
                true,
            );
        }
        VerbKind::Destroy | VerbKind::Refresh | VerbKind::State | VerbKind::OpenEnvironment | VerbKind::CreateStack => {
            let why = match verb.kind {
                VerbKind::CreateStack => {
                    "a pipeline of stackgate never makes a stack: whoever makes one becomes its administrator"
                }
                VerbKind::OpenEnvironment => "a stack opens its environments itself: name them under its `esc`",
                _ => {
                    "stackgate renders previews and deploys alone: run it by hand, or keep a pipeline of your own for it"
                }
            };
            return leave(on(&verb.kind.words()), why, false);
        }
        VerbKind::Other(words) if words.contains("${{") || words.contains('$') => {
            return leave(format!("`pulumi {words}`"), "which command runs is made when the pipeline runs", true);
        }
        VerbKind::Read | VerbKind::Other(_) => return,
    }
    let reach = reach(&pipeline.observation, job, verb, universe);
    if reach.is_empty() {
        if pipeline.starts(universe) {
            leave(
                on(&verb.kind.words()),
                "no event starts it: its conditions, or those of what it waits for, never hold",
                false,
            );
        }
        return;
    }
    let words = verb.kind.words();
    let directory = directory(job, verb, row);
    let (name, organization) = match named(job, verb, row, directory.as_deref(), found) {
        Ok(known) => known,
        Err(why) => return leave(on(&words), &why, verb.kind == VerbKind::Up),
    };
    let requests = reach.iter().any(|(situation, _)| situation.event.is_change_request());
    let merged = reach.iter().any(|(situation, _)| !situation.event.is_change_request());
    let branches = reach.iter().any(|(situation, _)| {
        situation.event == Event::Push && matches!(&situation.reference, Ref::Branch(name) if is_other(name))
    });
    let mut add = |action, trigger| {
        let (name, organization, directory) = (name.clone(), organization.clone(), directory.clone());
        let (row, reach) = (row.clone(), reach.clone());
        let role = Role { name, action, trigger, organization, directory, pipeline, job, verb, row, reach };
        if !all.iter().any(|known| known.is(&role) && std::ptr::eq(known.job, role.job)) {
            all.push(role);
        }
    };
    match verb.kind {
        VerbKind::Up if merged => add(Action::Deploy, Trigger::Push),
        VerbKind::Up => leave(
            on("up"),
            "it deploys what a change request proposes, before anybody merged it; stackgate previews change requests and no more",
            false,
        ),
        _ if requests || branches => add(Action::Preview, Trigger::ChangeRequest),
        _ => add(Action::Preview, Trigger::Push),
    }
}

/// Whether a branch of a universe is one that no file names.
pub(crate) fn is_other(name: &str) -> bool {
    name == "stackgate-any-other-name"
}

/// In which situations a verb happens: the job's, and the step's own condition.
fn reach(observation: &Observation, job: &Job, verb: &Verb, universe: &[Situation]) -> Reach {
    let condition = job.steps.get(verb.step).and_then(|step| step.condition.as_ref());
    let all = observation.reach(job, universe);
    let both = all.into_iter().map(|(situation, answer)| {
        let own = condition.map_or(Answer::Yes, |condition| condition.holds(&situation));
        (situation, answer.and(own))
    });
    both.filter(|(_, answer)| answer.possible()).collect()
}

/// Project, stack and perhaps organization of a verb; or why they cannot be told.
fn named(
    job: &Job,
    verb: &Verb,
    row: &Row,
    directory: Option<&str>,
    found: &Found,
) -> Result<(StackName, Option<String>), String> {
    let given = verb.stack.as_ref().map(|stack| expanded(stack, job, verb.step, row));
    let given = given.or_else(|| variable(job, "PULUMI_STACK", row));
    let text = match &given {
        Some(Value::Literal(text)) => text.as_str(),
        // A variable of the file that a setting of the project may win over.
        Some(Value::Made(text, _)) if !is_made(text) => text.as_str(),
        Some(Value::Made(text, _)) => {
            // Only the organization may be made when it runs: the spec names it anyway.
            match text.rsplit_once('/') {
                Some((_, stack)) if !is_made(stack) => stack,
                _ => return Err(format!("which stack it is, `{text}` decides when the pipeline runs")),
            }
        }
        None => match only_stack(directory, found) {
            Some(stack) => stack,
            None => return Err("which stack it is, the checkout decides".to_owned()),
        },
    };
    let made = given.as_ref().is_some_and(|value| value.as_literal().is_none() && is_made(value.text()));
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
    let (organization, project, stack) = match parts.as_slice() {
        [stack] => (None, None, *stack),
        [organization, stack] => (Some(*organization), None, *stack),
        [organization, project, stack] => (Some(*organization), Some(*project), *stack),
        _ => return Err(format!("`{text}` is no stack's name")),
    };
    if is_made(stack) || stack.is_empty() {
        return Err(format!("which stack it is, `{text}` decides when the pipeline runs"));
    }
    let project = match project {
        Some(project) => project.to_owned(),
        None => project_of(stack, directory, found)?,
    };
    let organization = organization.filter(|name| !made && !is_made(name)).map(str::to_owned);
    Ok((StackName { project, stack: stack.to_owned() }, organization))
}

fn is_made(text: &str) -> bool {
    text.contains(['$', '<', '{', '`', '%'])
}

/// The one stack of the project there, where it has one alone.
fn only_stack<'f>(directory: Option<&str>, found: &'f Found) -> Option<&'f str> {
    let mut projects = found.projects.iter().filter(|project| directory.is_none_or(|at| at == project.directory));
    let project = projects.next().filter(|_| projects.next().is_none())?;
    match project.stacks.as_slice() {
        [stack] => Some(&stack.name),
        _ => None,
    }
}

/// The project of a stack that is named without one.
fn project_of(stack: &str, directory: Option<&str>, found: &Found) -> Result<String, String> {
    let at = directory.unwrap_or(".");
    if let Some(project) = found.projects.iter().find(|project| project.directory == at) {
        return Ok(project.name.clone());
    }
    let having: Vec<_> =
        found.projects.iter().filter(|project| project.stacks.iter().any(|known| known.name == stack)).collect();
    // A path of the machine's own that ends in a project's directory: `~/checkout/infra`.
    let below: Vec<_> =
        found.projects.iter().filter(|project| at.ends_with(&format!("/{}", project.directory))).collect();
    if let [project] = below.as_slice() {
        return Ok(project.name.clone());
    }
    match (having.as_slice(), found.projects.as_slice()) {
        ([project], _) => Ok(project.name.clone()),
        ([], [project]) => Ok(project.name.clone()),
        ([], []) => {
            let last = at.rsplit('/').next().filter(|name| *name != ".");
            let repository = found.repository.path.as_deref().and_then(|path| path.rsplit('/').next());
            Ok(last.or(repository).unwrap_or("app").to_owned())
        }
        _ => Err(format!("several projects of this repository may have the stack `{stack}`")),
    }
}

/// Where a verb's program lies, relative to the root; none where the job does not say it.
fn directory(job: &Job, verb: &Verb, row: &Row) -> Option<String> {
    let flag = verb.flags.iter().find_map(|flag| flag.strip_prefix("--cwd=").map(str::to_owned));
    let step = job.steps.get(verb.step)?;
    let input = || match &step.does {
        stackgate_facts::Does::Use { inputs, .. } => {
            let names = ["work-dir", "working_directory", "working-directory", "workingDirectory", "cwd"];
            let found = inputs.iter().find(|input| names.contains(&input.name.as_str()));
            found.map(|input| filled(&input.value, row).text().to_owned())
        }
        _ => None,
    };
    // Our own scripts are told by a variable.
    let own = step.variables.iter().chain(&job.variables).find(|variable| variable.name == "STACKGATE_DIRECTORY");
    let exported = || {
        job.steps.iter().take(verb.step + 1).find_map(|step| match &step.does {
            stackgate_facts::Does::Run { text, .. } => super::own::exported(text, "STACKGATE_DIRECTORY"),
            _ => None,
        })
    };
    if let Some(at) = &own.and_then(|variable| variable.value.as_literal()).map(str::to_owned).or_else(exported) {
        return plain(at);
    }
    let base = step.directory.as_ref().map(|value| filled(value, row).text().to_owned());
    let text = flag.or_else(input).or_else(|| changed(job, verb.step, row)).or(base)?;
    plain(&text)
}

/// The directory that the script of a step, or of those before it in the same shell, goes to.
fn changed(job: &Job, step: usize, row: &Row) -> Option<String> {
    let mut at = step;
    loop {
        let found = job.steps.get(at)?;
        if let stackgate_facts::Does::Run { text, .. } = &found.does {
            let gone = text.lines().rev().find_map(|line| {
                let line = line.trim().trim_start_matches("(").trim();
                let rest = line.strip_prefix("cd ").or_else(|| line.strip_prefix("pushd "))?;
                rest.split(['&', ';', ' ']).next().map(|word| word.trim_matches(['"', '\'']).to_owned())
            });
            if let Some(text) = gone.filter(|text| !text.is_empty()) {
                let known = Value::Made(text.clone(), stackgate_facts::Control::Unknown);
                let text = filled(&known, row).text().to_owned();
                return Some(match text.strip_prefix('$').and_then(|name| variable(job, name, row)) {
                    Some(value) => value.text().to_owned(),
                    None => text,
                });
            }
        }
        if !found.continues || at == 0 {
            return None;
        }
        at -= 1;
    }
}

fn variable(job: &Job, name: &str, row: &Row) -> Option<Value> {
    let name = name.trim_start_matches('{').trim_end_matches('}');
    job.variables.iter().rev().find(|variable| variable.name == name).map(|variable| filled(&variable.value, row))
}

/// A path without what stands for the checkout's own; none where a part is made at run time.
fn plain(text: &str) -> Option<String> {
    const ROOTS: &[&str] = &[
        "${{ github.workspace }}",
        "$GITHUB_WORKSPACE",
        "${CI_PROJECT_DIR}",
        "$CI_PROJECT_DIR",
        "$(System.DefaultWorkingDirectory)",
        "$(Build.SourcesDirectory)",
        "${WORKSPACE}",
        "${env.WORKSPACE}",
        "$WORKSPACE",
        "~/project",
    ];
    let rest = ROOTS.iter().find_map(|root| text.strip_prefix(root)).unwrap_or(text);
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.iter().any(|part| is_made(part) || *part == "..") {
        return None;
    }
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}
