//! Values: texts, and texts with variables in them, with who has a hand in these.
//!
//! What must hold: what a stranger with a merge request can write is known as such. Branches of merge requests of forks count
//! as a stranger's, since a member may run their pipelines here. Source: GitLab, "Predefined CI/CD variables reference".

use stackgate_provider::facts::{Control, Place, Value, Variable};

/// The variables of GitLab's that hold text of somebody, and of whom.
const TEXTS: &[(&str, Control)] = &[
    ("CHAT_INPUT", Control::Member),
    ("CI_COMMIT_AUTHOR", Control::Stranger),
    ("CI_COMMIT_BRANCH", Control::Member),
    ("CI_COMMIT_DESCRIPTION", Control::Stranger),
    ("CI_COMMIT_MESSAGE", Control::Stranger),
    ("CI_COMMIT_REF_NAME", Control::Stranger),
    ("CI_COMMIT_TAG", Control::Member),
    ("CI_COMMIT_TAG_MESSAGE", Control::Member),
    ("CI_COMMIT_TITLE", Control::Stranger),
    ("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME", Control::Stranger),
    ("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY", Control::Stranger),
    ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", Control::Member),
    ("CI_MERGE_REQUEST_ASSIGNEES", Control::Member),
    ("CI_MERGE_REQUEST_DESCRIPTION", Control::Stranger),
    ("CI_MERGE_REQUEST_LABELS", Control::Member),
    ("CI_MERGE_REQUEST_MILESTONE", Control::Member),
    ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", Control::Stranger),
    ("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", Control::Stranger),
    ("CI_MERGE_REQUEST_SOURCE_PROJECT_URL", Control::Stranger),
    ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", Control::Member),
    ("CI_MERGE_REQUEST_TITLE", Control::Stranger),
    ("GITLAB_USER_EMAIL", Control::Member),
    ("GITLAB_USER_LOGIN", Control::Member),
    ("GITLAB_USER_NAME", Control::Member),
    ("TRIGGER_PAYLOAD", Control::Member),
];

/// Variables of GitLab's that nobody but it makes, or that it makes harmless.
const SYSTEM: &[&str] = &[
    "CI",
    "CI_API_V4_URL",
    "CI_BUILDS_DIR",
    "CI_COMMIT_BEFORE_SHA",
    "CI_COMMIT_REF_SLUG",
    "CI_COMMIT_SHA",
    "CI_COMMIT_SHORT_SHA",
    "CI_COMMIT_TIMESTAMP",
    "CI_CONCURRENT_ID",
    "CI_DEFAULT_BRANCH",
    "CI_ENVIRONMENT_SLUG",
    "CI_JOB_ID",
    "CI_JOB_NAME",
    "CI_JOB_NAME_SLUG",
    "CI_JOB_STAGE",
    "CI_JOB_URL",
    "CI_MERGE_REQUEST_ID",
    "CI_MERGE_REQUEST_IID",
    "CI_NODE_INDEX",
    "CI_NODE_TOTAL",
    "CI_PIPELINE_ID",
    "CI_PIPELINE_IID",
    "CI_PIPELINE_SOURCE",
    "CI_PIPELINE_URL",
    "CI_PROJECT_DIR",
    "CI_PROJECT_ID",
    "CI_PROJECT_NAME",
    "CI_PROJECT_NAMESPACE",
    "CI_PROJECT_PATH",
    "CI_PROJECT_PATH_SLUG",
    "CI_PROJECT_URL",
    "CI_REGISTRY",
    "CI_REGISTRY_IMAGE",
    "CI_REGISTRY_USER",
    "CI_SERVER_FQDN",
    "CI_SERVER_HOST",
    "CI_SERVER_URL",
    "GITLAB_CI",
    "GITLAB_USER_ID",
];

/// The same as variables that every job has.
pub(super) fn environment() -> Vec<Variable> {
    let system = SYSTEM.iter().map(|name| (name, &Control::System));
    TEXTS
        .iter()
        .map(|(name, control)| (name, control))
        .chain(system)
        .map(|(name, control)| Variable {
            name: (*name).to_owned(),
            value: Value::Made(format!("${name}"), *control),
            place: Place::default(),
        })
        .collect()
}

/// Who has a hand in a variable. One that is not GitLab's is a variable of the project, or of the pipeline's file.
pub(super) fn control(name: &str) -> Control {
    if let Some((_, control)) = TEXTS.iter().find(|(known, _)| *known == name) {
        return *control;
    }
    let slug = matches!(name, "CI_COMMIT_REF_SLUG" | "CI_ENVIRONMENT_SLUG");
    if slug || is_predefined(name) { Control::System } else { Control::Administrator }
}

/// Whether GitLab or its runner sets it.
pub(super) fn is_predefined(name: &str) -> bool {
    name == "CI"
        || name == "CHAT_CHANNEL"
        || TEXTS.iter().any(|(known, _)| *known == name)
        || ["CI_", "GITLAB_", "FF_", "GIT_"].iter().any(|start| name.starts_with(start))
}

/// A text in which GitLab or the runner expands variables.
pub(super) fn value(text: &str) -> Value {
    let names = names(text);
    let worst = names.iter().map(|name| control(name)).max();
    match worst {
        Some(control) => Value::Made(text.to_owned(), control),
        None if super::inputs::has(text) => Value::Made(text.to_owned(), Control::Member),
        None => Value::literal(text.replace("$$", "$")),
    }
}

/// A variable of the file: a variable of the project or of a pipeline's start overrules it.
pub(super) fn overridable(text: &str) -> Value {
    let control = value(text).control().max(Control::Administrator);
    Value::Made(text.to_owned(), control)
}

/// The names of the variables in a text: `$NAME`, `${NAME}`, `%NAME%`; not those behind `$$`.
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(behind) = rest.strip_prefix('$') {
            rest = behind;
            continue;
        }
        let body = rest.strip_prefix('{').unwrap_or(rest);
        let end = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
        let name = body.get(..end).unwrap_or_default();
        if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            all.push(name);
        }
        rest = body.get(end..).unwrap_or_default();
    }
    all
}
