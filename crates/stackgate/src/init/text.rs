//! The text of a new spec: what was found, with comments that say where it comes from and what is left to decide.
//!
//! What must hold: every value is written so that YAML reads back exactly that text; what is guessed is said to be.

use std::fmt::Write as _;

use stackgate_provider::{Detection, Provider, yaml_scalar};

use super::look::Found;
use super::pulumi::{FoundProject, FoundStack};

/// What was found or answered.
pub struct Answers<'a> {
    /// The Pulumi organization.
    pub organization: String,
    /// Whether it is only the owner in the remote's path.
    pub guessed: bool,
    /// The provider, with what speaks for it.
    pub provider: &'static dyn Provider,
    /// What was found of it, and the options to begin with.
    pub detection: &'a Detection,
    /// Stacks for projects that have no stack files.
    pub stacks: Vec<String>,
}

/// The spec.
pub fn spec_text(found: &Found, answers: &Answers<'_>) -> String {
    let mut out = String::new();
    let guessed =
        if answers.guessed { " Taken from the remote; correct it where Pulumi Cloud's name is another." } else { "" };
    let branch = found.branch.as_deref().unwrap_or("main");
    let _ = write!(
        out,
        "# yaml-language-server: $schema=./stackgate.schema.json\n\
         # For completion in editors: stackgate schema > stackgate.schema.json\n\
         version: 1\n\n\
         # The organization in Pulumi Cloud.{guessed}\n\
         organization: {}\n\n\
         # A push to this branch deploys; a change request to it is previewed.\n\
         branch: {}\n\n",
        scalar(&answers.organization),
        scalar(branch)
    );
    provider(&mut out, found, answers);
    out.push_str(
        "\ndefaults:\n  \
         # Change requests preview development stacks, with the read-only team <project>-preview. Production is previewed\n  \
         # after the merge, before its approval.\n  \
         preview: {}\n\
         \nprojects:\n",
    );
    for found in &found.projects {
        project(&mut out, found, &answers.stacks);
    }
    out
}

fn provider(out: &mut String, found: &Found, answers: &Answers<'_>) {
    out.push_str("providers:\n");
    if let Some(because) = &answers.detection.because {
        let _ = writeln!(out, "  # {}: {because}.", answers.provider.title());
    }
    let options = &answers.detection.options;
    if options.iter().all(|option| option.value.is_none()) {
        let _ = writeln!(out, "  {}: {{}} # `{{}}` makes room for options such as these", answers.provider.id());
    } else {
        let _ = writeln!(out, "  {}:", answers.provider.id());
    }
    for option in options {
        match &option.value {
            Some(value) => {
                let _ = writeln!(out, "    {}: {value} # {}", option.key, option.comment);
            }
            None => {
                let _ = writeln!(out, "    # {}: # {}", option.key, option.comment);
            }
        }
    }
    for (provider, detection) in &found.providers {
        if let Some(because) = detection.because.as_ref().filter(|_| provider.id() != answers.provider.id()) {
            let _ = writeln!(out, "  # {}: {{}} # also possible: {because}", provider.id());
        }
    }
}

fn project(out: &mut String, project: &FoundProject, stacks: &[String]) {
    let _ = writeln!(out, "  {}:", scalar(&project.name));
    if project.directory != "." {
        let _ = writeln!(out, "    directory: {}", scalar(&project.directory));
        let _ = writeln!(out, "    paths: [{}]", scalar(&format!("{}/**", project.directory)));
    }
    match (project.runtime, project.lock_file) {
        (Some("yaml"), _) => out.push_str("    runtime: yaml\n"),
        (Some(runtime), Some(lock)) => {
            let _ = writeln!(out, "    runtime: {runtime} # dependencies: {lock}");
        }
        (Some(runtime), None) => {
            let _ =
                writeln!(out, "    runtime: {runtime} # no lock file was found: commit one, or add `prepare` steps");
        }
        (None, _) => {
            let _ = writeln!(
                out,
                "    runtime: # Pulumi.yaml says {}, which is not supported",
                comment(&project.runtime_word)
            );
        }
    }
    out.push_str("    stacks:\n");
    let named: Vec<FoundStack> =
        stacks.iter().map(|name| FoundStack { name: name.clone(), esc: std::collections::BTreeSet::new() }).collect();
    let mut stacks: Vec<&FoundStack> =
        if project.stacks.is_empty() { named.iter().collect() } else { project.stacks.iter().collect() };
    stacks.sort_by_key(|stack| rank(&stack.name));
    let development: Vec<&str> =
        stacks.iter().filter(|stack| rank(&stack.name) < PRODUCTION).map(|stack| stack.name.as_str()).collect();
    for stack in stacks {
        let rank = rank(&stack.name);
        let _ = writeln!(out, "      {}:", scalar(&stack.name));
        let tier = if rank < PRODUCTION { "development" } else { "production" };
        let _ = writeln!(out, "        tier: {tier}");
        let before: Vec<&str> = match rank {
            PRODUCTION => development.clone(),
            _ => development.iter().copied().filter(|name| self::rank(name) < rank).collect(),
        };
        if let Some(last) = before.last() {
            let _ = writeln!(out, "        after: [{}]", scalar(last));
        }
        if !stack.esc.is_empty() {
            let esc: Vec<String> = stack.esc.iter().map(|environment| scalar(environment)).collect();
            let _ = writeln!(out, "        esc: [{}]", esc.join(", "));
        }
    }
}

/// The rank of a stack whose name says nothing else: the stricter posture.
pub(crate) const PRODUCTION: usize = 3;

/// Where a stack stands on the way to production, by its name.
pub(crate) fn rank(name: &str) -> usize {
    let name = name.to_ascii_lowercase();
    let is = |words: &[&str]| {
        words
            .iter()
            .any(|word| name == *word || name.starts_with(&format!("{word}-")) || name.ends_with(&format!("-{word}")))
    };
    if is(&["dev", "development", "sandbox"]) {
        0
    } else if is(&["test", "qa", "int"]) {
        1
    } else if is(&["staging", "stage", "stg", "uat", "preprod"]) {
        2
    } else {
        PRODUCTION
    }
}

fn scalar(text: &str) -> String {
    let mut out = Vec::new();
    match yaml_scalar(text, &mut out) {
        Ok(()) => String::from_utf8(out).unwrap_or_default(),
        // The spec refuses such a text with a place; here it only must not break the file.
        Err(_) => serde_json::to_string(text).unwrap_or_default(),
    }
}

/// Text of a repository in a comment: nothing that could end the line.
fn comment(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic()).take(40).collect()
}
