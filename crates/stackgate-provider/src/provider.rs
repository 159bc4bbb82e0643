//! The two traits that an adapter implements: `Provider`, known to the registry, and `Adapter`, a provider with the
//! options of one spec.
//!
//! What must hold: an adapter decides nothing about privilege; it renders what the plan says, states honestly what it
//! cannot, and reads back everything that it writes. Adding a provider changes nothing here.

use stackgate_diagnostic::{Diagnostic, Limit, Rule};
use stackgate_facts::PipelineReader;
use stackgate_plan::{Plan, Stage};
use stackgate_yaml::{Node, Reader, schemars};

use crate::artifact::Artifact;
use crate::claims::{Issued, Missing, Situation, Trust};
use crate::engine::{Engine, RenderError};
use crate::pipeline::{Observed, Realised};
use crate::rules::ARTIFACT_TOO_LARGE;
use crate::settings::CiSettings;

/// A CI system.
pub trait Provider: Sync {
    /// The key under `providers` in a spec, and the name of the templates' folder.
    fn id(&self) -> &'static str;

    /// The name for people: `GitHub Actions`.
    fn title(&self) -> &'static str;

    /// The rules that this adapter's diagnostics cite.
    fn rules(&self) -> &'static [&'static Rule];

    /// The schema of its options, from the types that read them.
    fn schema(&self, generator: &mut schemars::SchemaGenerator) -> schemars::Schema;

    /// Reads the options of one spec; mistakes go to the reader.
    fn configure(&self, options: &Node, reader: &mut Reader) -> Option<Box<dyn Adapter>>;

    /// The engine with this provider's templates, parsed once.
    ///
    /// # Errors
    /// When a template of ours does not parse.
    fn engine(&self) -> Result<&'static Engine, RenderError>;

    /// Where artifacts of this provider may lie, whatever the options: orphans are looked for there.
    fn places(&self) -> &'static [Place];

    /// The most bytes that a file may have. That of a system which documents less is less.
    fn largest(&self) -> Limit {
        Limit::new("bytes of a file", 1_000_000, &ARTIFACT_TOO_LARGE)
    }

    /// What else this provider limits, for the page that states it.
    fn limits(&self) -> Vec<Limit> {
        Vec::new()
    }

    /// What reads any pipeline of this system as facts. Without one, `check` calls each difference of its files undecidable,
    /// and `audit` and `import` do not know them.
    fn reader(&self) -> Option<&dyn PipelineReader> {
        None
    }

    /// What `init` can tell of a repository, and the options to begin with.
    fn detect(&self, repository: &Repository) -> Detection;
}

/// A provider with the options of one spec.
pub trait Adapter: Send + Sync {
    /// What is wrong with the plan on this provider: names that it cannot take, gates that it cannot show.
    fn check(&self, plan: &Plan) -> Vec<Diagnostic>;

    /// Renders every file of the plan's stages on this provider, with the given templates.
    ///
    /// # Errors
    /// When a template fails.
    fn render(&self, plan: &Plan, engine: &Engine) -> Result<Vec<Artifact>, RenderError>;

    /// What `render` must come to, computed from the plan.
    fn realise(&self, plan: &Plan) -> Realised;

    /// The inverse of `render`. Total: what it does not understand goes to `Observed::unknown`.
    fn observe(&self, files: &[Artifact]) -> Observed;

    /// What Pulumi Cloud must trust so that each stage gets its token: the narrowest rules that still admit it.
    ///
    /// # Errors
    /// When options are left out that the rules need: a diagnostic for each.
    fn trust(&self, plan: &Plan) -> Result<Trust, Missing>;

    /// The tokens that a job of a stage gets in a situation. Asked only where [`Adapter::trust`] had an answer.
    fn claims(&self, plan: &Plan, stage: &Stage, situation: Situation) -> Issued;

    /// What must be set outside the files.
    fn checklist(&self, plan: &Plan) -> Vec<CheckItem>;

    /// Those of the settings outside the files that Pulumi's own provider for the system can hold; none where there is no such
    /// provider, no stage on the system, or an option missing that names the repository.
    fn ci_settings(&self, _plan: &Plan) -> Option<CiSettings> {
        None
    }
}

/// Files in one folder that an adapter may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The folder, relative to the repository root, empty for the root.
    pub folder: &'static str,
    /// How the file's name starts.
    pub prefix: &'static str,
    /// How the file's name ends.
    pub suffix: &'static str,
}

impl Place {
    /// Whether a path with `/` lies in this place.
    pub fn holds(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        folder == self.folder && name.starts_with(self.prefix) && name.ends_with(self.suffix)
    }
}

/// One thing that must be set outside the files.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CheckItem {
    /// What to set, as an instruction.
    pub what: String,
    /// Why it matters: what happens without it.
    pub why: String,
    /// The command, API call or page by which it is set.
    pub how: String,
}

/// What `init` found out about a repository; never more than names of files and a remote.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    /// The host of the git remote: `github.com`.
    pub host: Option<String>,
    /// The path of the repository there: `acme/platform`.
    pub path: Option<String>,
    /// Paths of files that exist, relative to the root, with `/`.
    pub files: Vec<String>,
}

/// What speaks for a provider, and the options to begin with.
#[derive(Debug, Clone, Default)]
pub struct Detection {
    /// What speaks for it: `the remote is on github.com`; absent where nothing does.
    pub because: Option<String>,
    /// Whether the repository's host is this provider's own; such a one wins over one that only has files.
    pub hosted: bool,
    /// The options to write into the spec.
    pub options: Vec<OptionLine>,
    /// Pipeline files of this provider that exist already.
    pub existing: Vec<String>,
}

/// A line of options in the spec that `init` writes.
#[derive(Debug, Clone)]
pub struct OptionLine {
    /// The option.
    pub key: &'static str,
    /// Its value as YAML; `None` writes the line as a comment to be filled in.
    pub value: Option<String>,
    /// What it is, as a comment beside it.
    pub comment: &'static str,
}
