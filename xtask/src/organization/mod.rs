//! An organization that nobody has: declared, as it is in Pulumi Cloud, and its log, with what was planted written down.
//!
//! What must hold: a seed gives the same bytes each time; what is planted is known by rule, place and class, and everything
//! else is as declared. `DIR/stackgate.yaml` and `DIR/fragments` are what was declared, `DIR/actual` what `review --from`
//! reads, `DIR/planted.json` what must be found.

pub(crate) mod acceptance;
mod declared;
mod differences;
mod judged;
mod log;
mod planted;
mod random;
mod size;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use stackgate_access::Fragment;
use stackgate_cloud::{Origin, Saver, Wanted, read};
use stackgate_cloud_fixtures::{World, applied};

use log::Forms;
use planted::Planted;
pub(crate) use size::Size;

use crate::Result;

/// Where it goes, and how it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Another number, another organization
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The directory, which is made
    #[arg(long)]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) size: Size,
    #[command(flatten)]
    pub(crate) forms: Forms,
}

/// Makes the organization.
pub(crate) fn run(options: &Options) -> Result<()> {
    generate(&options.out, options.seed, &options.size, options.forms)
}

/// Writes all of it into a directory that is empty or not there.
pub(crate) fn generate(directory: &Path, seed: u64, size: &Size, forms: Forms) -> Result<()> {
    size.check()?;
    if directory.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{} is not empty", directory.display()).into());
    }
    let declared = declared::write(directory, seed, size)?;
    let mut world = applied(&declared.fragment, &declared.options);
    let planted = Planted {
        seed,
        differences: differences::plant(&mut world, &declared.fragment, seed, size.differences),
        incidents: log::write(directory, &declared.fragment, seed, size, forms)?,
    };
    save(&world, &declared.fragment, &directory.join("actual"))?;
    planted.write(directory)
}

/// Saves a world as `review --save` does: whatever is asked is answered, and kept.
fn save(world: &World, declared: &Fragment, directory: &Path) -> Result<()> {
    let origin =
        Origin { organization: world.organization.clone(), cloud_url: world.cloud_url.clone(), taken: world.taken };
    let saver = Saver::new(world, directory, origin.clone()).map_err(|error| error.message)?;
    read(&saver, &wanted(declared, origin), &mut ());
    Ok(saver.finish().map_err(|error| error.message)?)
}

/// What a review asks of an organization that was declared.
fn wanted(declared: &Fragment, origin: Origin) -> Wanted {
    let opened = declared.stacks.values().flat_map(|stack| stack.esc.iter());
    let granted = declared.teams.values().flat_map(|team| team.environments.keys());
    let environments: BTreeSet<&String> = opened.chain(granted).collect();
    Wanted {
        origin,
        stacks: declared.stacks.keys().cloned().collect(),
        environments: environments.into_iter().cloned().collect(),
    }
}
