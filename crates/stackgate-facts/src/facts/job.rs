//! A job's facts.
//!
//! What must hold: every field that changes behaviour lands in a fact; steps are spoken of by what they are.

use super::{Fact, Naming, setting, step, words};
use crate::model::{Code, Does, Job, Mint, Scope, Verb};
use crate::place::Place;
use crate::value::Value;

pub(super) fn flatten(job: &Job, naming: Naming, all: &mut Vec<Fact>) {
    let lines: Vec<String> = job.steps.iter().map(|step| step::line(step, naming)).collect();
    let name = |index: usize| match (naming, lines.get(index)) {
        (Naming::Digest, Some(line)) => step::digest(line),
        _ => (index + 1).to_string(),
    };
    let mut say = |kind: &'static str, text: String, place: Place| {
        all.push(Fact { job: Some(job.id.clone()), kind, text, place });
    };
    said(job, &mut say);
    for credential in &job.credentials {
        let text = format!(
            "{} as {} for {}{}",
            words::credential(&credential.kind),
            credential.variable.as_deref().map_or_else(|| "-".to_owned(), words::quoted),
            words::scope(&credential.scope, &name),
            if credential.wide { " wide" } else { "" },
        );
        say("credential", text, credential.place);
    }
    for channel in &job.channels {
        let scope = words::scope(&channel.step.map_or(Scope::Job, |step| Scope::Steps(vec![step])), &name);
        say(
            "channel",
            format!("{} {} by {scope}", words::kebab(channel.kind), words::value(&channel.name)),
            channel.place,
        );
    }
    job.mints.iter().for_each(|it| say("mint", mint(it, &name(it.step)), it.place));
    job.verbs.iter().for_each(|it| say("verb", verb(it, &name(it.step)), it.place));
    for deed in &job.deeds {
        let text = format!("{} {} by step {}", words::kebab(deed.kind), words::value(&deed.what), name(deed.step));
        say("deed", text, deed.place);
    }
    for (index, (step, line)) in job.steps.iter().zip(&lines).enumerate() {
        let number = match naming {
            Naming::Digest => name(index),
            Naming::Number => format!("{:02}", index + 1),
        };
        say("exec", format!("{number} {} {line}", job.position(index).words()), step.place);
        for embedded in &step.embedded {
            let kind = if embedded.in_code { "in code" } else { "as data" };
            say(
                "embedded",
                format!("{} {kind} by step {}", words::value(&embedded.value), name(index)),
                embedded.place,
            );
        }
    }
    if naming == Naming::Digest && lines.len() > 1 {
        let order: Vec<String> = (0..lines.len()).map(name).collect();
        say("order", order.join(" "), job.place);
    }
}

/// What says nothing about steps.
fn said(job: &Job, say: &mut dyn FnMut(&'static str, String, Place)) {
    say("job", words::quoted(&job.id), job.place);
    for clause in &job.when {
        say("trigger", format!("{} {}", words::kebab(clause.kind), clause.condition), clause.place);
    }
    job.needs.iter().for_each(|need| say("need", words::need(need), need.place));
    for gate in &job.gates {
        let mut weak: Vec<String> = gate.weak.iter().map(words::kebab).collect();
        weak.sort();
        let weak = if weak.is_empty() { String::new() } else { format!(" weak({})", weak.join(" ")) };
        say("gate", format!("{}{weak}", words::gate(&gate.kind)), gate.place);
    }
    for permission in &job.permissions {
        let text = format!(
            "{} {}{}{}",
            words::line(&permission.scope),
            words::kebab(permission.level),
            if permission.said { "" } else { " by-default" },
            if permission.wide { " wide" } else { "" },
        );
        say("permission", text, permission.place);
    }
    for variable in &job.variables {
        say("variable", format!("{}={}", words::line(&variable.name), words::value(&variable.value)), variable.place);
    }
    // The code of a step that is foreign code is a fact of its own too: its pin is judged apart from its inputs.
    job.every_code().for_each(|code| say("code", words::code(code), code.place));
    say("runner", format!("{} {}", words::kebab(job.runner.trust), words::value(&job.runner.label)), job.runner.place);
    let said = if job.limit_said { "" } else { " by-default" };
    match &job.limit_minutes {
        Some(minutes) => say("limit", format!("{} minutes{said}", minutes.what), minutes.place),
        None => say("limit", format!("unknown{said}"), job.place),
    }
    job.settings.iter().for_each(|it| say("setting", setting(&it.key, &it.value), it.place));
}

fn mint(mint: &Mint, step: &str) -> String {
    let optional = |value: &Option<Value>| words::optional(value.as_ref());
    format!(
        "{} by {} organization {} team {} scope {} seconds {} url {} by step {step}",
        words::kebab(mint.kind),
        words::kebab(mint.by),
        optional(&mint.organization),
        optional(&mint.team),
        optional(&mint.scope),
        optional(&mint.seconds),
        optional(&mint.url),
    )
}

fn verb(verb: &Verb, step: &str) -> String {
    let kind = match &verb.kind {
        crate::VerbKind::Other(words) => format!("other {}", words::quoted(words)),
        kind => words::kebab(kind),
    };
    let flags: String = verb.flags.iter().map(|flag| format!(" {}", words::quoted(flag))).collect();
    format!("{kind} stack {}{flags} by step {step}", words::optional(verb.stack.as_ref()))
}

impl Job {
    /// All foreign code: beside the steps, and of the steps.
    pub fn every_code(&self) -> impl Iterator<Item = &Code> {
        let steps = self.steps.iter().filter_map(|step| match &step.does {
            Does::Use { code, .. } => Some(code),
            Does::Checkout { code, .. } => code.as_ref(),
            Does::Run { .. } | Does::Unknown => None,
        });
        self.code.iter().chain(steps)
    }
}
