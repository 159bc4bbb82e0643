//! `review`: what Pulumi Cloud holds against what the organization's spec declares.
//!
//! What must hold: 0 nothing that fails, 1 findings that fail, 2 where something could not be read; what could be read was
//! compared all the same, and stdout says so. Progress goes to a terminal alone.

use std::io::{IsTerminal as _, Write as _};

use stackgate::args::{Args, Format, PictureFormat, Review as Options, ReviewFormat};
use stackgate::diagnostic::escape_visible;
use stackgate::report::{Finding, Level, Report, Status, log_line};
use stackgate::{Baseline, Error, Organization, Progress, Review, ReviewOptions, stop_on_interrupt, today};

use super::output::{DIM, Output, STRONG, WARN};
use super::{Failure, Opened, Outcome, Run, open_any, picture};

pub(crate) fn run(args: &Args, options: &Options, output: &mut Output) -> Run {
    if !options.log.is_empty() && options.format != ReviewFormat::Picture(PictureFormat::Html) {
        let why = "`--log` is for the page alone: add `--format html`, or take `stackgate logs`";
        return Err(Error::Refused(why.into()).into());
    }
    let organization = organization(args, output)?;
    let baseline = match &options.baseline {
        Some(path) if !options.write_baseline => Some(Baseline::read(path, "review")?),
        _ => None,
    };
    let mut wanted = ReviewOptions {
        from: options.from.clone(),
        save: options.save.clone(),
        time_limit: options.time_limit,
        ..ReviewOptions::default()
    };
    if options.from.is_none() {
        // Ctrl-C ends the reading; what was read by then is compared, and saved.
        let refused = |error| Error::Refused(format!("Ctrl-C cannot be listened for: {error}"));
        wanted.stop = stop_on_interrupt().map_err(refused)?;
    }
    let mut progress = Shown::new();
    let review = Review::new(&organization, &wanted, &mut progress);
    progress.end();
    let review = review?;
    if options.adopt {
        return adopt(&review, &organization, options, output);
    }
    let report = review.report(options.fail_on.into(), baseline.as_ref());
    let mut whole = report.finished;
    match options.format {
        ReviewFormat::Report(Format::Text) => text(&report, output)?,
        ReviewFormat::Report(format) => output.report(&report, format.into())?,
        ReviewFormat::Picture(format) => {
            whole &= picture::review(&organization, &review, &report, format, options, output)?
        }
    }
    if let (Some(path), true, true) = (&options.baseline, options.write_baseline, Review::may_be_known(&report)) {
        let known = Baseline::of(&report);
        known.write(path)?;
        output.remark(&format!("{} findings are known from now on: {}", known.len(), path.display()));
        return Ok(Outcome::Done);
    }
    if !whole {
        output.flush()?;
        let why = "not everything could be read, so that not everything was compared; the report says what".to_owned();
        return Err(Error::Refused(why).into());
    }
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::Drift })
}

/// The organization that the arguments name.
fn organization(args: &Args, output: &mut Output) -> Result<Organization, Failure> {
    match open_any(args, output)? {
        Opened::Organization(spec) => Ok(Organization::read(&spec, args.root.as_deref(), today())?),
        Opened::Repository(project) => {
            let path = project.source().path();
            let why = format!(
                "{path} is the spec of one repository; a review is of an organization: name its spec with `--spec`"
            );
            Err(Error::Refused(why).into())
        }
    }
}

fn adopt(review: &Review, organization: &Organization, options: &Options, output: &mut Output) -> Run {
    let adopting = review.adopt(organization)?;
    output.diff(&adopting.diff())?;
    for left in &adopting.left {
        output.remark(&format!("not written: {}: {}", left.what, left.why));
    }
    let done = if options.dry_run { "would be written" } else { "written" };
    if !options.dry_run {
        adopting.commit()?;
    }
    match adopting.taken.len() {
        0 => output.remark("there is nothing to write into the spec"),
        count => output.remark(&format!("{count} things {done}, marked `undecided`: decide, and take the mark out")),
    }
    Ok(Outcome::Done)
}

/// For people: the worst first, by level; what could not be read last, where it is seen.
fn text(report: &Report, output: &mut Output) -> std::io::Result<()> {
    let unread = |finding: &&Finding| finding.rule.id == "review-unread";
    for level in Level::ALL {
        let of_level = || report.findings().iter().filter(move |finding| finding.level == level && !unread(finding));
        let count = of_level().count();
        if count == 0 {
            continue;
        }
        output.styled(STRONG, &format!("{} ({count})", level.as_str().to_uppercase()))?;
        output.line("")?;
        for finding in of_level() {
            describe(finding, output)?;
        }
    }
    let unread: Vec<&Finding> = report.findings().iter().filter(unread).collect();
    if !unread.is_empty() {
        output.styled(STRONG, &format!("NOT READ ({})", unread.len()))?;
        output.line("")?;
        for finding in unread {
            describe(finding, output)?;
        }
    }
    let headline = clean(&report.headline);
    if report.is_clean() { output.line(&headline) } else { output.styled(STRONG, &headline) }
}

fn describe(finding: &Finding, output: &mut Output) -> std::io::Result<()> {
    let message = clean(&finding.message);
    if finding.fails() {
        output.styled(WARN, &message)?
    } else {
        output.line(&message)?
    }
    let known = finding.details.iter().any(|detail| detail.starts_with("known:"));
    let status = match (&finding.status, known) {
        (_, true) => ", known",
        (Status::Passes, false) if finding.level > Level::Notice => ", does not fail",
        _ => "",
    };
    let class = finding.class.map_or_else(String::new, |class| format!(" {class}"));
    output.styled(DIM, &format!("  [{}]{class}{status}", finding.rule.id))?;
    if let Some(help) = &finding.help {
        output.line(&clean(&format!("  mend: {help}")))?;
    }
    output.line("")
}

/// One line, harmless to print.
fn clean(text: &str) -> String {
    log_line(&escape_visible(text))
}

/// How far the reading is, on one line of a terminal.
struct Shown {
    terminal: bool,
    width: usize,
}

impl Shown {
    fn new() -> Shown {
        Shown { terminal: std::io::stderr().is_terminal(), width: 0 }
    }

    fn end(&mut self) {
        if self.width > 0 {
            let _ = write!(std::io::stderr(), "\r{}\r", " ".repeat(self.width));
            self.width = 0;
        }
    }
}

impl Progress for Shown {
    fn at(&mut self, part: &str, answered: usize, of: usize) {
        if !self.terminal {
            return;
        }
        let line = format!("reading {part}: {answered} of {of}");
        // Where stderr is closed nobody looks.
        let _ = write!(std::io::stderr(), "\r{line:<width$}", width = self.width);
        let _ = std::io::stderr().flush();
        self.width = self.width.max(line.len());
    }
}
