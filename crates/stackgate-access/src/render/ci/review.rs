//! What the review page says of the CI systems' settings.
//!
//! What must hold: what the program holds stands here, one thing a line, and so does what it cannot hold.

use std::fmt::Write as _;

use stackgate_provider::{CiEnvironment, CiEnvironmentKind, CiSettings};

use super::{CiOptions, held};
use crate::fragment::Fragment;
use crate::render::markdown::{code, text};

/// The section, where any system is held.
pub(in crate::render) fn section(out: &mut String, fragment: &Fragment, options: &CiOptions) {
    let held = held(fragment, options);
    if held.is_empty() {
        return;
    }
    out.push_str("\n## Settings of the CI systems\n\n");
    out.push_str(
        "The program holds these too. What leaves it stays as it is in the system, until somebody deletes it there: a protection \
         never goes because a spec changed.\n",
    );
    for (provider, words) in SYSTEMS {
        let mut all = held.iter().filter(|settings| settings.provider == *provider).peekable();
        if all.peek().is_none() {
            continue;
        }
        let _ = writeln!(out, "\n### {}\n\n{}\n", words.title, words.before);
        for settings in all {
            lines(out, settings, options);
        }
        let _ = writeln!(out, "\n{}", words.rest);
    }
}

struct Words {
    title: &'static str,
    before: &'static str,
    rest: &'static str,
}

const SYSTEMS: &[(&str, Words)] = &[
    (
        "azure",
        Words {
            title: "Azure DevOps",
            before: "The token is in `AZDO_PERSONAL_ACCESS_TOKEN`, of an administrator of the projects. Import an environment or a branch \
                     policy that exists already; delete checks that somebody made by hand, which cannot be imported and would ask \
                     twice.",
            rest: "Not held, and in each repository's `stackgate show checklist`: the definitions, the service connections \
                   themselves, the settings of the project (forks, variables, the scope of the job's token), required reviewers by path, \
                   agent pools; and the branch of a repository on GitHub. The permission for one definition takes no other \
                   definition's away: look at Security of each environment and connection.",
        },
    ),
    (
        "github",
        Words {
            title: "GitHub",
            before: "The token is in `GITHUB_TOKEN`, of an administrator of the repositories. An environment that exists already is \
                     taken over; import the protection of a branch that has one: `pulumi import \
                     github:index/branchProtection:BranchProtection NAME REPOSITORY:BRANCH`.",
            rest: "Not held, and in each repository's `stackgate show checklist`: the file CODEOWNERS, and what workflows of forks may \
                   do. A branch or a tag that somebody else allowed for an environment stays allowed: look at each once. Rulesets \
                   beside the protection of the branch stay as they are.",
        },
    ),
    (
        "gitlab",
        Words {
            title: "GitLab",
            before: "The token is in `GITLAB_TOKEN`, of a maintainer of the projects. The protection of the default branch is taken \
                     over; import that of another branch, and an environment that is protected already: `pulumi import \
                     gitlab:index/projectProtectedEnvironment:ProjectProtectedEnvironment NAME PROJECT:ENVIRONMENT`.",
            rest: "Not held, and in each repository's `stackgate show checklist`: all that is a setting of the project as a whole, \
                   since the resource would take the whole project over (who sets variables, whether an author approves their own \
                   deployment, outdated deployments, forks, the CI file), the process mode of resource groups, runners, CI/CD \
                   variables. On GitLab Free no environment can be protected.",
        },
    ),
];

fn lines(out: &mut String, settings: &CiSettings, options: &CiOptions) {
    let (title, branch) = (code(&settings.title), code(&settings.branch));
    for environment in &settings.environments {
        let kind = match environment.kind {
            CiEnvironmentKind::Environment => "environment",
            CiEnvironmentKind::Connection => "service connection",
        };
        let conditions = conditions(settings, environment, options);
        let _ = writeln!(out, "- {title}, {kind} {}: {}.", code(&environment.name), conditions.join(", "));
    }
    let Some(protection) = &settings.protection else {
        let _ = writeln!(out, "- {title}: its branch {branch} is protected elsewhere.");
        return;
    };
    let mut conditions = match settings.provider.as_str() {
        "gitlab" => vec!["nobody pushes, maintainers merge, no force push".to_owned()],
        "azure" => vec!["by pull request, with a review by somebody else".to_owned()],
        _ => vec!["by pull request with a review, for administrators too, no force push".to_owned()],
    };
    if protection.code_owners {
        conditions.push("code owners review what is theirs".into());
    }
    conditions.extend(protection.check.as_ref().map(|check| match settings.provider.as_str() {
        "azure" => format!("definition {} must succeed", text(check)),
        _ => format!("the check {} must succeed", code(check)),
    }));
    let _ = writeln!(out, "- {title}, branch {branch}: {}.", conditions.join(", "));
}

fn conditions(settings: &CiSettings, environment: &CiEnvironment, options: &CiOptions) -> Vec<String> {
    let mut conditions = Vec::new();
    if settings.provider != "gitlab" {
        conditions.push(format!("for {} alone", code(&settings.branch)));
    }
    conditions.extend(environment.definition.map(|definition| format!("for definition {definition}")));
    if environment.approval {
        conditions.push(format!("one approval of {}", approvers(settings, options)));
    }
    if environment.lock {
        conditions.push("one deploy at a time".into());
    }
    conditions
}

fn approvers(settings: &CiSettings, options: &CiOptions) -> String {
    let list = |what: &str, all: &[u64]| {
        let mut all = all.to_vec();
        all.sort_unstable();
        all.dedup();
        let all: Vec<String> = all.iter().map(u64::to_string).collect();
        (!all.is_empty()).then(|| format!("{what} {}", all.join(", ")))
    };
    match settings.provider.as_str() {
        "github" => {
            let reviewers = options.github.clone().unwrap_or_default();
            let both = [list("team", &reviewers.teams), list("user", &reviewers.users)];
            let both: Vec<String> = both.into_iter().flatten().collect();
            format!("{}, never of whoever started the run", both.join(" or "))
        }
        "gitlab" => match options.gitlab.as_ref().and_then(|approvers| approvers.group) {
            Some(group) => format!("group {group}, with whom the project must be shared"),
            None => "a maintainer".into(),
        },
        _ => {
            let all: Vec<String> = options.azure.iter().flatten().map(|id| code(id)).collect();
            format!("{}, never of whoever started the run", all.join(" or "))
        }
    }
}
