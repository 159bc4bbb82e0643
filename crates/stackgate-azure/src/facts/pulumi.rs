//! What Pulumi's own task does: its verb, its token, the CLI that it installs.
//!
//! What must hold: the task hands every variable of the pipeline to Pulumi, the secret ones among them; it logs in with a
//! stored token unless its login is told of another. Source: `pulumi/pulumi-az-pipelines-task` 1.1.6.

use stackgate_provider::facts::{
    Credential, CredentialKind, Mint, MintBy, Place, Scope, TokenKind, Value, Verb, VerbKind,
};

use super::job::Draft;
use super::tasks::{Inputs, version};

/// Adds what the task does.
pub(super) fn task(inputs: &Inputs<'_>, place: Place, draft: &mut Draft) {
    let step = draft.job.steps.len();
    let text = inputs.text("versionspec").unwrap_or("latest");
    draft.job.code.push(version("pulumi", text, place, draft));
    let kind = CredentialKind::Stored("pipeline variable".into(), Value::literal("*"));
    let scope = Scope::Steps(vec![step]);
    draft.job.credentials.push(Credential { kind, variable: None, scope, wide: false, place });
    let login: Vec<&str> = inputs.text("loginargs").unwrap_or_default().split_whitespace().collect();
    if login.iter().any(|word| word.starts_with("--oidc-token")) {
        mint(&login, step, place, draft);
    }
    verbs(inputs, step, place, draft);
}

fn flag<'w>(words: &[&'w str], name: &str) -> Option<&'w str> {
    words.iter().enumerate().find_map(|(at, word)| {
        let rest = word.strip_prefix(name)?;
        match rest.strip_prefix('=') {
            Some(value) => Some(value),
            None if rest.is_empty() => words.get(at + 1).copied(),
            None => None,
        }
    })
}

fn mint(words: &[&str], step: usize, place: Place, draft: &mut Draft) {
    let value = |name: &str| flag(words, name).map(|text| draft.names.value(text));
    let (team, user) = (value("--oidc-team"), value("--oidc-user"));
    let kind = match (&team, &user) {
        (Some(_), _) => TokenKind::Team,
        (None, Some(_)) => TokenKind::Personal,
        (None, None) => TokenKind::Organization,
    };
    let seconds = value("--oidc-expiration").map(|value| match seconds(value.text()) {
        Some(seconds) => Value::literal(seconds.to_string()),
        None => value,
    });
    let url = words.first().filter(|word| !word.starts_with('-')).map(|text| draft.names.value(text));
    let organization = value("--oidc-org");
    let by = MintBy::Action;
    draft.job.mints.push(Mint { step, by, kind, organization, team, scope: None, seconds, url, place });
}

/// `90s`, `2h0m0s`.
fn seconds(text: &str) -> Option<u64> {
    let (mut total, mut number) = (0_u64, String::new());
    for c in text.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    number.is_empty().then_some(total)
}

fn verbs(inputs: &Inputs<'_>, step: usize, place: Place, draft: &mut Draft) {
    let given = inputs.text("stack").filter(|text| !text.is_empty());
    let stack = given.map(|text| draft.names.value(text));
    let mut flags: Vec<String> =
        inputs.text("args").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    flags.sort();
    if inputs.truth("createstack") {
        let kind = VerbKind::CreateStack;
        draft.job.verbs.push(Verb { step, kind, stack: stack.clone(), flags: Vec::new(), place });
    }
    let command = inputs.text("command").unwrap_or_default();
    let words: Vec<&str> = command.split_whitespace().collect();
    let kind = match words.as_slice() {
        // Without a command it only installs the CLI.
        [] => return,
        ["preview" | "pre", ..] => VerbKind::Preview,
        ["up" | "update", ..] => VerbKind::Up,
        ["destroy" | "down" | "dn", ..] => VerbKind::Destroy,
        ["refresh", ..] => VerbKind::Refresh,
        ["import" | "cancel" | "state", ..] | ["stack", "rm" | "import", ..] => VerbKind::State,
        ["stack", "init", ..] | ["new", ..] => VerbKind::CreateStack,
        ["stack", "output" | "export" | "ls", ..] | ["config" | "whoami" | "logs" | "version", ..] => VerbKind::Read,
        ["env", "open" | "run" | "get", ..] => VerbKind::OpenEnvironment,
        _ => VerbKind::Other(command.to_owned()),
    };
    draft.job.verbs.push(Verb { step, kind, stack, flags, place });
}
