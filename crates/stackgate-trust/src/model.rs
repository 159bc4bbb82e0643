//! What a repository asks Pulumi Cloud to trust: each adapter's admissions, and the policies that follow from them.
//!
//! What must hold: policies allow and never deny; their order is that of the stages; two stages with one team and the same
//! rules share a policy. What the options lack comes as diagnostics, all at once.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;
use stackgate_diagnostic::Diagnostic;
use stackgate_plan::{Plan, Stage};
use stackgate_provider::{Adapter, Admission, Provider, Trust};

use crate::pattern::is_wildcard;
use crate::policy::Policy;
use crate::rules::TRUST_WILDCARD;

/// One provider with what it asks for.
pub struct Source<'a> {
    /// The provider.
    pub provider: &'static dyn Provider,
    /// The adapter, with the spec's options.
    pub adapter: &'a dyn Adapter,
    /// What it asks for.
    pub trust: Trust,
}

/// What a repository asks Pulumi Cloud to trust.
pub struct Model<'a> {
    /// The plan that it follows from.
    pub plan: &'a Plan,
    /// The providers that run stages, in the order of the spec.
    pub sources: Vec<Source<'a>>,
    /// The issuers by URL, with their policies.
    pub issuers: IndexMap<String, IssuerPolicies>,
    /// What no claim can show, and what an id makes up for; one sentence each.
    pub residual: Vec<String>,
}

/// An issuer with its policies.
#[derive(Debug, Clone, PartialEq)]
pub struct IssuerPolicies {
    /// The name for people.
    pub name: String,
    /// The id of the provider whose tokens it issues.
    pub provider: &'static str,
    /// Its keys, where Pulumi Cloud cannot fetch them.
    pub jwks: Option<Value>,
    /// The life of the longest token that is asked for, in seconds.
    pub max_expiration_seconds: u32,
    /// The policies, in the order of the stages.
    pub policies: Vec<Policy>,
}

impl<'a> Model<'a> {
    /// Asks every adapter that runs a stage.
    ///
    /// # Errors
    /// With what the options lack, and with names that a policy cannot tell from others.
    pub fn of(
        plan: &'a Plan,
        adapters: impl IntoIterator<Item = (&'static dyn Provider, &'a dyn Adapter)>,
    ) -> Result<Model<'a>, Vec<Diagnostic>> {
        let mut model = Model { plan, sources: Vec::new(), issuers: IndexMap::new(), residual: Vec::new() };
        let mut found = Vec::new();
        for (provider, adapter) in adapters {
            if plan.stages_of(provider.id()).next().is_none() {
                continue;
            }
            match adapter.trust(plan) {
                Err(missing) => found.extend(missing),
                Ok(trust) => {
                    found.extend(trust.admissions.iter().filter_map(|admission| wildcard(plan, admission)));
                    model.add(provider, adapter, trust);
                }
            }
        }
        found.sort_by_key(|diagnostic| diagnostic.span.map(|span| span.start));
        found.dedup();
        if found.is_empty() { Ok(model) } else { Err(found) }
    }

    fn add(&mut self, provider: &'static dyn Provider, adapter: &'a dyn Adapter, trust: Trust) {
        for issuer in &trust.issuers {
            let policies = IssuerPolicies {
                name: issuer.name.clone(),
                provider: provider.id(),
                jwks: issuer.jwks.clone(),
                max_expiration_seconds: 0,
                policies: Vec::new(),
            };
            self.issuers.entry(issuer.url.clone()).or_insert(policies);
        }
        for admission in &trust.admissions {
            let (Some(issuer), Some(stage)) =
                (self.issuers.get_mut(&admission.issuer), self.plan.stage(&admission.stage))
            else {
                continue;
            };
            issuer.max_expiration_seconds = issuer.max_expiration_seconds.max(stage.token.lifetime_seconds);
            let policy = policy(admission);
            if !issuer.policies.contains(&policy) {
                issuer.policies.push(policy);
            }
        }
        self.residual.extend(trust.residual.iter().cloned());
        let names: BTreeSet<&str> = trust
            .admissions
            .iter()
            .flat_map(|admission| &admission.rules)
            .filter(|rule| rule.covered && holds_wildcard(&rule.pattern, rule.free) && !rule.chosen)
            .map(|rule| rule.pattern.as_str())
            .collect();
        for name in names {
            self.residual.push(format!(
                "{}: `{name}` holds a character that Pulumi Cloud takes for any; the ids, or the issuer where it is that of this one place, make up for it.",
                provider.title()
            ));
        }
        self.sources.push(Source { provider, adapter, trust });
    }

    /// The policies by issuer, as a trial takes them.
    pub fn policies(&self) -> IndexMap<String, Vec<Policy>> {
        self.issuers.iter().map(|(url, issuer)| (url.clone(), issuer.policies.clone())).collect()
    }

    /// The stages of a team, on the provider of an issuer.
    pub fn stages_of<'m>(&'m self, provider: &'m str, team: &'m str) -> impl Iterator<Item = &'m Stage> {
        self.plan.stages_of(provider).filter(move |stage| stage.token.team == team)
    }
}

/// The policy that an admission asks for.
pub(crate) fn policy(admission: &Admission) -> Policy {
    let rules = admission.rules.iter().map(|rule| (rule.claim.clone(), rule.pattern.clone())).collect();
    Policy::allow_team(&admission.team, rules)
}

fn holds_wildcard(pattern: &str, free: bool) -> bool {
    pattern.chars().any(|c| is_wildcard(c) && !(free && c == '*'))
}

/// Whether the spec puts up with wildcards in the names of an admission's stage.
pub(crate) fn is_waived(plan: &Plan, admission: &Admission) -> bool {
    plan.stage(&admission.stage).is_some_and(|stage| {
        let places = [&stage.reference(), &stage.project, &stage.provider, &stage.token.team];
        places.iter().any(|place| plan.waives(TRUST_WILDCARD.id, &[place]))
    })
}

fn wildcard(plan: &Plan, admission: &Admission) -> Option<Diagnostic> {
    let stage = plan.stage(&admission.stage)?;
    let rule = admission.rules.iter().find(|rule| !rule.covered && holds_wildcard(&rule.pattern, rule.free))?;
    if is_waived(plan, admission) {
        return None;
    }
    let message = format!(
        "the policy of the team `{}` asks for `{}: {}`, in which a wildcard admits other names too",
        admission.team, rule.claim, rule.pattern
    );
    let help = "give the branch or the environment a name without `.`, `?` and `*`";
    Some(Diagnostic::error(&TRUST_WILDCARD, stage.places.environment, message).help(help))
}
