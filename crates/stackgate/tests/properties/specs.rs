//! Specs as proptest makes them: any provider, several projects and stacks, names that are legal and awkward.
//!
//! What must hold: names are drawn from the alphabets of the spec, with YAML's own words and numbers among them, and differ
//! where two that are the same would rightly be refused. What is drawn is the same in every run.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Names that some reader takes for something else than text.
const AWKWARD: &[&str] = &[
    "no",
    "on",
    "y",
    "null",
    "true",
    "1e3",
    "0x1F",
    "012",
    "0o7",
    "1_000",
    "2026-01-01",
    "a-b",
    "a--",
    "0",
    "NO",
    "Off",
    "inf",
    "nan",
    "x",
    "0b1",
    "12e-3",
];

/// Names with dots, where these are legal.
const DOTTED: &[&str] = &["12.50", "1.0", "a.b", "null.", "1.2.3", "x..y", "_a.-", ".5e"];

/// Texts for people, and commands.
const TEXTS: &[&str] = &[
    "plain",
    "it's",
    "say \"hi\"",
    "a: b",
    "- a",
    "# a",
    "*a",
    "&a",
    "!a",
    "| a",
    "\\u0027",
    "back\\slash",
    "100 %",
    "'",
    "\"",
    "`a`",
    "$HOME",
    "a  b",
    "ünïcödé 日本語 😀",
    "no",
    "~",
    "[a]",
    "{a}",
    "@a",
    "%s",
    "key:",
    "a #b",
    "::a::",
    "*/ // /*",
];

/// What is drawn for one stack.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    key: String,
    team: String,
    environment: Option<String>,
    production: bool,
    preview: Option<u32>,
    timeout: Option<u32>,
    waits: bool,
}

/// What is drawn for one project.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    key: String,
    directory: String,
    runtime: &'static str,
    filtered: bool,
    prepare: Vec<(&'static str, &'static str)>,
    stacks: Vec<Stack>,
}

/// A whole spec.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    provider: usize,
    organization: String,
    branch: String,
    options: bool,
    projects: Vec<Project>,
    jobs: Vec<(String, &'static str, bool)>,
}

fn name(more: &'static [&'static str], pattern: &'static str) -> impl Strategy<Value = String> {
    let listed = AWKWARD.iter().chain(more).copied().collect::<Vec<_>>();
    prop_oneof![proptest::sample::select(listed).prop_map(str::to_owned), pattern]
}

fn text() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(TEXTS)
}

fn stack() -> impl Strategy<Value = Stack> {
    (
        name(DOTTED, "[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}").prop_filter("a path is no name", |key| !key.starts_with('.')),
        name(&[], "[A-Za-z0-9][A-Za-z0-9_-]{0,20}"),
        option::of(name(&[], "[A-Za-z0-9][A-Za-z0-9_-]{0,20}")),
        any::<bool>(),
        option::of(5_u32..60),
        option::of(60_u32..300),
        any::<bool>(),
    )
        .prop_map(|(key, team, environment, production, preview, timeout, waits)| Stack {
            key,
            team,
            environment,
            production,
            preview,
            timeout,
            waits,
        })
}

fn project() -> impl Strategy<Value = Project> {
    (
        name(DOTTED, "[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}").prop_filter("a path is no name", |key| !key.starts_with('.')),
        name(&["a.b", "x/y"], "[a-z0-9_]{1,8}"),
        proptest::sample::select(&["yaml", "nodejs", "python", "go"][..]),
        any::<bool>(),
        vec((text(), text()), 0..3),
        vec(stack(), 1..4),
    )
        .prop_map(|(key, directory, runtime, filtered, prepare, stacks)| Project {
            key,
            directory,
            runtime,
            filtered,
            prepare,
            stacks,
        })
}

/// Any spec.
pub(crate) fn spec() -> impl Strategy<Value = Spec> {
    (
        0..stackgate::PROVIDERS.len(),
        prop_oneof![
            proptest::sample::select(vec!["0-9", "1e3", "yes", "null", "0x1F", "acme"]).prop_map(str::to_owned),
            "[a-z][a-z0-9_-]{1,20}[a-z0-9]"
        ],
        name(&[], "[a-z0-9][a-z0-9_-]{0,12}"),
        any::<bool>(),
        vec(project(), 1..4),
        vec((name(&[], "[A-Za-z][A-Za-z0-9_-]{0,12}"), text(), any::<bool>()), 0..3),
    )
        .prop_map(|(provider, organization, branch, options, projects, jobs)| Spec {
            provider,
            organization,
            branch,
            options,
            projects,
            jobs,
        })
}

impl Spec {
    /// The spec as data, with what keeps names apart that must not meet.
    pub(crate) fn data(&self) -> Value {
        let mut projects = serde_json::Map::new();
        for (index, project) in self.projects.iter().enumerate() {
            projects.insert(unlike(&projects, &project.key), project.data(index));
        }
        let mut jobs = serde_json::Map::new();
        for (index, (key, run, before)) in self.jobs.iter().enumerate() {
            let key = if key.starts_with(|c: char| c.is_ascii_alphabetic()) { key.clone() } else { format!("j{key}") };
            let job = json!({ "run": format!("echo {run}"), "when": if *before { "before" } else { "after" } });
            jobs.insert(format!("{key}-{index}"), job);
        }
        let provider = stackgate::PROVIDERS[self.provider].id();
        json!({
            "version": 1,
            "organization": self.organization,
            "branch": self.branch,
            "providers": { provider: self.options(provider) },
            "projects": projects,
            "jobs": jobs,
        })
    }

    fn options(&self, provider: &str) -> Value {
        let guid = |last: u32| format!("11111111-2222-4333-8444-00000000000{last}");
        match provider {
            "github" if self.options => json!({ "runner": "0x1F", "run_with": "action", "comments": true }),
            "gitlab" if self.options => {
                json!({ "premium": true, "path": "ci/no.yml", "stage": "1e3", "tags": ["on", "012"] })
            }
            "gitlab" => json!({ "premium": true }),
            "azure" => {
                let pool = if self.options { json!("1e3") } else { Value::Null };
                let connection = |name: &str, last| json!({ "name": name, "id": guid(last) });
                let mut options = json!({
                    "production_connection": connection("no", 1),
                    "production_preview_connection": connection("1e3", 2),
                });
                if !pool.is_null() {
                    options["preview_pool"] = pool;
                }
                options
            }
            "jenkins" if self.options => json!({ "approvers": ["no", "a b"], "agent": "label", "label": "0x1F" }),
            "jenkins" => json!({ "approvers": ["1e3"] }),
            "circleci" => json!({ "contexts": {
                "preview": "0x1F", "development": "1e3", "production_preview": "no", "production": "on",
            } }),
            _ => json!({}),
        }
    }
}

impl Project {
    fn data(&self, index: usize) -> Value {
        let mut stacks = serde_json::Map::new();
        let mut last: Option<String> = None;
        for (at, stack) in self.stacks.iter().enumerate() {
            let key = unlike(&stacks, &stack.key);
            let after = last.clone().filter(|_| stack.waits);
            stacks.insert(key.clone(), stack.data(&format!("{index}x{at}"), after));
            last = Some(key);
        }
        let directory = format!("d{index}/{}", self.directory);
        let prepare: Vec<Value> = self
            .prepare
            .iter()
            .map(|(name, run)| json!({ "name": name, "run": format!("printf '%s' \"{run}") }))
            .collect();
        let mut data = json!({ "directory": directory, "runtime": self.runtime, "stacks": stacks });
        if self.filtered {
            data["paths"] = json!([format!("{directory}/**"), "**/*.ts"]);
        }
        if !prepare.is_empty() {
            data["prepare"] = prepare.into();
        }
        data
    }
}

impl Stack {
    fn data(&self, place: &str, after: Option<String>) -> Value {
        let mut deploy = json!({ "team": format!("{}-d{place}", self.team) });
        if let Some(environment) = &self.environment {
            deploy["environment"] = json!(format!("{environment}-{place}"));
        }
        if let Some(minutes) = self.timeout {
            deploy["timeout"] = json!(format!("{minutes}m"));
        }
        let mut data = json!({
            "name": format!("n{place}"),
            "tier": if self.production { "production" } else { "development" },
            "deploy": deploy,
        });
        if let Some(minutes) = self.preview {
            data["preview"] = json!({ "team": format!("{}-p{place}", self.team), "timeout": format!("{minutes}m") });
        }
        if let Some(after) = after {
            data["after"] = json!([after]);
        }
        data
    }
}

/// The key, or one like it that is not there yet.
fn unlike(taken: &serde_json::Map<String, Value>, key: &str) -> String {
    let lower = |text: &str| text.to_ascii_lowercase();
    if taken.keys().any(|other| lower(other) == lower(key)) { format!("{key}{}", taken.len()) } else { key.to_owned() }
}
