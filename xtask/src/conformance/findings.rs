//! The one reviewed file of what validators get wrong: which findings are none, and how a tool must be asked that would
//! otherwise stop at something that is right.
//!
//! What must hold: every entry names one validator, one provider, and a reason with its evidence; one that nothing
//! needs any more is an error, so that the list only ever says what is true today.

use std::sync::atomic::{AtomicBool, Ordering};

use super::batch::Finding;
use super::catalogue::VALIDATORS;
use crate::Result;

/// Where it lies, below the repository's root.
pub(crate) const PATH: &str = "snapshots/findings.txt";

/// One line of the file.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) provider: &'static str,
    pub(crate) validator: &'static str,
    pub(crate) what: What,
    /// As it stands in the file.
    pub(crate) text: String,
    pub(crate) reason: String,
    pub(crate) line: usize,
    used: AtomicBool,
}

/// What an entry does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A finding with such a message is none.
    Finding(Glob),
    /// A line that the tool cannot read is put another way before it is asked, so that it judges the rest of the file.
    Mend(Mend),
    /// A task that exists, though the tool's schema does not define it.
    Task { name: String, inputs: Vec<String> },
}

impl Entry {
    /// Notes that something needed it.
    pub(crate) fn used(&self) {
        self.used.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stale(&self) -> bool {
        !self.used.load(Ordering::Relaxed)
    }

    /// Whether it lists that finding; if so, it is noted.
    pub(crate) fn lists(&self, finding: &Finding) -> bool {
        let What::Finding(pattern) = &self.what else { return false };
        let listed = self.provider == finding.provider
            && self.validator == finding.validator
            && pattern.matches(&finding.message);
        if listed {
            self.used();
        }
        listed
    }
}

/// A whole text, in which `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob(Vec<String>);

impl Glob {
    pub(crate) fn new(pattern: &str) -> Glob {
        Glob(pattern.split('*').map(str::to_owned).collect())
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.0.as_slice() else {
            return self.0.first().is_some_and(|all| all == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

/// A line, without its indentation, and what stands for it; one `*` on both sides carries over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mend {
    from: (String, String),
    to: (String, String),
}

impl Mend {
    fn parse(text: &str) -> Option<Mend> {
        let (from, to) = text.split_once(" => ")?;
        let halves = |side: &str| side.split_once('*').map(|(before, after)| (before.to_owned(), after.to_owned()));
        Some(Mend { from: halves(from)?, to: halves(to)? })
    }

    /// The text with every such line put the other way.
    pub(crate) fn apply(&self, text: &str) -> String {
        text.split_inclusive('\n')
            .map(|line| {
                let bare = line.trim();
                let middle =
                    bare.strip_prefix(self.from.0.as_str()).and_then(|rest| rest.strip_suffix(self.from.1.as_str()));
                match middle {
                    Some(middle) => line.replacen(bare, &format!("{}{middle}{}", self.to.0, self.to.1), 1),
                    None => line.to_owned(),
                }
            })
            .collect()
    }
}

/// The entries of the file; every line that is none is an error.
pub(crate) fn parse(text: &str) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        entries.push(entry(line, index + 1).map_err(|why| format!("{PATH}:{}: {why}", index + 1))?);
    }
    Ok(entries)
}

fn entry(line: &str, number: usize) -> std::result::Result<Entry, String> {
    let [provider, validator, text, reason] = line.splitn(4, " | ").collect::<Vec<_>>()[..] else {
        return Err("expected `provider | validator | what | reason`".into());
    };
    let known = VALIDATORS.iter().find(|known| known.id == validator);
    let known = known.ok_or_else(|| format!("there is no validator {validator}"))?;
    let provider = known.provider(provider).ok_or_else(|| format!("{validator} does not judge {provider}"))?;
    let what = if let Some(mend) = text.strip_prefix("mend: ") {
        What::Mend(Mend::parse(mend).ok_or("expected `mend: FROM => TO` with one `*` on each side")?)
    } else if let Some(task) = text.strip_prefix("task: ") {
        let mut words = task.split(' ').map(str::to_owned);
        What::Task { name: words.next().unwrap_or_default(), inputs: words.collect() }
    } else {
        What::Finding(Glob::new(text))
    };
    if text.trim_matches(['*', ' ']).is_empty() || reason.trim().is_empty() {
        return Err("it lists everything, or gives no reason".into());
    }
    let (text, reason) = (text.to_owned(), reason.to_owned());
    Ok(Entry { provider, validator: known.id, what, text, reason, line: number, used: AtomicBool::new(false) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(provider: &'static str, validator: &'static str, message: &str) -> Finding {
        Finding { provider, validator, place: "a:1".into(), message: message.into() }
    }

    #[test]
    fn the_file_of_the_tree_can_be_read() {
        let text = std::fs::read_to_string(crate::root().join(PATH)).unwrap();
        assert!(!parse(&text).unwrap().is_empty());
    }

    #[test]
    fn an_entry_lists_one_validators_findings_of_one_provider_alone() {
        let entries = parse("# why\n\ngithub | yamllint | line * long | a reason | with a bar\n").unwrap();
        let entry = &entries[0];
        assert_eq!((entry.line, entry.reason.as_str()), (3, "a reason | with a bar"));
        assert!(!entry.lists(&finding("gitlab", "yamllint", "line too long")));
        assert!(!entry.lists(&finding("github", "prettier", "line too long")));
        assert!(!entry.lists(&finding("github", "yamllint", "line too longer")));
        assert!(entry.is_stale());
        assert!(entry.lists(&finding("github", "yamllint", "line too long")));
        assert!(!entry.is_stale());
    }

    #[test]
    fn globs_match_whole_texts() {
        for (pattern, text, matches) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*bc", "abc", false),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn a_mend_puts_lines_another_way_and_leaves_the_rest() {
        let mend = Mend::parse("- *: terminal => - *").unwrap();
        assert_eq!(
            mend.apply("  - a-b: terminal\n  - terminal\nx: terminal\n"),
            "  - a-b\n  - terminal\nx: terminal\n"
        );
        assert_eq!(mend.apply("- a: terminal"), "- a");
    }

    #[test]
    fn lines_that_are_no_entries_are_errors() {
        for line in [
            "github | yamllint | x",
            "github | nothing | x | y",
            "jenkins | zizmor-auditor | x | y",
            "github | yamllint | * | y",
            "github | yamllint | x |  ",
            "github | yamllint | mend: a => b | y",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
