//! What a job runs: GitLab's own checkout, then the scripts.
//!
//! What must hold: `before_script` and `script` are one shell, `after_script` is another, which runs whatever came before; each
//! line of a list is a step, so that a place is as near as can be. The checkout leaves the job token in the repository's
//! configuration unless the runner's `FF_GIT_URLS_WITHOUT_TOKENS` is on. Source: GitLab, "`script`", "`run`", "`hooks`",
//! "Configuring runners" on `GIT_STRATEGY`, "Feature flags" of the runner.

use stackgate_provider::Taking;
use stackgate_provider::facts::{Aspect, Code, CodeKind, Condition, Does, Job, Pin, Setting, Status, Step, Variable};
use stackgate_provider::yaml::Node;

use super::{Reading, inputs, merge, values, variables};

/// Variables that change what the checkout does.
const CHECKOUT: &[&str] = &[
    "GIT_CHECKOUT",
    "GIT_CLEAN_FLAGS",
    "GIT_CLONE_EXTRA_FLAGS",
    "GIT_CLONE_PATH",
    "GIT_DEPTH",
    "GIT_FETCH_EXTRA_FLAGS",
    "GIT_STRATEGY",
    "GIT_SUBMODULE_FORCE_HTTPS",
    "GIT_SUBMODULE_PATHS",
    "GIT_SUBMODULE_STRATEGY",
    "GIT_SUBMODULE_UPDATE_FLAGS",
];

/// Reads everything that runs; whether there is a script.
pub(super) fn read(keys: &mut Taking<'_>, job: &mut Job, reading: &mut Reading<'_>) -> bool {
    let hooks = keys.take("hooks");
    if let Some(node) = hooks.and_then(|node| node.get("pre_get_sources_script")) {
        lines(node, None, job, reading);
    }
    let script = keys.take("script").filter(|node| !node.is_null());
    let run = keys.take("run").filter(|node| !node.is_null());
    if script.is_some() || run.is_some() {
        checkout(job);
    }
    let before = job.steps.len();
    for node in [keys.take("before_script"), script].into_iter().flatten() {
        lines(node, None, job, reading);
    }
    for step in job.steps.iter_mut().skip(before + 1) {
        step.continues = true;
    }
    for item in run.map(merge::flat).unwrap_or_default() {
        one(item, job, reading);
    }
    if let Some(node) = keys.take("after_script") {
        let before = job.steps.len();
        lines(node, Some(Condition::Status(Status::Any)), job, reading);
        for step in job.steps.iter_mut().skip(before + 1) {
            step.continues = true;
        }
    }
    script.is_some() || run.is_some()
}

/// One step for each line of a list.
fn lines(node: &Node, condition: Option<Condition>, job: &mut Job, reading: &mut Reading<'_>) {
    for item in merge::flat(node) {
        if item.as_tagged().is_some() {
            // A reference that leads elsewhere; that it leads nowhere here is said already.
            job.steps.push(Step { place: Reading::at(item.span), condition: condition.clone(), ..Step::default() });
            continue;
        }
        let Some(text) = item.as_str() else {
            let why = format!("a line of a script is text, found {}", item.kind());
            reading.undecided(Aspect::Syntax, Some(&job.id.clone()), why, item.span);
            continue;
        };
        let place = Reading::at(item.span);
        let mut does = reading.gathering.script(item, super::ANYWHERE, None);
        if let Does::Run { by_line, .. } = &mut does {
            *by_line = *by_line && !inputs::has(text);
        }
        let embedded = inputs::embedded(text, item.span, &reading.inputs);
        let condition = condition.clone();
        // What happens after the script does not make the job fail.
        let tolerated = condition.is_some();
        job.steps.push(Step { place, condition, does, tolerated, embedded, ..Step::default() });
    }
}

/// GitLab's own checkout.
fn checkout(job: &mut Job) {
    let strategy = variables::given(&job.variables, "GIT_STRATEGY");
    if matches!(strategy, Some("none" | "empty")) {
        return;
    }
    let flag = "FF_GIT_URLS_WITHOUT_TOKENS";
    let without = matches!(variables::given(&job.variables, flag), Some("true" | "1"));
    if let Some(variable) = job.variables.iter().find(|variable| variable.name == flag) {
        let (value, place) = (variable.value.text().to_owned(), variable.place);
        job.settings.push(Setting { key: format!("guard.{flag}"), value, place });
    }
    let inputs = job.variables.iter().filter(|one| CHECKOUT.contains(&one.name.as_str())).cloned().collect();
    let does = Does::Checkout { code: None, reference: None, repository: None, keeps_credentials: !without, inputs };
    job.steps.push(Step { place: job.place, does, ..Step::default() });
}

/// A step of `run:`: a script, or foreign code.
fn one(item: &Node, job: &mut Job, reading: &mut Reading<'_>) {
    let mut keys = super::keys(item);
    let mut step = Step { place: Reading::at(item.span), ..Step::default() };
    step.name = keys.text("name").map(str::to_owned);
    step.variables = keys.take("env").map(|node| variables::read(node, &mut Vec::new())).unwrap_or_default();
    let given = keys.take("inputs").and_then(Node::as_mapping).into_iter().flatten();
    let given = given
        .map(|entry| Variable {
            name: entry.key.text.clone(),
            value: values::value(
                &entry.value.as_str().map_or_else(|| stackgate_provider::canonical(&entry.value), str::to_owned),
            ),
            place: Reading::at(entry.value.span),
        })
        .collect();
    let foreign = keys.take("step").map(|node| ("step", node));
    let foreign = foreign.or_else(|| keys.take("func").map(|node| ("step", node)));
    let foreign = foreign.or_else(|| keys.take("action").map(|node| ("action", node)));
    if let Some(node) = keys.take("script") {
        step.does = reading.gathering.script(node, super::ANYWHERE, None);
        let text = node.as_str().unwrap_or_default();
        step.embedded = inputs::embedded(text, node.span, &reading.inputs);
    } else if let Some((_, node)) = foreign {
        let code = foreign_step(node, reading);
        step.does = Does::Use { code, inputs: given };
    } else if let Some(node) = keys.take("exec") {
        let command = node.get("command").map(|node| merge::texts(node).join(" ")).unwrap_or_default();
        let place = Reading::at(node.span);
        step.does = Does::Run { text: command, place, by_line: false, shell: None };
        step.directory = node.get("work_dir").and_then(Node::as_str).map(values::value);
    } else if let Some(node) = keys.take("run") {
        for item in merge::flat(node) {
            one(item, job, reading);
        }
        keys.take("outputs");
        keys.take("delegate");
        return;
    }
    if matches!(step.does, Does::Unknown) {
        let id = job.id.clone();
        reading.undecided(Aspect::Code, Some(&id), "a step of a kind that is not known", item.span);
    }
    reading.finish(&keys, Some(&job.id.clone()), "run");
    job.steps.push(step);
}

/// `host/path@version`, `./folder`, or a mapping with `git` or `oci`.
fn foreign_step(node: &Node, reading: &Reading<'_>) -> Code {
    let kind = CodeKind::Action;
    if let Some(text) = node.as_str() {
        if text.starts_with("./") || text.starts_with('/') {
            let place = Reading::at(node.span);
            return Code { kind, name: text.into(), version: String::new(), pin: Pin::Local, comment: None, place };
        }
        let (name, version) = text.rsplit_once('@').unwrap_or((text, ""));
        return Code { kind, ..super::code::of_ref(name, Some(version), node.span, reading) };
    }
    let source = node.get("git").or_else(|| node.get("oci")).unwrap_or(node);
    let text = |key: &str| source.get(key).and_then(Node::as_str);
    let name = text("url").or_else(|| text("registry")).unwrap_or_default();
    let version = text("rev").or_else(|| text("tag"));
    Code { kind, ..super::code::of_ref(name, version, node.span, reading) }
}
