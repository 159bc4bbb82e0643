//! What Pulumi Cloud trusts and grants, as the audit rules take it: from a spec, from an organization's, from a file.
//!
//! What must hold: what the source does not say is absent, so that no rule guesses.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use stackgate_access::{Fragment, TeamKind};
use stackgate_audit::{Grants, IssuerSubject, PoliciesSubject, StackSubject, TeamGrant, provider_of_issuer};
use stackgate_diagnostic::{Diagnostic, Severity};
use stackgate_plan::{Action, Tier, TrustClass};
use stackgate_provider::TRUST_ID_MISSING;

use crate::error::Error;
use crate::project::Project;

/// What a repository's spec asks for, as rules judge it.
///
/// # Errors
/// Where its options do not say enough, what they lack; which is a notice, since it is no mistake of a spec that is only
/// rendered.
pub fn of_project(project: &Project) -> Result<PoliciesSubject, Vec<Diagnostic>> {
    let model = project.trust().map_err(|error| match error {
        Error::Spec { diagnostics, .. } => diagnostics
            .into_iter()
            .map(|one| if one.rule == &TRUST_ID_MISSING { one.severity(Severity::Notice) } else { one })
            .collect(),
        _ => Vec::new(),
    })?;
    let mut subject = of_fragment(&project.fragment(&model), project.source().path());
    for issuer in &mut subject.issuers {
        issuer.provider = model.issuers.get(&issuer.url).map(|held| held.provider);
    }
    for team in subject.grants.iter_mut().flat_map(|grants| &mut grants.teams) {
        // A fragment says the class alone; one of production may preview all the same.
        let mut stages = project.plan().stages.iter().filter(|stage| stage.token.team == team.team).peekable();
        team.previews = stages.peek().is_some() && stages.all(|stage| stage.action == Action::Preview);
    }
    Ok(subject)
}

/// What a fragment says, a repository's or an organization's, as rules judge it; `path` is for reports.
#[must_use]
pub fn of_fragment(fragment: &Fragment, path: &str) -> PoliciesSubject {
    let issuers = fragment.issuers.iter().map(|(url, issuer)| IssuerSubject {
        url: url.clone(),
        provider: provider_of_issuer(url),
        max_expiration_seconds: Some(issuer.max_expiration_seconds.into()),
        policies: issuer.policies.clone(),
    });
    let teams = fragment.teams.iter().map(|(name, team)| TeamGrant {
        team: name.clone(),
        of_pipelines: team.kind == TeamKind::Pipeline,
        previews: team.class == Some(TrustClass::ChangeRequest),
        of_change_requests: team.class == Some(TrustClass::ChangeRequest),
        stacks: team.stacks.iter().map(|(stack, permission)| (stack.clone(), word(permission))).collect(),
        environments: team.environments.iter().map(|(name, grant)| (name.clone(), word(&grant.permission))).collect(),
    });
    let defaults = fragment.defaults.as_ref();
    let none = || "none".to_owned();
    let grants = Grants {
        default_stacks: defaults.map(|defaults| defaults.stacks.as_ref().map_or_else(none, word)),
        default_environments: defaults.map(|defaults| defaults.environments.as_ref().map_or_else(none, word)),
        members_create_stacks: defaults.map(|defaults| defaults.members_create_stacks),
        teams: teams.collect(),
    };
    let stacks = fragment.stacks.iter().map(|(name, entry)| {
        let production = entry.tier == Tier::Production;
        (name.clone(), StackSubject { production, environments: entry.esc.clone() })
    });
    PoliciesSubject {
        path: path.to_owned(),
        organization: Some(fragment.organization.clone()),
        issuers: issuers.collect(),
        grants: Some(grants),
        stacks: Some(stacks.collect()),
    }
}

/// The word of a permission, as files have it.
fn word(permission: &impl serde::Serialize) -> String {
    serde_json::to_value(permission).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What a file says beside its policies, in the form of a fragment or of Pulumi Cloud's API.
#[derive(Default, Deserialize)]
struct Held {
    organization: Option<String>,
    defaults: Option<Defaults>,
    teams: Option<IndexMap<String, Team>>,
    stacks: Option<IndexMap<String, Stack>>,
}

#[derive(Deserialize)]
struct Stack {
    tier: Option<String>,
    #[serde(default)]
    esc: Vec<String>,
}

#[derive(Deserialize)]
struct Defaults {
    stacks: Option<String>,
    environments: Option<String>,
    members_create_stacks: Option<bool>,
}

#[derive(Deserialize)]
struct Team {
    kind: Option<String>,
    class: Option<String>,
    #[serde(default)]
    stacks: IndexMap<String, String>,
    #[serde(default)]
    environments: IndexMap<String, Environment>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Environment {
    Word(String),
    Grant { permission: String },
}

/// Policies that Pulumi Cloud takes for one issuer. Source: "OIDC issuers" in its documentation.
const MOST_POLICIES: usize = 5_000;

/// Reads what a file says that Pulumi Cloud trusts and grants: `path` is for reports, `issuer` is for policies that do not
/// name theirs. The forms are those of `trust policies`, of a fragment, and of Pulumi Cloud's API; of a fragment, `defaults`,
/// `teams` and `stacks` count too, and may stand alone beside an empty list of issuers.
///
/// # Errors
/// Everything that is wrong with the text, each as a sentence.
pub fn policies_subject(path: &str, text: &str, issuer: Option<&str>) -> Result<PoliciesSubject, Vec<String>> {
    let policies = stackgate_trust::read_policies(text, issuer)?;
    let many = |held: &Vec<stackgate_trust::Policy>| held.len() > MOST_POLICIES;
    if let Some((url, held)) = policies.iter().find(|(_, held)| many(held)) {
        let count = held.len();
        return Err(vec![format!("`{url}` has {count} policies, and Pulumi Cloud takes {MOST_POLICIES} at most")]);
    }
    let wrong = |error: serde_json::Error| vec![error.to_string()];
    let value: Value = serde_json::from_str(text).map_err(wrong)?;
    let issuers = policies.into_iter().map(|(url, policies)| IssuerSubject {
        provider: provider_of_issuer(&url),
        max_expiration_seconds: longest(&value, &url),
        url,
        policies,
    });
    let issuers = issuers.collect();
    let Held { organization, defaults, teams, stacks } = serde_json::from_value(value).map_err(wrong)?;
    let grants = (defaults.is_some() || teams.is_some()).then(|| Grants {
        default_stacks: defaults.as_ref().and_then(|defaults| defaults.stacks.clone()),
        default_environments: defaults.as_ref().and_then(|defaults| defaults.environments.clone()),
        members_create_stacks: defaults.as_ref().and_then(|defaults| defaults.members_create_stacks),
        teams: teams.into_iter().flatten().map(|(name, team)| granted(name, team)).collect(),
    });
    let stacks = stacks.map(|stacks| {
        let stack = |stack: Stack| StackSubject {
            production: stack.tier.as_deref() == Some("production"),
            environments: stack.esc,
        };
        stacks.into_iter().map(|(name, held)| (name, stack(held))).collect()
    });
    Ok(PoliciesSubject { path: path.to_owned(), organization, issuers, grants, stacks })
}

fn granted(name: String, team: Team) -> TeamGrant {
    TeamGrant {
        team: name,
        of_pipelines: team.kind.as_deref() == Some("pipeline"),
        previews: team.class.as_deref() == Some("change-request"),
        of_change_requests: team.class.as_deref() == Some("change-request"),
        stacks: team.stacks.into_iter().collect(),
        environments: team
            .environments
            .into_iter()
            .map(|(name, grant)| match grant {
                Environment::Word(permission) | Environment::Grant { permission } => (name, permission),
            })
            .collect(),
    }
}

/// The longest life of an issuer's tokens, where the file says it: `maxExpiration` in the API's words.
fn longest(value: &Value, url: &str) -> Option<u64> {
    let keys = ["max_expiration_seconds", "maxExpirationSeconds", "maxExpiration"];
    let of = |issuer: &Value| keys.iter().find_map(|key| issuer.get(*key)?.as_u64());
    match value.get("issuers") {
        Some(Value::Array(issuers)) => {
            issuers.iter().find(|one| one.get("url").and_then(Value::as_str) == Some(url)).and_then(of)
        }
        Some(issuers) => issuers.get(url).and_then(of),
        None => of(value),
    }
}
