//! The table of a proof: situations down, teams across.
//!
//! What must hold: where several tokens fall into one cell, the cell shows what is worst.

use indexmap::IndexMap;
use serde::Serialize;
use stackgate_provider::Situation;

/// What became of all tokens of a situation that asked for a team; a later one is shown before an earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// There is no token to ask with.
    Nothing,
    /// Refused, as it must be.
    Refused,
    /// The stage's own token, which no claim tells from this one.
    Same,
    /// Minted for a stage of another team, of the same trust class, which no claim tells from the team's own.
    Alike,
    /// Minted, as it must be.
    Minted,
    /// Minted past a gate, which the spec waives.
    Waived,
    /// Minted or refused against what the plan says.
    Hole,
}

impl Cell {
    /// What people read.
    pub fn word(self) -> &'static str {
        match self {
            Cell::Nothing => "no token",
            Cell::Refused => "refused",
            Cell::Same => "same",
            Cell::Alike => "alike",
            Cell::Minted => "minted",
            Cell::Waived => "waived",
            Cell::Hole => "HOLE",
        }
    }
}

/// The table of one provider.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// The provider, for people.
    pub title: String,
    /// Cells by team, in the order of the plan, and by situation.
    pub teams: IndexMap<String, IndexMap<Situation, Cell>>,
}

impl Table {
    pub(crate) fn new(title: &str, teams: Vec<String>) -> Table {
        Table { title: title.to_owned(), teams: teams.into_iter().map(|team| (team, IndexMap::new())).collect() }
    }

    pub(crate) fn set(&mut self, situation: Situation, team: &str, cell: Cell) {
        let cells = self.teams.entry(team.to_owned()).or_default();
        let worst = cells.entry(situation).or_insert(cell);
        // A token of another job that is minted for this team says more than that its own is.
        *worst = (*worst).max(cell);
    }

    /// The cell of a situation; nothing was tried where there is none.
    pub fn cell(&self, situation: Situation, team: &str) -> Cell {
        self.teams.get(team).and_then(|cells| cells.get(&situation)).copied().unwrap_or(Cell::Nothing)
    }
}
