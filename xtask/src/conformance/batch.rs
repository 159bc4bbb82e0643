//! What one validator is given of one provider: copies in a folder of their own, under the names by which the tools
//! know such files, and a planted bad file behind them.
//!
//! What must hold: the planted file is the last, so that a tool that stops halfway has not reported it; a place that
//! a tool names leads back to a file that it was given, or the tool counts as broken.

use std::path::{Path, PathBuf};

use super::artifacts::Artifact;
use super::findings::{Entry, What};
use crate::Result;

/// Longer messages carry whole schemas with them.
const LONGEST: usize = 300;

/// What a tool says of a file, in the tool's own terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raw {
    /// A path below the batch's folder.
    pub(crate) path: String,
    pub(crate) line: Option<u64>,
    pub(crate) message: String,
}

/// What a validator found in an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) provider: &'static str,
    pub(crate) validator: &'static str,
    /// The artifact, and the line where the tool names one.
    pub(crate) place: String,
    pub(crate) message: String,
}

/// A copy in the batch's folder.
#[derive(Debug)]
pub(crate) struct Staged {
    /// Below the batch's folder.
    pub(crate) path: String,
    /// The artifact's name; none for the planted file.
    pub(crate) name: Option<String>,
    pub(crate) text: String,
}

/// The files, and what the reviewed list says about how to ask.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) provider: &'static str,
    pub(crate) folder: PathBuf,
    pub(crate) files: Vec<Staged>,
    /// Tasks that exist though the tool's schema does not define them, with their inputs.
    pub(crate) tasks: Vec<(String, Vec<String>)>,
    expected: Vec<String>,
}

impl Batch {
    /// Writes the copies. `change` is what this validator needs of every file; `entries` are those of the list for
    /// this validator and provider.
    pub(crate) fn stage(
        folder: PathBuf,
        provider: &'static str,
        artifacts: &[&Artifact],
        canary: &str,
        entries: &[&Entry],
        change: fn(&str) -> String,
    ) -> Result<Batch> {
        let mut files = Vec::new();
        for artifact in artifacts {
            let mut text = change(&artifact.text);
            for entry in entries {
                if let What::Mend(mend) = &entry.what {
                    let mended = mend.apply(&text);
                    if mended != text {
                        entry.used();
                    }
                    text = mended;
                }
            }
            files.push((Some(artifact.name.clone()), text));
        }
        let expected = expectations(canary);
        if expected.is_empty() {
            return Err(format!("the planted file for {provider} does not say what is expected of it").into());
        }
        files.push((None, change(canary)));
        let mut staged = Vec::new();
        for (index, (name, text)) in files.into_iter().enumerate() {
            let path = format!("{index:03}/{}", usual_name(provider, name.as_deref()));
            let full = folder.join(&path);
            std::fs::create_dir_all(full.parent().unwrap_or(&folder))?;
            std::fs::write(full, &text)?;
            staged.push(Staged { path, name, text });
        }
        let mut tasks = Vec::new();
        for entry in entries {
            if let What::Task { name, inputs } = &entry.what {
                if staged.iter().any(|file| file.text.contains(&format!("task: {name}\n"))) {
                    entry.used();
                }
                tasks.push((name.clone(), inputs.clone()));
            }
        }
        Ok(Batch { provider, folder, files: staged, tasks, expected })
    }

    /// The paths of all files, as arguments of a command that runs in the batch's folder.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// The findings by artifact; an error where the tool did not see the planted file for what it is.
    pub(crate) fn settle(&self, validator: &'static str, raw: Vec<Raw>) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut of_canary = Vec::new();
        for Raw { path, line, message } in raw {
            let file = self.file(&path).ok_or_else(|| format!("it names a file that it was not given: {path}"))?;
            let message = one_line(&message);
            match &file.name {
                None => of_canary.push(message),
                Some(name) => {
                    let place = line.map_or_else(|| name.clone(), |line| format!("{name}:{line}"));
                    findings.push(Finding { provider: self.provider, validator, place, message });
                }
            }
        }
        for expected in &self.expected {
            if !of_canary.iter().any(|message| message.contains(expected)) {
                return Err(
                    format!("it did not report {expected:?} in the planted file, but only {of_canary:?}").into()
                );
            }
        }
        Ok(findings)
    }

    fn file(&self, path: &str) -> Option<&Staged> {
        let path = Path::new(path);
        let path = path.strip_prefix(&self.folder).unwrap_or(path).display().to_string();
        let index: usize = path.trim_start_matches(['.', '/']).split('/').next()?.parse().ok()?;
        self.files.get(index)
    }
}

/// Where each system looks for such a file; some tools judge no other.
fn usual_name(provider: &str, name: Option<&str>) -> String {
    match provider {
        "github" => {
            let file = name.and_then(|name| Path::new(name).file_name()?.to_str()).unwrap_or("planted.yml");
            format!(".github/workflows/{file}")
        }
        "gitlab" => ".gitlab-ci.yml".into(),
        "azure" => "azure-pipelines.yml".into(),
        "circleci" => ".circleci/config.yml".into(),
        "jenkins" => "Jenkinsfile".into(),
        _ => name.and_then(|name| Path::new(name).file_name()?.to_str()).unwrap_or("planted").into(),
    }
}

/// What the first lines of a planted file say that must be reported of it.
fn expectations(canary: &str) -> Vec<String> {
    canary
        .lines()
        .skip_while(|line| line.starts_with("#!"))
        .map_while(|line| line.strip_prefix("# expect: ").or_else(|| line.strip_prefix("// expect: ")))
        .map(str::to_owned)
        .collect()
}

/// One line of at most so many characters, without the control characters of colours.
fn one_line(message: &str) -> String {
    let clean: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(folder: &Path) -> Batch {
        let artifact =
            Artifact { provider: "github", name: "a/.github/workflows/x.yml".into(), text: "on: push\n".into() };
        let canary = "# expect: bad thing\non: pull\n";
        Batch::stage(folder.into(), "github", &[&artifact], canary, &[], str::to_owned).unwrap()
    }

    fn raw(path: &str, message: &str) -> Raw {
        Raw { path: path.into(), line: Some(3), message: message.into() }
    }

    #[test]
    fn findings_lead_back_to_artifacts_and_the_planted_file_is_last() {
        let folder = tempfile::tempdir().unwrap();
        let batch = batch(folder.path());
        assert_eq!(batch.paths().last(), Some("001/.github/workflows/planted.yml"));
        let absolute = folder.path().join("001/.github/workflows/planted.yml").display().to_string();
        let found = batch
            .settle("tool", vec![raw("/000/.github/workflows/x.yml", "worse\n  thing"), raw(&absolute, "a bad thing")])
            .unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].place.as_str(), found[0].message.as_str()),
            ("a/.github/workflows/x.yml:3", "worse thing")
        );
    }

    #[test]
    fn a_tool_that_misses_the_planted_file_or_names_another_is_broken() {
        let folder = tempfile::tempdir().unwrap();
        let batch = batch(folder.path());
        assert!(batch.settle("tool", vec![raw("001/x", "some other thing")]).is_err());
        assert!(batch.settle("tool", Vec::new()).is_err());
        assert!(batch.settle("tool", vec![raw("001/x", "bad thing"), raw("009/x", "thing")]).is_err());
    }

    #[test]
    fn long_messages_are_cut_and_colours_go() {
        assert_eq!(one_line(&"é".repeat(400)).chars().count(), LONGEST + 1);
        assert_eq!(one_line("\u{1b}[31mred\tand\nblue"), "[31mred and blue");
    }
}
