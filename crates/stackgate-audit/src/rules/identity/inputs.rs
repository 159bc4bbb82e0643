//! The inputs that Pulumi's own actions, tasks and orb commands have, by major version.
//!
//! What must hold: the table is data, with its sources at its head; of a version that is not known, an input that any version
//! has is one that it may have.

use std::sync::LazyLock;

/// A line of the table.
struct Row {
    /// `github:pulumi/actions`.
    of: &'static str,
    /// The major version; none where there is only one.
    major: Option<u32>,
    inputs: Vec<&'static str>,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let (head, inputs) = line.rsplit_once(": ")?;
        let (of, version) = head.split_once(' ').unwrap_or((head, ""));
        Some(Row { of, major: major(version), inputs: inputs.split_whitespace().collect() })
    };
    include_str!("inputs.txt").lines().filter(|line| !line.starts_with('#')).filter_map(row).collect()
});

/// The inputs of an action in a major version, or in any where that one is not known; none for an action that is not here.
pub(super) fn of(action: &str, major: Option<u32>) -> Option<Vec<&'static str>> {
    let rows: Vec<&Row> = ROWS.iter().filter(|row| row.of == action).collect();
    let newest = rows.iter().filter_map(|row| row.major).max();
    let oldest = rows.iter().filter_map(|row| row.major).min();
    if major.is_some_and(|major| oldest.is_some_and(|oldest| major < oldest)) {
        return None;
    }
    let exact = major.filter(|major| newest.is_some_and(|newest| *major <= newest));
    let mut inputs: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| exact.is_none() || row.major == exact) {
        inputs.extend(row.inputs.iter().filter(|input| !inputs.contains(input)).collect::<Vec<_>>());
    }
    (!rows.is_empty()).then_some(inputs)
}

/// The major version of `v2`, `v2.1.0` or `2.1.0`; none of a commit or a branch.
pub(super) fn major(version: &str) -> Option<u32> {
    let text = version.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let (first, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (first.len() < 4 && digits(rest)).then(|| first.parse().ok()).flatten()
}

/// What stands in place of an input that is often thought to be there.
pub(super) fn instead(input: &str, value: &str) -> Option<String> {
    Some(match input.to_ascii_lowercase().as_str() {
        "team" | "team-name" | "teamname" => format!("scope: team:{value}"),
        "user" | "user-login" => format!("scope: user:{value}"),
        "org" | "organisation" => format!("organization: {value}"),
        "expiration" | "token-expiry" | "ttl" => format!("token-expiration: {value}"),
        "token-type" => format!("requested-token-type: {value}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `action.yml` of `pulumi/auth-actions` has, in every version.
    #[test]
    fn the_inputs_of_auth_actions_are_those_of_its_source() {
        let known = [
            "cloud-url",
            "export-environment-variables",
            "organization",
            "requested-token-type",
            "scope",
            "token-expiration",
        ];
        for version in [None, Some(1), Some(2), Some(3)] {
            assert_eq!(of("github:pulumi/auth-actions", version).unwrap(), known, "{version:?}");
        }
    }

    #[test]
    fn an_input_is_known_from_the_version_that_brought_it() {
        let has = |major, input| of("github:pulumi/actions", major).unwrap().contains(&input);
        assert!(!has(Some(2), "plan") && has(Some(4), "plan") && has(Some(7), "plan") && has(None, "plan"));
        assert!(!has(Some(5), "continue-on-error") && has(Some(6), "continue-on-error") && has(Some(9), "plan"));
        assert!(of("github:pulumi/actions", Some(1)).is_none() && of("github:actions/checkout", None).is_none());
        assert_eq!(of("azure:pulumi", None).unwrap().len(), 10);
        assert!(of("circleci:pulumi/login", None).unwrap().contains(&"access-token"));
    }

    #[test]
    fn versions() {
        for (text, number) in [("v2", Some(2)), ("v2.1.0", Some(2)), ("7.0.0", Some(7)), ("main", None)] {
            assert_eq!(major(text), number, "{text}");
        }
        assert_eq!(major("14141591234567890123456789012345678901ab"), None);
    }
}
