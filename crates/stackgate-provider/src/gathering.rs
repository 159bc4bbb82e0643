//! What the readers of YAML pipelines share: opening files of the repository, taking keys, placing what they find.
//!
//! What must hold: a file is read once; a key that nobody takes is undecided; a problem of the text is undecided as well, and
//! never silent. It knows no provider's keys. Deliberately absent: what anything means.

use std::fmt::Write as _;
use std::sync::Arc;

use stackgate_facts::{Aspect, Does, Observation, Place, Setting, Tree, TreeError, Undecided};
use stackgate_yaml::{Dialect, Lenient, Limits, Mapping, Node, Span, Value, parse_lenient};

use crate::reading::dedent;

/// How many files one pipeline may be put together from.
pub const MOST_FILES: usize = 100;

/// An observation while it is made.
pub struct Gathering<'t> {
    /// What was found so far.
    pub observation: Observation,
    tree: &'t dyn Tree,
    dialect: &'static Dialect,
    texts: Vec<Lenient>,
}

impl<'t> Gathering<'t> {
    /// Begins with nothing.
    pub fn new(provider: &'static str, tree: &'t dyn Tree, dialect: &'static Dialect) -> Gathering<'t> {
        let observation = Observation { provider, ..Observation::default() };
        Gathering { observation, tree, dialect, texts: Vec::new() }
    }

    /// The files of the repository.
    pub fn tree(&self) -> &'t dyn Tree {
        self.tree
    }

    /// Reads a file of the repository: its number among the sources, and its documents. What is wrong with its text is
    /// undecided, with a place. A file that was read before keeps its number and is not read again.
    ///
    /// # Errors
    /// When it cannot be read at all; saying so is left to the caller, who knows what asked for it.
    pub fn open(&mut self, path: &str) -> Result<(usize, Vec<Node>), TreeError> {
        if let Some(file) = self.observation.sources.iter().position(|(known, _)| known == path) {
            let documents = self.texts.get(file).map(|lenient| lenient.documents.clone()).unwrap_or_default();
            return Ok((file, documents));
        }
        if self.observation.sources.len() >= MOST_FILES {
            return Err(TreeError::Unreadable(format!("it is one of more than {MOST_FILES} files")));
        }
        let text = self.tree.read(path)?;
        Ok(self.add(path, text))
    }

    /// Takes the text of a file that the caller has read; otherwise as [`Gathering::open`].
    pub fn add(&mut self, path: &str, text: Arc<str>) -> (usize, Vec<Node>) {
        let file = self.observation.sources.len();
        let lenient = parse_lenient(&text, &Limits::AUDITED, self.dialect);
        self.observation.sources.push((path.to_owned(), text));
        for problem in &lenient.problems {
            let place = Place::new(file, problem.span.unwrap_or_default());
            self.undecided(Aspect::Syntax, None, problem.message.clone(), place);
        }
        let documents = lenient.documents.clone();
        self.texts.push(lenient);
        (file, documents)
    }

    /// Says that something cannot be decided.
    pub fn undecided(&mut self, aspect: Aspect, job: Option<&str>, why: impl Into<String>, place: Place) {
        let undecided = Undecided { aspect, job: job.map(str::to_owned), why: why.into(), place };
        self.observation.undecided.push(undecided);
    }

    /// Says that a key is not known.
    pub fn unknown_key(&mut self, job: Option<&str>, path: &str, key: &str, place: Place) {
        let of = if path.is_empty() { String::new() } else { format!(" of `{path}`") };
        self.undecided(Aspect::Key, job, format!("the key `{key}`{of} is not known"), place);
    }

    /// The comment behind a place on its line: the version behind a pin.
    pub fn comment_behind(&self, place: Place) -> Option<String> {
        let text = &self.observation.sources.get(place.file)?.1;
        let comment = self.texts.get(place.file)?.comment_behind(text, place.span)?;
        Some(comment.text.clone())
    }

    /// What a step runs that has its script in a scalar.
    pub fn script(&self, node: &Node, file: usize, shell: Option<String>) -> Does {
        let (text, by_line) = match &node.value {
            Value::Scalar(scalar) => (dedent(&scalar.text), scalar.block || !scalar.text.contains('\n')),
            _ => (String::new(), false),
        };
        Does::Run { text, place: Place::new(file, node.span), by_line, shell }
    }
}

/// The keys of one mapping, taken one by one; what is left is [`Taking::rest`].
pub struct Taking<'n> {
    /// The number of its file.
    pub file: usize,
    /// Where the mapping stands.
    pub span: Span,
    mapping: Option<&'n Mapping>,
    taken: Vec<&'static str>,
}

impl<'n> Taking<'n> {
    /// The keys of a node of that file; none where it is no mapping.
    pub fn new(file: usize, node: &'n Node) -> Taking<'n> {
        Taking { file, span: node.span, mapping: node.as_mapping(), taken: Vec::new() }
    }

    /// The value of a key, if it is there.
    pub fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.taken.push(key);
        self.mapping?.get(key)
    }

    /// The text of a key, if it is there and a scalar.
    pub fn text(&mut self, key: &'static str) -> Option<&'n str> {
        self.take(key).and_then(Node::as_str)
    }

    /// The place of a key that is there, of the whole mapping otherwise: where something stands, or what lacks it.
    pub fn place(&self, key: &str) -> Place {
        let span = self.mapping.and_then(|mapping| mapping.entry(key)).map_or(self.span, |entry| {
            entry.key.span.to(if entry.value.span.end > entry.key.span.end { entry.value.span } else { entry.key.span })
        });
        Place::new(self.file, span)
    }

    /// Moves a key into settings under a name, if it is there.
    pub fn setting(&mut self, key: &'static str, name: &str, settings: &mut Vec<Setting>) {
        if let Some(node) = self.take(key) {
            settings.push(Setting { key: name.to_owned(), value: canonical(node), place: self.place(key) });
        }
    }

    /// Every key that nobody took yet, in the order of the file, with its value and its place.
    pub fn rest(&self) -> impl Iterator<Item = (&'n str, &'n Node, Place)> {
        let file = self.file;
        let left = |key: &str| !self.taken.contains(&key);
        self.mapping
            .into_iter()
            .flatten()
            .filter(move |entry| left(&entry.key.text))
            .map(move |entry| (entry.key.text.as_str(), &entry.value, Place::new(file, entry.key.span)))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// A value in one spelling: keys sorted, quotes and styles gone. A plain `true` and a quoted one differ, as they do for
/// systems that look at the type.
#[must_use]
pub fn canonical(node: &Node) -> String {
    let mut out = String::new();
    write_canonical(node, &mut out);
    out
}

fn write_canonical(node: &Node, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Scalar(scalar) => {
            let typed = node.as_bool().is_some() || node.as_u64().is_some();
            if typed
                || (scalar.text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./ ".contains(c))
                    && !looks_typed(scalar.text.as_str()))
            {
                out.push_str(&scalar.text);
            } else {
                let _ = write!(out, "{:?}", scalar.text);
            }
        }
        Value::Sequence(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        Value::Mapping(mapping) => {
            let mut entries: Vec<_> = mapping.iter().collect();
            entries.sort_by(|a, b| a.key.text.cmp(&b.key.text));
            out.push('{');
            for (at, entry) in entries.into_iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                let _ = write!(out, "{}: ", entry.key.text);
                write_canonical(&entry.value, out);
            }
            out.push('}');
        }
        Value::Tagged { tag, node } => {
            let _ = write!(out, "{tag} ");
            write_canonical(node, out);
        }
    }
}

/// Whether a plain scalar of this text would be a number or a boolean, so that the quoted text must look another way.
fn looks_typed(text: &str) -> bool {
    matches!(text, "true" | "false" | "null") || text.parse::<u64>().is_ok()
}
