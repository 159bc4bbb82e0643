//! What is installed: pins with the spec's own over the table, the CLI, runtimes.
//!
//! What must always hold: every version that comes out is exact. Deliberately absent: which of these a provider needs.

use std::sync::Arc;

use stackgate_diagnostic::{Diagnostic, Span, quote};
use stackgate_spec::{CliPin as SpecCliPin, Runtime as SpecRuntime};
use stackgate_yaml::Located;

use super::stacks::Resolved;
use super::{Lowering, did_you_mean};
use crate::model::{Cli, Language, Runtime};
use crate::pins::{ActionPin, CliPin, ImagePin, Pins};
use crate::rules::{CLI_TOO_OLD, RUNTIME_MISSING, RUNTIME_NOT_EXACT, UNKNOWN_ACTION, UNPINNED_CLI};

/// The first CLI that refuses an identity token which contradicts the flags.
const LEAST_CLI: [u32; 3] = [3, 217, 0];

/// The first CLI with `pulumi api`.
const LEAST_API: [u32; 3] = [3, 238, 0];

impl Lowering<'_> {
    /// The pin table with the spec's own pins over it.
    pub(super) fn pins(&mut self) -> Arc<Pins> {
        let Some(own) = self.spec.pins.given() else { return Arc::clone(self.context.pins) };
        let mut pins = Pins::clone(self.context.pins);
        for (version, _, pin) in own.cli.given().into_iter().flat_map(|cli| cli.given()) {
            let SpecCliPin { linux_x64, linux_arm64, .. } = pin;
            pins.cli.releases.insert(
                version.into(),
                CliPin { linux_x64: linux_x64.to_string(), linux_arm64: linux_arm64.to_string(), released: None },
            );
        }
        for (name, span, pin) in own.actions.given().into_iter().flat_map(|actions| actions.given()) {
            match pins.actions.get_mut(name) {
                Some(row) => {
                    *row =
                        ActionPin { version: pin.version.to_string(), commit: pin.commit.to_string(), released: None }
                }
                None => self.unknown_action(name, span),
            }
        }
        for (runtime, _, pin) in own.images.given().into_iter().flat_map(|images| images.given()) {
            let image = ImagePin { image: pin.image.to_string(), digest: pin.digest.to_string() };
            pins.images.insert(self.image_key(runtime), image);
        }
        Arc::new(pins)
    }

    fn unknown_action(&mut self, name: &str, span: Span) {
        // A name of illegal form was told so already.
        if !name.contains('/') {
            return;
        }
        let table = &self.context.pins.actions;
        let diagnostic =
            Diagnostic::error(&UNKNOWN_ACTION, span, format!("no pipeline uses the action {}", quote(name)));
        let diagnostic = did_you_mean(diagnostic, self.closest(name, table.keys().map(String::as_str)));
        let names: Vec<&str> = table.keys().map(String::as_str).collect();
        self.error(diagnostic.help(format!("the actions are `{}`", names.join("`, `"))));
    }

    /// The key under which [`Pins::runtime`] looks for an image; no version means the table's own.
    fn image_key(&self, runtime: &str) -> String {
        let default = |language: &str| {
            self.context.pins.runtimes.get(language).map(|row| row.default.clone()).unwrap_or_default()
        };
        match runtime.split_once('@') {
            Some(_) => runtime.to_owned(),
            None => format!("{runtime}@{}", default(runtime)),
        }
    }

    /// The release of the CLI that the spec names, or else the table's own.
    pub(super) fn cli(&mut self, pins: &Pins) -> Cli {
        let default = || {
            pins.cli(&pins.cli.default).unwrap_or_else(|| Cli {
                version: String::new(),
                sha256_x64: String::new(),
                sha256_arm64: String::new(),
            })
        };
        let Some(version) = self.spec.pulumi.given() else { return default() };
        // A malformed version was reported as such.
        let Some(numbers) = version.numbers() else { return default() };
        if numbers < LEAST_CLI {
            let message = format!("Pulumi {} is too old for these pipelines", version.value);
            let help = format!("leave `pulumi` out for {}, or name a release from 3.217.0 on", pins.cli.default);
            self.error(
                Diagnostic::error(&CLI_TOO_OLD, version.span, message).label("3.217.0 is the oldest").help(help),
            );
            return default();
        }
        pins.cli(version).unwrap_or_else(|| {
            let message = format!("the SHA-256 of Pulumi {} is not known", version.value);
            let known: Vec<&str> = pins.cli.releases.keys().map(String::as_str).collect();
            let diagnostic =
                Diagnostic::error(&UNPINNED_CLI, version.span, message).label(format!("known: {}", known.join(", ")));
            let help = format!(
                "leave `pulumi` out, or add `pins: {{ cli: {{ \"{}\": {{ linux-x64: …, linux-arm64: … }} }} }}`",
                version.value
            );
            self.error(diagnostic.help(help));
            default()
        })
    }

    /// Whether the CLI can start deployments, where a job does.
    pub(super) fn cli_of_deployments(&mut self, stacks: &[Resolved<'_>]) {
        let started = stacks.iter().find(|stack| stack.deployments.is_some() && stack.deploy.is_some());
        let (Some(stack), Some(version)) = (started, self.spec.pulumi.given()) else { return };
        // What is older still was told so already.
        if version.numbers().is_some_and(|numbers| (LEAST_CLI..LEAST_API).contains(&numbers)) {
            let message = format!("Pulumi {} cannot start the deployment of `{}`", version.value, stack.reference());
            let help =
                format!("leave `pulumi` out for {}, or name a release from 3.238.0 on", self.context.pins.cli.default);
            let diagnostic = Diagnostic::error(&CLI_TOO_OLD, version.span, message)
                .label("3.238.0 is the oldest with `pulumi api`")
                .related(stack.key, "Pulumi Deployments runs this stack, and the deploy job starts it");
            self.error(diagnostic.help(help));
        }
    }

    /// The runtime of a stack's project, or else that of the defaults; none when it could not be read.
    pub(super) fn runtime_of(&mut self, stack: &Resolved<'_>, pins: &Pins) -> Option<Runtime> {
        let (project, _) = stack.settings?;
        if project.runtime.is_failed() || (project.runtime.given().is_none() && self.defaults.runtime.is_failed()) {
            return Some(nothing());
        }
        let Some(runtime) = project.runtime.given().or(self.defaults.runtime.given()) else {
            let key = self.spec.projects.row(stack.project).map_or(stack.key, |row| row.key_span);
            let message = format!("the project `{}` does not say what language it is written in", stack.project);
            let help = "add `runtime: nodejs` (or python, go, dotnet, java, yaml) here or under `defaults`";
            self.error(Diagnostic::error(&RUNTIME_MISSING, key, message).help(help));
            return Some(nothing());
        };
        Some(self.runtime(runtime, pins))
    }

    /// A runtime made exact by the pins.
    pub(super) fn runtime(&mut self, runtime: &Located<SpecRuntime>, pins: &Pins) -> Runtime {
        let language = language(runtime.language);
        let row = pins.runtimes.get(language.as_str());
        if let Some(version) = &runtime.version {
            let pinned = row.is_some_and(|row| *version == row.default || *version == row.exact);
            if !pinned && !runtime.is_exact() {
                let message = format!("`{}` is not one exact version", runtime.value);
                let default = row.map(|row| row.default.as_str()).unwrap_or_default();
                let label = format!("`{language}@{default}` is pinned", language = language.as_str());
                let help =
                    format!("write all three numbers, such as `{}@X.Y.Z`, or leave the version out", language.as_str());
                self.error(Diagnostic::error(&RUNTIME_NOT_EXACT, runtime.span, message).label(label).help(help));
            }
        }
        let version = runtime.version.as_deref().or(row.map(|row| row.default.as_str()));
        let (version, image) = pins.runtime(language, version);
        Runtime { language, version, image }
    }
}

/// What stands where a runtime could not be decided, in a draft that is never rendered.
pub(super) fn nothing() -> Runtime {
    Runtime { language: Language::Yaml, version: String::new(), image: None }
}

/// The runtime of a job that runs no program: that of a language without tools.
pub(super) fn none(pins: &Pins) -> Runtime {
    let (version, image) = pins.runtime(Language::Yaml, None);
    Runtime { language: Language::Yaml, version, image }
}

fn language(language: stackgate_spec::Language) -> Language {
    use stackgate_spec::Language as Spec;
    match language {
        Spec::Nodejs => Language::Nodejs,
        Spec::Python => Language::Python,
        Spec::Go => Language::Go,
        Spec::Dotnet => Language::Dotnet,
        Spec::Java => Language::Java,
        Spec::Yaml => Language::Yaml,
    }
}
