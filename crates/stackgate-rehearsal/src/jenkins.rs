//! Jenkins: a JVM with the Groovy that Jenkins embeds, which runs the builds that it is asked for.
//!
//! What must hold: without Groovy nothing is run and the test says so, unless `STACKGATE_REHEARSAL_MUST=1` asks for a
//! failure. What a Jenkinsfile means is in `jenkins/*.groovy`; what it should do is the test's.

pub mod judge;
mod scene;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use scene::{Entry, Scene};

/// A build that Jenkins starts.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    /// The Jenkinsfile.
    pub file: PathBuf,
    /// Where the agents are.
    pub folder: PathBuf,
    /// What `checkout scm` copies.
    pub repository: PathBuf,
    /// What Jenkins says of the build.
    pub environment: BTreeMap<String, String>,
    /// The agents' own environment.
    pub machine: BTreeMap<String, String>,
    /// The simple names of the causes' classes; a user's is `UserIdCause:name`.
    pub causes: Vec<String>,
    /// Whether whoever is asked refuses.
    pub denied: bool,
    /// Who is asked.
    pub approver: Option<String>,
    /// Credentials are asked for when they are bound.
    pub ask: bool,
}

/// What became of a build.
#[derive(Debug, Deserialize)]
pub struct Answer {
    /// `SUCCESS`, `FAILURE`, `ABORTED`, or `REFUSED` where the harness would have to guess.
    pub result: String,
    /// Everything that happened, in order.
    pub trace: Vec<Noted>,
    /// The log as Jenkins shows it.
    pub log: String,
    /// The log before anything was masked.
    pub raw: String,
}

/// One thing that happened.
#[derive(Debug, Deserialize)]
pub struct Noted {
    /// What.
    pub event: String,
    /// In which stage.
    pub stage: Option<String>,
    /// On which agent; none where no executor was held.
    pub agent: Option<String>,
    /// What else is known of it.
    #[serde(flatten)]
    pub more: BTreeMap<String, Value>,
}

impl Noted {
    /// A text that is known of it.
    pub fn text(&self, key: &str) -> &str {
        self.more.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether it is that event in that state.
    pub fn is(&self, event: &str, state: &str) -> bool {
        self.event == event && self.text("state") == state
    }
}

/// The harness with a verb; `None` where Groovy is not installed.
#[allow(clippy::print_stdout, reason = "a test that is skipped says so")]
fn groovy(verb: &str, files: &[PathBuf]) -> Option<Child> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("jenkins");
    let mut command = Command::new("groovy");
    command.arg("-cp").arg(&folder).arg(folder.join("Harness.groovy")).arg(verb).args(files);
    if std::env::var_os("JAVA_HOME").is_none() {
        // Debian's script looks for a link that not every Java package makes.
        command.env("JAVA_HOME", "/usr/lib/jvm/java-17-openjdk-amd64");
    }
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok();
    if child.is_none() {
        assert!(std::env::var_os("STACKGATE_REHEARSAL_MUST").is_none_or(|must| must != "1"), "groovy is not installed");
        println!("skipped: groovy is not installed");
    }
    child
}

/// What is wrong with the structure of these files, a line each; `None` where Groovy is not installed.
pub fn check(files: &[PathBuf]) -> Option<String> {
    let output = groovy("check", files)?.wait_with_output().unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The JVM; it ends when it is dropped.
pub struct Harness {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Harness {
    /// Starts it; `None` where Groovy is not installed.
    pub fn start() -> Option<Harness> {
        let mut child = groovy("serve", &[])?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        Some(Harness { child, input, output })
    }

    /// Runs a build. `credential` gives what is bound, each time that it is.
    pub fn build(&mut self, request: &Request, mut credential: impl FnMut(&str) -> Option<String>) -> Answer {
        self.say(&serde_json::to_value(request).unwrap());
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            assert!(!line.is_empty(), "the harness broke off in {}", request.file.display());
            let mut value: Value = serde_json::from_str(&line).unwrap();
            match value["credential"].take() {
                Value::String(id) => {
                    let text = credential(&id);
                    self.say(&serde_json::to_value(text).unwrap());
                }
                _ => return serde_json::from_value(value).unwrap(),
            }
        }
    }

    fn say(&mut self, value: &Value) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{value}").unwrap();
        input.flush().unwrap();
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        // The end of its input is what it waits for.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
