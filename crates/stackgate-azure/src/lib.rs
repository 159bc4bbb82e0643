//! Azure Pipelines: renders `pulumi-preview.yml` and `pulumi-deploy.yml`, two pipeline definitions, and reads them back.
//!
//! What must hold: a preview runs for pull requests of the repository's own branches only; a deploy runs on a push to the
//! deploy branch in an environment; one step alone is given the job's access token, the last before Pulumi; production's
//! token is that of a service connection whose checks wait for an approval. Deliberately absent: any decision about
//! privilege, which is the plan's.

mod auditing;
mod check;
mod checklist;
mod claims;
mod context;
mod controls;
mod detect;
mod facts;
mod identity;
mod observe;
mod options;
mod realise;
mod rules;
mod settings;
mod trust;
mod words;

use std::sync::OnceLock;

use stackgate_provider::diagnostic::{Diagnostic, Limit, Rule};
use stackgate_provider::plan::{Plan, Stage, Trigger};
use stackgate_provider::yaml::{Node, Read, Reader, schemars};
use stackgate_provider::{
    Adapter, Artifact, CheckItem, CiSettings, Comment, Detection, Engine, Issued, Missing, Observed, Place, Provider,
    Realised, RenderError, Repository, Situation, Syntax, Trust, templates,
};

pub use options::{Connection, ConnectionIssuer, Folder, Host, Options};

const ID: &str = "azure";

/// Azure Pipelines.
#[derive(Debug)]
pub struct Azure;

impl Provider for Azure {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Azure Pipelines"
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
        Engine::once(&ENGINE, Syntax::Yaml, templates::AZURE)
    }

    fn places(&self) -> &'static [Place] {
        detect::PLACES
    }

    fn limits(&self) -> Vec<Limit> {
        vec![check::ENVIRONMENT, check::HOSTED]
    }

    fn detect(&self, repository: &Repository) -> Detection {
        detect::detect(repository)
    }

    fn reader(&self) -> Option<&dyn stackgate_provider::facts::PipelineReader> {
        Some(self)
    }
}

impl Adapter for Options {
    fn check(&self, plan: &Plan) -> Vec<Diagnostic> {
        if plan.auditing.is_some() {
            return Vec::new();
        }
        check::check(plan, self)
    }

    fn render(&self, plan: &Plan, engine: &Engine) -> Result<Vec<Artifact>, RenderError> {
        if let Some(context) = auditing::context(plan, self) {
            let body = engine.render("azure/audit.yml.tera", &context)?;
            let path = self.file(Trigger::Schedule);
            return Ok(vec![Artifact { path, provider: ID, comment: Comment::Hash, body }]);
        }
        let files = [(Trigger::ChangeRequest, "azure/preview.yml.tera"), (Trigger::Push, "azure/deploy.yml.tera")];
        let mut artifacts = Vec::new();
        for (trigger, template) in files {
            if !words::stages(plan, trigger).is_empty() {
                let body = engine.render(template, &context::Definition::new(plan, self, trigger))?;
                artifacts.push(Artifact { path: self.file(trigger), provider: ID, comment: Comment::Hash, body });
            }
        }
        Ok(artifacts)
    }

    fn realise(&self, plan: &Plan) -> Realised {
        Realised { pipeline: realise::pipeline(plan, self), controls: controls::controls(plan, self) }
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
