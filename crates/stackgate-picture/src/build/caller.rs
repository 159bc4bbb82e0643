//! Who a policy is about, and what sets it apart, in a few words, from the claims that it asks for.
//!
//! What must hold: what is said is a part of the policy's own text; where nothing is known of the claims, the whole text is
//! shown. It is for reading only: nothing is decided by it.
//!
//! Facts: the forms of `sub` are those that the adapters' own policies have, and each CI system's documentation.

use stackgate_trust::{Decision, Policy};

/// The repository, project or job, as the claims write it: `acme/shop`.
pub(super) fn caller(policy: &Policy) -> String {
    let rule = |claim: &str| policy.rules.get(claim).map(String::as_str);
    if let Some(repository) = rule("repository").or_else(|| rule("project_path")) {
        return repository.to_owned();
    }
    if let Some(reference) = rule("workflow_ref").or_else(|| rule("job_workflow_ref")) {
        return reference.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
    }
    if let Some((path, _)) = rule("ci_config_ref_uri").and_then(|uri| uri.split_once("//")) {
        return path.split_once('/').map_or(path, |(_, path)| path).to_owned();
    }
    if let Some(origin) = rule("\"oidc.circleci.com/vcs-origin\"") {
        return origin.to_owned();
    }
    match rule("sub") {
        Some(subject) => of_subject(subject),
        None => "anybody at this issuer".to_owned(),
    }
}

/// The part of a subject that is one repository's or job's.
fn of_subject(subject: &str) -> String {
    for opening in ["repo:", "project_path:"] {
        if let Some(rest) = subject.strip_prefix(opening) {
            let path = rest.split(':').next().unwrap_or(rest);
            // Names with ids: `acme@77/shop@4242`.
            let names: Vec<&str> = path.split('/').map(|part| part.split('@').next().unwrap_or(part)).collect();
            return names.join("/");
        }
    }
    // Microsoft Entra's form for a service connection: the last part is its id.
    if let Some((_, connection)) = subject.strip_prefix("/eid1/").and_then(|rest| rest.rsplit_once('/')) {
        return format!("service connection {connection}");
    }
    // The address of a job of Jenkins ends with the branch.
    if let Some((job, _)) = job_and_branch(subject) {
        return job.to_owned();
    }
    let shorter = ["/*", "/"].iter().find_map(|end| subject.strip_suffix(end)).filter(|rest| rest.contains('/'));
    shorter.unwrap_or(subject).to_owned()
}

/// `ci.example/job/shop` and `main` of `https://ci.example/job/shop/job/main/`.
fn job_and_branch(subject: &str) -> Option<(&str, &str)> {
    let rest = subject.strip_prefix("https://")?.trim_end_matches('/');
    let (job, branch) = rest.rsplit_once("/job/")?;
    job.contains("/job/").then_some((job, branch))
}

/// What sets the policy apart from others of the same caller: `env shop-production`.
pub(super) fn condition(policy: &Policy) -> String {
    let rule = |claim: &str| policy.rules.get(claim).map(|pattern| shorten(pattern));
    let event = rule("event_name").or_else(|| rule("pipeline_source"));
    let words = if let Some(environment) = rule("environment") {
        format!("env {environment}")
    } else if let Some(event) = event {
        match rule("base_ref").or_else(|| rule("ref")) {
            Some(reference) => format!("{event}, {reference}"),
            None => event,
        }
    } else if let Some(reference) = rule("rpo_ref") {
        rule("def_id").map_or(reference.clone(), |definition| format!("definition {definition}, {reference}"))
    } else if let Some(reference) = rule("\"oidc.circleci.com/vcs-ref\"") {
        let context = rule("\"oidc.circleci.com/context-ids\"");
        context.map_or(reference.clone(), |context| format!("{reference}, context {}", context.trim_matches('*')))
    } else if let Some(subject) = policy.rules.get("sub") {
        match job_and_branch(subject) {
            Some((_, branch)) => branch.to_owned(),
            None if subject.starts_with("/eid1/") || subject.starts_with("sc://") => {
                "any run that may use it".to_owned()
            }
            None => format!("sub {subject}"),
        }
    } else if let Some((claim, pattern)) = policy.rules.iter().next_back() {
        format!("{claim} {}", shorten(pattern))
    } else {
        "asks for no claim".to_owned()
    };
    if policy.decision == Decision::Deny { format!("deny: {words}") } else { words }
}

fn shorten(pattern: &str) -> String {
    pattern.strip_prefix("refs/heads/").unwrap_or(pattern).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(rules: &[(&str, &str)]) -> Policy {
        Policy::allow_team("t", rules.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn each_system_is_known_by_its_claims() {
        for (rules, who) in [
            (&[("workflow_ref", "acme/shop/.github/workflows/x.yml@refs/heads/main")][..], "acme/shop"),
            (&[("sub", "repo:acme@77/shop@4242:environment:x")], "acme/shop"),
            (&[("ci_config_ref_uri", "gitlab.com/acme/sub/shop//.gitlab-ci.yml@refs/heads/main")], "acme/sub/shop"),
            (&[("sub", "p://acme/shop/*")], "p://acme/shop"),
            (&[("sub", "https://ci.example/job/shop/job/PR-*/")], "ci.example/job/shop"),
            (&[("sub", "/eid1/c/pub/t/x/a/y/sc/1/2")], "service connection 2"),
            (&[("\"oidc.circleci.com/vcs-origin\"", "github.com/acme/shop")], "github.com/acme/shop"),
            (&[("sub", "*")], "*"),
            (&[("aud", "x")], "anybody at this issuer"),
        ] {
            assert_eq!(caller(&policy(rules)), who);
        }
    }

    #[test]
    fn a_condition_is_the_narrowest_claim() {
        assert_eq!(condition(&policy(&[("environment", "prod"), ("ref", "refs/heads/main")])), "env prod");
        assert_eq!(condition(&policy(&[("event_name", "pull_request"), ("base_ref", "main")])), "pull_request, main");
        assert_eq!(condition(&policy(&[("aud", "x"), ("sub", "*")])), "sub *");
        assert_eq!(condition(&policy(&[("sub", "https://ci.example/job/shop/job/PR-*/")])), "PR-*");
        assert_eq!(condition(&policy(&[("sub", "/eid1/c/pub/t/x/a/y/sc/1/2")])), "any run that may use it");
        assert_eq!(condition(&policy(&[])), "asks for no claim");
    }
}
