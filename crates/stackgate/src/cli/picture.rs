//! Pictures: of what is declared (`show picture`), and of what is declared laid over what is there (`review`).
//!
//! What must hold: nothing is drawn of a spec with a mistake; a picture of what is declared says that nothing was compared.

use stackgate::args::{Args, PictureFormat, Review as Options, Show};
use stackgate::report::{Level, Report};
use stackgate::{Error, Logs, LogsOptions, Organization, Review, today};
use stackgate_picture::{Day, Page, Picture, Timeline, html, mermaid, svg};

use super::output::Output;
use super::{Failure, Opened, Outcome, Run};

pub(crate) fn run(args: &Args, options: &Show, output: &mut Output) -> Run {
    if options.json {
        let why = "the picture has no JSON; `--format` takes html, svg and mermaid, and `trust policies --format json` has the policies";
        return Err(Error::Refused(why.into()).into());
    }
    let picture = match super::open_any(args, output)? {
        Opened::Repository(project) => Picture::of(&project.fragment(&project.trust()?), None),
        Opened::Organization(spec) => {
            let organization = Organization::read(&spec, args.root.as_deref(), today())?;
            Picture::of(organization.fragment(), None)
        }
    };
    let page = Page { picture: &picture, report: None, timeline: None };
    write(&page, options.format.unwrap_or(PictureFormat::Mermaid), output)?;
    Ok(Outcome::Done)
}

/// A review as a picture, with its findings and those of the logs that are named. Says whether all of the logs was read.
pub(crate) fn review(
    organization: &Organization,
    review: &Review,
    report: &Report,
    format: PictureFormat,
    options: &Options,
    output: &mut Output,
) -> Result<bool, Failure> {
    let picture = Picture::of(&review.declared.fragment, Some(&review.actual));
    let mut page = Page { picture: &picture, report: Some(report), timeline: None };
    if options.log.is_empty() {
        write(&page, format, output)?;
        return Ok(true);
    }
    let wanted = LogsOptions { files: options.log.clone(), ..LogsOptions::default() };
    let logs = Logs::new(organization, &wanted, &mut ())?;
    let of_logs = logs.report(Level::Critical, None);
    let findings = report.findings().iter().chain(of_logs.findings()).cloned().collect();
    let headline = format!("{}. {}", report.headline, of_logs.headline);
    let both = Report::worst_first("review", report.subjects.clone(), headline, findings);
    let timeline = timeline(&logs);
    (page.report, page.timeline) = (Some(&both), Some(&timeline));
    write(&page, format, output)?;
    Ok(logs.is_whole())
}

fn timeline(logs: &Logs) -> Timeline {
    let days = logs.timeline.days.iter().map(|day| Day {
        date: day.date.clone(),
        counts: day.counts.clone(),
        findings: day.findings.clone(),
    });
    Timeline { days: days.collect() }
}

/// Writes a picture, and with HTML all else that is known. Nothing of it is changed on its way out: every text in it was made
/// harmless where it was written.
pub(crate) fn write(page: &Page<'_>, format: PictureFormat, output: &mut Output) -> std::io::Result<()> {
    let text = match format {
        PictureFormat::Html => html(page),
        PictureFormat::Svg => svg(page.picture),
        PictureFormat::Mermaid => mermaid(page.picture),
    };
    output.raw(text.as_bytes())
}
