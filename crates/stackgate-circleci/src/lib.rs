//! CircleCI: renders one config file with a workflow for previews and one for deploys, and reads it back.
//!
//! What must hold: a workflow runs for its one event alone; the token is asked for last; production waits for an
//! approval and runs in a restricted context, which the OIDC token shows. Deliberately absent: any decision about
//! privilege, which is the plan's; orbs; and a file of production's own, since a pipeline definition's id does not tell
//! from which branch a pipeline that was started through the API took its config, and could not wait for the other
//! file's deploys.

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
mod trust;
mod words;

use std::sync::OnceLock;

use stackgate_provider::diagnostic::{Diagnostic, Limit, Rule};
use stackgate_provider::facts::PipelineReader;
use stackgate_provider::plan::{Plan, Stage};
use stackgate_provider::yaml::{Node, Read, Reader, schemars};
use stackgate_provider::{
    Adapter, Artifact, CheckItem, Comment, Detection, Engine, Issued, Missing, Observed, OptionLine, Place, Provider,
    Realised, RenderError, Repository, Situation, Syntax, Trust, templates,
};

pub use options::{Context, Contexts, Events, Options};

const ID: &str = "circleci";

/// CircleCI.
#[derive(Debug)]
pub struct CircleCi;

impl Provider for CircleCi {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "CircleCI"
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
        Engine::once(&ENGINE, Syntax::Yaml, templates::CIRCLECI)
    }

    fn places(&self) -> &'static [Place] {
        &[words::PLACE]
    }

    fn limits(&self) -> Vec<Limit> {
        vec![check::MINUTES, options::CONTEXT]
    }

    fn reader(&self) -> Option<&dyn PipelineReader> {
        Some(self)
    }

    fn detect(&self, repository: &Repository) -> Detection {
        let existing: Vec<String> = repository.files.iter().filter(|file| words::PLACE.holds(file)).cloned().collect();
        // The host of the repository says nothing: CircleCI hosts none.
        let path = repository.path.clone().filter(|_| repository.host.as_deref() == Some("github.com"));
        Detection {
            because: (!existing.is_empty()).then(|| "there is a config in .circleci".to_owned()),
            hosted: false,
            options: vec![
                OptionLine { key: "repository", value: path, comment: "owner/name; needed for trust policies" },
                OptionLine {
                    key: "organization_id",
                    value: None,
                    comment: "Organization settings > Overview; needed for trust policies",
                },
                OptionLine {
                    key: "contexts",
                    value: Some(words::FIRST_CONTEXTS.into()),
                    comment: "create and restrict them: stackgate show checklist",
                },
                OptionLine {
                    key: "project_id",
                    value: None,
                    comment: "Project settings > Overview; needed for trust policies",
                },
            ],
            existing,
        }
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
        if plan.stages_of(ID).next().is_none() {
            return Ok(Vec::new());
        }
        let body = match auditing::context(plan, self) {
            Some(context) => engine.render("circleci/audit.yml.tera", &context)?,
            None => engine.render("circleci/config.yml.tera", &context::Config::new(plan, self))?,
        };
        Ok(vec![Artifact { path: self.path().into(), provider: ID, comment: Comment::Hash, body }])
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
}
