//! Reads a Jenkinsfile back, section by section; the inverse of the templates.
//!
//! What must hold: every section is either understood or reported, so that nothing which a file says is overlooked. It
//! reads what the templates write; hand-written pipelines use more sections, which it reports.

use std::collections::BTreeMap;

use stackgate_provider::{Artifact, Event, File, Job, Observed};

use crate::groovy::{Call, Expression, Kind, Statement, arguments, parse};
use crate::sections::Reading;
use crate::steps::{Place, compare, steps};

/// What the files say.
pub(crate) fn observe(files: &[Artifact]) -> Observed {
    let mut observed = Observed::default();
    for artifact in files {
        let mut reading = Reading::new(&artifact.path, &artifact.body);
        match parse(&artifact.body) {
            Ok(statements) => {
                let file = file(&statements, &mut reading);
                observed.pipeline.files.insert(artifact.path.clone(), file);
            }
            Err(fault) => reading.report(fault.span, &fault.what),
        }
        observed.unknown.append(&mut reading.unknown);
    }
    observed
}

fn file(statements: &[Statement], reading: &mut Reading<'_>) -> File {
    let mut file = File::default();
    let mut top = reading.sections(statements);
    if let Some(pipeline) = top.take("pipeline") {
        let block = reading.block(pipeline);
        let mut sections = reading.sections(block);
        if let Some(agent) = sections.take("agent") {
            file.settings.insert("agent".into(), said(agent));
        }
        if let Some(options) = sections.take("options") {
            self::options(options, &mut file.settings, reading);
        }
        if let Some(triggers) = sections.take("triggers") {
            let block = reading.block(triggers);
            let all = reading.sections(block).others();
            file.events.extend(all.iter().map(|call| Event::Other(format!("{} {}", call.name, said(call)))));
        }
        let mut before = None;
        let stages = sections.take("stages").map(|stages| reading.block(stages)).unwrap_or_default();
        for call in reading.calls(stages) {
            let Some(name) = stage_name(call, reading) else { continue };
            let mut job = stage(call, reading, &mut file);
            job.needs = before.replace(name.clone()).into_iter().collect();
            if file.jobs.insert(name, job).is_some() {
                reading.report(call.span, "two stages of one name");
            }
        }
        sections.finish(reading);
    }
    top.finish(reading);
    file
}

/// What stands behind the name of a call, in one spelling.
fn said(call: &Call) -> String {
    match &call.block {
        None => arguments(&call.arguments),
        Some(_) => call.canonical(),
    }
}

fn options(call: &Call, settings: &mut BTreeMap<String, String>, reading: &mut Reading<'_>) {
    let block = reading.block(call);
    for option in reading.sections(block).others() {
        settings.insert(format!("options.{}", option.name), said(option));
    }
}

fn stage_name(call: &Call, reading: &mut Reading<'_>) -> Option<String> {
    match call.arguments.as_slice() {
        [argument] if call.name == "stage" && argument.name.is_none() => reading.plain(&argument.value),
        _ => {
            reading.report(call.span, &format!("unknown section {:?}", call.name));
            None
        }
    }
}

fn stage(call: &Call, reading: &mut Reading<'_>, file: &mut File) -> Job {
    let mut job = Job::default();
    let mut sections = reading.sections(call.statements());
    if let Some(when) = sections.take("when") {
        let block = reading.block(when);
        for condition in reading.calls(block) {
            if condition.name.starts_with("before") {
                if let Some(word) = reading.word(condition)
                    && job.settings.insert(format!("when.{}", condition.name), word).is_some()
                {
                    reading.report(condition.span, &format!("`{}` stands twice", condition.name));
                }
            } else {
                job.conditions.push(condition.canonical());
                file.events.extend(event(condition));
            }
        }
        job.conditions.sort();
    }
    if !job
        .conditions
        .iter()
        .any(|condition| condition.starts_with("branch(") || condition.starts_with("changeRequest("))
    {
        file.events.insert(Event::Other("every build".into()));
    }
    if let Some(input) = sections.take("input") {
        self::input(input, &mut job, reading);
    }
    if let Some(agent) = sections.take("agent") {
        self::agent(agent, &mut job, reading);
    }
    if let Some(options) = sections.take("options") {
        self::options(options, &mut job.settings, reading);
    }
    if let Some(environment) = sections.take("environment") {
        self::environment(environment, &mut job, reading);
    }
    if let Some(own) = sections.take("steps") {
        steps(reading.block(own), &Place::default(), &mut job, reading);
    }
    if let Some(stages) = sections.take("stages") {
        let block = reading.block(stages);
        for call in reading.calls(block) {
            nested(call, &mut job, reading);
        }
    }
    if let Some(post) = sections.take("post") {
        let block = reading.block(post);
        for condition in reading.sections(block).others() {
            let place = Place { condition: Some(format!("post {}", condition.name)), ..Place::default() };
            steps(reading.block(condition), &place, &mut job, reading);
        }
    }
    sections.finish(reading);
    job
}

/// What starts a stage, as far as its condition alone can say.
fn event(condition: &Call) -> Option<Event> {
    let named = |name: &str| condition.arguments.iter().find(|argument| argument.name.as_deref() == Some(name));
    let text = |name: &str| match named(name).map(|argument| &argument.value.kind) {
        Some(Kind::Text { value, .. }) => Some(value.clone()),
        _ => None,
    };
    let exact = text("comparator").as_deref() == Some("EQUALS");
    let event = match condition.name.as_str() {
        "branch" => text("pattern").filter(|_| exact).map(Event::Push),
        "changeRequest" => text("target").filter(|_| exact).map(Event::ChangeRequest),
        // A negation starts nothing; neither does a cause, which narrows what the others say.
        "not" | "triggeredBy" => return None,
        "anyOf" if causes(condition) => return None,
        _ => None,
    };
    event.or_else(|| Some(Event::Other(condition.canonical())))
}

/// Whether there is nothing but causes in a group of conditions.
fn causes(group: &Call) -> bool {
    group.statements().iter().all(|statement| match statement {
        Statement::Expression(Expression { kind: Kind::Call(call), .. }) => call.name == "triggeredBy",
        _ => false,
    })
}

fn input(call: &Call, job: &mut Job, reading: &mut Reading<'_>) {
    let block = reading.block(call);
    job.approval = Some("anybody who may start a build".into());
    for field in reading.sections(block).others() {
        let Some(text) = reading.text(field) else { continue };
        if field.name == "submitter" {
            job.approval = Some(text);
        } else {
            job.settings.insert(format!("input.{}", field.name), text);
        }
    }
}

fn agent(call: &Call, job: &mut Job, reading: &mut Reading<'_>) {
    if call.block.is_none() {
        job.settings.insert("agent".into(), said(call));
        return;
    }
    let mut kinds = reading.sections(call.statements());
    if let Some(label) = kinds.take("label") {
        job.runner = reading.text(label);
    } else if let Some(docker) = kinds.take("docker") {
        let block = reading.block(docker);
        let mut fields = reading.sections(block);
        job.image = fields.take("image").and_then(|field| reading.text(field));
        job.runner = fields.take("label").and_then(|field| reading.text(field));
        if let Some(value) = fields.take("args").and_then(|field| reading.text(field)) {
            job.settings.insert("agent.args".into(), value);
        }
        if let Some(value) = fields.take("reuseNode").and_then(|field| reading.word(field)) {
            job.settings.insert("agent.reuseNode".into(), value);
        }
        fields.finish(reading);
    }
    kinds.finish(reading);
}

fn environment(call: &Call, job: &mut Job, reading: &mut Reading<'_>) {
    for statement in reading.block(call) {
        let Some((name, value)) = statement.assignment() else {
            reading.report(statement.span(), &format!("unknown statement {:?}", statement.canonical()));
            continue;
        };
        let said = match &value.kind {
            Kind::Interpolated(interpolation) => interpolation.raw(),
            // Jenkins expands it once more, whatever Groovy's quotes; no value of ours holds one.
            Kind::Text { value, .. } if !value.contains('$') => value.clone(),
            _ => {
                reading.report(statement.span(), &format!("unknown value {}", value.canonical()));
                continue;
            }
        };
        if job.variables.insert(name.to_owned(), said).is_some() {
            reading.report(statement.span(), &format!("`{name}` stands twice"));
        }
    }
}

/// A stage within a stage: it shares the agent and the variables, and may depend on how a script ends.
fn nested(call: &Call, job: &mut Job, reading: &mut Reading<'_>) {
    let Some(name) = stage_name(call, reading) else { return };
    let mut place = Place { stage: Some(name), ..Place::default() };
    let mut sections = reading.sections(call.statements());
    if let Some(when) = sections.take("when") {
        match expression(when) {
            Some((script, status)) => {
                compare(script, &place, job, reading);
                place.condition = Some(format!("the script before it ends with anything but {status}"));
            }
            None => place.condition = Some(when.canonical()),
        }
    }
    if let Some(own) = sections.take("steps") {
        steps(reading.block(own), &place, job, reading);
    }
    sections.finish(reading);
}

/// The script and the number in `when { expression { sh(…) != 3 } }`.
fn expression(when: &Call) -> Option<(&Call, &str)> {
    let [Statement::Expression(Expression { kind: Kind::Call(inner), .. })] = when.statements() else {
        return None;
    };
    let [Statement::Expression(Expression { kind: Kind::Binary(left, "!=", right), .. })] = inner.statements() else {
        return None;
    };
    match (&left.kind, &right.kind) {
        (Kind::Call(script), Kind::Number(status))
            if inner.name == "expression"
                && inner.arguments.is_empty()
                && when.arguments.is_empty()
                && script.name == "sh" =>
        {
            Some((script, status))
        }
        _ => None,
    }
}
