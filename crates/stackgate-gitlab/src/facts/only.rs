//! `only` and `except`, which came before `rules`.
//!
//! What must hold: a job that says neither runs for branches and tags, and not for merge requests, unless the pipeline has
//! `workflow: rules`; a name of a branch is never one of a merge request's pipeline. Source: GitLab, "Deprecated keywords";
//! its `lib/gitlab/ci/build/policy/refs.rb` and `lib/gitlab/ci/config/entry/processable.rb`.

use stackgate_provider::facts::{Aspect, Condition, Event, Pattern};
use stackgate_provider::yaml::Node;

use super::conditions::{branch, merge_request, source, tag};
use super::{Reading, conditions, expression, merge, rules};

/// What both come to.
pub(super) fn read(
    only: Option<&Node>,
    except: Option<&Node>,
    workflow: bool,
    child: bool,
    job: &str,
    reading: &mut Reading<'_>,
) -> Condition {
    let only = match only {
        Some(node) if !node.is_null() => Condition::all(parts(node, true, child, job, reading)),
        _ if workflow => Condition::Always,
        _ => merge_request().negated(),
    };
    let except = match except {
        Some(node) => Condition::any(parts(node, false, child, job, reading)),
        None => Condition::Never,
    };
    conditions::tidy(Condition::all([only, except.negated()]))
}

/// Of `only` all of these must hold, of `except` none may.
fn parts(node: &Node, only: bool, child: bool, job: &str, reading: &mut Reading<'_>) -> Vec<Condition> {
    if node.as_mapping().is_none() {
        return vec![refs(node, child)];
    }
    let mut keys = super::keys(node);
    let mut all = Vec::new();
    match keys.take("refs") {
        Some(node) => all.push(refs(node, child)),
        None if only => all.push(merge_request().negated()),
        None => {}
    }
    if let Some(node) = keys.take("variables") {
        all.push(Condition::any(merge::texts(node).into_iter().map(|text| expression::parse(text, child))));
    }
    if let Some(node) = keys.take("changes") {
        all.push(rules::changed(node));
    }
    if keys.take("kubernetes").is_some() {
        all.push(Condition::Opaque("a Kubernetes cluster is connected".into()));
    }
    for (key, node, _) in keys.rest() {
        let why = format!("the key `{key}` of `{}` is not known", if only { "only" } else { "except" });
        reading.undecided(Aspect::Key, Some(job), why, node.span);
    }
    all
}

fn refs(node: &Node, child: bool) -> Condition {
    Condition::any(merge::texts(node).into_iter().map(|text| one(text, child)))
}

fn one(text: &str, child: bool) -> Condition {
    // `name@group/project`: in that project and not in its forks. It is this one, or it never runs here.
    if let Some((name, path)) = text.rsplit_once('@').filter(|(name, _)| !name.is_empty() && !name.starts_with('/')) {
        return Condition::all([one(name, child), Condition::Opaque(format!("the project is {path}"))]);
    }
    match text {
        "branches" => return branch(),
        "tags" => return tag(),
        "merge_requests" => return merge_request(),
        "pushes" => return source("push", child),
        "schedules" => return source("schedule", child),
        "web" => return source("web", child),
        "api" => return source("api", child),
        "triggers" => return source("trigger", child),
        "pipelines" => return source("pipeline", child),
        "external" => return source("external", child),
        "external_pull_requests" => return source("external_pull_request_event", child),
        "chat" => return Condition::Event(Event::Other("chat".into())),
        _ => {}
    }
    let pattern = match text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) {
        Some((regex, "")) => Pattern::Regex(regex.replace("\\/", "/")),
        Some((regex, flags)) if flags.chars().all(|c| "imsU".contains(c)) => {
            Pattern::Regex(format!("(?{flags}){}", regex.replace("\\/", "/")))
        }
        _ => Pattern::exact(text),
    };
    let of_branch = Condition::all([branch(), Condition::Branch(pattern.clone())]);
    Condition::any([of_branch, Condition::Tag(pattern)])
}
