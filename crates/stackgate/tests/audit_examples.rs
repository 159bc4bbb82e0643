//! Every example on the page of every audit rule, judged; and everything that we render, which no rule may have anything
//! against.
//!
//! What must hold: a bad example gets at least one finding of its rule, a good one none of it; our own artifacts get none of
//! any rule. A provider whose reader does not exist yet is passed over, and so is nothing else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is a failed test with a place")]

mod common;

use std::path::Path;
use std::sync::Arc;

use common::{cases, files, root};
use stackgate::adapter::facts::{Observation, Tree, TreeError};
use stackgate::audit_rules::{AuditRule, Example, Finding, RULES, Verdict, audit_pipeline, audit_policies};
use stackgate::{PROVIDERS, policies_subject, provider};

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
    Some(audit_pipeline(&reader.read(path, &Given(&example.files))))
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

/// An example that cannot be read shows nothing.
#[test]
fn every_example_can_be_read() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        for example in rule.page().examples {
            let Some(reader) = provider(&example.provider).and_then(|provider| provider.reader()) else { continue };
            let observation = reader.read(&example.files[0].0, &Given(&example.files));
            let what = format!("{}: the {:?} example for {}", rule.id, example.verdict, example.provider);
            if observation.jobs.is_empty() {
                wrong.push(format!("{what} has no job"));
            }
            for undecided in &observation.undecided {
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
                for finding in audit_pipeline(&observation) {
                    let line = observation.line_column(finding.place).line;
                    wrong.push(format!("{}/{path}:{line}: {}\n{}", folder.display(), finding.rule.id, told(&finding)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} findings\n{}", wrong.len(), wrong.join("\n"));
}
