//! JUnit's XML: a test case for every file that is as it should be, and one for every finding.
//!
//! What must hold: valid by the schema that Jenkins publishes (`junit-10.xsd` of its xunit plugin), and read by GitLab,
//! Azure Pipelines and CircleCI alike; the name of a case does not change while only lines around its finding do.

use std::collections::{BTreeMap, BTreeSet};

use super::more;
use crate::diff::unified;
use crate::model::{Finding, Report, Status};
use crate::sink::xml;

pub(super) fn print(report: &Report) -> String {
    let mut cases = String::new();
    let mut count = 0;
    for file in report.files.iter().filter(|file| file.is_clean()) {
        count += 1;
        cases.push_str(&format!("{} time=\"0\"/>\n", head(report, "file", &file.path)));
    }
    let mut names: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    for finding in report.findings() {
        count += 1;
        let mut name = format!("{}: {}", report.path_of(finding), finding.message);
        let seen = names.entry((&finding.rule.id, name.clone())).or_default();
        *seen += 1;
        // Two cases of one name are one to some systems.
        if *seen > 1 {
            name.push_str(&format!(" ({seen})"));
        }
        cases.push_str(&format!("{} time=\"0\">\n", head(report, &finding.rule.id, &name)));
        // The difference of a file stands once, or a file with many findings would hold it as often.
        let first = shown.insert(report.path_of(finding));
        cases.push_str(&ended(report, finding, first));
        cases.push_str("    </testcase>\n");
    }
    let summary = report.summary();
    let mut failures = summary.failing;
    // A report without a case is an error to some systems, and so it must be where nothing was found and nothing compared.
    if count == 0 && report.finished {
        count = 1;
        cases = format!("{} time=\"0\"/>\n", head(report, "headline", &report.headline));
    } else if count == 0 {
        (count, failures) = (1, 1);
        let message = xml(&report.headline);
        cases = format!(
            "{} time=\"0\">\n      <failure message=\"{message}\"/>\n    </testcase>\n",
            head(report, "headline", &report.headline)
        );
    }
    let name = xml(&format!("stackgate {}", report.command));
    let counts = format!("tests=\"{count}\" failures=\"{failures}\" errors=\"0\"");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\" {counts}>\n  \
         <testsuite name=\"{name}\" {counts} skipped=\"{}\" time=\"0\">\n{cases}  </testsuite>\n</testsuites>\n",
        summary.suppressed
    )
}

fn head(report: &Report, class: &str, name: &str) -> String {
    let class = format!("stackgate.{}.{class}", report.command.replace(' ', "-"));
    format!("    <testcase classname=\"{}\" name=\"{}\"", xml(&class), xml(name))
}

/// What became of a case.
fn ended(report: &Report, finding: &Finding, first: bool) -> String {
    let message = xml(&finding.message);
    match &finding.status {
        Status::Suppressed { reason, until } => {
            format!("      <skipped message=\"{message}: set aside until {}: {}\"/>\n", xml(until), xml(reason))
        }
        Status::Passes => format!("      <system-out>{message}\n{}</system-out>\n", body(report, finding, first)),
        Status::Fails => format!(
            "      <failure type=\"{}\" message=\"{message}\">{}</failure>\n",
            xml(&finding.rule.id),
            body(report, finding, first)
        ),
    }
}

fn body(report: &Report, finding: &Finding, first: bool) -> String {
    let mut lines = Vec::new();
    lines.extend(finding.place.as_ref().map(ToString::to_string));
    lines.push(format!("{}: {}", finding.level.as_str(), finding.rule.title));
    lines.extend(more(finding));
    let mut out: String = lines.iter().map(|line| xml(line) + "\n").collect();
    let file = finding.place.as_ref().and_then(|place| report.file(&place.path));
    if let Some(file) = file.filter(|file| first && file.found.is_some() && file.expected.is_some()) {
        out.extend(unified(file).lines().map(|line| xml(line) + "\n"));
    }
    out
}
