//! What speaks for Azure Pipelines in a repository, and where its files can lie.
//!
//! What must hold: only names of files and the remote are looked at. What the remote does not say is left to be filled in.

use stackgate_provider::{Detection, OptionLine, Place, Repository};

/// Every folder that `path` can name; both files begin with `pulumi-`.
pub(crate) const PLACES: &[Place] = &[
    Place { folder: "azure-pipelines", prefix: "pulumi-", suffix: ".yml" },
    Place { folder: ".azure-pipelines", prefix: "pulumi-", suffix: ".yml" },
    Place { folder: ".azuredevops", prefix: "pulumi-", suffix: ".yml" },
    Place { folder: ".pipelines", prefix: "pulumi-", suffix: ".yml" },
];

pub(crate) fn detect(repository: &Repository) -> Detection {
    let host = repository.host.as_deref().unwrap_or_default();
    let hosted = matches!(host, "dev.azure.com" | "ssh.dev.azure.com") || host.ends_with(".visualstudio.com");
    let existing: Vec<String> = repository.files.iter().filter(|path| is_definition(path)).cloned().collect();
    let (organization, project) =
        if hosted { names(host, repository.path.as_deref().unwrap_or_default()) } else { (None, None) };
    let word = match host {
        _ if hosted => Some("azure-repos".to_owned()),
        "github.com" => Some("github".to_owned()),
        _ => None,
    };
    let because = match (hosted, existing.is_empty()) {
        (true, _) => Some("the remote is in Azure Repos".to_owned()),
        (false, false) => Some("there are files of Azure Pipelines".to_owned()),
        (false, true) => None,
    };
    let line = |key, value, comment| OptionLine { key, value, comment };
    Detection {
        because,
        hosted,
        options: vec![
            line("host", word, "github or azure-repos"),
            line("organization", organization, "as in dev.azure.com/NAME; needed for trust policies"),
            line("project", project, "needed for trust policies"),
            line(
                "organization_id",
                None,
                "GET https://dev.azure.com/ORGANIZATION/_apis/connectionData shows it as instanceId; needed for trust policies",
            ),
            line("project_id", None, "az devops project show --project NAME --query id; needed for trust policies"),
            line("repository_id", None, "az repos show --repository NAME --query id; needed for trust policies"),
            line("preview_definition_id", None, "az pipelines list; needed for trust policies"),
            line("deploy_definition_id", None, "az pipelines list; needed for trust policies"),
            line(
                "production_connection",
                None,
                "{ name: NAME, id: GUID }, a service connection with an approval; production needs it",
            ),
            line(
                "production_preview_connection",
                None,
                "{ name: NAME, id: GUID }, one without an approval, for production's previews",
            ),
        ],
        existing,
    }
}

fn is_definition(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    yaml && (name.starts_with("azure-pipelines") || PLACES.iter().any(|place| place.folder == folder))
}

/// Organization and project of a remote: `ORG/PROJECT/_git/REPO`, `v3/ORG/PROJECT/REPO`, or, with the organization in the
/// host's name, `[DefaultCollection/]PROJECT/_git/REPO`.
fn names(host: &str, path: &str) -> (Option<String>, Option<String>) {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.first().is_some_and(|part| matches!(*part, "v3" | "DefaultCollection")) {
        parts.remove(0);
    }
    let organization = match host.strip_suffix(".visualstudio.com") {
        Some("vs-ssh") | None if !parts.is_empty() => Some(parts.remove(0)),
        Some("vs-ssh") | None => None,
        Some(organization) => Some(organization),
    };
    // A project called like its repository is left out of the address.
    let project = match parts.as_slice() {
        ["_git", repository, ..] => Some(*repository),
        [project, ..] => Some(*project),
        [] => None,
    };
    let plain = |name: &str| {
        (!name.is_empty() && !name.replace("%20", " ").contains(['%', '"', '\''])).then(|| name.replace("%20", " "))
    };
    (organization.and_then(plain), project.and_then(plain))
}
