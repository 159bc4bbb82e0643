//! The CI systems' own settings as resources of Pulumi's providers for them.
//!
//! What must hold: nothing is here unless the organization asks for its system; what leaves the program stays in the system,
//! so that a protection never goes because a line of a spec did. Deliberately absent: whatever these providers cannot hold;
//! [`review`] says what. Source of the words: the schema of each provider at the release that is named here.

mod azure;
mod github;
mod gitlab;
mod review;

use std::collections::BTreeSet;

use stackgate_provider::CiSettings;

pub(super) use review::section;

use super::yaml::{Node, map, text};
use crate::fragment::Fragment;

/// Who approves on each system; a system that is absent is not held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CiOptions {
    /// GitHub.
    pub github: Option<GitHubReviewers>,
    /// GitLab.
    pub gitlab: Option<GitLabApprovers>,
    /// Azure DevOps: users and groups by their ids, one of whom approves.
    pub azure: Option<Vec<String>>,
}

/// Reviewers of GitHub's environments, one of whom approves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitHubReviewers {
    /// Teams by number.
    pub teams: Vec<u64>,
    /// Users by number.
    pub users: Vec<u64>,
}

/// Approvers of GitLab's environments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitLabApprovers {
    /// The group of whom one approves, by number; without one, a maintainer of the project does.
    pub group: Option<u64>,
}

/// The settings that are held, in order.
pub(super) fn held<'a>(fragment: &'a Fragment, options: &CiOptions) -> Vec<&'a CiSettings> {
    let mut held: Vec<&CiSettings> = fragment
        .ci
        .iter()
        .filter(|settings| match settings.provider.as_str() {
            "github" => options.github.is_some(),
            "gitlab" => options.gitlab.is_some(),
            "azure" => options.azure.is_some(),
            _ => false,
        })
        .collect();
    held.sort_by_key(|settings| (&settings.provider, &settings.url, &settings.project, &settings.branch));
    held
}

/// Every resource, by name; the providers first.
pub(super) fn resources(fragment: &Fragment, options: &CiOptions) -> Vec<(String, Node)> {
    let held = held(fragment, options);
    let mut resources: Vec<(String, Node)> = Vec::new();
    let mut providers = BTreeSet::new();
    for settings in &held {
        let (name, provider) = provider(settings);
        if providers.insert(name.clone()) {
            resources.push((name, provider));
        }
    }
    for settings in held {
        resources.extend(match (settings.provider.as_str(), options) {
            ("github", CiOptions { github: Some(reviewers), .. }) => github::resources(settings, reviewers),
            ("gitlab", CiOptions { gitlab: Some(approvers), .. }) => gitlab::resources(settings, approvers),
            ("azure", CiOptions { azure: Some(approvers), .. }) => azure::resources(settings, approvers),
            _ => Vec::new(),
        });
    }
    resources
}

/// The owner of a repository on GitHub, and its name there.
fn owner(settings: &CiSettings) -> (&str, &str) {
    super::halves(&settings.project)
}

/// The provider that a system's resources go through, with its name. Its token comes from the environment of whoever runs it.
fn provider(settings: &CiSettings) -> (String, Node) {
    let (kind, version, properties) = match settings.provider.as_str() {
        "github" => ("github", github::VERSION, map([("owner", text(owner(settings).0))])),
        "gitlab" => ("gitlab", gitlab::VERSION, map([("baseUrl", text(format!("{}/api/v4/", settings.url)))])),
        _ => ("azuredevops", azure::VERSION, map([("orgServiceUrl", text(&settings.url))])),
    };
    let provider = map([
        ("type", text(format!("pulumi:providers:{kind}"))),
        ("properties", properties),
        ("options", map([("version", text(version))])),
    ]);
    (provider_name(settings), provider)
}

fn provider_name(settings: &CiSettings) -> String {
    let host = settings.url.strip_prefix("https://").unwrap_or(&settings.url);
    match settings.provider.as_str() {
        "github" => format!("provider/{host}/{}", owner(settings).0),
        _ => format!("provider/{host}"),
    }
}

/// The beginning of the names of a repository's resources.
fn base(settings: &CiSettings) -> String {
    let host = settings.url.strip_prefix("https://").unwrap_or(&settings.url);
    format!("ci/{host}/{}", settings.project)
}

/// A resource of one of the systems.
fn resource(kind: &str, settings: &CiSettings, properties: Node, after: Option<&str>) -> Node {
    let provider = Node::Reference(provider_name(settings));
    let after = after.map(|name| Node::List(vec![Node::Reference(name.to_owned())]));
    let options = map([("provider", provider), ("retainOnDelete", Node::Flag(true))]).with("dependsOn", after);
    map([("type", text(kind)), ("properties", properties), ("options", options)])
}

fn numbers(all: &[u64]) -> Node {
    let mut all = all.to_vec();
    all.sort_unstable();
    all.dedup();
    Node::List(all.into_iter().map(Node::Number).collect())
}
