//! The repository that a pipeline runs in: an example's own files, or the least that a case's stages need, with a deploy
//! branch, a change request that touches every project, and one that touches none.
//!
//! What must hold: a job gets a checkout of the commit that its event is about, with the history that the CI system would
//! fetch. Git reads no settings of the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use stackgate::plan::{Language, Stage};

use crate::{Rehearsed, World};

/// A file that stands for every other: a change request that touches no project changes it.
const ELSEWHERE: &str = "NOTES.txt";

/// A git repository.
pub struct Repository {
    folder: PathBuf,
    /// The deploy branch.
    pub branch: String,
}

/// The commits that events are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Commit {
    /// The deploy branch's newest.
    Main,
    /// The head of a change request that touches every project.
    Change,
    /// What the CI system makes of that change request: its merge into the deploy branch.
    Merge,
    /// The merge of a change request that touches no project.
    MergeElsewhere,
    /// The head of a change request that touches no project.
    Elsewhere,
}

impl Commit {
    /// The name of its branch in the repository.
    pub fn reference(self, main: &str) -> String {
        match self {
            Commit::Main => main.to_owned(),
            Commit::Change => "feature/change".into(),
            Commit::Merge => "merge/change".into(),
            Commit::Elsewhere => "feature/elsewhere".into(),
            Commit::MergeElsewhere => "merge/elsewhere".into(),
        }
    }
}

impl Repository {
    /// The repository of a rendered spec. Each `added` text goes to the end of that file in every project's directory.
    pub fn new(world: &World, rehearsed: &Rehearsed, added: &[(String, String)]) -> Repository {
        let folder = tempfile::Builder::new().prefix("repository-").tempdir_in(world.folder()).unwrap().keep();
        let repository = Repository { folder, branch: rehearsed.plan.branch.clone() };
        if rehearsed.folder.components().any(|part| part.as_os_str() == "examples") {
            copy(&rehearsed.folder, &repository.folder);
        }
        for stage in &rehearsed.plan.stages {
            repository.furnish(stage);
        }
        for job in &rehearsed.plan.jobs {
            fs::create_dir_all(repository.folder.join(&job.directory)).unwrap();
            repository.write(&format!("{}/.keep", job.directory), "");
        }
        for artifact in &rehearsed.artifacts {
            repository.write(&artifact.path, &artifact.text);
        }
        for stage in &rehearsed.plan.stages {
            for (file, text) in added {
                let file = format!("{}/{file}", stage.directory);
                let before = fs::read_to_string(repository.folder.join(&file)).unwrap_or_default();
                if !before.contains(text.as_str()) {
                    repository.write(&file, &format!("{before}{text}"));
                }
            }
        }
        repository.history(&rehearsed.plan.stages);
        repository
    }

    /// What a stage's directory must hold at least.
    fn furnish(&self, stage: &Stage) {
        let (file, text) = match stage.runtime.language {
            Language::Nodejs => ("package-lock.json", "{}\n"),
            Language::Python => ("requirements.txt", "pulumi\n"),
            Language::Go => ("go.mod", "module program\n"),
            Language::Dotnet => ("packages.lock.json", "{}\n"),
            Language::Java => ("pom.xml", "<project/>\n"),
            Language::Yaml => ("main.txt", "\n"),
        };
        let project = format!("name: {}\nruntime: {}\n", stage.project, stage.runtime.language.as_str());
        for (file, text) in [("Pulumi.yaml", project.as_str()), (file, text)] {
            let path = format!("{}/{file}", stage.directory);
            if !self.folder.join(&path).exists() {
                self.write(&path, text);
            }
        }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn history(&self, stages: &[Stage]) {
        let main = self.branch.as_str();
        self.git(&["init", "--quiet", "--initial-branch", main]);
        self.write(ELSEWHERE, "as it was\n");
        self.commit("The pipelines");
        self.git(&["checkout", "--quiet", "-b", "feature/elsewhere"]);
        self.write(ELSEWHERE, "as it is\n");
        self.commit("A change beside every project");
        self.git(&["checkout", "--quiet", "-b", "feature/change", main]);
        for stage in stages {
            let path = format!("{}/changed.txt", stage.directory);
            self.write(&path, "changed\n");
        }
        self.commit("A change of every project");
        for (merge, head) in [("merge/change", "feature/change"), ("merge/elsewhere", "feature/elsewhere")] {
            self.git(&["checkout", "--quiet", "-b", merge, main]);
            self.git(&["merge", "--quiet", "--no-ff", "--message", "The merge", head]);
        }
        self.git(&["checkout", "--quiet", main]);
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn git(&self, arguments: &[&str]) {
        git(&self.folder, arguments);
    }

    /// Checks it out as a CI system does, at a commit, with `depth` commits of history or all. It is cloned once, and
    /// copied for every job after that.
    pub fn check_out(&self, to: &Path, commit: Commit, depth: Option<u32>) {
        let clone = self.folder.with_extension(format!("{commit:?}-{depth:?}"));
        if !clone.exists() {
            let reference = commit.reference(&self.branch);
            let url = format!("file://{}", self.folder.display());
            let depth = depth.map(|depth| format!("--depth={depth}"));
            let mut arguments = vec!["clone", "--quiet", "--template=", "--branch", &reference];
            arguments.extend(depth.as_deref());
            arguments.extend([url.as_str(), clone.to_str().unwrap()]);
            git(&self.folder, &arguments);
        }
        fs::create_dir_all(to).unwrap();
        copy(&clone, to);
    }
}

/// Runs git without any setting of the machine.
pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=rehearsal",
            "-c",
            "user.email=rehearsal@example.com",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_WORK_TREE")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (name, target) = (entry.file_name(), to.join(entry.file_name()));
        if entry.file_type().unwrap().is_dir() {
            if name != "target" && name != "node_modules" {
                fs::create_dir_all(&target).unwrap();
                copy(&entry.path(), &target);
            }
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
