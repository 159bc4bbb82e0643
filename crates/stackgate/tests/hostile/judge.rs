//! One value in one field: refused where it stands, or arrived as exactly that value and nothing else.
//!
//! What must hold: the expectation comes from what the base's own word renders to, never from what the value does. A value
//! may change the texts that the word is in, and no other; no key, no item and no artifact comes or goes.

use std::collections::BTreeSet;

use serde_yaml::Value;
use stackgate::adapter::{Artifact, Comment};
use stackgate::diagnostic::{Diagnostic, Severity, Source, render_github, render_text};
use stackgate::{Error, Project};

use super::bases::{Gap, quoted};
use super::corpus::folder;
use super::fields::Field;
use super::groovy::{self, Literal};
use crate::common::TODAY;
use crate::yaml11;

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Refused by a rule; whether it is one of the provider's own, so that another provider may think otherwise.
    Refused { own: bool },
    /// It is legal, and no artifact holds what this field says.
    Accepted,
    /// It is in the artifacts.
    Arrived,
}

/// How a field comes into the artifacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As it is.
    Text,
    /// As code of the user's own, without the blank space around it, and with a line break at the end.
    Code,
    /// It chooses or measures something, and what arrives is made of it: a time in seconds, an image, a glob.
    Meaning,
}

/// Fields whose text chooses or measures, by the last key that the schema names.
const MEANING: &[&str] =
    &["pulumi", "timeout", "token", "duration", "lifetime", "runtime", "after", "paths", "cli", "actions", "images"];

/// Rules that hold a field against another one, and point to that: the field's key, and the rule.
/// Two keys that are the same are told at the second.
const ELSEWHERE: &[(&str, &str)] = &[
    ("timeout", "token-outlives-job"),
    ("branch", "jenkins-branch"),
    ("name", "azure-environment"),
    ("", "duplicate-key"),
];

/// A field in a base, with what the base's own word renders to.
pub(crate) struct Case<'a> {
    pub(crate) field: &'a Field,
    pub(crate) base: &'a str,
    gap: Gap,
    rendered: Vec<Rendered>,
    reading: Reading,
}

/// An artifact, taken apart by parsers that the product does not use.
struct Rendered {
    path: String,
    body: String,
    shape: Shape,
}

enum Shape {
    Yaml(Value),
    Groovy(groovy::Parts),
}

/// What another interpreter must be asked about.
#[derive(Default)]
pub(crate) struct Questions {
    /// Literals of Jenkinsfiles that a value came into.
    pub(crate) literals: Vec<Literal>,
    /// Scripts that a value came into as an argument: the base's with its word, the other with its value.
    pub(crate) scripts: Vec<Script>,
}

impl Questions {
    /// Takes another's questions along.
    pub(crate) fn extend(&mut self, other: Questions) {
        self.literals.extend(other.literals);
        self.scripts.extend(other.scripts);
    }
}

/// A script before and after.
pub(crate) struct Script {
    pub(crate) place: String,
    pub(crate) word: String,
    pub(crate) before: String,
    pub(crate) value: String,
    pub(crate) after: String,
}

impl<'a> Case<'a> {
    pub(crate) fn new(field: &'a Field, base: &'a str, gap: Gap) -> Case<'a> {
        let project = open(&gap.whole).unwrap_or_else(|(source, found)| {
            panic!("{base} with its own {}:\n{}", field.name, render_text(&source, &found, false))
        });
        let whole = |artifact| take_apart(artifact).unwrap_or_else(|error| panic!("{base}: {error}"));
        let rendered = artifacts(&project).unwrap_or_else(|error| panic!("{base}: {error}"));
        let rendered = rendered.iter().map(whole).collect();
        let key = field.key();
        let reading = match key {
            "run" => Reading::Code,
            _ if MEANING.contains(&key) => Reading::Meaning,
            _ => Reading::Text,
        };
        Case { field, base, gap, rendered, reading }
    }

    /// Whether the base holds the value already, so that a name would rightly stand there twice.
    pub(crate) fn holds(&self, value: &str) -> bool {
        self.gap.whole.contains(&quoted(value))
    }

    /// Puts the value in, and says what became of it, or what is wrong with that.
    pub(crate) fn judge(&self, value: &str, questions: &mut Questions) -> Result<Outcome, String> {
        match open(&self.gap.filled(value)) {
            Err((source, found)) => self.refused(&source, &found),
            Ok(project) => {
                harmless(project.source(), project.notices())?;
                self.arrived(&artifacts(&project)?, value, questions)
            }
        }
    }

    /// A refusal must be at the field's own line, and name it.
    fn refused(&self, source: &Source, found: &[Diagnostic]) -> Result<Outcome, String> {
        let shown = harmless(source, found)?;
        let errors: Vec<&Diagnostic> = found.iter().filter(|told| told.severity == Severity::Error).collect();
        let line = self.gap.line();
        let here = |told: &&Diagnostic| told.record(source).place.is_some_and(|place| place.line == line);
        let elsewhere = |told: &&Diagnostic| {
            ELSEWHERE.contains(&(self.field.key(), told.rule.id)) || ELSEWHERE.contains(&("", told.rule.id))
        };
        if !errors.iter().any(|told| here(told) || elsewhere(told)) {
            return Err(format!("refused elsewhere than in line {line}:\n{shown}"));
        }
        if self.field.has_name() && !shown.contains(self.field.key()) {
            return Err(format!("refused without the name of the field:\n{shown}"));
        }
        let own = errors.iter().all(|told| told.rule.id.starts_with(self.provider()));
        Ok(Outcome::Refused { own })
    }

    fn provider(&self) -> &str {
        self.base.split('-').next().unwrap_or_default()
    }

    fn arrived(&self, rendered: &[Artifact], value: &str, questions: &mut Questions) -> Result<Outcome, String> {
        // What chooses or measures is made of characters that mean nothing to any of the systems.
        let inert = |c: char| c.is_ascii_alphanumeric() || "._/@*:-".contains(c);
        if self.reading == Reading::Meaning && !value.chars().all(inert) {
            return Err("accepted, although it holds more than plain characters".into());
        }
        let expected: Vec<String> = self.rendered.iter().map(|one| one.path.replace(&self.gap.word, value)).collect();
        let found: Vec<&str> = rendered.iter().map(|one| one.path.as_str()).collect();
        if expected != found {
            return Err(format!("the artifacts are {found:?}, not {expected:?}"));
        }
        let mut compare = Compare { case: self, value, places: 0, at: Vec::new(), questions };
        for (before, after) in self.rendered.iter().zip(rendered) {
            compare.at = vec![after.path.clone()];
            compare.places += usize::from(before.path != after.path);
            // What renders to the same bytes need not be taken apart once more.
            if before.body == after.body {
                continue;
            }
            match (&before.shape, &take_apart(after)?.shape) {
                (Shape::Yaml(before), Shape::Yaml(after)) => compare.yaml(before, after)?,
                (Shape::Groovy(before), Shape::Groovy(after)) => compare.groovy(before, after)?,
                _ => return Err("an artifact is in another language".into()),
            }
        }
        Ok(if compare.places > 0 || value == self.gap.word { Outcome::Arrived } else { Outcome::Accepted })
    }
}

/// Loads a spec of this text.
fn open(text: &str) -> Result<Project, (Box<Source>, Vec<Diagnostic>)> {
    match Project::of(Source::new(stackgate::SPEC_NAME, text), folder(), TODAY) {
        Ok(project) => Ok(project),
        Err(Error::Spec { source, diagnostics }) => Err((source, diagnostics)),
        Err(error) => panic!("{error}"),
    }
}

/// Renders and reads back.
fn artifacts(project: &Project) -> Result<Vec<Artifact>, String> {
    project.render_verified().map_err(|error| format!("accepted, and then: {error}"))
}

fn take_apart(artifact: &Artifact) -> Result<Rendered, String> {
    let shape = match artifact.comment {
        Comment::Hash => {
            yaml11::check(&artifact.body)?;
            Shape::Yaml(serde_yaml::from_str(&artifact.body).map_err(|error| format!("not YAML: {error}"))?)
        }
        Comment::Slashes => Shape::Groovy(groovy::parts(&artifact.body)?),
        Comment::Markdown | Comment::Script => return Err(format!("{}: no pipeline is of this kind", artifact.path)),
    };
    Ok(Rendered { path: artifact.path.clone(), body: artifact.body.clone(), shape })
}

struct Compare<'a, 'b> {
    case: &'a Case<'a>,
    value: &'a str,
    places: usize,
    at: Vec<String>,
    questions: &'b mut Questions,
}

impl Compare<'_, '_> {
    fn yaml(&mut self, before: &Value, after: &Value) -> Result<(), String> {
        match (before, after) {
            (Value::Mapping(before), Value::Mapping(after)) if before.len() == after.len() => {
                for ((key, before), (other, after)) in before.iter().zip(after) {
                    let (Some(key), Some(other)) = (key.as_str(), other.as_str()) else {
                        return Err(format!("{}: a key is no text", self.at.join(".")));
                    };
                    self.text(key, other)?;
                    self.at.push(key.to_owned());
                    self.yaml(before, after)?;
                    self.at.pop();
                }
                Ok(())
            }
            (Value::Sequence(before), Value::Sequence(after)) if before.len() == after.len() => {
                before.iter().zip(after).try_for_each(|(before, after)| self.yaml(before, after))
            }
            (Value::String(before), Value::String(after)) => self.text(before, after),
            (before, after) if before == after => Ok(()),
            (before, after) => self.meant(&format!("{before:?}"), &format!("{after:?}")),
        }
    }

    fn groovy(&mut self, before: &groovy::Parts, after: &groovy::Parts) -> Result<(), String> {
        if before.skeleton != after.skeleton {
            return self.meant(&before.skeleton, &after.skeleton);
        }
        for (before, after) in before.literals.iter().zip(&after.literals) {
            self.text(&before.text(), &after.text())?;
            if before != after {
                self.questions.literals.push(after.clone());
            }
        }
        Ok(())
    }

    /// A text, or a key: the base's, with the value in the place of each word.
    fn text(&mut self, before: &str, after: &str) -> Result<(), String> {
        let word = &self.case.gap.word;
        if !before.contains(word.as_str()) || word.is_empty() {
            return if before == after { Ok(()) } else { self.meant(before, after) };
        }
        self.places += 1;
        if self.case.field.key() == "directory" && self.value == "." {
            // The root of the repository is where every step is already.
            return Ok(());
        }
        let script = self.at.iter().any(|key| key == "script");
        if script && before != after && self.case.reading != Reading::Meaning {
            self.questions.scripts.push(Script {
                place: format!("{} on {}: {:?}", self.case.field.name, self.case.base, self.value),
                word: word.clone(),
                before: before.into(),
                value: self.value.into(),
                after: after.into(),
            });
        }
        let with = |value: &str| before.replace(word.as_str(), value);
        if after == with(self.value) {
            return Ok(());
        }
        // Azure's identifiers have no hyphens; two that meet are refused.
        if self.case.provider() == "azure" && after == with(&self.value.replace('-', "_")) {
            return Ok(());
        }
        if self.case.reading == Reading::Code && after.trim_end() == with(self.value.trim()).trim_end() {
            return Ok(());
        }
        if script && self.case.reading != Reading::Meaning {
            return Ok(());
        }
        self.meant(before, after)
    }

    /// What differs in another way than by the value itself: only where the field chooses or measures.
    fn meant(&mut self, before: &str, after: &str) -> Result<(), String> {
        self.places += 1;
        match self.case.reading {
            Reading::Meaning => Ok(()),
            _ if self.case.field.key() == "directory" && self.value == "." => Ok(()),
            _ => Err(format!("{}: expected what {before:?} becomes, found {after:?}", self.at.join("."))),
        }
    }
}

/// What is said about a value must be harmless to a terminal, a log and a report, and hold no secret of it.
fn harmless(source: &Source, found: &[Diagnostic]) -> Result<String, String> {
    let text = render_text(source, found, false);
    let records: Vec<String> = found.iter().map(|told| serde_json::to_string(&told.record(source)).unwrap()).collect();
    for shown in [text.as_str(), &render_github(source, found), &records.join("\n")] {
        let bad = |c: char| (c.is_control() && c != '\n') || HIDDEN.iter().any(|range| range.contains(&c));
        if let Some(bad) = shown.chars().find(|c| *c != '\n' && !(' '..='~').contains(c) && bad(*c)) {
            return Err(format!("a message holds U+{:04X}: {}", u32::from(bad), shown.escape_debug()));
        }
        if let Some(secret) = secret(shown) {
            return Err(format!("a message holds the secret {secret:?}: {shown}"));
        }
    }
    // JSON's own escapes would hide what the text has.
    if records.iter().any(|record| record.replace("\\\\", "").contains("\\u00")) {
        return Err(format!("a message as JSON holds a control character: {records:?}"));
    }
    Ok(text)
}

/// What looks like a Pulumi access token, or like the payload of a JSON web token.
fn secret(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let token = lower.match_indices("pul-").find_map(|(at, _)| {
        let digits = lower[at + 4..].bytes().take_while(u8::is_ascii_hexdigit).count();
        (digits >= 16).then(|| &text[at..at + 4 + digits])
    });
    token.or_else(|| text.find("eyJzdWIi").map(|at| &text[at..]))
}

/// Characters that nobody sees or that turn text around; by Unicode's tables, not by the product's.
const HIDDEN: &[std::ops::RangeInclusive<char>] = &[
    '\u{ad}'..='\u{ad}',
    '\u{61c}'..='\u{61c}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
    '\u{fff9}'..='\u{fffb}',
    '\u{e0000}'..='\u{e007f}',
];

/// The names of fields that the tables above speak of, for the test that none is stale.
pub(crate) fn named() -> BTreeSet<&'static str> {
    MEANING.iter().copied().chain(["run"]).collect()
}
