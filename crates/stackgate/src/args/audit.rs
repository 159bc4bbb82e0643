//! The arguments of `audit`.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};

use super::Format;

/// `audit`
#[derive(Debug, clap::Args)]
pub struct Audit {
    /// A pipeline, or a folder whose pipelines are judged; the repository where none is named
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// The report's format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,

    /// Mend what has one safe mend, in YAML, and report what is left
    ///
    /// A mend is made only where its finding is then gone, no other has come, and nothing else of the pipeline differs.
    #[arg(long, conflicts_with = "policies")]
    pub fix: bool,

    /// Show what `--fix` would change, and write nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,

    /// The least severity that fails
    #[arg(long, value_name = "SEVERITY", default_value = "low")]
    pub fail_on: Least,

    /// Judge the trust policies of a file: what `trust policies` prints, or what Pulumi Cloud's API answers
    ///
    /// Without a PATH, the file alone is judged.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub policies: Option<PathBuf>,

    /// The issuer of the policies in the file, where it does not say so itself
    #[arg(long, value_name = "URL", requires = "policies")]
    pub issuer: Option<String>,
}

/// How bad a finding must be to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Least {
    /// It hands out a token, or lets strangers run code beside one
    Critical,
    /// It lets somebody do what he should not, under some condition
    High,
    /// It makes an attack or an accident easier
    Medium,
    /// Hygiene: anything fails
    Low,
}

impl From<Least> for stackgate_report::Level {
    fn from(bar: Least) -> stackgate_report::Level {
        match bar {
            Least::Critical => stackgate_report::Level::Critical,
            Least::High => stackgate_report::Level::High,
            Least::Medium => stackgate_report::Level::Medium,
            Least::Low => stackgate_report::Level::Low,
        }
    }
}

impl From<Least> for stackgate_audit::Severity {
    fn from(bar: Least) -> stackgate_audit::Severity {
        match bar {
            Least::Critical => stackgate_audit::Severity::Critical,
            Least::High => stackgate_audit::Severity::High,
            Least::Medium => stackgate_audit::Severity::Medium,
            Least::Low => stackgate_audit::Severity::Low,
        }
    }
}
