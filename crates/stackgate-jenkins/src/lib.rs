//! Jenkins: renders `Jenkinsfile` and `Jenkinsfile.production`, and reads them back; reads any Jenkinsfile as facts.
//!
//! What must hold: a preview runs for the repository's own branches only; a deploy runs on the deploy branch alone,
//! production's in a job whose OIDC token no other job can get; the token is minted last, under the stack's lock.
//! Deliberately absent: any decision about privilege, which is the plan's.

mod auditing;
mod check;
mod checklist;
mod claims;
mod context;
mod controls;
mod facts;
mod groovy;
mod observe;
mod options;
mod realise;
mod rules;
mod sections;
mod steps;
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

pub use options::{Agent, Options, Production};

const ID: &str = "jenkins";

/// Where a Jenkinsfile of ours may lie.
const PLACES: &[Place] = &[
    Place { folder: "", prefix: "Jenkinsfile", suffix: "" },
    Place { folder: "ci", prefix: "Jenkinsfile", suffix: "" },
    Place { folder: "jenkins", prefix: "Jenkinsfile", suffix: "" },
];

/// Jenkins.
#[derive(Debug)]
pub struct Jenkins;

impl Provider for Jenkins {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Jenkins"
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
        Engine::once(&ENGINE, Syntax::Groovy, templates::JENKINS)
    }

    fn places(&self) -> &'static [Place] {
        PLACES
    }

    fn limits(&self) -> Vec<Limit> {
        vec![options::APPROVERS, stackgate_provider::JWKS_KEYS]
    }

    fn reader(&self) -> Option<&dyn PipelineReader> {
        Some(self)
    }

    fn detect(&self, repository: &Repository) -> Detection {
        let ours = |file: &&String| PLACES.iter().any(|place| place.holds(file));
        let existing: Vec<String> = repository.files.iter().filter(ours).cloned().collect();
        let because = existing.first().map(|first| format!("there is a {first}"));
        // A Jenkinsfile of the repository's own keeps its place.
        let taken = existing.iter().any(|file| file == "Jenkinsfile").then(|| "ci/Jenkinsfile".to_owned());
        Detection {
            because,
            hosted: false,
            options: vec![
                OptionLine {
                    key: "url",
                    value: None,
                    comment: "https://jenkins.example.com; needed for trust policies",
                },
                OptionLine {
                    key: "job",
                    value: None,
                    comment: "folder/name of the multibranch job; needed for trust policies",
                },
                OptionLine {
                    key: "production_job",
                    value: None,
                    comment: "folder/name of production's own; needed for trust policies",
                },
                OptionLine {
                    key: "approvers",
                    value: Some("[pulumi-approvers]".into()),
                    comment: "the users and groups that may approve production: yours, or create this one",
                },
                OptionLine { key: "path", value: taken, comment: "where the Jenkinsfile goes, if not to the root" },
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
        if let Some(context) = auditing::context(plan, self) {
            let body = engine.render("jenkins/audit.tera", &context)?;
            return Ok(vec![Artifact { path: self.path().into(), provider: ID, comment: Comment::Slashes, body }]);
        }
        let mut artifacts = Vec::new();
        for layout in words::layouts(plan, self) {
            let body = engine.render("jenkins/Jenkinsfile.tera", &context::Jenkinsfile::new(plan, self, &layout))?;
            artifacts.push(Artifact { path: layout.path.into(), provider: ID, comment: Comment::Slashes, body });
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
}
