//! Actions that this program knows: checkout, caches, artifacts, tools.
//!
//! What must hold: defaults of an action's own inputs count, and where they changed with a version that is not known, the
//! worse counts. Source: `action.yml` of each.

use stackgate_provider::facts::{Channel, ChannelKind, Code, CodeKind, Control, Does, Pin, Place, Value, Variable};

use super::job::Draft;
use super::{canonical, pin, pulumi};

/// Inputs whose text is a program, for any action.
const CODE: &[&str] =
    &["script", "run", "inlinescript", "cmd", "commands", "script-code", "args", "entrypoint", "query"];

/// Whether an input's text becomes a program.
pub(super) fn is_code(code: &Code, input: &str) -> bool {
    let input = input.to_ascii_lowercase();
    CODE.contains(&input.as_str()) || input == "command" && !code.name.eq_ignore_ascii_case("pulumi/actions")
}

/// The value of an input, whose name is known without regard to case.
pub(super) fn input<'a>(inputs: &'a [Variable], name: &str) -> Option<&'a Value> {
    inputs.iter().find(|input| input.name.eq_ignore_ascii_case(name)).map(|input| &input.value)
}

/// Its text, where that is known.
pub(super) fn literal<'a>(inputs: &'a [Variable], name: &str) -> Option<&'a str> {
    input(inputs, name)?.as_literal()
}

/// What a step that uses foreign code does; also adds what follows from it to the job.
pub(super) fn does(code: Code, inputs: Vec<Variable>, step: usize, draft: &mut Draft) -> Does {
    let name = code.name.to_ascii_lowercase();
    if code.kind != CodeKind::Action {
        return Does::Use { code, inputs };
    }
    if name == "actions/checkout" {
        return checkout(code, inputs);
    }
    channels(&name, &code, &inputs, step, draft);
    tools(&name, &inputs, code.place, draft);
    pulumi::add(&name, &inputs, step, code.place, draft);
    Does::Use { code, inputs }
}

fn checkout(code: Code, inputs: Vec<Variable>) -> Does {
    let given = |name| input(&inputs, name).filter(|value| value.as_literal() != Some("")).cloned();
    let repository = given("repository").filter(|value| value.text() != "${{ github.repository }}");
    let keeps = literal(&inputs, "persist-credentials").and_then(canonical::truth) != Some(false);
    let reference = given("ref").map(|value| match value {
        Value::Made(text, control) if of_strangers(&text) => Value::Made(text, control.max(Control::Stranger)),
        other => other,
    });
    Does::Checkout { code: Some(code), reference, repository, keeps_credentials: keeps, inputs }
}

/// Whether an expression names commits of a change request: its id is the system's, what it stands for is a stranger's.
fn of_strangers(text: &str) -> bool {
    [
        "pull_request.head",
        "head_ref",
        "refs/pull/",
        "workflow_run.head",
        "merge_commit_sha",
        "workflow_run.pull_requests",
    ]
    .iter()
    .any(|part| text.contains(part))
}

fn channels(name: &str, code: &Code, inputs: &[Variable], step: usize, draft: &mut Draft) {
    let mut add = |kind, name: Value| {
        draft.job.channels.push(Channel { kind, name, step: Some(step), place: code.place });
    };
    let given = |key: &str| input(inputs, key).filter(|value| value.as_literal() != Some("")).cloned();
    let off = |key: &str| literal(inputs, key).and_then(canonical::truth) == Some(false);
    let cache = Value::literal;
    match name {
        "actions/cache" | "actions/cache/restore" | "actions/cache/save" => {
            add(ChannelKind::Cache, given("key").unwrap_or_else(|| cache("")));
        }
        "actions/upload-artifact" | "actions/upload-artifact/merge" => {
            add(ChannelKind::ArtifactOut, given("name").unwrap_or_else(|| cache("artifact")));
        }
        "actions/upload-pages-artifact" => {
            add(ChannelKind::ArtifactOut, given("name").unwrap_or_else(|| cache("github-pages")));
        }
        "actions/download-artifact" | "dawidd6/action-download-artifact" => {
            let name = given("name").or_else(|| given("pattern")).or_else(|| given("artifact-ids"));
            add(ChannelKind::ArtifactIn, name.unwrap_or_else(|| cache("*")));
        }
        "actions/setup-node" => {
            if let Some(cached) = given("cache") {
                add(ChannelKind::Cache, cached);
            } else if major(code).is_none_or(|major| major >= 5) && !off("package-manager-cache") {
                add(ChannelKind::Cache, cache("package-manager-cache"));
            }
        }
        "actions/setup-go" if major(code).is_none_or(|major| major >= 4) && !off("cache") => {
            add(ChannelKind::Cache, cache("go"));
        }
        "actions/setup-python" | "actions/setup-java" | "actions/setup-dotnet" => {
            if let Some(cached) = given("cache").filter(|_| !off("cache")) {
                add(ChannelKind::Cache, cached);
            }
        }
        "ruby/setup-ruby" | "pnpm/action-setup" | "oven-sh/setup-bun" => {
            let key = if name == "ruby/setup-ruby" { "bundler-cache" } else { "cache" };
            if given(key).is_some() && !off(key) {
                add(ChannelKind::Cache, cache(key));
            }
        }
        // On GitHub's own runners this one caches unless it is told not to.
        "astral-sh/setup-uv" if !off("enable-cache") => add(ChannelKind::Cache, cache("uv")),
        "gradle/actions/setup-gradle" | "gradle/gradle-build-action"
            if literal(inputs, "cache-disabled").and_then(canonical::truth) != Some(true) =>
        {
            add(ChannelKind::Cache, cache("gradle"));
        }
        "swatinem/rust-cache" => add(ChannelKind::Cache, given("key").unwrap_or_else(|| cache("rust"))),
        "docker/build-push-action" => {
            for key in ["cache-from", "cache-to"] {
                if let Some(cached) = given(key) {
                    add(ChannelKind::Cache, cached);
                }
            }
        }
        _ => {}
    }
}

/// The major version, by the reference or by the comment beside it; none where neither says.
fn major(code: &Code) -> Option<u32> {
    let text = if code.pin == Pin::Digest { code.comment.as_deref()? } else { code.version.as_str() };
    text.strip_prefix('v').unwrap_or(text).split('.').next()?.parse().ok()
}

/// Which tool an action installs, by which inputs for the version and for a file that names it, and which version without.
const TOOLS: &[(&str, &str, &str, &str, Option<&str>)] = &[
    ("actions/setup-node", "node", "node-version", "node-version-file", None),
    ("actions/setup-python", "python", "python-version", "python-version-file", None),
    ("actions/setup-go", "go", "go-version", "go-version-file", None),
    ("actions/setup-dotnet", "dotnet", "dotnet-version", "global-json-file", None),
    ("actions/setup-java", "java", "java-version", "java-version-file", None),
    ("ruby/setup-ruby", "ruby", "ruby-version", "", None),
    ("hashicorp/setup-terraform", "terraform", "terraform_version", "", Some("latest")),
    ("opentofu/setup-opentofu", "opentofu", "tofu_version", "tofu_version_file", Some("latest")),
    ("azure/setup-kubectl", "kubectl", "version", "", Some("latest")),
    ("azure/setup-helm", "helm", "version", "", Some("latest")),
    ("pnpm/action-setup", "pnpm", "version", "package_json_file", None),
    ("oven-sh/setup-bun", "bun", "bun-version", "bun-version-file", Some("latest")),
    ("denoland/setup-deno", "deno", "deno-version", "deno-version-file", Some("latest")),
    ("astral-sh/setup-uv", "uv", "version", "version-file", Some("latest")),
    ("google-github-actions/setup-gcloud", "gcloud", "version", "", Some("latest")),
    ("dtolnay/rust-toolchain", "rust", "toolchain", "", None),
];

fn tools(name: &str, inputs: &[Variable], place: Place, draft: &mut Draft) {
    let Some((_, tool, key, file, default)) = TOOLS.iter().find(|(action, ..)| *action == name) else { return };
    if let Some(version) = input(inputs, key).map(Value::text).filter(|version| !version.is_empty()).or(*default) {
        draft.job.code.push(pin::tool(tool, version, place));
    } else if let Some(file) = input(inputs, file) {
        let mut code = pin::tool(tool, file.text(), place);
        code.pin = Pin::Local;
        draft.job.code.push(code);
    }
}
