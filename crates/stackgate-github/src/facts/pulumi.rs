//! Pulumi's own actions: tokens, verbs and the CLI that they install.
//!
//! What must hold: an input that the action does not know, such as `team`, names no team; it stays among the inputs.
//! Source: `action.yml` and the code of `pulumi/auth-actions` v2.1.0, `pulumi/actions` v7.0.0, `pulumi/esc-action` v3.

use stackgate_provider::facts::{Mint, MintBy, Place, TokenKind, Value, Variable, Verb, VerbKind};

use super::actions::{input, literal};
use super::job::Draft;
use super::{canonical, pin};

/// Adds what one of these actions does; the name is in small letters.
pub(super) fn add(name: &str, inputs: &[Variable], step: usize, place: Place, draft: &mut Draft) {
    match name {
        "pulumi/auth-actions" => draft.job.mints.push(mint("", inputs, step, place)),
        "pulumi/actions" => {
            tool(inputs, "^3", place, draft);
            verbs(inputs, step, place, draft);
        }
        "pulumi/setup-pulumi" | "pulumi/action-install-pulumi-cli" => tool(inputs, "latest", place, draft),
        "pulumi/esc-action" | "pulumi/esc-export-secrets-action" => {
            if literal(inputs, "oidc-auth").and_then(canonical::truth) != Some(false)
                && input(inputs, "oidc-auth").is_some()
            {
                draft.job.mints.push(mint("oidc-", inputs, step, place));
            }
            if let Some(environment) = input(inputs, "environment") {
                let flags = vec![environment.text().to_owned()];
                draft.job.verbs.push(Verb { step, kind: VerbKind::OpenEnvironment, stack: None, flags, place });
            }
        }
        _ => {}
    }
}

fn mint(prefix: &str, inputs: &[Variable], step: usize, place: Place) -> Mint {
    let get = |name: &str| {
        let given = |name: &str| input(inputs, name).filter(|value| value.as_literal() != Some("")).cloned();
        given(&format!("{prefix}{name}")).or_else(|| given(name))
    };
    let scope = get("scope");
    let word = get("requested-token-type");
    let word = word.as_ref().and_then(Value::as_literal).and_then(|word| word.rsplit(':').next());
    let kind = match word {
        Some("team") => TokenKind::Team,
        Some("organization") if scope.as_ref().is_some_and(|scope| scope.text().contains("admin")) => TokenKind::Admin,
        Some("organization") => TokenKind::Organization,
        Some("personal") => TokenKind::Personal,
        Some("runner") => TokenKind::Runner,
        _ => TokenKind::Unknown,
    };
    let team = scope.as_ref().filter(|_| kind == TokenKind::Team).and_then(|scope| match scope {
        Value::Literal(text) => text.strip_prefix("team:").map(Value::literal),
        Value::Made(text, control) => text.strip_prefix("team:").map(|team| Value::Made(team.to_owned(), *control)),
    });
    Mint {
        step,
        by: MintBy::Action,
        kind,
        organization: get("organization"),
        team,
        scope,
        seconds: get("token-expiration"),
        url: input(inputs, "cloud-url").cloned(),
        place,
    }
}

fn tool(inputs: &[Variable], default: &str, place: Place, draft: &mut Draft) {
    if let Some(file) = input(inputs, "pulumi-version-file") {
        let mut code = pin::tool("pulumi", file.text(), place);
        code.pin = stackgate_provider::facts::Pin::Local;
        draft.job.code.push(code);
        return;
    }
    let version = input(inputs, "pulumi-version").map_or(default, |value| value.text());
    draft.job.code.push(pin::tool("pulumi", if version.is_empty() { default } else { version }, place));
}

/// Inputs that are no flags of the command.
const NO_FLAGS: &[&str] = &[
    "command",
    "stack-name",
    "pulumi-version",
    "pulumi-version-file",
    "work-dir",
    "github-token",
    "cloud-url",
    "comment-on-pr",
    "comment-on-pr-number",
    "comment-on-summary",
    "edit-pr-comment",
    "message",
    "color",
    "always-include-summary",
    "suppress-progress",
    "upsert",
];

fn verbs(inputs: &[Variable], step: usize, place: Place, draft: &mut Draft) {
    let stack = input(inputs, "stack-name").cloned();
    let mut flags: Vec<String> = inputs
        .iter()
        .filter(|input| !NO_FLAGS.contains(&input.name.to_ascii_lowercase().as_str()))
        .filter_map(|input| match input.value.text() {
            "" | "false" => None,
            "true" => Some(format!("--{}", input.name)),
            text => Some(format!("--{}={text}", input.name)),
        })
        .collect();
    flags.sort();
    let upsert = input(inputs, "upsert");
    if upsert.is_some_and(|value| value.as_literal().and_then(canonical::truth) != Some(false)) {
        let verb = Verb { step, kind: VerbKind::CreateStack, stack: stack.clone(), flags: Vec::new(), place };
        draft.job.verbs.push(verb);
    }
    let Some(command) = input(inputs, "command") else { return };
    let kind = match command.as_literal() {
        // Without a command, it installs the CLI alone.
        Some("") => return,
        Some("up" | "update") => VerbKind::Up,
        Some("preview") => VerbKind::Preview,
        Some("destroy") => VerbKind::Destroy,
        Some("refresh") => VerbKind::Refresh,
        Some("output") => VerbKind::Read,
        _ => VerbKind::Other(command.text().to_owned()),
    };
    draft.job.verbs.push(Verb { step, kind, stack, flags, place });
}
