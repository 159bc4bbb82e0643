//! Scenes of Jenkins: a spec in its world, what a build of each file should run, and what Jenkins says to start it.
//!
//! What must hold: what should run comes from the plan; of the options only the place of production's file is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use serde_yaml::Value;
use stackgate::plan::{Stage, Tier, Trigger, When};

use super::Request;
use crate::hosts::{Answers, Mint};
use crate::issuer::Identity;
use crate::render::{Rehearsed, Rendered, render};
use crate::repository::Repository;
use crate::scenario::{Event, Fault};
use crate::world::World;

/// A spec in its world, and the option of Jenkins that says which file a stage goes into.
pub struct Scene {
    /// The world.
    pub world: World,
    /// The spec, its plan, and what it renders to.
    pub rehearsed: Rehearsed,
    repository: Repository,
    same_job: bool,
    production: String,
}

/// What one entry of a Jenkinsfile should be.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'a> {
    /// One of the plan's stages.
    Stage(&'a Stage),
    /// A job of the user's own.
    Plain(&'a str, Trigger),
}

impl Scene {
    /// A world for the spec in a folder.
    pub fn new(spec: &Path) -> Scene {
        let world = World::new(Answers::default());
        let rehearsed = render(&world, spec);
        let repository = Repository::new(&world, &rehearsed, &[]);
        let text = std::fs::read_to_string(spec.join(stackgate::SPEC_NAME)).unwrap();
        let options = serde_yaml::from_str::<Value>(&text).unwrap()["providers"]["jenkins"].clone();
        let production = options["production_path"].as_str().unwrap_or("Jenkinsfile.production").to_owned();
        Scene { world, rehearsed, repository, same_job: options["production"] == "same-job", production }
    }

    /// Begins the next scenario. What `checkout scm` gets has each text at the end of that file of every project.
    pub fn begin(&self, event: &Event, answers: Answers, files: &[(String, String)]) {
        self.world.begin(answers);
        for folder in [self.agents(), self.checkout()] {
            let _ = std::fs::remove_dir_all(folder);
        }
        let faulty = (!files.is_empty()).then(|| Repository::new(&self.world, &self.rehearsed, files));
        faulty.as_ref().unwrap_or(&self.repository).check_out(&self.checkout(), event.commit, None);
    }

    /// What a build of that file runs, in order.
    pub fn expected(&self, file: &Rendered, event: &Event) -> Vec<Entry<'_>> {
        let Some(trigger) = event.runs.map(|runs| runs.trigger()) else { return Vec::new() };
        let plan = &self.rehearsed.plan;
        let apart = |stage: &&Stage| trigger == Trigger::Push && stage.tier == Tier::Production && !self.same_job;
        let here = |stage: &&Stage| stage.trigger == trigger && apart(stage) == (file.path == self.production);
        let mut stages: Vec<&Stage> = plan.stages_of("jenkins").filter(here).collect();
        if stages.is_empty() {
            return Vec::new();
        }
        let plain = |when| {
            let jobs = plan.jobs_of("jenkins", trigger).filter(move |job| job.when == when);
            jobs.map(move |job| Entry::Plain(&job.id, trigger))
        };
        let gate = stages.iter().position(|stage| stage.gate.is_some()).filter(|_| event.denied);
        stages.truncate(gate.unwrap_or(stages.len()));
        let after = plain(When::After).filter(|_| gate.is_none());
        plain(When::Before).chain(stages.into_iter().map(Entry::Stage)).chain(after).collect()
    }

    /// Where the agents are.
    pub fn agents(&self) -> PathBuf {
        self.world.folder().join("agents")
    }

    /// What `checkout scm` copies.
    fn checkout(&self) -> PathBuf {
        self.world.folder().join("checkout")
    }

    /// The build that an event starts.
    pub fn request(&self, file: &Rendered, event: &Event) -> Request {
        let home = self.agents().join("home");
        std::fs::create_dir_all(&home).unwrap();
        let mut machine: BTreeMap<String, String> = self.world.variables().into_iter().collect();
        machine.insert("HOME".into(), home.display().to_string());
        let mut environment: BTreeMap<String, String> =
            event.set().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let causes = environment.remove("causes").unwrap_or_default();
        let approver = environment.remove("approver");
        Request {
            file: self.checkout().join(&file.path),
            folder: self.agents(),
            repository: self.checkout(),
            environment,
            machine,
            causes: causes.split(", ").map(str::to_owned).collect(),
            denied: event.denied && approver.is_none(),
            approver,
            ask: true,
        }
    }

    /// The token that the oidc-provider plugin binds: by default it says the address of the branch's job.
    pub fn mint(&self, credential: &str, event: &Event) -> String {
        let branch = event.facts.get("BRANCH_NAME").cloned().flatten().unwrap_or_default();
        let subject = format!("https://jenkins.example.com/job/{credential}/job/{branch}/");
        let identity = Identity::new("https://jenkins.example.com/oidc", json!({"sub": subject, "build_number": 1}));
        let audience = format!("urn:pulumi:org:{}", self.rehearsed.plan.organization);
        self.world.mint(&identity.fixed(&audience), &audience)
    }

    /// What is bound while the fault lasts; `None` where the store has no such credential.
    pub fn bound(&self, fault: &Fault, credential: &str, event: &Event) -> Option<String> {
        match fault.answers.mint {
            Mint::Good => Some(self.mint(credential, event)),
            Mint::Empty => Some(String::new()),
            Mint::Malformed => Some("no token".into()),
            Mint::Refused => None,
        }
    }
}
