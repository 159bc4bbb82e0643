//! How large the organization is.
//!
//! What must hold: what is asked for is what comes out, team for team and stack for stack.

use crate::Result;

/// So many teams of its pipeline a repository has: of previews, of development, of production.
const PIPELINES: usize = 3;

/// How much there is of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub(crate) struct Size {
    /// Teams
    #[arg(long, default_value_t = 200)]
    pub(crate) teams: usize,
    /// Stacks
    #[arg(long, default_value_t = 2000)]
    pub(crate) stacks: usize,
    /// ESC environments
    #[arg(long, default_value_t = 500)]
    pub(crate) environments: usize,
    /// Events of the log, over eight weeks
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) events: usize,
    /// Planted differences
    #[arg(long, default_value_t = 40)]
    pub(crate) differences: usize,
    /// Planted incidents
    #[arg(long, default_value_t = 25)]
    pub(crate) incidents: usize,
}

impl Size {
    /// The one of the promise.
    pub(crate) const WHOLE: Size =
        Size { teams: 200, stacks: 2000, environments: 500, events: 1_000_000, differences: 40, incidents: 25 };

    /// One that takes seconds.
    pub(crate) const SMALL: Size =
        Size { teams: 40, stacks: 300, environments: 80, events: 20_000, differences: 40, incidents: 25 };

    /// How many repositories there are.
    pub(super) fn repositories(&self) -> usize {
        (self.teams * 3 / 10).max(1)
    }

    /// How many teams of people.
    pub(super) fn people_teams(&self) -> usize {
        self.teams - self.repositories() * PIPELINES
    }

    /// Whether an organization of this size can be made.
    pub(super) fn check(&self) -> Result<()> {
        let repositories = self.repositories();
        if self.teams < 20 {
            return Err("an organization of fewer than 20 teams does not have every CI system".into());
        }
        if self.stacks < repositories * 6 {
            return Err(format!("{repositories} repositories need {} stacks at least", repositories * 6).into());
        }
        if self.environments < repositories * 2 || self.environments > self.stacks {
            let least = repositories * 2;
            return Err(format!(
                "{repositories} repositories need {least} environments at least, and no more than stacks"
            )
            .into());
        }
        Ok(())
    }
}
