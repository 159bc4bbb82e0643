//! What a job can get at: OIDC tokens, secrets of vaults, variables of the project, the job token.
//!
//! What must hold: a variable whose name is that of a secret, that a script reads and nobody here sets, is one of the project.
//! GitLab gives those to every job; which are for protected branches alone stands outside the file. Source: GitLab, "ID
//! token authentication", "`secrets`", "CI/CD job token".

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::facts::{Credential, CredentialKind, Does, Job, Scope, Value};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::pipeline::Pipeline;
use super::{Reading, merge, values};

/// What the words of a name say of a secret.
const SECRET: &[&str] = &[
    "APIKEY",
    "AUTH",
    "CREDENTIAL",
    "CREDENTIALS",
    "KEY",
    "KUBECONFIG",
    "PASS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PAT",
    "PWD",
    "SECRET",
    "SECRETS",
    "TOKEN",
];

/// GitLab's own variables that are the job token, or as good as it.
const JOB_TOKEN: &[&str] =
    &["CI_DEPENDENCY_PROXY_PASSWORD", "CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD", "CI_REPOSITORY_URL"];

/// Reads `id_tokens` and `secrets`.
pub(super) fn read(
    keys: &mut Taking<'_>,
    name: &str,
    inherited: &BTreeSet<String>,
    pipeline: &Pipeline,
    job: &mut Job,
    reading: &mut Reading<'_>,
) {
    for entry in keys.take("id_tokens").and_then(Node::as_mapping).into_iter().flatten() {
        let audiences = entry.value.get("aud").map(merge::texts).unwrap_or_default();
        let audiences = audiences.into_iter().map(values::value).collect();
        let shared = pipeline.bases.shares(name, ["id_tokens", &entry.key.text]);
        job.credentials.push(Credential {
            kind: CredentialKind::Oidc(audiences),
            variable: Some(entry.key.text.clone()),
            scope: Scope::Job,
            wide: inherited.contains("id_tokens") || shared,
            place: Reading::at(entry.key.span.to(entry.value.span)),
        });
        let mut token = super::keys(&entry.value);
        token.take("aud");
        reading.finish(&token, Some(&job.id.clone()), "id_tokens");
    }
    for entry in keys.take("secrets").and_then(Node::as_mapping).into_iter().flatten() {
        let mut secret = super::keys(&entry.value);
        let stores = [
            "vault",
            "gcp_secret_manager",
            "azure_key_vault",
            "aws_secrets_manager",
            "akeyless",
            "gitlab_secrets_manager",
        ];
        let store = stores.into_iter().find_map(|store| Some((store, secret.take(store)?)));
        let (store, address) = store.map_or(("secret", String::new()), |(store, node)| (store, canonical(node)));
        let shared = pipeline.bases.shares(name, ["secrets", &entry.key.text]);
        job.credentials.push(Credential {
            kind: CredentialKind::Stored(store.into(), values::value(&address)),
            variable: Some(entry.key.text.clone()),
            scope: Scope::Job,
            wide: shared,
            place: Reading::at(entry.key.span.to(entry.value.span)),
        });
        for key in ["file", "token"] {
            secret.setting(key, &format!("secrets.{}.{key}", entry.key.text), &mut job.settings);
        }
        reading.finish(&secret, Some(&job.id.clone()), "secrets");
    }
}

/// What the scripts, images and values of a job read of the project's variables.
pub(super) fn used(job: &mut Job) {
    let mut found: BTreeMap<String, (BTreeSet<usize>, stackgate_provider::facts::Place)> = BTreeMap::new();
    let mut set: BTreeSet<String> = job.variables.iter().map(|variable| variable.name.clone()).collect();
    set.extend(job.credentials.iter().filter_map(|credential| credential.variable.clone()));
    for (index, step) in job.steps.iter().enumerate() {
        let Does::Run { text, place, .. } = &step.does else { continue };
        for name in read_by(text) {
            let known = found.entry(name).or_insert((BTreeSet::new(), *place));
            known.0.insert(index);
        }
        set.extend(assigned(text));
    }
    // A variable that is another's name again: `TOKEN: $DEPLOY_TOKEN`.
    for variable in &job.variables {
        for name in values::names(variable.value.text()) {
            found.entry(name.to_owned()).or_insert((BTreeSet::new(), variable.place));
        }
    }
    for (name, (steps, place)) in found {
        if JOB_TOKEN.contains(&name.as_str()) {
            let scope = if steps.is_empty() { Scope::Job } else { Scope::Steps(steps.into_iter().collect()) };
            let variable = Some(name);
            let kind = CredentialKind::RepositoryToken;
            job.credentials.push(Credential { kind, variable, scope, wide: false, place });
        } else if !set.contains(&name) && is_secret(&name) && !values::is_predefined(&name) {
            let kind = CredentialKind::Stored("CI/CD variable".into(), Value::literal(name.clone()));
            job.credentials.push(Credential { kind, variable: Some(name), scope: Scope::Job, wide: false, place });
        }
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name != "PWD"
        && name != "OLDPWD"
        && name.split('_').any(|word| SECRET.contains(&word.trim_end_matches('S')) || SECRET.contains(&word))
}

/// The variables that a script reads, outside single quotes and comments as far as a look at each line tells.
fn read_by(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines
        .flat_map(|line| {
            let parts = line.split('\'').enumerate();
            // A single quote within double quotes is text: then the rest of the line is looked at as well.
            let plain = line.contains('"') || line.matches('\'').count() % 2 == 1;
            let parts = parts.filter(move |(at, _)| plain || at % 2 == 0);
            parts
                .flat_map(|(_, part)| values::names(&untested(part)).into_iter().map(str::to_owned).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A text without what only asks whether a variable is there: `-z "$X"`, `-n "${X:-}"`.
fn untested(text: &str) -> String {
    let mut out = text.to_owned();
    for test in ["-z ", "-n "] {
        for quote in ["\"", ""] {
            out = out.replace(&format!("{test}{quote}$"), test);
        }
    }
    out
}

/// The variables that a script sets by itself.
fn assigned(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for line in text.lines() {
        for word in line.split_whitespace() {
            let Some((name, _)) = word.split_once('=') else { continue };
            let name = name.trim_start_matches(['(', '"']);
            if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                all.push(name.to_owned());
            }
        }
        let mut words = line.split_whitespace();
        match words.next() {
            Some("read" | "for" | "local" | "declare" | "unset") => {
                all.extend(words.filter(|word| !word.starts_with('-')).map(str::to_owned));
            }
            _ => {}
        }
    }
    all
}
