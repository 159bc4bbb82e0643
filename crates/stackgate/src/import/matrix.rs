//! The runs that one job makes by a matrix.
//!
//! What must hold: only values that stand in the file are filled in; a matrix that is made at run time leaves every value as
//! it was. The number of runs is bounded, whatever the file says.

use std::collections::BTreeMap;

use stackgate_facts::{Control, Job, Value};
use stackgate_yaml::{Limits, Node, parse};

/// The values of one run, by the matrix' keys.
pub(crate) type Row = BTreeMap<String, String>;

/// The settings under which readers keep a matrix.
const KEYS: &[&str] = &["strategy.matrix", "parallel.matrix", "matrix"];

/// More runs than that are no list of stacks.
const MOST: usize = 256;

/// The runs of a job; one without values where it has no matrix that could be read.
pub(crate) fn rows(job: &Job) -> Vec<Row> {
    let setting = job.settings.iter().find(|setting| KEYS.contains(&setting.key.as_str()));
    let rows = setting
        .and_then(|setting| parse(&setting.value, &Limits::PIPELINE).ok())
        .map(|node| runs(node.get("parameters").unwrap_or(&node)))
        .unwrap_or_else(|| of_variables(job));
    if rows.is_empty() || rows.len() > MOST { vec![Row::new()] } else { rows }
}

/// A matrix that is kept as variables, each with its list.
fn of_variables(job: &Job) -> Vec<Row> {
    let lists: Vec<String> = job
        .variables
        .iter()
        .filter_map(|variable| match &variable.value {
            Value::Made(text, Control::System) if text.starts_with('[') && !text.contains('$') => {
                Some(format!("{}: {text}", variable.name))
            }
            _ => None,
        })
        .collect();
    parse(&format!("{{{}}}", lists.join(", ")), &Limits::PIPELINE).map(|node| runs(&node)).unwrap_or_default()
}

fn runs(node: &Node) -> Vec<Row> {
    if let Some(items) = node.as_sequence() {
        return items.iter().take(MOST).flat_map(runs).take(MOST + 1).collect();
    }
    let Some(entries) = node.as_mapping() else { return Vec::new() };
    let mut rows = vec![Row::new()];
    for entry in entries {
        let key = entry.key.text.as_str();
        if matches!(key, "include" | "exclude" | "alias") {
            continue;
        }
        let values: Vec<&str> = match entry.value.as_sequence() {
            Some(items) => items.iter().filter_map(Node::as_str).collect(),
            None => entry.value.as_str().into_iter().collect(),
        };
        if values.is_empty() || rows.len() * values.len() > MOST {
            continue;
        }
        rows = rows
            .iter()
            .flat_map(|row| {
                values.iter().map(|value| {
                    let mut row = row.clone();
                    row.insert(key.to_owned(), (*value).to_owned());
                    row
                })
            })
            .collect();
    }
    if rows.len() == 1 && rows.iter().all(Row::is_empty) {
        rows.clear();
    }
    for item in node.get("include").and_then(Node::as_sequence).into_iter().flatten().take(MOST) {
        let Some(pairs) = item.as_mapping() else { continue };
        let row: Row =
            pairs.iter().filter_map(|pair| Some((pair.key.text.clone(), pair.value.as_str()?.to_owned()))).collect();
        // One that says more of a run that there is adds to it; another is a run of its own.
        let same = |known: &Row| known.iter().all(|(key, value)| row.get(key).is_none_or(|other| other == value));
        let shares = |known: &Row| known.keys().any(|key| row.contains_key(key));
        match rows.iter_mut().find(|known| shares(known) && same(known)) {
            Some(known) => known.extend(row),
            None => rows.push(row),
        }
    }
    rows
}

/// A value with what a run's matrix says filled in; a literal where nothing else is left to be made.
pub(crate) fn filled(value: &Value, row: &Row) -> Value {
    let Value::Made(text, control) = value else { return value.clone() };
    let mut text = text.clone();
    for (key, given) in row {
        for form in [
            format!("${{{{ matrix.{key} }}}}"),
            format!("${{{{matrix.{key}}}}}"),
            format!("<< matrix.{key} >>"),
            format!("${{{key}}}"),
            format!("${key}"),
        ] {
            text = text.replace(&form, given);
        }
    }
    let made = ["${{", "<<", "$(", "$", "`"].iter().any(|sign| text.contains(sign));
    if made || row.is_empty() { Value::Made(text, *control) } else { Value::Literal(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackgate_facts::{Place, Setting};

    fn job(matrix: &str) -> Job {
        let setting = Setting { key: "strategy.matrix".into(), value: matrix.into(), place: Place::default() };
        Job { settings: vec![setting], ..Job::default() }
    }

    #[test]
    fn a_matrix_is_its_runs() {
        let rows = rows(&job("{include: [{env: b, team: x}], env: [a, b]}"));
        assert_eq!(rows.len(), 2);
        let stack = Value::Made("acme/app/${{ matrix.env }}".into(), Control::System);
        let named: Vec<Value> = rows.iter().map(|row| filled(&stack, row)).collect();
        assert_eq!(named, [Value::literal("acme/app/a"), Value::literal("acme/app/b")]);
        assert_eq!(rows[1].get("team").map(String::as_str), Some("x"));
    }

    #[test]
    fn what_is_made_at_run_time_stays_so() {
        for matrix in ["${{ fromJSON(inputs.stacks) }}", "{env: [a], 1: ", "[]", ""] {
            assert_eq!(rows(&job(matrix)).len(), 1, "{matrix}");
        }
        let value = Value::Made("${{ inputs.stack }}".into(), Control::Member);
        assert_eq!(filled(&value, &Row::new()), value);
    }
}
