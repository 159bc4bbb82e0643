//! One job: its folders, its variables, its steps, and what is left of it.
//!
//! What must hold: a step sees the variables that its CI system sets and none of the machine's; everything that a job may
//! write to is searched for tokens when it is over. It deliberately knows no step but "run this program".

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{World, leaks};

/// A job that runs.
pub struct Job {
    /// The checkout.
    pub workspace: PathBuf,
    /// `HOME`.
    pub home: PathBuf,
    /// The folder for temporary files.
    pub temp: PathBuf,
    /// Folders outside of the job's own that its pipeline makes, and has to remove.
    pub elsewhere: Vec<PathBuf>,
    variables: Vec<(String, String)>,
    output: String,
}

/// What became of one step.
#[derive(Debug)]
pub struct Output {
    /// Whether it succeeded.
    pub success: bool,
    /// All that it printed.
    pub text: String,
}

impl Job {
    /// Fresh folders, an empty checkout among them.
    pub fn new(world: &World, name: &str) -> Job {
        let root = world.folder().join("jobs").join(name);
        let _ = fs::remove_dir_all(&root);
        let [workspace, home, temp] = ["workspace", "home", "temp"].map(|part| root.join(part));
        for folder in [&workspace, &home, &temp] {
            fs::create_dir_all(folder).unwrap();
        }
        let mut job =
            Job { workspace, home, temp, elsewhere: vec![], variables: world.variables(), output: String::new() };
        job.set("HOME", &job.home.display().to_string());
        job.set("TMPDIR", &job.temp.display().to_string());
        job
    }

    /// Sets a variable for every later step.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Removes a variable for every later step.
    pub fn unset(&mut self, name: &str) {
        self.variables.retain(|(other, _)| other != name);
    }

    /// Runs a program in `directory` with `more` variables; what it prints is the job's output too.
    pub fn run(&mut self, program: &[&str], directory: &Path, more: &[(String, String)]) -> Output {
        let child = Command::new(program[0])
            .args(&program[1..])
            .current_dir(directory)
            .env_clear()
            .envs(self.variables.iter().cloned())
            .envs(more.iter().cloned())
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", program[0]));
        let text = String::from_utf8_lossy(&[child.stdout, child.stderr].concat()).into_owned();
        self.print(&text);
        Output { success: child.status.success(), text }
    }

    /// Adds a text to the job's output.
    pub fn print(&mut self, text: &str) {
        self.output.push_str(text);
    }

    /// All that it printed so far.
    pub fn output(&self) -> &str {
        &self.output
    }

    /// Ends it: all that it printed, and what is left that should not be: tokens, the CLI, credentials. Its own folders
    /// are removed then, as the CI system does.
    pub fn end(self, world: &World) -> (String, Vec<String>) {
        let secrets = world.secrets();
        let mut left = leaks::in_text(&self.output, &secrets);
        for folder in [&self.workspace, &self.home, &self.temp].into_iter().chain(&self.elsewhere) {
            left.extend(leaks::in_files(folder, &secrets));
        }
        for folder in self.elsewhere.iter().chain([&self.temp.join("stackgate")]) {
            if folder.exists() {
                left.push(format!("{} is still there", folder.display()));
            }
        }
        fs::remove_dir_all(self.workspace.parent().unwrap()).unwrap();
        (self.output, left)
    }
}
