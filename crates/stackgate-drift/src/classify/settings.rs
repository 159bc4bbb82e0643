//! What else is said of the pipeline, of a job or of one of its steps: keys that have no fact of their own.
//!
//! What must hold: most of them are behaviour; those that stop something, that let a failure pass, or that decide which
//! program runs are told by what they do.

use stackgate_facts::{Job, Jobs, Setting};

use super::{Compared, privileged};
use crate::class::{Change, Class, Direction};

/// A setting whose key begins with this is a control: it stops, delays or refuses something.
const GUARD: &str = "guard.";

/// Compares what else is said of the pipeline, of a job or of one of its steps.
pub(super) fn settings(compared: &mut Compared<'_>, job: Option<&Job>, old: &[Setting], new: &[Setting]) {
    let mut keys: Vec<&str> = old.iter().chain(new).map(|one| one.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    fn of<'s>(settings: &'s [Setting], key: &str) -> Vec<&'s str> {
        settings.iter().filter(|one| one.key == key).map(|one| one.value.as_str()).collect()
    }
    for key in keys {
        let (before, after) = (of(old, key), of(new, key));
        if before == after {
            continue;
        }
        let (class, direction, so) = match (key.starts_with(GUARD), before.is_empty()) {
            (true, false) => (
                Class::RemovesGate,
                Direction::Widening,
                "Something that stops or refuses what should not run is gone, or is another one.",
            ),
            (true, true) => {
                (Class::Behaviour, Direction::Narrowing, "Something is refused or held back that the spec allows.")
            }
            (false, _) => judged(compared, job, key, &after),
        };
        let name = key.strip_prefix(GUARD).unwrap_or(key);
        let say = |values: &[&str]| (!values.is_empty()).then(|| format!("{name}: {}", values.join(", ")));
        let place = new
            .iter()
            .find(|one| one.key == key)
            .map_or_else(|| job.map(|job| job.place).unwrap_or_default(), |one| one.place);
        compared.add(Change {
            class,
            direction,
            job: job.map(|job| job.id.clone()),
            fact: "setting",
            before: say(&before),
            after: say(&after),
            so: so.into(),
            place,
        });
    }
}

/// What another value of a key means; most keys mean nothing but themselves.
fn judged(compared: &Compared<'_>, job: Option<&Job>, key: &str, after: &[&str]) -> (Class, Direction, &'static str) {
    let own = || job.is_none_or(privileged);
    let last = key.rsplit('.').next().unwrap_or(key);
    match key {
        // Programs, and what they may reach of their machine.
        "outside the pipeline"
        | "shell"
        | "image.entrypoint"
        | "docker.entrypoint"
        | "docker.command"
        | "agent.args"
        | "agent.yaml"
            if own() =>
        {
            let so = "This decides which program runs, or what it may reach, whatever the steps say.";
            (Class::WidensPrivilege, Direction::Widening, so)
        }
        "identity" if !after.is_empty() => {
            (Class::WidensPrivilege, Direction::Widening, "The job gets a credential that the spec does not name.")
        }
        _ if key.starts_with("outputs.") && after.iter().any(|text| text.contains("${{")) && own() => {
            let so = "The job, which holds a credential, may hand it to every job that waits for this one.";
            (Class::WidensPrivilege, Direction::Widening, so)
        }
        "override-with" | "agent.registryUrl" => {
            (Class::SupplyChain, Direction::Sideways, "Other code than the spec names may run in this job.")
        }
        _ if key.starts_with("tools.") && !after.is_empty() => (
            Class::SupplyChain,
            Direction::Widening,
            "A tool that the controller installs comes before the machine's own.",
        ),
        // A failure that nobody notices.
        "continue-on-error" | "continueOnError" | "allow_failure"
            if passes(after) && job.is_some_and(|job| awaited(compared, job)) =>
        {
            let so = "A job that holds a credential waits for this one, and now runs although it failed.";
            (Class::RemovesGate, Direction::Widening, so)
        }
        "background" if passes(after) && own() => (
            Class::RemovesGate,
            Direction::Widening,
            "What comes after runs before this has ended, and although it fails.",
        ),
        "timeout" if after.iter().any(|text| text.contains("activity: true")) && own() => {
            let so = "The limit holds only while nothing is written: what keeps writing never ends.";
            (Class::RemovesGate, Direction::Widening, so)
        }
        _ if key.starts_with("rules.") && last == "needs" && !after.is_empty() && own() => {
            let so = "Where this rule holds, the job waits for these and for no others.";
            (Class::RemovesGate, Direction::Widening, so)
        }
        _ => (Class::Behaviour, Direction::Sideways, "The pipeline runs otherwise than the spec says."),
    }
}

/// Whether a key of this kind is set, and not to `false`.
fn passes(after: &[&str]) -> bool {
    after.iter().any(|text| !matches!(*text, "false" | "" | "null"))
}

/// Whether a job of the spec that holds a credential cannot run without this one. Jobs that the spec does not name are told
/// as a whole, and there may be any number of them.
fn awaited(compared: &Compared<'_>, job: &Job) -> bool {
    let (before, after) = (compared.before, compared.after);
    let jobs = Jobs::of(after);
    let waiting = jobs.behind(|other| other.id == job.id);
    let named = before.jobs.iter().filter(|old| old.id != job.id && waiting.contains(old.id.as_str()));
    named.filter_map(|old| jobs.get(&old.id)).any(privileged)
}
