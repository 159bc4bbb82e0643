//! What must be set in CircleCI and on GitHub, outside of the config.
//!
//! What must hold: an item for everything that the config takes for granted, with the command or page that sets it and
//! the one that shows it. Nothing here is claimed as done.

use stackgate_provider::CheckItem;
use stackgate_provider::plan::{Plan, Trigger};

use crate::options::{Class, Context, Events, Options};
use crate::{ID, words};

/// Every item, the contexts first.
pub(crate) fn checklist(plan: &Plan, options: &Options) -> Vec<CheckItem> {
    let names = Names::new(options);
    let mut items: Vec<CheckItem> =
        options.all_contexts().into_iter().map(|(class, found)| context(plan, options, &names, class, found)).collect();
    let uses = |class| plan.stages_of(ID).any(|stage| Class::of(stage) == class);
    let missing = [Class::Development, Class::ProductionPreview, Class::Production];
    for class in missing.into_iter().filter(|class| uses(*class) && options.context(*class).is_none()) {
        items.push(CheckItem {
            what: format!("Give these jobs a context of their own: `contexts: {{ {}: NAME }}`", class.key()),
            why: "Without one, every job of the project on the deploy branch looks the same to Pulumi Cloud, \
                  tokenless ones included; so does a pipeline that somebody starts through the API with a config of \
                  another branch."
                .into(),
            how: "the option in the spec; then this list says how to restrict the context".into(),
        });
    }
    items.extend(project(plan, options, &names));
    items.extend(repository(plan, options, &names));
    let most = plan.stages_of(ID).map(|stage| stage.timeout_minutes).max().unwrap_or(0);
    if most > 60 {
        items.push(CheckItem {
            what: format!(
                "Have a plan that gives jobs {most} minutes: one hour on Free, three on Performance, five on Scale"
            ),
            why: "CircleCI ends the job at its plan's limit without a signal, and an update leaves the stack locked."
                .into(),
            how: "Plan > Overview in the organization".into(),
        });
    }
    items
}

fn context(plan: &Plan, options: &Options, names: &Names, class: Class, context: &Context) -> CheckItem {
    let name = &context.name.value;
    let (project, organization) = (&names.project, &names.organization);
    let expression = expression(plan, options, class.trigger());
    let shown = context.id.as_ref().map_or_else(
        || format!("circleci context get {name}"),
        |id| {
            format!(
                "curl --header \"Circle-Token: $CIRCLE_TOKEN\" https://circleci.com/api/v2/context/{}/restrictions",
                id.value
            )
        },
    );
    let (who, group) = match class {
        Class::Production => (
            ", and, in organizations of type `github`, to the team of those who may approve in place of `All members`",
            format!("; circleci context restriction create {name} --type group --value TEAM --org {organization}"),
        ),
        _ => ("", String::new()),
    };
    CheckItem {
        what: format!(
            "Create the context `{name}` without any variable, restricted to this project and to an expression{who}"
        ),
        why: match class {
            Class::Preview => "It tells previews of change requests from every other job of the project.",
            Class::Development => "It tells development's deploys from every other job on the deploy branch.",
            Class::ProductionPreview => {
                "It tells production's preview from every other job; it must not wait for an approver."
            }
            Class::Production => "It is the gate that the OIDC token shows: unrestricted, every branch could use it.",
        }
        .into(),
        how: format!(
            "circleci context create {name} --org {organization}; circleci context restriction create {name} --type \
             project --value {project} --org {organization}; circleci context restriction create {name} --type \
             expression --value '{expression}' --org {organization}{group}; shown by: {shown}{}",
            names.note
        ),
    }
}

/// What a context requires of a pipeline: what the workflow requires, and a config that came with the code.
fn expression(plan: &Plan, options: &Options, trigger: Trigger) -> String {
    let mut expression = words::when(plan, options, trigger);
    expression.push_str(" and not job.ssh.enabled and not (pipeline.config_source starts-with \"api\")");
    if options.events() == Events::GithubApp && trigger == Trigger::Push {
        expression.push_str(&format!(" and pipeline.config.ref == \"refs/heads/{}\"", plan.branch));
    }
    if let Some(id) = &options.pipeline_definition_id {
        expression.push_str(&format!(" and pipeline.definition.id == \"{}\"", id.value));
    }
    expression
}

fn project(plan: &Plan, options: &Options, names: &Names) -> Vec<CheckItem> {
    let mut items = vec![
        item(
            "Leave \"Trigger pipelines with unversioned config\" off, in the organization and in the project",
            "Such a pipeline runs any config at all with the claims of the deploy branch.",
            "Organization settings > Advanced; Project settings > Advanced",
        ),
        item(
            "Have no variable PULUMI_ACCESS_TOKEN in the project and in no context that these jobs use",
            "A stored token outlives every job; the guard refuses to go on where one is set.",
            &format!("Project settings > Environment variables; {}", names.contexts),
        ),
    ];
    if options.events() == Events::Oauth {
        items.push(item(
            "Leave \"Pass secrets to builds from forked pull requests\" off",
            "With it, a fork's change request could ask for an OIDC token.",
            "Project settings > Advanced",
        ));
        items.push(item(
            "Check out with a deploy key that can only read, not with somebody's user key",
            "The checkout's key is in reach of the code until the next step removes it.",
            &format!(
                "Project settings > SSH keys; shown by: curl --header \"Circle-Token: $CIRCLE_TOKEN\" \
                 https://circleci.com/api/v2/project/gh/{}/checkout-key",
                names.repository
            ),
        ));
    } else {
        let previews = if words::stages(plan, Trigger::ChangeRequest).is_empty() {
            ""
        } else {
            ", and for pull requests opened or pushed to"
        };
        items.push(CheckItem {
            what: format!(
                "Let a pipeline definition read `{}` from the branch that was pushed, with triggers for pushes to \
                 `{}`{previews}",
                options.path(),
                plan.branch
            ),
            why: "Without a trigger for an event, its workflow never runs; a config from another repository or \
                  branch is not the reviewed one."
                .into(),
            how: format!(
                "Project settings > Project setup: the triggers \"Pushes to default branch\" (\"All pushes\" where \
                 the deploy branch is another), \"PR opened\" and \"Pushes to open non-draft PRs\"; shown by: curl \
                 --header \"Circle-Token: $CIRCLE_TOKEN\" \
                 https://circleci.com/api/v2/projects/{}/pipeline-definitions{}",
                names.project,
                options.pipeline_definition_id.as_ref().map(|id| format!("/{}", id.value)).unwrap_or_default()
            ),
        });
    }
    items.push(CheckItem {
        what: format!(
            "Leave \"Auto-cancel redundant workflows\" off unless `{}` is the repository's default branch",
            plan.branch
        ),
        why: "A newer push to any other branch cancels the deploy that runs, and leaves the stack locked.".into(),
        how: "Project settings > Advanced".into(),
    });
    items
}

fn repository(plan: &Plan, options: &Options, names: &Names) -> Vec<CheckItem> {
    let repository = &names.repository;
    let mut items = vec![
        CheckItem {
            what: format!("Protect the branch `{}`: changes by pull request with a review", plan.branch),
            why: "Whoever can push to it deploys to development, and changes what production's approval is asked for."
                .into(),
            how: format!(
                "https://github.com/{repository}/settings/rules; shown by: gh api \
                 repos/{repository}/rules/branches/{}",
                plan.branch
            ),
        },
        item(
            "Make code owners review changes under `.circleci/` and of the spec",
            "A changed config on the deploy branch has the trust of the one that stackgate wrote.",
            "a CODEOWNERS file with `/.circleci/` and the spec, and the rule that requires code owners' review",
        ),
    ];
    let previews = words::stages(plan, Trigger::ChangeRequest);
    if !previews.is_empty() {
        let checks: Vec<String> = match options.events() {
            Events::Oauth => previews.iter().map(|stage| format!("`ci/circleci: {}`", stage.id)).collect(),
            Events::GithubApp => vec!["`pulumi-preview`".into()],
        };
        items.push(CheckItem {
            what: format!("Require the checks {}", checks.join(", ")),
            why: "They report on every change request, also where path filters end a preview early.".into(),
            how: format!("https://github.com/{repository}/settings/rules"),
        });
    }
    items
}

/// Names from the options, or what stands for them in a command.
struct Names {
    organization: String,
    note: String,
    project: String,
    repository: String,
    contexts: String,
}

impl Names {
    fn new(options: &Options) -> Names {
        let text = |given: &Option<stackgate_provider::yaml::Located<String>>, otherwise: &str| {
            given.as_ref().map_or_else(|| otherwise.to_owned(), |text| text.value.clone())
        };
        let repository = text(&options.repository, "OWNER/NAME");
        let owner = repository.split('/').next().unwrap_or("OWNER").to_owned();
        // Only CircleCI knows which type an organization is of; one of GitHub's OAuth app is always of type `github`.
        let (organization, note) = match (&options.organization_id, options.events()) {
            (Some(id), Events::GithubApp) => (
                format!("circleci/{}", id.value),
                format!("; an organization of type `github` is called gh/{owner} instead"),
            ),
            _ => (format!("gh/{owner}"), String::new()),
        };
        let id = text(&options.organization_id, "ORGANIZATION_ID");
        Names {
            organization,
            note,
            project: text(&options.project_id, "PROJECT_ID"),
            repository,
            contexts: format!(
                "curl --header \"Circle-Token: $CIRCLE_TOKEN\" \"https://circleci.com/api/v2/context?owner-id={id}\""
            ),
        }
    }
}

fn item(what: &str, why: &str, how: &str) -> CheckItem {
    CheckItem { what: what.into(), why: why.into(), how: how.into() }
}
