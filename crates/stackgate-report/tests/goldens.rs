//! Every case under `tests/cases`: a report as data, and what it looks like in every format.
//!
//! What must hold: a golden file was read by somebody; `BLESS=1` rewrites them. No format holds a control character, a
//! secret, or an opening of a command that is not its own; the order of the findings changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;

use common::{case_value, cases, golden, read, report, report_of};
use stackgate_diagnostic::is_invisible;
use stackgate_report::{Format, patch, print};

#[test]
fn every_case_looks_as_it_did() {
    let mut wrong = Vec::new();
    for (name, case) in cases() {
        let report = report(&case);
        let mut files: Vec<(String, String)> =
            Format::ALL.into_iter().map(|format| (golden(format), print(&report, format))).collect();
        let (diff, left) = patch(&report);
        let left: String = left.iter().map(|(path, why)| format!("{path:?}: {why:?}\n")).collect();
        files.push(("patch.diff".into(), diff));
        files.push(("patch-left.txt".into(), left));
        for (file, text) in &files {
            let path = case.join(file);
            if std::env::var_os("BLESS").is_some() {
                fs::write(&path, text).unwrap();
            } else if fs::read_to_string(&path).ok().as_ref() != Some(text) {
                wrong.push(format!("{name}/{file}:\n{text}"));
            }
        }
        for entry in fs::read_dir(&case).unwrap() {
            let file = entry.unwrap().file_name().into_string().unwrap();
            assert!(
                file == "input.json" || files.iter().any(|(known, _)| *known == file),
                "{name}/{file}: nothing reads it"
            );
        }
    }
    assert!(wrong.is_empty(), "run with BLESS=1 and review the difference:\n\n{}", wrong.join("\n"));
}

#[test]
fn nothing_hostile_comes_through() {
    for (name, case) in cases() {
        let report = report(&case);
        for format in Format::ALL {
            let text = print(&report, format);
            let at = format!("{name}, {}", format.as_str());
            assert!(text.ends_with('\n') || text.is_empty(), "{at}");
            let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || is_invisible(*c));
            assert_eq!(bad, None, "{at}");
            assert!(!text.contains("abcdef0123456789"), "{at}: a secret");
            for line in text.lines() {
                let own = format == Format::Azure && line.starts_with("##vso[task.logissue ");
                let rest = if own { &line[1..] } else { line };
                assert!(!rest.to_lowercase().contains("##vso[") && !rest.contains("##["), "{at}: {line}");
                let own = format == Format::Github
                    && ["::error ", "::warning ", "::notice "].iter().any(|command| line.starts_with(command));
                assert!(own || !line.trim_start().starts_with("::"), "{at}: {line}");
            }
        }
    }
}

#[test]
fn the_order_of_findings_changes_nothing() {
    for (name, case) in cases() {
        let value = case_value(&case);
        let mut other = value.clone();
        other["findings"].as_array_mut().unwrap().reverse();
        assert_eq!(report_of(&value), report_of(&other), "{name}");
        // Nor does saying everything twice.
        let again = value["findings"].as_array().unwrap().clone();
        other["findings"].as_array_mut().unwrap().extend(again);
        assert_eq!(report_of(&value), report_of(&other), "{name}");
    }
}

#[test]
fn the_hostile_case_tries_what_it_should() {
    let text = read(&common::folder("cases/hostile/input.json"));
    for hostile in
        ["\\u001b", "\\u202e", "::set-output", "##vso[", "##[", "]]>", "<script>", "pul-", "@everyone", "](http"]
    {
        assert!(text.contains(hostile), "{hostile}");
    }
}
