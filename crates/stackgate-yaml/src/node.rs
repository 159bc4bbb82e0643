//! The tree: every value with its place, text as it was written.
//!
//! Scalars stay text, with the style that says whether YAML may see a number or a boolean in them;
//! nothing is converted before somebody asks. The order of entries is that of the file.

use std::collections::HashMap;
use std::sync::Arc;

use stackgate_diagnostic::Span;

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// From the first to the last character of the value; that of its key when there is no value.
    pub span: Span,
    /// What is there.
    pub value: Value,
}

/// What a node can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing after the key, or a plain `~` or `null`.
    Null,
    /// One text.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys with values.
    Mapping(Mapping),
    /// A value with a tag of the provider's own, such as `!reference [a, b]`. Only [`crate::parse_lenient`] makes one.
    Tagged {
        /// The tag with its exclamation mark.
        tag: String,
        /// The value that it marks.
        node: Box<Node>,
    },
}

/// A text and how it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text, with quotes and escapes resolved.
    pub text: String,
    /// Written without quotes, so that it may be a number or a boolean.
    pub plain: bool,
    /// Written with `|` or `>`.
    pub block: bool,
}

/// Keys with values, in the order of the file; no key stands twice. A copy shares them: pipelines are put together of parts that
/// are taken many times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    entries: Arc<Vec<Entry>>,
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// A key and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The text of the key.
    pub text: String,
    /// Where it is.
    pub span: Span,
}

impl Mapping {
    /// Of entries whose keys differ.
    pub(crate) fn of(entries: Vec<Entry>) -> Mapping {
        Mapping { entries: Arc::new(entries) }
    }

    /// Its entries, to be changed; where a copy shares them, that one keeps its own.
    pub(crate) fn entries_mut(&mut self) -> &mut Vec<Entry> {
        Arc::make_mut(&mut self.entries)
    }

    /// Its entries, taken.
    pub(crate) fn into_entries(self) -> Vec<Entry> {
        Arc::unwrap_or_clone(self.entries)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// A key with its value.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    /// All entries in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl FromIterator<Entry> for Mapping {
    /// A mapping made by a reader that merges or substitutes; of a key that comes twice the last counts, in its first place.
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut all: Vec<Entry> = Vec::new();
        // A map beside them where there are many: a pipeline may have ten thousand jobs, and is put together several times.
        let mut places: HashMap<String, usize> = HashMap::new();
        for entry in entries {
            let known = if all.len() < FEW {
                all.iter().position(|known| known.key.text == entry.key.text)
            } else {
                if places.is_empty() {
                    places = all.iter().enumerate().map(|(at, known)| (known.key.text.clone(), at)).collect();
                }
                places.get(&entry.key.text).copied()
            };
            if let Some(known) = known.and_then(|at| all.get_mut(at)) {
                *known = entry;
            } else {
                if !places.is_empty() {
                    places.insert(entry.key.text.clone(), all.len());
                }
                all.push(entry);
            }
        }
        Mapping::of(all)
    }
}

/// Mappings of fewer keys are searched key by key.
const FEW: usize = 16;

impl<'a> IntoIterator for &'a Mapping {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Node {
    /// The value of a key, when this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_mapping()?.get(key)
    }

    /// The mapping, when this is one.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The items, when this is a list.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The text of a scalar of any style, so that `1.10` stays what was written.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// A plain `true` or `false`. Nothing else is a boolean, neither `yes` nor `True`.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.plain()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A plain decimal number without sign; `010` is none, as readers take it for eight or for ten.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        let text = self.plain()?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let octal = text.len() > 1 && text.starts_with('0');
        if digits && !octal { text.parse().ok() } else { None }
    }

    /// The tag and what it marks, when this has a tag of the provider's own.
    #[must_use]
    pub fn as_tagged(&self) -> Option<(&str, &Node)> {
        match &self.value {
            Value::Tagged { tag, node } => Some((tag, node)),
            _ => None,
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// What this is, for messages: "a mapping", "a list", "text", "a number", "true or false", "a
    /// tagged value" or "nothing".
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
            Value::Tagged { .. } => "a tagged value",
            Value::Scalar(_) if self.as_bool().is_some() => "true or false",
            Value::Scalar(scalar) if scalar.plain && is_number(&scalar.text) => "a number",
            Value::Scalar(_) => "text",
        }
    }

    fn plain(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) if scalar.plain => Some(&scalar.text),
            _ => None,
        }
    }
}

/// Whether YAML 1.2 sees a number in a plain scalar; infinity and the like are left out.
fn is_number(text: &str) -> bool {
    let radix = |prefix, radix| {
        text.strip_prefix(prefix)
            .is_some_and(|digits: &str| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)))
    };
    let spelt = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E'));
    spelt && text.parse::<f64>().is_ok() || radix("0x", 16) || radix("0o", 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Node {
        let scalar = Scalar { text: text.into(), plain: true, block: false };
        Node { span: Span::default(), value: Value::Scalar(scalar) }
    }

    #[test]
    fn booleans_are_two_words() {
        assert_eq!(plain("true").as_bool(), Some(true));
        assert_eq!(plain("false").kind(), "true or false");
        for text in ["yes", "no", "on", "off", "True", "FALSE", "y", "1"] {
            assert_eq!(plain(text).as_bool(), None, "{text}");
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(plain("0").as_u64(), Some(0));
        assert_eq!(plain("42").as_u64(), Some(42));
        for text in ["010", "+1", "-1", "1.0", "1_000", "0x10", "99999999999999999999"] {
            assert_eq!(plain(text).as_u64(), None, "{text}");
        }
        for text in ["1", "-1", "+1.5", "1e3", ".5", "010", "0x1F", "0o17"] {
            assert_eq!(plain(text).kind(), "a number", "{text}");
        }
        for text in ["1_000", "1.2.3", "e", "-", "inf", "12:30:45", "2001-01-01", "yes"] {
            assert_eq!(plain(text).kind(), "text", "{text}");
        }
    }
}
