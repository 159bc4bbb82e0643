//! Every limit, at it and past it: `snapshots/limits/` has a file for each, written so that its size is in one place.
//!
//! What must hold: each limit that `all_limits` lists has a case; at the limit nothing is wrong, past it the limit's rule
//! is broken and what is said of it says how much is allowed. In a case, `«TEXT×AT|PAST»` stands for `TEXT` so many times, with the
//! number of each in place of `@`; `«AT|PAST»` for one of two texts; `«fill×…»` for as many letters as make the file so long;
//! `«TEXT×?»` for as often as fits, and once more. `＠` is a plain `@`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{TODAY, root};
use stackgate::adapter::yaml::{self, Limits};
use stackgate::diagnostic::{Diagnostic, Limit, Severity, Source};
use stackgate::{Error, Project, SPEC_NAME, all_limits};

/// A limit with its case.
struct Case {
    limit: Limit,
    about: String,
    recipe: String,
    /// Whether the limit cannot be reached without other mistakes.
    others: bool,
}

fn cases() -> BTreeMap<String, Case> {
    let mut recipes = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("snapshots/limits")).unwrap() {
        let path = entry.unwrap().path();
        let recipe = std::fs::read_to_string(&path).unwrap();
        let first = recipe.lines().next().unwrap().trim_start_matches("# ").to_owned();
        let (first, others) = match first.strip_suffix(" (among other mistakes)") {
            Some(first) => (first.to_owned(), true),
            None => (first, false),
        };
        assert!(recipes.insert(first, (recipe, others)).is_none(), "{}: a second case", path.display());
    }
    let mut cases = BTreeMap::new();
    // Thousands of files are no recipe: the limits of an audit are tried in `audit.rs`. Nor is a log a spec: the length of an
    // event is tried beside the readers of `stackgate-logs`.
    let of_specs = |about: &str| !matches!(about, "An audit" | "A log");
    for (about, limits) in all_limits().into_iter().filter(|(about, _)| of_specs(about)) {
        for limit in limits {
            let name = format!("{about}: {}", limit.what);
            let Some((recipe, others)) = recipes.remove(&name) else { panic!("{name}: no case in snapshots/limits") };
            cases.insert(name, Case { limit, about: about.clone(), recipe, others });
        }
    }
    assert!(recipes.is_empty(), "cases of no limit: {:?}", recipes.keys());
    cases
}

#[test]
fn every_limit_holds_at_it_and_past_it() {
    let mut wrong = Vec::new();
    for (name, case) in cases() {
        let (at, past) = if case.recipe.contains("×?»") {
            fitting(&case)
        } else {
            (judge(&case, &cook(&case.recipe, Size::At)), judge(&case, &cook(&case.recipe, Size::Past)))
        };
        let errors = at.iter().filter(|one| one.severity == Severity::Error);
        let told: Vec<&Diagnostic> = errors.filter(|one| !case.others || one.rule == case.limit.rule).collect();
        if !told.is_empty() {
            wrong.push(format!("{name}: at the limit: {}: {}", told[0].rule, told[0].message));
        }
        let number = case.limit.most.to_string();
        let said = |one: &&Diagnostic| {
            let (label, help) = (one.label.as_deref().unwrap_or_default(), one.help.as_deref().unwrap_or_default());
            let hours = format!("{}h", case.limit.most / 60);
            [one.message.as_str(), label, help].iter().any(|text| text.contains(&number) || text.contains(&hours))
        };
        let broken: Vec<&Diagnostic> = past.iter().filter(|one| one.rule == case.limit.rule).collect();
        match broken.as_slice() {
            [] => wrong.push(format!("{name}: past the limit, `{}` is not broken: {past:#?}", case.limit.rule)),
            broken if !broken.iter().any(said) => {
                wrong.push(format!("{name}: {number} is not in the message: {}", broken[0].message));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As many as fit, and one more: how many that are depends on the templates, that there is an end does not.
fn fitting(case: &Case) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let errors = |count| judge(case, &cook(&case.recipe, Size::Of(count)));
    let (mut fits, mut over) = (1, 256);
    while over - fits > 1 {
        let middle = fits + (over - fits) / 2;
        if errors(middle).iter().any(|one| one.severity == Severity::Error) { over = middle } else { fits = middle }
    }
    assert!(fits > 20, "{}: only {fits} stages fit", case.about);
    (errors(fits), errors(over))
}

#[derive(Clone, Copy)]
enum Size {
    At,
    Past,
    Of(usize),
}

/// The text that a recipe stands for.
fn cook(recipe: &str, size: Size) -> String {
    let mut out = String::new();
    let mut fill = None;
    let mut rest = recipe;
    while let Some((before, after)) = rest.split_once('«') {
        out.push_str(before);
        let (inner, after) = after.split_once('»').unwrap();
        rest = after;
        let Some((text, counts)) = inner.rsplit_once('×') else {
            let (at, past) = inner.split_once('|').unwrap();
            out.push_str(if matches!(size, Size::At) { at } else { past });
            continue;
        };
        let count = match (size, counts.split_once('|')) {
            (Size::Of(count), None) => count,
            (Size::At, Some((at, _))) => at.parse().unwrap(),
            (Size::Past, Some((_, past))) => past.parse().unwrap(),
            _ => panic!("{inner}"),
        };
        if text == "fill" {
            fill = Some((out.len(), count));
        } else {
            (1..=count).for_each(|number| out.push_str(&text.replace('@', &number.to_string())));
        }
    }
    out.push_str(rest);
    if let Some((place, count)) = fill {
        out.insert_str(place, &"x".repeat(count - out.len()));
    }
    out.replace('＠', "@")
}

/// Everything that is said of a text.
fn judge(case: &Case, text: &str) -> Vec<Diagnostic> {
    if case.about.starts_with("A pipeline") {
        return yaml::parse(text, &Limits::PIPELINE).err().unwrap_or_default();
    }
    let project = match Project::of(Source::new(SPEC_NAME, text), Path::new("no-such-folder").into(), TODAY) {
        Ok(project) => project,
        Err(Error::Spec { diagnostics, .. }) => return diagnostics,
        Err(error) => panic!("{}: {error}", case.limit.what),
    };
    if !case.recipe.contains("×?»") {
        return project.notices().to_vec();
    }
    match project.render_verified() {
        Ok(_) => Vec::new(),
        Err(Error::Spec { diagnostics, .. }) => diagnostics,
        Err(error) => panic!("{}: {error}", case.limit.what),
    }
}
