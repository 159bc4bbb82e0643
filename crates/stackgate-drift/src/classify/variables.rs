//! Variables of a job and of its steps.
//!
//! What must hold: a variable that decides which code runs, or whom Pulumi obeys, is privilege; both halves of a tool's pin
//! are a pin; every other value is behaviour, unless somebody else chooses it.

use stackgate_facts::{Control, Value, Variable};

use super::{Compared, Pair, change};
use crate::class::{Class, Direction};

/// Names whose values differ, in the order of their names.
pub(super) fn pairs<'a>(
    old: &'a [Variable],
    new: &'a [Variable],
) -> Vec<(&'a str, Option<&'a Value>, Option<&'a Value>)> {
    let mut names: Vec<&str> = old.iter().chain(new).map(|one| one.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    // The last of a name counts, as it does in an environment.
    fn value<'v>(list: &'v [Variable], name: &str) -> Option<&'v Value> {
        list.iter().rev().find(|one| one.name == name).map(|one| &one.value)
    }
    names
        .into_iter()
        .map(|name| (name, value(old, name), value(new, name)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

/// Variables that decide which code runs, or whom Pulumi obeys, whatever the script says.
fn governs(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "PATH",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "NODE_OPTIONS",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "BASH_ENV",
        "ENV",
        "IFS",
        "HOME",
        // Where our own scripts keep the CLI that they run and the credentials.
        "STACKGATE_HOME",
        "JAVA_TOOL_OPTIONS",
        "MAVEN_OPTS",
        "DOTNET_STARTUP_HOOKS",
        "GOFLAGS",
        "GOPROXY",
        "PERL5OPT",
        "RUBYOPT",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "ALL_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
    ];
    let upper = name.to_ascii_uppercase();
    // How much of the history is fetched decides nothing.
    if matches!(upper.as_str(), "GIT_DEPTH" | "GIT_SUBMODULE_DEPTH") {
        return false;
    }
    NAMES.contains(&upper.as_str())
        // GitLab writes every variable and every command into the log.
        || matches!(upper.as_str(), "CI_DEBUG_TRACE" | "CI_DEBUG_SERVICES")
        || upper.starts_with("PULUMI_")
        || upper.starts_with("GIT_")
        || upper.starts_with("NPM_CONFIG_")
        || upper.starts_with("PIP_")
}

pub(super) fn variables(compared: &mut Compared<'_>, pair: Pair<'_>, old: &[Variable], new: &[Variable]) {
    for (name, before, after) in pairs(old, new) {
        let place = new.iter().find(|one| one.name == name).map_or(pair.after.place, |one| one.place);
        let others = after.is_some_and(|value| value.control() >= Control::Member);
        let (class, direction, so) = if let (Some(old), Some(new)) = (before, after)
            && pin(name, old, new)
        {
            (
                Class::Pin,
                Direction::Sideways,
                "Another version of the same tool is installed, held by its digest as before.",
            )
        } else if after.is_none() && governs(name) && pair.privileged() {
            (
                Class::RemovesGate,
                Direction::Widening,
                "The environment or the checkout now decides what this variable fixed.",
            )
        } else if name == "STACKGATE_DIRECTORY" && pair.mints() {
            let so = "What the guard looks at and what is deployed are no longer one directory, or another one than the spec names.";
            (Class::RemovesGate, Direction::Sideways, so)
        } else if governs(name) && pair.privileged() {
            (
                Class::WidensPrivilege,
                Direction::Widening,
                "This variable decides which code runs, or where Pulumi sends its token, whatever the script says.",
            )
        } else if others && pair.privileged() {
            (
                Class::WidensPrivilege,
                Direction::Widening,
                "Somebody else decides this value, in a job that holds a credential.",
            )
        } else {
            (Class::Behaviour, Direction::Sideways, "The job runs with another value than the spec says.")
        };
        let say = |value: Option<&Value>| value.map(|value| format!("{name}={}", value.text()));
        compared.add(change(class, direction, pair.after, "variable", say(before), say(after), so).at(place));
    }
}

/// Whether a variable is one half of a tool's pin: its exact version, or the digest of its archive.
fn pin(name: &str, old: &Value, new: &Value) -> bool {
    let (Some(old), Some(new)) = (old.as_literal(), new.as_literal()) else { return false };
    let digest = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let version = |text: &str| {
        let parts: Vec<&str> = text.trim_start_matches('v').split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    name.contains("SHA256") && digest(old) && digest(new) || name.ends_with("_VERSION") && version(old) && version(new)
}

/// The variables of a script that does nothing but set some to literals.
pub(super) fn exports(text: &str, place: stackgate_facts::Place) -> Option<Vec<Variable>> {
    let mut all = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
        if value.contains('\'') || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        all.push(Variable { name: name.to_owned(), value: Value::literal(value), place });
    }
    (!all.is_empty()).then_some(all)
}
