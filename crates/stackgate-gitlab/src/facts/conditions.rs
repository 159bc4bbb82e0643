//! What a predefined variable says about how a pipeline began.
//!
//! What must hold: `CI_COMMIT_BRANCH` is absent in pipelines of merge requests and tags; a pipeline of a merge request of a
//! fork runs in the fork, and here only when a member starts it. Source: GitLab, "Predefined CI/CD variables reference",
//! "Merge request pipelines".

use std::collections::BTreeSet;

use stackgate_provider::facts::{Condition, Event, Pattern};

/// In GitLab's words, what starts a pipeline beside pushes, tags and merge requests, and is no event of other systems.
const OTHERS: &[&str] =
    &["trigger", "pipeline", "chat", "external", "external_pull_request_event", "webide", "ondemand_dast_scan"];

fn any(events: &[Event]) -> Condition {
    Condition::any(events.iter().cloned().map(Condition::Event))
}

/// Every event that starts a pipeline of a project. A fork's merge request runs in the fork; a member of this project may
/// run its pipeline here, with the fork's own configuration, unless a setting forbids it.
pub(super) fn started() -> Condition {
    let all = any(&[Event::Push, Event::Tag, Event::ChangeRequest, Event::MergeQueue]);
    let more = any(&[Event::Manual, Event::Schedule, Event::Api]);
    let others = Condition::any(OTHERS.iter().map(|word| Condition::Event(Event::Other((*word).to_owned()))));
    let fork = Condition::all([
        Condition::Event(Event::ForkChangeRequest),
        Condition::Opaque("a member runs the pipeline of the fork in this project".into()),
    ]);
    Condition::any([all, more, others, fork])
}

/// A pipeline of a merge request, of a merge train too.
pub(super) fn merge_request() -> Condition {
    any(&[Event::ChangeRequest, Event::ForkChangeRequest, Event::MergeQueue])
}

/// A pipeline of a tag.
pub(super) fn tag() -> Condition {
    Condition::Event(Event::Tag)
}

/// A pipeline of a branch, whatever started it.
pub(super) fn branch() -> Condition {
    Condition::any([merge_request(), tag()]).negated()
}

/// A word of `CI_PIPELINE_SOURCE`; `child` in a pipeline that another one of this project started.
pub(super) fn source(word: &str, child: bool) -> Condition {
    if child {
        return if word == "parent_pipeline" { Condition::Always } else { Condition::Never };
    }
    match word {
        "push" => any(&[Event::Push, Event::Tag]),
        "merge_request_event" => merge_request(),
        "schedule" => Condition::Event(Event::Schedule),
        "web" => Condition::Event(Event::Manual),
        "api" => Condition::Event(Event::Api),
        "parent_pipeline" => Condition::Never,
        word => Condition::Event(Event::Other(word.to_owned())),
    }
}

/// Whether a variable is there and not empty; none where nothing is known of it.
pub(super) fn present(name: &str) -> Option<Condition> {
    match name {
        "CI_COMMIT_BRANCH" => Some(branch()),
        "CI_COMMIT_TAG" | "CI_COMMIT_TAG_MESSAGE" => Some(tag()),
        "CI_MERGE_REQUEST_ID"
        | "CI_MERGE_REQUEST_IID"
        | "CI_MERGE_REQUEST_REF_PATH"
        | "CI_MERGE_REQUEST_PROJECT_ID"
        | "CI_MERGE_REQUEST_PROJECT_PATH"
        | "CI_MERGE_REQUEST_PROJECT_URL"
        | "CI_MERGE_REQUEST_TITLE"
        | "CI_MERGE_REQUEST_EVENT_TYPE"
        | "CI_MERGE_REQUEST_DIFF_ID"
        | "CI_MERGE_REQUEST_DIFF_BASE_SHA"
        | "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"
        | "CI_MERGE_REQUEST_SOURCE_PROJECT_ID"
        | "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH"
        | "CI_MERGE_REQUEST_SOURCE_PROJECT_URL"
        | "CI_MERGE_REQUEST_TARGET_BRANCH_NAME" => Some(merge_request()),
        "CI"
        | "GITLAB_CI"
        | "CI_COMMIT_REF_NAME"
        | "CI_COMMIT_REF_SLUG"
        | "CI_COMMIT_REF_PROTECTED"
        | "CI_COMMIT_SHA"
        | "CI_COMMIT_SHORT_SHA"
        | "CI_DEFAULT_BRANCH"
        | "CI_PIPELINE_SOURCE"
        | "CI_PIPELINE_ID"
        | "CI_PIPELINE_IID"
        | "CI_PROJECT_ID"
        | "CI_PROJECT_NAME"
        | "CI_PROJECT_PATH"
        | "CI_PROJECT_NAMESPACE"
        | "CI_SERVER_HOST"
        | "CI_SERVER_URL" => Some(Condition::Always),
        _ => None,
    }
}

/// Whether a variable is like a pattern; none where that is no matter of events and names.
pub(super) fn like(name: &str, pattern: &Pattern, child: bool) -> Option<Condition> {
    let exact = match pattern {
        Pattern::Exact(text) => Some(text.as_str()),
        _ => None,
    };
    match (name, exact) {
        ("CI_COMMIT_BRANCH", _) => Some(Condition::all([branch(), Condition::Branch(pattern.clone())])),
        ("CI_COMMIT_TAG", _) => Some(Condition::Tag(pattern.clone())),
        // Of a merge request's pipeline it is the branch with the proposed commits.
        ("CI_COMMIT_REF_NAME", _) => {
            Some(Condition::any([Condition::Branch(pattern.clone()), Condition::Tag(pattern.clone())]))
        }
        ("CI_COMMIT_REF_PROTECTED", Some("true")) => Some(Condition::Protected),
        ("CI_COMMIT_REF_PROTECTED", Some("false")) => Some(Condition::Protected.negated()),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", _) => {
            Some(Condition::all([merge_request(), Condition::Target(pattern.clone())]))
        }
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", _) => {
            Some(Condition::all([merge_request(), Condition::Branch(pattern.clone())]))
        }
        ("CI_MERGE_REQUEST_EVENT_TYPE", Some("merge_train")) => Some(Condition::Event(Event::MergeQueue)),
        ("CI_PIPELINE_SOURCE", Some(word)) => Some(source(word, child)),
        ("CI_PIPELINE_SOURCE", None) => {
            let known = ["push", "merge_request_event", "schedule", "web", "api", "parent_pipeline"];
            let like = |word: &&&str| pattern.matches(word) == stackgate_provider::facts::Answer::Yes;
            Some(Condition::any(known.iter().chain(OTHERS).filter(like).map(|word| source(word, child))))
        }
        ("CI" | "GITLAB_CI", Some(word)) => Some(if word == "true" { Condition::Always } else { Condition::Never }),
        _ => None,
    }
}

/// Whether two variables are the same; none where that is not known.
pub(super) fn same(left: &str, right: &str) -> Option<Condition> {
    let (left, right) = if left <= right { (left, right) } else { (right, left) };
    match (left, right) {
        (left, right) if left == right => Some(Condition::Always),
        ("CI_COMMIT_BRANCH", "CI_DEFAULT_BRANCH") => Some(Condition::all([branch(), Condition::DefaultBranch])),
        // A tag of the default branch's name is not looked for.
        ("CI_COMMIT_REF_NAME", "CI_DEFAULT_BRANCH") => Some(Condition::all([branch(), Condition::DefaultBranch])),
        ("CI_DEFAULT_BRANCH", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME") => {
            Some(Condition::all([merge_request(), Condition::DefaultBranch]))
        }
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "CI_PROJECT_ID")
        | ("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "CI_PROJECT_PATH")
        | ("CI_MERGE_REQUEST_SOURCE_PROJECT_URL", "CI_PROJECT_URL")
        | ("CI_MERGE_REQUEST_PROJECT_ID", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
        | ("CI_MERGE_REQUEST_PROJECT_PATH", "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH")
        | ("CI_MERGE_REQUEST_PROJECT_URL", "CI_MERGE_REQUEST_SOURCE_PROJECT_URL") => {
            Some(Condition::all([merge_request(), Condition::SameRepository]))
        }
        // The pipeline runs in the project that the merge request wants to change: in this one, and not in a fork.
        ("CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_ID")
        | ("CI_MERGE_REQUEST_PROJECT_PATH", "CI_PROJECT_PATH")
        | ("CI_MERGE_REQUEST_PROJECT_URL", "CI_PROJECT_URL") => Some(merge_request()),
        _ => None,
    }
}

/// The same with its events brought together: of what one of some events starts, and some others do not, those are left that
/// say something.
pub(super) fn tidy(condition: Condition) -> Condition {
    match condition {
        Condition::Any(parts) => absorbed(Condition::any(parts.into_iter().map(tidy))),
        Condition::All(parts) => {
            let parts = match Condition::all(parts.into_iter().map(tidy)) {
                Condition::All(parts) => parts,
                other => return other,
            };
            let Some(mut left) = parts.iter().filter_map(events).reduce(|all, more| &all & &more) else {
                return Condition::All(parts);
            };
            for part in &parts {
                if let Condition::Not(inner) = part
                    && let Condition::Event(event) = inner.as_ref()
                {
                    left.remove(event);
                }
            }
            let said = |part: &Condition| {
                events(part).is_some()
                    || matches!(part, Condition::Not(inner) if matches!(**inner, Condition::Event(_)))
            };
            let rest: Vec<Condition> = parts.into_iter().filter(|part| !said(part)).collect();
            let events = Condition::any(left.into_iter().map(Condition::Event));
            Condition::all(rest.into_iter().chain([events]))
        }
        other => other,
    }
}

/// A run has one event: "tags, or neither merge requests nor tags" is "no merge requests".
fn absorbed(condition: Condition) -> Condition {
    let Condition::Any(parts) = condition else { return condition };
    let named: BTreeSet<Event> = parts.iter().filter_map(events).flatten().collect();
    let excluding = |part: &Condition| match part {
        Condition::All(inner) => inner.iter().map(excluded).collect::<Option<BTreeSet<Event>>>(),
        other => excluded(other).map(|event| BTreeSet::from([event])),
    };
    let Some((at, left)) = parts.iter().enumerate().find_map(|(at, part)| Some((at, excluding(part)?))) else {
        return Condition::Any(parts);
    };
    let left = left.difference(&named).map(|event| Condition::Event(event.clone()).negated());
    let rest = parts.iter().enumerate().filter(|(other, part)| *other != at && events(part).is_none());
    Condition::any(rest.map(|(_, part)| part.clone()).chain([Condition::all(left)]))
}

fn excluded(condition: &Condition) -> Option<Event> {
    match condition {
        Condition::Not(inner) => match inner.as_ref() {
            Condition::Event(event) => Some(event.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The events, where a condition is nothing but one of some events.
fn events(condition: &Condition) -> Option<BTreeSet<Event>> {
    match condition {
        Condition::Event(event) => Some(BTreeSet::from([event.clone()])),
        Condition::Any(parts) => {
            let all = parts.iter().map(events).collect::<Option<Vec<_>>>()?;
            Some(all.into_iter().flatten().collect())
        }
        _ => None,
    }
}
