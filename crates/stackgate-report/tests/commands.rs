//! GitHub's and Azure's commands, read as their runners read them.
//!
//! What must hold: each line is one command, its properties and its text are those that were meant, and what is no command
//! of ours is none. The readers follow `ActionCommand.TryParseV2` of actions/runner and `Command.TryParse` of
//! microsoft/azure-pipelines-agent.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeMap;

use common::{cases, golden, read, report};
use stackgate_diagnostic::clean;
use stackgate_report::{Finding, Format, Report, Status};

type Command = (String, BTreeMap<String, String>, String);

fn properties(text: &str, between: char, undo: &[(&str, &str)]) -> BTreeMap<String, String> {
    let undone = |value: &str| undo.iter().fold(value.to_owned(), |value, (from, to)| value.replace(from, to));
    let pairs = text.split(between).filter(|pair| !pair.trim().is_empty());
    pairs.filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key.trim().to_owned(), undone(value))).collect()
}

fn github(line: &str) -> Option<Command> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (head, data) = rest.split_once("::")?;
    let (name, list) = head.split_once(' ').unwrap_or((head, ""));
    let undo = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    let data = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    Some((name.to_owned(), properties(list, ',', &undo), data))
}

fn azure(line: &str) -> Option<Command> {
    let at = line.to_lowercase().find("##vso[")?;
    let (head, data) = line[at + "##vso[".len()..].split_once(']')?;
    let (name, list) = head.split_once(' ').unwrap_or((head, ""));
    let undo = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%")];
    let data = undo.iter().fold(data.to_owned(), |data, (from, to)| data.replace(from, to));
    Some((name.to_owned(), properties(list, ';', &undo), data))
}

/// The line as [`clean`] leaves it, but for what would open a command.
fn shown(text: &str) -> String {
    clean(text).replace("##vso[", "#\\u{23}vso[").replace("##[", "#\\u{23}[")
}

fn expected(report: &Report, finding: &Finding) -> (String, String) {
    let path = finding.place.as_ref().map_or(report.subjects[0].as_str(), |place| &place.path);
    (shown(path), shown(&finding.message))
}

#[test]
fn github_reads_what_was_meant() {
    for (name, case) in cases() {
        let report = report(&case);
        let text = read(&case.join(golden(Format::Github)));
        let mut read: Vec<(String, String)> = Vec::new();
        for line in text.lines().filter(|line| line.trim_start().starts_with("::")) {
            let (command, properties, data) = github(line).unwrap();
            assert!(["error", "warning", "notice"].contains(&command.as_str()), "{name}: {line}");
            for key in properties.keys() {
                assert!(
                    ["file", "line", "endLine", "col", "endColumn", "title"].contains(&key.as_str()),
                    "{name}: {key}"
                );
            }
            read.push((properties["file"].clone(), data.lines().next().unwrap().to_owned()));
        }
        let open = report.findings().iter().filter(|finding| !matches!(finding.status, Status::Suppressed { .. }));
        let mut meant: Vec<_> = open.map(|finding| expected(&report, finding)).collect();
        meant.sort();
        read.sort();
        assert_eq!(read, meant, "{name}");
    }
}

#[test]
fn azure_reads_what_was_meant() {
    for (name, case) in cases() {
        let report = report(&case);
        let mut read_back = Vec::new();
        for (command, properties, data) in read(&case.join(golden(Format::Azure))).lines().filter_map(azure) {
            assert_eq!(command, "task.logissue", "{name}");
            for key in properties.keys() {
                let known = ["type", "sourcepath", "linenumber", "columnnumber", "code"];
                assert!(known.contains(&key.as_str()), "{name}: {key}");
            }
            assert!(["error", "warning"].contains(&properties["type"].as_str()), "{name}");
            read_back.push((properties["sourcepath"].clone(), data));
        }
        for finding in report.findings().iter().filter(|finding| finding.fails()) {
            let (path, message) = expected(&report, finding);
            assert!(read_back.iter().any(|(at, data)| *at == path && data.starts_with(&message)), "{name}: {message}");
        }
    }
}
