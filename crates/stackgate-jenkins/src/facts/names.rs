//! Names that Jenkins itself sets for a build, and who has a hand in each.
//!
//! What must hold: what a change request says of itself is a stranger's; a branch's and a tag's name is a member's; what only
//! the controller decides is the system's. Sources: branch-api's and workflow-multibranch's environment contributors, the git
//! plugin's `GitSCM`, ghprb's and gitlab-plugin's documentation.

use stackgate_provider::facts::{Control, Place, Value, Variable};

/// Who decides what a variable of Jenkins' own holds; none where it is not Jenkins'.
pub(super) fn control(name: &str) -> Option<Control> {
    if let Some((_, control)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*control);
    }
    // Plugins that start builds for change requests hand over everything that those say.
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    starts(&["ghprb", "gitlabMergeRequest", "gitlabSource", "gitlabTrigger", "GERRIT_", "BITBUCKET_", "GITHUB_PR_"])
        .then_some(Control::Stranger)
}

const NAMES: &[(&str, Control)] = &[
    ("BRANCH_NAME", Control::Member),
    ("BRANCH_IS_PRIMARY", Control::System),
    ("BUILD_DISPLAY_NAME", Control::Member),
    ("BUILD_ID", Control::System),
    ("BUILD_NUMBER", Control::System),
    ("BUILD_TAG", Control::Member),
    ("BUILD_URL", Control::System),
    ("CHANGE_AUTHOR", Control::Stranger),
    ("CHANGE_AUTHOR_DISPLAY_NAME", Control::Stranger),
    ("CHANGE_AUTHOR_EMAIL", Control::Stranger),
    ("CHANGE_BRANCH", Control::Stranger),
    ("CHANGE_FORK", Control::Stranger),
    ("CHANGE_ID", Control::System),
    ("CHANGE_TARGET", Control::Member),
    ("CHANGE_TITLE", Control::Stranger),
    ("CHANGE_URL", Control::System),
    ("EXECUTOR_NUMBER", Control::System),
    ("GIT_AUTHOR_EMAIL", Control::Stranger),
    ("GIT_AUTHOR_NAME", Control::Stranger),
    ("GIT_BRANCH", Control::Member),
    ("GIT_COMMIT", Control::System),
    ("GIT_COMMITTER_EMAIL", Control::Stranger),
    ("GIT_COMMITTER_NAME", Control::Stranger),
    ("GIT_LOCAL_BRANCH", Control::Member),
    ("GIT_PREVIOUS_COMMIT", Control::System),
    ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", Control::System),
    ("GIT_URL", Control::Administrator),
    ("HUDSON_URL", Control::Administrator),
    ("JENKINS_URL", Control::Administrator),
    ("JOB_BASE_NAME", Control::Member),
    ("JOB_NAME", Control::Member),
    ("JOB_URL", Control::System),
    ("NODE_LABELS", Control::Administrator),
    ("NODE_NAME", Control::Administrator),
    ("RUN_DISPLAY_URL", Control::System),
    ("STAGE_NAME", Control::System),
    ("TAG_DATE", Control::System),
    ("TAG_NAME", Control::Member),
    ("TAG_TIMESTAMP", Control::System),
    ("TAG_UNIXTIME", Control::System),
    ("WORKSPACE", Control::System),
    ("WORKSPACE_TMP", Control::System),
    ("gitlabBranch", Control::Stranger),
    ("gitlabUserName", Control::Stranger),
    ("gitlabUserEmail", Control::Stranger),
    ("gitlabTargetBranch", Control::Member),
    ("sha1", Control::Stranger),
];

/// Those that a build has and that somebody has a hand in.
pub(super) fn environment() -> Vec<Variable> {
    let held = NAMES.iter().filter(|(_, control)| *control >= Control::Member);
    held.map(|(name, control)| Variable {
        name: (*name).to_owned(),
        value: Value::Made(format!("env.{name}"), *control),
        place: Place::default(),
    })
    .collect()
}
