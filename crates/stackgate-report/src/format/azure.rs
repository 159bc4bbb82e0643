//! Logging commands of Azure Pipelines, which show a finding in the summary of a run.
//!
//! What must hold: one line each; a value can end neither its property nor the command. Azure knows errors and warnings
//! alone; what is a notice is a line of the log. The worst come first, since the summary shows ten.

use super::{kind, more, worst_first};
use crate::model::{Finding, Report};
use crate::sink::{azure, azure_property, log};

pub(super) fn print(report: &Report) -> String {
    let mut out = String::new();
    for finding in worst_first(report) {
        out.push_str(&command(report, finding));
        out.push('\n');
    }
    out + &log(&report.headline) + "\n"
}

fn command(report: &Report, finding: &Finding) -> String {
    let kind = kind(finding);
    if kind == "notice" {
        let at = finding.place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
        return log(&format!("{at}{} [{}]", finding.message, finding.rule.id));
    }
    let path = azure_property(report.path_of(finding));
    let mut out = format!("##vso[task.logissue type={kind};sourcepath={path}");
    if let Some(region) = finding.place.as_ref().and_then(|place| place.region) {
        out.push_str(&format!(";linenumber={}", region.line));
        if let Some((column, _)) = region.columns {
            out.push_str(&format!(";columnnumber={column}"));
        }
    }
    out.push_str(&format!(";code={}]{}", azure_property(&finding.rule.id), azure(&finding.message)));
    for line in more(finding) {
        out.push_str("; ");
        out.push_str(&azure(&line));
    }
    out
}
