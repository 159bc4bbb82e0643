//! The arguments of `logs`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ValueEnum, ValueHint};

use super::Format;

/// `logs`
#[derive(Debug, clap::Args)]
pub struct Logs {
    /// An exported audit log, in JSON, CSV or CEF; Pulumi Cloud is asked where none is named
    ///
    /// Pulumi Cloud is asked with PULUMI_ACCESS_TOKEN, or with the token that `pulumi login` left.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,

    /// The first moment to judge: `2026-11-26`, `2026-11-26T04:00:00Z`, or seconds since 1970
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub from: Option<i64>,

    /// The last moment to judge; now unless given
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub to: Option<i64>,

    /// Judge the last days or hours, such as `8d` or `36h`
    ///
    /// Without it, Pulumi Cloud is asked for seven days, and a file is judged whole. Where there is a state, Pulumi Cloud is
    /// asked from where the last run ended, whatever is said here: what lies between would be judged by nobody.
    #[arg(long, value_name = "TIME", value_parser = length, conflicts_with = "from")]
    pub since: Option<i64>,

    /// Go on where the run that left this file ended, and leave it for the next one
    ///
    /// It holds what was learnt: who opens what, and how often. A run that could not read everything leaves it as it was.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub state: Option<PathBuf>,

    /// The list of deployments, as `GET /api/orgs/ORG/deployments` gives it
    ///
    /// Without a log from a file, Pulumi Cloud is asked for it where the spec lets Pulumi Deployments run a stack.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub deployments: Option<PathBuf>,

    /// The report's format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,

    /// The least level that fails
    #[arg(long, value_name = "LEVEL", default_value = "low")]
    pub fail_on: Bar,

    /// Fail because of findings alone that are not in this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,

    /// Write every finding above a notice into the baseline, as known from now on
    ///
    /// A finding is of one day: what is known does not hide the same thing on another one.
    #[arg(long, requires = "baseline")]
    pub write_baseline: bool,

    /// End after this long, such as `90s` or `10m`; what was read by then is judged
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = super::review::length, conflicts_with = "files")]
    pub time_limit: Duration,

    /// Print how much of what happened per team, stack, environment and week, in place of the report
    ///
    /// As a table, or with `--format json` as JSON, which holds each day as well.
    #[arg(long)]
    pub figures: bool,
}

/// How bad a finding must be to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bar {
    /// It is open to anybody
    Critical,
    /// It is wrong, or open to somebody who should not be let in
    High,
    /// It is probably a mistake, or one step on the way to harm
    Medium,
    /// Better otherwise
    Low,
    /// Anything fails
    Notice,
}

impl From<Bar> for stackgate_report::Level {
    fn from(bar: Bar) -> stackgate_report::Level {
        match bar {
            Bar::Critical => stackgate_report::Level::Critical,
            Bar::High => stackgate_report::Level::High,
            Bar::Medium => stackgate_report::Level::Medium,
            Bar::Low => stackgate_report::Level::Low,
            Bar::Notice => stackgate_report::Level::Notice,
        }
    }
}

fn moment(text: &str) -> Result<i64, String> {
    stackgate_logs::time::read(text)
        .ok_or_else(|| "write `2026-11-26`, `2026-11-26T04:00:00Z`, or seconds since 1970".to_owned())
}

fn length(text: &str) -> Result<i64, String> {
    let fault = || "write a number with `d` or `h`, such as `8d`".to_owned();
    let (number, unit) = match (text.strip_suffix('d'), text.strip_suffix('h')) {
        (Some(number), _) => (number, 86_400),
        (_, Some(number)) => (number, 3_600),
        _ => return Err(fault()),
    };
    let number: i64 = number.parse().map_err(|_| fault())?;
    number.checked_mul(unit).filter(|seconds| (1..=3_660 * 86_400).contains(seconds)).ok_or_else(fault)
}
