//! Steps without a block, and what stands behind any other call.
//!
//! What must hold: a call is a step, a method of the file, plain Groovy, or foreign code; never nothing. Steps of Jenkins and
//! of plugins are code that the controller holds and pins, which no file says: they count as local. Source: jenkins.io,
//! "Pipeline Steps Reference".

use stackgate_provider::facts::{
    Aspect, Channel, ChannelKind, Code, CodeKind, Does, Embedded, Pin, Place, Step, Value, Variable,
};

use super::Reading;
use super::arguments::{Given, is_step, plain};
use super::around::Around;
use super::texts::image;
use crate::groovy::{Call, Expression, Kind};

impl Reading<'_> {
    /// One call.
    pub(super) fn step(&mut self, call: &Call, around: &Around) {
        let full = match &call.on {
            Some((Expression { kind: Kind::Word(word), .. }, _)) => format!("{word}.{}", call.name),
            _ => call.name.clone(),
        };
        let name = ["this.", "steps.", "script.", "context."]
            .iter()
            .find_map(|start| full.strip_prefix(start))
            .unwrap_or(&full);
        if let Some((on, _)) = &call.on {
            self.expression(on, around);
        }
        if name.starts_with("docker.image") || call.on.as_ref().is_some_and(|(on, _)| is_docker_image(on)) {
            self.docker_image(call, around);
        }
        // A stage, or a machine, of old scripts has no block: it goes on to the next one.
        if let Some(block) = &call.block {
            return self.wrapped(name, call, block, around);
        }
        let place = self.place(call.span);
        // A method of the file hides a step of its name.
        if !self.describes && call.on.is_none() && self.defines(name) && self.called_here(call, around) {
            return;
        }
        match name {
            "sh" | "bat" | "powershell" | "pwsh" => self.script_step(name, call, around),
            "checkout" | "git" | "svn" => self.checkout(name, call, around),
            "input" => self.input_step(call, around),
            "parallel" => self.parallel(call, around),
            "properties" => self.properties(call, around),
            "load" => self.load(call, around),
            "library" | "libraries" | "lib" => self.library(call, around),
            "stash" | "archiveArtifacts" | "archive" => {
                let name = Given::of(call).named(if name == "stash" { "name" } else { "artifacts" });
                self.channel(ChannelKind::ArtifactOut, name.or_else(|| Given::of(call).first()), call, around);
            }
            "unstash" | "copyArtifacts" | "unarchive" => {
                let given = Given::of(call);
                let name = given.named("name").or_else(|| given.named("projectName")).or_else(|| given.first());
                self.channel(ChannelKind::ArtifactIn, name, call, around);
            }
            "evaluate" | "evaluateGroovy" | "Eval.me" => {
                self.used_step(name, CodeKind::Action, call, around);
                let id =
                    self.job_of(around, place).and_then(|at| self.observation.jobs.get(at)).map(|job| job.id.clone());
                self.undecided(Aspect::Code, id.as_deref(), "text is run as Groovy", place);
            }
            // What comes behind it is read there.
            "withCredentials" | "stage" => {}
            "step" | "wrap" => {
                let class = Given::of(call).named("$class").and_then(plain).unwrap_or(name).to_owned();
                self.used_step(&class, CodeKind::Action, call, around);
            }
            name if is_step(name) => self.used_step(name, CodeKind::Action, call, around),
            name => self.other(name, call, around),
        }
    }

    /// A call that is no step that anybody here knows.
    fn other(&mut self, name: &str, call: &Call, around: &Around) {
        if self.called_here(call, around) {
            return;
        }
        self.arguments_run(&call.arguments, around);
        if self.describes {
            return;
        }
        let first = name.split('.').next().unwrap_or(name);
        if name == "docker.build" || (name.ends_with(".push") && call.on.is_none()) {
            return self.used_step(name, CodeKind::Action, call, around);
        }
        // What is called on a value is Groovy's; what is called by a name of nobody's is a library's or a plugin's.
        let is_value = call.on.is_some()
            || (name.contains('.') && (!self.has_libraries() || self.is_value(first)))
            || is_groovy(name)
            || first.starts_with(|c: char| c.is_ascii_uppercase());
        if !is_value {
            self.foreign(name, call, around);
        }
    }

    fn has_libraries(&self) -> bool {
        self.observation.code.iter().any(|code| code.kind == CodeKind::Library)
    }

    fn is_value(&self, name: &str) -> bool {
        matches!(
            name,
            "env"
                | "params"
                | "currentBuild"
                | "scm"
                | "docker"
                | "manager"
                | "build"
                | "out"
                | "it"
                | "e"
                | "ex"
                | "err"
        ) || self.known.contains_key(name)
            || self.bound.iter().any(|(known, _)| known == name)
            || self.file_defines(name)
    }

    /// Whether a name is one of a method that the file defines.
    fn defines(&self, name: &str) -> bool {
        !name.contains('.') && self.has_method(name)
    }

    /// Whether a name is one of the file's, whatever it holds.
    fn file_defines(&self, name: &str) -> bool {
        let text = self.observation.sources.get(self.file).map(|(_, text)| text.as_ref()).unwrap_or_default();
        let assigned = [format!("def {name}"), format!("{name} ="), format!("{name}=")];
        assigned.iter().any(|start| text.contains(start.as_str()))
    }

    /// Code of a library, or of a plugin that nobody here knows.
    pub(super) fn foreign(&mut self, name: &str, call: &Call, around: &Around) {
        let kind = if self.has_libraries() { CodeKind::Library } else { CodeKind::Action };
        self.used_step(name, kind, call, around);
    }

    /// A step that is code of its own.
    pub(super) fn used_step(&mut self, name: &str, kind: CodeKind, call: &Call, around: &Around) {
        let place = self.place(call.span);
        let code = Code { kind, name: name.to_owned(), version: String::new(), pin: Pin::Local, comment: None, place };
        let mut embedded = Vec::new();
        let inputs = self.inputs(call, around, &mut embedded);
        // What stands in a step's arguments describes something to it, unless it is a step itself.
        let before = std::mem::replace(&mut self.describes, true);
        self.arguments_run(&call.arguments, around);
        self.describes = before;
        self.add(Step { place, does: Does::Use { code, inputs }, embedded, ..Step::default() }, around);
    }

    /// The arguments of a call as inputs; what is made for them is put in as data.
    pub(super) fn inputs(&self, call: &Call, around: &Around, embedded: &mut Vec<Embedded>) -> Vec<Variable> {
        let mut all = Vec::new();
        for (at, (name, value)) in Given::of(call).all().enumerate().take(50) {
            let place = self.place(value.span);
            if let Kind::Interpolated(_) = value.kind {
                let (_, found) = self.text(value, around);
                embedded.extend(found.into_iter().map(|value| Embedded { value, in_code: false, place }));
            }
            let name = if name.is_empty() { format!("argument {}", at + 1) } else { name.to_owned() };
            all.push(Variable { name, value: self.value(value, around), place });
        }
        all
    }

    fn channel(&mut self, kind: ChannelKind, name: Option<&Expression>, call: &Call, around: &Around) {
        let place = self.place(call.span);
        let name = name.map_or_else(|| Value::literal(""), |name| self.value(name, around));
        self.used_step(&call.name, CodeKind::Action, call, around);
        self.channelled(kind, name, around, place);
    }

    fn channelled(&mut self, kind: ChannelKind, name: Value, around: &Around, place: Place) {
        let Some(at) = self.job_of(around, place) else { return };
        let Some(job) = self.observation.jobs.get_mut(at) else { return };
        let step = job.steps.len().checked_sub(1);
        job.channels.push(Channel { kind, name, step, place });
    }

    /// `parallel a: { … }, b: { … }`.
    fn parallel(&mut self, call: &Call, around: &Around) {
        let before = self.front.clone();
        let mut ends = Vec::new();
        for (name, value) in Given::of(call).all() {
            self.front.clone_from(&before);
            match &value.kind {
                Kind::Closure(closure) => self.branch(Some(name), closure, around),
                Kind::Word(_) => {}
                _ => self.expression(value, around),
            }
            ends.extend(self.front.iter().copied());
        }
        self.joined(before, ends);
    }

    fn docker_image(&mut self, call: &Call, around: &Around) {
        let own = call.name == "docker.image" || call.name == "image";
        let named = match &call.on {
            Some((Expression { kind: Kind::Call(inner), .. }, _)) => Given::of(inner).first(),
            _ if own => Given::of(call).first(),
            _ => None,
        };
        if let Some(name) = named {
            let code = image(&self.value(name, around), self.place(call.span));
            self.used(code, around);
        }
    }
}

fn is_docker_image(on: &Expression) -> bool {
    matches!(&on.kind, Kind::Call(call) if call.name == "docker.image")
}

/// What Groovy and Jenkins' own objects can be asked without a dot, and what is said for people.
fn is_groovy(name: &str) -> bool {
    matches!(
        name,
        "sleep" | "print" | "printf" | "sprintf" | "credentials" | "string" | "isUnix" | "pwd" | "getProperty"
    ) || name.starts_with("currentBuild.")
        || name.starts_with("env.")
        || name.starts_with("params.")
        || name.starts_with("scm.")
}
