//! JUnit's XML, read by a strict parser of its own, and held against what Jenkins' schema asks.
//!
//! What must hold: the table says what `junit-10.xsd` of the xunit plugin says of the elements that are written here: their
//! attributes, which of them are required, and their children. `public.rs` holds the same files against that file itself.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;
#[path = "common/xml.rs"]
mod xml;

use std::collections::BTreeSet;

use common::{cases, golden, read, report};
use stackgate_report::{Format, Status};
use xml::Element;

/// An element, its attributes with `!` where required, its children, and whether it may hold text.
type Row = (&'static str, &'static [&'static str], &'static [&'static str], bool);

const TABLE: &[Row] = &[
    ("testsuites", &["name", "time", "tests", "failures", "errors"], &["testsuite"], false),
    (
        "testsuite",
        &[
            "name!",
            "tests!",
            "failures!",
            "errors!",
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
        ],
        &["testsuite", "properties", "testcase", "system-out", "system-err"],
        false,
    ),
    (
        "testcase",
        &["name!", "time", "classname", "group"],
        &["skipped", "error", "failure", "system-out", "system-err"],
        false,
    ),
    ("failure", &["type", "message"], &[], true),
    ("skipped", &["type", "message"], &[], true),
    ("system-out", &[], &[], true),
];

fn hold(element: &Element, faults: &mut Vec<String>) {
    let Some((name, attributes, children, text)) = TABLE.iter().find(|row| row.0 == element.name) else {
        return faults.push(format!("{} is no element", element.name));
    };
    for (key, value) in &element.attributes {
        if !attributes.iter().any(|known| known.trim_end_matches('!') == key) {
            faults.push(format!("{name} has no {key}"));
        }
        // The pattern of a time: digits, and perhaps a point.
        if key == "time" && (value.is_empty() || value.bytes().any(|byte| !byte.is_ascii_digit() && byte != b'.')) {
            faults.push(format!("{value} is no time"));
        }
    }
    for required in attributes.iter().filter_map(|known| known.strip_suffix('!')) {
        if !element.attributes.iter().any(|(key, _)| key == required) {
            faults.push(format!("{name} lacks {required}"));
        }
    }
    if !text && !element.text.trim().is_empty() {
        faults.push(format!("{name} holds text"));
    }
    for child in &element.children {
        if !children.contains(&child.name.as_str()) {
            faults.push(format!("{name} holds a {}", child.name));
        }
        hold(child, faults);
    }
}

#[test]
fn every_golden_is_as_jenkins_has_it() {
    for (name, case) in cases() {
        let root = xml::parse(&read(&case.join(golden(Format::Junit)))).unwrap();
        assert_eq!(root.name, "testsuites");
        let mut faults = Vec::new();
        hold(&root, &mut faults);
        assert_eq!(faults, [""; 0], "{name}");
        let suite = &root.children[0];
        let count = |what: &str| {
            suite.children.iter().filter(|case| case.children.iter().any(|part| part.name == what)).count()
        };
        assert_eq!(suite.get("tests"), suite.children.len().to_string(), "{name}");
        assert_eq!(suite.get("failures"), count("failure").to_string(), "{name}");
        assert_eq!(suite.get("skipped"), count("skipped").to_string(), "{name}");
        let names: BTreeSet<_> = suite.children.iter().map(|case| (case.get("classname"), case.get("name"))).collect();
        assert_eq!(names.len(), suite.children.len(), "{name}: two cases of one name are one to some systems");
    }
}

#[test]
fn a_reader_gets_the_text_that_was_meant() {
    let case = common::folder("cases/hostile");
    let root = xml::parse(&read(&case.join(golden(Format::Junit)))).unwrap();
    let report = report(&case);
    let failing = report.findings().iter().filter(|finding| finding.status == Status::Fails);
    let messages: Vec<String> = failing.map(|finding| stackgate_diagnostic::clean(&finding.message)).collect();
    let read: Vec<&str> = root.children[0]
        .children
        .iter()
        .flat_map(|case| &case.children)
        .filter(|part| part.name == "failure")
        .map(|failure| failure.get("message"))
        .collect();
    assert_eq!(read, messages);
}

#[test]
fn what_the_schema_refuses_is_refused() {
    for wrong in [
        "<testsuites><testcase name=\"x\"/></testsuites>",
        "<testsuites><testsuite name=\"x\" tests=\"1\" failures=\"0\"/></testsuites>",
        "<testsuites><testsuite name=\"x\" tests=\"1\" failures=\"0\" errors=\"0\" time=\"x\"/></testsuites>",
        "<testsuites unknown=\"1\"/>",
        "<testsuites>text</testsuites>",
    ] {
        let mut faults = Vec::new();
        hold(&xml::parse(wrong).unwrap(), &mut faults);
        assert_ne!(faults, [""; 0], "{wrong}");
    }
    for broken in
        ["<a>", "<a></b>", "<a b=\"<\"/>", "<a>]]></a>", "<a>&x;</a>", "<a/>x", "<a>\u{1b}</a>", "<a b=\"1\" b=\"2\"/>"]
    {
        assert!(xml::parse(broken).is_err(), "{broken}");
    }
}
