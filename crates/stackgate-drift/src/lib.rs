//! Drift: how the files on disk differ from the artifacts of the spec.
//!
//! What must hold: the comparison decides, never the marker; any difference in a body is drift; a file that is not ours
//! is reported and never more. Deliberately absent: any access to disk, and what a difference permits.

mod class;
mod classify;
mod pins;
mod report;
mod unified;

use std::collections::BTreeMap;

pub use class::{Change, Class, Direction};
pub use classify::classify;
pub use pins::{Pin, PinChange, PinDiff, PinFault, PinKind, pin_changes, pins_of};
pub use report::{FileReport, Report, State, Summary};
use stackgate_provider::{Artifact, body_of, marker_of};
pub use unified::unified;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnDisk {
    /// Text.
    Text(String),
    /// Something that no artifact can be compared with: too large, not UTF-8, not a regular file. The text says what.
    Unreadable(String),
}

/// Compares the artifacts with what is on disk. `disk` holds what stands at each artifact's path and at every other
/// path where an adapter may write; a path that is missing there does not exist.
pub fn compare(spec_path: &str, artifacts: &[Artifact], disk: &BTreeMap<String, OnDisk>) -> Report {
    let mut files: Vec<FileReport> = Vec::with_capacity(artifacts.len());
    for artifact in artifacts {
        let (state, found) = match disk.get(&artifact.path) {
            None => (State::Missing, None),
            Some(OnDisk::Unreadable(what)) => (State::Unreadable, Some(what.clone())),
            Some(OnDisk::Text(text)) => match judge(artifact, text) {
                State::Clean => (State::Clean, None),
                state => (state, Some(text.clone())),
            },
        };
        let expected = if state == State::Clean { None } else { Some(artifact.contents(spec_path)) };
        files.push(FileReport {
            path: artifact.path.clone(),
            provider: artifact.provider.into(),
            state,
            found,
            expected,
        });
    }
    for (path, found) in disk {
        let OnDisk::Text(text) = found else { continue };
        if artifacts.iter().any(|artifact| artifact.path == *path) {
            continue;
        }
        let Some(marker) = marker_of(text).filter(|marker| marker.spec_path == spec_path) else { continue };
        let state =
            if body_of(text).is_some_and(|body| marker.holds(body)) { State::Orphaned } else { State::OrphanEdited };
        files.push(FileReport {
            path: path.clone(),
            provider: String::new(),
            state,
            found: Some(text.clone()),
            expected: None,
        });
    }
    Report::new(spec_path, files)
}

fn judge(artifact: &Artifact, text: &str) -> State {
    // Without a marker the file is not ours, even where its text happens to be what we would write.
    let Some(body) = body_of(text) else { return State::NotOurs };
    if artifact.comment.normalise(body) == artifact.body {
        return State::Clean;
    }
    match marker_of(text) {
        Some(marker) if marker.holds(body) => State::Outdated,
        _ => State::Edited,
    }
}

#[cfg(test)]
mod tests {
    use stackgate_provider::Comment;

    use super::*;

    fn artifact(body: &str) -> Artifact {
        Artifact { path: "a.yml".into(), provider: "github", comment: Comment::Hash, body: body.into() }
    }

    fn state(found: &str) -> State {
        let disk = BTreeMap::from([("a.yml".to_owned(), OnDisk::Text(found.to_owned()))]);
        compare("stackgate.yaml", &[artifact("a: 1\n")], &disk).files[0].state
    }

    #[test]
    fn each_state_is_told_apart() {
        let ours = artifact("a: 1\n").contents("stackgate.yaml");
        assert_eq!(state(&ours), State::Clean);
        assert_eq!(state(&ours.replace('\n', "\r\n")), State::Clean);
        assert_eq!(state(&format!("\u{feff}{ours}")), State::Clean);
        assert_eq!(state(&ours.replace("0.1.0", "0.0.9")), State::Clean);
        assert_eq!(state(&ours.replace("a: 1", "a: 2")), State::Edited);
        assert_eq!(state(&artifact("a: 0\n").contents("stackgate.yaml")), State::Outdated);
        assert_eq!(state("a: 1\n"), State::NotOurs);
        assert_eq!(state(""), State::NotOurs);
        assert!(compare("stackgate.yaml", &[artifact("a: 1\n")], &BTreeMap::new()).files[0].state == State::Missing);
    }

    #[test]
    fn a_script_with_other_line_ends_is_drift() {
        let script = Artifact { comment: Comment::Script, ..artifact("a\nb\n") };
        let state = |found: String| {
            let disk = BTreeMap::from([("a.yml".to_owned(), OnDisk::Text(found))]);
            compare("stackgate.yaml", std::slice::from_ref(&script), &disk).files[0].state
        };
        let ours = script.contents("stackgate.yaml");
        assert_eq!(state(ours.clone()), State::Clean);
        assert_eq!(state(ours.replace('\n', "\r\n")), State::NotOurs);
        // Of its lines below the marker alone it is known that they are ours, and still they do not run.
        assert_ne!(state(ours.replace("a\nb\n", "a\r\nb\r\n")), State::Clean);
        assert_eq!(state(ours.replacen("/bin/sh", "/bin/evil", 1)), State::NotOurs);
    }

    #[test]
    fn an_orphan_is_a_file_of_this_spec_that_no_artifact_has() {
        let orphan = artifact("a: 1\n").contents("stackgate.yaml");
        let disk = |text: &str| BTreeMap::from([("b.yml".to_owned(), OnDisk::Text(text.to_owned()))]);
        let states = |text: &str| {
            compare("stackgate.yaml", &[], &disk(text)).files.iter().map(|file| file.state).collect::<Vec<_>>()
        };
        assert_eq!(states(&orphan), [State::Orphaned]);
        assert_eq!(states(&orphan.replace("a: 1", "a: 2")), [State::OrphanEdited]);
        assert_eq!(states(&artifact("a: 1\n").contents("other/stackgate.yaml")), []);
        assert_eq!(states("name: somebody's own\n"), []);
    }
}
