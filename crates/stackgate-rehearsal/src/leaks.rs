//! Looks for tokens where they must not be: in the process list, in files that outlive a job, in what it printed.
//!
//! What must hold: a secret that is found is named by its place alone, so that a failing test prints none. The process
//! list is sampled, which can miss; so the stand-ins look there too, at the moments that matter.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A watch over the command lines of all processes.
pub struct Watch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<String>>,
}

impl Watch {
    pub(crate) fn start(secrets: impl Fn() -> Vec<String> + Send + 'static) -> Watch {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut found = Vec::new();
            while !stopped.load(Ordering::SeqCst) {
                let secrets = secrets();
                if !secrets.is_empty() {
                    sample(&secrets, &mut found);
                }
                std::thread::sleep(Duration::from_millis(25));
            }
            found
        });
        Watch { stop, thread }
    }

    /// Ends it; each line says where a secret was seen.
    pub fn end(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

fn sample(secrets: &[String], found: &mut Vec<String>) {
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if holds(&line, secrets) {
            let program = line.split(|byte| *byte == 0).next().unwrap_or_default();
            let seen = format!("a command line of {} holds a token", String::from_utf8_lossy(program));
            if !found.contains(&seen) {
                found.push(seen);
            }
        }
    }
}

/// Files below a folder that hold a secret, or whose name does.
pub fn in_files(folder: &Path, secrets: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).into_iter().flatten().flatten() {
            let path = entry.path();
            if holds(entry.file_name().as_encoded_bytes(), secrets) {
                found.push(format!("a name below {} is a token", at.display()));
            }
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                // Git's objects are compressed: no text is seen in them, and they hold what was committed before.
                if !path.ends_with(".git/objects") {
                    folders.push(path);
                }
            } else if kind.is_file() && holds(&fs::read(&path).unwrap_or_default(), secrets) {
                found.push(format!("{} holds a token", path.display()));
            }
        }
    }
    found
}

/// Lines of a text that hold a secret, by their number.
pub fn in_text(text: &str, secrets: &[String]) -> Vec<String> {
    let lines = text.lines().enumerate().filter(|(_, line)| holds(line.as_bytes(), secrets));
    lines.map(|(number, _)| format!("line {} of the output holds a token", number + 1)).collect()
}

fn holds(bytes: &[u8], secrets: &[String]) -> bool {
    secrets.iter().any(|secret| memchr::memmem::find(bytes, secret.as_bytes()).is_some())
}
