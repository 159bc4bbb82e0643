//! The arguments of `trust`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum, ValueHint};
use stackgate_provider::Situation;

use super::Format;

/// `trust`
#[derive(Debug, Subcommand)]
pub enum Trust {
    /// Print the issuers and authorization policies that these pipelines need
    ///
    /// Pulumi Cloud keeps one list of policies for each issuer and replaces it whole: what is printed here is this
    /// repository's part, which an organization's spec composes with those of others. Exit codes: 0 printed, 2 not.
    Policies(TrustPolicies),
    /// Answer which team tokens Pulumi Cloud would mint for a token, and which rule decides
    ///
    /// The token is that of a stage in some situation, changed by `--claim`, or a real one from a file, which is decoded
    /// and never sent anywhere. Exit codes: 0 at least one team's token is minted, 1 none, 2 error.
    Simulate(TrustSimulate),
    /// Try every situation, and everything that is nearly a stage's token, against every policy
    ///
    /// Exit codes: 0 every job gets its own team's token and no other job does, 1 not so, with the token that shows it,
    /// 2 error.
    Prove(TrustProve),
}

/// `trust policies`
#[derive(Debug, clap::Args)]
pub struct TrustPolicies {
    /// The form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: PoliciesFormat,
}

/// The form of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PoliciesFormat {
    /// For people
    Text,
    /// Issuers with the policies as Pulumi Cloud's API takes them
    Json,
    /// All that Pulumi Cloud must hold for this repository, for an organization's spec
    Fragment,
}

/// Whose policies are tried.
#[derive(Debug, Clone, clap::Args)]
pub struct OtherPolicies {
    /// Policies from a file instead of those of the spec: what `trust policies --format json` prints, or what Pulumi
    /// Cloud's API answers
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub policies: Option<PathBuf>,

    /// The issuer of the policies in the file, where it does not say so itself
    #[arg(long, value_name = "URL", requires = "policies")]
    pub issuer: Option<String>,
}

/// `trust simulate`
#[derive(Debug, clap::Args)]
pub struct TrustSimulate {
    /// A file with a token as a CI system issued it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["stage", "event", "claim"])]
    pub token: Option<PathBuf>,

    /// The stage whose job asks, as `show plan` names it; with an organization's spec `SPEC:ID` where several have one
    #[arg(long, value_name = "ID", required_unless_present = "token")]
    pub stage: Option<String>,

    /// The situation in which it asks
    #[arg(long, value_name = "SITUATION", default_value = "intended", value_parser = situation)]
    pub event: Situation,

    /// A claim to be another; may be given several times
    #[arg(long, value_name = "CLAIM=VALUE")]
    pub claim: Vec<String>,

    /// Whose policies answer
    #[command(flatten)]
    pub other: OtherPolicies,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `trust prove`
#[derive(Debug, clap::Args)]
pub struct TrustProve {
    /// Whose policies are tried
    #[command(flatten)]
    pub other: OtherPolicies,

    /// The format: every table as text, or what was found as a report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,

    /// Print the whole proof as JSON: every table, every token that shows a hole
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

fn situation(word: &str) -> Result<Situation, String> {
    Situation::ALL.iter().copied().find(|situation| situation.word() == word).ok_or_else(|| {
        let words: Vec<&str> = Situation::ALL.iter().map(|situation| situation.word()).collect();
        format!("it is one of {}", words.join(", "))
    })
}
