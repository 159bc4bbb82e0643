//! Single values that are read into something else than text: time, runtime, date, version of the spec.
//!
//! What must always hold: what is malformed is reported by its own rule and read as nothing; what is well-formed but out
//! of bounds is reported and kept. Deliberately absent: whether a runtime's version has a pin.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use stackgate_diagnostic::{Diagnostic, closest, quote};
use stackgate_yaml::{Node, Read, Reader, choice};

use crate::form;
use crate::rules::{MALFORMED_DATE, MALFORMED_DURATION, MALFORMED_VERSION, UNKNOWN_VERSION};

/// A schema of its own for a type, in place where it is used.
macro_rules! schema {
    ($name:ident, $schema:tt) => {
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

/// The version of the spec's format; there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecVersion;

schema!(SpecVersion, { "const": 1 });

impl Read for SpecVersion {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if node.as_u64() == Some(1) {
            return Some(SpecVersion);
        }
        let found = node.as_str().map_or_else(|| node.kind().to_owned(), quote);
        let message = format!("the spec is of version {found}; this stackgate reads version 1");
        let diagnostic = Diagnostic::error(&UNKNOWN_VERSION, node.span, message).label("expected 1");
        reader.error(diagnostic.help("write `version: 1`, or use a stackgate that knows this version"));
        None
    }
}

/// A length of time in whole minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minutes(pub u32);

impl Minutes {
    /// The least that is accepted.
    pub const LEAST: Minutes = Minutes(5);
    /// The most that is accepted.
    pub const MOST: Minutes = Minutes(24 * 60);
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 60, self.0 % 60) {
            (0, minutes) => write!(f, "{minutes}m"),
            (hours, 0) => write!(f, "{hours}h"),
            (hours, minutes) => write!(f, "{hours}h{minutes}m"),
        }
    }
}

schema!(Minutes, { "type": "string", "pattern": form::MINUTES_PATTERN });

impl Read for Minutes {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let (value, fault) = match form::minutes(&text).map(Minutes) {
            Ok(value) if value < Minutes::LEAST => (Some(value), format!("shorter than {}", Minutes::LEAST)),
            Ok(value) if value > Minutes::MOST => (Some(value), format!("longer than {}", Minutes::MOST)),
            Ok(value) => return Some(value),
            Err(fault) => (None, fault),
        };
        let message = reader.say(&format!("{} is not a legal length of time", quote(&text)));
        let diagnostic = Diagnostic::error(&MALFORMED_DURATION, node.span, message).label(fault);
        reader.error(diagnostic.help("write `45m`, `1h` or `1h30m`; from 5m to 24h"));
        value
    }
}

choice! {
    /// The language of a Pulumi program.
    pub enum Language {
        /// Node.js.
        Nodejs = "nodejs",
        /// Python.
        Python = "python",
        /// Go.
        Go = "go",
        /// .NET.
        Dotnet = "dotnet",
        /// Java.
        Java = "java",
        /// Pulumi YAML.
        Yaml = "yaml",
    }
}

/// A language with, perhaps, a version: `nodejs`, `nodejs@24`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// The language.
    pub language: Language,
    /// The version, where the spec names one.
    pub version: Option<String>,
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}@{version}", self.language),
            None => self.language.fmt(f),
        }
    }
}

schema!(Runtime, {
    "type": "string",
    "pattern": form::RUNTIME_PATTERN,
    "examples": ["nodejs", "python", "go", "dotnet", "java", "yaml", "nodejs@24"],
});

impl Runtime {
    /// Whether the version has all its numbers, so that it cannot mean another release tomorrow.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.version.as_ref().is_some_and(|version| version.split('.').count() >= 3)
    }

    /// Reads `language` or `language@version`.
    ///
    /// # Errors
    /// When the text is neither, with what is wrong as the end of a sentence.
    pub fn parse(text: &str) -> Result<Runtime, String> {
        let (word, version) = text.split_once('@').map_or((text, None), |(word, version)| (word, Some(version)));
        let words = || Language::ALL.iter().map(|language| language.as_str());
        let Some(language) = Language::ALL.iter().copied().find(|language| language.as_str() == word) else {
            return Err(match closest(word, words()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("its language is none of {}", words().collect::<Vec<_>>().join(", ")),
            });
        };
        match version {
            Some(_) if language == Language::Yaml => Err("Pulumi YAML needs no tool, so that it has no version".into()),
            Some(version) if !form::is_version(version) => {
                Err("its version is not one to four numbers with dots between".into())
            }
            version => Ok(Runtime { language, version: version.map(str::to_owned) }),
        }
    }
}

impl Read for Runtime {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        match Runtime::parse(&text) {
            Ok(runtime) => Some(runtime),
            Err(fault) => {
                let message = reader.say(&format!("{} is not a runtime", quote(&text)));
                let diagnostic = Diagnostic::error(&MALFORMED_VERSION, node.span, message).label(fault);
                reader.error(
                    diagnostic.help("write a language and perhaps a version: `nodejs`, `nodejs@24`, `nodejs@24.18.0`"),
                );
                None
            }
        }
    }
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

schema!(Day, { "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });

impl Read for Day {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let label = match day(&text) {
            Some(Ok(date)) => return Some(Day(date)),
            Some(Err(_)) => "no calendar has this day",
            None => "expected `YYYY-MM-DD`",
        };
        let message = reader.say(&format!("{} is not a date", quote(&text)));
        let diagnostic = Diagnostic::error(&MALFORMED_DATE, node.span, message).label(label);
        reader.error(diagnostic.help("write year, month and day with hyphens: `2027-01-31`"));
        None
    }
}

/// The date in a text of exactly the form `YYYY-MM-DD`, if there is such a day.
fn day(text: &str) -> Option<Result<Date, jiff::Error>> {
    let bytes = text.as_bytes();
    let formed = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<i16>().ok());
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    formed.then(|| Date::new(year, i8::try_from(month).unwrap_or(0), i8::try_from(day).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes() {
        assert_eq!(Runtime::parse("nodejs").unwrap().to_string(), "nodejs");
        assert_eq!(Runtime::parse("go@1.26").unwrap().to_string(), "go@1.26");
        for bad in
            ["", "node", "ruby", "nodejs@", "nodejs@lts", "yaml@1", "nodejs@24@1", "Nodejs", "nodejs@^24", "nodejs@024"]
        {
            assert!(Runtime::parse(bad).is_err(), "{bad:?} is read");
        }
    }

    #[test]
    fn days() {
        assert!(matches!(day("2027-01-31"), Some(Ok(_))));
        assert!(matches!(day("2027-02-30"), Some(Err(_))));
        for bad in ["01/02/2027", "2027-1-31", "tomorrow", "2027-01-31T00:00", "+027-01-31", "２027-01-3"] {
            assert!(day(bad).is_none(), "{bad:?} is read");
        }
    }

    #[test]
    fn time_is_written_as_it_is_read() {
        for minutes in [5, 59, 60, 90, 1440] {
            assert_eq!(form::minutes(&Minutes(minutes).to_string()), Ok(minutes));
        }
    }
}
