//! The text of the spec, line by line, with the comments that say where each value came from.
//!
//! What must hold: every value reads back as exactly that text; a value that the spec's own checks refuse becomes a comment
//! with the reason, so that what is written has no mistake but what somebody must fill in.

use std::ops::Range;

use super::legal::comment;

/// Whether a leaf is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Live {
    /// The spec needs it.
    Always,
    /// It was found, and goes where it is refused.
    Found,
    /// Somebody has to decide: a comment, but for the comparison.
    Open,
    /// It stands only where nothing open does.
    Closed,
    /// Somebody may want it: a comment.
    Hint,
    /// It was refused: why.
    Refused(String),
}

/// A value with the keys that lead to it.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    /// The keys, as YAML; none for a comment.
    pub(crate) keys: Vec<String>,
    /// The value as YAML in one line; what follows its first line break is indented below the key.
    pub(crate) value: String,
    /// The comment beside it.
    pub(crate) note: String,
    pub(crate) live: Live,
    /// Comment lines above it.
    pub(crate) above: Vec<String>,
}

impl Leaf {
    pub(crate) fn new(keys: &[&str], value: impl Into<String>, note: impl AsRef<str>, live: Live) -> Leaf {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Leaf { keys, value: value.into(), note: comment(note.as_ref()), live, above: Vec::new() }
    }

    pub(crate) fn above(mut self, line: impl AsRef<str>) -> Leaf {
        self.above.push(comment(line.as_ref()));
        self
    }

    /// A comment of its own, below these keys.
    pub(crate) fn remark(keys: &[&str], text: impl AsRef<str>) -> Leaf {
        Leaf::new(keys, "", text, Live::Hint)
    }

    fn is_remark(&self) -> bool {
        self.value.is_empty()
    }
}

/// The text, and where each leaf stands in it. With `open`, what somebody must decide is live.
pub(crate) fn text(leaves: &[Leaf], open: bool) -> (String, Vec<Range<usize>>) {
    let mut out = String::from(
        "# yaml-language-server: $schema=./stackgate.schema.json\n\
         # For completion in editors: stackgate schema > stackgate.schema.json\n\
         # Written by `stackgate import`. The comments say where each value came from; read them, then remove them.\n",
    );
    let mut places = Vec::new();
    let mut current: Vec<String> = Vec::new();
    for leaf in leaves {
        let start = out.len();
        let (last, parents) = match leaf.keys.split_last() {
            Some((last, parents)) if !leaf.is_remark() => (Some(last), parents),
            _ => (None, leaf.keys.as_slice()),
        };
        let live = match &leaf.live {
            Live::Always | Live::Found => true,
            Live::Open => open,
            Live::Closed => !open,
            Live::Hint | Live::Refused(_) => false,
        } && !leaf.is_remark();
        if open && leaf.live == Live::Closed {
            places.push(start..start);
            continue;
        }
        let common = current.iter().zip(parents).take_while(|(a, b)| a == b).count();
        if leaf.keys.len() == 1 && common == 0 && leaf.keys.first() != current.first() {
            out.push('\n');
        }
        let shared = if live { parents.len() } else { common };
        if live {
            for (depth, key) in parents.iter().enumerate().skip(common) {
                if depth == 0 {
                    out.push('\n');
                }
                out.push_str(&format!("{}{key}:\n", "  ".repeat(depth)));
            }
            current = parents.to_vec();
        }
        let indent = "  ".repeat(shared);
        for line in &leaf.above {
            out.push_str(&format!("{indent}# {line}\n"));
        }
        let note = match &leaf.live {
            Live::Refused(why) => format!("{}; left out: {}", leaf.note, comment(why)),
            _ => leaf.note.clone(),
        };
        if leaf.is_remark() {
            out.push_str(&format!("{indent}# {note}\n"));
        } else if let Some(last) = last {
            let mut lines = leaf.value.split('\n');
            let first = lines.next().unwrap_or_default();
            let space = if first.is_empty() { "" } else { " " };
            let beside = if note.is_empty() { String::new() } else { format!(" # {note}") };
            if live {
                out.push_str(&format!("{indent}{last}:{space}{first}{beside}\n"));
                lines.for_each(|line| out.push_str(&format!("{indent}  {line}\n")));
            } else {
                let path: Vec<&str> = parents.iter().skip(shared).map(String::as_str).collect();
                let open: String = path.iter().map(|key| format!("{key}: {{ ")).collect();
                let close = " }".repeat(path.len());
                out.push_str(&format!("{indent}# {open}{last}:{space}{first}{close}{beside}\n"));
                lines.for_each(|line| out.push_str(&format!("{indent}#   {line}\n")));
            }
        }
        places.push(start..out.len());
    }
    (out, places)
}
