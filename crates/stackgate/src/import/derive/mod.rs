//! From roles to the spec that comes nearest: organization, branch, projects, stacks.
//!
//! What must hold: what the pipelines say decides before what the repository suggests, and that before a default; each
//! decision that nobody took is told.

mod jobs;
mod options;
mod prepare;
mod stacks;
mod teams;

use std::collections::{BTreeMap, BTreeSet};

use stackgate_facts::{Event, Mint, Place, Ref, Value};
use stackgate_provider::Provider;
use stackgate_provider::plan::{Action, Tier};
use stackgate_report::Finding;
use stackgate_spec as spec;

use super::draft::{Draft, Project, Said};
use super::find::Pipeline;
use super::legal::legal;
use super::place;
use super::role::{Loose, Role, is_other};
use super::rules::{DECIDE, NOT_EXPRESSED, told};
use crate::init::{Found, FoundProject};
pub(crate) use jobs::last;
pub(crate) use prepare::{calls_pulumi, installs, is_default, only_ours, runs_nothing};
pub(crate) use stacks::waits_for;

/// What an import starts from.
pub(crate) struct Derive<'a> {
    pub(crate) found: &'a Found,
    pub(crate) pipelines: &'a [Pipeline],
    pub(crate) roles: &'a [Role<'a>],
    pub(crate) loose: &'a [Loose<'a>],
    pub(crate) provider: &'static dyn Provider,
    pub(crate) organization: Option<&'a str>,
    pub(crate) findings: Vec<Finding>,
}

/// What stands for an organization that nobody named.
pub(crate) const NO_ORGANIZATION: &str = "your-org-name";

impl<'a> Derive<'a> {
    /// The draft; what could not be said goes to the findings.
    pub(crate) fn draft(&mut self) -> Draft {
        let organization = self.organization();
        let branch = self.branch();
        let cloud_url = self.cloud_url();
        let projects = self.projects();
        let mut draft = Draft {
            organization,
            branch,
            cloud_url,
            provider: self.provider,
            because: self.because(),
            options: Vec::new(),
            projects,
            jobs: self.jobs(),
        };
        self.settle_teams(&mut draft);
        self.settle_environments(&mut draft);
        draft.options = self.options(&draft);
        draft
    }

    /// A finding about something of a role's job.
    pub(crate) fn tell(&mut self, finding: Finding, role: &Role<'_>, at: Place) {
        let place = place::reported(role.observation(), at);
        self.findings.push(Finding { place, ..finding });
    }

    pub(crate) fn deploys(&self) -> impl Iterator<Item = &'a Role<'a>> + use<'a> {
        let roles = self.roles;
        roles.iter().filter(|role| role.action == Action::Deploy)
    }

    /// The tokens that the job of a role asks for, the nearest before its verb first.
    pub(crate) fn mint<'r>(role: &'r Role<'_>) -> Option<&'r Mint> {
        let before = role.job.mints.iter().filter(|mint| mint.step <= role.verb.step);
        before.max_by_key(|mint| mint.step).or_else(|| role.job.mints.first())
    }

    fn because(&self) -> String {
        let used = self.pipelines.iter().find(|pipeline| pipeline.provider.id() == self.provider.id());
        match used {
            Some(pipeline) => format!("as {}", pipeline.path),
            None => "as asked for".to_owned(),
        }
    }

    fn organization(&mut self) -> Said {
        if let Some(name) = self.organization {
            return Said::new(name, "as given");
        }
        let mut named: BTreeMap<String, (usize, String)> = BTreeMap::new();
        for role in self.roles {
            let minted = Self::mint(role).and_then(|mint| Some((mint.organization.as_ref()?, mint.place)));
            let minted = minted.map(|(value, at)| (role.filled(value).text().to_owned(), at));
            // Where the state lies outside Pulumi Cloud, the first part of a stack's name is this word.
            let qualified = role.organization.clone().filter(|name| name != "organization");
            let qualified = qualified.map(|name| (name, role.verb.place));
            for (name, at) in minted.into_iter().chain(qualified) {
                if legal::<spec::Organization>(&name) {
                    named.entry(name).or_insert_with(|| (0, role.at(at))).0 += 1;
                }
            }
        }
        // Of a stack whose own name is made when it runs, the organization may be known all the same.
        let said = |name: &String| name != "organization" && legal::<spec::Organization>(name);
        let known = self.loose.iter().find_map(|one| Some((one.organization.clone().filter(said)?, one)));
        if let (true, Some((name, one))) = (named.is_empty(), known) {
            named.insert(name, (1, place::words(&one.pipeline.observation, one.place)));
        }
        let mut all: Vec<(String, (usize, String))> = named.into_iter().collect();
        all.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
        for (name, (_, at)) in all.iter().skip(1) {
            let message = format!("the organization `{name}` is used too ({at}), and a spec has one");
            self.findings.push(told(&NOT_EXPRESSED, message).help("write a spec of its own for that organization"));
        }
        if let Some((name, (_, at))) = all.into_iter().next() {
            return Said::new(name, at);
        }
        let owner = self.found.repository.path.as_deref();
        let owner = owner.and_then(|path| path.split('/').find(|part| *part != "v3"));
        let (name, from) = match owner.filter(|name| legal::<spec::Organization>(name)) {
            Some(owner) => (owner, "taken from the remote; correct it where Pulumi Cloud's name is another"),
            None => (NO_ORGANIZATION, "FILL IN: the organization in Pulumi Cloud"),
        };
        let message = "no pipeline names the Pulumi organization";
        self.findings
            .push(told(&DECIDE, message).help("look at `organization` in the spec, or give `--organization NAME`"));
        Said::new(name, from)
    }

    /// The branch whose pushes deploy; that of production where stacks have several.
    fn branch(&mut self) -> Said {
        let mut counts: BTreeMap<&str, (usize, &Role<'_>)> = BTreeMap::new();
        for role in self.roles.iter().filter(|role| role.action == Action::Deploy) {
            let weight = if stacks::tier_of_name(&role.name.stack) == Tier::Production { 100 } else { 1 };
            for name in pushed(role) {
                counts.entry(name).or_insert((0, role)).0 += weight;
            }
        }
        let best = counts.iter().max_by(|a, b| a.1.0.cmp(&b.1.0).then_with(|| b.0.cmp(a.0)));
        let chosen = best.map(|(name, (_, role))| {
            Said::new(*name, role.at(role.job.when.first().map_or(role.job.place, |clause| clause.place)))
        });
        let from_git = || match self.found.branch.as_deref().filter(|name| legal::<spec::Branch>(name)) {
            Some(name) => Said::new(name, "git's default branch"),
            None => Said::new("main", "the default"),
        };
        let chosen = chosen.filter(|said| legal::<spec::Branch>(&said.value)).unwrap_or_else(from_git);
        for role in self.roles.iter().filter(|role| role.action == Action::Deploy) {
            let others: BTreeSet<&str> = pushed(role).into_iter().filter(|name| *name != chosen.value).collect();
            if others.is_empty() {
                continue;
            }
            let names: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
            let message =
                format!("{}: a push to {} deploys it; a spec has one deploy branch", role.title(), names.join(", "));
            let help = format!("merge to `{}` instead, or keep a spec of its own in a branch of its own", chosen.value);
            let finding = told(&NOT_EXPRESSED, message).help(help);
            let at = role.job.when.first().map_or(role.job.place, |clause| clause.place);
            self.tell(finding, role, at);
        }
        chosen
    }

    fn cloud_url(&mut self) -> Option<Said> {
        let mut found = None;
        for role in self.roles {
            let minted = Self::mint(role).and_then(|mint| Some((mint.url.clone()?, mint.place)));
            let logins = role.job.verbs.iter().filter_map(|verb| match &verb.kind {
                stackgate_facts::VerbKind::Other(words) => {
                    let url = words.strip_prefix("login")?.trim();
                    let flag = |start: &str| verb.flags.iter().find_map(|flag| flag.strip_prefix(start));
                    let local = verb.flags.iter().any(|flag| flag == "--local").then_some("--local");
                    let url = flag("--cloud-url=").or(local).or(Some(url).filter(|url| !url.is_empty()))?;
                    Some((Value::literal(url), verb.place))
                }
                _ => None,
            });
            for (url, at) in minted.into_iter().chain(logins) {
                let url = role.filled(&url);
                let Some(text) = url.as_literal() else { continue };
                let text = text.trim_end_matches('/');
                if ["https://api.pulumi.com", "https://app.pulumi.com"].contains(&text) || found.is_some() {
                    continue;
                }
                if text.starts_with("https://") && legal::<spec::CloudUrl>(text) {
                    found = Some(Said::new(text, role.at(at)));
                } else if text.contains("://") || text == "--local" {
                    let text = if text == "--local" { "the machine's own files" } else { text };
                    let message = format!("{}: its state lies in {text}, not in Pulumi Cloud", role.title());
                    let help = "move the state first: `pulumi stack export`, `pulumi login`, `pulumi stack import`";
                    self.tell(told(&NOT_EXPRESSED, message).help(help), role, at);
                }
            }
        }
        found
    }

    fn projects(&mut self) -> Vec<Project> {
        let mut names: Vec<FoundProject> = self.found.projects.clone();
        for role in self.roles {
            if !names.iter().any(|project| project.name == role.name.project) {
                names.push(FoundProject {
                    name: role.name.project.clone(),
                    directory: role.directory.clone().unwrap_or_else(|| ".".to_owned()),
                    runtime: None,
                    runtime_word: String::new(),
                    stacks: Vec::new(),
                    lock_file: None,
                });
                let message = format!("there is no Pulumi.yaml of the project `{}` here", role.name.project);
                let help = "look at the project's name, directory and runtime in the spec";
                let finding = told(&DECIDE, message).help(help);
                self.tell(finding, role, role.verb.place);
            }
        }
        names.into_iter().filter_map(|found| self.project(found)).collect()
    }

    fn project(&mut self, found: FoundProject) -> Option<Project> {
        let roles: Vec<&Role<'a>> = self.roles.iter().filter(|role| role.name.project == found.name).collect();
        // Where a pipeline decides the stack when it runs, each that has a file may be the one.
        let open = self.loose.iter().any(|loose| loose.deploys);
        let (mut stacks, mut idle) = (BTreeMap::new(), Vec::new());
        for role in &roles {
            stacks.entry(role.name.stack.clone()).or_insert(true);
        }
        for stack in &found.stacks {
            if open {
                stacks.entry(stack.name.clone()).or_insert(false);
            } else if !stacks.contains_key(&stack.name) {
                idle.push(stack.name.clone());
            }
        }
        // Where nothing at all names a stack, the project stands there to be filled in.
        if stacks.is_empty() && !(open && self.roles.is_empty()) {
            return None;
        }
        let runtime = self.runtime(&found, &roles);
        let paths = self.paths(&roles);
        let prepare = self.prepare(&found, &roles);
        let stacks = self.stacks(&found, stacks);
        Some(Project { found, runtime, paths, prepare, stacks, idle })
    }
}

/// The branches whose pushes start a role, as far as a file names them.
pub(crate) fn pushed<'r>(role: &'r Role<'_>) -> Vec<&'r str> {
    let named = |name: &str| {
        !is_other(name)
            && !name.starts_with("like-")
            && !name.starts_with("like/")
            && !name.ends_with("-like")
            && !name.ends_with("/like")
    };
    let any = role.reach.iter().any(|(situation, _)| {
        situation.event == Event::Push
            && matches!(&situation.reference, Ref::Branch(name) if is_other(name) && !situation.default_branch)
    });
    if any {
        return Vec::new();
    }
    let mut all: Vec<&str> = role
        .reach
        .iter()
        .filter_map(|(situation, _)| match &situation.reference {
            Ref::Branch(name) if situation.event == Event::Push && named(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}
