//! Writes the Pulumi program: mappings, lists and scalars, nothing else of YAML.
//!
//! What must hold: every text goes through the house's scalar, as one whole node, and says to Pulumi YAML what it says here;
//! only what this crate makes up itself is a reference. Deliberately absent: reading. Source of the escape: `parseInterpolate`
//! of pulumi-yaml, which takes each `$$` for one `$`, wherever it stands.

use std::io;

use stackgate_provider::yaml_scalar;

/// A node of the program.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// A text, however it looks.
    Text(String),
    /// The resource of that name, or `None` for a name that is none of ours.
    Reference(String),
    /// A property of the resource of that name.
    Property(String, &'static str),
    /// A number.
    Number(u64),
    /// True or false.
    Flag(bool),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in order.
    Map(Vec<(String, Node)>),
}

/// A mapping with these entries.
pub(super) fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
    Node::Map(entries.into_iter().map(|(key, node)| (key.to_owned(), node)).collect())
}

/// A text.
pub(super) fn text(value: impl Into<String>) -> Node {
    Node::Text(value.into())
}

/// A list of texts.
pub(super) fn texts(values: &[String]) -> Node {
    Node::List(values.iter().map(text).collect())
}

impl Node {
    /// Adds an entry to a mapping; of anything else it makes nothing.
    pub(super) fn with(mut self, key: &str, value: Option<Node>) -> Node {
        if let (Node::Map(entries), Some(value)) = (&mut self, value) {
            entries.push((key.to_owned(), value));
        }
        self
    }

    /// The whole document.
    pub(super) fn document(&self) -> io::Result<String> {
        let mut out = String::new();
        self.block(&mut out, 0)?;
        Ok(out)
    }

    fn block(&self, out: &mut String, depth: usize) -> io::Result<()> {
        match self {
            Node::Map(entries) => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    // The first key of a list's item stands behind its dash.
                    if index > 0 || !out.ends_with("- ") {
                        indent(out, depth);
                    }
                    out.push_str(&escaped(key)?);
                    out.push(':');
                    value.behind(out, depth + 1)?;
                }
            }
            Node::List(items) => {
                for item in items {
                    indent(out, depth);
                    out.push('-');
                    match item {
                        Node::Map(entries) if !entries.is_empty() => {
                            out.push(' ');
                            item.block(out, depth + 1)?;
                        }
                        other => other.behind(out, depth + 1)?,
                    }
                }
            }
            scalar => scalar.behind(out, depth)?,
        }
        Ok(())
    }

    /// What stands behind a colon or a dash.
    fn behind(&self, out: &mut String, depth: usize) -> io::Result<()> {
        let scalar = match self {
            Node::Text(value) => escaped(value)?,
            Node::Reference(name) => reference(name, "")?,
            Node::Property(name, property) => reference(name, &format!(".{property}"))?,
            Node::Number(value) => value.to_string(),
            Node::Flag(value) => value.to_string(),
            Node::List(items) if items.is_empty() => "[]".into(),
            Node::Map(entries) if entries.is_empty() => "{}".into(),
            block => {
                out.push('\n');
                return block.block(out, depth);
            }
        };
        out.push(' ');
        out.push_str(&scalar);
        out.push('\n');
        Ok(())
    }
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A text, or a key, that Pulumi YAML takes for itself. A mapping of one key that begins with `fn::` is a call there, and
/// no escape is known.
fn escaped(value: &str) -> io::Result<String> {
    if value.trim_start().to_lowercase().starts_with("fn::") {
        return Err(io::Error::other("a value begins with `fn::`, which calls a function of Pulumi YAML"));
    }
    scalar(&value.replace('$', "$$"))
}

/// `${["NAME"]}`, or `${["NAME"].property}`: in this form a name may hold a dot or a slash.
fn reference(name: &str, property: &str) -> io::Result<String> {
    if name.contains(['"', '\\']) {
        return Err(io::Error::other("a resource's name holds a quotation mark"));
    }
    scalar(&format!("${{[\"{name}\"]{property}}}"))
}

fn scalar(value: &str) -> io::Result<String> {
    let mut out = Vec::new();
    yaml_scalar(value, &mut out)?;
    String::from_utf8(out).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_reads_back() {
        let inner = map([("empty", Node::List(Vec::new())), ("none", map([])), ("number", Node::Number(101))]);
        let node = map([
            ("yes", Node::Flag(true)),
            ("list", Node::List(vec![inner, text("no"), Node::Reference("team/a.b".into())])),
            ("id", Node::Property("ci/a.b".into(), "id")),
            ("a: b", text("${x} $$ $")),
        ]);
        let written = node.document().unwrap();
        let read: serde_yaml::Value = serde_yaml::from_str(&written).unwrap();
        assert_eq!(read["yes"].as_bool(), Some(true));
        assert_eq!(read["list"][0]["number"].as_u64(), Some(101));
        assert!(read["list"][0]["empty"].as_sequence().unwrap().is_empty());
        assert!(read["list"][0]["none"].as_mapping().unwrap().is_empty());
        assert_eq!(read["list"][1].as_str(), Some("no"));
        assert_eq!(read["list"][2].as_str(), Some("${[\"team/a.b\"]}"));
        assert_eq!(read["id"].as_str(), Some("${[\"ci/a.b\"].id}"));
        assert_eq!(read["a: b"].as_str(), Some("$${x} $$$$ $$"));
    }

    #[test]
    fn a_function_of_pulumi_yaml_is_refused() {
        for key in ["fn::readFile", "FN::secret", " fn::x"] {
            assert!(map([(key, text("/etc/passwd"))]).document().is_err(), "{key}");
        }
    }
}
