//! What was found in scripts: in one of them, and in all of a job.
//!
//! What must hold: of one script every place is a range of its text and every step is none, so that any job with that script
//! may have them; [`Found::take`] gives them the step and the places of one.

use std::ops::Range;

use stackgate_diagnostic::Span;

use crate::locate::Lines;
use crate::model::{
    Aspect, Channel, Code, Credential, CredentialKind, Deed, DeedKind, Embedded, Job, Mint, Scope as Sees, Undecided,
    Verb,
};
use crate::place::Place;
use crate::value::Value;

/// Most facts of one kind that a job's scripts may give: people write some dozens.
const MOST: usize = 1000;

/// Most doubts of one script before those that say the same are taken for one.
const UNSORTED: usize = 20 * MOST;

/// A range of a script's text, for as long as it is not known where that stands.
pub(super) fn range(of: Range<usize>) -> Place {
    Place::new(0, Span::new(of.start, of.end))
}

/// What was found in scripts.
#[derive(Default)]
pub(super) struct Found {
    pub(super) mints: Vec<Mint>,
    pub(super) verbs: Vec<Verb>,
    pub(super) code: Vec<Code>,
    pub(super) channels: Vec<Channel>,
    pub(super) deeds: Vec<Deed>,
    pub(super) embedded: Vec<(usize, Embedded)>,
    pub(super) literals: Vec<(usize, Place)>,
    undecided: Vec<(Aspect, String, Place)>,
    /// Whether more was found than is kept.
    full: bool,
}

impl Found {
    /// Whether a list may grow.
    pub(super) fn room(&mut self, length: usize) -> bool {
        self.full |= length >= MOST;
        length < MOST
    }

    /// Adds something that a script does, unless the same step has it already.
    pub(super) fn deed(&mut self, kind: DeedKind, what: Value, of: Range<usize>) {
        if self.room(self.deeds.len()) && !self.deeds.iter().any(|deed| deed.kind == kind && deed.what == what) {
            self.deeds.push(Deed { step: 0, kind, what, place: range(of) });
        }
    }

    /// Adds something that cannot be decided. Of several that say the same, [`Found::take`] keeps one.
    pub(super) fn undecided(&mut self, aspect: Aspect, why: String, of: Range<usize>) {
        self.full |= self.undecided.len() >= UNSORTED;
        if self.undecided.len() < UNSORTED {
            self.undecided.push((aspect, why, range(of)));
        }
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        let lists = self.mints.is_empty() && self.verbs.is_empty() && self.code.is_empty() && self.channels.is_empty();
        let more = self.deeds.is_empty() && self.embedded.is_empty() && self.literals.is_empty();
        lists && more && self.undecided.is_empty() && !self.full
    }

    /// About how much room it takes.
    pub(super) fn bytes(&self) -> usize {
        let facts = self.mints.len() + self.verbs.len() + self.code.len() + self.channels.len() + self.deeds.len();
        let words: usize = self.undecided.iter().map(|(_, why, _)| why.len()).sum();
        let texts = self.deeds.iter().map(|deed| &deed.what).chain(self.embedded.iter().map(|(_, one)| &one.value));
        let texts: usize = texts.map(|value| value.text().len()).sum();
        400 * (facts + self.embedded.len() + self.literals.len() + self.undecided.len()) + words + texts
    }

    /// Takes what one script does, as that of a step whose lines stand there in the file.
    pub(super) fn take(&mut self, script: &Found, step: usize, lines: &Lines) {
        let at = |place: Place| lines.place(place.span.start..place.span.end);
        self.full |= script.full;
        self.mints.extend(script.mints.iter().map(|mint| Mint { step, place: at(mint.place), ..mint.clone() }));
        for verb in &script.verbs {
            if self.room(self.verbs.len()) {
                self.verbs.push(Verb { step, place: at(verb.place), ..verb.clone() });
            }
        }
        for code in &script.code {
            if self.room(self.code.len()) {
                self.code.push(Code { place: at(code.place), ..code.clone() });
            }
        }
        for channel in &script.channels {
            if self.room(self.channels.len()) {
                self.channels.push(Channel { step: Some(step), place: at(channel.place), ..channel.clone() });
            }
        }
        for deed in &script.deeds {
            let known = |own: &Deed| own.step == step && own.kind == deed.kind && own.what == deed.what;
            if self.room(self.deeds.len()) && !self.deeds.iter().rev().take_while(|own| own.step == step).any(known) {
                self.deeds.push(Deed { step, place: at(deed.place), ..deed.clone() });
            }
        }
        for (_, embedded) in &script.embedded {
            if self.room(self.embedded.len()) {
                self.embedded.push((step, Embedded { place: at(embedded.place), ..embedded.clone() }));
            }
        }
        self.literals.extend(script.literals.iter().map(|(_, place)| (step, at(*place))));
        for (aspect, why, place) in &script.undecided {
            if !self.room(self.undecided.len()) {
                break;
            }
            // What stands in a text that is undecided as a whole is said already; where nothing has a place of its own, only
            // the same words are.
            let (whole, place) = (lines.whole(), at(*place));
            let within = |outer: &Place| {
                *outer != whole && outer.span.start <= place.span.start && place.span.end <= outer.span.end
            };
            if !self.undecided.iter().any(|(_, known, outer)| known == why || within(outer)) {
                self.undecided.push((*aspect, why.clone(), place));
            }
        }
    }

    pub(super) fn settle(self, job: &mut Job, undecided: &mut Vec<Undecided>) {
        if self.full {
            let why = "its scripts do more than is looked at".to_owned();
            undecided.push(Undecided { aspect: Aspect::Limit, job: Some(job.id.clone()), why, place: job.place });
        }
        job.mints.extend(self.mints);
        job.mints.sort_by_key(|mint| mint.step);
        job.verbs.extend(self.verbs);
        job.verbs.sort_by_key(|verb| verb.step);
        job.channels.extend(self.channels);
        job.deeds.extend(self.deeds);
        for code in self.code {
            if !job.code.iter().any(|known| {
                known.kind == code.kind
                    && known.name == code.name
                    && known.version == code.version
                    && known.pin == code.pin
            }) {
                job.code.push(code);
            }
        }
        for (index, place) in self.literals {
            let kind = CredentialKind::Literal;
            job.credentials.push(Credential {
                kind,
                variable: None,
                scope: Sees::Steps(vec![index]),
                wide: false,
                place,
            });
        }
        for (index, embedded) in self.embedded {
            let Some(step) = job.steps.get_mut(index) else { continue };
            if !step.embedded.iter().any(|known| known.value == embedded.value && known.in_code == embedded.in_code) {
                step.embedded.push(embedded);
            }
        }
        // What nobody gave a secret to cannot misuse one: there an unknown command is no more than any program.
        if !job.credentials.is_empty() || !job.mints.is_empty() || !job.verbs.is_empty() {
            for (aspect, why, place) in self.undecided {
                undecided.push(Undecided { aspect, job: Some(job.id.clone()), why, place });
            }
        }
    }
}
