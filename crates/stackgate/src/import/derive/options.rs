//! Options of the provider: what the old pipelines say, and what only somebody can say.
//!
//! What must hold: a gate that the provider cannot have without an option is never made up; the option is a comment that
//! must be filled in, and the pipelines fail closed until it is.

use std::collections::BTreeMap;

use stackgate_facts::{CredentialKind, Event, GateKind};
use stackgate_provider::plan::{Action, Trigger};

use super::Derive;
use crate::import::draft::{Choice, Draft};
use crate::import::legal::scalar;
use crate::import::role::Role;
use crate::import::rules::{DECIDE, NOT_EXPRESSED, told};

impl<'a> Derive<'a> {
    /// Every option, those that were found first.
    pub(super) fn options(&mut self, draft: &Draft) -> Vec<Choice> {
        let mut options: Vec<Choice> = Vec::new();
        let detection = self.found.providers.iter().find(|(provider, _)| provider.id() == self.provider.id());
        for line in detection.iter().flat_map(|(_, detection)| &detection.options) {
            options.push(Choice {
                key: line.key.to_owned(),
                value: line.value.clone().unwrap_or_default(),
                from: line.comment.to_owned(),
                open: line.value.is_none(),
                need: false,
            });
        }
        let production =
            draft.projects.iter().flat_map(|project| &project.stacks).any(|stack| stack.tier.value == "production");
        let same = self.pipelines.iter().any(|pipeline| pipeline.provider.id() == self.provider.id());
        match self.provider.id() {
            "github" if same => self.github(&mut options),
            "gitlab" => self.gitlab(&mut options, production),
            "azure" => self.azure(&mut options, draft, production),
            "jenkins" => self.jenkins(&mut options, draft),
            "circleci" => self.circleci(&mut options),
            _ => {}
        }
        // Those with a value first: what is to be filled in stands below the key that they open.
        options.sort_by_key(|option| (option.open, option.value.is_empty()));
        options
    }

    /// The label that all roles' jobs run on, where there is one.
    fn label(&self) -> Option<(String, String)> {
        let mut labels: BTreeMap<&str, &Role<'_>> = BTreeMap::new();
        for role in self.roles.iter().filter(|role| role.pipeline.provider.id() == self.provider.id()) {
            labels.insert(role.job.runner.label.as_literal()?, role);
        }
        match labels.iter().next().filter(|_| labels.len() == 1) {
            Some((label, role)) if !label.is_empty() => Some(((*label).to_owned(), role.at(role.job.runner.place))),
            _ => None,
        }
    }

    fn github(&mut self, options: &mut Vec<Choice>) {
        if let Some((label, at)) = self.label()
            && !label.ends_with("-latest")
            && label != "ubuntu-24.04"
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        {
            set(options, "runner", label, at);
        }
        let kept = self.deploys().find_map(|role| {
            role.job.gates.iter().find_map(|gate| match gate.kind {
                GateKind::Lock { cancels: false, drops_waiting: false, .. } => Some(role.at(gate.place)),
                _ => None,
            })
        });
        if let Some(at) = kept {
            set(options, "queue", "all".to_owned(), at);
        }
        let comments = self.roles.iter().find_map(|role| match &role.job.steps.get(role.verb.step)?.does {
            stackgate_facts::Does::Use { code, inputs } if code.name.eq_ignore_ascii_case("pulumi/actions") => inputs
                .iter()
                .find(|input| input.name == "comment-on-pr" && input.value.as_literal() == Some("true"))
                .map(|input| (role, input.place)),
            _ => None,
        });
        if let Some((role, at)) = comments {
            let from = format!("{}; pulumi/actions gets the CLI without checking it", role.at(at));
            options.push(Choice {
                key: "comments".into(),
                value: "true".into(),
                from: from.clone(),
                open: true,
                need: false,
            });
            options.push(Choice { key: "run_with".into(), value: "action".into(), from, open: true, need: false });
            let message = "previews are not commented on their pull requests";
            let help = "`run_with: action` and `comments: true` bring it back; pulumi/actions then gets the CLI without checking it";
            self.tell(told(&NOT_EXPRESSED, message).help(help), role, at);
        }
    }

    fn gitlab(&mut self, options: &mut Vec<Choice>, production: bool) {
        if let Some((label, at)) = self.label() {
            let tags: Vec<String> = label.split([',', ' ']).filter(|tag| !tag.is_empty()).map(scalar).collect();
            set(options, "tags", format!("[{}]", tags.join(", ")), at);
        }
        if production {
            options.retain(|option| option.key != "premium");
            let from = "FILL IN: `true` where the plan has protected environments with approvals; otherwise production needs the waiver gate-not-in-claims";
            options.push(Choice {
                key: "premium".into(),
                value: "true".into(),
                from: from.into(),
                open: true,
                need: true,
            });
            let message = "whether this GitLab has protected environments with approvals, no file says";
            self.findings.push(
                told(&DECIDE, message)
                    .help("write `premium: true`, or a waiver of gate-not-in-claims for each production stack"),
            );
        }
    }

    fn azure(&mut self, options: &mut Vec<Choice>, draft: &Draft, production: bool) {
        if let Some((pool, at)) =
            self.label().filter(|(label, _)| !label.contains("-latest") && !label.contains(['.', '-']))
        {
            options.push(Choice { key: "pool".into(), value: scalar(&pool), from: at, open: true, need: false });
        }
        let connections = [
            (1, "production_connection", self.connection(Action::Deploy, draft)),
            (2, "production_preview_connection", self.connection(Action::Preview, draft)),
        ];
        if production {
            for (number, key, known) in connections {
                options.retain(|option| option.key != key);
                let derived = format!("pulumi-{}", key.trim_end_matches("_connection").replace('_', "-"));
                let (name, from) = match known {
                    Some((name, at)) => (scalar(&name), format!("FILL IN its id; its name is that of {at}")),
                    None => (
                        derived,
                        "FILL IN: name and id of a service connection with workload identity federation".to_owned(),
                    ),
                };
                let value = format!("{{ name: {name}, id: 00000000-0000-0000-0000-{number:012} }}");
                options.push(Choice { key: key.into(), value, from, open: true, need: true });
            }
            let message = "which service connections hold production's approval, no file says";
            self.findings
                .push(told(&DECIDE, message).help("make them, and write `production_connection` with name and id"));
        }
    }

    /// The service connection of production's jobs.
    fn connection(&self, action: Action, draft: &Draft) -> Option<(String, String)> {
        let production = |role: &&Role<'_>| {
            !role.job.mints.is_empty()
                && role.action == action
                && role.trigger == Trigger::Push
                && is_production(role, draft)
        };
        self.roles.iter().filter(production).find_map(|role| {
            role.job.credentials.iter().find_map(|credential| match &credential.kind {
                CredentialKind::Stored(kind, name) if kind == "service connection" => {
                    Some((name.as_literal()?.to_owned(), role.at(credential.place)))
                }
                _ => None,
            })
        })
    }

    /// The id of the OIDC credential of jobs, as a Jenkins names it.
    fn credential(&self, production: bool, draft: &Draft) -> Option<(String, String)> {
        let own =
            |role: &&Role<'_>| role.pipeline.provider.id() == "jenkins" && is_production(role, draft) == production;
        self.roles.iter().filter(own).find_map(|role| {
            role.job.credentials.iter().find_map(|credential| match &credential.kind {
                CredentialKind::Oidc(audiences) => {
                    let id = audiences.first()?.text().strip_prefix("the audience of the credential ")?;
                    Some((id.to_owned(), role.at(credential.place)))
                }
                _ => None,
            })
        })
    }

    fn jenkins(&mut self, options: &mut Vec<Choice>, draft: &Draft) {
        let stacks = || draft.projects.iter().flat_map(|project| &project.stacks);
        let gated = stacks().any(|stack| stack.tier.value == "production" || stack.deploy.gate.is_some());
        let approver = self.roles.iter().find_map(|role| {
            role.observation().effective_gates(role.job).into_iter().find_map(|(_, gate)| match &gate.kind {
                GateKind::Approval(Some(who)) => Some((who.as_literal()?.to_owned(), role.at(gate.place))),
                _ => None,
            })
        });
        match approver {
            Some((who, at)) => {
                let names: Vec<String> = who.split(',').map(|name| scalar(name.trim())).collect();
                set(options, "approvers", format!("[{}]", names.join(", ")), at);
            }
            None if gated => {
                let message = "who may approve a deploy, the old pipelines do not say";
                self.findings.push(
                    told(&DECIDE, message)
                        .help("look at `approvers`: until such a user or group exists, nobody can approve"),
                );
            }
            None => {}
        }
        for (key, production, usual) in
            [("credential", false, "pulumi-oidc"), ("production_credential", true, "pulumi-oidc-production")]
        {
            if let Some((id, at)) = self.credential(production, draft).filter(|(id, _)| id != usual) {
                set(options, key, scalar(&id), at);
            }
        }
        let label = self.label().filter(|(label, _)| !label.is_empty() && !label.contains(':'));
        if let Some((label, at)) = label {
            options.push(Choice { key: "label".into(), value: scalar(&label), from: at, open: true, need: false });
        }
    }

    /// Contexts by the class of the jobs that have them.
    fn circleci(&mut self, options: &mut Vec<Choice>) {
        let mut contexts: BTreeMap<&str, (String, String)> = BTreeMap::new();
        for role in self.roles.iter().filter(|role| role.pipeline.provider.id() == "circleci") {
            let named = role.job.gates.iter().find_map(|gate| match &gate.kind {
                GateKind::Environment(value) => Some((value.as_literal()?.to_owned(), role.at(gate.place))),
                _ => None,
            });
            let Some(named) = named else { continue };
            let production =
                super::stacks::tier_of_name(&role.name.stack) == stackgate_provider::plan::Tier::Production;
            let key = match (role.action, role.trigger, production) {
                (Action::Deploy, _, true) => "production",
                (Action::Deploy, _, false) => "development",
                (Action::Preview, Trigger::Push, true) => "production_preview",
                (Action::Preview | Action::Audit, ..) => "preview",
            };
            contexts.entry(key).or_insert(named);
        }
        let requests = self.roles.iter().filter(|role| role.pipeline.provider.id() == "circleci").find(|role| {
            let starts = |event| role.reach.iter().any(|(situation, _)| situation.event == event);
            role.trigger == Trigger::ChangeRequest && starts(Event::ChangeRequest) && !starts(Event::Push)
        });
        if let Some(role) = requests {
            let at = role.at(role.job.when.first().map_or(role.job.place, |clause| clause.place));
            set(options, "events", "github-app".to_owned(), at);
            // Another file than the usual one is a pipeline definition of its own.
            let path = &role.pipeline.path;
            if path != ".circleci/config.yml" && path.starts_with(".circleci/") {
                set(options, "path", scalar(path), "where it is".to_owned());
            }
        }
        if contexts.is_empty() {
            return;
        }
        let names: Vec<&String> = contexts.values().map(|(name, _)| name).collect();
        let alone = |name: &String| names.iter().filter(|other| **other == name).count() == 1;
        let mut all: BTreeMap<&str, String> = BTreeMap::from([
            ("production_preview", "pulumi-production-preview".to_owned()),
            ("production", "pulumi-production".to_owned()),
        ]);
        // One that several classes share would give each the others' secrets: these get contexts of their own.
        all.extend(contexts.iter().map(|(key, (name, _))| {
            let own = format!("pulumi-{}", key.replace('_', "-"));
            (*key, if alone(name) { name.clone() } else { own })
        }));
        let at: Vec<&str> = contexts.values().map(|(_, at)| at.as_str()).collect();
        let spelt: Vec<String> = all.iter().map(|(key, name)| format!("{key}: {}", scalar(name))).collect();
        set(options, "contexts", format!("{{ {} }}", spelt.join(", ")), at.join(", "));
    }
}

/// Whether a role's stack is production in the draft.
fn is_production(role: &Role<'_>, draft: &Draft) -> bool {
    let project = draft.projects.iter().find(|project| project.found.name == role.name.project);
    let mut stacks = project.into_iter().flat_map(|project| &project.stacks);
    stacks.any(|stack| stack.name == role.name.stack && stack.tier.value == "production")
}

/// An option with a value that was found, in place of what stood there.
fn set(options: &mut Vec<Choice>, key: &str, value: String, from: String) {
    options.retain(|option| option.key != key);
    options.push(Choice { key: key.to_owned(), value, from, open: false, need: false });
}
