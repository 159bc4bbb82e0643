//! The kinds of a step: scripts, tasks, checkouts, downloads and uploads.
//!
//! What must hold: a step has one kind; a checkout keeps no credential unless it says so. Source: YAML schema reference,
//! `steps.script`, `steps.task`, `steps.checkout` and their neighbours.

use stackgate_provider::facts::{
    Aspect, Channel, ChannelKind, Code, CodeKind, Does, Pin, Place, Scope, Step, Variable,
};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::job::Draft;
use super::{Reading, credentials, tasks};

/// Fills a step. `false` where there is nothing to run: `checkout: none`.
pub(super) fn read(keys: &mut Taking<'_>, made: &mut Step, draft: &mut Draft, reading: &mut Reading<'_>) -> bool {
    for (key, shell) in
        [("script", None), ("bash", Some("bash")), ("pwsh", Some("pwsh")), ("powershell", Some("powershell"))]
    {
        let Some(node) = keys.take(key) else { continue };
        let default = if draft.windows { "cmd" } else { "bash" };
        for option in [
            "errorActionPreference",
            "informationPreference",
            "warningPreference",
            "ignoreLASTEXITCODE",
            "debugPreference",
            "verbosePreference",
            "progressPreference",
            "arguments",
            "filePath",
            "runAsUser",
        ] {
            keys.setting(option, option, &mut made.settings);
        }
        script(node, keys.file, shell.unwrap_or(default), made, draft, reading);
        return true;
    }
    if let Some(repository) = keys.text("checkout") {
        return checkout(repository, keys, made, draft);
    }
    if let Some(reference) = keys.text("task") {
        let place = keys.place("task");
        let inputs = keys.take("inputs");
        tasks::read(reference, place, inputs, made, draft, reading);
        return true;
    }
    for key in ["download", "downloadBuild", "publish", "getPackage", "upload"] {
        let Some(what) = keys.text(key) else { continue };
        return artifact(key, what, keys, made, draft);
    }
    if keys.text("reviewApp").is_some() {
        made.does = Does::Use { code: own("reviewApp", made.place), inputs: rest(keys, draft) };
        return true;
    }
    if keys.text("invokeTarget").is_some() {
        made.does = Does::Use { code: own("invokeTarget", made.place), inputs: rest(keys, draft) };
        return true;
    }
    let (id, why) = (draft.job.id.clone(), "a step of a kind that is not known");
    reading.undecided(Aspect::Code, Some(&id), why, made.place);
    true
}

/// A script in a scalar.
pub(super) fn script(
    node: &Node,
    file: usize,
    shell: &str,
    made: &mut Step,
    draft: &mut Draft,
    reading: &mut Reading<'_>,
) {
    let text = node.as_str().unwrap_or_default();
    let place = Place::new(file, node.span);
    made.does = reading.gathering.script(node, file, Some(shell.to_owned()));
    made.embedded = draft.names.embedded(text, true, true, place);
    let index = draft.job.steps.len();
    for embedded in made.embedded.clone() {
        credentials::secrets(embedded.value.text(), None, Scope::Steps(vec![index]), place, draft);
    }
}

/// Something of Azure's own.
pub(super) fn own(name: &str, place: Place) -> Code {
    let version = String::new();
    Code { kind: CodeKind::Action, name: name.into(), version, pin: Pin::Local, comment: None, place }
}

/// Every key that is left, as inputs.
fn rest(keys: &mut Taking<'_>, draft: &Draft) -> Vec<Variable> {
    const OWN: &[&str] = &[
        "clean",
        "fetchDepth",
        "fetchFilter",
        "fetchTags",
        "lfs",
        "submodules",
        "path",
        "sparseCheckoutDirectories",
        "sparseCheckoutPatterns",
        "workspaceRepo",
        "artifact",
        "patterns",
        "properties",
        "publishLocation",
        "tags",
        "reviewApp",
        "download",
        "publish",
        "getPackage",
        "checkout",
        "downloadBuild",
        "upload",
        "invokeTarget",
    ];
    let file = keys.file;
    let mut all = Vec::new();
    for key in OWN {
        if let Some(node) = keys.take(key) {
            let text = node.as_str().map_or_else(|| canonical(node), str::to_owned);
            let place = Place::new(file, node.span);
            all.push(Variable { name: (*key).to_owned(), value: draft.names.value(&text), place });
        }
    }
    all
}

fn checkout(repository: &str, keys: &mut Taking<'_>, made: &mut Step, draft: &mut Draft) -> bool {
    draft.checkout = true;
    if repository.eq_ignore_ascii_case("none") {
        return false;
    }
    let is_self = repository.eq_ignore_ascii_case("self");
    let keeps = keys.text("persistCredentials");
    let mut inputs = rest(keys, draft);
    inputs.retain(|input| input.name != "checkout");
    made.does = Does::Checkout {
        code: None,
        reference: None,
        repository: (!is_self).then(|| draft.names.value(repository)),
        keeps_credentials: keeps.is_some_and(|text| !text.eq_ignore_ascii_case("false")),
        inputs,
    };
    true
}

fn artifact(key: &str, what: &str, keys: &mut Taking<'_>, made: &mut Step, draft: &mut Draft) -> bool {
    let incoming = key != "publish" && key != "upload";
    draft.download |= incoming;
    if what.eq_ignore_ascii_case("none") {
        return false;
    }
    let name = keys.text("artifact").map_or_else(|| what.to_owned(), |artifact| format!("{what}/{artifact}"));
    let kind = if incoming { ChannelKind::ArtifactIn } else { ChannelKind::ArtifactOut };
    let place = made.place;
    let step = Some(draft.job.steps.len());
    draft.job.channels.push(Channel { kind, name: draft.names.value(&name), step, place });
    made.does = Does::Use { code: own(key, place), inputs: rest(keys, draft) };
    true
}
