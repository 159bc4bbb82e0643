//! From stacks to stages, in order.
//!
//! What must always hold: a stage stands after all that it waits for; previews of change requests come first, in the
//! order of the spec. Deliberately absent: decisions about privilege, which were taken with the stack.

use stackgate_diagnostic::{Diagnostic, Limit};
use stackgate_spec::{Project, TOO_MANY, Tier as SpecTier};

use super::stacks::{Chosen, Resolved, Work};
use super::tools::none;
use super::{Lowering, graph, text};
use crate::auditing::AUDIT;
use crate::model::{Action, Execution, Places, Prepare, Runtime, Stage, TeamToken, Tier, Trigger};
use crate::pins::Pins;

/// Every stage has the steps and path filters of its project: a few lines of a spec could stand for very many of a file.
pub(crate) const REPEATED: Limit = Limit::new(
    "bytes of steps and path filters, counted once for each stage that has them",
    2 * 1024 * 1024,
    &TOO_MANY,
);

impl Lowering<'_> {
    /// All stages that could be decided; none, where they would repeat too much.
    pub(super) fn stages(&mut self, stacks: &[Resolved<'_>], after: &[Vec<usize>], pins: &Pins) -> Vec<Stage> {
        let repeated: usize = stacks.iter().map(|stack| stack.works().count() * self.text_of(stack)).sum();
        if repeated > REPEATED.most {
            let message = format!(
                "all stages together have {repeated} bytes of steps and path filters, more than {}",
                REPEATED.most
            );
            let help = "put the steps into a script of the repository and call that; write wider filters";
            self.error(Diagnostic::error(REPEATED.rule, self.spec.projects.span(), message).help(help));
            return Vec::new();
        }
        let runtimes: Vec<Option<Runtime>> = stacks
            .iter()
            .map(|stack| if stack.delegated { Some(none(pins)) } else { self.runtime_of(stack, pins) })
            .collect();
        let mut stages = Vec::new();
        for (stack, runtime) in stacks.iter().zip(&runtimes) {
            if let (Some(change), Some(runtime)) = (&stack.change, runtime) {
                stages.extend(self.stage(stack, change, Trigger::ChangeRequest, runtime, Vec::new()));
            }
        }
        for at in graph::sequence(after) {
            let (stack, Some(runtime)) = (&stacks[at], &runtimes[at]) else { continue };
            let waits: Vec<String> = after[at].iter().map(|other| format!("deploy-{}", stacks[*other].name)).collect();
            if let Some(merge) = &stack.merge {
                stages.extend(self.stage(stack, merge, Trigger::Push, runtime, waits.clone()));
            }
            if let Some(deploy) = &stack.deploy {
                let preview = stack.merge.as_ref().map(|_| format!("plan-{}", stack.name));
                let waits = waits.into_iter().chain(preview).collect();
                stages.extend(self.stage(stack, deploy, Trigger::Push, runtime, waits));
            }
        }
        stages
    }

    fn stage(
        &self,
        stack: &Resolved<'_>,
        work: &Work,
        trigger: Trigger,
        runtime: &Runtime,
        after: Vec<String>,
    ) -> Option<Stage> {
        let (provider, provider_place) = work.provider.provider()?;
        let (project, _) = stack.settings?;
        let organization = text(self.spec.organization.get());
        let prefix = match (work.action, trigger) {
            (Action::Deploy, _) => "deploy",
            (Action::Preview, Trigger::ChangeRequest) => "preview",
            (Action::Preview, Trigger::Push) => "plan",
            (Action::Preview, Trigger::Schedule) | (Action::Audit, _) => AUDIT,
        };
        let lock = format!("{organization}/{}/{}", stack.project, stack.stack);
        let seconds = work.timeout.0 * 60;
        Some(Stage {
            id: format!("{prefix}-{}", stack.name),
            name: stack.name.clone(),
            project: stack.project.to_owned(),
            stack: stack.stack.to_owned(),
            action: work.action,
            execution: match &stack.deployments {
                Some(deployments) => Execution::Deployments { request: deployments.request() },
                None => Execution::Cli,
            },
            trigger,
            tier: tier(stack.tier),
            class: work.class,
            provider: provider.to_owned(),
            token: TeamToken {
                team: work.team.text.clone(),
                audience: format!("urn:pulumi:org:{organization}"),
                lifetime_seconds: work.token.0 * 60,
            },
            environment: work.environment.as_ref().map(|environment| environment.text.clone()),
            gate: work.gate,
            lock: (work.action == Action::Deploy).then_some(lock),
            after,
            timeout_minutes: work.timeout.0,
            // A sixth of the limit is left to Pulumi for stopping, and to the job for cleaning up.
            stop_after_seconds: seconds / 6 * 5,
            runtime: runtime.clone(),
            directory: project.directory.given().map_or_else(|| ".".into(), ToString::to_string),
            paths: match trigger {
                Trigger::ChangeRequest => {
                    project.paths.given().into_iter().flatten().map(ToString::to_string).collect()
                }
                Trigger::Push | Trigger::Schedule => Vec::new(),
            },
            prepare: if stack.delegated { Vec::new() } else { self.prepare(project) },
            esc: esc(stack),
            references: self.references(stack),
            places: Places {
                stack: stack.key,
                team: work.team.span,
                environment: work.environment.as_ref().map_or(stack.key, |environment: &Chosen| environment.span),
                provider: provider_place,
                runtime: project
                    .runtime
                    .given()
                    .or(self.defaults.runtime.given())
                    .map_or(stack.key, |runtime| runtime.span),
            },
        })
    }

    /// The project's own steps, or else those of the defaults.
    fn prepare(&self, project: &Project) -> Vec<Prepare> {
        let steps = self.steps(project);
        steps.map(|step| Prepare { name: step.name.to_string(), run: step.run.to_string() }).collect()
    }

    fn steps<'a>(&'a self, project: &'a Project) -> impl Iterator<Item = &'a stackgate_spec::Prepare> {
        let list = if project.prepare.given().is_some() { &project.prepare } else { &self.defaults.prepare };
        list.items()
    }

    /// How many bytes of steps and path filters each stage of a stack has.
    fn text_of(&self, stack: &Resolved<'_>) -> usize {
        let Some((project, _)) = stack.settings else { return 0 };
        let steps: usize = self.steps(project).map(|step| step.name.len() + step.run.len()).sum();
        let paths = project.paths.given().into_iter().flatten();
        steps + paths.map(|path| path.len()).sum::<usize>()
    }
}

/// The posture, in the plan's own words.
pub(super) fn tier(tier: SpecTier) -> Tier {
    match tier {
        SpecTier::Development => Tier::Development,
        SpecTier::Production => Tier::Production,
    }
}

/// The ESC environments of a stack.
pub(super) fn esc(stack: &Resolved<'_>) -> Vec<String> {
    let own = stack.settings.and_then(|(_, own)| own.esc.given());
    own.into_iter().flatten().map(ToString::to_string).collect()
}
