//! Reads the steps of a stage back, with the blocks that they stand in.
//!
//! What must hold: a step that moves out of its lock, its time limit or its credential is another step. A step that is
//! not known is reported and kept.

use stackgate_provider::{Job, Lock, Step, Uses};

use crate::groovy::{Call, Kind, Statement};
use crate::sections::Reading;

/// Where steps stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// The stage within the stage.
    pub(crate) stage: Option<String>,
    /// What must be true for them to run.
    pub(crate) condition: Option<String>,
    /// The directory that they start in.
    pub(crate) directory: Option<String>,
    /// The blocks around them, from the outside.
    pub(crate) within: Vec<String>,
}

/// Reads the steps of a block into the job.
pub(crate) fn steps(block: &[Statement], place: &Place, job: &mut Job, reading: &mut Reading<'_>) {
    for call in reading.calls(block) {
        if call.block.is_some() {
            let mut place = place.clone();
            wrapper(call, &mut place, job, reading);
            steps(call.statements(), &place, job, reading);
        } else {
            let mut step = match call.name.as_str() {
                "sh" => script(call, reading),
                "archiveArtifacts" | "checkout" | "deleteDir" | "junit" | "milestone" => own(call, reading),
                other => {
                    reading.report(call.span, &format!("unknown step {other:?}"));
                    own(call, reading)
                }
            };
            put(&mut step, place);
            job.steps.push(step);
        }
    }
}

/// Reads the script that decides whether a stage runs.
pub(crate) fn compare(call: &Call, place: &Place, job: &mut Job, reading: &mut Reading<'_>) {
    let mut step = script(call, reading);
    let mut place = place.clone();
    place.within.push("when".into());
    put(&mut step, &place);
    job.steps.push(step);
}

fn put(step: &mut Step, place: &Place) {
    step.condition.clone_from(&place.condition);
    step.directory.clone_from(&place.directory);
    if let Some(stage) = &place.stage {
        step.settings.insert("stage".into(), stage.clone());
    }
    if !place.within.is_empty() {
        step.settings.insert("within".into(), place.within.join(" > "));
    }
}

/// A block around steps: what it means for the job, and for the steps in it.
fn wrapper(call: &Call, place: &mut Place, job: &mut Job, reading: &mut Reading<'_>) {
    match call.name.as_str() {
        "dir" => {
            match call.arguments.as_slice() {
                [argument] if argument.name.is_none() && place.directory.is_none() => {
                    place.directory = reading.plain(&argument.value);
                }
                _ => reading.report(call.span, "a directory that is not understood"),
            }
            return;
        }
        "timeout" => limit(call, job, reading),
        "lock" => {
            let named = reading.named(call);
            let name = named.get("resource").and_then(|name| reading.plain(name)).filter(|_| named.len() == 1);
            match name {
                Some(name) if job.lock.is_none() => job.lock = Some(Lock { name, cancels: false }),
                _ => reading.report(call.span, "a lock that is not understood"),
            }
        }
        "withCredentials" => credentials(call, job, reading),
        other => reading.report(call.span, &format!("unknown block {other:?}")),
    }
    place.within.push(call.canonical_head());
}

fn limit(call: &Call, job: &mut Job, reading: &mut Reading<'_>) {
    let named = reading.named(call);
    let minutes = match (named.get("time").map(|time| &time.kind), named.get("unit").map(|unit| &unit.kind)) {
        (Some(Kind::Number(time)), Some(Kind::Text { value, .. })) if value == "MINUTES" && named.len() == 2 => {
            time.parse().ok()
        }
        _ => None,
    };
    if minutes.is_none() || job.limit_minutes.is_some_and(|other| Some(other) != minutes) {
        reading.report(call.span, "a time limit that is not understood");
    }
    job.limit_minutes = job.limit_minutes.or(minutes);
}

/// Whoever binds a credential of this kind has its OIDC token.
fn credentials(call: &Call, job: &mut Job, reading: &mut Reading<'_>) {
    let bindings = match call.arguments.as_slice() {
        [argument] if argument.name.is_none() => match &argument.value.kind {
            Kind::List(items) => items.as_slice(),
            _ => &[],
        },
        _ => &[],
    };
    let ids = bindings.iter().filter_map(|binding| match &binding.value.kind {
        Kind::Call(binding) => {
            binding.arguments.iter().find(|argument| argument.name.as_deref() == Some("credentialsId"))
        }
        _ => None,
    });
    let ids: Vec<_> = ids.collect();
    if ids.is_empty() || ids.len() != bindings.len() {
        reading.report(call.span, "credentials that are not understood");
    }
    for id in ids {
        job.may_mint.extend(reading.plain(&id.value));
    }
}

fn script(call: &Call, reading: &mut Reading<'_>) -> Step {
    let mut step = Step::default();
    let named = reading.named(call);
    for (name, value) in named {
        match (name, &value.kind) {
            ("script", Kind::Text { value, .. }) => step.set_script(value),
            ("label", Kind::Text { value, .. }) => step.name = Some(value.clone()),
            ("returnStatus", Kind::Word(word)) => {
                step.settings.insert("returnStatus".into(), word.clone());
            }
            _ => reading.report(value.span, &format!("unknown argument `{name}: {}`", value.canonical())),
        }
    }
    if step.script.is_none() {
        reading.report(call.span, "a script that is not understood");
    }
    step
}

fn own(call: &Call, reading: &mut Reading<'_>) -> Step {
    let mut uses = Uses { reference: call.name.clone(), ..Uses::default() };
    for argument in &call.arguments {
        let name = match (&argument.name, call.name.as_str()) {
            (Some(name), _) => name.as_str(),
            (None, "checkout") => "scm",
            (None, _) => {
                reading.report(argument.value.span, &format!("expected named values for `{}`", call.name));
                continue;
            }
        };
        uses.inputs.insert(name.to_owned(), argument.value.canonical());
    }
    Step { uses: Some(uses), ..Step::default() }
}
