//! The jobs of both pipelines, paired; and what belongs to no job.
//!
//! What must hold: a job that only one of them has is told as a whole, by what it could do; a job under another name is the
//! same job where its steps and its token are.

use stackgate_facts::{Channel, ChannelKind, Job, Level};

use super::settings::settings;
use super::{Compared, Pair, change, code, credentials, gates, privileged, pulumi, reach, steps};
use crate::class::{Change, Class, Direction};

pub(super) fn all(compared: &mut Compared<'_>) {
    let (before, after) = (compared.before, compared.after);
    let mut added: Vec<&Job> =
        after.jobs.iter().filter(|new| !before.jobs.iter().any(|old| old.id == new.id)).collect();
    for old in &before.jobs {
        if let Some(new) = after.jobs.iter().find(|new| new.id == old.id) {
            pair(compared, Pair { before: old, after: new });
        } else if let Some(at) = added.iter().position(|new| renamed(old, new)) {
            let new = added.remove(at);
            let so = "The job has another id: required checks and whatever waits for it by name no longer find it.";
            let difference = change(
                Class::Behaviour,
                Direction::Sideways,
                new,
                "id",
                Some(old.id.clone()),
                Some(new.id.clone()),
                so,
            );
            compared.add(difference);
            pair(compared, Pair { before: old, after: new });
        } else {
            gone(compared, old);
        }
    }
    added.into_iter().for_each(|new| added_one(compared, new));
}

/// Whether a job under another id is the same one: nobody would write these steps by chance.
fn renamed(old: &Job, new: &Job) -> bool {
    let steps = |job: &Job| -> Vec<String> { job.steps.iter().map(|step| format!("{:?}", Text(&step.does))).collect() };
    !old.steps.is_empty() && steps(old) == steps(new) && old.mints.len() == new.mints.len()
}

/// What a step does, without its places.
struct Text<'a>(&'a stackgate_facts::Does);

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use stackgate_facts::Does;
        match self.0 {
            Does::Unknown => f.write_str("unknown"),
            Does::Run { text, .. } => f.write_str(text),
            Does::Use { code, .. } => f.write_str(&code.name),
            Does::Checkout { .. } => f.write_str("checkout"),
        }
    }
}

fn pair<'a>(compared: &mut Compared<'a>, pair: Pair<'a>) {
    reach::compare(compared, pair);
    gates::compare(compared, pair);
    credentials::compare(compared, pair);
    code::compare(compared, pair);
    pulumi::compare(compared, pair);
    steps::compare(compared, pair);
    channels(compared, pair);
    settings(compared, Some(pair.after), &pair.before.settings, &pair.after.settings);
}

fn gone(compared: &mut Compared<'_>, old: &Job) {
    let so = "A job of the spec no longer runs.";
    compared.add(Change {
        class: Class::Behaviour,
        direction: Direction::Narrowing,
        job: Some(old.id.clone()),
        fact: "job",
        before: Some(what(old)),
        after: None,
        so: so.into(),
        place: stackgate_facts::Place::default(),
    });
}

fn added_one(compared: &mut Compared<'_>, new: &Job) {
    // What the system gives every job unasked, the spec's own among them, is no privilege of this one.
    let usual = |scope: &str| {
        let has = |job: &Job| job.permissions.iter().any(|right| right.scope == scope && right.level == Level::Setting);
        !compared.before.jobs.is_empty() && compared.before.jobs.iter().all(has)
    };
    let mut own = new.clone();
    own.permissions.retain(|right| !(right.level == Level::Setting && usual(&right.scope)));
    let (class, so) = if privileged(&own) {
        (Class::WidensPrivilege, "A job that the spec does not name holds a token, a secret or a right that writes.")
    } else if new.code.is_empty() {
        (Class::Behaviour, "A job runs that the spec does not name, without any credential.")
    } else {
        (Class::SupplyChain, "A job runs that the spec does not name, with foreign code and without any credential.")
    };
    compared.add(change(class, Direction::Widening, new, "job", None, Some(what(&own)), so));
}

/// What a job can do, in a few words.
fn what(job: &Job) -> String {
    if job.can_mint() {
        "a job that can get a Pulumi token".into()
    } else if privileged(job) {
        "a job that holds a credential".into()
    } else {
        format!("a job of {} steps", job.steps.len())
    }
}

fn channels(compared: &mut Compared<'_>, pair: Pair<'_>) {
    type Key<'a> = (ChannelKind, &'a str);
    let keys = |job: &'_ Job| -> Vec<(ChannelKind, String)> {
        job.channels.iter().map(|one| (one.kind, one.name.text().to_owned())).collect()
    };
    let (old, new) = (keys(pair.before), keys(pair.after));
    let words = |(kind, name): Key<'_>| format!("{} {name}", kind.words());
    for channel in pair.after.channels.iter().filter(|one| !old.iter().any(|known| is(known, one))) {
        let takes = matches!(channel.kind, ChannelKind::Cache | ChannelKind::ArtifactIn | ChannelKind::EnvFile);
        let (class, so) = if takes && pair.privileged() {
            (
                Class::WidensPrivilege,
                "What other runs or earlier steps left there becomes part of a job that holds a credential.",
            )
        } else {
            (Class::Behaviour, "The job hands bytes to others that the spec does not name.")
        };
        let after = Some(words((channel.kind, channel.name.text())));
        compared.add(change(class, Direction::Widening, pair.after, "channel", None, after, so).at(channel.place));
    }
    for (kind, name) in old.iter().filter(|known| !new.contains(known)) {
        let so = "The job no longer exchanges these bytes with others.";
        let before = Some(words((*kind, name)));
        compared.add(change(Class::Behaviour, Direction::Narrowing, pair.after, "channel", before, None, so));
    }
}

fn is(known: &(ChannelKind, String), channel: &Channel) -> bool {
    known.0 == channel.kind && known.1 == channel.name.text()
}

/// What belongs to no job: settings of the whole file, and code that all jobs share.
pub(super) fn pipeline(compared: &mut Compared<'_>) {
    let (before, after) = (compared.before, compared.after);
    settings(compared, None, &before.settings, &after.settings);
    let (old, new): (Vec<_>, Vec<_>) = (before.code.iter().collect(), after.code.iter().collect());
    code::lists(compared, None, &old, &new);
}
