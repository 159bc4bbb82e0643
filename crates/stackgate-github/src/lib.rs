//! GitHub Actions: renders `pulumi-preview.yml` and `pulumi-deploy.yml`, and reads them back; reads any other workflow as facts.
//!
//! What must hold: a preview runs for the repository's own branches only; a deploy runs on a push to the deploy branch
//! in an environment that a job without any token has read before; the token is minted last. Deliberately absent: any
//! decision about privilege, which is the plan's.

mod auditing;
mod check;
mod claims;
mod context;
mod controls;
mod facts;
mod observe;
mod options;
mod realise;
mod rules;
mod settings;
mod trust;
mod words;

use std::sync::OnceLock;

use stackgate_provider::diagnostic::{Diagnostic, Limit, Rule};
use stackgate_provider::facts::PipelineReader;
use stackgate_provider::plan::{Plan, Stage, Trigger};
use stackgate_provider::yaml::{Node, Read, Reader, schemars};
use stackgate_provider::{
    ARTIFACT_TOO_LARGE, Adapter, Artifact, CheckItem, CiSettings, Comment, Detection, Engine, Issued, Missing,
    Observed, OptionLine, Place, Provider, Realised, RenderError, Repository, Situation, Syntax, Trust, templates,
};

pub use options::{Options, Queue, RunWith, Subject};

const ID: &str = "github";

/// GitHub Actions.
#[derive(Debug)]
pub struct GitHub;

impl Provider for GitHub {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "GitHub Actions"
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
        Engine::once(&ENGINE, Syntax::Yaml, templates::GITHUB)
    }

    fn places(&self) -> &'static [Place] {
        &[Place { folder: ".github/workflows", prefix: "", suffix: ".yml" }]
    }

    fn largest(&self) -> Limit {
        // Beyond 500 KB, GitHub starts no run of it: "Actions limits" in GitHub's documentation.
        Limit::new("bytes of a file", 500_000, &ARTIFACT_TOO_LARGE)
    }

    fn limits(&self) -> Vec<Limit> {
        vec![check::HOSTED]
    }

    fn reader(&self) -> Option<&dyn PipelineReader> {
        Some(self)
    }

    fn detect(&self, repository: &Repository) -> Detection {
        let hosted = repository.host.as_deref() == Some("github.com");
        let existing: Vec<String> = repository
            .files
            .iter()
            .filter(|file| {
                file.strip_prefix(".github/workflows/")
                    .is_some_and(|name| name.ends_with(".yml") || name.ends_with(".yaml"))
            })
            .cloned()
            .collect();
        let because = match (hosted, existing.is_empty()) {
            (true, _) => Some("the remote is on github.com".to_owned()),
            (false, false) => Some("there are workflows in .github/workflows".to_owned()),
            (false, true) => None,
        };
        let path = repository.path.clone().filter(|_| hosted);
        let id = "gh api repos/OWNER/NAME --jq .id; needed for trust policies";
        let owner = "gh api repos/OWNER/NAME --jq .owner.id; needed for trust policies";
        Detection {
            because,
            hosted,
            options: vec![
                OptionLine { key: "repository", value: path, comment: "owner/name; needed for trust policies" },
                OptionLine { key: "repository_id", value: None, comment: id },
                OptionLine { key: "owner_id", value: None, comment: owner },
            ],
            existing,
        }
    }
}

impl Adapter for Options {
    fn check(&self, plan: &Plan) -> Vec<Diagnostic> {
        check::check(plan, self)
    }

    fn render(&self, plan: &Plan, engine: &Engine) -> Result<Vec<Artifact>, RenderError> {
        if let Some(context) = auditing::context(plan, self) {
            let body = engine.render("github/audit.yml.tera", &context)?;
            return Ok(vec![Artifact { path: auditing::AUDIT.into(), provider: ID, comment: Comment::Hash, body }]);
        }
        let files = [
            (Trigger::ChangeRequest, words::PREVIEW, "github/preview.yml.tera"),
            (Trigger::Push, words::DEPLOY, "github/deploy.yml.tera"),
        ];
        let mut artifacts = Vec::new();
        for (trigger, path, template) in files {
            let stages = words::stages(plan, trigger);
            if !stages.is_empty() {
                let ids: Vec<&str> = stages.iter().map(|stage| stage.id.as_str()).collect();
                let context = context::Workflow::new(plan, self, trigger, &stages, &ids);
                let body = engine.render(template, &context)?;
                artifacts.push(Artifact { path: path.into(), provider: ID, comment: Comment::Hash, body });
            }
        }
        Ok(artifacts)
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
            return auditing::checklist(plan);
        }
        controls::checklist(plan, self)
    }

    fn ci_settings(&self, plan: &Plan) -> Option<CiSettings> {
        if plan.auditing.is_some() {
            return None;
        }
        settings::settings(plan, self)
    }
}
