//! The arguments of `review`.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueHint;

use super::{Least, ReviewFormat};

/// `review`
#[derive(Debug, clap::Args)]
pub struct Review {
    /// Read this directory, which an earlier `review --save` wrote, in place of Pulumi Cloud
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "save")]
    pub from: Option<PathBuf>,

    /// Save what was read in this directory, for `--from`; no secret is in it
    ///
    /// It is a new or an empty directory, or one that an earlier review saved. It tells who can do what; keep it to yourself.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub save: Option<PathBuf>,

    /// The format: a report, or a picture of what is declared laid over what is there
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReviewFormat,

    /// An exported audit log, whose days and findings are to stand on the page too; with `--format html`
    ///
    /// Its findings are shown, and do not change the exit code: `stackgate logs` judges them.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub log: Vec<PathBuf>,

    /// The least severity that fails
    #[arg(long, value_name = "SEVERITY", default_value = "low")]
    pub fail_on: Least,

    /// Fail because of findings alone that are not in this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,

    /// Write every finding above a notice into the baseline, as known from now on
    #[arg(long, requires = "baseline")]
    pub write_baseline: bool,

    /// Write what nobody declared into the organization's spec, each marked for a decision
    ///
    /// What a spec may not hold is told and not written. Nothing is changed in Pulumi Cloud.
    #[arg(long, conflicts_with_all = ["format", "baseline", "log"])]
    pub adopt: bool,

    /// Show what `--adopt` would write, and write nothing
    #[arg(long, requires = "adopt")]
    pub dry_run: bool,

    /// End after this long, such as `90s` or `10m`; what was read by then is judged
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = length, conflicts_with = "from")]
    pub time_limit: Duration,
}

/// Reads `90s`, `10m` or `2h`.
pub(crate) fn length(text: &str) -> Result<Duration, String> {
    let fault = || "it is a number with `s`, `m` or `h`, such as `10m`".to_owned();
    let unit = text.chars().last().ok_or_else(fault)?;
    let number: u64 = text.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or_else(fault)?;
    let seconds = match unit {
        's' => Some(number),
        'm' => number.checked_mul(60),
        'h' => number.checked_mul(3600),
        _ => None,
    };
    let seconds = seconds.filter(|seconds| (1..=86_400).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| format!("{}, from one second to one day", fault()))
}
