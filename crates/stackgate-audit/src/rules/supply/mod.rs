//! Rules about foreign code, text of strangers, caches, and what a log shows.
//!
//! What must hold: every rule of the group is listed here, by its file's name; what several of them ask is asked here once.

mod artifact_from_untrusted;
mod cache_on_deploy;
mod curl_pipe_shell;
mod env_file_injection;
mod hidden_characters;
mod insecure_transport;
mod pin_comment_mismatch;
mod plugin_acquisition_open;
mod remote_config_code;
mod script_injection;
mod secret_printed;
mod unpinned_pulumi_cli;
mod unpinned_ref;
mod yaml_hazard;

use stackgate_facts::{Code, CodeKind, Job, Observation, Pin};

use crate::rule::AuditRule;

/// The rules of this group.
pub(super) static RULES: &[&AuditRule] = &[
    &artifact_from_untrusted::RULE,
    &cache_on_deploy::RULE,
    &curl_pipe_shell::RULE,
    &env_file_injection::RULE,
    &hidden_characters::RULE,
    &insecure_transport::RULE,
    &pin_comment_mismatch::RULE,
    &plugin_acquisition_open::RULE,
    &remote_config_code::RULE,
    &script_injection::RULE,
    &secret_printed::RULE,
    &unpinned_pulumi_cli::RULE,
    &unpinned_ref::RULE,
    &yaml_hazard::RULE,
];

/// All foreign code of a pipeline, with the job that fetches it, where it is one's.
fn foreign(observation: &Observation) -> impl Iterator<Item = (Option<&Job>, &Code)> {
    let of_jobs = observation.jobs.iter().flat_map(|job| job.every_code().map(move |code| (Some(job), code)));
    observation.code.iter().map(|code| (None, code)).chain(of_jobs)
}

/// Whether an image is one of Pulumi's own, whose version is the CLI's, and not that of one release.
fn floating_pulumi_image(code: &Code) -> bool {
    let name = code.name.strip_prefix("docker.io/").unwrap_or(&code.name);
    let tag = code.version.split('-').next().unwrap_or("");
    let release = tag.split('.').count() == 3;
    code.kind == CodeKind::Image && name.starts_with("pulumi/pulumi") && code.pin < Pin::Version && !release
}

/// Whether a job has a token of Pulumi Cloud, as far as can be told: it asks for one, or it changes something there.
fn with_token(job: &Job) -> bool {
    !job.mints.is_empty() || job.mutates()
}

/// Whether a reference can come to mean another text.
fn moves(observation: &Observation, code: &Code) -> bool {
    let by_owner = match code.kind {
        // A tag that its owner can set anew.
        CodeKind::Action | CodeKind::Pipeline => code.pin == Pin::Version && observation.provider == "github",
        CodeKind::Image => code.pin == Pin::Version,
        // A tag of a repository; a full version of an orb never changes.
        CodeKind::Library => code.pin == Pin::Version && observation.provider == "jenkins",
        CodeKind::Machine => false,
        CodeKind::Tool | CodeKind::Download | CodeKind::Package => return false,
    };
    (by_owner || code.pin < Pin::Version) && !of_azure_itself(observation, code) && !of_gitlab_itself(observation, code)
}

/// A template of GitLab's own is part of the server, and changes when that does.
fn of_gitlab_itself(observation: &Observation, code: &Code) -> bool {
    observation.provider == "gitlab" && code.kind == CodeKind::Pipeline && code.name.starts_with("template ")
}

/// A task that comes with Azure Pipelines is updated by the service itself, as its agent is. Source: the list of tasks in
/// microsoft/azure-pipelines-tasks.
fn of_azure_itself(observation: &Observation, code: &Code) -> bool {
    observation.provider == "azure"
        && code.kind == CodeKind::Action
        && AZURE_TASKS.iter().any(|task| task.eq_ignore_ascii_case(&code.name))
}

/// The tasks of that list that pipelines with programs use.
const AZURE_TASKS: &[&str] = &[
    "ArchiveFiles",
    "AzureCLI",
    "AzureFileCopy",
    "AzureFunctionApp",
    "AzureKeyVault",
    "AzurePowerShell",
    "AzureResourceManagerTemplateDeployment",
    "AzureRmWebAppDeployment",
    "AzureWebApp",
    "Bash",
    "BatchScript",
    "Cache",
    "CmdLine",
    "ContainerBuild",
    "CopyFiles",
    "DeleteFiles",
    "Docker",
    "DockerCompose",
    "DockerInstaller",
    "DotNetCoreCLI",
    "DownloadBuildArtifacts",
    "DownloadGitHubRelease",
    "DownloadPackage",
    "DownloadPipelineArtifact",
    "DownloadSecureFile",
    "ExtractFiles",
    "GitHubRelease",
    "Go",
    "GoTool",
    "Gradle",
    "HelmDeploy",
    "HelmInstaller",
    "InvokeRESTAPI",
    "JavaToolInstaller",
    "KubectlInstaller",
    "Kubernetes",
    "KubernetesManifest",
    "ManualIntervention",
    "ManualValidation",
    "Maven",
    "MSBuild",
    "NodeTool",
    "Npm",
    "npmAuthenticate",
    "NuGetAuthenticate",
    "NuGetCommand",
    "NuGetToolInstaller",
    "PipAuthenticate",
    "PowerShell",
    "PublishBuildArtifacts",
    "PublishCodeCoverageResults",
    "PublishPipelineArtifact",
    "PublishTestResults",
    "PythonScript",
    "ShellScript",
    "TwineAuthenticate",
    "UniversalPackages",
    "UseDotNet",
    "UseNode",
    "UsePythonVersion",
    "UseRubyVersion",
    "VSBuild",
    "VSTest",
];
