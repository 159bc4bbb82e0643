//! What the steps of Pulumi's own orb do.
//!
//! What must hold: the orb knows no OIDC, so that it never mints; its login takes a stored token. Source: `pulumi/circleci`
//! 2.2.0, `orb.yml`.

use stackgate_provider::facts::{
    Code, CodeKind, Credential, CredentialKind, Job, Pin, Place, Scope, Variable, Verb, VerbKind,
};

use super::substitution::value;

/// Adds what a command or a job of the orb does; nothing for other orbs.
pub(super) fn orb(name: &str, inputs: &[Variable], place: Place, job: &mut Job) {
    let Some(("pulumi", command)) = name.split_once('/') else { return };
    let input = |name: &str| inputs.iter().find(|input| input.name == name).map(|input| input.value.clone());
    let step = job.steps.len();
    let kind = match command {
        "login" => {
            let version = input("version");
            let text = version.as_ref().map_or("latest", |version| version.text()).to_owned();
            let pin = if text == "latest" || text.is_empty() { Pin::None } else { Pin::Version };
            let tool = Code { kind: CodeKind::Tool, name: "pulumi".into(), version: text, pin, comment: None, place };
            job.code.push(tool);
            let variable = input("access-token").unwrap_or_else(|| value("PULUMI_ACCESS_TOKEN"));
            let kind = CredentialKind::Stored("project variable".into(), variable);
            let variable = Some("PULUMI_ACCESS_TOKEN".to_owned());
            job.credentials.push(Credential { kind, variable, scope: Scope::Job, wide: false, place });
            return;
        }
        "preview" => VerbKind::Preview,
        "update" => VerbKind::Up,
        "destroy" => VerbKind::Destroy,
        "refresh" => VerbKind::Refresh,
        "stack_init" => VerbKind::CreateStack,
        "stack_rm" => VerbKind::State,
        "stack_output" => VerbKind::Read,
        other => VerbKind::Other(other.to_owned()),
    };
    let mut flags: Vec<String> = Vec::new();
    if input("skip-preview").is_some_and(|given| given.as_literal() == Some("true")) {
        flags.push("--skip-preview".into());
    }
    job.verbs.push(Verb { step, kind, stack: input("stack").or_else(|| input("stack_name")), flags, place });
}
