//! Tasks: their code, their inputs, and what is known of those that people use most.
//!
//! What must hold: a task by its major version moves; an inline script of a task is a script. An input that names a service
//! connection is a stored credential. Sources: Microsoft Learn, "Azure Pipelines task reference"; `task.json` of the tasks.

use stackgate_provider::canonical;
use stackgate_provider::facts::{
    Channel, ChannelKind, Code, CodeKind, Credential, CredentialKind, Does, Gate, GateKind, Pin, Place, Scope, Setting,
    Step, Value, Variable, Weakness,
};
use stackgate_provider::yaml::Node;

use super::job::Draft;
use super::{Reading, credentials, pulumi, step};

/// Inputs that name a service connection, in small letters.
const CONNECTIONS: &[&str] = &[
    "azuresubscription",
    "connectedservicename",
    "connectedservicenamearm",
    "connectedservicenameselector",
    "azureresourcemanagerconnection",
    "azuresubscriptionendpoint",
    "azuresubscriptionforhelm",
    "azuresubscriptionendpointforsecrets",
    "azureconnection",
    "azurekeyvault",
    "backendservicearm",
    "environmentservicenameazurerm",
    "environmentservicenameaws",
    "environmentservicenamegcp",
    "containerregistry",
    "dockerregistryendpoint",
    "dockerregistryserviceconnection",
    "kubernetesserviceconnection",
    "kubernetesserviceendpoint",
    "kubernetesserviceconnectionforsecrets",
    "awscredentials",
    "githubconnection",
    "gitconnection",
    "sonarqube",
    "sonarcloud",
    "serviceconnection",
    "serviceconnectionname",
    "serviceendpoint",
    "externalendpoint",
    "externalendpoints",
    "externalfeedcredentials",
    "publishfeedcredentials",
    "nugetserviceconnections",
    "customendpoint",
    "sshendpoint",
    "endpoint",
    "endpointname",
    "pythondownloadserviceconnection",
    "pythonuploadserviceconnection",
    "artifactoryconnection",
    "connectionname",
    "serviceconnections",
    "backendazurermservice",
    "clusterconnection",
    "registryserviceconnection",
    "providerservicename",
    "provideraws",
    "backendserviceaws",
];

/// Inputs whose text is code for a shell or another interpreter, in small letters.
const SCRIPTS: &[&str] = &["script", "inlinescript", "inline", "scriptblock", "commands"];

/// A task's inputs.
pub(super) struct Inputs<'n> {
    node: Option<&'n Node>,
    file: usize,
}

impl<'n> Inputs<'n> {
    /// The text of an input, by its name in small letters.
    pub(super) fn text(&self, name: &str) -> Option<&'n str> {
        self.node(name).and_then(Node::as_str)
    }

    fn node(&self, name: &str) -> Option<&'n Node> {
        let entry = self.node?.as_mapping()?.iter().find(|entry| entry.key.text.eq_ignore_ascii_case(name))?;
        Some(&entry.value)
    }

    /// Whether an input is `true`.
    pub(super) fn truth(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }
}

/// Reads a task into a step.
pub(super) fn read(
    reference: &str,
    place: Place,
    inputs: Option<&Node>,
    made: &mut Step,
    draft: &mut Draft,
    reading: &mut Reading<'_>,
) {
    let code = code(reference, place, reading);
    let name = code.name.rsplit('.').next().unwrap_or(&code.name).to_ascii_lowercase();
    let given = Inputs { node: inputs, file: place.file };
    let index = draft.job.steps.len();
    connections(&given, index, draft);
    if let Some((node, shell)) = inline(&name, &given, draft.windows) {
        step::script(node, place.file, &shell, made, draft, reading);
        // What runs the script is foreign code as well, unless it is Azure's own shell.
        if !matches!(name.as_str(), "bash" | "cmdline" | "powershell") {
            draft.job.code.push(code);
        }
        for entry in inputs.and_then(Node::as_mapping).into_iter().flatten() {
            if !SCRIPTS.contains(&entry.key.text.to_ascii_lowercase().as_str()) {
                let key = format!("inputs.{}", entry.key.text);
                let place = Place::new(place.file, entry.key.span);
                made.settings.push(Setting { key, value: canonical(&entry.value), place });
            }
        }
        made.directory = made.directory.take().or_else(|| {
            let text = given.text("workingdirectory").or_else(|| given.text("cwd"))?;
            Some(draft.names.value(text))
        });
        identity(&name, &given, place, draft);
        return;
    }
    let values: Vec<Variable> = inputs
        .and_then(Node::as_mapping)
        .into_iter()
        .flatten()
        .map(|entry| {
            let text = entry.value.as_str().map_or_else(|| canonical(&entry.value), str::to_owned);
            let place = Place::new(place.file, entry.value.span);
            Variable { name: entry.key.text.clone(), value: draft.names.value(&text), place }
        })
        .collect();
    for entry in inputs.and_then(Node::as_mapping).into_iter().flatten() {
        let text = entry.value.as_str().unwrap_or_default();
        let at = Place::new(place.file, entry.value.span);
        let in_code = SCRIPTS.contains(&entry.key.text.to_ascii_lowercase().as_str())
            || matches!(entry.key.text.to_ascii_lowercase().as_str(), "arguments" | "args" | "command");
        made.embedded.extend(draft.names.embedded(text, in_code, false, at));
        credentials::secrets(text, None, Scope::Steps(vec![index]), at, draft);
    }
    identity(&name, &given, place, draft);
    channels(&name, &given, made.place, draft);
    tools(&name, &given, place, draft);
    approval(&name, &given, made.place, draft);
    if name == "pulumi" {
        pulumi::task(&given, place, draft);
    }
    made.does = Does::Use { code, inputs: values };
}

fn code(reference: &str, place: Place, reading: &Reading<'_>) -> Code {
    let (name, version) = reference.split_once('@').unwrap_or((reference, ""));
    let parts = version.split('.').count();
    let pin = match version {
        _ if reference.contains("${{") || reference.contains("$(") => Pin::Made,
        "" => Pin::None,
        text if parts == 3 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') => Pin::Version,
        _ => Pin::Moving,
    };
    let comment = reading.gathering.comment_behind(place);
    Code { kind: CodeKind::Action, name: name.to_owned(), version: version.to_owned(), pin, comment, place }
}

/// The script of a task that runs one, with its shell.
fn inline<'n>(name: &str, inputs: &Inputs<'n>, windows: bool) -> Option<(&'n Node, String)> {
    let is = |name: &str, word: &str| inputs.text(name).is_some_and(|text| text.eq_ignore_ascii_case(word));
    let (input, shell) = match name {
        "bash" if is("targettype", "inline") => ("script", "bash"),
        "cmdline" => ("script", if windows { "cmd" } else { "bash" }),
        "powershell" if is("targettype", "inline") => {
            ("script", if inputs.truth("pwsh") { "pwsh" } else { "powershell" })
        }
        "azurecli" if !is("scriptlocation", "scriptpath") => {
            let shell = match inputs.text("scripttype").map(str::to_ascii_lowercase).as_deref() {
                Some("ps") => "powershell",
                Some("pscore") => "pwsh",
                Some("batch") => "cmd",
                _ => "bash",
            };
            ("inlinescript", shell)
        }
        "azurepowershell" if is("scripttype", "inlinescript") => ("inline", "pwsh"),
        "awsshellscript" if is("scripttype", "inline") => ("inlinescript", "bash"),
        "awspowershellmodulescript" if is("scripttype", "inline") => ("inlinescript", "pwsh"),
        "pythonscript" if is("scriptsource", "inline") => ("script", "python"),
        _ => return None,
    };
    inputs.node(input).filter(|node| node.as_str().is_some()).map(|node| (node, shell.to_owned()))
}

fn connections(inputs: &Inputs<'_>, index: usize, draft: &mut Draft) {
    for entry in inputs.node.and_then(Node::as_mapping).into_iter().flatten() {
        if CONNECTIONS.contains(&entry.key.text.to_ascii_lowercase().as_str()) {
            let place = Place::new(inputs.file, entry.value.span);
            credentials::connection(entry.value.as_str().unwrap_or_default(), place, Some(index), draft);
        }
    }
}

/// A task that hands its script the token of its service connection.
fn identity(name: &str, inputs: &Inputs<'_>, place: Place, draft: &mut Draft) {
    if matches!(name, "azurecli") && inputs.truth("addspntoenvironment") {
        let scope = Scope::Steps(vec![draft.job.steps.len()]);
        let (kind, variable) = (CredentialKind::Oidc(Vec::new()), Some("idToken".to_owned()));
        draft.job.credentials.push(Credential { kind, variable, scope, wide: false, place });
    }
    if name == "azurekeyvault" {
        let text = inputs.text("keyvaultname").unwrap_or("*");
        let kind = CredentialKind::Stored("key vault".into(), draft.names.value(text));
        draft.job.credentials.push(Credential { kind, variable: None, scope: Scope::Job, wide: false, place });
    }
    if name == "downloadsecurefile" || name == "installsshkey" {
        let text = inputs.text("securefile").or_else(|| inputs.text("sshkeysecurefile")).unwrap_or("*");
        let kind = CredentialKind::Stored("secure file".into(), draft.names.value(text));
        draft.job.credentials.push(Credential { kind, variable: None, scope: Scope::Job, wide: false, place });
    }
}

fn channels(name: &str, inputs: &Inputs<'_>, place: Place, draft: &mut Draft) {
    let (kind, input) = match name {
        "cache" | "cachebeta" => (ChannelKind::Cache, "key"),
        "downloadpipelineartifact" => (ChannelKind::ArtifactIn, "artifact"),
        "downloadbuildartifacts" | "downloadfilesharearticles" => (ChannelKind::ArtifactIn, "artifactname"),
        "downloadpackage" | "universalpackages" => (ChannelKind::ArtifactIn, "definition"),
        "publishpipelineartifact" => (ChannelKind::ArtifactOut, "artifact"),
        "publishbuildartifacts" => (ChannelKind::ArtifactOut, "artifactname"),
        _ => return,
    };
    draft.download |= kind == ChannelKind::ArtifactIn;
    let text = inputs.text(input).or_else(|| inputs.text("artifactname")).unwrap_or(name);
    let whose = inputs.text("buildtype").or_else(|| inputs.text("source")).filter(|text| *text != "current");
    let text = whose.map_or_else(|| text.to_owned(), |whose| format!("{whose}/{text}"));
    let step = Some(draft.job.steps.len());
    draft.job.channels.push(Channel { kind, name: draft.names.value(&text), step, place });
}

/// Tools that a task installs.
fn tools(name: &str, inputs: &Inputs<'_>, place: Place, draft: &mut Draft) {
    let (tool, input) = match name {
        "usenode" | "nodetool" => ("node", ["version", "versionspec"]),
        "usepythonversion" => ("python", ["versionspec", "version"]),
        "gotool" => ("go", ["version", "versionspec"]),
        "usedotnet" | "dotnetcoreinstaller" => ("dotnet", ["version", "versionspec"]),
        "javatoolinstaller" => ("java", ["versionspec", "version"]),
        "userubyversion" => ("ruby", ["versionspec", "version"]),
        "helminstaller" => ("helm", ["helmversion", "helmversiontoinstall"]),
        "kubectlinstaller" => ("kubectl", ["kubectlversion", "version"]),
        "terraforminstaller" => ("terraform", ["terraformversion", "version"]),
        "nugettoolinstaller" => ("nuget", ["versionspec", "version"]),
        "dockerinstaller" => ("docker", ["dockerversion", "version"]),
        _ => return,
    };
    let text = input.iter().find_map(|name| inputs.text(name)).unwrap_or("");
    draft.job.code.push(version(tool, text, place, draft));
}

/// A tool of a version.
pub(super) fn version(tool: &str, text: &str, place: Place, draft: &Draft) -> Code {
    let value = draft.names.value(text);
    let text = value.text().to_owned();
    let full =
        text.split('.').count() >= 3 && text.trim_start_matches('v').bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let pin = match (&value, text.as_str()) {
        (Value::Made(..), _) => Pin::Made,
        (_, "" | "latest" | "x" | "*") => Pin::None,
        _ if full => Pin::Version,
        _ => Pin::Moving,
    };
    Code { kind: CodeKind::Tool, name: tool.into(), version: text, pin, comment: None, place }
}

/// A task that waits for a person.
fn approval(name: &str, inputs: &Inputs<'_>, place: Place, draft: &mut Draft) {
    if name != "manualvalidation" && name != "manualintervention" {
        return;
    }
    let who = inputs.text("approvers").filter(|text| !text.trim().is_empty()).map(|text| draft.names.value(text));
    let mut weak = Vec::new();
    if who.is_none() {
        weak.push(Weakness::Anybody);
    }
    if inputs.text("ontimeout").is_some_and(|text| text.eq_ignore_ascii_case("resume")) {
        weak.push(Weakness::TimeoutPasses);
    }
    draft.job.gates.push(Gate { kind: GateKind::Approval(who), weak, place });
}
