//! What a job asks of Pulumi Cloud, and what it does with the answer.
//!
//! What must hold: whose token it is, where the OIDC token is sent and how long the answer lives are privilege; which stack
//! is changed and how is behaviour, unless a job that only looked now changes something.

use stackgate_facts::{Job, Mint, TokenKind, Value, Verb, VerbKind};

use super::{Compared, Pair, change};
use crate::class::{Class, Direction};

pub(super) fn compare(compared: &mut Compared<'_>, pair: Pair<'_>) {
    mints(compared, pair);
    verbs(compared, pair);
}

fn mints(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let (old, new) = (&pair.before.mints, &pair.after.mints);
    for (one, other) in old.iter().zip(new) {
        identity(compared, pair, one, other);
        destination(compared, pair, one, other);
        lifetime(compared, pair, one, other);
    }
    for added in new.iter().skip(old.len()) {
        let so = "The job asks for a token that the spec does not give it.";
        let after = Some(holder(added));
        compared.add(
            change(Class::WidensPrivilege, Direction::Widening, pair.after, "token", None, after, so).at(added.place),
        );
    }
    for gone in old.iter().skip(new.len()) {
        let so = "The job no longer asks for its token: what needs it fails, or uses another one.";
        let before = Some(holder(gone));
        compared.add(change(Class::Behaviour, Direction::Narrowing, pair.after, "token", before, None, so));
    }
}

fn holder(mint: &Mint) -> String {
    let text = |value: &Option<Value>| value.as_ref().map_or("none", Value::text).to_owned();
    match mint.kind {
        TokenKind::Team => format!("of team {}", text(&mint.team)),
        TokenKind::Organization => format!("of the organization {}", text(&mint.organization)),
        TokenKind::Personal => "of a person".into(),
        TokenKind::Admin => "of an administrator".into(),
        TokenKind::Runner => "of a runner".into(),
        TokenKind::Unknown => format!("of nobody knows whom (scope: {})", text(&mint.scope)),
    }
}

fn identity(compared: &mut Compared<'_>, pair: Pair<'_>, old: &Mint, new: &Mint) {
    let of = |mint: &Mint| (mint.kind, mint.team.clone(), mint.organization.clone(), mint.scope.clone(), mint.by);
    if of(old) == of(new) {
        return;
    }
    let so = match new.kind {
        TokenKind::Organization => {
            "The token is one of the whole organization: it may do what the organization's defaults allow, on every stack."
        }
        TokenKind::Personal | TokenKind::Admin => "The token acts as a person, with all that this person may do.",
        _ if new.team.as_ref().is_some_and(|team| team.as_literal().is_none()) => {
            "Whoever sets that value decides which team's token the job gets."
        }
        _ => "The job asks for another token than the spec says: it may do whatever that team may.",
    };
    let difference = change(
        Class::WidensPrivilege,
        Direction::Widening,
        pair.after,
        "token",
        Some(holder(old)),
        Some(holder(new)),
        so,
    );
    compared.add(difference.at(new.place));
}

fn destination(compared: &mut Compared<'_>, pair: Pair<'_>, old: &Mint, new: &Mint) {
    if old.url == new.url {
        return;
    }
    let so = if new.url.as_ref().is_some_and(|url| url.as_literal().is_some()) {
        "The OIDC token goes to another server, whose owner can use it."
    } else {
        "The environment or the checked-out Pulumi.yaml decides where the OIDC token is sent."
    };
    let text =
        |url: &Option<Value>| url.as_ref().map_or("decided by the checkout".to_owned(), |url| url.text().to_owned());
    let difference = change(
        Class::WidensPrivilege,
        Direction::Widening,
        pair.after,
        "token's destination",
        Some(text(&old.url)),
        Some(text(&new.url)),
        so,
    );
    compared.add(difference.at(new.place));
}

/// What Pulumi Cloud gives where nothing is asked for: two hours (`pulumi login --help`, `--oidc-expiration`).
const UNASKED_SECONDS: u64 = 7200;

fn lifetime(compared: &mut Compared<'_>, pair: Pair<'_>, old: &Mint, new: &Mint) {
    if old.seconds == new.seconds {
        return;
    }
    let number = |mint: &Mint| match &mint.seconds {
        None => Some(UNASKED_SECONDS),
        Some(value) => value.as_literal().and_then(|text| text.trim_end_matches('s').parse().ok()),
    };
    let text = |mint: &Mint| {
        mint.seconds.as_ref().map_or("not asked for: two hours".to_owned(), |value| format!("{} s", value.text()))
    };
    let (class, direction, so) = match (number(old), number(new)) {
        (Some(old), Some(new)) if new < old => {
            (Class::Behaviour, Direction::Narrowing, "The token may die before the job is done.")
        }
        (Some(old), Some(new)) if new == old => {
            (Class::Behaviour, Direction::Sideways, "The token lives as long, and the file does not say so.")
        }
        _ => (Class::WidensPrivilege, Direction::Widening, "Whoever gets hold of the token can use it for longer."),
    };
    let difference = change(class, direction, pair.after, "token's lifetime", Some(text(old)), Some(text(new)), so);
    compared.add(difference.at(new.place));
}

fn verbs(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let list = |job: &Job| -> Vec<(VerbKind, Option<Value>, Vec<String>)> {
        job.verbs.iter().map(|verb| (verb.kind.clone(), verb.stack.clone(), verb.flags.clone())).collect()
    };
    let (old, new) = (list(pair.before), list(pair.after));
    if old == new {
        return;
    }
    let words = |job: &Job| {
        let all: Vec<String> = job.verbs.iter().map(spelt).collect();
        if all.is_empty() { "nothing with Pulumi".to_owned() } else { all.join("; ") }
    };
    let changes_now = pair.after.verbs.iter().any(|verb| verb.kind.mutates());
    let changed_before = pair.before.verbs.iter().any(|verb| verb.kind.mutates());
    let creates = |job: &Job| job.verbs.iter().any(|verb| verb.kind == VerbKind::CreateStack);
    let opens = |job: &Job| job.verbs.iter().any(|verb| verb.kind == VerbKind::OpenEnvironment);
    let lost_preview = |job: &Job| job.verbs.iter().any(|verb| verb.flags.iter().any(|flag| flag == "--skip-preview"));
    let (class, direction, so) = if changes_now && !changed_before {
        (Class::WidensPrivilege, Direction::Widening, "A job that only looked now changes what is there.")
    } else if creates(pair.after) && !creates(pair.before) {
        (
            Class::WidensPrivilege,
            Direction::Widening,
            "Whoever makes a stack becomes its administrator, for good: here the job's team.",
        )
    } else if opens(pair.after) && !opens(pair.before) {
        (Class::WidensPrivilege, Direction::Widening, "The job reads secrets of an ESC environment by itself.")
    } else if lost_preview(pair.after) && !lost_preview(pair.before) {
        (Class::RemovesGate, Direction::Widening, "What will change is no longer shown before it is changed.")
    } else if changed_before && !changes_now {
        (Class::Behaviour, Direction::Narrowing, "The job no longer changes what is there.")
    } else {
        (Class::Behaviour, Direction::Sideways, "Pulumi does something else than the spec says.")
    };
    let place = pair.after.verbs.first().map_or(pair.after.place, |verb| verb.place);
    let difference =
        change(class, direction, pair.after, "verb", Some(words(pair.before)), Some(words(pair.after)), so).at(place);
    compared.add(difference);
}

fn spelt(verb: &Verb) -> String {
    let mut text = verb.kind.words();
    if let Some(stack) = &verb.stack {
        text.push_str(" of ");
        text.push_str(stack.text());
    }
    for flag in &verb.flags {
        text.push(' ');
        text.push_str(flag);
    }
    text
}
