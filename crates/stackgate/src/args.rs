//! The command line. Help, man pages, completions and the reference page all come from these definitions.
//!
//! What must hold: every flag does something, and every exit code is said. Nothing is executed here.

mod audit;
mod logs;
mod picture;
mod review;
mod trust;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum, ValueHint};
use stackgate_drift::Class;

pub use audit::{Audit, Least};
pub use logs::{Bar, Logs};
pub use picture::{PictureFormat, ReviewFormat};
pub use review::Review;
pub use trust::{OtherPolicies, PoliciesFormat, Trust, TrustPolicies, TrustProve, TrustSimulate};

/// Secure, team-scoped Pulumi deployment pipelines for five CI systems, from one spec
///
/// stackgate renders a repository's `stackgate.yaml` to pipelines for GitHub Actions, GitLab CI, Azure Pipelines,
/// Jenkins and CircleCI, and compares them with what is committed. It starts no other program; `review` and `logs` alone
/// open a connection, to Pulumi Cloud.
///
/// Exit codes: 0 done or clean, 1 drift or findings, 2 a mistake in the spec, wrong usage, or a file that could not be read or
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
    /// Read existing pipelines, write the spec that comes nearest, and say what will change
    ///
    /// It reads pipelines of any of the five systems, whoever wrote them, and changes none. Then it lists what the spec
    /// cannot say, what somebody has to decide, and how the pipelines that the spec renders differ from the old ones, the
    /// worst first. An existing spec is never overwritten. Exit codes: 0 written, 2 not.
    Import(Import),
    /// Write every pipeline of the spec, or none
    ///
    /// Everything is rendered and read back before anything is written. Files that stackgate did not write are left
    /// alone unless `--adopt` names them. The diff of a file that somebody edited is shown before it is overwritten.
    /// Exit codes: 0 written or nothing to do, 2 not.
    Generate(Generate),
    /// Compare the committed pipelines with the spec, and say what each difference permits
    ///
    /// The classes, from the least: cosmetic, pin, behaviour, supply-chain, removes-gate, widens-privilege, undecidable.
    /// Exit codes: 0 clean, or nothing that fails; 1 drift; 2 error.
    Check(Check),
    /// Judge the spec, what Pulumi Cloud must trust, and any pipelines, whoever wrote them, rule by rule
    ///
    /// Every pipeline below the repository's root is judged, or below the paths that are named. `stackgate explain RULE` says
    /// why a rule exists. A finding is set aside by a waiver in the spec alone. Exit codes: 0 nothing found, 1 findings,
    /// 2 error, or something could not be read; the rest was judged then.
    Audit(Audit),
    /// Judge an organization's audit log and deployments by what its spec declares, rule by rule
    ///
    /// It reads exported logs, or asks Pulumi Cloud, and changes nothing there. Each finding names the events that it rests on.
    /// `stackgate explain RULE` says why a rule exists. Exit codes: 0 nothing found, 1 findings, 2 error, or something could
    /// not be read; the rest was judged then.
    Logs(Logs),
    /// Compare what Pulumi Cloud holds with what the organization's spec declares
    ///
    /// It reads Pulumi Cloud with the token of PULUMI_ACCESS_TOKEN or of `pulumi login`, and changes nothing there. What the
    /// token may not read is told as unknown. Exit codes: 0 as declared, or nothing that fails; 1 findings; 2 error, or
    /// something could not be read; the rest was compared then.
    Review(Review),
    /// Show the plan, the provider matrix, what to set outside the files, every pin, or a picture of who reaches what
    Show(Show),
    /// Every pin in use, and a bot's newer pins taken into the spec
    #[command(subcommand)]
    Pins(Pins),
    /// What Pulumi Cloud must trust of these pipelines, and the proof that it suffices and no more
    #[command(subcommand)]
    Trust(Trust),
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

/// `import`
#[derive(Debug, clap::Args)]
pub struct Import {
    /// A pipeline, or a folder with pipelines; every pipeline of the repository where none is named
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<String>,

    /// The provider that the spec is for, instead of the one whose pipelines deploy now
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,

    /// The Pulumi organization, instead of the one that the pipelines name
    #[arg(long, value_name = "NAME")]
    pub organization: Option<String>,

    /// Write nothing; print the spec before the report, where the report is text
    #[arg(long)]
    pub dry_run: bool,

    /// The report's format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
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

    /// Print what `git apply` takes to put every file right, instead of a report
    ///
    /// For a pipe or a file: nothing in it is escaped, or git could not apply it. Files that hold somebody's own work are
    /// left out and named on stderr.
    #[arg(long, conflicts_with = "format")]
    pub patch: bool,

    /// Fail from this class of difference on
    #[arg(long, value_name = "CLASS", default_value = "pin", value_parser = class)]
    pub fail_on: Class,

    /// Do not fail because of this class; may be given several times
    #[arg(long, value_name = "CLASS", value_parser = class)]
    pub allow: Vec<Class>,

    /// Fail because of cosmetic differences too
    #[arg(long, conflicts_with = "fail_on")]
    pub strict: bool,
}

/// The format of a report. Mistakes in the spec are reported in it too, with exit code 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs; the shape is documented and versioned
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit's XML, for test reports
    Junit,
    /// GitLab's code quality report
    Gitlab,
    /// Annotations in GitHub Actions
    Github,
    /// Annotations in Azure Pipelines
    Azure,
    /// Markdown, for a comment on a change request
    Markdown,
}

impl From<Format> for stackgate_report::Format {
    fn from(format: Format) -> stackgate_report::Format {
        match format {
            Format::Text => stackgate_report::Format::Text,
            Format::Json => stackgate_report::Format::Json,
            Format::Sarif => stackgate_report::Format::Sarif,
            Format::Junit => stackgate_report::Format::Junit,
            Format::Gitlab => stackgate_report::Format::Gitlab,
            Format::Github => stackgate_report::Format::Github,
            Format::Azure => stackgate_report::Format::Azure,
            Format::Markdown => stackgate_report::Format::Markdown,
        }
    }
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

    /// The form of the picture; `mermaid` unless given
    #[arg(long, value_name = "FORMAT", conflicts_with = "json")]
    pub format: Option<PictureFormat>,
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
    /// Who can get which token from where, and what it reaches; of an organization's spec too
    Picture,
}

/// `pins`
#[derive(Debug, Subcommand)]
pub enum Pins {
    /// List every pin that a pipeline uses: what it is, where it comes from, how old it is, which files use it
    ///
    /// Exit codes: 0 listed, 2 not.
    List(PinsList),
    /// Take the newer pins that a bot wrote into the pipelines into the spec
    ///
    /// A pin is taken where it is the same in every place, newer, and not at odds with what is known here of its commit and
    /// version; what cannot be known without a network is said. Nothing else may differ. The spec is written only when it
    /// then renders to exactly what is committed. Exit codes: 0 adopted or nothing to adopt, 2 refused.
    Adopt(PinsAdopt),
}

/// `pins list`
#[derive(Debug, clap::Args)]
pub struct PinsList {
    /// The form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}

/// The form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Text,
    /// For programs; the shape is documented and versioned
    Json,
}

/// `pins adopt`
#[derive(Debug, clap::Args)]
pub struct PinsAdopt {
    /// A pipeline whose pins are taken; all pipelines of the spec where none is named
    #[arg(value_name = "ARTIFACT", value_hint = ValueHint::FilePath)]
    pub artifacts: Vec<String>,

    /// Show what would change in the spec, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Take an older version too
    #[arg(long)]
    pub allow_downgrade: bool,
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

fn class(word: &str) -> Result<Class, String> {
    Class::of(word).ok_or_else(|| {
        let words: Vec<&str> = Class::ALL.iter().map(|class| class.id()).collect();
        format!("it is one of {}", words.join(", "))
    })
}
