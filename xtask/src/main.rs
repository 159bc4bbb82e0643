//! The chores of this repository: generated pages, snapshots, tidiness, benchmarks, new providers.
//!
//! What must hold: every chore that CI does is one command here; a chore that fails names the command that mends it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to whoever runs it")]

mod bench;
mod browser;
mod conformance;
mod defects;
mod demo;
mod docs;
mod fuzz;
mod generate;
mod mutants;
mod new_provider;
mod organization;
mod rehearse;
mod release;
mod run;
mod threat_model;
mod tidy;
mod workflows;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

/// The chores of stackgate's repository
#[derive(Debug, Parser)]
#[command(name = "xtask")]
struct Args {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Write the pages and files that are generated from code, and the pipelines of the examples
    Generate {
        /// Write nothing; fail when one is stale
        #[arg(long)]
        check: bool,
    },
    /// Write the snapshots anew; read the diff before you commit it
    Bless,
    /// Look for what no compiler sees
    Tidy,
    /// Measure, and print ratios
    Bench(bench::Options),
    /// Fuzz every target for a while
    Fuzz {
        /// Seconds for each target
        #[arg(long, default_value_t = 20)]
        seconds: u64,
        /// This target alone
        #[arg(long)]
        target: Option<String>,
    },
    /// Scaffold an adapter that compiles and is registered
    NewProvider {
        /// Its id, such as `bitbucket`
        name: String,
    },
    /// Plant defects in the templates, and write down who notices
    Defects {
        /// Write nothing; fail when the page is stale
        #[arg(long)]
        check: bool,
    },
    /// Edit rendered pipelines, and write down what `check` says of each edit
    Mutants {
        /// Write nothing; fail when the page is stale
        #[arg(long)]
        check: bool,
    },
    /// Make an organization that nobody has, with planted differences and incidents
    Organization(organization::Options),
    /// Try `review` and `logs` on an organization of which everything is known
    Acceptance(organization::acceptance::Options),
    /// One spec becomes five pipelines, a hand edit is found, and mended
    Demo,
    /// What a release is made with
    Release {
        #[command(subcommand)]
        step: release::Step,
    },
    /// Ask third-party validators about every rendered artifact
    Conformance(conformance::Options),
    /// Hold the update bots' configurations under `bots/` against their public schemas
    Bots,
    /// Run every rendered pipeline against loopback stand-ins; Linux only
    Rehearse,
    /// Look at the pages of pictures in headless Chromium
    Browser {
        /// Write the pictures of the documentation too
        #[arg(long)]
        images: bool,
    },
    /// What CI runs and needs no network; `.ci/run` is all of it
    Ci,
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let root = root();
    let done = match Args::parse().chore {
        Chore::Generate { check } => generate::run(&root, check),
        Chore::Bless => run::bless(&root),
        Chore::Tidy => tidy::run(&root),
        Chore::Bench(options) => bench::run(&root, &options),
        Chore::Fuzz { seconds, target } => fuzz::run(&root, seconds, target.as_deref()),
        Chore::NewProvider { name } => new_provider::run(&root, &name),
        Chore::Defects { check } => defects::run(&root, check),
        Chore::Mutants { check } => mutants::run(&root, check),
        Chore::Organization(options) => organization::run(&options),
        Chore::Acceptance(options) => organization::acceptance::run(&root, &options),
        Chore::Demo => demo::run(&root),
        Chore::Release { step } => release::run(&root, &step),
        Chore::Conformance(options) => conformance::run(&root, &options),
        Chore::Bots => conformance::bots::run(&root),
        Chore::Rehearse => rehearse::run(&root),
        Chore::Browser { images } => browser::run(&root, images),
        Chore::Ci => run::ci(&root),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The names of all chores.
fn chores() -> impl Iterator<Item = String> {
    let command = Args::command();
    command.get_subcommands().map(|chore| chore.get_name().to_owned()).collect::<Vec<_>>().into_iter()
}

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}
