//! Versions as people write them beside a pin, as far as two of them can be compared.
//!
//! What must hold: what is not a version compares with nothing. Deliberately absent: ranges, and build metadata.

use std::cmp::Ordering;

/// `v7.0.1`, `7`, `3.1.0-rc.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    numbers: Vec<u64>,
    /// What stands behind a `-`.
    pre: Option<String>,
}

impl Version {
    /// A version, with `v` before it or not; one to four numbers without leading zeros.
    pub(super) fn parse(text: &str) -> Option<Version> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
        let sound = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if pre.is_some_and(|pre| pre.is_empty() || !pre.chars().all(sound)) {
            return None;
        }
        let numbers: Option<Vec<u64>> = numbers.split('.').map(number).collect();
        let numbers = numbers.filter(|numbers| numbers.len() <= 4)?;
        Some(Version { numbers, pre: pre.map(str::to_owned) })
    }

    /// Whether it comes before a release.
    pub(super) fn is_pre_release(&self) -> bool {
        self.pre.is_some()
    }

    /// Whether this one says as many numbers as another.
    pub(super) fn is_as_exact_as(&self, other: &Version) -> bool {
        self.numbers.len() >= other.numbers.len()
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        let count = self.numbers.len().max(other.numbers.len());
        let padded =
            |version: &Version| (0..count).map(|at| version.numbers.get(at).copied().unwrap_or(0)).collect::<Vec<_>>();
        padded(self).cmp(&padded(other)).then_with(|| match (&self.pre, &other.pre) {
            // What comes before a release is older than the release.
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (None, None) => Ordering::Equal,
            (Some(one), Some(other)) => one.split('.').map(Part::of).cmp(other.split('.').map(Part::of)),
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A part of what stands behind a `-`: numbers are compared as such, and come before words.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Number(u64),
    Word(&'a str),
}

impl Part<'_> {
    fn of(text: &str) -> Part<'_> {
        number(text).map_or(Part::Word(text), Part::Number)
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let padded = text.len() > 1 && text.starts_with('0');
    if digits && !padded { text.parse().ok() } else { None }
}

/// An image's tag: its numbers, such as `3.9` and `21`, and the text around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Each number with dots, in order.
    pub(super) numbers: Vec<&'a str>,
    /// The tag with each number replaced.
    pub(super) form: String,
}

impl<'a> Tag<'a> {
    pub(super) fn parse(text: &'a str) -> Tag<'a> {
        let mut tag = Tag { numbers: Vec::new(), form: String::new() };
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let run = &rest[start..];
            let end = run.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(run.len());
            let number = run[..end].trim_end_matches('.');
            tag.form.push_str(&rest[..start]);
            tag.form.push('#');
            tag.numbers.push(number);
            rest = &run[number.len()..];
        }
        tag.form.push_str(rest);
        tag
    }

    /// How another tag of the same form compares; nothing where the forms differ.
    pub(super) fn compare(&self, other: &Tag<'_>) -> Option<Ordering> {
        if self.form != other.form {
            return None;
        }
        let all = |tag: &Tag<'_>| tag.numbers.iter().map(|number| Version::parse(number)).collect::<Option<Vec<_>>>();
        Some(all(self)?.cmp(&all(other)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn versions_in_order() {
        let sorted =
            ["v1", "v1.0.1", "1.2.0-alpha.2", "v1.2.0-alpha.10", "1.2.0-beta", "1.2.0", "v1.10.0", "v2.0.0", "10"];
        for pair in sorted.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        assert_eq!(version("v7.0.1").cmp(&version("7.0.1")), Ordering::Equal);
        assert!(!version("v8").is_as_exact_as(&version("v7.0.1")));
        for text in [
            "",
            "v",
            "main",
            "v1.",
            "v1..2",
            "v01.2.3",
            "1.2.3.4.5",
            "v1.2.3-",
            "v1.2.3 ",
            "v1.2.3\u{301}",
            "99999999999999999999",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn tags_of_one_form_compare_by_their_numbers() {
        let compare = |one, other| Tag::parse(one).compare(&Tag::parse(other));
        assert_eq!(compare("24-bookworm", "24.1.0-bookworm"), Some(Ordering::Less));
        assert_eq!(compare("3.9-eclipse-temurin-21", "3.9-eclipse-temurin-25"), Some(Ordering::Less));
        assert_eq!(compare("bookworm-scm", "bookworm-scm"), Some(Ordering::Equal));
        assert_eq!(compare("24-bookworm", "24-trixie"), None);
        assert_eq!(compare("24", "latest"), None);
        assert_eq!(Tag::parse("3.9-eclipse-temurin-21").numbers, ["3.9", "21"]);
    }
}
