//! What follows from the scripts of a pipeline: tokens, verbs, downloads, channels.
//!
//! What must hold: done once, at the end of a reader; a script that cannot be followed where it matters is undecided;
//! ordinary programs and scripts of the repository are not, but are known.

mod channels;
mod deeds;
mod download;
mod flags;
mod limits;
mod packages;
mod programs;
mod pulumi;
mod request;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::locate::Lines;
use crate::model::{
    Aspect, Channel, Code, Credential, CredentialKind, Deed, DeedKind, Does, Embedded, Job, Mint, Observation,
    Scope as Sees, Step, Undecided, Variable, Verb,
};
use crate::place::Place;
use crate::shell::{self, Call, Dialect, Macros, Scope, Script};
use crate::value::{Control, Value};

impl Observation {
    /// Adds what follows from the scripts of the steps. Readers call it at their end, once.
    #[must_use]
    pub fn finish(mut self) -> Observation {
        let mut jobs = std::mem::take(&mut self.jobs);
        for job in &mut jobs {
            let mut found = Found::default();
            // A stack that one script selects is selected for those after it.
            let mut selected = None;
            let mut shell = BTreeMap::new();
            for index in 0..job.steps.len() {
                self.step(job, index, &mut selected, &mut shell, &mut found);
            }
            found.settle(job, &mut self.undecided);
        }
        self.jobs = jobs;
        self.undecided.extend(limits::told(&self));
        self
    }

    /// `shell_of_job` is what the scripts before have set, of which this one may be a further part.
    fn step(
        &self,
        job: &mut Job,
        index: usize,
        selected: &mut Option<Value>,
        shell_of_job: &mut BTreeMap<String, Value>,
        found: &mut Found,
    ) {
        let Some(step) = job.steps.get(index) else { return };
        if !step.continues {
            shell_of_job.clear();
        }
        let Does::Run { text, place, shell, .. } = &step.does else { return };
        let lines = self.lines_of(text, *place);
        let mut told =
            Told { step: index, lines: &lines, found, selected, calls: Vec::new(), downloads: Vec::new(), job };
        let Some(dialect) = Dialect::of(shell.as_deref()) else {
            told.deed(
                DeedKind::RepositoryCode,
                Value::literal(format!("a script for {}", shell.as_deref().unwrap_or(""))),
                0..text.len(),
            );
            return;
        };
        if shell.as_deref().is_some_and(|shell| shell.split_whitespace().skip(1).any(deeds::traces)) {
            told.deed(DeedKind::Trace, Value::literal(shell.as_deref().unwrap_or("")), 0..0);
        }
        let known = Known { observation: self, job, step, set: shell_of_job };
        let base = |name: &str| known.variable(name);
        let embedded = |expression: &str| known.embedded(expression);
        let names = known.macros();
        let script = Script::known(text, dialect, &Macros { names: &names });
        let mut scope = Scope::new(&base, &embedded);
        let cut = shell::walk(&script, dialect, &mut scope, &mut |call, scope| told.call(call, scope));
        told.after();
        if dialect == Dialect::PowerShell {
            told.download_strings(text);
        }
        if let Some(why) = cut {
            told.undecided(Aspect::Code, format!("not all of a script can be followed: {why}"), 0..text.len());
        }
        deeds::literal_token(text, &mut told);
        let set: Vec<(String, Value)> =
            scope.assigned().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        shell_of_job.extend(set);
    }
}

/// What a script of a step may know.
struct Known<'a> {
    observation: &'a Observation,
    job: &'a Job,
    step: &'a Step,
    /// What the same shell has set before.
    set: &'a BTreeMap<String, Value>,
}

impl Known<'_> {
    fn variable(&self, name: &str) -> Option<Value> {
        let of = |variables: &[Variable]| {
            let found = variables.iter().rev().find(|variable| variable.name == name);
            found.map(|variable| variable.value.clone())
        };
        let secret = || {
            let given = |credential: &&Credential| credential.variable.as_deref() == Some(name);
            let found = self.job.credentials.iter().find(given);
            found.map(|_| Value::Made(format!("${name}"), Control::Administrator))
        };
        let set = self.set.get(name).cloned();
        set.or_else(|| of(&self.step.variables))
            .or_else(|| of(&self.job.variables))
            .or_else(secret)
            .or_else(|| of(&self.observation.environment))
    }

    /// The names of variables, which a provider may put into a script as text.
    fn macros(&self) -> Vec<String> {
        // Only where the reader found such a substitution, or a `$(pwd)` would be one.
        let embedded = self.step.embedded.iter().map(|embedded| bare(embedded.value.text()).to_owned());
        embedded.filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))).collect()
    }

    fn embedded(&self, expression: &str) -> Option<Value> {
        let wanted = bare(expression);
        let found = self.step.embedded.iter().find(|embedded| bare(embedded.value.text()).eq_ignore_ascii_case(wanted));
        let name = ["env.", "variables.", "vars.", "parameters."].iter().find_map(|start| wanted.strip_prefix(start));
        let value = self.variable(name.unwrap_or(wanted)).or_else(|| {
            // A variable's name becomes one that a shell can have.
            self.variable(&wanted.to_ascii_uppercase().replace(['.', '-'], "_"))
        });
        match (value, found) {
            (Some(Value::Literal(text)), _) => Some(Value::Literal(text)),
            (_, Some(embedded)) => Some(embedded.value.clone()),
            (made, None) => made,
        }
    }
}

/// An expression without its brackets.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let pairs = [("${{", "}}"), ("$[[", "]]"), ("$(", ")"), ("$[", "]"), ("<<", ">>"), ("${", "}")];
    let inner = pairs.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    inner.unwrap_or(text).trim()
}

/// What was found in a job's scripts.
#[derive(Default)]
struct Found {
    mints: Vec<Mint>,
    verbs: Vec<Verb>,
    code: Vec<Code>,
    channels: Vec<Channel>,
    deeds: Vec<Deed>,
    embedded: Vec<(usize, Embedded)>,
    literals: Vec<(usize, Place)>,
    undecided: Vec<(Aspect, String, Place)>,
    /// Whether more was found than is kept.
    full: bool,
}

/// Most facts of one kind that a job's scripts may give: people write some dozens.
const MOST: usize = 1000;

impl Found {
    /// Whether a list may grow.
    fn room(&mut self, length: usize) -> bool {
        self.full |= length >= MOST;
        length < MOST
    }

    fn settle(self, job: &mut Job, undecided: &mut Vec<Undecided>) {
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

/// What one script tells.
struct Told<'a> {
    step: usize,
    lines: &'a Lines,
    found: &'a mut Found,
    selected: &'a mut Option<Value>,
    calls: Vec<Call>,
    downloads: Vec<download::Download>,
    job: &'a Job,
}

impl Told<'_> {
    fn call(&mut self, call: &Call, scope: &mut Scope<'_>) {
        self.channels(call);
        self.deeds(call, scope);
        self.programs(call, scope);
        match call.program() {
            Some("pulumi") => self.pulumi(call, scope),
            Some("esc") => self.esc(call),
            Some("curl" | "wget" | "iwr" | "irm" | "Invoke-WebRequest" | "Invoke-RestMethod") => self.request(call),
            _ => {}
        }
        self.packages(call);
        self.download(call);
        self.calls.push(call.clone());
    }

    fn place(&self, range: Range<usize>) -> Place {
        self.lines.place(range)
    }

    fn deed(&mut self, kind: DeedKind, what: Value, range: Range<usize>) {
        let place = self.place(range);
        let step = self.step;
        if !self.found.room(self.found.deeds.len()) {
            return;
        }
        if !self.found.deeds.iter().any(|deed| deed.step == step && deed.kind == kind && deed.what == what) {
            self.found.deeds.push(Deed { step, kind, what, place });
        }
    }

    fn undecided(&mut self, aspect: Aspect, why: String, range: Range<usize>) {
        let place = self.place(range);
        if !self.found.room(self.found.undecided.len()) {
            return;
        }
        // What stands in a text that is undecided as a whole is said already; where nothing has a place of its own, only
        // the same words are.
        let whole = self.lines.whole();
        let within =
            |outer: &Place| *outer != whole && outer.span.start <= place.span.start && place.span.end <= outer.span.end;
        if !self.found.undecided.iter().any(|(_, known, outer)| *known == why || within(outer)) {
            self.found.undecided.push((aspect, why, place));
        }
    }

    fn embed(&mut self, value: &Value, in_code: bool, range: Range<usize>) {
        if matches!(value.control(), Control::Member | Control::Stranger) && self.found.room(self.found.embedded.len())
        {
            let embedded = Embedded { value: value.clone(), in_code, place: self.place(range) };
            self.found.embedded.push((self.step, embedded));
        }
    }

    fn add(&mut self, code: Code) {
        if self.found.room(self.found.code.len()) {
            self.found.code.push(code);
        }
    }

    /// The call of a number, among those told already.
    fn told(&self, number: usize) -> Option<&Call> {
        self.calls.get(number)
    }

    /// Everything whose output comes to a call through pipes, the nearest first.
    fn fed_by(&self, call: &Call) -> Vec<&Call> {
        let mut all = Vec::new();
        let mut next = call.feeds;
        while let Some(feeding) = next.and_then(|number| self.told(number)) {
            all.push(feeding);
            next = feeding.feeds;
            if all.len() > 32 {
                break;
            }
        }
        all
    }
}
