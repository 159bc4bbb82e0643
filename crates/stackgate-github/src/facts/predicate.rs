//! Comparisons of what a run is for: its event, its ref, its change request's branches.
//!
//! What must hold: a comparison is translated only where the result is right in every situation that the workflow's
//! triggers allow: `github.ref` of a change request is no branch, and that of `pull_request_target` is the default
//! branch. GitHub compares without regard to case; names are taken here as written, since triggers compare them exactly.

use stackgate_provider::facts::{Condition, Event, Pattern};

use super::events;
use super::expr::Expr;
use super::glob::escaped;
use super::triggers::Triggers;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    EventName,
    Ref,
    RefName,
    RefType,
    Head,
    Base,
}

/// With what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test<'a> {
    Equal(&'a str),
    Starts(&'a str),
    Ends(&'a str),
    Contains(&'a str),
}

/// What an expression is, where it is one of these.
pub(super) fn subject(expr: &Expr) -> Option<Subject> {
    Some(match expr.path()?.as_slice() {
        ["github", "event_name"] => Subject::EventName,
        ["github", "ref"] => Subject::Ref,
        ["github", "ref_name"] => Subject::RefName,
        ["github", "ref_type"] => Subject::RefType,
        ["github", "head_ref"] | ["github", "event", "pull_request", "head", "ref"] => Subject::Head,
        ["github", "base_ref"] | ["github", "event", "pull_request", "base", "ref"] => Subject::Base,
        _ => return None,
    })
}

/// The condition of a comparison; the text is its own, for where it cannot be decided.
pub(super) fn condition(subject: Subject, test: Test, text: &str, triggers: &Triggers) -> Option<Condition> {
    let condition = match subject {
        Subject::EventName => event(test, text, triggers),
        Subject::Ref => reference(test, text, triggers)?,
        Subject::RefName => {
            let pattern = pattern(test);
            Condition::any([branch(pattern.clone(), text, triggers), Condition::Tag(pattern)])
        }
        Subject::RefType => match test {
            Test::Equal("branch") => Condition::Branch(everything()),
            Test::Equal("tag") => Condition::Tag(everything()),
            _ => return None,
        },
        Subject::Head if test == Test::Equal("") => events::change_requests().negated(),
        Subject::Head => Condition::all([events::change_requests(), Condition::Branch(pattern(test))]),
        Subject::Base if test == Test::Equal("") => events::change_requests().negated(),
        Subject::Base => Condition::all([events::change_requests(), Condition::Target(pattern(test))]),
    };
    Some(called(condition, text, triggers))
}

/// That it runs for the default branch.
pub(super) fn default_branch(subject: Subject, text: &str, triggers: &Triggers) -> Option<Condition> {
    let condition = match subject {
        Subject::Ref | Subject::RefName => on_branch(Condition::DefaultBranch, text, triggers),
        // Of a change request, it is the target that may be the default branch.
        Subject::Base => Condition::all([events::change_requests(), Condition::DefaultBranch]),
        _ => return None,
    };
    Some(called(condition, text, triggers))
}

/// That a change request comes from a branch of the same repository. Of one that runs with the target's privilege, the
/// event alone does not say it.
pub(super) fn same_repository(text: &str, triggers: &Triggers) -> Condition {
    let own = Condition::all([Condition::Event(Event::ChangeRequest), Condition::SameRepository]);
    called(with_payload(own, text, triggers), text, triggers)
}

/// That a change request comes from a fork.
pub(super) fn fork(text: &str, triggers: &Triggers) -> Condition {
    called(with_payload(Condition::SameRepository.negated(), text, triggers), text, triggers)
}

/// That there is a change request at all.
pub(super) fn change_request(text: &str, triggers: &Triggers) -> Condition {
    called(with_payload(events::change_requests(), text, triggers), text, triggers)
}

/// That the ref is protected.
pub(super) fn protected(text: &str, triggers: &Triggers) -> Condition {
    called(Condition::Protected, text, triggers)
}

/// For events that carry a change request without being one, only a run knows.
fn with_payload(condition: Condition, text: &str, triggers: &Triggers) -> Condition {
    let mut carriers = Vec::new();
    if triggers.has("pull_request_target") {
        carriers.push(Event::PrivilegedChangeRequest);
    }
    if triggers.has("pull_request_review") || triggers.has("pull_request_review_comment") {
        carriers.push(Event::Comment);
    }
    if carriers.is_empty() {
        return condition;
    }
    let unknown = Condition::all([events::any(carriers.clone()), Condition::Opaque(text.to_owned())]);
    Condition::any([Condition::all([condition, events::any(carriers).negated()]), unknown])
}

fn everything() -> Pattern {
    Pattern::Glob("**".into())
}

/// Of a call, only the caller knows what the run is for.
fn called(condition: Condition, text: &str, triggers: &Triggers) -> Condition {
    if !triggers.has("workflow_call") {
        return condition;
    }
    let call = Condition::Event(Event::Other("workflow_call".into()));
    Condition::any([condition, Condition::all([call, Condition::Opaque(text.to_owned())])])
}

fn branch(pattern: Pattern, text: &str, triggers: &Triggers) -> Condition {
    on_branch(Condition::Branch(pattern), text, triggers)
}

/// A condition on a branch's name holds only for events whose ref is that branch.
fn on_branch(condition: Condition, text: &str, triggers: &Triggers) -> Condition {
    let mut parts = vec![condition];
    let mut either = Vec::new();
    for (name, fires) in &triggers.fires {
        let elsewhere = matches!(
            name.as_str(),
            "pull_request"
                | "merge_group"
                | "pull_request_target"
                | "pull_request_review"
                | "pull_request_review_comment"
                | "workflow_call"
        );
        if !elsewhere {
            continue;
        }
        parts.extend(fires.iter().map(|event| Condition::Event(event.clone()).negated()));
        if name == "pull_request_target" || events::of(name) == [Event::Comment] {
            // It runs for the default branch, whose name the file does not know; a review's comments share their event.
            either.extend(
                fires
                    .iter()
                    .map(|event| Condition::all([Condition::Event(event.clone()), Condition::Opaque(text.to_owned())])),
            );
        }
    }
    either.push(Condition::all(parts));
    Condition::any(either)
}

fn event(test: Test, text: &str, triggers: &Triggers) -> Condition {
    let fits = |name: &str| match test {
        Test::Equal(wanted) => name.eq_ignore_ascii_case(wanted),
        Test::Starts(start) => name.starts_with(&start.to_ascii_lowercase()),
        Test::Ends(end) => name.ends_with(&end.to_ascii_lowercase()),
        Test::Contains(part) => name.contains(&part.to_ascii_lowercase()),
    };
    let mut either = Vec::new();
    for (name, _) in events::ALL.iter().filter(|(name, _)| fits(name)) {
        for event in events::of(name) {
            let own = triggers.fires.get(*name).is_some_and(|fires| fires.contains(&event));
            let others =
                triggers.fires.iter().any(|(other, fires)| other != name && fires.contains(&event) && !fits(other));
            match (own, others) {
                // Another of GitHub's events has the same neutral word.
                (true, true) => {
                    either.push(Condition::all([Condition::Event(event), Condition::Opaque(text.to_owned())]));
                }
                (false, true) => {}
                (_, false) => either.push(Condition::Event(event)),
            }
        }
    }
    Condition::any(either)
}

fn reference(test: Test, text: &str, triggers: &Triggers) -> Option<Condition> {
    match test {
        Test::Equal(full) => {
            if let Some(name) = full.strip_prefix("refs/heads/") {
                return Some(branch(Pattern::exact(name), text, triggers));
            }
            if let Some(name) = full.strip_prefix("refs/tags/") {
                return Some(Condition::Tag(Pattern::exact(name)));
            }
            // `github.ref` is always a whole ref: a bare branch name is never equal.
            (!full.starts_with("refs/")).then_some(Condition::Never)
        }
        Test::Starts(start) | Test::Contains(start) if start.starts_with("refs/heads/") => {
            let name = start.strip_prefix("refs/heads/").unwrap_or("");
            Some(branch(pattern(Test::Starts(name)), text, triggers))
        }
        Test::Starts(start) | Test::Contains(start) if start.starts_with("refs/tags/") => {
            let name = start.strip_prefix("refs/tags/").unwrap_or("");
            Some(Condition::Tag(pattern(Test::Starts(name))))
        }
        Test::Starts("refs/pull/") => Some(events::any([Event::ChangeRequest, Event::ForkChangeRequest])),
        Test::Starts(_) => None,
        Test::Ends(end) => {
            if overlaps(end) || end == "/merge" {
                return None;
            }
            let pattern = match end.strip_prefix('/') {
                Some(name) => Pattern::Regex(format!("(^|/){}$", regex(name))),
                None => pattern(test),
            };
            Some(Condition::any([branch(pattern.clone(), text, triggers), Condition::Tag(pattern)]))
        }
        Test::Contains(part) => {
            let inside = ["refs/heads/", "refs/tags/", "refs/pull/", "/merge"].iter().any(|all| all.contains(part));
            if inside || overlaps(part) || part.starts_with('/') {
                return None;
            }
            let pattern = pattern(test);
            Some(Condition::any([branch(pattern.clone(), text, triggers), Condition::Tag(pattern)]))
        }
    }
}

/// Whether a text may begin within what stands before a name.
fn overlaps(text: &str) -> bool {
    ["refs/heads/", "refs/tags/"]
        .iter()
        .any(|prefix| (0..prefix.len() - 1).any(|from| prefix.get(from..).is_some_and(|rest| text.starts_with(rest))))
}

fn pattern(test: Test) -> Pattern {
    let plain = |text: &str| !text.contains(['*', '?']);
    match test {
        Test::Equal(name) => Pattern::exact(name),
        Test::Starts(start) if plain(start) => Pattern::Glob(format!("{start}**")),
        Test::Starts(start) => Pattern::Regex(format!("^{}", regex(start))),
        Test::Ends(end) if plain(end) => Pattern::Glob(format!("**{end}")),
        Test::Ends(end) => Pattern::Regex(format!("{}$", regex(end))),
        Test::Contains(part) if plain(part) => Pattern::Glob(format!("**{part}**")),
        Test::Contains(part) => Pattern::Regex(regex(part)),
    }
}

fn regex(text: &str) -> String {
    let mut out = String::new();
    text.chars().for_each(|c| escaped(c, &mut out));
    out
}
