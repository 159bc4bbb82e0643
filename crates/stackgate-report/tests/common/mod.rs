//! Cases, and the reports that they describe.
//!
//! What must hold: a key of a case that nothing reads fails.

#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use stackgate_diagnostic::Span;
use stackgate_report::{File, Finding, Format, Level, Place, Region, Related, Report, Rule, Status};

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every case with its name.
pub(crate) fn cases() -> Vec<(String, PathBuf)> {
    let mut found: Vec<_> = fs::read_dir(folder("cases"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

/// The report of a case.
pub(crate) fn report(case: &Path) -> Report {
    report_of(&case_value(case))
}

pub(crate) fn case_value(case: &Path) -> Value {
    serde_json::from_str(&read(&case.join("input.json"))).unwrap()
}

pub(crate) fn report_of(value: &Value) -> Report {
    let mut keys = Keys(value.as_object().unwrap().clone());
    let findings: Vec<Finding> = keys.list("findings").iter().map(finding).collect();
    let files: Vec<File> = keys.list("files").iter().map(file).collect();
    let subjects = keys.list("subjects").iter().map(|path| path.as_str().unwrap().to_owned()).collect();
    let mut report = Report::new(leak(keys.text("command")), subjects, keys.text("headline"), findings).files(files);
    report.finished = keys.take("unfinished").is_none();
    keys.done();
    report
}

/// The name of a golden file of a format.
pub(crate) fn golden(format: Format) -> String {
    let ending = match format {
        Format::Json | Format::Sarif | Format::Gitlab => "json",
        Format::Junit => "xml",
        Format::Markdown => "md",
        Format::Text | Format::Github | Format::Azure => "txt",
    };
    format!("{}.{ending}", format.as_str())
}

fn finding(value: &Value) -> Finding {
    let mut keys = Keys(value.as_object().unwrap().clone());
    let rule = Rule {
        id: keys.text("rule").into(),
        title: "Every pipeline is what the spec says".into(),
        why: "A pipeline that says something else was reviewed by nobody.".into(),
        instead: "Put the change into the spec.".into(),
    };
    let level = Level::ALL.into_iter().find(|level| Some(level.as_str()) == keys.0["level"].as_str()).unwrap();
    keys.take("level");
    let mut finding = Finding::new(rule, level, keys.text("message"));
    finding.class = keys.maybe("class").map(leak);
    finding.before = keys.maybe("before");
    finding.after = keys.maybe("after");
    finding.label = keys.maybe("label");
    finding.help = keys.maybe("help");
    finding.content = keys.maybe("content");
    finding.place = keys.take("place").map(|value| place(&value));
    finding.details = keys.list("details").iter().map(|line| line.as_str().unwrap().to_owned()).collect();
    finding.related = keys
        .list("related")
        .iter()
        .map(|value| Related { place: place(&value["place"]), message: value["message"].as_str().unwrap().to_owned() })
        .collect();
    finding.status = match keys.take("status") {
        None => Status::Fails,
        Some(Value::String(_)) => Status::Passes,
        Some(value) => Status::Suppressed {
            reason: value["reason"].as_str().unwrap().to_owned(),
            until: value["until"].as_str().unwrap().to_owned(),
        },
    };
    keys.done();
    finding
}

fn place(value: &Value) -> Place {
    let path = value["path"].as_str().unwrap().to_owned();
    let number = |key: &str| value[key].as_u64().map(|number| usize::try_from(number).unwrap());
    let region = number("line").map(|line| Region {
        line,
        end_line: number("end_line").unwrap_or(line),
        columns: number("column").zip(number("end_column")),
        bytes: number("byte").zip(number("end_byte")).map(|(start, end)| Span::new(start, end)),
    });
    Place { path, region }
}

fn file(value: &Value) -> File {
    let mut keys = Keys(value.as_object().unwrap().clone());
    let file = File {
        path: keys.text("path"),
        provider: keys.maybe("provider"),
        state: leak(keys.text("state")),
        advice: keys.text("advice"),
        found: keys.maybe("found"),
        expected: keys.maybe("expected"),
        mendable: keys.take("keep").is_none(),
    };
    keys.done();
    file
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

struct Keys(Map<String, Value>);

impl Keys {
    fn take(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    fn text(&mut self, key: &str) -> String {
        self.maybe(key).unwrap_or_else(|| panic!("{key} is missing"))
    }

    fn maybe(&mut self, key: &str) -> Option<String> {
        self.take(key).map(|value| value.as_str().unwrap().to_owned())
    }

    fn list(&mut self, key: &str) -> Vec<Value> {
        self.take(key).map(|value| value.as_array().unwrap().clone()).unwrap_or_default()
    }

    fn done(self) {
        assert!(self.0.is_empty(), "nothing reads {:?}", self.0.keys().collect::<Vec<_>>());
    }
}
