//! What variables hold while a script goes on.
//!
//! What must hold: after a block that may not run, a variable is a literal only where every way gives the same text; what
//! only the file decides is [`Control::System`]; a name that nobody gave a value is [`Control::Unknown`].

use std::collections::{BTreeMap, BTreeSet};

use crate::value::{Control, Value};

/// The variables of a script, over those of its step and job.
pub struct Scope<'a> {
    base: &'a dyn Fn(&str) -> Option<Value>,
    embedded: &'a dyn Fn(&str) -> Option<Value>,
    assigned: BTreeMap<String, Value>,
    frames: Vec<Frame>,
    /// Whether nothing after this runs: `exit`.
    pub(super) dead: bool,
    /// Functions of the script; whether each ends the script.
    pub(super) functions: BTreeMap<String, bool>,
    /// How many functions stand around what is looked at.
    pub(super) within: usize,
    /// Names that are set somewhere in the script, and the number of the last item that sets each.
    pub(super) last: BTreeMap<String, usize>,
    /// The item that is looked at.
    pub(super) now: usize,
}

#[derive(Default)]
struct Frame {
    /// What each name that was changed held at the block's begin.
    old: BTreeMap<String, Option<Value>>,
    /// The names changed in the branch that is looked at.
    changed: BTreeSet<String>,
    /// What the branches before it left: the value, or none where they differ; the worst control; in how many.
    left: BTreeMap<String, (Option<Value>, Control, usize)>,
    /// How many branches went to their end.
    alive: usize,
    dead_before: bool,
}

impl<'a> Scope<'a> {
    /// A scope over the job's and the step's variables, and what the provider puts into text: by the name, and by the
    /// expression without its brackets.
    pub fn new(base: &'a dyn Fn(&str) -> Option<Value>, embedded: &'a dyn Fn(&str) -> Option<Value>) -> Scope<'a> {
        Scope {
            base,
            embedded,
            assigned: BTreeMap::new(),
            frames: Vec::new(),
            dead: false,
            functions: BTreeMap::new(),
            within: 0,
            last: BTreeMap::new(),
            now: 0,
        }
    }

    /// What a variable holds here; none where neither the script nor the environment says so.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        // A function runs later, after whatever is set below it.
        if self.within > 0 && self.last.get(name).is_some_and(|last| *last > self.now) {
            return Some(Value::Made(format!("${name}"), Control::Unknown));
        }
        self.assigned.get(name).cloned().or_else(|| (self.base)(name))
    }

    /// What the provider makes of an expression.
    #[must_use]
    pub fn embedded(&self, expression: &str) -> Option<Value> {
        (self.embedded)(expression)
    }

    /// Whether the script itself has a function of that name.
    #[must_use]
    pub fn is_function(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    /// Whether what is looked at stands in a function.
    #[must_use]
    pub fn in_function(&self) -> bool {
        self.within > 0
    }

    /// Names that the script itself has set up to here.
    pub fn assigned(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.assigned.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.note(name);
        self.assigned.insert(name.to_owned(), value);
    }

    pub(super) fn unset(&mut self, name: &str) {
        // Unset and unknown are the same to a reader: no literal.
        self.set(name, Value::Made(format!("${name}"), Control::System));
    }

    fn note(&mut self, name: &str) {
        let old = self.assigned.get(name);
        if let Some(frame) = self.frames.last_mut() {
            if !frame.old.contains_key(name) {
                frame.old.insert(name.to_owned(), old.cloned());
            }
            if !frame.changed.contains(name) {
                frame.changed.insert(name.to_owned());
            }
        }
    }

    pub(super) fn enter(&mut self) {
        self.frames.push(Frame { dead_before: self.dead, ..Frame::default() });
    }

    /// Ends a branch: what it left is noted, and everything is as before the block.
    pub(super) fn next(&mut self) {
        let Some(mut frame) = self.frames.pop() else { return };
        let alive = !self.dead;
        frame.alive += usize::from(alive);
        for name in std::mem::take(&mut frame.changed) {
            let value = self.assigned.remove(&name);
            if let (Some(value), true) = (value, alive) {
                let control = value.control();
                let (known, worst, count) = frame.left.entry(name.clone()).or_insert((Some(value.clone()), control, 0));
                if known.as_ref() != Some(&value) {
                    *known = None;
                }
                *worst = control.max(*worst);
                *count += 1;
            }
            if let Some(Some(old)) = frame.old.get(&name) {
                self.assigned.insert(name, old.clone());
            }
        }
        self.dead = frame.dead_before;
        self.frames.push(frame);
    }

    /// Ends a block of branches.
    pub(super) fn leave(&mut self, complete: bool) {
        self.next();
        let Some(frame) = self.frames.pop() else { return };
        if complete && frame.alive == 0 {
            self.dead = true;
        }
        for (name, (known, worst, count)) in frame.left {
            let value = if complete && count == frame.alive {
                known.unwrap_or_else(|| Value::Made(format!("${name}"), worst))
            } else {
                let before = self.get(&name);
                match (known, before) {
                    (Some(known), Some(before)) if known == before => known,
                    (_, before) => {
                        let control = before.map_or(Control::Unknown, |before| before.control());
                        Value::Made(format!("${name}"), worst.max(control))
                    }
                }
            };
            self.set(&name, value);
        }
    }

    /// Ends a subshell: nothing that it set is left.
    pub(super) fn forget(&mut self) {
        let dead = self.frames.last().is_some_and(|frame| frame.dead_before);
        self.next();
        self.frames.pop();
        self.dead = dead;
    }
}
