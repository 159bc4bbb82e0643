//! Words for people: permissions, lists of names, days.
//!
//! What must hold: a list that is cut says how much is left out.

use stackgate_cloud::{EnvironmentLevel, StackLevel};
use stackgate_plan::{EnvironmentPermission, StackPermission};

/// So many names stand in one sentence.
const NAMED: usize = 5;

/// A day, in seconds.
pub(crate) const DAY: i64 = 86_400;

/// What is not used for longer is stale, in days.
pub(crate) const STALE_DAYS: i64 = 90;

/// Names between backticks; of many the first ones and the number of the others.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(NAMED);
    let mut shown: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => shown.concat(),
    }
}

/// The permission that was declared, as Pulumi Cloud has it.
pub(crate) fn stack_level(permission: Option<StackPermission>) -> StackLevel {
    match permission {
        None => StackLevel::None,
        Some(StackPermission::Read) => StackLevel::Read,
        Some(StackPermission::Write) => StackLevel::Write,
        Some(StackPermission::Admin) => StackLevel::Admin,
    }
}

/// The same of an environment.
pub(crate) fn environment_level(permission: Option<EnvironmentPermission>) -> EnvironmentLevel {
    match permission {
        None => EnvironmentLevel::None,
        Some(EnvironmentPermission::Read) => EnvironmentLevel::Read,
        Some(EnvironmentPermission::Open) => EnvironmentLevel::Open,
        Some(EnvironmentPermission::Write) => EnvironmentLevel::Write,
        Some(EnvironmentPermission::Admin) => EnvironmentLevel::Admin,
    }
}

/// A permission's word.
pub(crate) fn of_stack(level: &StackLevel) -> String {
    match level {
        StackLevel::None => "none".into(),
        StackLevel::Read => "read".into(),
        StackLevel::Write => "write".into(),
        StackLevel::Admin => "admin".into(),
        StackLevel::Creator => "admin (of the creator)".into(),
        StackLevel::Other(word) => word.clone(),
    }
}

/// A permission's word.
pub(crate) fn of_environment(level: &EnvironmentLevel) -> String {
    match level {
        EnvironmentLevel::None => "none".into(),
        EnvironmentLevel::Read => "read".into(),
        EnvironmentLevel::Open => "open".into(),
        EnvironmentLevel::Write => "write".into(),
        EnvironmentLevel::Admin => "admin".into(),
        EnvironmentLevel::Other(word) => word.clone(),
    }
}

/// What a permission on a stack lets somebody do.
pub(crate) fn can_stack(level: &StackLevel) -> &'static str {
    match level {
        StackLevel::None => "does nothing",
        StackLevel::Read => "reads its state and decrypts its secrets",
        StackLevel::Write => "deploys it, and changes how Pulumi Deployments runs it",
        StackLevel::Admin | StackLevel::Creator => "deploys it, destroys it, and says who else may",
        StackLevel::Other(_) => "does what this version of stackgate does not know",
    }
}

/// What a permission on an environment lets somebody do.
pub(crate) fn can_environment(level: &EnvironmentLevel) -> &'static str {
    match level {
        EnvironmentLevel::None => "does nothing",
        EnvironmentLevel::Read => "sees its definition, without secrets",
        EnvironmentLevel::Open => "sees its secrets",
        EnvironmentLevel::Write => "sees its secrets, and changes what every pipeline gets that opens it",
        EnvironmentLevel::Admin => "sees its secrets, changes and deletes it, and says who else may",
        EnvironmentLevel::Other(_) => "does what this version of stackgate does not know",
    }
}

/// The whole days between a moment and now, where it is past.
pub(crate) fn days(then: i64, now: i64) -> i64 {
    now.saturating_sub(then).max(0) / DAY
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn a_cut_list_says_so() {
        assert_eq!(listed(["b", "a", "b"]), "`a` and `b`");
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["1", "2", "3", "4", "5", "6", "7"]), "`1`, `2`, `3`, `4`, `5` and 2 more");
    }
}
