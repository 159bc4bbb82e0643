//! `runs-on`: whose machine a job runs on.
//!
//! What must hold: only labels that GitHub itself gives its own runners count as hosted; a group, or a label that an
//! administrator made up, is whatever the settings say.

use stackgate_provider::facts::{Runner, RunnerTrust, Value as FactValue};
use stackgate_provider::yaml::{Node, Value};

use super::expr::{Expr, outcomes};
use super::reading::{File, Reading};
use super::scope::Scope;
use super::{canonical, expr};

/// The runner of a job.
pub(super) fn read(node: &Node, file: &File, scope: &Scope, job: &str, reading: &mut Reading) -> Runner {
    let place = file.at(node.span);
    let (labels, grouped) = match &node.value {
        Value::Mapping(entries) => {
            for entry in entries {
                if !matches!(entry.key.text.as_str(), "group" | "labels") {
                    reading.unknown(Some(job), "runs-on", &entry.key.text, file.at(entry.key.span));
                }
            }
            (node.get("labels"), node.get("group").is_some())
        }
        Value::Null | Value::Tagged { .. } => {
            reading.misshapen(Some(job), "runs-on", node, place);
            (None, false)
        }
        _ => (Some(node), false),
    };
    let mut possible = Some(Vec::new());
    for (_, item) in labels.and_then(canonical::list).unwrap_or_default() {
        let text = item.as_str().unwrap_or("");
        let found = texts(text, scope);
        possible = possible.zip(found).map(|(mut all, found)| {
            all.extend(found);
            all
        });
        reading.value(item, file, scope, Some(job));
    }
    let spelt = canonical::spelt(node, scope);
    let made = spelt.contains("${{");
    let label = if made {
        let (value, _) = scope.value(&spelt);
        FactValue::Made(spelt, value.value.control())
    } else {
        FactValue::Literal(spelt)
    };
    Runner { trust: trust(possible.as_deref(), grouped), label, place }
}

fn trust(labels: Option<&[String]>, grouped: bool) -> RunnerTrust {
    match labels {
        Some(labels) if labels.iter().any(|label| label.eq_ignore_ascii_case("self-hosted")) => RunnerTrust::SelfHosted,
        Some(labels) if !grouped && !labels.is_empty() && labels.iter().all(|label| hosted(label)) => {
            RunnerTrust::Hosted
        }
        _ => RunnerTrust::Setting,
    }
}

/// Every label that a text can come to.
fn texts(text: &str, scope: &Scope) -> Option<Vec<String>> {
    let (template, _) = scope.template(text);
    let look_up = |path: &Expr| match path.path()?.as_slice() {
        ["matrix", key] => scope.matrix.texts(key),
        _ => None,
    };
    let expr = template.into_expr();
    if let Some(items) = expr::items(&expr) {
        return Some(items);
    }
    outcomes(&expr, &look_up)
}

/// Whether GitHub gives that label to its own runners: "Standard GitHub-hosted runners" and the larger ones for macOS.
fn hosted(label: &str) -> bool {
    let Some((system, version)) = label.split_once('-') else { return false };
    let words: Vec<&str> = version.split('-').collect();
    let number = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    let known = |word: &str| {
        number(word) || matches!(word, "latest" | "arm" | "arm64" | "large" | "xlarge" | "slim" | "intel" | "vs2026")
    };
    matches!(system, "ubuntu" | "windows" | "macos") && words.len() <= 3 && words.iter().all(|word| known(word))
}

/// Whether all that a job can run on is Windows, whose shell is another one.
pub(super) fn is_windows(node: Option<&Node>, scope: &Scope) -> bool {
    let labels = node.and_then(|node| canonical::list(node.get("labels").unwrap_or(node))).unwrap_or_default();
    let all: Option<Vec<Vec<String>>> = labels.iter().map(|(text, _)| texts(text, scope)).collect();
    let all: Vec<String> = all.unwrap_or_default().into_iter().flatten().collect();
    let windows = |label: &String| label.to_ascii_lowercase().starts_with("windows");
    let named = |label: &String| {
        let label = label.to_ascii_lowercase();
        ["windows", "ubuntu", "macos", "linux"].iter().any(|system| label.starts_with(system))
    };
    all.iter().any(windows) && all.iter().filter(|label| named(label)).all(windows)
}
