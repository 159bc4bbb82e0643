//! Every example on the page of every audit rule, judged; and everything that we render, which no rule may have anything
//! against.
//!
//! What must hold: a bad example gets at least one finding of its rule, a good one none of it; our own artifacts get none of
//! any rule; a fixture gets exactly what stands beside it, of the rule whose folder it lies in. A provider whose reader does not exist yet is passed over, and so is nothing else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is a failed test with a place")]

mod common;

use std::path::Path;
use std::sync::Arc;

use common::{blessing, cases, files, root};
use stackgate::adapter::facts::{Observation, Tree, TreeError};
use stackgate::adapter::plan::Pins;
use stackgate::audit_rules::{AuditRule, Example, Finding, RULES, Verdict, audit_pipeline, audit_policies};
use stackgate::{PROVIDERS, policies_subject, provider};

/// The pin table that the command has too.
fn pins() -> Pins {
    Pins::parse(stackgate::adapter::templates::PINS).unwrap()
}

/// The files of an example.
struct Given<'e>(&'e [(String, String)]);

impl Tree for Given<'_> {
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError> {
        let file = self.0.iter().find(|(known, _)| known == path).ok_or(TreeError::Missing)?;
        Ok(Arc::from(file.1.as_str()))
    }
}

/// The files of a folder.
struct Folder<'p>(&'p Path);

impl Tree for Folder<'_> {
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError> {
        std::fs::read_to_string(self.0.join(path)).map(Arc::from).map_err(|_| TreeError::Missing)
    }
}

/// What all rules find in an example; nothing where its provider has no reader.
fn findings(rule: &AuditRule, example: &Example) -> Option<Vec<Finding>> {
    let (path, text) = &example.files[0];
    if example.provider == "pulumi" {
        let subject = policies_subject(path, text, None)
            .unwrap_or_else(|faults| panic!("{}: {}\n{text}", rule.id, faults.join("\n")));
        return Some(audit_policies(&subject));
    }
    let reader = provider(&example.provider).unwrap().reader()?;
    Some(audit_pipeline(&reader.read(path, &Given(&example.files)), &pins()))
}

fn told(finding: &Finding) -> String {
    format!("    {} {}: {}", finding.severity.as_str(), finding.subject.as_deref().unwrap_or("-"), finding.message)
}

#[test]
fn every_example_is_judged_as_its_page_says() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        for example in rule.page().examples {
            let Some(found) = findings(rule, &example) else { continue };
            let own: Vec<String> = found.iter().filter(|finding| finding.rule == *rule).map(told).collect();
            let what = format!("{}: the {:?} example for {}", rule.id, example.verdict, example.provider);
            match example.verdict {
                Verdict::Bad if own.is_empty() => wrong.push(format!("{what} has no finding:\n{}", example.files[0].1)),
                Verdict::Good if !own.is_empty() => wrong.push(format!("{what} has\n{}", own.join("\n"))),
                Verdict::Bad | Verdict::Good => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples\n{}", wrong.len(), wrong.join("\n"));
}

/// An example that cannot be read shows nothing. Those of the rules on YAML's traps are read, with what is wrong in them.
#[test]
fn every_example_can_be_read() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        for example in rule.page().examples {
            let Some(reader) = provider(&example.provider).and_then(|provider| provider.reader()) else { continue };
            let observation = reader.read(&example.files[0].0, &Given(&example.files));
            let what = format!("{}: the {:?} example for {}", rule.id, example.verdict, example.provider);
            let elsewhere =
                |one: &stackgate::adapter::facts::Undecided| one.aspect == stackgate::adapter::facts::Aspect::Elsewhere;
            if observation.jobs.is_empty() && !observation.undecided.iter().any(elsewhere) {
                wrong.push(format!("{what} has no job"));
            }
            let traps = matches!(rule.id, "yaml-hazard" | "hidden-characters");
            let trap = traps && example.verdict == Verdict::Bad;
            for undecided in observation.undecided.iter().filter(|_| !trap) {
                if undecided.aspect == stackgate::adapter::facts::Aspect::Syntax {
                    wrong.push(format!("{what} cannot be read: {}", undecided.why));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_that_we_render_has_a_finding() {
    let mut wrong = Vec::new();
    let mut folders = cases("cases");
    let examples = std::fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    folders.extend(examples.filter(|path| path.is_dir()));
    folders.sort();
    for folder in folders {
        for path in files(&folder) {
            for provider in PROVIDERS {
                let Some(reader) = provider.reader().filter(|reader| reader.is_pipeline(&path)) else { continue };
                let observation: Observation = reader.read(&path, &Folder(&folder));
                for finding in audit_pipeline(&observation, &pins()) {
                    let line = observation.line_column(finding.place).line;
                    wrong.push(format!("{}/{path}:{line}: {}\n{}", folder.display(), finding.rule.id, told(&finding)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} findings\n{}", wrong.len(), wrong.join("\n"));
}

/// Every pipeline of a folder, judged by all rules: `severity rule path:line subject: message`, in order.
fn lines(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for path in files(folder) {
        for provider in PROVIDERS {
            let Some(reader) = provider.reader().filter(|reader| reader.is_pipeline(&path)) else { continue };
            let observation = reader.read(&path, &Folder(folder));
            for finding in audit_pipeline(&observation, &pins()) {
                let path = observation.source(finding.place).map_or(path.as_str(), |(path, _)| path);
                let line = observation.line_column(finding.place).line;
                let subject = finding.subject.as_deref().unwrap_or("-");
                let (severity, rule, message) = (finding.severity.as_str(), finding.rule.id, &finding.message);
                lines.push(format!("{severity} {rule} {path}:{line} {subject}: {message}\n"));
            }
        }
    }
    lines
}

fn folders(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.is_dir());
    all.sort();
    all
}

fn fixtures() -> std::path::PathBuf {
    root().join("crates/stackgate-audit/fixtures")
}

#[test]
fn every_fixture_has_what_stands_beside_it() {
    let mut wrong = Vec::new();
    for rule in folders(&fixtures()) {
        let id = common::name(&rule);
        for case in folders(&rule).into_iter().filter(|case| !case.join("rules.txt").exists()) {
            let read =
                |path: &String| PROVIDERS.iter().any(|one| one.reader().is_some_and(|reader| reader.is_pipeline(path)));
            if !files(&case).iter().any(read) {
                continue;
            }
            let own = format!(" {id} ");
            let found: String = lines(&case).into_iter().filter(|line| line.contains(&own)).collect();
            let expected = case.join("expected.txt");
            if blessing() {
                std::fs::write(&expected, &found).unwrap();
            } else if std::fs::read_to_string(&expected).unwrap() != found {
                wrong.push(format!("{}:\n{found}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The workflow that this project began with: what must be found in it, each once, each with how to mend it.
#[test]
fn the_first_workflow_has_what_it_must() {
    let case = fixtures().join("seed/workflow");
    let found = lines(&case);
    for line in std::fs::read_to_string(case.join("rules.txt")).unwrap().lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let [rule, at, count] = words[..] else { panic!("{line}") };
        // A rule that nobody has written yet finds nothing.
        if stackgate::audit_rules::find(rule).is_none() {
            continue;
        }
        let sign = format!(" {rule} .github/workflows/deploy.yml:{at} ");
        let times = found.iter().filter(|found| found.contains(&sign)).count();
        assert_eq!(times.to_string(), count, "{line}:\n{}", found.concat());
    }
    let reader = provider("github").unwrap().reader().unwrap();
    let path = ".github/workflows/deploy.yml";
    for finding in audit_pipeline(&reader.read(path, &Folder(&case)), &pins()) {
        assert!(!finding.help.is_empty(), "{}", finding.rule.id);
    }
}
