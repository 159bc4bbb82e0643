//! Scripts of the repository that call Pulumi: a job runs them, and what they do is not read.
//!
//! What must hold: a pipeline that deploys through such a script is never passed over in silence. Scripts are looked through
//! for the word alone, one level deep; nothing of them becomes a part of the spec.

use std::collections::BTreeSet;

use stackgate_facts::{Deed, DeedKind, Job, Tree};
use stackgate_report::Finding;

use super::derive::calls_pulumi;
use super::find::Pipeline;
use super::place;
use super::rules::{UNDECIDED, told};

/// How many words of a command are looked at.
const MOST: usize = 16;

/// What scripts hide, once for each script and file.
pub(crate) fn hidden(tree: &dyn Tree, pipelines: &[Pipeline]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for pipeline in pipelines {
        let (mut commands, mut seen) = (BTreeSet::new(), BTreeSet::new());
        for job in &pipeline.observation.jobs {
            for deed in job.deeds.iter().filter(|deed| deed.kind == DeedKind::RepositoryCode) {
                // Thousands of jobs may run one command.
                let step = job.steps.get(deed.step).and_then(|step| step.directory.as_ref()?.as_literal());
                if !commands.insert((deed.what.text(), step)) {
                    continue;
                }
                let Some(path) = deploys(tree, job, deed).filter(|path| seen.insert(path.clone())) else { continue };
                let message = format!("{}: `{}` calls Pulumi, and `{path}` is not read", job.id, deed.what.text());
                let help = "what it previews and deploys is not in the spec: add these stacks yourself";
                let mut finding = told(&UNDECIDED, message).help(help);
                finding.place = place::reported(&pipeline.observation, deed.place);
                findings.push(finding);
            }
        }
    }
    findings
}

/// The file that a command runs, where it is one of the repository and has Pulumi change or show a stack.
fn deploys(tree: &dyn Tree, job: &Job, deed: &Deed) -> Option<String> {
    let words: Vec<&str> = deed.what.text().split_whitespace().take(MOST).collect();
    let program = words.first()?.rsplit('/').next()?;
    let name = || words.iter().skip(1).copied().find(|word| !word.starts_with('-') && *word != "run");
    let mut folders = vec![String::new()];
    let step = job.steps.get(deed.step).and_then(|step| step.directory.as_ref()?.as_literal());
    folders.extend(step.map(|directory| format!("{directory}/")));
    folders.iter().find_map(|folder| {
        let read = |file: &str| {
            let path = format!("{folder}{file}").replace("./", "").replace("//", "/");
            Some((tree.read(&path).ok()?, path))
        };
        let (text, path) = match program {
            "make" => {
                let (text, path) = read("Makefile")?;
                (target(&text, name())?, path)
            }
            "npm" | "pnpm" | "yarn" | "bun" => {
                let (text, path) = read("package.json")?;
                let package: serde_json::Value = serde_json::from_str(&text).ok()?;
                (package.get("scripts")?.get(name()?)?.as_str()?.to_owned(), path)
            }
            _ => {
                let (text, path) = words.iter().find_map(|word| read(word))?;
                (text.to_string(), path)
            }
        };
        text.lines().any(of_a_stack).then_some(path)
    })
}

/// The recipe of a target; of the first one where none is named.
fn target(text: &str, name: Option<&str>) -> Option<String> {
    let opens = |line: &str| match (name, line.split_once(':')) {
        (Some(name), Some((targets, _))) => targets.split_whitespace().any(|target| target == name),
        (None, Some((targets, rest))) => !targets.starts_with(['.', '\t', '#', ' ']) && !rest.starts_with('='),
        (_, None) => false,
    };
    let mut lines = text.lines().skip_while(|line| !opens(line));
    let first = lines.next()?;
    let recipe: Vec<&str> = lines.take_while(|line| line.starts_with('\t') || line.trim().is_empty()).collect();
    Some(format!("{first}\n{}", recipe.join("\n")))
}

/// Whether a line has Pulumi show or change a stack.
fn of_a_stack(line: &str) -> bool {
    const VERBS: &[&str] = &["up", "update", "preview", "destroy", "refresh"];
    calls_pulumi(line.trim_start_matches(['\t', ' ', '@', '-']))
        && line.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| VERBS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_is_that_of_its_target() {
        let text = "test: deps\n\tgo test ./...\n\ndeploy:\n\t@pulumi up --yes\n";
        assert!(!target(text, Some("test")).unwrap().lines().any(of_a_stack));
        assert!(target(text, Some("deploy")).unwrap().lines().any(of_a_stack));
        assert!(target(text, None).unwrap().contains("go test"));
        assert_eq!(target(text, Some("other")), None);
    }

    #[test]
    fn a_word_is_no_call() {
        for line in ["# pulumi up", "echo up", "mkdir -p ~/.pulumi/up", "pulumi version"] {
            assert!(!of_a_stack(line), "{line}");
        }
        for line in ["pulumi up -y", "  $HOME/.pulumi/bin/pulumi preview", "cd a && pulumi --stack x destroy"] {
            assert!(of_a_stack(line), "{line}");
        }
    }
}
