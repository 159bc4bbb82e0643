//! The steps of a job: what is executed, in which order, with which variables.
//!
//! What must hold: in a job that can ask for a token every step counts, also those before the token exists, since they share
//! a machine and a checkout with what comes after; in a job without any credential another step is behaviour. A reviewed
//! step of ours that is gone, may fail or may be passed over is a lost gate.

use stackgate_facts::{Condition, Control, Does, Embedded, Job, Scope, Step, Value, Variable};
use stackgate_provider::role_of;

use super::variables::{exports, pairs, variables};
use super::{Compared, Pair, change};
use crate::class::{Change, Class, Direction};

pub(super) fn compare(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let keys = |job: &Job| -> Vec<String> { job.steps.iter().map(key).collect() };
    let (old, new) = (keys(pair.before), keys(pair.after));
    if old != new {
        let mut removed = Vec::new();
        let mut added = Vec::new();
        for part in similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new) {
            if matches!(part, similar::DiffOp::Equal { .. }) {
                continue;
            }
            removed.extend(part.old_range());
            added.extend(part.new_range());
        }
        moved(compared, pair, &old, &new, &mut removed, &mut added);
        // Of what is left, steps of one kind stand for each other: an edited one is told by what of it differs.
        removed.retain(|at| {
            let Some(here) = pair.before.steps.get(*at) else { return true };
            let twin = added.iter().position(|to| pair.after.steps.get(*to).is_some_and(|there| alike(here, there)));
            let Some(twin) = twin else { return true };
            if let Some(there) = pair.after.steps.get(added.remove(twin)) {
                edited(compared, pair, here, there);
            }
            false
        });
        removed.iter().filter_map(|at| pair.before.steps.get(*at)).for_each(|step| gone(compared, pair, step));
        added.iter().filter_map(|at| pair.after.steps.get(*at)).for_each(|step| new_one(compared, pair, step));
    }
    variables(compared, pair, &pair.before.variables, &pair.after.variables);
}

/// Everything that a step is, versions of foreign code aside, which have a comparison of their own.
fn key(step: &Step) -> String {
    let does = match &step.does {
        Does::Unknown => "unknown".to_owned(),
        Does::Run { text, shell, .. } => format!("run {shell:?} {text}"),
        Does::Use { code, inputs } => format!("use {} {}", code.name, listed(inputs)),
        Does::Checkout { reference, repository, keeps_credentials, inputs, .. } => {
            format!("checkout {reference:?} {repository:?} {keeps_credentials} {}", listed(inputs))
        }
    };
    let settings: Vec<(&str, &str)> = step.settings.iter().map(|one| (one.key.as_str(), one.value.as_str())).collect();
    format!(
        "{does}\n{}\n{:?}\n{:?}\n{}\n{settings:?}",
        listed(&step.variables),
        condition(step),
        step.directory,
        step.tolerated
    )
}

fn listed(variables: &[Variable]) -> String {
    let mut all: Vec<String> = variables.iter().map(|one| format!("{}={:?}", one.name, one.value)).collect();
    all.sort();
    all.join("\n")
}

fn condition(step: &Step) -> Condition {
    step.condition.clone().unwrap_or(Condition::Always)
}

/// Whether one step can be the other, edited.
fn alike(one: &Step, other: &Step) -> bool {
    match (&one.does, &other.does) {
        (Does::Run { text, .. }, Does::Run { text: other_text, .. }) => {
            text == other_text || one.name.is_some() && one.name == other.name || similar_text(text, other_text)
        }
        (Does::Use { code, .. }, Does::Use { code: other, .. }) => code.name == other.name && code.kind == other.kind,
        (Does::Checkout { .. }, Does::Checkout { .. }) | (Does::Unknown, Does::Unknown) => true,
        _ => false,
    }
}

fn similar_text(one: &str, other: &str) -> bool {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.lines().collect(), other.lines().collect());
    let same = one.iter().filter(|line| other.contains(line)).count();
    2 * same > one.len().max(other.len())
}

/// Steps that are the same and stand elsewhere: what matters is whether they run before or after the token exists.
fn moved(
    compared: &mut Compared<'_>,
    pair: Pair<'_>,
    old: &[String],
    new: &[String],
    removed: &mut Vec<usize>,
    added: &mut Vec<usize>,
) {
    let mint = |job: &Job| job.mints.iter().map(|mint| mint.step).min();
    let (old_mint, new_mint) = (mint(pair.before), mint(pair.after));
    let mut order = None;
    removed.retain(|from| {
        let Some(twin) = added.iter().position(|to| old.get(*from) == new.get(*to)) else { return true };
        let to = added.remove(twin);
        order = Some(order.unwrap_or(to));
        false
    });
    let Some(first) = order else { return };
    // A moved step changes who stands after the token, also for those that did not move.
    let after = |mint: Option<usize>, at: usize| mint.is_some_and(|mint| at > mint);
    let exposed = new.iter().enumerate().find(|(at, text)| {
        old.iter().position(|known| known == *text).is_some_and(|was| !after(old_mint, was) && after(new_mint, *at))
    });
    let Some(step) = pair.after.steps.get(exposed.map_or(first, |(at, _)| at)) else { return };
    let (class, direction, so) = if exposed.is_some() {
        (
            Class::WidensPrivilege,
            Direction::Widening,
            "A step that ran before the token existed now runs while it exists, and can take it.",
        )
    } else if pair.mints() && reviewed(step).is_some() {
        (Class::RemovesGate, Direction::Widening, "A reviewed step no longer stands where the others rely on it.")
    } else {
        (Class::Behaviour, Direction::Sideways, "The steps run in another order.")
    };
    compared.add(change(class, direction, pair.after, "order of steps", None, Some(words(step)), so).at(step.place));
}

/// The role of a reviewed script of ours.
fn reviewed(step: &Step) -> Option<&'static str> {
    match &step.does {
        Does::Run { text, .. } => role_of(text),
        _ => None,
    }
}

/// A step's name for people, or what it does.
fn words(step: &Step) -> String {
    if let Some(name) = &step.name {
        return name.clone();
    }
    match &step.does {
        Does::Run { text, .. } => {
            text.lines().find(|line| !line.trim().is_empty()).unwrap_or("an empty script").to_owned()
        }
        Does::Use { code, .. } => code.name.clone(),
        Does::Checkout { .. } => "the checkout".into(),
        Does::Unknown => "a step".into(),
    }
}

/// Whether what a step does can reach a credential of its job.
fn in_reach(pair: Pair<'_>) -> bool {
    pair.mints()
        || pair.after.credentials.iter().any(|credential| credential.scope == Scope::Job)
        || !pair.after.mints.is_empty()
}

fn gone(compared: &mut Compared<'_>, pair: Pair<'_>, step: &Step) {
    let (class, direction, so) = match reviewed(step) {
        Some(_) if in_reach(pair) || guard(step) => {
            (Class::RemovesGate, Direction::Widening, "A reviewed step that the others rely on no longer runs.")
        }
        _ => (Class::Behaviour, Direction::Narrowing, "A step of the spec no longer runs."),
    };
    compared.add(change(class, direction, pair.after, "step", Some(words(step)), None, so));
}

fn new_one(compared: &mut Compared<'_>, pair: Pair<'_>, step: &Step) {
    let (class, so) = if in_reach(pair) {
        (
            Class::WidensPrivilege,
            "Code that the spec does not name runs in a job that holds a credential, and can take it.",
        )
    } else {
        (Class::Behaviour, "A step runs that the spec does not name, in a job without any credential.")
    };
    let difference = change(class, Direction::Widening, pair.after, "step", None, Some(words(step)), so);
    compared.add(difference.at(step.place));
}

fn edited(compared: &mut Compared<'_>, pair: Pair<'_>, old: &Step, new: &Step) {
    let told = asks_otherwise(pair, old, new);
    let mut found: Vec<Change> = Vec::new();
    let mut add = |class, direction, fact, before: Option<String>, after: Option<String>, so: &str| {
        found.push(change(class, direction, pair.after, fact, before, after, so).at(new.place));
    };
    let reach = in_reach(pair);
    let mut exported = None;
    match (&old.does, &new.does) {
        (Does::Run { text, .. }, Does::Run { text: other, .. })
            if let (Some(old), Some(new)) = (exports(text, old.place), exports(other, new.place)) =>
        {
            exported = Some((old, new));
        }
        (Does::Run { text, shell, .. }, Does::Run { text: other, shell: other_shell, .. })
            if text != other || shell != other_shell =>
        {
            let (before, after) = first_difference(text, other);
            let (class, so) = if reach {
                (Class::WidensPrivilege, "Another script runs in a job that holds a credential, and can take it.")
            } else if guard(old) {
                (Class::RemovesGate, "A reviewed step that refuses what should not run is another one now.")
            } else {
                (Class::Behaviour, "Another script runs, in a job without any credential.")
            };
            add(class, Direction::Widening, "script", before, after, so);
        }
        (Does::Use { inputs, .. }, Does::Use { inputs: other, .. }) => inputs_differ(inputs, other, reach, &mut add),
        (
            Does::Checkout { reference, repository, keeps_credentials, inputs, .. },
            Does::Checkout { reference: to, repository: from, keeps_credentials: keeps, inputs: others, .. },
        ) => {
            if keeps_credentials != keeps {
                let (class, direction, so) = match keeps {
                    true => (
                        Class::WidensPrivilege,
                        Direction::Widening,
                        "The repository's token stays in the checkout, where every later step and program can read it.",
                    ),
                    false => (Class::Behaviour, Direction::Narrowing, "A step that needs git's credentials fails."),
                };
                let say = |keeps: bool| Some(if keeps { "credentials stay" } else { "no credential stays" }.to_owned());
                add(class, direction, "checkout", say(*keeps_credentials), say(*keeps), so);
            }
            if (reference, repository) != (to, from) {
                let stranger = [to, from].into_iter().flatten().any(|value| value.control() >= Control::Member);
                let class = if reach || stranger { Class::WidensPrivilege } else { Class::Behaviour };
                let so = "Other commits are checked out and run than those that the run is for.";
                let say = |reference: &Option<Value>, repository: &Option<Value>| {
                    let of = |value: &Option<Value>| value.as_ref().map(|value| value.text().to_owned());
                    let parts: Vec<String> = [of(repository), of(reference)].into_iter().flatten().collect();
                    Some(if parts.is_empty() { "what the run is for".to_owned() } else { parts.join(" at ") })
                };
                add(class, Direction::Widening, "checkout", say(reference, repository), say(to, from), so);
            } else {
                inputs_differ(inputs, others, false, &mut add);
            }
        }
        _ => {}
    }
    conditions(old, new, pair, &mut add);
    for text in &new.embedded {
        let known = |old: &Embedded| old.value == text.value && old.in_code == text.in_code;
        if !old.embedded.iter().any(known) {
            let by_others = text.in_code && text.value.control() >= Control::Member;
            let class = if by_others { Class::WidensPrivilege } else { Class::Behaviour };
            let so = if by_others {
                "Text that others choose becomes part of a program, and can be any program."
            } else {
                "A value that is made when the pipeline runs is put into the text of this step."
            };
            add(class, Direction::Widening, "embedded text", None, Some(text.value.text().to_owned()), so);
        }
    }
    if old.directory != new.directory {
        let text = |value: &Option<Value>| value.as_ref().map(|value| value.text().to_owned());
        add(
            Class::Behaviour,
            Direction::Sideways,
            "directory",
            text(&old.directory),
            text(&new.directory),
            "The step starts in another directory.",
        );
    }
    // What the step asks Pulumi Cloud for, or does with Pulumi, is told by what comes of it and not once more by its inputs.
    found.retain(|change| !(told && change.class != Class::WidensPrivilege && change.fact == "input"));
    found.into_iter().for_each(|change| compared.add(change));
    super::settings::settings(compared, Some(pair.after), &old.settings, &new.settings);
    let guards = reviewed(old).filter(|role| reviewed(new) == Some(*role)).is_some_and(|role| GUARDS.contains(&role));
    let first = compared.changes.len();
    variables(compared, pair, &old.variables, &new.variables);
    if let Some((old, new)) = &exported {
        variables(compared, pair, old, new);
    }
    let mut at = 0;
    compared.changes.retain_mut(|change| {
        at += 1;
        if at <= first || change.class != Class::Behaviour {
            return true;
        }
        if guards {
            change.class = Class::RemovesGate;
            change.so = "A reviewed step that refuses what should not run now looks at something else.".into();
        }
        !told || guards
    });
}

/// Whether a step is one of ours that does nothing but refuse; it counts in a job without any credential as well.
fn guard(step: &Step) -> bool {
    reviewed(step).is_some_and(|role| GUARDS.contains(&role))
}

/// Roles of the reviewed scripts that do nothing but refuse.
const GUARDS: &[&str] = &["guard", "preflight"];

/// Whether what a step asks Pulumi Cloud for, or does with Pulumi, is another thing now.
fn asks_otherwise(pair: Pair<'_>, old: &Step, new: &Step) -> bool {
    let at = |job: &Job, step: &Step| job.steps.iter().position(|found| std::ptr::eq(found, step));
    let (Some(from), Some(to)) = (at(pair.before, old), at(pair.after, new)) else { return false };
    let asked = |job: &Job, step: usize| {
        let mint = |mint: &stackgate_facts::Mint| {
            format!(
                "{:?} {:?} {:?} {:?} {:?} {:?}",
                mint.kind, mint.organization, mint.team, mint.scope, mint.seconds, mint.url
            )
        };
        let verb = |verb: &stackgate_facts::Verb| format!("{:?} {:?} {:?}", verb.kind, verb.stack, verb.flags);
        let mints = job.mints.iter().filter(|one| one.step == step).map(mint);
        mints.chain(job.verbs.iter().filter(|one| one.step == step).map(verb)).collect::<Vec<_>>()
    };
    asked(pair.before, from) != asked(pair.after, to)
}

fn conditions(
    old: &Step,
    new: &Step,
    pair: Pair<'_>,
    add: &mut impl FnMut(Class, Direction, &'static str, Option<String>, Option<String>, &str),
) {
    let counts = guard(old)
        || pair.privileged()
            && (reviewed(old).is_some() || pair.before.mints.iter().any(|mint| is_at(pair.before, mint.step, old)));
    if new.tolerated != old.tolerated {
        let class = if new.tolerated && counts { Class::RemovesGate } else { Class::Behaviour };
        let direction = if new.tolerated { Direction::Widening } else { Direction::Narrowing };
        let say = |tolerated: bool| {
            Some(if tolerated { "the job goes on when it fails" } else { "the job fails with it" }.to_owned())
        };
        add(
            class,
            direction,
            "failure",
            say(old.tolerated),
            say(new.tolerated),
            "What comes after runs although this failed.",
        );
    }
    let (was, is) = (condition(old), condition(new));
    if was != is {
        let class = if counts { Class::RemovesGate } else { Class::Behaviour };
        add(
            class,
            Direction::Sideways,
            "step's condition",
            Some(was.to_string()),
            Some(is.to_string()),
            "The step is passed over, or runs, where the spec says otherwise.",
        );
    }
}

fn is_at(job: &Job, at: usize, step: &Step) -> bool {
    job.steps.get(at).is_some_and(|found| std::ptr::eq(found, step))
}

fn inputs_differ(
    old: &[Variable],
    new: &[Variable],
    reach: bool,
    add: &mut impl FnMut(Class, Direction, &'static str, Option<String>, Option<String>, &str),
) {
    for (name, before, after) in pairs(old, new) {
        // What an input named like this holds is a program.
        let program = matches!(
            name,
            "script" | "run" | "command" | "commands" | "args" | "arguments" | "entrypoint" | "inlineScript"
        );
        // An address that the spec does not name is a place to fetch from, whatever the input is called; submodules are too.
        let address = name == "submodules" || after.is_some_and(|value| value.text().contains("://"));
        let (class, so) = match (program, address) {
            (true, _) if reach => (Class::WidensPrivilege, "Another program runs in this step."),
            (true, _) => (Class::Behaviour, "Another program runs in this step."),
            (false, true) if reach || name == "submodules" => (
                Class::SupplyChain,
                "The step is given an address that the spec does not name, and may fetch code from it.",
            ),
            (false, _) => (Class::Behaviour, "The step runs with another input than the spec says."),
        };
        let say = |value: Option<&Value>| value.map(|value| format!("{name}: {}", value.text()));
        add(class, Direction::Sideways, "input", say(before), say(after), so);
    }
}

/// The first line of each that differs.
fn first_difference(old: &str, new: &str) -> (Option<String>, Option<String>) {
    let mut lines = (old.lines(), new.lines());
    loop {
        match (lines.0.next(), lines.1.next()) {
            (None, None) => return (None, None),
            (one, other) if one == other => {}
            (one, other) => return (one.map(|line| line.trim().to_owned()), other.map(|line| line.trim().to_owned())),
        }
    }
}
