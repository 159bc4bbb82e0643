//! Agents: whose machine runs a stage, and in which image.
//!
//! What must hold: every agent is the user's own; `any` may be the controller itself. Sources: jenkins.io, "Pipeline Syntax",
//! `agent`; the docker-workflow and kubernetes plugins.

use stackgate_provider::facts::{
    Aspect, Code, CodeKind, Credential, CredentialKind, Pin, Place, Runner, RunnerTrust, Scope, Setting, Value,
};

use super::Reading;
use super::arguments::{Given, plain};
use super::around::Around;
use super::texts::image;
use super::when::called;
use crate::groovy::{Call, Expression, Kind, Statement};

impl Reading<'_> {
    /// Reads an `agent` into what the stages within begin with.
    pub(super) fn agent(&mut self, call: &Call, around: &mut Around) {
        let place = self.place(call.span);
        around.base.runner.place = place;
        // An agent of its own is another machine, and another image.
        around.base.code.retain(|code| code.kind != CodeKind::Image);
        around.base.settings.retain(|setting| !setting.key.starts_with("agent."));
        if let Some(Expression { kind: Kind::Word(word), .. }) = Given::of(call).first() {
            match word.as_str() {
                "none" => {
                    around.holds = false;
                    around.agent = None;
                    around.base.runner = runner(RunnerTrust::Setting, Value::literal("none"), place);
                }
                "any" => self.held(around, RunnerTrust::Any, Value::literal("any"), place),
                other => {
                    let why = format!("the agent `{other}` is not known");
                    self.undecided(Aspect::Key, None, why, place);
                }
            }
            return;
        }
        for statement in call.statements() {
            match called(statement) {
                Some(kind) => self.agent_of(kind, around),
                None if matches!(statement, Statement::Expression(Expression { kind: Kind::Word(word), .. }) if word == "any") =>
                {
                    self.held(around, RunnerTrust::Any, Value::literal("any"), place);
                }
                None if matches!(statement, Statement::Expression(Expression { kind: Kind::Word(word), .. }) if word == "none") =>
                    {}
                None => self.undecided(Aspect::Key, None, "an agent that is no call", self.place(statement.span())),
            }
        }
    }

    fn held(&mut self, around: &mut Around, trust: RunnerTrust, label: Value, place: Place) {
        around.holds = true;
        self.next_stage += 1;
        around.agent = Some((self.next_stage, place));
        around.base.runner = runner(trust, label, place);
    }

    /// One kind of agent.
    fn agent_of(&mut self, call: &Call, around: &mut Around) {
        let place = self.place(call.span);
        let parts = self.parts(call);
        let text =
            |name: &str| parts.iter().find(|(known, ..)| *known == name).map(|(_, value, _)| self.value(value, around));
        let first = Given::of(call).first().map(|value| self.value(value, around));
        let label =
            text("label").or_else(|| if matches!(call.name.as_str(), "label" | "node") { first.clone() } else { None });
        let own = |label: Option<Value>, otherwise: &str| match label {
            Some(label) if label.text().is_empty() => (RunnerTrust::Any, Value::literal(otherwise)),
            Some(label) => (RunnerTrust::SelfHosted, label),
            None => (RunnerTrust::Any, Value::literal(otherwise)),
        };
        let mut codes = Vec::new();
        let (trust, shown) = match call.name.as_str() {
            "label" | "node" => own(label, "any"),
            "docker" => {
                let name = text("image").or(first).unwrap_or_else(|| Value::literal(""));
                codes.push(image(&name, place));
                own(label, "docker")
            }
            "dockerfile" => {
                let file = text("filename").unwrap_or_else(|| Value::literal("Dockerfile"));
                let (kind, version) = (CodeKind::Image, String::new());
                codes.push(Code { kind, name: file.text().to_owned(), version, pin: Pin::Local, comment: None, place });
                own(label, "docker")
            }
            "kubernetes" => {
                let yaml = text("yaml").map(|value| (value.text().to_owned(), place));
                let file = parts.iter().find(|(name, ..)| *name == "yamlFile").and_then(|(_, value, _)| plain(value));
                let read = file.map(|path| (path, self.text_of(path)));
                match read {
                    Some((_, Ok(text))) => codes.extend(images_of(&text, place)),
                    Some((path, Err(error))) => {
                        let why = format!("the pod's `{path}` cannot be read: {error}");
                        self.undecided(Aspect::Code, None, why, place);
                    }
                    None => {}
                }
                codes.extend(yaml.into_iter().flat_map(|(text, place)| images_of(&text, place)));
                let name = label.unwrap_or_else(|| Value::literal("kubernetes"));
                (RunnerTrust::SelfHosted, name)
            }
            // Other plugins bring agents of their own: `ecs`, `dockerContainer`, `nomad`.
            other => own(label, other),
        };
        self.held(around, trust, shown, place);
        around.base.code.append(&mut codes);
        for (name, value, place) in parts {
            match name {
                "label" | "image" | "yaml" | "filename" => {}
                "registryCredentialsId" => {
                    let kind = CredentialKind::Stored("registry login".into(), self.value(value, around));
                    let scope = Scope::Steps(Vec::new());
                    around.base.credentials.push(Credential { kind, variable: None, scope, wide: false, place });
                }
                name => {
                    let value = self.value(value, around).text().to_owned();
                    around.base.settings.push(Setting { key: format!("agent.{name}"), value, place });
                }
            }
        }
        if call.name == "kubernetes"
            && let Some((_, value, place)) = self.parts(call).into_iter().find(|(name, ..)| *name == "yaml")
        {
            let value = self.value(value, around).text().to_owned();
            around.base.settings.push(Setting { key: "agent.yaml".into(), value, place });
        }
    }

    /// What a call says within its block, or in its arguments by name.
    fn parts<'c>(&self, call: &'c Call) -> Vec<(&'c str, &'c Expression, Place)> {
        let named = Given::of(call).all().filter(|(name, _)| !name.is_empty());
        let mut all: Vec<_> = named.map(|(name, value)| (name, value, self.place(value.span))).collect();
        for inner in call.statements().iter().filter_map(called) {
            if let Some(value) = Given::of(inner).first() {
                all.push((inner.name.as_str(), value, self.place(inner.span)));
            }
        }
        all
    }

    /// The machine of a `node` step.
    pub(super) fn node(&mut self, call: &Call, around: &Around) -> Around {
        let place = self.place(call.span);
        let label = Given::of(call).main("label").map(|value| self.value(value, around));
        let mut inner = around.clone();
        inner.holds = true;
        inner.agent = None;
        inner.base.runner = match label.filter(|label| !label.text().is_empty()) {
            None => runner(RunnerTrust::Any, Value::literal("any"), place),
            Some(label) => runner(RunnerTrust::SelfHosted, label, place),
        };
        inner
    }

    /// The images that a `podTemplate` names.
    pub(super) fn pod(&mut self, call: &Call, around: &mut Around) {
        let place = self.place(call.span);
        let given = Given::of(call);
        let mut codes = Vec::new();
        if let Some(yaml) = given.named("yaml") {
            codes.extend(images_of(self.value(yaml, around).text(), place));
        }
        for container in given.named("containers").into_iter().flat_map(super::arguments::items) {
            if let Some(given) = Given::of_value(container)
                && let Some(name) = given.named("image")
            {
                codes.push(image(&self.value(name, around), self.place(container.span)));
            }
        }
        around.base.code.append(&mut codes);
    }
}

fn runner(trust: RunnerTrust, label: Value, place: Place) -> Runner {
    Runner { trust, label, place }
}

/// The images in a pod's text: a line `image: name` each.
fn images_of(text: &str, place: Place) -> Vec<Code> {
    let name = |line: &str| {
        let name = line.trim().trim_start_matches("- ").strip_prefix("image:")?.trim();
        let name = name.split(" #").next().unwrap_or(name).trim().trim_matches(['"', '\'']);
        let value = match name.contains("${") {
            true => Value::Made(name.to_owned(), stackgate_provider::facts::Control::Unknown),
            false => Value::literal(name),
        };
        (!name.is_empty()).then(|| image(&value, place))
    };
    text.lines().filter_map(name).take(100).collect()
}
