//! What Jenkins' own words on a build mean: its branch, its change request, its cause.
//!
//! What must hold: the build of a change request has the branch `PR-` and a number, that of a tag the tag's name. Sources:
//! branch-api and pipeline-model-definition (`BranchConditional`, `ChangeRequestConditional`, `TagConditional`,
//! `TriggeredByConditional`); the rebuild plugin, which keeps the causes of the build that it repeats.

use std::collections::BTreeSet;

use stackgate_provider::facts::{Clause, ClauseKind, Condition, Event, Pattern, Place};

use super::Reading;

/// It builds a change request.
pub(super) fn change_request() -> Condition {
    Condition::any([Condition::Event(Event::ChangeRequest), Condition::Event(Event::ForkChangeRequest)])
}

/// `BRANCH_NAME` is like this.
pub(super) fn branch_name(pattern: &Pattern) -> Condition {
    let branch = Condition::all([Condition::Branch(pattern.clone()), change_request().negated()]);
    // A tag's build has its name there.
    let tag = Condition::Tag(pattern.clone());
    Condition::any([branch, tag, numbered(pattern)])
}

/// Whether the name that a change request's build has is like this.
fn numbered(pattern: &Pattern) -> Condition {
    use stackgate_provider::facts::Answer;
    let matches = |name: &str| pattern.matches(name) == Answer::Yes;
    let exactly = match pattern {
        Pattern::Exact(name) => name.strip_prefix("PR-").is_some_and(|number| number.parse::<u64>().is_ok()),
        _ => false,
    };
    if matches("PR-1") && matches("PR-4242") {
        change_request()
    } else if exactly || matches("PR-1") {
        Condition::all([change_request(), Condition::Opaque(format!("BRANCH_NAME is {pattern}"))])
    } else {
        Condition::Never
    }
}

/// What a cause of a build, by the name of its class, means. None where nobody here knows it.
pub(super) fn cause(name: &str) -> Option<Condition> {
    let events: &[Event] = match name.rsplit(['.', '$']).next().unwrap_or(name) {
        // A build that is repeated by hand keeps its first cause beside the user's.
        "BranchEventCause" | "BranchIndexingCause" => {
            &[Event::Push, Event::Tag, Event::ChangeRequest, Event::ForkChangeRequest, Event::Manual]
        }
        "UserIdCause" | "UserCause" | "ReplayCause" | "RebuildCause" | "RestartDeclarativePipelineCause" => {
            &[Event::Manual]
        }
        "TimerTrigger" | "TimerTriggerCause" | "ParameterizedTimerTriggerCause" => &[Event::Schedule],
        "SCMTrigger" | "SCMTriggerCause" | "GitHubPushCause" | "GitLabWebHookCause" | "BitBucketPushCause" => {
            &[Event::Push]
        }
        "UpstreamCause" | "BuildUpstreamCause" => &[Event::AfterPipeline],
        "RemoteCause" | "GenericCause" => &[Event::Api],
        "GitHubPullRequestCommentCause" | "IssueCommentCause" => &[Event::Comment],
        _ => return None,
    };
    Some(Condition::any(events.iter().cloned().map(Condition::Event)))
}

/// One of these paths changed.
pub(super) fn changes(path: &str) -> Condition {
    Condition::Changes(BTreeSet::from([path.to_owned()]))
}

impl Reading<'_> {
    /// Whatever the job is set to.
    pub(super) fn started(&self, place: Place) -> Clause {
        let events = [
            Event::Push,
            Event::Tag,
            Event::ChangeRequest,
            Event::ForkChangeRequest,
            Event::Manual,
            Event::Schedule,
            Event::Api,
            Event::AfterPipeline,
        ];
        Clause { kind: ClauseKind::Trigger, condition: Condition::any(events.map(Condition::Event)), place }
    }
}
