//! Stacks that Pulumi Deployments runs: what starts them, with which identities, and what is left to the CI system.
//!
//! What must always hold: one push is deployed by one of the two; production is changed only after the pipeline's gate,
//! unless a waiver says otherwise; the code of a pull request meets no identity that deploys production. Deliberately
//! absent: the settings as Pulumi Cloud takes them, which are made from the plan.

use stackgate_diagnostic::{Diagnostic, Span};
use stackgate_spec::{
    DeploymentTrigger as Trigger, Deployments as Given, Execution, MALFORMED_SCHEDULE, Project, Stack, Tier, Vcs,
};
use stackgate_yaml::Switch;

use super::settings::Merged;
use super::stacks::Resolved;
use super::{Lowering, clouds};
use crate::deployments::{CloudIdentities, DeploymentSource, DeploymentTrigger, Deployments};
use crate::model::Waiver;
use crate::rules::{DEPLOYMENTS_PREVIEW, DEPLOYMENTS_SOURCE, DEPLOYMENTS_UNUSED, DEPLOYMENTS_WITHOUT_GATE};

impl<'a> Lowering<'a> {
    /// Whether Pulumi Deployments runs a stack.
    pub(super) fn delegates(&self, own: &Stack) -> bool {
        let execution = own.execution.as_ref().or(self.defaults.execution.as_ref());
        execution.is_some_and(|execution| execution.value == Execution::Deployments)
    }

    /// Decides a stack that Pulumi Deployments runs.
    pub(super) fn delegated(&mut self, of: &mut Resolved<'a>, own: &'a Stack, waivers: &[Waiver]) {
        of.delegated = true;
        if let Some(Switch::On(preview)) = &own.preview {
            let message = format!("no job of the CI system previews `{}`: Pulumi Deployments runs it", of.reference());
            let help = "remove `preview`; write `deployments: { preview: true }` for previews of pull requests";
            self.error(Diagnostic::error(&DEPLOYMENTS_UNUSED, preview.span, message).help(help));
        }
        if own.deployments.is_failed() || self.defaults.deployments.is_failed() {
            return;
        }
        let defaults = self.defaults;
        let given = Merged { own: own.deployments.given(), defaults: defaults.deployments.given() };
        let Some((project, _)) = of.settings else { return };
        let said = given.get(|given| given.trigger.as_ref());
        let trigger = match (said, of.tier) {
            (Some(said), _) => *said.value,
            (None, Tier::Production) => Trigger::Rest,
            (None, Tier::Development) => Trigger::Push,
        };
        self.schedules(of, given);
        if of.tier == Tier::Production {
            self.gate(of, given, trigger, waivers);
        }
        let preview = self.previewed(of, given, trigger);
        let source = self.source(of, given, project, preview);
        if trigger == Trigger::Rest {
            of.deploy = self.deploy(of, own);
        } else if let Some(deploy) = &own.deploy {
            let span = match deploy {
                Switch::On(deploy) => deploy.span,
                Switch::Off(span) => *span,
            };
            let message = format!("no job of the CI system deploys `{}`: Pulumi Cloud does, on a push", of.reference());
            let help = "remove `deploy`, or let the job start the deployment with `deployments: { trigger: rest }`";
            self.error(Diagnostic::error(&DEPLOYMENTS_UNUSED, span, message).help(help));
        }
        of.deployments = Some(self.settings(of, given, trigger, preview, source, project));
    }

    fn settings(
        &self,
        of: &Resolved<'_>,
        given: Merged<'a, Given>,
        trigger: Trigger,
        preview: bool,
        source: DeploymentSource,
        project: &Project,
    ) -> Deployments {
        let identities = |found: Option<&stackgate_spec::CloudIdentities>| found.map(clouds::identities);
        let is = |found: Option<super::settings::Given<'_, bool>>| found.is_some_and(|found| *found.value);
        Deployments {
            project: of.project.to_owned(),
            stack: of.stack.to_owned(),
            trigger: match trigger {
                Trigger::Push => DeploymentTrigger::Push,
                Trigger::Rest => DeploymentTrigger::Rest,
            },
            source,
            preview,
            paths: project.paths.given().into_iter().flatten().map(ToString::to_string).collect(),
            pre_run: given
                .get(|given| given.pre_run.as_ref())
                .map(|commands| commands.value.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            skip_install: is(given.get(|given| given.skip_install.as_ref())),
            skip_intermediate: is(given.get(|given| given.skip_intermediate.as_ref())),
            image: given.get(|given| given.image.as_ref()).map(|image| image.value.to_string()),
            agent_pool: given.get(|given| given.agent_pool.as_ref()).map(|pool| pool.value.to_string()),
            role: given.get(|given| given.role.as_ref()).map(|role| role.value.to_string()),
            cloud: identities(given.whole(|given| given.oidc.as_ref())).unwrap_or_else(CloudIdentities::default),
            preview_cloud: identities(given.whole(|given| given.preview_oidc.as_ref())),
            drift: given.whole(|given| given.drift.as_ref()).and_then(Switch::on).map(clouds::drift),
            ttl: given.whole(|given| given.ttl.as_ref()).and_then(Switch::on).map(clouds::ttl),
            schedules: given
                .get(|given| given.schedules.as_ref())
                .map(|schedules| schedules.value.iter().map(clouds::schedule).collect())
                .unwrap_or_default(),
            place: given.own.map_or(of.key, |own| own.span),
        }
    }

    /// Where the program comes from; Pulumi Cloud fetches it itself.
    fn source(
        &mut self,
        of: &Resolved<'_>,
        given: Merged<'a, Given>,
        project: &Project,
        preview: bool,
    ) -> DeploymentSource {
        let vcs = given.get(|given| given.vcs.as_ref());
        let repository = given.get(|given| given.repository.as_ref());
        let missing: Vec<&str> = [("`vcs`", vcs.is_none()), ("`repository`", repository.is_none())]
            .into_iter()
            .filter_map(|(key, missing)| missing.then_some(key))
            .collect();
        if !missing.is_empty() {
            let place = given.own.map_or(of.key, |own| own.span);
            let message = format!("Pulumi Deployments is not told where `{}` comes from", of.reference());
            let diagnostic = Diagnostic::error(&DEPLOYMENTS_SOURCE, place, message)
                .label(format!("`deployments` says no {}", missing.join(" and no ")));
            self.error(
                diagnostic
                    .help("write `deployments: { vcs: github, repository: owner/name }`, here or under `defaults`"),
            );
        }
        if let Some(vcs) = vcs.as_ref().filter(|vcs| *vcs.value == Vcs::Custom && preview) {
            let message = format!("Pulumi Cloud sees no pull requests of `{}`", of.reference());
            let diagnostic =
                Diagnostic::error(&DEPLOYMENTS_SOURCE, vcs.span, message).label("`custom` knows pushes alone");
            self.error(diagnostic.help("leave `deployments: { preview }` out"));
        }
        DeploymentSource {
            vcs: vcs.map(|vcs| vcs.value.to_string()).unwrap_or_default(),
            repository: repository.map(|repository| repository.value.to_string()).unwrap_or_default(),
            branch: self.spec.branch.given().map_or_else(|| "main".into(), ToString::to_string),
            directory: project.directory.given().map_or_else(|| ".".into(), ToString::to_string),
        }
    }

    /// Every schedule has one kind of time.
    fn schedules(&mut self, of: &Resolved<'_>, given: Merged<'a, Given>) {
        for schedule in given.get(|given| given.schedules.as_ref()).iter().flat_map(|schedules| schedules.value) {
            if schedule.schedule.is_some() == schedule.at.is_some() {
                let message = format!(
                    "a schedule of `{}` has {} times",
                    of.reference(),
                    if schedule.at.is_some() { "two" } else { "no" }
                );
                let diagnostic = Diagnostic::error(&MALFORMED_SCHEDULE, schedule.span, message);
                self.error(diagnostic.help("write either `schedule: \"0 6 * * 1\"` or `at: 2027-01-31T18:00:00Z`"));
            }
        }
    }

    /// Whatever would change a production stack without an approval.
    fn gate(&mut self, of: &Resolved<'_>, given: Merged<'a, Given>, trigger: Trigger, waivers: &[Waiver]) {
        let reference = of.reference();
        let places = [reference.as_str(), of.project];
        if waivers.iter().any(|w| w.rule == DEPLOYMENTS_WITHOUT_GATE.id && places.contains(&w.place.as_str())) {
            return;
        }
        let mut found: Vec<(Span, &str)> = Vec::new();
        if let Some(said) = given.get(|given| given.trigger.as_ref()).filter(|_| trigger == Trigger::Push) {
            found.push((said.span, "every push would deploy it"));
        }
        let drift = given.whole(|given| given.drift.as_ref()).and_then(Switch::on);
        if let Some(remediate) = drift.and_then(|drift| drift.remediate.as_ref()).filter(|remediate| remediate.value) {
            found.push((remediate.span, "drift would be put right by a deployment"));
        }
        if let Some(ttl) = given.whole(|given| given.ttl.as_ref()).and_then(Switch::on) {
            found.push((ttl.span, "it would be destroyed"));
        }
        for schedule in given.get(|given| given.schedules.as_ref()).iter().flat_map(|schedules| schedules.value) {
            if clouds::changes(schedule.operation.value) {
                found.push((schedule.span, "it would be changed at a set time"));
            }
        }
        for (span, label) in found {
            let message = format!("the production stack `{reference}` would be changed without an approval");
            let help = "leave this out, or waive `deployments-without-gate` for this stack until a day";
            self.error(Diagnostic::error(&DEPLOYMENTS_WITHOUT_GATE, span, message).label(label).help(help));
        }
    }

    /// Whether pull requests are previewed, and with which identities.
    fn previewed(&mut self, of: &Resolved<'_>, given: Merged<'a, Given>, trigger: Trigger) -> bool {
        let reference = of.reference();
        let preview = given.get(|given| given.preview.as_ref()).filter(|preview| *preview.value);
        let oidc = given.whole(|given| given.oidc.as_ref());
        let read_only = given.whole(|given| given.preview_oidc.as_ref());
        for cloud in [oidc, read_only].into_iter().flatten().filter(|cloud| clouds::identities(cloud).is_empty()) {
            let message = format!("no cloud gives `{reference}` an identity");
            let diagnostic = Diagnostic::error(&DEPLOYMENTS_UNUSED, cloud.span, message).label("this names no cloud");
            self.error(diagnostic.help("name `aws`, `azure` or `gcp`, or remove the key"));
        }
        let Some(preview) = preview else {
            if let Some(read_only) = read_only {
                let message = format!("pull requests of `{reference}` are not previewed");
                let help = "remove `preview_oidc`, or write `preview: true`";
                self.error(Diagnostic::error(&DEPLOYMENTS_UNUSED, read_only.span, message).help(help));
            }
            return false;
        };
        let mut refuse =
            |span, message: String, label: String| {
                let diagnostic = Diagnostic::error(&DEPLOYMENTS_PREVIEW, span, message).label(label);
                self.error(diagnostic.help(
                    "leave `preview` out; or give `oidc`, `preview_oidc` for the same clouds, and `trigger: rest`",
                ));
            };
        let Some(read_only) = read_only else {
            if of.tier == Tier::Production {
                let message = format!("pull requests' own code would run against the production stack `{reference}`");
                refuse(preview.span, message, "it would have the identities of a deploy".into());
            }
            return true;
        };
        // The stored settings hold one set of identities, so that those of a deploy must come with a request.
        let message = format!("the deployments of `{reference}` would have the identities of its previews");
        match oidc {
            _ if trigger == Trigger::Push => refuse(read_only.span, message, "a push brings no others".into()),
            None => refuse(read_only.span, message, "there is no `oidc` for the request to bring".into()),
            Some(oidc) => {
                let beyond = clouds::beyond(read_only, oidc);
                if !beyond.is_empty() {
                    refuse(read_only.span, message, format!("`oidc` has no `{}`", beyond.join("`, `")));
                }
            }
        }
        true
    }

    /// Deployments that no stack has, at stacks and under `defaults`.
    pub(super) fn unused_deployments(&mut self, stacks: &[Resolved<'a>]) {
        let help = "remove `deployments`, or write `execution: deployments`";
        for stack in stacks.iter().filter(|stack| !stack.delegated) {
            if let Some(given) = stack.settings.and_then(|(_, own)| own.deployments.given()) {
                let message = format!("Pulumi Deployments does not run `{}`", stack.reference());
                self.error(Diagnostic::error(&DEPLOYMENTS_UNUSED, given.span, message).help(help));
            }
        }
        for (name, _, project) in self.spec.projects.given() {
            let mut of_project = stacks.iter().filter(|stack| stack.project == name);
            if let Some(step) = project.prepare.items().next().filter(|_| of_project.all(|stack| stack.delegated)) {
                let message =
                    format!("no job of the CI system runs a program of `{name}`, so that no step comes before it");
                let help = "write the commands as `pre_run` of `deployments`";
                self.error(Diagnostic::error(&DEPLOYMENTS_UNUSED, step.span, message).help(help));
            }
        }
        // Of a stack that could not be read, nobody knows what runs it.
        let used = stacks.iter().any(|stack| stack.delegated || stack.settings.is_none());
        if let Some(given) = self.defaults.deployments.given().filter(|_| !used) {
            let message = "Pulumi Deployments runs no stack of this spec";
            self.error(Diagnostic::error(&DEPLOYMENTS_UNUSED, given.span, message).help(help));
        }
    }
}
