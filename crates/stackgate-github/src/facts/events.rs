//! GitHub's events in neutral words.
//!
//! What must hold: an event that lets strangers' text or code in is never taken for a harmless one. Source: "Events that
//! trigger workflows" in GitHub's documentation, with which ref each runs for.

use stackgate_provider::facts::{Condition, Event};

/// What an event's run works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// The ref that the event is about.
    Itself,
    /// The last commit of the default branch.
    Default,
}

/// Every event of GitHub's, with what its runs work on.
pub(super) const ALL: &[(&str, On)] = &[
    ("branch_protection_rule", On::Default),
    ("check_run", On::Default),
    ("check_suite", On::Default),
    ("create", On::Itself),
    ("delete", On::Default),
    ("deployment", On::Itself),
    ("deployment_status", On::Itself),
    ("discussion", On::Default),
    ("discussion_comment", On::Default),
    ("fork", On::Default),
    ("gollum", On::Default),
    ("image_version", On::Default),
    ("issue_comment", On::Default),
    ("issues", On::Default),
    ("label", On::Default),
    ("merge_group", On::Itself),
    ("milestone", On::Default),
    ("page_build", On::Default),
    ("project", On::Default),
    ("project_card", On::Default),
    ("project_column", On::Default),
    ("public", On::Default),
    ("pull_request", On::Itself),
    ("pull_request_comment", On::Default),
    ("pull_request_review", On::Itself),
    ("pull_request_review_comment", On::Itself),
    ("pull_request_target", On::Itself),
    ("push", On::Itself),
    ("registry_package", On::Default),
    ("release", On::Itself),
    ("repository_dispatch", On::Default),
    ("schedule", On::Default),
    ("status", On::Default),
    ("watch", On::Default),
    ("workflow_call", On::Itself),
    ("workflow_dispatch", On::Itself),
    ("workflow_run", On::Default),
];

/// The neutral events that one of GitHub's can be.
pub(super) fn of(name: &str) -> Vec<Event> {
    match name {
        "push" => vec![Event::Push, Event::Tag],
        "pull_request" => vec![Event::ChangeRequest, Event::ForkChangeRequest],
        "pull_request_target" => vec![Event::PrivilegedChangeRequest],
        "issue_comment"
        | "issues"
        | "discussion"
        | "discussion_comment"
        | "pull_request_comment"
        | "pull_request_review"
        | "pull_request_review_comment" => vec![Event::Comment],
        "workflow_run" => vec![Event::AfterPipeline],
        "workflow_dispatch" => vec![Event::Manual],
        "schedule" => vec![Event::Schedule],
        "repository_dispatch" => vec![Event::Api],
        "merge_group" => vec![Event::MergeQueue],
        // A release is of a tag, and whoever may push may make one.
        "release" => vec![Event::Tag],
        other => vec![Event::Other(other.to_owned())],
    }
}

/// Any of some events.
pub(super) fn any(events: impl IntoIterator<Item = Event>) -> Condition {
    Condition::any(events.into_iter().map(Condition::Event))
}

/// The events whose run has a change request with its own branch.
pub(super) fn change_requests() -> Condition {
    any([Event::ChangeRequest, Event::ForkChangeRequest, Event::PrivilegedChangeRequest])
}
