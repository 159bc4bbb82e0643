//! Stages, and the lists of stages and jobs with what templates put in.
//!
//! What must hold: a stage waits for the one above it unless it says otherwise, a job for none; a condition of a stage is one
//! of each of its jobs. Source: YAML schema reference, `stages.stage`; Microsoft Learn, "Add stages, dependencies, &
//! conditions".

use stackgate_provider::facts::{
    Aspect, Clause, ClauseKind, Condition, Gate, GateKind, Need, Place, Setting, Weakness,
};
use stackgate_provider::yaml::{Node, Value};
use stackgate_provider::{Taking, canonical};

use super::conditions::{self, Demands};
use super::known::Scope;
use super::pool::Pool;
use super::values::Names;
use super::variables::{self, Given};
use super::{Reading, expand, job};

/// How many jobs a pipeline may have here, and how many needs between them.
pub(super) const MOST_JOBS: usize = 10_000;
const MOST_NEEDS: usize = 200_000;

/// What stands around a job.
#[derive(Clone, Default)]
pub(super) struct Around {
    /// Variables of the whole pipeline.
    pub(super) shared: Given,
    /// Variables of the stage.
    pub(super) own: Given,
    pub(super) pool: Option<Pool>,
    pub(super) clauses: Vec<Clause>,
    pub(super) needs: Vec<Need>,
    pub(super) gates: Vec<Gate>,
    pub(super) settings: Vec<Setting>,
    pub(super) presentation: Vec<String>,
    pub(super) lock: Option<(String, Place)>,
    /// The stage's id; none where the file has no stages.
    pub(super) stage: Option<String>,
}

/// One entry of a list, wherever it was written.
pub(super) struct Item {
    pub(super) node: Node,
    pub(super) file: usize,
    /// Conditions of templates that nobody can decide before a run.
    pub(super) conditions: Vec<(Condition, Place)>,
    /// How many templates are open around it.
    pub(super) open: Vec<String>,
}

impl Around {
    /// What texts of this place may name.
    pub(super) fn names(&self, reading: &Reading<'_>) -> Names {
        let mut names = Names { parameters: reading.parameters.clone(), ..Names::default() };
        self.shared.with(self.own.clone()).values(&mut names);
        names
    }

    /// What template expressions of this place may name.
    pub(super) fn scope(&self, reading: &Reading<'_>) -> Scope {
        let mut scope = Scope::default();
        let names = self.names(reading);
        for (name, value) in &names.variables {
            if let Some(text) = value.as_literal() {
                scope.variables.insert(name.clone(), text.to_owned());
            }
        }
        scope
    }

    pub(super) fn pool(&mut self, keys: &mut Taking<'_>) {
        if let Some(node) = keys.take("pool") {
            self.pool = Some(Pool { node: node.clone(), place: keys.place("pool") });
        }
    }
}

impl Reading<'_> {
    /// The entries of a list of `stages`, `jobs` or `steps`, with those of templates.
    pub(super) fn items(
        &mut self,
        list: &Node,
        kind: &'static str,
        file: usize,
        scope: &Scope,
        names: &Names,
    ) -> Vec<Item> {
        let mut all = Vec::new();
        self.collect(list, kind, file, (scope, names), &[], &mut all);
        all
    }

    fn collect(
        &mut self,
        list: &Node,
        kind: &'static str,
        file: usize,
        known: (&Scope, &Names),
        conditions: &[(Condition, Place)],
        all: &mut Vec<Item>,
    ) {
        if list.as_sequence().is_none() && !list.is_null() {
            let why = match list.as_str() {
                Some(text) if text.contains("${{") => {
                    format!("the {kind} are made by an expression that cannot be decided")
                }
                _ => format!("{kind} are a list, found {}", list.kind()),
            };
            return self.undecided(Aspect::Code, None, why, Place::new(file, list.span));
        }
        for item in list.as_sequence().unwrap_or_default() {
            if all.len() > MOST_JOBS {
                return self.limit("there are more jobs or steps than are looked at", Place::new(file, item.span));
            }
            let place = Place::new(file, item.span);
            let first = item.as_mapping().and_then(|mapping| mapping.iter().next());
            if let Some((entry, expression)) =
                first.and_then(|entry| Some((entry, expand::condition_of(&entry.key.text)?)))
            {
                let mut conditions = conditions.to_vec();
                let condition = conditions::undecided(&expression, known.1);
                conditions.push((condition, Place::new(file, entry.key.span)));
                self.collect(&entry.value, kind, file, known, &conditions, all);
                continue;
            }
            if let Some(reference) = item.get("template").and_then(Node::as_str) {
                let mut keys = Taking::new(file, item);
                keys.take("template");
                let parameters = keys.take("parameters");
                self.finish(&keys, None, kind);
                let at = keys.place("template");
                if let Some(template) = self.template(reference, file, parameters, known.0, at) {
                    let mut inner = Taking::new(template.file, &template.root);
                    inner.take("parameters");
                    if let Some(list) = inner.take(kind) {
                        self.collect(list, kind, template.file, known, conditions, all);
                    }
                    self.finish(&inner, None, "template");
                    self.close();
                }
                continue;
            }
            if item.is_null() {
                continue;
            }
            if item.as_mapping().is_none() {
                let why = match item.as_str() {
                    Some(text) if text.contains("${{") => format!("{text} of the {kind} cannot be decided"),
                    _ => format!("an entry of {kind} is a mapping, found {}", item.kind()),
                };
                self.undecided(Aspect::Code, None, why, place);
                continue;
            }
            all.push(Item { node: item.clone(), file, conditions: conditions.to_vec(), open: self.open.clone() });
        }
    }
}

/// Reads the stages, jobs or steps of a root.
pub(super) fn read(keys: &mut Taking<'_>, around: &Around, reading: &mut Reading<'_>) {
    if let Some(list) = keys.take("stages") {
        let (scope, names) = (around.scope(reading), around.names(reading));
        let items = reading.items(list, "stages", keys.file, &scope, &names);
        let mut done: Vec<Stage> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let stage = stage(item, at, around, &done, reading);
            done.push(stage);
        }
    }
    if let Some(list) = keys.take("jobs") {
        job::list(list, keys.file, around, reading);
    }
    if keys.take("steps").is_some() || keys.take("phases").is_some() {
        job::alone(keys, around, reading);
    }
}

/// A stage that was read.
struct Stage {
    id: String,
    jobs: Vec<String>,
    needs: Vec<Need>,
}

fn stage(item: &Item, at: usize, around: &Around, done: &[Stage], reading: &mut Reading<'_>) -> Stage {
    let mut keys = Taking::new(item.file, &item.node);
    let id = keys.text("stage").filter(|id| !id.is_empty()).map_or_else(|| format!("stage{}", at + 1), str::to_owned);
    let mut inner = around.clone();
    inner.stage = Some(id.clone());
    inner.presentation.extend(keys.text("displayName").map(str::to_owned));
    if let Some(node) = keys.take("variables") {
        let mut given = Given::default();
        variables::read(node, item.file, &mut given, reading);
        inner.own = given;
    }
    inner.pool(&mut keys);
    let clause = |condition, place| Clause { kind: ClauseKind::Pipeline, condition, place };
    inner.clauses.extend(item.conditions.iter().map(|(condition, place)| clause(condition.clone(), *place)));
    let names = inner.names(reading);
    let said = keys.text("condition");
    let read = said.map_or_else(conditions::default, |text| conditions::read(text, &names));
    if let Some(spelling) = read.spelling {
        let key = "stage.condition".to_owned();
        inner.settings.push(Setting { key, value: spelling, place: keys.place("condition") });
    }
    inner.clauses.push(clause(read.condition, keys.place("condition")));
    inner.needs = needs(keys.take("dependsOn"), keys.place("dependsOn"), &read.demands, done);
    if let Some(text) = keys.text("lockBehavior") {
        inner.lock = Some((text.to_owned(), keys.place("lockBehavior")));
    }
    if let Some(node) = keys.take("isSkippable") {
        let (key, value) = if node.as_str().is_some_and(|text| text.eq_ignore_ascii_case("false")) {
            ("guard.isSkippable", "false".to_owned())
        } else {
            ("isSkippable", canonical(node))
        };
        let place = keys.place("isSkippable");
        inner.settings.push(Setting { key: key.into(), value, place });
    }
    if keys.text("trigger").is_some_and(|text| text.eq_ignore_ascii_case("manual")) {
        let place = keys.place("trigger");
        inner.gates.push(Gate { kind: GateKind::Approval(None), weak: vec![Weakness::Anybody], place });
    }
    keys.setting("templateContext", "templateContext", &mut inner.settings);
    keys.setting("group", "stage.group", &mut inner.settings);
    let before = reading.gathering.observation.jobs.len();
    let saved = std::mem::replace(&mut reading.open, item.open.clone());
    if let Some(list) = keys.take("jobs") {
        job::list(list, item.file, &inner, reading);
    }
    if keys.take("steps").is_some() {
        job::alone(&mut keys, &inner, reading);
    }
    reading.open = saved;
    reading.finish(&keys, None, &format!("stages.{id}"));
    let jobs = reading.gathering.observation.jobs.iter().skip(before).map(|job| job.id.clone()).collect();
    let needs = inner.needs;
    limited(reading, Place::new(item.file, item.node.span));
    Stage { id, jobs, needs }
}

fn limited(reading: &mut Reading<'_>, place: Place) {
    let total: usize = reading.gathering.observation.jobs.iter().map(|job| job.needs.len()).sum();
    if total > MOST_NEEDS {
        for job in &mut reading.gathering.observation.jobs {
            job.needs.truncate(MOST_NEEDS / MOST_JOBS);
        }
        reading.limit("the stages have more jobs that wait for each other than are looked at", place);
    }
}

/// The jobs of the stages that a stage waits for.
fn needs(node: Option<&Node>, place: Place, demands: &Demands, done: &[Stage]) -> Vec<Need> {
    let mut all = Vec::new();
    let names: Vec<(String, Place)> = match node {
        None => done.last().map(|stage| (stage.id.clone(), place)).into_iter().collect(),
        Some(node) => listed(node, place.file),
    };
    for (name, place) in names {
        let Some(stage) = done.iter().find(|stage| stage.id.eq_ignore_ascii_case(&name)) else {
            all.push(Need { job: name, blocks: blocks(demands, ""), place });
            continue;
        };
        let blocks = blocks(demands, &stage.id);
        if stage.jobs.is_empty() {
            // A stage without jobs hands on what it waits for itself.
            all.extend(stage.needs.iter().map(|need| Need { blocks: blocks && need.blocks, place, ..need.clone() }));
        }
        all.extend(stage.jobs.iter().map(|job| Need { job: job.clone(), blocks, place }));
    }
    all
}

/// The names of a `dependsOn`, also those on an undecided condition.
pub(super) fn listed(node: &Node, file: usize) -> Vec<(String, Place)> {
    let place = Place::new(file, node.span);
    match &node.value {
        Value::Scalar(scalar) if !scalar.text.is_empty() => vec![(scalar.text.clone(), place)],
        Value::Sequence(items) => items.iter().flat_map(|item| listed(item, file)).collect(),
        Value::Mapping(mapping) => mapping.iter().flat_map(|entry| listed(&entry.value, file)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a condition cannot be met where that one did not end well.
pub(super) fn blocks(demands: &Demands, name: &str) -> bool {
    match demands {
        Demands::Nothing => false,
        Demands::Everything => true,
        Demands::These(names) => names.iter().any(|known| known.eq_ignore_ascii_case(name)),
    }
}
