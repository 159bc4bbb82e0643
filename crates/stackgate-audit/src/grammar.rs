//! What the tokens of each CI system say, as far as rules about policies need it: whose issuer a URL is, how a subject is
//! built, which claims there are.
//!
//! What must hold: it is about patterns, so that a part of a subject may hold a wildcard; what no system's documentation says
//! is not guessed. Source: each system's page on its OIDC tokens; for Azure Pipelines, Teleport's RFD 211.

use stackgate_trust::keys;

/// The audiences that Azure gives its tokens; nobody can choose another.
pub(crate) const AZURE_AUDIENCES: [&str; 2] = ["api://AzureADTokenExchange", "fb60f99c-7a34-4190-8149-302f77469936"];

/// Claims that one system alone has. Jenkins is absent: there, whoever runs it names claims.
const OWN_CLAIMS: [(&str, &[&str]); 4] = [
    (
        "github",
        &[
            "actor",
            "actor_id",
            "base_ref",
            "event_name",
            "head_ref",
            "job_workflow_ref",
            "job_workflow_sha",
            "repository",
            "repository_id",
            "repository_owner",
            "repository_owner_id",
            "repository_visibility",
            "workflow",
            "workflow_ref",
            "workflow_sha",
        ],
    ),
    (
        "gitlab",
        &[
            "ci_config_ref_uri",
            "ci_config_sha",
            "deployment_tier",
            "environment_action",
            "environment_protected",
            "groups_direct",
            "job_namespace_id",
            "job_project_id",
            "namespace_id",
            "namespace_path",
            "pipeline_source",
            "project_id",
            "project_path",
            "project_visibility",
            "user_access_level",
            "user_login",
        ],
    ),
    ("azure", &["azp", "def_id", "org_id", "prj_id", "rpo_id", "rpo_ref", "rpo_uri", "rpo_ver", "tid"]),
    (
        "circleci",
        &[
            "oidc.circleci.com/context-ids",
            "oidc.circleci.com/org-id",
            "oidc.circleci.com/pipeline-definition-id",
            "oidc.circleci.com/project-id",
            "oidc.circleci.com/ssh-rerun",
            "oidc.circleci.com/vcs-origin",
            "oidc.circleci.com/vcs-ref",
        ],
    ),
];

/// Claims of a run's own token on Azure, which a service connection's has none of.
pub(crate) const AZURE_RUN_CLAIMS: [&str; 7] =
    ["def_id", "org_id", "prj_id", "rpo_id", "rpo_ref", "rpo_uri", "rpo_ver"];

/// Whose tokens an issuer signs, where its URL tells.
#[must_use]
pub fn provider_of_issuer(url: &str) -> Option<&'static str> {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    match host {
        "token.actions.githubusercontent.com" => Some("github"),
        "gitlab.com" => Some("gitlab"),
        "vstoken.dev.azure.com" | "login.microsoftonline.com" => Some("azure"),
        "oidc.circleci.com" => Some("circleci"),
        // Pulumi's own issuer, whose path looks like Jenkins'.
        "api.pulumi.com" => None,
        _ if path == "_services/token" => Some("github"),
        _ => {
            let path = format!("/{path}/");
            (path.contains("/oidc/job/") || path.ends_with("/oidc/")).then_some("jenkins")
        }
    }
}

/// Whether tenants who know nothing of each other have their tokens from one issuer.
pub(crate) fn is_shared(url: &str) -> bool {
    let shared = ["https://token.actions.githubusercontent.com", "https://gitlab.com"];
    shared.contains(&url) || url.starts_with("https://login.microsoftonline.com/")
}

/// Whose subject it is, by its beginning.
pub(crate) fn provider_of_subject(subject: &str) -> Option<&'static str> {
    let begins = |one: &str| subject.starts_with(one);
    if begins("repo:") {
        Some("github")
    } else if begins("project_path:") {
        Some("gitlab")
    } else if begins("p://") || begins("sc://") || begins("/eid1/") {
        Some("azure")
    } else if begins("org/") && subject.contains("/project/") {
        Some("circleci")
    } else if (begins("https://") || begins("http://")) && subject.contains("/job/") {
        Some("jenkins")
    } else {
        None
    }
}

/// Whose a claim is, where only one system has it; the path is as a policy writes it.
pub(crate) fn provider_of_claim(path: &str) -> Option<&'static str> {
    let keys = keys(path)?;
    let [name] = keys[..] else { return None };
    OWN_CLAIMS.iter().find(|(_, claims)| claims.contains(&name)).map(|(provider, _)| *provider)
}

/// A subject's pattern in two: whose job it is, and which of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject<'a> {
    /// The repository, the project, the folder.
    pub(crate) whose: &'a str,
    /// The branch, the environment, the pipeline, the job: what is left.
    pub(crate) rest: &'a str,
}

impl<'a> Subject<'a> {
    /// Reads the pattern of a subject of that system; none where it has another form.
    pub(crate) fn of(provider: &str, subject: &'a str) -> Option<Subject<'a>> {
        let (whose, rest) = match provider {
            "github" => split(subject.strip_prefix("repo:")?, ":"),
            "gitlab" => split(subject.strip_prefix("project_path:")?, ":"),
            "azure" => {
                let rest = subject.strip_prefix("p://").or_else(|| subject.strip_prefix("sc://"))?;
                match rest.match_indices('/').nth(1) {
                    Some((at, _)) => (&rest[..at], &rest[at + 1..]),
                    None => (rest, ""),
                }
            }
            "circleci" => {
                let rest = subject.strip_prefix("org/")?;
                let at = rest.find("/project/")? + "/project/".len();
                let end = rest[at..].find('/').map_or(rest.len(), |end| at + end);
                (&rest[..end], rest.get(end + 1..).unwrap_or_default())
            }
            "jenkins" => {
                let path = subject.strip_suffix('/').unwrap_or(subject);
                path.find("/job/")?;
                let at = path.rfind('/')?;
                (path[..at].strip_suffix("/job").unwrap_or(&path[..at]), &path[at + 1..])
            }
            _ => return None,
        };
        Some(Subject { whose, rest })
    }
}

fn split<'a>(text: &'a str, between: &str) -> (&'a str, &'a str) {
    text.split_once(between).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_tells_whose_it_is() {
        for (url, provider) in [
            ("https://token.actions.githubusercontent.com", Some("github")),
            ("https://token.actions.githubusercontent.com/acme", Some("github")),
            ("https://github.acme.example/_services/token", Some("github")),
            ("https://gitlab.com", Some("gitlab")),
            ("https://vstoken.dev.azure.com/1", Some("azure")),
            ("https://oidc.circleci.com/org/1", Some("circleci")),
            ("https://ci.acme.example/oidc/job/platform/job/app", Some("jenkins")),
            ("https://ci.acme.example/jenkins/oidc", Some("jenkins")),
            ("https://api.pulumi.com/oidc", None),
            ("https://gitlab.acme.example", None),
        ] {
            assert_eq!(provider_of_issuer(url), provider, "{url}");
        }
    }

    #[test]
    fn a_subject_is_whose_job_it_is_and_which() {
        for (provider, subject, whose, rest) in [
            ("github", "repo:acme/app:environment:production", "acme/app", "environment:production"),
            ("github", "repo:acme/*", "acme/*", ""),
            ("gitlab", "project_path:acme/app:ref_type:branch:ref:main", "acme/app", "ref_type:branch:ref:main"),
            ("azure", "p://acme/platform/app", "acme/platform", "app"),
            ("azure", "p://acme/*", "acme/*", ""),
            ("circleci", "org/1/project/2/user/*", "1/project/2", "user/*"),
            ("circleci", "org/1/project/*", "1/project/*", ""),
            ("jenkins", "https://ci/job/app/job/main/", "https://ci/job/app", "main"),
            ("jenkins", "https://ci/job/app/*", "https://ci/job/app", "*"),
            ("jenkins", "https://ci/job/*", "https://ci", "*"),
        ] {
            assert_eq!(Subject::of(provider, subject), Some(Subject { whose, rest }), "{subject}");
        }
    }
}
