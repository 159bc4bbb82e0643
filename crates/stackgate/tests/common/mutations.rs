//! Edits to rendered pipelines, each with the class that it must get: `snapshots/mutations/<provider>.toml`.
//!
//! What must hold: every edit finds its text, and changes the file. Shared by the test and by `cargo xtask mutants`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use stackgate::adapter::facts::{Observation, Tree, TreeError};
use stackgate::{Change, Class, Direction, classify, provider};

/// All edits of one provider.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edits {
    /// The case that an edit is made to, unless it names another.
    pub(crate) case: String,
    /// The file of that case.
    pub(crate) file: String,
    /// The edits.
    pub(crate) edit: Vec<Edit>,
}

/// One edit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    /// What it is, in a few words.
    pub(crate) name: String,
    /// Another case than the usual one.
    pub(crate) case: Option<String>,
    /// Another file than the usual one.
    pub(crate) file: Option<String>,
    /// What is found and what is put in its place, in order; each must be found.
    pub(crate) change: Vec<Replacement>,
    /// The class that the whole difference must get.
    pub(crate) class: String,
    /// The direction that a change of that class must have, where it matters.
    pub(crate) direction: Option<String>,
}

/// A replacement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replacement {
    /// The text that must be there.
    pub(crate) find: String,
    /// What stands there then.
    pub(crate) put: String,
    /// Whether every occurrence is replaced; the first otherwise.
    #[serde(default)]
    pub(crate) all: bool,
}

impl Edit {
    /// The text with the edit made.
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for change in &self.change {
            assert!(text.contains(&change.find), "{}: {:?} is not there", self.name, change.find);
            let count = if change.all { usize::MAX } else { 1 };
            text = text.replacen(&change.find, &change.put, count);
        }
        text
    }
}

/// Every provider's edits.
pub(crate) fn load(root: &Path) -> Vec<(String, Edits)> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(root.join("snapshots/mutations")).unwrap() {
        let path = entry.unwrap().path();
        let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        all.insert(id, toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    }
    all.into_iter().collect()
}

/// The rendered files of a case, one of them edited.
pub(crate) struct Edited {
    folder: std::path::PathBuf,
    path: String,
    text: Arc<str>,
}

impl Tree for Edited {
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError> {
        if path == self.path {
            return Ok(Arc::clone(&self.text));
        }
        std::fs::read_to_string(self.folder.join(path)).map(Arc::from).map_err(|_| TreeError::Missing)
    }
}

/// Reads a case's file with a text of its own.
pub(crate) fn observe(root: &Path, id: &str, case: &str, path: &str, text: &str) -> Observation {
    let folder = root.join("snapshots/cases").join(case);
    let tree = Edited { folder, path: path.to_owned(), text: text.into() };
    provider(id).unwrap().reader().unwrap().read(path, &tree)
}

/// What an edit comes to: its changes, the worst first, and the class of the whole.
pub(crate) fn judge(root: &Path, id: &str, edits: &Edits, edit: &Edit) -> (Vec<Change>, Class) {
    let case = edit.case.as_deref().unwrap_or(&edits.case);
    let file = edit.file.as_deref().unwrap_or(&edits.file);
    let text = std::fs::read_to_string(root.join("snapshots/cases").join(case).join(file)).unwrap();
    let edited = edit.apply(&text);
    assert_ne!(text, edited, "{}: it changes nothing", edit.name);
    let (before, after) = (observe(root, id, case, file, &text), observe(root, id, case, file, &edited));
    let changes = classify(&before, &after);
    let class = changes.first().map_or(Class::Cosmetic, |change| change.class);
    (changes, class)
}

/// Whether an edit got the class and the direction that it must have; what it got otherwise.
pub(crate) fn fault(edit: &Edit, changes: &[Change], class: Class) -> Option<String> {
    let expected = Class::of(&edit.class).unwrap_or_else(|| panic!("{}: no class {}", edit.name, edit.class));
    let direction = edit.direction.as_deref().map(|word| match word {
        "widening" => Direction::Widening,
        "narrowing" => Direction::Narrowing,
        "sideways" => Direction::Sideways,
        other => panic!("{}: no direction {other}", edit.name),
    });
    let wrong_way = direction
        .is_some_and(|wanted| !changes.iter().any(|change| change.class == class && change.direction == wanted));
    (class != expected || wrong_way).then(|| {
        let found: Vec<String> = changes
            .iter()
            .map(|change| {
                format!(
                    "    {} {:?} {:?} {}: {:?} -> {:?}",
                    change.class, change.direction, change.job, change.fact, change.before, change.after
                )
            })
            .collect();
        format!("{}: expected {}, found {class}\n{}", edit.name, edit.class, found.join("\n"))
    })
}
