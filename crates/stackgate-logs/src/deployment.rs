//! A deployment that Pulumi Deployments ran.
//!
//! What must hold: what is not told is absent, and a rule that needs it says nothing then.
//!
//! Facts: `ListDeploymentSnapshot` and `DeploymentNestedUpdate` of Pulumi Cloud's OpenAPI document. The values of
//! `initiator` are listed nowhere, so that a word in it decides; branch and commit are those of the updates' environment
//! (`git.headName`, `git.head`, `vcs.owner`, `vcs.repo`), which the Pulumi CLI writes there; of a checkout that is on no
//! branch it writes no `git.headName` (`pkg/backend` of pulumi/pulumi).

use std::io::BufRead;

use serde_json::Value;

use crate::time;

/// What started a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Initiator {
    /// A push to the repository.
    Push,
    /// A pull request.
    Request,
    /// A schedule, a time to live, or the search for drift.
    Schedule,
    /// A program, through the REST API.
    Rest,
    /// A person, in the console or on a command line.
    Person,
}

/// A deployment, as far as rules ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployment {
    pub(crate) id: String,
    pub(crate) version: i64,
    /// `project/stack`.
    pub(crate) stack: String,
    pub(crate) operation: String,
    /// When, in seconds since 1970.
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) initiator: String,
    pub(crate) login: String,
    /// Full references, such as `refs/heads/main`.
    pub(crate) branches: Vec<String>,
    pub(crate) commits: Vec<String>,
    /// `owner/name`.
    pub(crate) repositories: Vec<String>,
    /// The ids of its updates.
    pub(crate) updates: Vec<String>,
}

impl Deployment {
    /// Reads a deployment as the API gives it.
    ///
    /// # Errors
    /// In one sentence, when it is none.
    pub fn from_value(value: &Value) -> Result<Deployment, String> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (project, stack) = (text("projectName"), text("stackName"));
        if project.is_empty() || stack.is_empty() {
            return Err("a deployment that names no project or no stack".into());
        }
        let time = |key: &str| time::read(&text(key));
        let from = time("created").ok_or("a deployment whose time cannot be read")?;
        let login = value.get("requestedBy").and_then(|by| by.get("githubLogin")).and_then(Value::as_str);
        let mut deployment = Deployment {
            id: text("id"),
            version: value.get("version").and_then(Value::as_i64).unwrap_or_default(),
            stack: format!("{project}/{stack}"),
            operation: text("pulumiOperation"),
            from,
            to: time("modified").unwrap_or(from).max(from),
            initiator: text("initiator"),
            login: login.unwrap_or_default().to_owned(),
            ..Deployment::default()
        };
        for update in value.get("updates").and_then(Value::as_array).into_iter().flatten() {
            deployment.update(update);
        }
        Ok(deployment)
    }

    fn update(&mut self, update: &Value) {
        let said = |key: &str| update.get("environment").and_then(|all| all.get(key)).and_then(Value::as_str);
        let add = |list: &mut Vec<String>, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty() && !list.contains(value)) {
                list.push(value);
            }
        };
        add(&mut self.branches, said("git.headName").map(str::to_owned));
        add(&mut self.commits, said("git.head").map(str::to_owned));
        let repository = said("vcs.owner").zip(said("vcs.repo")).map(|(owner, name)| format!("{owner}/{name}"));
        add(&mut self.repositories, repository);
        for key in ["updateID", "id"] {
            add(&mut self.updates, update.get(key).and_then(Value::as_str).map(str::to_owned));
        }
    }

    /// When it was made, in seconds since 1970.
    #[must_use]
    pub fn created(&self) -> i64 {
        self.from
    }

    /// What started it, where its word is understood.
    pub(crate) fn started_by(&self) -> Option<Initiator> {
        let word = self.initiator.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|one| word.contains(one));
        Some(match () {
            () if has(&["pull", "merge_request", "merge-request", "review"]) => Initiator::Request,
            () if has(&["schedule", "ttl", "drift"]) => Initiator::Schedule,
            () if has(&["push", "commit", "vcs", "github", "gitlab", "webhook"]) => Initiator::Push,
            () if has(&["console", "click", "user", "cli"]) => Initiator::Person,
            () if has(&["api", "rest"]) => Initiator::Rest,
            () => return None,
        })
    }
}

/// Reads a list of deployments: the API's answers, one on each line or one alone, or a list.
///
/// # Errors
/// In one sentence, when it is none of these; what was read before comes with it.
pub fn read_deployments(input: &mut dyn BufRead) -> Result<Vec<Deployment>, (Vec<Deployment>, String)> {
    let mut all = Vec::new();
    for value in serde_json::Deserializer::from_reader(input).into_iter::<Value>() {
        let value = match value {
            Ok(value) => value,
            Err(error) => return Err((all, format!("the list of deployments cannot be read: {error}"))),
        };
        let body = value.get("body").unwrap_or(&value);
        let list = body.get("deployments").unwrap_or(body);
        let items = list.as_array().map_or(std::slice::from_ref(list), Vec::as_slice);
        for item in items {
            match Deployment::from_value(item) {
                Ok(deployment) => all.push(deployment),
                Err(error) => return Err((all, format!("the list of deployments holds {error}"))),
            }
        }
    }
    Ok(all)
}
