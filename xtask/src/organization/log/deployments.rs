//! The list of deployments that Pulumi Deployments ran, for the stacks that it runs.
//!
//! What must hold: an ordinary one is of the declared branch and repository, started by the pipeline through the REST API.

use serde_json::{Value, json};
use stackgate::plan::Deployments;
use stackgate_cloud_fixtures::{id, instant};

/// A deployment of a stack: `ListDeploymentSnapshot`.
pub(super) fn deployment(declared: &Deployments, number: usize, time: i64, login: &str, initiator: &str) -> Value {
    let (owner, repository) = declared.source.repository.split_once('/').unwrap_or(("acme", ""));
    let own = id(&format!("deployment {number} of {}", declared.reference()));
    json!({
        "id": own,
        "created": instant(time),
        "modified": instant(time + 240),
        "status": "succeeded",
        "version": number,
        "requestedBy": { "name": login, "githubLogin": login, "avatarUrl": "" },
        "projectName": declared.project,
        "stackName": declared.stack,
        "paused": false,
        "pulumiOperation": "update",
        "initiator": initiator,
        "jobs": [],
        "updates": [{
            "id": own, "updateID": own, "version": number, "kind": "update", "result": "succeeded",
            "startTime": time, "endTime": time + 200, "message": "",
            "environment": {
                "git.headName": format!("refs/heads/{}", declared.source.branch),
                "git.head": format!("{:040x}", u128::from(number as u64) * 0x9e37_79b9_7f4a_7c15),
                "vcs.owner": owner,
                "vcs.repo": repository,
            },
        }],
    })
}
