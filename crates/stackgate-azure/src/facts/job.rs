//! Jobs: agent jobs, deployment jobs with their hooks, and jobs without an agent.
//!
//! What must hold: a job checks the repository out unless it says otherwise, a deployment job does not; a job waits for
//! none unless it says so. The hooks of a deployment are steps of one job here, in the order in which Azure runs them.
//! Sources: YAML schema reference, `jobs.job`, `jobs.deployment`; Microsoft Learn, "Deployment jobs".

use stackgate_provider::facts::{
    Aspect, Clause, ClauseKind, Condition, Does, Gate, GateKind, Job, Level, Need, Permission, Place, Placed, Setting,
    Status, Step, Weakness,
};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::stages::{Around, Item, MOST_JOBS, blocks, listed};
use super::steps::{self, Here, Hook};
use super::values::Names;
use super::variables::{self, Given};
use super::{Reading, conditions, credentials, pool, resources};

/// A job while it is made.
pub(super) struct Draft {
    pub(super) job: Job,
    pub(super) names: Names,
    /// Whether its scripts are for Windows.
    pub(super) windows: bool,
    /// Whether a step said what is checked out.
    pub(super) checkout: bool,
    /// Whether a step said which files of other runs are taken.
    pub(super) download: bool,
    pub(super) deployment: bool,
    /// Stages and jobs hand variables on by expressions; this is whether an agent runs it.
    pub(super) agentless: bool,
}

/// Reads a list of jobs.
pub(super) fn list(node: &Node, file: usize, around: &Around, reading: &mut Reading<'_>) {
    let (scope, names) = (around.scope(reading), around.names(reading));
    let items = reading.items(node, "jobs", file, &scope, &names);
    let first = reading.gathering.observation.jobs.len();
    for (at, item) in items.iter().enumerate() {
        if reading.gathering.observation.jobs.len() >= MOST_JOBS {
            reading.limit("there are more jobs than are looked at", Place::new(item.file, item.node.span));
            return;
        }
        let mut keys = Taking::new(item.file, &item.node);
        let saved = std::mem::replace(&mut reading.open, item.open.clone());
        one(&mut keys, Some(item), at, around, reading);
        reading.open = saved;
    }
    // A need names a job of the same stage, wherever that stands.
    let known: Vec<String> = reading.gathering.observation.jobs.iter().skip(first).map(|job| job.id.clone()).collect();
    for job in reading.gathering.observation.jobs.iter_mut().skip(first) {
        for need in &mut job.needs {
            if let Some(id) = known.iter().find(|id| id.eq_ignore_ascii_case(&need.job)) {
                need.job.clone_from(id);
            }
        }
    }
}

/// The one job of a root or a stage that has steps alone.
pub(super) fn alone(keys: &mut Taking<'_>, around: &Around, reading: &mut Reading<'_>) {
    one(keys, None, 0, around, reading);
}

fn one(keys: &mut Taking<'_>, item: Option<&Item>, at: usize, around: &Around, reading: &mut Reading<'_>) {
    let deployment = keys.text("deployment");
    let name = keys.text("job").or(deployment).filter(|name| !name.is_empty());
    let own = name.map_or_else(|| if item.is_some() { format!("job{}", at + 1) } else { "job".into() }, str::to_owned);
    let id = around.stage.as_ref().map_or_else(|| own.clone(), |stage| format!("{stage}.{own}"));
    let place = Place::new(keys.file, item.map_or(keys.span, |item| item.node.span));
    let job = Job { id: unique(id, reading), place, ..Job::default() };
    let is_deployment = deployment.is_some() || item.is_some_and(|item| item.node.get("deployment").is_some());
    let mut draft = Draft {
        job,
        names: Names::default(),
        windows: false,
        checkout: false,
        download: false,
        deployment: is_deployment,
        agentless: false,
    };
    draft.job.when.clone_from(&reading.trigger);
    draft.job.when.extend(around.clauses.iter().cloned());
    draft.job.needs.clone_from(&around.needs);
    draft.job.gates.clone_from(&around.gates);
    draft.job.settings.clone_from(&around.settings);
    draft.job.presentation.clone_from(&around.presentation);
    if is_deployment {
        draft.job.settings.push(Setting { key: "kind".into(), value: "deployment".into(), place });
    }
    if item.is_some() {
        draft.job.presentation.extend(keys.text("displayName").map(str::to_owned));
    }
    variables(keys, item.is_some(), around, &mut draft, reading);
    when(keys, item, around, &mut draft);
    let mut own = around.clone();
    own.pool(keys);
    let names = draft.names.clone();
    draft.windows = pool::read(own.pool.as_ref(), &mut draft.job, &names, reading);
    draft.agentless = draft.job.runner.label.as_literal() == Some("server");
    containers(keys, &mut draft, reading);
    behaviour(keys, &mut draft);
    environment(keys, &mut draft, reading);
    lock(around, &mut draft);
    body(keys, &mut draft, reading);
    limit(keys, &mut draft);
    draft.job.permissions.push(Permission {
        scope: "*".into(),
        level: Level::Setting,
        said: false,
        wide: false,
        place,
    });
    if item.is_some() {
        let (id, path) = (draft.job.id.clone(), if is_deployment { "jobs.deployment" } else { "jobs.job" });
        reading.finish(keys, Some(&id), path);
    }
    implicit(&mut draft);
    credentials::settle(&mut draft.job);
    reading.gathering.observation.jobs.push(draft.job);
}

fn unique(id: String, reading: &Reading<'_>) -> String {
    let taken = |id: &str| reading.gathering.observation.jobs.iter().any(|job| job.id == id);
    if !taken(&id) {
        return id;
    }
    (2..=MOST_JOBS).map(|number| format!("{id}-{number}")).find(|id| !taken(id)).unwrap_or(id)
}

fn variables(keys: &mut Taking<'_>, own: bool, around: &Around, draft: &mut Draft, reading: &mut Reading<'_>) {
    let mut given = Given::default();
    if let Some(node) = keys.take("variables").filter(|_| own) {
        variables::read(node, keys.file, &mut given, reading);
    }
    draft.names.parameters.clone_from(&reading.parameters);
    around.shared.with(around.own.clone()).with(given.clone()).values(&mut draft.names);
    for (all, wide) in [(&around.shared, true), (&around.own, around.stage.is_some()), (&given, false)] {
        credentials::given(all, wide, draft);
    }
}

fn when(keys: &mut Taking<'_>, item: Option<&Item>, around: &Around, draft: &mut Draft) {
    let clause = |kind, condition, place| Clause { kind, condition, place };
    for (condition, place) in item.map(|item| item.conditions.as_slice()).unwrap_or_default() {
        draft.job.when.push(clause(ClauseKind::Pipeline, condition.clone(), *place));
    }
    let said = if item.is_some() { keys.text("condition") } else { None };
    let read = said.map_or_else(conditions::default, |text| conditions::read(text, &draft.names));
    let place = if item.is_some() { keys.place("condition") } else { draft.job.place };
    if let Some(value) = read.spelling {
        draft.job.settings.push(Setting { key: "condition".into(), value, place });
    }
    draft.job.when.push(clause(ClauseKind::Job, read.condition, place));
    if item.is_none() {
        return;
    }
    if let Some(node) = keys.take("dependsOn") {
        for (name, place) in listed(node, keys.file) {
            let blocks = blocks(&read.demands, &name);
            let job = around.stage.as_ref().map_or_else(|| name.clone(), |stage| format!("{stage}.{name}"));
            draft.job.needs.push(Need { job, blocks, place });
        }
    }
}

/// The job's container and those beside it.
fn containers(keys: &mut Taking<'_>, draft: &mut Draft, reading: &mut Reading<'_>) {
    if let Some(node) = keys.take("container") {
        container(node, keys.place("container"), true, draft, reading);
    }
    if let Some(node) = keys.take("services") {
        let file = keys.file;
        for entry in node.as_mapping().into_iter().flatten() {
            container(&entry.value, Place::new(file, entry.value.span), false, draft, reading);
        }
    }
}

fn container(node: &Node, place: Place, own: bool, draft: &mut Draft, reading: &mut Reading<'_>) {
    let found = match node.as_str() {
        Some(text) => match reading.containers.get(text) {
            Some(known) => known.clone(),
            None => {
                let code = resources::image(text, place, &reading.gathering);
                resources::Container { code, endpoint: None, environment: None, settings: Vec::new() }
            }
        },
        None => {
            let mut keys = Taking::new(place.file, node);
            let alias = keys.text("alias");
            match alias.and_then(|alias| reading.containers.get(alias)) {
                Some(known) => known.clone(),
                None => resources::container(&mut keys, reading),
            }
        }
    };
    draft.job.code.push(found.code);
    draft.job.settings.extend(found.settings);
    if let Some(endpoint) = found.endpoint {
        credentials::connection(&endpoint, place, None, draft);
    }
    if let Some(environment) = found.environment.filter(|_| own) {
        for entry in environment.as_mapping().into_iter().flatten() {
            let place = Place::new(place.file, entry.value.span);
            credentials::variable(&entry.key.text, entry.value.as_str().unwrap_or_default(), place, None, draft);
        }
    }
}

fn behaviour(keys: &mut Taking<'_>, draft: &mut Draft) {
    let settings = &mut draft.job.settings;
    keys.setting("continueOnError", "continueOnError", settings);
    keys.setting("cancelTimeoutInMinutes", "cancelTimeoutInMinutes", settings);
    keys.setting("templateContext", "templateContext", settings);
    keys.setting("uses", "uses", settings);
    if let Some(node) = keys.take("workspace") {
        let value = node.get("clean").map_or_else(|| canonical(node), canonical);
        settings.push(Setting { key: "workspace.clean".into(), value, place: keys.place("workspace") });
    }
}

/// The environment of a deployment job: whatever checks it has stand before the job.
fn environment(keys: &mut Taking<'_>, draft: &mut Draft, reading: &mut Reading<'_>) {
    let Some(node) = keys.take("environment") else { return };
    let place = keys.place("environment");
    let text = match node.as_str() {
        Some(text) => text.to_owned(),
        None => {
            let mut keys = Taking::new(place.file, node);
            let name = keys.text("name").unwrap_or_default();
            let resource = keys.text("resourceName").map(|resource| format!("{name}.{resource}"));
            for key in ["resourceId", "resourceType", "tags"] {
                keys.setting(key, &format!("environment.{key}"), &mut draft.job.settings);
            }
            let id = draft.job.id.clone();
            reading.finish(&keys, Some(&id), "environment");
            resource.unwrap_or_else(|| name.to_owned())
        }
    };
    let name = draft.names.value(&text);
    let weak = if name.as_literal().is_none() { vec![Weakness::MadeName] } else { Vec::new() };
    draft.job.gates.push(Gate { kind: GateKind::Environment(name), weak, place });
}

/// How the exclusive lock of what a stage uses is taken. The check itself stands outside the file.
fn lock(around: &Around, draft: &mut Draft) {
    let Some((behaviour, place)) = &around.lock else { return };
    let environment = draft.job.gates.iter().find_map(|gate| match &gate.kind {
        GateKind::Environment(name) => Some(name.clone()),
        _ => None,
    });
    let stage = || stackgate_provider::facts::Value::literal(around.stage.clone().unwrap_or_default());
    let name = environment.unwrap_or_else(stage);
    let drops_waiting = !behaviour.eq_ignore_ascii_case("sequential");
    draft.job.gates.push(Gate {
        kind: GateKind::Lock { name, cancels: false, drops_waiting },
        weak: Vec::new(),
        place: *place,
    });
    let key = "guard.lockBehavior".to_owned();
    draft.job.settings.push(Setting { key, value: behaviour.clone(), place: *place });
}

/// Steps, or the hooks of a deployment's strategy.
fn body(keys: &mut Taking<'_>, draft: &mut Draft, reading: &mut Reading<'_>) {
    let file = keys.file;
    if let Some(node) = keys.take("steps") {
        steps::read(node, &Here { file, hook: Hook::default() }, draft, reading);
    }
    let Some(node) = keys.take("strategy") else { return };
    let place = keys.place("strategy");
    for (key, node, at) in Taking::new(file, node).rest() {
        match key {
            "runOnce" | "rolling" | "canary" => {
                draft.job.settings.push(Setting { key: "strategy".into(), value: key.into(), place: at });
                hooks(node, file, draft, reading);
            }
            "matrix" | "parallel" | "maxParallel" => {
                let key = format!("strategy.{key}");
                draft.job.settings.push(Setting { key, value: canonical(node), place: at });
            }
            _ => {
                let id = draft.job.id.clone();
                reading.gathering.unknown_key(Some(&id), "strategy", key, at);
            }
        }
    }
    if node.as_mapping().is_none() {
        let id = draft.job.id.clone();
        let why = "the strategy is made by an expression that cannot be decided";
        reading.undecided(Aspect::Code, Some(&id), why, place);
    }
}

fn hooks(node: &Node, file: usize, draft: &mut Draft, reading: &mut Reading<'_>) {
    let mut keys = Taking::new(file, node);
    keys.setting("maxParallel", "strategy.maxParallel", &mut draft.job.settings);
    keys.setting("increments", "strategy.increments", &mut draft.job.settings);
    for name in ["preDeploy", "deploy", "routeTraffic", "postRouteTraffic"] {
        if let Some(node) = keys.take(name) {
            hook(node, name, None, file, draft, reading);
        }
    }
    if let Some(node) = keys.take("on") {
        for (name, node, _) in Taking::new(file, node).rest() {
            let status = match name {
                "failure" => Some(Status::Failure),
                _ => None,
            };
            hook(node, name, status, file, draft, reading);
        }
    }
    let id = draft.job.id.clone();
    reading.finish(&keys, Some(&id), "strategy");
}

fn hook(node: &Node, name: &str, status: Option<Status>, file: usize, draft: &mut Draft, reading: &mut Reading<'_>) {
    let mut keys = Taking::new(file, node);
    if let Some(pool) = keys.take("pool") {
        let value = canonical(pool);
        draft.job.settings.push(Setting { key: format!("{name}.pool"), value, place: keys.place("pool") });
        draft.agentless |= pool.as_str() == Some("server");
    }
    if let Some(steps) = keys.take("steps") {
        let condition = status.map(Condition::Status);
        let hook = Hook { name: (name != "deploy").then(|| name.to_owned()), condition };
        steps::read(steps, &Here { file, hook }, draft, reading);
    }
    let id = draft.job.id.clone();
    reading.finish(&keys, Some(&id), name);
}

fn limit(keys: &mut Taking<'_>, draft: &mut Draft) {
    let said = keys.text("timeoutInMinutes");
    draft.job.limit_said = said.is_some();
    let place = if said.is_some() { keys.place("timeoutInMinutes") } else { draft.job.place };
    let minutes = match said {
        None => Some(60),
        // None, as far as the kind of machine lets it.
        Some(text) => text.trim().parse::<u32>().ok().filter(|minutes| *minutes > 0),
    };
    draft.job.limit_minutes = minutes.map(|minutes| Placed::new(minutes, place));
}

/// The checkout that Azure adds to a job that says nothing of it.
fn implicit(draft: &mut Draft) {
    if draft.deployment || draft.checkout || draft.agentless {
        return;
    }
    let place = draft.job.place;
    let does =
        Does::Checkout { code: None, reference: None, repository: None, keeps_credentials: false, inputs: Vec::new() };
    let mut steps = vec![Step { place, does, ..Step::default() }];
    steps.append(&mut draft.job.steps);
    draft.job.steps = steps;
    // Everything that names a step by its index names the next one now.
    draft.job.credentials.iter_mut().for_each(|one| {
        if let stackgate_provider::facts::Scope::Steps(steps) = &mut one.scope {
            steps.iter_mut().for_each(|step| *step += 1);
        }
    });
    draft.job.channels.iter_mut().for_each(|one| one.step = one.step.map(|step| step + 1));
    draft.job.mints.iter_mut().for_each(|one| one.step += 1);
    draft.job.verbs.iter_mut().for_each(|one| one.step += 1);
}
