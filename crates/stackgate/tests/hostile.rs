//! Every value of `snapshots/hostile/` in every field of a spec: refused where it stands, or arrived as exactly that value.
//!
//! What must hold: the fields come from the schema, the values and the specs that they are put into from files, so that a new
//! field or value needs no code; one that no spec reaches fails. What arrives is judged by parsers and interpreters that the
//! product does not use. How many of each were refused is in `docs/reference/hostile-values.md`.
//!
//! `STACKGATE_HOSTILE=all` tries every pair and holds that page against it, `BLESS=1` rewrites it; else each field gets a share
//! of the values. `STACKGATE_HOSTILE_FIELD=TEXT` keeps to the fields with that in their names.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]
#![allow(clippy::print_stderr, reason = "what was counted and what was skipped is said")]

mod common;
#[path = "common/yaml11.rs"]
mod yaml11;

#[path = "hostile/bases.rs"]
mod bases;
#[path = "hostile/corpus.rs"]
mod corpus;
#[path = "hostile/fields.rs"]
mod fields;
#[path = "hostile/groovy.rs"]
mod groovy;
#[path = "hostile/interpreters.rs"]
mod interpreters;
#[path = "hostile/judge.rs"]
mod judge;
#[path = "hostile/table.rs"]
mod table;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bases::Base;
use corpus::Legal;
use fields::Field;
use judge::{Case, Outcome, Questions};
use table::Row;

/// The cases of a field: one for each base that has it, at the first place where nothing else in the base speaks of what
/// stands there. Only a field that has no such place anywhere is judged at another.
fn cases<'a>(field: &'a Field, bases: &'a [Base]) -> Vec<Case<'a>> {
    let gaps = |alone: bool| {
        let first = move |base: &Base| base.gaps(field).into_iter().find(|gap| !alone || gap.is_alone());
        bases.iter().filter_map(move |base| Some((base, first(base)?))).collect::<Vec<_>>()
    };
    let alone = gaps(true);
    let gaps = if alone.is_empty() { gaps(false) } else { alone };
    gaps.into_iter().map(|(base, gap)| Case::new(field, &base.name, gap)).collect()
}

/// Of the values for a field that takes no text, each of so many is tried.
const CLOSED: usize = 10;

/// Of all values, each of so many is tried in a field unless `STACKGATE_HOSTILE` is `all`: other values in other fields, and
/// the legal oddities always. All of them take minutes without optimisation, and a test that nobody runs shows nothing.
const SHARE: usize = 4;

/// What every field is judged with.
struct Given {
    bases: Vec<Base>,
    values: Vec<String>,
    legal: Vec<Legal>,
    /// Of the values, each of so many is tried in a field.
    share: usize,
}

/// What a field made of every value.
fn judge(field: &Field, given: &Given, faults: &Mutex<Vec<String>>, asked: &Mutex<Questions>) -> Row {
    let cases = cases(field, &given.bases);
    let legal = given.legal.iter().filter(|legal| legal.fields.contains(&field.name));
    let legal: BTreeSet<&str> = legal.flat_map(|legal| &legal.values).map(String::as_str).collect();
    let mut row = Row::of(field);
    let mut questions = Questions::default();
    if cases.is_empty() {
        faults.lock().unwrap().push(format!("{}: no base reaches this field", field.name));
    }
    for (index, value) in given.values.iter().enumerate() {
        let share = if field.is_open() { given.share } else { CLOSED * given.share };
        if index % share != row.field.len() % share && !legal.contains(value.as_str()) {
            continue;
        }
        row.tried += 1;
        let mut best = None;
        let fault = |case: &Case<'_>, told: &str| {
            let value: String = value.chars().take(80).collect();
            faults.lock().unwrap().push(format!("{} on {}: {value:?}: {told}", field.name, case.base));
        };
        // Another provider comes first each time.
        let turn = index % cases.len().max(1);
        for case in cases[turn..].iter().chain(&cases[..turn]) {
            row.rendered += 1;
            match case.judge(value, &mut questions) {
                Ok(Outcome::Refused { own }) => {
                    if legal.contains(value.as_str()) && !case.holds(value) {
                        fault(case, "a legal oddity is refused");
                    }
                    best = best.or(Some(Outcome::Refused { own }));
                    // What the spec's own rules refuse is refused whatever the provider.
                    if !own {
                        break;
                    }
                }
                Ok(outcome) if legal.contains(value.as_str()) => best = best.max(Some(outcome)),
                Ok(outcome) => {
                    best = Some(outcome);
                    break;
                }
                Err(told) => fault(case, &told),
            }
        }
        row.count(best);
    }
    asked.lock().unwrap().extend(questions);
    row
}

#[test]
fn every_value_in_every_field_is_refused_or_arrives() {
    let all = common::blessing() || std::env::var("STACKGATE_HOSTILE").is_ok_and(|text| text == "all");
    let share = if all { 1 } else { SHARE };
    let given = Given { bases: bases::all(), values: corpus::all(), legal: corpus::legal(), share };
    let mut fields = fields::fields(&stackgate::spec_schema());
    let only = std::env::var("STACKGATE_HOSTILE_FIELD").ok();
    fields.retain(|field| only.as_ref().is_none_or(|only| field.name.contains(only)));
    let (faults, asked, rows) = (Mutex::default(), Mutex::default(), Mutex::new(Vec::new()));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, std::num::NonZero::get) {
            scope.spawn(|| {
                while let Some(field) = fields.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let row = judge(field, &given, &faults, &asked);
                    rows.lock().unwrap().push(row);
                }
            });
        }
    });
    let mut faults: Vec<String> = faults.into_inner().unwrap();
    let mut rows: Vec<Row> = rows.into_inner().unwrap();
    rows.sort_by(|a, b| a.field.cmp(&b.field));
    faults.extend(
        rows.iter().filter(|row| row.refuses_all()).map(|row| format!("{}: every value is refused", row.field)),
    );
    let asked = asked.into_inner().unwrap();
    faults.extend(interpreters::bash(&asked.scripts));
    faults.extend(interpreters::groovy(&asked.literals));
    faults.sort();
    let shown: Vec<&str> = faults.iter().take(40).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), shown.join("\n"));
    table::sum_up(&rows);
    if all && only.is_none() {
        table::hold(&rows, given.values.len(), asked.scripts.len());
    }
}

#[test]
fn every_open_field_has_legal_oddities() {
    let fields = fields::fields(&stackgate::spec_schema());
    let legal: Vec<String> = corpus::legal().into_iter().flat_map(|legal| legal.fields).collect();
    let open = fields.iter().filter(|field| field.is_open());
    let missing: Vec<&str> =
        open.map(|field| field.name.as_str()).filter(|name| !legal.iter().any(|one| one == name)).collect();
    assert!(missing.is_empty(), "in no file of snapshots/hostile/legal: {missing:?}");
    let keys: Vec<&str> = fields.iter().map(Field::key).collect();
    for name in judge::named() {
        assert!(keys.contains(&name), "no field is called {name}");
    }
}

#[test]
fn the_corpus_is_large_enough() {
    assert!(corpus::all().len() >= 300);
    assert!(corpus::legal().len() >= 10);
}

#[test]
fn a_spec_with_mistakes_shows_nothing_of_what_is_outside() {
    let folder = tempfile::tempdir().unwrap();
    let (outside, root) = (folder.path().join("outside"), folder.path().join("root"));
    for made in [&outside, &root] {
        std::fs::create_dir(made).unwrap();
    }
    std::fs::write(outside.join("Pulumi.dev.yaml"), "environment: [secret/name]\n").unwrap();
    for directory in ["../outside", &outside.to_string_lossy(), "a/../../outside"] {
        let stacks = "stacks: { dev: { tier: development } }";
        let head = "version: 1\norganization: acme\nproviders: { github: {} }\n";
        let text = format!("{head}projects: {{ app: {{ runtime: yaml, directory: {directory:?}, {stacks} }} }}\n");
        let source = stackgate::diagnostic::Source::new(stackgate::SPEC_NAME, text);
        match stackgate::Project::of(source, root.clone(), common::TODAY) {
            Err(stackgate::Error::Spec { diagnostics, .. }) => {
                assert!(!format!("{diagnostics:?}").contains("secret/name"))
            }
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("{directory} is accepted"),
        }
    }
}
