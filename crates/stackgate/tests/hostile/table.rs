//! `docs/reference/hostile-values.md`: how many values each field refused, and how many arrived.
//!
//! What must hold: the page is what this run counted; `BLESS=1` writes it, and any other run fails when it differs.

use std::fmt::Write as _;
use std::fs;

use super::fields::{Field, Kind};
use super::judge::Outcome;
use crate::common::{blessing, root};

/// What became of all values in one field.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) field: String,
    pub(crate) kind: Kind,
    /// How many specs were judged: a value goes to every provider, until the spec's own rules refuse it.
    pub(crate) rendered: usize,
    /// How many values were tried.
    pub(crate) tried: usize,
    refused: usize,
    arrived: usize,
    accepted: usize,
}

impl Row {
    /// A row in which nothing is counted yet.
    pub(crate) fn of(field: &Field) -> Row {
        Row { field: field.name.clone(), kind: field.kind, rendered: 0, tried: 0, refused: 0, arrived: 0, accepted: 0 }
    }

    /// Counts a value.
    pub(crate) fn count(&mut self, outcome: Option<Outcome>) {
        match outcome {
            Some(Outcome::Refused { .. }) => self.refused += 1,
            Some(Outcome::Arrived) => self.arrived += 1,
            Some(Outcome::Accepted) => self.accepted += 1,
            None => {}
        }
    }

    /// Whether a field that takes texts took none.
    pub(crate) fn refuses_all(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Key) && self.arrived + self.accepted == 0
    }

    fn what(&self) -> &'static str {
        match self.kind {
            Kind::Text => "text",
            Kind::Key => "name",
            Kind::Choice => "one of a few words",
            Kind::Other => "number or boolean",
            Kind::Unknown => "a key that nobody knows",
        }
    }
}

/// Says on one line what this run did.
pub(crate) fn sum_up(rows: &[Row]) {
    let sum = |of: fn(&Row) -> usize| rows.iter().map(of).sum::<usize>();
    let (tried, specs) = (sum(|row| row.tried), sum(|row| row.rendered));
    let (refused, arrived, accepted) = (sum(|row| row.refused), sum(|row| row.arrived), sum(|row| row.accepted));
    let fields = rows.len();
    eprintln!(
        "{fields} fields, {tried} pairs, {specs} specs: {refused} refused, {arrived} arrived, {accepted} accepted"
    );
}

/// Writes the page, or holds it against what was counted.
pub(crate) fn hold(rows: &[Row], values: usize, scripts: usize) {
    let sum = |of: fn(&Row) -> usize| rows.iter().map(of).sum::<usize>();
    let mut page = String::from("# Hostile values\n\n");
    let (pairs, specs) = (sum(|row| row.tried), sum(|row| row.rendered));
    let (refused, arrived, accepted) = (sum(|row| row.refused), sum(|row| row.arrived), sum(|row| row.accepted));
    write!(
        page,
        "Written by `crates/stackgate/tests/hostile.rs` with `STACKGATE_HOSTILE=all`; `BLESS=1` writes it anew.\n\n\
         {values} values, from `snapshots/hostile/`, go into {} fields, which are those of the schema: {pairs} pairs. A field that \
         takes no text gets a tenth of the values. Legal oddities go to every provider that has the field, any other value that is accepted to \
         one, in turn: {specs} specs. {refused} values were refused by a diagnostic at the field's own line, {arrived} arrived in the \
         artifacts as exactly that value, and {accepted} were accepted where no artifact holds what the field says. Bash evaluated \
         {scripts} scripts that a value came into as an argument. Nothing else happened. A time, a runtime, a release, a filter or \
         a reference arrives as what it means; what was accepted there is of plain characters alone.\n\n\
         `KEY` is a name that the user chooses, `*` what stands under any such name, `[]` an item of a list, `UNKNOWN` a key \
         that the mapping does not know.\n\n\
         | field | holds | tried | refused | arrived | accepted |\n|---|---|---:|---:|---:|---:|\n",
        rows.len(),
    )
    .unwrap();
    for row in rows {
        let (field, what) = (&row.field, row.what());
        let (tried, refused, arrived, accepted) = (row.tried, row.refused, row.arrived, row.accepted);
        writeln!(page, "| `{field}` | {what} | {tried} | {refused} | {arrived} | {accepted} |").unwrap();
    }
    let path = root().join("docs/reference/hostile-values.md");
    if blessing() {
        fs::write(&path, page).unwrap();
    } else {
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == page,
            "run `BLESS=1 cargo test -p stackgate --test hostile`, and review the difference:\n{page}"
        );
    }
}
