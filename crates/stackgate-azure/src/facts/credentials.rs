//! Secrets: groups of variables, service connections, the job's access token, variables that the file does not set.
//!
//! What must hold: a name that the file does not set is a variable of the pipeline's settings, which may be a secret, unless
//! a step of the job sets it; the job's access token is none of a step's unless it is handed to it. Sources: Microsoft Learn,
//! "Set secret variables", "Use variable groups", "Predefined variables" on `System.AccessToken`.

use std::collections::BTreeSet;

use stackgate_provider::facts::{Credential, CredentialKind, Does, Job, Place, Scope, Value, Variable};

use super::job::Draft;
use super::names;
use super::values::macros;
use super::variables::Given;

/// The audience of every token that Azure Pipelines gives by itself.
pub(super) const AUDIENCE: &str = "api://AzureADTokenExchange";

/// Variables and groups that a place of the file gives to a job.
pub(super) fn given(given: &Given, wide: bool, draft: &mut Draft) {
    for (name, text, place) in &given.named {
        let from = draft.job.credentials.len();
        variable(name, text, *place, None, draft);
        draft.job.credentials.iter_mut().skip(from).for_each(|one| one.wide = wide);
    }
    for (group, place) in &given.groups {
        let kind = CredentialKind::Stored("variable group".into(), draft.names.value(group));
        let credential = Credential { kind, variable: None, scope: Scope::Job, wide, place: *place };
        draft.job.credentials.push(credential);
    }
    draft.job.settings.extend(given.settings.iter().cloned());
}

/// A variable of the whole job, or of one step; what it holds of secrets.
pub(super) fn variable(name: &str, text: &str, place: Place, step: Option<usize>, draft: &mut Draft) -> Variable {
    let scope = step.map_or(Scope::Job, |step| Scope::Steps(vec![step]));
    secrets(text, Some(name), scope, place, draft);
    let name = if step.is_some() { name.to_owned() } else { names::in_script(name) };
    let variable = Variable { name: name.clone(), value: draft.names.value(text), place };
    if step.is_none() {
        draft.job.variables.retain(|known| known.name != name);
        draft.job.variables.push(variable.clone());
    }
    variable
}

/// What a text brings of secrets into a variable, an input or a script.
pub(super) fn secrets(text: &str, name: Option<&str>, scope: Scope, place: Place, draft: &mut Draft) {
    for (_, found) in macros(text) {
        if draft.names.variables.contains_key(&found.to_ascii_lowercase()) {
            continue;
        }
        let kind = if found.eq_ignore_ascii_case("System.AccessToken") {
            CredentialKind::RepositoryToken
        } else if names::control(found).is_some() || found.contains('.') {
            // Azure's own, or the output of another step.
            continue;
        } else {
            CredentialKind::Stored("pipeline variable".into(), Value::literal(found))
        };
        let whole = text.trim() == format!("$({found})");
        let variable = name.filter(|_| whole).map(str::to_owned);
        draft.job.credentials.push(Credential { kind, variable, scope: scope.clone(), wide: false, place });
    }
}

/// A service connection, of a step or of the whole job.
pub(super) fn connection(name: &str, place: Place, step: Option<usize>, draft: &mut Draft) {
    if name.is_empty() {
        return;
    }
    let kind = CredentialKind::Stored("service connection".into(), draft.names.value(name));
    let scope = step.map_or(Scope::Job, |step| Scope::Steps(vec![step]));
    draft.job.credentials.push(Credential { kind, variable: None, scope, wide: false, place });
}

/// Brings credentials to one form: what a step of the job sets is none, the same one in several steps is one, and who has
/// the access token and asks for a token of Azure's may have that.
pub(super) fn settle(job: &mut Job) {
    let texts: Vec<String> = job
        .steps
        .iter()
        .map(|step| match &step.does {
            Does::Run { text, .. } => text.to_ascii_lowercase(),
            _ => String::new(),
        })
        .collect();
    let mut set: BTreeSet<String> = BTreeSet::new();
    for text in &texts {
        for (at, sign) in text.match_indices("variable=") {
            let rest = text.get(at + sign.len()..).unwrap_or_default();
            let end = rest.find([';', ']', '"', '\'', ' ']).unwrap_or(rest.len());
            set.insert(rest.get(..end).unwrap_or_default().to_owned());
        }
    }
    let mut asks: Vec<Credential> = Vec::new();
    let mut kept: Vec<Credential> = Vec::new();
    for one in std::mem::take(&mut job.credentials) {
        if let CredentialKind::Stored(store, name) = &one.kind
            && store == "pipeline variable"
            && set.contains(&name.text().to_ascii_lowercase())
        {
            continue;
        }
        if one.kind == CredentialKind::RepositoryToken {
            let steps: Vec<usize> = match &one.scope {
                Scope::Job => (0..texts.len()).collect(),
                Scope::Steps(steps) => steps.clone(),
            };
            let requests = |step: &usize| {
                texts.get(*step).is_some_and(|text| {
                    ["system_oidcrequesturi", "system.oidcrequesturi", "oidctoken"]
                        .iter()
                        .any(|sign| text.contains(sign))
                })
            };
            if steps.iter().any(requests) {
                let kind = CredentialKind::Oidc(vec![Value::literal(AUDIENCE)]);
                asks.push(Credential { kind, variable: None, ..one.clone() });
            }
        }
        add(one, &mut kept);
    }
    asks.into_iter().for_each(|one| add(one, &mut kept));
    job.credentials = kept;
}

fn add(one: Credential, all: &mut Vec<Credential>) {
    let same =
        |known: &&mut Credential| known.kind == one.kind && known.variable == one.variable && known.wide == one.wide;
    match all.iter_mut().find(same) {
        Some(known) => match (&mut known.scope, one.scope) {
            (Scope::Steps(steps), Scope::Steps(more)) => {
                steps.extend(more);
                steps.sort_unstable();
                steps.dedup();
            }
            (scope, _) => *scope = Scope::Job,
        },
        None => all.push(one),
    }
}
