//! The command line. Help, man pages, completions and the reference page all come from these definitions.
//!
//! What must hold: every flag does something, and every exit code is said. Nothing is executed here.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum, ValueHint};

/// Secure, team-scoped Pulumi deployment pipelines for five CI systems, from one spec
///
/// stackgate renders a repository's `stackgate.yaml` to pipelines for GitHub Actions, GitLab CI, Azure Pipelines,
/// Jenkins and CircleCI, and compares them with what is committed. It needs no network and starts no other program.
///
/// Exit codes: 0 done or clean, 1 drift, 2 a mistake in the spec, wrong usage, or a file that could not be read or
/// written. With 2, nothing was written.
#[derive(Debug, Parser)]
#[command(name = "stackgate", version, propagate_version = true, disable_help_subcommand = true, max_term_width = 100)]
pub struct Args {
    /// The repository root, where that is not the spec's directory
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub root: Option<PathBuf>,

    /// The spec, instead of the nearest `stackgate.yaml` in this directory or above
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub spec: Option<PathBuf>,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look at this repository and write a commented spec
    ///
    /// It reads the git remote, Pulumi projects and stacks, package managers and existing pipelines, and asks for what
    /// it cannot find out. An existing spec is never overwritten. Exit codes: 0 written, 2 not.
    Init(Init),
    /// Write every pipeline of the spec, or none
    ///
    /// Everything is rendered and read back before anything is written. Files that stackgate did not write are left
    /// alone unless `--adopt` names them. The diff of a file that somebody edited is shown before it is overwritten.
    /// Exit codes: 0 written or nothing to do, 2 not.
    Generate(Generate),
    /// Compare the committed pipelines with the spec
    ///
    /// Exit codes: 0 clean, 1 drift, 2 error.
    Check(Check),
    /// Show the plan, the provider matrix, what to set outside the files, or every pin
    Show(Show),
    /// Say why a rule exists and what to write instead; without a rule, list all
    Explain(Explain),
    /// Print the JSON Schema of the spec, for editors
    Schema,
    /// Print a completion script
    Completions(Completions),
    /// Print the manual page, or write all of them into a directory
    Man(Man),
}

/// `init`
#[derive(Debug, clap::Args)]
pub struct Init {
    /// Ask nothing; what cannot be found out stays as a comment in the spec, or is an error where the spec needs it
    #[arg(long, short)]
    pub yes: bool,

    /// The Pulumi organization
    #[arg(long, value_name = "NAME")]
    pub organization: Option<String>,

    /// The provider, instead of the one that the repository speaks for
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,

    /// A stack of the projects that have no `Pulumi.<stack>.yaml`; may be given several times
    #[arg(long, value_name = "NAME")]
    pub stack: Vec<String>,

    /// Print the spec instead of writing it
    #[arg(long)]
    pub dry_run: bool,
}

/// `generate`
#[derive(Debug, clap::Args)]
pub struct Generate {
    /// Show what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Replace this file although stackgate did not write it
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub adopt: Vec<String>,

    /// Overwrite edited files without showing what is lost
    #[arg(long)]
    pub force: bool,
}

/// `check`
#[derive(Debug, clap::Args)]
pub struct Check {
    /// The report's format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs; the shape is documented and versioned
    Json,
    /// Annotations in GitHub Actions
    Github,
}

/// `show`
#[derive(Debug, clap::Args)]
pub struct Show {
    /// What to show
    #[arg(value_name = "WHAT")]
    pub what: What,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What `show` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// The stages in order, each with trigger, team, gate and lock
    Plan,
    /// How far each provider carries each control
    Matrix,
    /// What must be set outside the files
    Checklist,
    /// Every third-party reference, with the version that it stands for
    Pins,
}

/// `explain`
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// The rule's id, as diagnostics show it in brackets
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
}

/// `completions`
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `man`
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Write a page for each command into this directory
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}
