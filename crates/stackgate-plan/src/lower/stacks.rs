//! Every stack with what it does: whether it is previewed and deployed, where, by which team, in which environment.
//!
//! What must always hold: a default is applied here and nowhere else; what could not be read does nothing and is still
//! known by its name. Deliberately absent: rules that need more than one stack.

use stackgate_diagnostic::{Diagnostic, Span};
use stackgate_spec::{At, BASE_NAME, Deploy, Kept, Minutes, PROJECT, Preview, Project, STACK, Stack, TEAM, Tier};
use stackgate_yaml::Located;

use super::Lowering;
use super::providers::RunsOn;
use super::settings::{Given, Merged, Setting};
use crate::deployments::Deployments;
use crate::model::{Action, Gate, TrustClass, Waiver};
use crate::rules::{
    ILLEGAL_DERIVED_NAME, MERGE_PREVIEW_PROVIDER, NO_PRODUCTION_GATE, PREVIEW_ENVIRONMENT,
    PREVIEW_PRODUCTION_AT_CHANGE, PREVIEW_WITHOUT_DEPLOY, TOKEN_OUTLIVES_JOB,
};

/// The time limit of a job that names none.
pub(super) const TIMEOUT: Minutes = Minutes(60);

/// A length of time as the spec holds it.
type Time = Kept<Option<Located<Minutes>>>;

/// A stack and all that it does.
pub(super) struct Resolved<'a> {
    pub(super) project: &'a str,
    pub(super) stack: &'a str,
    /// The stack's key.
    pub(super) key: Span,
    /// The project, unless something in the stack could not be read; then it does nothing.
    pub(super) settings: Option<(&'a Project, &'a Stack)>,
    /// The base of its derived names.
    pub(super) name: String,
    pub(super) tier: Tier,
    pub(super) deploy: Option<Work>,
    /// The preview of a change request.
    pub(super) change: Option<Work>,
    /// The preview after a merge.
    pub(super) merge: Option<Work>,
    /// Whether Pulumi Deployments runs the program, in place of the CI system's jobs.
    pub(super) delegated: bool,
    /// What Pulumi Deployments does for it, as far as that could be read.
    pub(super) deployments: Option<Deployments>,
}

/// One job of a stack.
pub(super) struct Work {
    pub(super) action: Action,
    pub(super) class: TrustClass,
    pub(super) provider: RunsOn,
    pub(super) team: Chosen,
    pub(super) environment: Option<Chosen>,
    pub(super) gate: Option<Gate>,
    pub(super) timeout: Minutes,
    pub(super) token: Minutes,
}

/// A name, given or derived.
pub(super) struct Chosen {
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) derived: bool,
}

impl Resolved<'_> {
    /// `PROJECT/STACK`.
    pub(super) fn reference(&self) -> String {
        format!("{}/{}", self.project, self.stack)
    }

    /// Whether Pulumi Cloud deploys it on a push by itself, so that no pipeline knows when.
    pub(super) fn deployed_on_push(&self) -> bool {
        self.deployments.as_ref().is_some_and(Deployments::deploys_commits)
    }

    /// Everything that its jobs do.
    pub(super) fn works(&self) -> impl Iterator<Item = &Work> {
        [&self.change, &self.merge, &self.deploy].into_iter().flatten()
    }
}

impl<'a> Lowering<'a> {
    /// All stacks of the spec, in its order.
    pub(super) fn stacks(&mut self, waivers: &[Waiver]) -> Vec<Resolved<'a>> {
        let mut resolved = Vec::new();
        for (project, project_key, settings) in self.spec.projects.given() {
            let before = resolved.len();
            for (stack, key, own) in settings.stacks.get().into_iter().flat_map(|stacks| stacks.iter()) {
                let settings = own.get().map(|own| (settings, own));
                resolved.push(self.stack(project, stack, key, settings, waivers));
            }
            self.preview_team(project, project_key, &resolved[before..]);
        }
        self.unclear_providers(&resolved);
        resolved
    }

    fn stack(
        &mut self,
        project: &'a str,
        stack: &'a str,
        key: Span,
        settings: Option<(&'a Project, &'a Stack)>,
        waivers: &[Waiver],
    ) -> Resolved<'a> {
        let name = match settings.and_then(|(_, own)| own.name.as_ref()) {
            Some(name) => name.to_string(),
            None => format!("{project}-{stack}"),
        };
        let default_tier = self.defaults.tier.as_deref().copied().unwrap_or(Tier::Production);
        let tier = settings.and_then(|(_, own)| own.tier.as_deref().copied()).unwrap_or(default_tier);
        let mut resolved = Resolved {
            project,
            stack,
            key,
            settings,
            name,
            tier,
            deploy: None,
            change: None,
            merge: None,
            delegated: false,
            deployments: None,
        };
        let Some((_, own)) = settings else { return resolved };
        if self.delegates(own) {
            self.delegated(&mut resolved, own, waivers);
        } else {
            resolved.deploy = self.deploy(&resolved, own);
            self.previews(&mut resolved, own, waivers);
        }
        if own.name.is_none() && resolved.works().next().is_some() {
            // A project or stack of an illegal name was told so already.
            let legal = PROJECT.matches(project) && STACK.matches(stack);
            if let Some(fault) = BASE_NAME.fault(&resolved.name).filter(|_| legal) {
                let message = format!("`{}` is not legal as the base of names: {fault}", resolved.name);
                let help = "give the stack a `name:` of at most 80 letters, digits, `_` and `-`";
                self.error(Diagnostic::error(&ILLEGAL_DERIVED_NAME, key, message).help(help));
            }
        }
        resolved
    }

    pub(super) fn deploy(&mut self, of: &Resolved<'a>, own: &'a Stack) -> Option<Work> {
        let merged = match Setting::of(own.deploy.as_ref(), self.defaults.deploy.as_ref()) {
            Setting::Off => return None,
            Setting::Absent => Merged::nothing(),
            Setting::On(merged) => merged,
        };
        let (timeout, token) = self.times(of, merged, |d: &Deploy| (&d.timeout, &d.token));
        let gate = merged.get(|d| d.gate.given());
        if let Some(gate) = gate.filter(|gate| of.tier == Tier::Production && !*gate.value) {
            let message = format!("the production stack `{}` would be deployed without an approval", of.reference());
            let help = "leave `gate` out, or make it a stack of `tier: development`";
            self.error(Diagnostic::error(&NO_PRODUCTION_GATE, gate.span, message).help(help));
        }
        let gated = of.tier == Tier::Production || gate.is_some_and(|gate| *gate.value);
        Some(Work {
            action: Action::Deploy,
            class: class_of_push(of.tier),
            provider: self.runs_on(merged.get(|d| d.provider.as_ref())),
            team: chosen(merged.get(|d| d.team.as_ref()), of.name.clone(), of.key),
            environment: Some(chosen(merged.get(|d| d.environment.as_ref()), of.name.clone(), of.key)),
            gate: gated.then_some(Gate::Approval),
            timeout,
            token,
        })
    }

    fn previews(&mut self, of: &mut Resolved<'a>, own: &'a Stack, waivers: &[Waiver]) {
        let merged = match Setting::of(own.preview.as_ref(), self.defaults.preview.as_ref()) {
            Setting::Off => return,
            Setting::Absent if of.tier == Tier::Development => return,
            Setting::Absent => Merged::nothing(),
            Setting::On(merged) => merged,
        };
        if of.tier == Tier::Production {
            // Of the defaults, which are about change requests, a preview after the merge takes the times alone.
            let at = merged.own(|p: &Preview| p.at.as_ref());
            let merged_own = Merged { own: merged.own, defaults: None };
            let at_change = at.filter(|at| *at.value == At::Change);
            if let Some(at) = at_change {
                self.production_at_change(of, at.span, waivers);
                of.change = Some(self.change(of, merged));
            }
            // What is said for the change request's preview is not said for the other one.
            let names = if at_change.is_some() { Merged::nothing() } else { merged_own };
            of.merge = self.merge(of, names, merged);
        } else if merged.get(|p| p.at.as_ref()).is_some_and(|at| *at.value == At::Merge) {
            of.merge = self.merge(of, merged, merged);
        } else {
            of.change = Some(self.change(of, merged));
        }
    }

    fn production_at_change(&mut self, of: &Resolved<'_>, span: Span, waivers: &[Waiver]) {
        let reference = of.reference();
        let places = [reference.as_str(), of.project];
        let waived =
            waivers.iter().any(|w| w.rule == PREVIEW_PRODUCTION_AT_CHANGE.id && places.contains(&w.place.as_str()));
        if !waived {
            let message = format!("a change request's own code would run against the production stack `{reference}`");
            let diagnostic = Diagnostic::error(&PREVIEW_PRODUCTION_AT_CHANGE, span, message)
                .label("whoever opens a change request could read its secrets");
            self.error(diagnostic.help("leave `at` out: production is previewed after the merge, before the gate"));
        }
    }

    /// A preview of a change request, which has no environment.
    fn change(&mut self, of: &Resolved<'a>, merged: Merged<'a, Preview>) -> Work {
        if let Some(environment) = merged.get(|p| p.environment.as_ref()) {
            let message =
                format!("a preview of a change request runs in no environment, not even `{}`", environment.value);
            let help = "leave `environment` out, or preview after the merge with `at: merge`";
            self.error(Diagnostic::error(&PREVIEW_ENVIRONMENT, environment.span, message).help(help));
        }
        let (timeout, token) = self.times(of, merged, |p: &Preview| (&p.timeout, &p.token));
        Work {
            action: Action::Preview,
            class: TrustClass::ChangeRequest,
            provider: self.runs_on(merged.get(|p| p.provider.as_ref())),
            team: chosen(merged.get(|p| p.team.as_ref()), format!("{}-preview", of.project), of.key),
            environment: None,
            gate: None,
            timeout,
            token,
        }
    }

    /// A preview after the merge, on the provider that deploys.
    fn merge(&mut self, of: &Resolved<'a>, names: Merged<'a, Preview>, times: Merged<'a, Preview>) -> Option<Work> {
        let Some(deploy) = &of.deploy else {
            let given = names.own.map(|own| own.span).or(names.defaults.map(|defaults| defaults.span));
            if let Some(span) = given {
                let message = format!("`{}` is previewed after the merge, but never deployed", of.reference());
                let diagnostic = Diagnostic::error(&PREVIEW_WITHOUT_DEPLOY, span, message);
                self.error(diagnostic.help("write `preview: false` too, or preview change requests with `at: change`"));
            }
            return None;
        };
        if let (Some(own), RunsOn::Provider(deployer, place)) = (names.get(|p| p.provider.as_ref()), &deploy.provider)
            && self.configured(own.value, own.span)
            && **own.value != **deployer
        {
            let reference = of.reference();
            let message =
                format!("`{reference}` is previewed after the merge on `{}`, but deployed on `{deployer}`", own.value);
            let diagnostic = Diagnostic::error(&MERGE_PREVIEW_PROVIDER, own.span, message)
                .related(*place, format!("`{deployer}` deploys it"));
            self.error(diagnostic.help("leave `provider` out of its `preview`"));
        }
        let (timeout, token) = self.times(of, times, |p: &Preview| (&p.timeout, &p.token));
        let derived = format!("{}-preview", of.name);
        Some(Work {
            action: Action::Preview,
            class: class_of_push(of.tier),
            provider: deploy.provider.clone(),
            team: chosen(names.get(|p| p.team.as_ref()), derived.clone(), of.key),
            environment: Some(chosen(names.get(|p| p.environment.as_ref()), derived, of.key)),
            gate: None,
            timeout,
            token,
        })
    }

    /// Time limit and token lifetime, which ends with it at the latest.
    fn times<T>(
        &mut self,
        of: &Resolved<'_>,
        merged: Merged<'_, T>,
        fields: impl Fn(&T) -> (&Time, &Time),
    ) -> (Minutes, Minutes) {
        if merged.failed(|said| fields(said).0) || merged.failed(|said| fields(said).1) {
            return (TIMEOUT, TIMEOUT);
        }
        let (timeout, token) = (merged.get(|said| fields(said).0.given()), merged.get(|said| fields(said).1.given()));
        let limit = timeout.as_ref().map_or(TIMEOUT, |timeout| *timeout.value);
        let Some(token) = token else { return (limit, limit) };
        if *token.value > limit {
            let message =
                format!("the token of `{}` lives for {}, but its job for {limit} at most", of.reference(), token.value);
            // The stack's own line is the one to change; what the other says is shown with it.
            let (place, other) = match timeout {
                Some(timeout) if timeout.own && !token.own => {
                    (timeout.span, Some((token.span, "the token's lifetime")))
                }
                timeout => (token.span, timeout.map(|timeout| (timeout.span, "the time limit"))),
            };
            let mut diagnostic = Diagnostic::error(&TOKEN_OUTLIVES_JOB, place, message);
            if let Some((span, what)) = other {
                diagnostic = diagnostic.related(span, what);
            }
            self.error(diagnostic.help(format!("write `token: {limit}` or less, or leave it out")));
        }
        (limit, *token.value)
    }

    /// The derived team of a project's change requests must be legal, once for all of its stacks.
    fn preview_team(&mut self, project: &str, key: Span, stacks: &[Resolved<'_>]) {
        let derived = stacks.iter().filter_map(|stack| stack.change.as_ref()).find(|change| change.team.derived);
        let fault = derived.and_then(|change| TEAM.fault(&change.team.text));
        if let Some(fault) = fault.filter(|_| PROJECT.matches(project)) {
            let message = format!("`{project}-preview` is not legal as a team: {fault}");
            let help = "name the team of its previews: `preview: { team: NAME }`, at its stacks or under `defaults`";
            self.error(Diagnostic::error(&ILLEGAL_DERIVED_NAME, key, message).help(help));
        }
    }
}

fn class_of_push(tier: Tier) -> TrustClass {
    match tier {
        Tier::Development => TrustClass::Development,
        Tier::Production => TrustClass::Production,
    }
}

fn chosen<V: ToString>(given: Option<Given<'_, V>>, derived: String, place: Span) -> Chosen {
    match given {
        Some(given) => Chosen { text: given.value.to_string(), span: given.span, derived: false },
        None => Chosen { text: derived, span: place, derived: true },
    }
}
