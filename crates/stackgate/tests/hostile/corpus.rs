//! The corpus: one value a line, as a JSON string of ASCII characters or as `repeat(times, "what")`, with a comment behind.
//!
//! What must hold: a file is plain ASCII, so that a reviewer sees every character; no value stands twice. What a value does
//! is in its file's first line, and nothing here treats one kind otherwise than another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::root;

/// A file of values that must be accepted by some fields.
pub(crate) struct Legal {
    /// The file's name without its ending.
    pub(crate) name: String,
    /// The fields, as the schema's walk calls them.
    pub(crate) fields: Vec<String>,
    /// The values.
    pub(crate) values: Vec<String>,
}

/// Where the corpus is.
pub(crate) fn folder() -> PathBuf {
    root().join("snapshots/hostile")
}

/// Every value of the corpus, hostile ones and legal oddities alike, each once.
pub(crate) fn all() -> Vec<String> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut values = Vec::new();
    for path in files(&folder()) {
        for value in read(&path) {
            if let Some(first) = seen.insert(value.clone(), path.display().to_string()) {
                panic!("{}: {value:?} stands in {first} already", path.display());
            }
            values.push(value);
        }
    }
    // A legal oddity may well be hostile to another kind of name, so that it may stand in both.
    for legal in legal() {
        values
            .extend(legal.values.into_iter().filter(|value| seen.insert(value.clone(), legal.name.clone()).is_none()));
    }
    values
}

/// The legal oddities, by the fields that must take them.
pub(crate) fn legal() -> Vec<Legal> {
    let read_one = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let fields = text.lines().filter_map(|line| line.strip_prefix("# fields: "));
        let fields: Vec<String> = fields.flat_map(|line| line.split(' ')).map(str::to_owned).collect();
        assert!(!fields.is_empty(), "{}: no line `# fields: …`", path.display());
        let values = read(&path);
        let mut sorted = values.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), values.len(), "{}: a value stands twice", path.display());
        Legal { name: path.file_stem().unwrap().to_string_lossy().into_owned(), fields, values }
    };
    files(&folder().join("legal")).into_iter().map(read_one).collect()
}

/// The files of a folder that hold values, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    for path in &files {
        assert!(path.extension().is_some_and(|ending| ending == "txt"), "{}: nothing reads it", path.display());
    }
    files
}

fn read(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.starts_with("# "), "{}: the first line must say what the file holds", path.display());
    let mut values = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let place = format!("{}:{}", path.display(), index + 1);
        assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{place}: not plain ASCII");
        if !line.is_empty() && !line.starts_with('#') {
            values.push(value(line).unwrap_or_else(|| panic!("{place}: not a JSON string and perhaps a comment")));
        }
    }
    values
}

/// One line: `"…"` or `repeat(3, "…")`, then nothing or a comment.
fn value(line: &str) -> Option<String> {
    let Some(inner) = line.strip_prefix("repeat(") else {
        let (text, rest) = json(line)?;
        return is_comment(rest).then_some(text);
    };
    let (times, rest) = inner.split_once(", ")?;
    let (text, rest) = json(rest)?;
    is_comment(rest.strip_prefix(')')?).then_some(text.repeat(times.parse().ok()?))
}

fn json(line: &str) -> Option<(String, &str)> {
    let mut stream = serde_json::Deserializer::from_str(line).into_iter::<String>();
    let text = stream.next()?.ok()?;
    let at = stream.byte_offset();
    Some((text, &line[at..]))
}

fn is_comment(rest: &str) -> bool {
    rest.is_empty() || rest.trim_start().starts_with('#')
}
