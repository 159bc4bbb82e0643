//! What follows from the scripts of a pipeline: tokens, verbs, downloads, channels.
//!
//! What must hold: done once, at the end of a reader; a script that cannot be followed where it matters is undecided;
//! ordinary programs and scripts of the repository are not, but are known.

mod channels;
mod deeds;
mod download;
mod flags;
mod found;
mod limits;
mod memo;
mod packages;
mod programs;
mod pulumi;
mod request;

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use found::Found;
use memo::{Asked, Outcome};

use crate::model::{
    Aspect, Code, Credential, CredentialKind, DeedKind, Does, Embedded, Job, Observation, Step, Variable,
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
        job: &Job,
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
        let known = Known { observation: self, job, step, set: shell_of_job };
        let options = shell.as_deref().unwrap_or("");
        let mut own = Found::default();
        let Some(dialect) = Dialect::of(shell.as_deref()) else {
            own.deed(DeedKind::RepositoryCode, Value::literal(format!("a script for {options}")), 0..text.len());
            return found.take(&own, index, &self.lines_of(text, *place));
        };
        if options.split_whitespace().skip(1).any(deeds::traces) {
            own.deed(DeedKind::Trace, Value::literal(options), 0..0);
        }
        let names = known.macros();
        let outcome = memo::outcome(text, dialect, names.is_empty(), &known, selected, |asked| {
            look(text, dialect, &Macros { names: &names }, asked)
        });
        if let Some(selects) = &outcome.selects {
            selected.clone_from(selects);
        }
        shell_of_job.extend(outcome.sets.iter().cloned());
        if !(own.is_empty() && outcome.found.is_empty()) {
            let lines = self.lines_of(text, *place);
            found.take(&own, index, &lines);
            found.take(&outcome.found, index, &lines);
        }
    }
}

/// What a script does.
fn look(text: &str, dialect: Dialect, macros: &Macros<'_>, asked: Asked<'_>) -> Outcome {
    let mut found = Found::default();
    let mut selects = None;
    let base = |name: &str| asked.variable(name);
    let embedded = |expression: &str| asked.embedded(expression);
    let script = Script::known(text, dialect, macros);
    let mut scope = Scope::new(&base, &embedded);
    let (calls, downloads) = (Vec::new(), Vec::new());
    let mut told = Told { found: &mut found, selects: &mut selects, calls, downloads, asked: &asked };
    let cut = shell::walk(&script, dialect, &mut scope, &mut |call, scope| told.call(call, scope));
    told.after();
    if dialect == Dialect::PowerShell {
        told.download_strings(text);
    }
    if let Some(why) = cut {
        told.undecided(Aspect::Code, format!("not all of a script can be followed: {why}"), 0..text.len());
    }
    deeds::literal_token(text, &mut told);
    let sets = scope.assigned().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    asked.outcome(found, sets, selects)
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

    /// Whether the job is given a credential in a variable of that name.
    fn given(&self, name: &str) -> bool {
        let given = |credential: &Credential| {
            credential.variable.as_deref() == Some(name) && !matches!(credential.kind, CredentialKind::Literal)
        };
        self.job.credentials.iter().any(given)
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

/// What one script tells.
struct Told<'a> {
    found: &'a mut Found,
    /// The stack that it selects.
    selects: &'a mut Option<Option<Value>>,
    calls: Vec<Rc<Call>>,
    downloads: Vec<download::Download>,
    asked: &'a Asked<'a>,
}

impl Told<'_> {
    fn call(&mut self, call: &Rc<Call>, scope: &mut Scope<'_>) {
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
        self.calls.push(Rc::clone(call));
    }

    /// A range of the script; which place of the file that is, is found when the facts are taken.
    fn place(&self, range: Range<usize>) -> Place {
        found::range(range)
    }

    fn deed(&mut self, kind: DeedKind, what: Value, range: Range<usize>) {
        self.found.deed(kind, what, range);
    }

    fn undecided(&mut self, aspect: Aspect, why: String, range: Range<usize>) {
        self.found.undecided(aspect, why, range);
    }

    fn embed(&mut self, value: &Value, in_code: bool, range: Range<usize>) {
        if matches!(value.control(), Control::Member | Control::Stranger) && self.found.room(self.found.embedded.len())
        {
            let embedded = Embedded { value: value.clone(), in_code, place: self.place(range) };
            self.found.embedded.push((0, embedded));
        }
    }

    /// The stack that is selected so far, by this script or one before it.
    fn selected(&self) -> Option<Value> {
        self.selects.clone().unwrap_or_else(|| self.asked.selected())
    }

    fn add(&mut self, code: Code) {
        if self.found.room(self.found.code.len()) {
            self.found.code.push(code);
        }
    }

    /// The call of a number, among those told already.
    fn told(&self, number: usize) -> Option<&Call> {
        self.calls.get(number).map(Rc::as_ref)
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
