//! Who decides what an expression comes to.
//!
//! What must hold: what this list does not know is [`Control::Unknown`], never harmless. Source: the list of untrusted
//! contexts in GitHub's "Security hardening for GitHub Actions", with the contexts of each event's payload.

use stackgate_provider::facts::Control;

use super::Expr;

/// What is known of the names that a workflow itself defines.
pub(in crate::facts) trait Controls {
    /// Who decides a variable, by its name.
    fn variable(&self, name: &str) -> Option<Control>;
    /// Who decides a value of the matrix, by its key.
    fn matrix(&self, key: &str) -> Option<Control>;
    /// Who gives the inputs that nobody has given yet.
    fn inputs(&self) -> Control;
}

/// Who decides the text; a truth value is no text that anybody could put something into.
pub(in crate::facts) fn control_of(expr: &Expr, known: &dyn Controls) -> Control {
    let worst = |parts: &[Expr]| parts.iter().map(|part| control_of(part, known)).max().unwrap_or(Control::System);
    match expr {
        Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::Text(_) | Expr::Compare(..) | Expr::Not(_) => {
            Control::System
        }
        Expr::And(parts) | Expr::Or(parts) | Expr::Concat(parts) => worst(parts),
        Expr::Call(name, parts) => match name.as_str() {
            "contains" | "startsWith" | "endsWith" | "always" | "success" | "failure" | "cancelled" | "hashFiles" => {
                Control::System
            }
            _ => worst(parts),
        },
        Expr::Index(left, _) => control_of(left, known),
        Expr::Path(path) => {
            let parts: Vec<&str> = path.iter().map(String::as_str).collect();
            context(&parts, known)
        }
    }
}

fn context(path: &[&str], known: &dyn Controls) -> Control {
    match path {
        ["github", rest @ ..] => github(rest),
        ["secrets" | "vars", ..] => Control::Administrator,
        ["runner" | "job" | "strategy", ..] => Control::System,
        ["env", name] => known.variable(name).unwrap_or(Control::Unknown),
        ["matrix", key, ..] => known.matrix(key).unwrap_or(Control::Unknown),
        ["steps", _, "outcome" | "conclusion"] | ["needs", _, "result"] => Control::System,
        ["inputs", ..] => known.inputs(),
        _ => Control::Unknown,
    }
}

fn github(path: &[&str]) -> Control {
    match path {
        ["head_ref" | "actor" | "triggering_actor"] => Control::Stranger,
        ["ref" | "ref_name" | "base_ref" | "event_path"] => Control::Member,
        ["event", "inputs", ..] => Control::Member,
        ["event", rest @ ..] => event(rest),
        // The whole context holds all that strangers write.
        [] => Control::Stranger,
        ["token"] => Control::System,
        [
            "event_name"
            | "sha"
            | "run_id"
            | "run_number"
            | "run_attempt"
            | "repository"
            | "repository_id"
            | "repository_owner"
            | "repository_owner_id"
            | "repositoryUrl"
            | "server_url"
            | "api_url"
            | "graphql_url"
            | "workspace"
            | "workflow"
            | "workflow_ref"
            | "workflow_sha"
            | "job"
            | "job_workflow_sha"
            | "action"
            | "action_path"
            | "action_ref"
            | "action_repository"
            | "action_status"
            | "actor_id"
            | "env"
            | "path"
            | "output"
            | "ref_protected"
            | "ref_type"
            | "retention_days"
            | "secret_source"
            | "step_summary"
            | "state"
            | "artifact_cache_size_limit",
        ] => Control::System,
        _ => Control::Unknown,
    }
}

fn event(path: &[&str]) -> Control {
    let Some(last) = path.last() else { return Control::Stranger };
    match path {
        ["repository" | "organization" | "enterprise" | "installation", ..] => Control::System,
        ["action" | "number" | "before" | "after" | "forced" | "created" | "deleted" | "compare"] => Control::System,
        ["schedule"] => Control::System,
        ["client_payload", ..] => Control::Member,
        ["ref" | "base_ref"] => Control::Member,
        ["release", "tag_name" | "name" | "body" | "target_commitish"] => Control::Member,
        ["pull_request", "base", "ref"] | ["merge_group", "base_ref" | "head_ref"] => Control::Member,
        ["pull_request", "base", ..] => Control::System,
        ["label", "name"] | ["milestone", ..] | ["deployment", ..] => Control::Member,
        _ => match *last {
            "id" | "node_id" | "number" | "sha" | "head_sha" | "merge_commit_sha" | "html_url" | "url"
            | "comments_url" | "issue_url" | "diff_url" | "patch_url" | "created_at" | "updated_at" | "draft"
            | "merged" | "fork" | "state" | "author_association" | "conclusion" | "status" | "event" | "run_number"
            | "run_attempt" | "workflow_id" | "size" | "private" | "type" | "additions" | "deletions"
            | "changed_files" | "commits" => Control::System,
            _ => Control::Stranger,
        },
    }
}
