//! Permissions in words, and whether two say the same.
//!
//! Facts: 101 to 104 are read, write, admin and creator; a time to keep an environment open is written as Go does (`1h30m0s`).

use stackgate_cloud::{EnvironmentLevel, Grant, StackLevel};
use stackgate_plan::{EnvironmentGrant, StackPermission};

/// A permission on a stack, as declared.
pub(super) const fn of_stack(permission: StackPermission) -> &'static str {
    match permission {
        StackPermission::Read => "read",
        StackPermission::Write => "write",
        StackPermission::Admin => "admin",
    }
}

/// A permission on a stack, as it is; none where it is nothing.
pub(super) fn of_stack_there(level: &StackLevel) -> Option<&str> {
    match level {
        StackLevel::None => None,
        StackLevel::Read => Some("read"),
        StackLevel::Write => Some("write"),
        StackLevel::Admin => Some("admin"),
        StackLevel::Creator => Some("creator"),
        StackLevel::Other(word) => Some(word),
    }
}

/// A permission on an environment, as declared.
pub(super) fn of_environment(grant: &EnvironmentGrant) -> String {
    let word = grant.permission.as_str();
    grant.max_open_minutes.map_or(word.to_owned(), |minutes| format!("{word}, {minutes}m"))
}

/// A permission on an environment by its word, as it is.
pub(super) fn environment_word(level: &EnvironmentLevel) -> Option<&str> {
    match level {
        EnvironmentLevel::None => None,
        EnvironmentLevel::Read => Some("read"),
        EnvironmentLevel::Open => Some("open"),
        EnvironmentLevel::Write => Some("write"),
        EnvironmentLevel::Admin => Some("admin"),
        EnvironmentLevel::Other(word) => Some(word),
    }
}

/// A permission on an environment, as it is; none where it is nothing.
pub(super) fn of_environment_there(grant: &Grant) -> Option<String> {
    let word = environment_word(&grant.level)?;
    let duration = grant.max_open_duration.as_deref().filter(|text| seconds(text) != Some(0));
    Some(match duration.map(|text| (seconds(text), text)) {
        None => word.to_owned(),
        Some((Some(seconds), _)) if seconds % 60 == 0 => format!("{word}, {}m", seconds / 60),
        Some((_, text)) => format!("{word}, {text}"),
    })
}

/// The seconds of a duration in hours, minutes and seconds; none for anything else.
fn seconds(text: &str) -> Option<u64> {
    let mut sum: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest.get(..end)?.parse().ok()?;
        let unit = match rest.get(end..=end)? {
            "h" => 3600,
            "m" if rest.get(end..end + 2) != Some("ms") => 60,
            "s" => 1,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(unit)?)?;
        rest = rest.get(end + 1..)?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        for (text, read) in [
            ("1h30m0s", Some(5400)),
            ("45m0s", Some(2700)),
            ("0s", Some(0)),
            ("", Some(0)),
            ("500ms", None),
            ("1.5h", None),
            ("x", None),
        ] {
            assert_eq!(seconds(text), read, "{text}");
        }
        let grant = Grant { level: EnvironmentLevel::Open, max_open_duration: Some("1h0m0s".into()) };
        assert_eq!(of_environment_there(&grant).as_deref(), Some("open, 60m"));
        let grant = Grant { level: EnvironmentLevel::Other("x".into()), max_open_duration: Some("9d".into()) };
        assert_eq!(of_environment_there(&grant).as_deref(), Some("x, 9d"));
    }
}
