//! `trigger`: a job that starts another pipeline.
//!
//! What must hold: a pipeline of the repository's own files is read too, with its jobs under the name of the job that starts
//! it; what is made when the pipeline runs, or lies in another project, is said to be elsewhere. Source: GitLab,
//! "Downstream pipelines": two levels.

use stackgate_provider::canonical;
use stackgate_provider::facts::{
    Aspect, Clause, ClauseKind, Code, CodeKind, Condition, Does, Pin, Setting, Step, Variable,
};
use stackgate_provider::yaml::{Node, Value};

use super::pipeline::Pipeline;
use super::{Reading, code, include, merge, pipeline, values};

/// How many pipelines may stand above one.
const DEEPEST: usize = 2;

/// Reads what the job of that index starts, which runs under `when`.
pub(super) fn read(node: &Node, index: usize, when: Vec<Clause>, above: &Pipeline, reading: &mut Reading<'_>) {
    let Some(id) = reading.gathering.observation.jobs.get(index).map(|job| job.id.clone()) else { return };
    let mut keys = super::keys(node);
    let project = node.as_str().or_else(|| keys.text("project"));
    let branch = keys.text("branch");
    let includes = keys.take("include");
    let mut settings = Vec::new();
    keys.setting("strategy", "trigger.strategy", &mut settings);
    keys.setting("forward", "trigger.forward", &mut settings);
    let given = keys.take("inputs");
    reading.finish(&keys, Some(&id), "trigger");
    let code = match project {
        Some(project) => {
            let why = format!("the pipeline of `{project}` lies elsewhere");
            reading.undecided(Aspect::Elsewhere, Some(&id), why, node.span);
            code::of_ref(project, branch, node.span, reading)
        }
        None => Code {
            kind: CodeKind::Pipeline,
            name: includes.map(canonical).unwrap_or_default(),
            version: String::new(),
            // What another job makes is nobody's text yet.
            pin: if made(includes) { Pin::Made } else { Pin::Local },
            comment: None,
            place: Reading::at(node.span),
        },
    };
    if let Some(job) = reading.gathering.observation.jobs.get_mut(index) {
        job.settings.append(&mut settings);
        let inputs = given.and_then(Node::as_mapping).into_iter().flatten();
        let inputs = inputs.map(|entry| Variable {
            name: entry.key.text.clone(),
            value: values::value(&entry.value.as_str().map_or_else(|| canonical(&entry.value), str::to_owned)),
            place: Reading::at(entry.value.span),
        });
        let does = Does::Use { code, inputs: inputs.collect() };
        job.steps.push(Step { place: Reading::at(node.span), does, ..Step::default() });
    }
    if let Some(includes) = includes {
        below(includes, given, &id, when, above, reading);
    }
}

fn made(includes: Option<&Node>) -> bool {
    let made = |item: &&Node| item.get("artifact").is_some();
    includes.is_some_and(|node| made(&node) || merge::flat(node).iter().any(made))
}

fn below(
    includes: &Node,
    given: Option<&Node>,
    id: &str,
    when: Vec<Clause>,
    above: &Pipeline,
    reading: &mut Reading<'_>,
) {
    if above.depth >= DEEPEST {
        reading.limit("pipelines start each other more than twice", includes.span);
        return;
    }
    let items = if includes.as_mapping().is_some() { vec![includes] } else { merge::flat(includes) };
    let mut all: Vec<Node> = Vec::new();
    for item in items {
        if item.get("artifact").is_some() {
            let why = "the pipeline is made by another job when this one runs";
            reading.undecided(Aspect::Elsewhere, Some(id), why, item.span);
            if let Some(maker) = item.get("job").and_then(Node::as_str)
                && let Some(job) = reading.gathering.observation.jobs.iter_mut().find(|job| job.id == id)
            {
                let value = maker.to_owned();
                job.settings.push(Setting { key: "trigger.include.job".into(), value, place: Reading::at(item.span) });
            }
            continue;
        }
        all.push(with_inputs(item, given));
    }
    if all.is_empty() {
        return;
    }
    let span = includes.span;
    let include = Node { span, value: Value::Sequence(all) };
    let key = stackgate_provider::yaml::Key { text: "include".into(), span };
    let entry = stackgate_provider::yaml::Entry { key, value: include };
    let body = Node { span, value: Value::Mapping(merge::mapping(vec![entry])) };
    let (outer, kept) = (reading.elsewhere, std::mem::take(&mut reading.conditional));
    reading.elsewhere = false;
    let node = include::body_of(&body, &super::inputs::Inputs::new(), "", &[], reading);
    let condition = Condition::all(when.into_iter().map(|clause| clause.condition));
    let clause = Clause { kind: ClauseKind::Trigger, condition, place: Reading::at(span) };
    pipeline::whole(&node, &format!("{id}/"), vec![clause], Some(id.to_owned()), above.depth + 1, reading);
    (reading.elsewhere, reading.conditional) = (outer, kept);
}

/// Inputs of the whole `trigger` are those of its one file.
fn with_inputs(item: &Node, given: Option<&Node>) -> Node {
    let (Some(given), true) = (given, item.get("inputs").is_none()) else { return item.clone() };
    let key = |text: &str| stackgate_provider::yaml::Key { text: text.into(), span: item.span };
    let mut entries: Vec<_> = item.as_mapping().into_iter().flatten().cloned().collect();
    if item.as_str().is_some() {
        entries.push(stackgate_provider::yaml::Entry { key: key("local"), value: item.clone() });
    }
    entries.push(stackgate_provider::yaml::Entry { key: key("inputs"), value: given.clone() });
    Node { span: item.span, value: Value::Mapping(merge::mapping(entries)) }
}
