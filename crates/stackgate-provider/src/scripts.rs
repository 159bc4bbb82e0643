//! The scripts of one stage, in the order in which every provider runs them, each with its variables.
//!
//! What must hold: dependencies and plugins come before the guard, the guard before the token, the token before Pulumi,
//! and nothing but Pulumi after. A value reaches a script through a variable alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use stackgate_plan::{Action, Language, Plan, Stage};

use crate::reading::dedent;
use crate::shell;

/// A script with what it needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Script {
    /// For people.
    pub name: String,
    /// The reviewed role, or none for the user's own text.
    pub role: Option<&'static str>,
    /// The text, ending in one newline.
    pub text: Cow<'static, str>,
    /// The directory to start in, for the user's own text, relative to the checkout; reviewed scripts start at its root.
    pub directory: Option<String>,
    /// Its variables.
    pub variables: BTreeMap<String, String>,
}

/// Makes the scripts of one stage. `home` is a directory outside the checkout that belongs to the job alone.
pub struct Scripts<'a> {
    plan: &'a Plan,
    stage: &'a Stage,
    home: &'a str,
}

impl<'a> Scripts<'a> {
    /// The scripts of `stage`, which keep their files under `home`, in the provider's own notation.
    pub fn new(plan: &'a Plan, stage: &'a Stage, home: &'a str) -> Scripts<'a> {
        Scripts { plan, stage, home }
    }

    /// Installs the CLI.
    pub fn install_cli(&self) -> Script {
        let cli = &self.plan.cli;
        self.reviewed(
            "Install the Pulumi CLI",
            "install-cli",
            &[
                ("STACKGATE_CLI_VERSION", &cli.version),
                ("STACKGATE_CLI_SHA256_X64", &cli.sha256_x64),
                ("STACKGATE_CLI_SHA256_ARM64", &cli.sha256_arm64),
            ],
        )
    }

    /// The user's own steps or, where there are none, the language's default.
    pub fn prepare(&self) -> Vec<Script> {
        if !self.stage.prepare.is_empty() {
            return self.stage.prepare.iter().map(|step| own(&step.name, &step.run, &self.stage.directory)).collect();
        }
        let Some(role) = dependencies(self.stage.runtime.language) else { return Vec::new() };
        let mut script = self.reviewed(DEPENDENCIES, role, &[("STACKGATE_DIRECTORY", &self.stage.directory)]);
        script.variables.remove("STACKGATE_HOME");
        vec![script]
    }

    /// The same steps as a template's context carries them.
    pub fn prepared(&self) -> Vec<Prepared<'a>> {
        let directory: &'a str = &self.stage.directory;
        if !self.stage.prepare.is_empty() {
            return self.stage.prepare.iter().map(|step| Prepared::own(&step.name, &step.run, directory)).collect();
        }
        let step = |role| Prepared {
            name: DEPENDENCIES,
            text: shell::token_of(role),
            directory: None,
            dependencies_of: Some(directory),
        };
        dependencies(self.stage.runtime.language).map(step).into_iter().collect()
    }

    /// Installs the plugins; none where Pulumi Deployments runs the program.
    pub fn plugins(&self) -> Option<Script> {
        let plugins =
            || self.reviewed("Install the plugins", "plugins", &[("STACKGATE_DIRECTORY", &self.stage.directory)]);
        self.stage.request().is_none().then(plugins)
    }

    /// Refuses to go on when anything could divert the token.
    pub fn guard(&self) -> Script {
        let stack = self.stage.qualified(&self.plan.organization);
        self.reviewed(
            "Guard the token",
            "guard",
            &[
                ("PULUMI_BACKEND_URL", &self.plan.cloud_url),
                ("STACKGATE_DIRECTORY", &self.stage.directory),
                ("STACKGATE_ORGANIZATION", &self.plan.organization),
                ("STACKGATE_STACK", &stack),
                ("STACKGATE_TEAM", &self.stage.token.team),
            ],
        )
    }

    /// Exchanges the OIDC token in the file `id_token_file` for the team token.
    pub fn login(&self, id_token_file: &str) -> Script {
        let seconds = self.stage.token.lifetime_seconds.to_string();
        self.reviewed(
            "Log in to Pulumi Cloud",
            "login",
            &[
                ("PULUMI_BACKEND_URL", &self.plan.cloud_url),
                ("STACKGATE_ID_TOKEN_FILE", id_token_file),
                ("STACKGATE_ORGANIZATION", &self.plan.organization),
                ("STACKGATE_TEAM", &self.stage.token.team),
                ("STACKGATE_TOKEN_SECONDS", &seconds),
            ],
        )
    }

    /// `pulumi preview` or `pulumi up`, or the request to Pulumi Deployments, and the waiting for it.
    pub fn run(&self) -> Script {
        let stack = self.stage.qualified(&self.plan.organization);
        let stop_after = self.stage.stop_after_seconds.to_string();
        if let Some(request) = self.stage.request() {
            return self.reviewed(
                "Start the deployment and wait for it",
                "deployment",
                &[
                    ("PULUMI_BACKEND_URL", &self.plan.cloud_url),
                    ("STACKGATE_REQUEST", request),
                    ("STACKGATE_STACK", &stack),
                    ("STACKGATE_STOP_AFTER", &stop_after),
                ],
            );
        }
        let (name, role) = match self.stage.action {
            Action::Preview | Action::Audit => ("Preview", "preview"),
            Action::Deploy => ("Deploy", "up"),
        };
        self.reviewed(
            name,
            role,
            &[
                ("PULUMI_BACKEND_URL", &self.plan.cloud_url),
                ("STACKGATE_DIRECTORY", &self.stage.directory),
                ("STACKGATE_STACK", &stack),
                ("STACKGATE_STOP_AFTER", &stop_after),
            ],
        )
    }

    /// Removes the credentials.
    pub fn clean_up(&self) -> Script {
        self.reviewed("Clean up", "clean-up", &[])
    }

    /// A reviewed script by its role, with the job's home and the given variables.
    pub fn reviewed(&self, name: &str, role: &'static str, variables: &[(&str, &str)]) -> Script {
        let mut script = Script::reviewed(name, role, variables);
        script.variables.insert("STACKGATE_HOME".into(), self.home.into());
        script
    }
}

/// What people read of a language's default step.
const DEPENDENCIES: &str = "Install the dependencies";

/// The role of a language's default step; none for YAML, which has no dependencies.
fn dependencies(language: Language) -> Option<&'static str> {
    match language {
        Language::Nodejs => Some("dependencies-nodejs"),
        Language::Python => Some("dependencies-python"),
        Language::Go => Some("dependencies-go"),
        Language::Dotnet => Some("dependencies-dotnet"),
        Language::Java => Some("dependencies-java"),
        Language::Yaml => None,
    }
}

/// A step before the token, or a job of the user's own, as a template's context carries it. The other scripts stand in
/// the templates, with their variables.
#[derive(Debug, Clone, Serialize)]
pub struct Prepared<'a> {
    /// For people.
    pub name: &'a str,
    /// The text for the filter `block`: the user's own, or the token of a reviewed one.
    pub text: String,
    /// The directory to start in, for the user's own text where it is not the checkout's root.
    pub directory: Option<&'a str>,
    /// The program's directory, which the reviewed text gets as its variable; none for the user's own.
    pub dependencies_of: Option<&'a str>,
}

impl<'a> Prepared<'a> {
    /// A script of the user's own: `run`, started in `directory`.
    pub fn own(name: &'a str, run: &str, directory: &'a str) -> Prepared<'a> {
        Prepared { name, text: dedent(run), directory: (directory != ".").then_some(directory), dependencies_of: None }
    }
}

/// A script of the user's own. It starts in `directory`, and is brought to the form in which scripts are read back.
pub(crate) fn own(name: &str, run: &str, directory: &str) -> Script {
    let text = dedent(run);
    let directory = (directory != ".").then(|| directory.to_owned());
    Script { name: name.into(), role: None, text: Cow::Owned(text), directory, variables: BTreeMap::new() }
}

impl Script {
    /// A reviewed script by its role, with exactly the given variables.
    pub fn reviewed(name: &str, role: &'static str, variables: &[(&str, &str)]) -> Script {
        Script {
            name: name.into(),
            role: Some(role),
            text: Cow::Borrowed(shell::text_of(role).unwrap_or_default()),
            directory: None,
            variables: variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        }
    }

    /// The text as a template's context carries it: a reviewed script by its token, the user's own as it is.
    pub fn in_context(self) -> String {
        match self.role {
            Some(role) => shell::token_of(role),
            None => self.text.into_owned(),
        }
    }

    /// A script of the user's own: `run`, started in `directory`.
    pub fn own(name: &str, run: &str, directory: &str) -> Script {
        own(name, run, directory)
    }
}

impl From<&Script> for crate::pipeline::Step {
    fn from(script: &Script) -> crate::pipeline::Step {
        crate::pipeline::Step {
            name: Some(script.name.clone()),
            role: Some(script.role.unwrap_or("own").to_owned()),
            script: Some(script.text.clone().into_owned()),
            variables: script.variables.clone(),
            directory: script.directory.clone(),
            ..crate::pipeline::Step::default()
        }
    }
}
