//! What a job can get at: OIDC tokens, secrets of vaults, variables of the project, the job token.
//!
//! What must hold: a variable whose name is that of a secret, that a script reads and nobody here sets, is one of the project.
//! GitLab gives those to every job; which are for protected branches alone stands outside the file. Source: GitLab, "ID
//! token authentication", "`secrets`", "CI/CD job token".

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

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
    &["CI_BUILD_TOKEN", "CI_DEPENDENCY_PROXY_PASSWORD", "CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD", "CI_REPOSITORY_URL"];

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
        let (store, address) = store.map_or(("secret", String::new()), |(store, node)| {
            (store, node.as_str().map_or_else(|| canonical(node), str::to_owned))
        });
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
        let names = names_in(text);
        for name in &names.read {
            let known = found.entry(name.clone()).or_insert((BTreeSet::new(), *place));
            known.0.insert(index);
        }
        set.extend(names.set.iter().cloned());
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
        } else if name.starts_with("CI_JOB_JWT") {
            // Gone since GitLab 17: the same for every audience.
            let kind = CredentialKind::Oidc(Vec::new());
            job.credentials.push(Credential { kind, variable: Some(name), scope: Scope::Job, wide: true, place });
        } else if !set.contains(&name) && is_secret(&name) {
            let store = if name == "CI_DEPLOY_PASSWORD" { "deploy token" } else { "CI/CD variable" };
            let kind = CredentialKind::Stored(store.into(), Value::literal(name.clone()));
            job.credentials.push(Credential { kind, variable: Some(name), scope: Scope::Job, wide: false, place });
        }
    }
}

/// Last words of a name that is no secret, though another word of it is one's.
const HARMLESS: &[&str] =
    &["ADDR", "AGE", "COUNT", "HOST", "ID", "LENGTH", "NAME", "SERVER", "TTL", "TYPE", "URL", "USER", "USERNAME"];

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name.split('_').collect();
    let last = words.last().copied().unwrap_or_default();
    let key =
        |at: usize| at > 0 && matches!(words.get(at - 1), Some(&("CACHE" | "PROJECT" | "PUBLIC" | "PRIMARY" | "PUB")));
    let says = |(at, word): (usize, &&str)| SECRET.contains(word) && !(*word == "KEY" && key(at));
    let known = matches!(name.as_str(), "PWD" | "OLDPWD" | "CI_SERVER_TLS_KEY_FILE");
    let identity = name == "AWS_ACCESS_KEY_ID";
    identity || !known && !HARMLESS.contains(&last) && words.iter().enumerate().any(says)
}

/// The variables that a script reads, and those that it sets by itself.
struct Names {
    read: BTreeSet<String>,
    set: BTreeSet<String>,
}

/// The names of the last scripts, and how many bytes these have.
#[derive(Default)]
struct Known {
    names: HashMap<Box<str>, Rc<Names>>,
    bytes: usize,
}

/// Most bytes of scripts whose names are kept.
const KEPT: usize = 1 << 18;

/// The names in a script. The jobs of a pipeline share most of their scripts, so that those of the last ones are kept.
fn names_in(text: &str) -> Rc<Names> {
    thread_local! {
        static KNOWN: RefCell<Known> = RefCell::default();
    }
    let look =
        || Rc::new(Names { read: read_by(text).into_iter().collect(), set: assigned(text).into_iter().collect() });
    let size = text.len() + 64;
    if size > KEPT / 4 {
        return look();
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(names) = known.names.get(text) {
            return Rc::clone(names);
        }
        if known.bytes + size > KEPT {
            *known = Known::default();
        }
        known.bytes += size;
        let names = look();
        known.names.insert(text.into(), Rc::clone(&names));
        names
    })
}

/// The variables that a script reads, outside single quotes and comments.
fn read_by(text: &str) -> Vec<String> {
    let text = untested(text);
    let plain = outside_single_quotes(&text);
    // Where quotes do not come in pairs, such as in a here-document, all of it is looked at.
    values::names(plain.as_deref().unwrap_or(&text)).into_iter().map(str::to_owned).collect()
}

/// The text without what stands in single quotes and comments; none where a quote has no end.
fn outside_single_quotes(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut before = '\n';
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (None | Some('"'), '\\') => {
                rest.next();
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '#') if before.is_whitespace() => {
                rest.by_ref().find(|c| *c == '\n');
            }
            (Some('\''), _) => {}
            _ => out.push(c),
        }
        before = c;
    }
    quote.is_none().then_some(out)
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

/// What may stand before an assignment that is a command of its own.
const BEFORE: &[&str] =
    &["export", "local", "declare", "readonly", "&&", "||", ";", "then", "do", "else", "{", "(", "|"];

/// The variables that a script sets by itself, and not to what they held.
fn assigned(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for line in text.lines() {
        let mut begins = true;
        for word in line.split_whitespace() {
            let plain = word.trim_start_matches('(');
            let given = plain
                .split_once('=')
                .filter(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
            if let Some((name, value)) = given.filter(|_| begins)
                && !values::names(value).contains(&name)
            {
                all.push(name.to_owned());
            }
            begins = given.is_some() && begins || BEFORE.contains(&word) || word.ends_with(';');
        }
        let mut words = line.split_whitespace();
        if let Some("read" | "for" | "local" | "declare") = words.next() {
            all.extend(words.filter(|word| !word.starts_with('-')).map(str::to_owned));
        }
    }
    all
}
