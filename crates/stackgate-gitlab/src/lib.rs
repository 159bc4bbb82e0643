//! GitLab CI: renders `.gitlab-ci.yml`, or a file that it includes, and reads it back.
//!
//! What must hold: a preview runs for the project's own branches only; a deploy runs on a push to the protected deploy
//! branch, in its environment, with `action: start`, which alone is held by an approval; every job is complete by itself.
//! Deliberately absent: any decision about privilege, which is the plan's.

mod auditing;
mod check;
mod checklist;
mod claims;
mod context;
mod controls;
mod facts;
mod observe;
mod options;
mod realise;
mod rules;
mod settings;
mod shell;
#[cfg(test)]
mod tests;
mod trust;
mod words;

use std::sync::OnceLock;

use stackgate_provider::diagnostic::{Diagnostic, Limit, Rule};
use stackgate_provider::facts::PipelineReader;
use stackgate_provider::plan::{Plan, Stage};
use stackgate_provider::yaml::{Node, Read, Reader, schemars};
use stackgate_provider::{
    Adapter, Artifact, CheckItem, CiSettings, Comment, Detection, Engine, Issued, Missing, Observed, OptionLine, Place,
    Provider, Realised, RenderError, Repository, Situation, Syntax, Trust, templates,
};

pub use options::Options;

const ID: &str = "gitlab";

/// Where the file may lie: in the root, or in the folders that projects on GitLab keep included files in.
const PLACES: &[Place] = &[
    Place { folder: "", prefix: "", suffix: ".gitlab-ci.yml" },
    Place { folder: ".gitlab", prefix: "", suffix: ".yml" },
    Place { folder: ".gitlab/ci", prefix: "", suffix: ".yml" },
    Place { folder: "ci", prefix: "", suffix: ".yml" },
];

/// GitLab CI.
#[derive(Debug)]
pub struct GitLab;

impl Provider for GitLab {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "GitLab CI"
    }

    fn rules(&self) -> &'static [&'static Rule] {
        rules::RULES
    }

    fn schema(&self, generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<Options>()
    }

    fn configure(&self, options: &Node, reader: &mut Reader) -> Option<Box<dyn Adapter>> {
        let options = Options::read(options, reader)?;
        options.check(reader);
        Some(Box::new(options))
    }

    fn engine(&self) -> Result<&'static Engine, RenderError> {
        static ENGINE: OnceLock<Engine> = OnceLock::new();
        Engine::once(&ENGINE, Syntax::Yaml, templates::GITLAB)
    }

    fn places(&self) -> &'static [Place] {
        PLACES
    }

    fn limits(&self) -> Vec<Limit> {
        vec![check::NEEDS, check::PATHS, options::TAGS]
    }

    fn reader(&self) -> Option<&dyn PipelineReader> {
        Some(self)
    }

    fn detect(&self, repository: &Repository) -> Detection {
        let host = repository.host.as_deref().unwrap_or_default();
        let hosted = host == "gitlab.com" || host.contains("gitlab");
        let existing: Vec<String> =
            repository.files.iter().filter(|file| PLACES.iter().any(|place| place.holds(file))).cloned().collect();
        let root = repository.files.iter().any(|file| file == words::ROOT);
        let because = match (hosted, root) {
            (true, _) => Some(format!("the remote is on {host}")),
            (false, true) => Some("there is a .gitlab-ci.yml".to_owned()),
            (false, false) => None,
        };
        let path = repository.path.clone().filter(|_| hosted);
        let premium = "true where the plan has protected environments with approvals; production needs it, or a waiver";
        let mut options = vec![
            OptionLine { key: "repository", value: path, comment: "group/project; needed for trust policies" },
            OptionLine { key: "project_id", value: None, comment: "glab api projects/:id; needed for trust policies" },
            OptionLine {
                key: "namespace_id",
                value: None,
                comment: "namespace.id of the same; needed for trust policies",
            },
            OptionLine { key: "premium", value: None, comment: premium },
        ];
        if hosted && host != "gitlab.com" {
            let url = Some(format!("https://{host}"));
            options.push(OptionLine { key: "url", value: url, comment: "the address of your own GitLab" });
        }
        if root {
            let path = Some(".gitlab/ci/pulumi.yml".to_owned());
            options.push(OptionLine { key: "path", value: path, comment: "include it from your .gitlab-ci.yml" });
        }
        Detection { because, hosted, options, existing }
    }
}

impl Adapter for Options {
    fn check(&self, plan: &Plan) -> Vec<Diagnostic> {
        check::check(plan, self)
    }

    fn render(&self, plan: &Plan, engine: &Engine) -> Result<Vec<Artifact>, RenderError> {
        if plan.stages_of(ID).next().is_none() {
            return Ok(Vec::new());
        }
        let body = match auditing::context(plan, self) {
            Some(context) => engine.render("gitlab/audit.yml.tera", &context)?,
            None => engine.render("gitlab/pipeline.yml.tera", &context::Pipeline::new(plan, self))?,
        };
        Ok(vec![Artifact { path: self.path().to_owned(), provider: ID, comment: Comment::Hash, body }])
    }

    fn realise(&self, plan: &Plan) -> Realised {
        Realised { pipeline: realise::pipeline(plan, self), controls: controls::controls(self) }
    }

    fn observe(&self, files: &[Artifact]) -> Observed {
        observe::observe(files)
    }

    fn trust(&self, plan: &Plan) -> Result<Trust, Missing> {
        trust::trust(plan, self)
    }

    fn claims(&self, plan: &Plan, stage: &Stage, situation: Situation) -> Issued {
        claims::claims(plan, self, stage, situation)
    }

    fn checklist(&self, plan: &Plan) -> Vec<CheckItem> {
        if plan.auditing.is_some() {
            return auditing::checklist(plan, self);
        }
        checklist::checklist(plan, self)
    }

    fn ci_settings(&self, plan: &Plan) -> Option<CiSettings> {
        if plan.auditing.is_some() {
            return None;
        }
        settings::settings(plan, self)
    }
}
