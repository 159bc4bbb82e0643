//! Shared libraries, files that are loaded, and `properties`.
//!
//! What must hold: a library without a version is whatever its branch holds; what is loaded from the repository is read.
//! Source: jenkins.io, "Extending with Shared Libraries".

use stackgate_provider::facts::{Aspect, Code, CodeKind, Pin, Place, Value};

use super::Reading;
use super::arguments::{Given, items};
use super::around::Around;
use super::texts::pin;
use crate::groovy::{Annotation, Call, Expression, Kind, Statement};

impl Reading<'_> {
    /// `@Library('x@1') _`, wherever it stands at the top.
    pub(super) fn libraries_of(&mut self, statements: &[Statement], around: &Around) {
        for statement in statements {
            let annotations: &[Annotation] = match statement {
                Statement::Define(define) => &define.annotations,
                Statement::Method(method) => &method.annotations,
                _ => continue,
            };
            for annotation in annotations.iter().filter(|annotation| annotation.name == "Library") {
                let names: Vec<&Expression> = annotation
                    .arguments
                    .iter()
                    .filter(|argument| argument.name.as_deref().is_none_or(|name| name == "value"))
                    .flat_map(|argument| items(&argument.value))
                    .collect();
                for name in names {
                    let value = self.value(name, around);
                    let place = self.place(name.span);
                    self.named_library(&value, place);
                }
            }
        }
    }

    /// `library 'x@1'`, `library identifier: 'x@1', retriever: …`, `lib('x@1')`.
    pub(super) fn library(&mut self, call: &Call, around: &Around) {
        let place = self.place(call.span);
        if let Some(name) = Given::of(call).main("identifier") {
            let value = self.value(name, around);
            self.named_library(&value, place);
        }
        if let Some(retriever) = Given::of(call).named("retriever") {
            let setting = stackgate_provider::facts::Setting {
                key: "library.retriever".into(),
                value: retriever.canonical(),
                place,
            };
            self.observation.settings.push(setting);
        }
    }

    fn named_library(&mut self, value: &Value, place: Place) {
        let text = value.text();
        let (name, version) = text.split_once('@').unwrap_or((text, ""));
        let pin = if value.as_literal().is_some() { pin(version) } else { Pin::Made };
        let (name, version) = (name.to_owned(), version.to_owned());
        self.observation.code.push(Code { kind: CodeKind::Library, name, version, pin, comment: None, place });
    }

    /// `load 'path'`: its methods can be called, and what stands beside them runs.
    pub(super) fn load(&mut self, call: &Call, around: &Around) {
        let place = self.place(call.span);
        self.used_step("load", CodeKind::Pipeline, call, around);
        let path = Given::of(call).main("path").map(|path| self.value(path, around));
        let read = match path.as_ref().map(|path| (path.as_literal(), around.directory.as_ref())) {
            Some((Some(path), None)) => {
                let path = path.strip_prefix("./").unwrap_or(path);
                if self.observation.sources.iter().any(|(known, _)| known == path) {
                    return;
                }
                self.open(path).map_err(|error| error.to_string())
            }
            _ => Err("its path is made when the pipeline runs".to_owned()),
        };
        match read {
            Ok((file, statements)) => {
                let from = std::mem::replace(&mut self.file, file);
                self.block(&statements, around);
                self.file = from;
            }
            Err(why) => {
                let id =
                    self.job_of(around, place).and_then(|at| self.observation.jobs.get(at)).map(|job| job.id.clone());
                self.undecided(Aspect::Code, id.as_deref(), format!("what is loaded cannot be read: {why}"), place);
            }
        }
    }

    /// `properties([…])`: options, parameters and triggers of a script.
    pub(super) fn properties(&mut self, call: &Call, around: &Around) {
        let mut scratch = around.clone();
        let mut gates = Vec::new();
        for item in Given::of(call).main("properties").into_iter().flat_map(items) {
            let Kind::Call(option) = &item.kind else {
                let (key, place) = ("properties".to_owned(), self.place(item.span));
                self.observation.settings.push(stackgate_provider::facts::Setting {
                    key,
                    value: item.canonical(),
                    place,
                });
                continue;
            };
            let inner: Vec<&Call> = Given::of(option)
                .plain()
                .flat_map(items)
                .filter_map(|value| match &value.kind {
                    Kind::Call(call) => Some(call.as_ref()),
                    _ => None,
                })
                .collect();
            match option.name.as_str() {
                "parameters" => self.parameters(&inner),
                "pipelineTriggers" => self.triggers(&inner),
                _ => self.options(&[option], &mut scratch, true),
            }
        }
        gates.extend(
            scratch
                .base
                .gates
                .into_iter()
                .filter(|gate| !around.base.gates.iter().any(|known| known.place == gate.place)),
        );
        // They hold for the whole build, whatever comes first.
        self.for_all.extend(gates);
    }
}
