//! What became of each pin in all files together: the same new one everywhere, or a diagnostic where it is not.
//!
//! What must hold: a pin is the spec's, so that it is one for all files; a place that was left behind is found also in a file
//! that nobody asked for. Deliberately absent: whether the new pin is a good one.

use indexmap::IndexMap;
use stackgate_diagnostic::{Diagnostic, Rule, Source, Span, quote};
use stackgate_drift::{FileReport, Pin, PinDiff, PinKind, State, pin_changes, pins_of};
use stackgate_provider::Artifact;

use super::list::named;
use super::rules::{ADOPT_OTHER_CHANGE, ADOPT_PARTIAL};

/// A file as it stands on disk, and what is wrong with it.
pub(super) struct File {
    pub(super) artifact: Artifact,
    /// What stands there, or what should where that is the same.
    pub(super) source: Source,
    pub(super) state: State,
    /// Whether its pins are to be adopted.
    pub(super) wanted: bool,
    diff: PinDiff,
    pub(super) found: Vec<Diagnostic>,
}

/// A pin that is another one on disk.
pub(super) struct Bump {
    pub(super) old: Pin,
    pub(super) new: Pin,
    /// Index of a file, and the line in it.
    pub(super) places: Vec<(usize, usize)>,
}

impl File {
    pub(super) fn new(artifact: Artifact, spec_path: &str, report: &FileReport, wanted: bool) -> File {
        let text = match report.state {
            State::Clean => artifact.contents(spec_path),
            State::Missing | State::Unreadable => String::new(),
            _ => report.found.clone().unwrap_or_default(),
        };
        let diff = if report.state == State::Edited { pin_changes(&artifact, &text) } else { PinDiff::default() };
        let source = Source::new(artifact.path.clone(), text);
        let mut file = File { artifact, source, state: report.state, wanted, diff, found: Vec::new() };
        if wanted {
            file.found.extend(file.not_pins_alone());
        }
        file
    }

    /// What is wrong with a file that differs in more than pins.
    fn not_pins_alone(&self) -> Option<Diagnostic> {
        let path = &self.artifact.path;
        let of_file = |message: String, help: &str| {
            Some(Diagnostic::of_file(&ADOPT_OTHER_CHANGE, path.clone(), message).help(help))
        };
        match self.state {
            State::Clean => None,
            State::Edited => {
                let line = self.diff.other?;
                let message = format!("{path} differs from what the spec says in more than pins");
                let diagnostic = Diagnostic::error(&ADOPT_OTHER_CHANGE, self.line(line), message);
                let help = "put the other change into the spec, or run `stackgate generate` and let the bot bump anew";
                Some(diagnostic.label("the first line that differs in anything else").help(help))
            }
            State::Outdated => of_file(
                format!("{path} was rendered by an older spec or version, and nobody changed it since"),
                "run `stackgate generate`: there is nothing in it to adopt",
            ),
            State::Missing => of_file(
                format!("{path} does not exist"),
                "run `stackgate generate` first, or name the files whose pins are to be adopted",
            ),
            _ => of_file(
                format!("{path} is {}", self.state.as_str()),
                "name the files whose pins are to be adopted, or see `stackgate check`",
            ),
        }
    }

    /// The place of a line, from 1, without the spaces before it.
    pub(super) fn line(&self, line: usize) -> Span {
        let (start, text) = (self.source.line_start(line), self.source.line_text(line));
        let indent = text.len() - text.trim_start().len();
        Span::new(start + indent, start + text.len())
    }

    /// Says something of a line.
    pub(super) fn say(&mut self, rule: &'static Rule, line: usize, message: String, label: String, help: String) {
        let diagnostic = Diagnostic::error(rule, self.line(line), message).label(label).help(help);
        self.found.push(diagnostic);
    }

    /// Each place of a pin that the spec asks for: its line, and what stands there where that is another pin.
    fn uses(&self) -> Vec<(Pin, usize, Option<Pin>)> {
        let pins = pins_of(&self.artifact).into_iter();
        match (self.state, self.diff.other) {
            (State::Clean, _) | (State::Edited, None) => pins
                .map(|pin| {
                    let change = self.diff.changes.iter().find(|change| change.line == pin.line);
                    (pin.clone(), pin.line, change.map(|change| change.found.clone()))
                })
                .collect(),
            // Its lines cannot be held against each other, but the old pin may still be in it.
            _ => pins
                .filter_map(|pin| {
                    let at = self.source.text().find(pin.hash.as_str()).filter(|_| !pin.hash.is_empty())?;
                    Some((pin, self.source.line_column(at).0, None))
                })
                .collect(),
        }
    }
}

/// The pins that were bumped. Where one is not the same in every place, its file is told so, and it is left out.
pub(super) fn collect(files: &mut [File]) -> Vec<Bump> {
    type Uses = Vec<(usize, usize, Option<Pin>)>;
    let mut all: IndexMap<(PinKind, String, String, String), (Pin, Uses)> = IndexMap::new();
    for (index, file) in files.iter().enumerate() {
        for (pin, line, found) in file.uses() {
            let key = (pin.kind, pin.name.clone(), pin.version.clone(), pin.hash.clone());
            all.entry(key).or_insert_with(|| (pin, Vec::new())).1.push((index, line, found));
        }
    }
    let mut bumps = Vec::new();
    for (old, uses) in all.into_values() {
        let first = uses.iter().find_map(|(index, line, found)| Some((*index, *line, found.clone()?)));
        let Some((at, line, new)) = first else { continue };
        let same = |found: &Option<Pin>| {
            found.as_ref().is_some_and(|found| Pin { line: 0, ..found.clone() } == Pin { line: 0, ..new.clone() })
        };
        let behind: Vec<&(usize, usize, Option<Pin>)> = uses.iter().filter(|(.., found)| !same(found)).collect();
        let Some((index, stale, found)) = behind.first() else {
            let places = uses.iter().map(|(index, line, _)| (*index, *line)).collect();
            bumps.push(Bump { old, new, places });
            continue;
        };
        let place = format!("{}:{line}", files[at].artifact.path);
        let message = format!("{} was not bumped in every place", quote(&named(&old)));
        let here = found.as_ref().unwrap_or(&old);
        let label = format!("{} here, {} in {place}", told(here), told(&new));
        let others =
            if behind.len() > 1 { format!(" ({} places are not as {place})", behind.len()) } else { String::new() };
        let help =
            format!("let the bot bump all of them in one change request{others}, or undo it with `stackgate generate`");
        files[*index].say(&ADOPT_PARTIAL, *stale, message, label, help);
    }
    bumps
}

/// A pin for people, as short as tells it from another one of the same name.
pub(super) fn told(pin: &Pin) -> String {
    let digits = pin.hash.trim_start_matches("sha256:");
    let short: String = digits.chars().take(12).collect();
    match (pin.version.is_empty(), short.is_empty()) {
        (false, false) => format!("{} ({short})", quote(&pin.version)),
        (false, true) => quote(&pin.version),
        (true, false) => quote(&short),
        (true, true) => "nothing".to_owned(),
    }
}
