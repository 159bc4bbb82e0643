//! A fragment as files that an administrator applies: a Pulumi program, two scripts and a page for the review.
//!
//! What must hold: the same fragment and options give the same bytes, whatever the order of the fragment's maps; every value
//! is escaped for the language that it goes into. Deliberately absent: writing, and calling Pulumi Cloud.

mod audit;
mod bootstrap;
mod ci;
mod markdown;
mod program;
mod review;
mod script;
mod settings;
mod shell;
mod wire;
mod yaml;

use std::fmt;

use indexmap::IndexMap;
use stackgate_plan::Tier;
use stackgate_provider::{Artifact, CheckItem, Comment, Place};

pub use ci::{CiOptions, GitHubReviewers, GitLabApprovers};

use crate::fragment::{Fragment, Issuer};

/// The id that the files belong to, beside those of the CI systems.
pub const ID: &str = "pulumi";

/// Where the files lie unless somebody names another folder.
pub const FOLDER: &str = "pulumi-access";

/// What is rendered besides what the fragment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder, relative to the repository root, with `/`.
    pub folder: String,
    /// The team whose members approve changes of the ESC environments of production stacks; without one, nothing asks them.
    pub approvers: Option<String>,
    /// Whether opening such an environment needs an approval too. A pipeline that opens one then fails until somebody
    /// approved its request, since it cannot wait.
    pub gate_open: bool,
    /// Which CI systems' own settings the program holds too, and who approves there.
    pub ci: CiOptions,
    /// What must be set by hand for the organization's scheduled audit; none where there is no audit.
    pub audit: Vec<CheckItem>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            folder: FOLDER.into(),
            approvers: None,
            gate_open: false,
            ci: CiOptions::default(),
            audit: Vec::new(),
        }
    }
}

/// A fragment holds what no rendering can carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderFailed(String);

impl fmt::Display for RenderFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the fragment cannot be rendered: {}", self.0)
    }
}

impl std::error::Error for RenderFailed {}

impl From<std::io::Error> for RenderFailed {
    fn from(error: std::io::Error) -> RenderFailed {
        RenderFailed(error.to_string())
    }
}

impl From<serde_json::Error> for RenderFailed {
    fn from(error: serde_json::Error) -> RenderFailed {
        RenderFailed(error.to_string())
    }
}

/// Renders every file of a fragment: `Pulumi.yaml` and `REVIEW.md` always, `apply.sh` and `bootstrap.sh` where there is
/// something for them.
///
/// # Errors
/// When a value would open an expression of a CI system, or names a function of Pulumi YAML.
pub fn render(fragment: &Fragment, options: &Options) -> Result<Vec<Artifact>, RenderFailed> {
    let file = |name: &str, comment, body| Artifact {
        path: if options.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", options.folder) },
        provider: ID,
        comment,
        body,
    };
    let apply = script::body(fragment, options)?;
    let bootstrap = bootstrap::body(fragment);
    let review = review::body(fragment, options, apply.is_some(), bootstrap.is_some());
    let mut files = vec![file("Pulumi.yaml", Comment::Hash, program::body(fragment, options)?)];
    files.push(file("REVIEW.md", Comment::Markdown, review));
    files.extend(apply.map(|body| file("apply.sh", Comment::Script, body)));
    files.extend(bootstrap.map(|body| file("bootstrap.sh", Comment::Script, body)));
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Where the files may lie, for finding orphans. A stack file `Pulumi.NAME.yaml` beside the program is none of ours.
pub fn places() -> &'static [Place] {
    const fn place(prefix: &'static str, suffix: &'static str) -> Place {
        Place { folder: FOLDER, prefix, suffix }
    }
    const PLACES: [Place; 4] = [
        place("Pulumi.yaml", ".yaml"),
        place("REVIEW.md", ".md"),
        place("apply.sh", ".sh"),
        place("bootstrap.sh", ".sh"),
    ];
    &PLACES
}

/// The entries of a map, by key.
fn sorted<Value>(map: &IndexMap<String, Value>) -> Vec<(&str, &Value)> {
    let mut entries: Vec<(&str, &Value)> = map.iter().map(|(key, value)| (key.as_str(), value)).collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

/// Both halves of `project/name`.
fn halves(reference: &str) -> (&str, &str) {
    reference.split_once('/').unwrap_or((reference, ""))
}

/// The ESC environments of production stacks, sorted.
fn production_environments(fragment: &Fragment) -> Vec<&str> {
    let production = fragment.stacks.values().filter(|stack| stack.tier == Tier::Production);
    let mut environments: Vec<&str> = production.flat_map(|stack| stack.esc.iter().map(String::as_str)).collect();
    environments.sort_unstable();
    environments.dedup();
    environments
}

/// The issuers that have policies, sorted. One without is left out: its resource goes, and with it the policies that Pulumi
/// Cloud still holds, which an empty list would leave as they are.
fn issuers(fragment: &Fragment) -> Vec<(&str, &Issuer)> {
    sorted(&fragment.issuers).into_iter().filter(|(_, issuer)| !issuer.policies.is_empty()).collect()
}
