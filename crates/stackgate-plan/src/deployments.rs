//! What Pulumi Deployments must be told of a stack that it runs, in the words of its REST API.
//!
//! What must hold: nothing here is a secret; what the spec does not say is absent, so that Pulumi Cloud's own default
//! holds. Deliberately absent: how settings are sent, as a resource or as a body. Source of the words: `DeploymentSettings`
//! and `CreateDeploymentRequest` of Pulumi Cloud's OpenAPI document.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stackgate_diagnostic::Span;

/// The deployment settings of one stack, with its schedules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployments {
    /// The Pulumi project.
    pub project: String,
    /// The Pulumi stack.
    pub stack: String,
    /// What starts a deployment.
    pub trigger: DeploymentTrigger,
    /// Where the program comes from.
    pub source: DeploymentSource,
    /// Whether a pull request is previewed.
    pub preview: bool,
    /// Globs from the repository's root that a change must touch; empty for all.
    pub paths: Vec<String>,
    /// Commands before Pulumi runs.
    pub pre_run: Vec<String>,
    /// Whether the installation of dependencies is left out.
    pub skip_install: bool,
    /// Whether only the newest of the waiting deployments runs.
    pub skip_intermediate: bool,
    /// The executor's image, by digest.
    pub image: Option<String>,
    /// The id of the agent pool; Pulumi's own where absent.
    pub agent_pool: Option<String>,
    /// The id of the Pulumi role that a deployment takes which no person or token started.
    pub role: Option<String>,
    /// The cloud identities of a deployment.
    pub cloud: CloudIdentities,
    /// The cloud identities of a preview of a pull request, where they are others. The stored settings then hold these,
    /// and the request that starts a deployment brings those of `cloud`.
    pub preview_cloud: Option<CloudIdentities>,
    /// When drift is looked for.
    pub drift: Option<DriftCheck>,
    /// When the stack is destroyed.
    pub ttl: Option<TimeToLive>,
    /// Other operations at set times.
    pub schedules: Vec<DeploymentSchedule>,
    /// Where the spec says so.
    #[serde(skip)]
    pub place: Span,
}

impl Deployments {
    /// `PROJECT/STACK`, as the spec names it.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.project, self.stack)
    }

    /// Whether Pulumi Cloud deploys each push by itself. Where the pipeline starts the deployment, it must not: two would
    /// deploy the same push.
    pub fn deploys_commits(&self) -> bool {
        self.trigger == DeploymentTrigger::Push
    }

    /// The cloud identities that the stored settings hold, which everything has that brings none of its own: previews of
    /// pull requests, schedules, and deployments on a push.
    pub fn stored_cloud(&self) -> &CloudIdentities {
        self.preview_cloud.as_ref().unwrap_or(&self.cloud)
    }

    /// The body of the request that starts a deployment, as JSON: everything but the commit, which the job knows.
    pub fn request(&self) -> String {
        let mut body = json!({ "inheritSettings": true, "operation": "update" });
        if self.preview_cloud.is_some() {
            body["operationContext"] = json!({ "oidc": self.cloud.wire() });
        }
        body.to_string()
    }
}

impl CloudIdentities {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.aws.is_none() && self.azure.is_none() && self.gcp.is_none()
    }

    /// What `operationContext.oidc` holds. An empty list of policies is said, since settings are merged: left out, the
    /// stored ones would stay.
    pub fn wire(&self) -> Value {
        let mut clouds = serde_json::Map::new();
        let mut insert = |cloud: &str, mut value: Value, more: &[(&str, &Option<String>)]| {
            for (key, text) in more {
                if let Some(text) = text {
                    value[*key] = json!(text);
                }
            }
            clouds.insert(cloud.to_owned(), value);
        };
        if let Some(aws) = &self.aws {
            let value =
                json!({ "roleArn": aws.role_arn, "sessionName": aws.session_name, "policyArns": aws.policy_arns });
            insert("aws", value, &[("duration", &aws.duration)]);
        }
        if let Some(azure) = &self.azure {
            let value = json!({ "clientId": azure.client_id, "tenantId": azure.tenant_id, "subscriptionId": azure.subscription_id });
            insert("azure", value, &[]);
        }
        if let Some(gcp) = &self.gcp {
            // The number is text in the API.
            let value = json!({
                "projectId": gcp.project_number.to_string(),
                "workloadPoolId": gcp.pool,
                "providerId": gcp.provider,
                "serviceAccount": gcp.service_account,
            });
            insert("gcp", value, &[("region", &gcp.region), ("tokenLifetime", &gcp.lifetime)]);
        }
        Value::Object(clouds)
    }
}

/// What starts a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentTrigger {
    /// Pulumi Cloud itself, on a push to the deploy branch.
    Push,
    /// The CI pipeline's deploy stage, through the REST API, after its gate.
    Rest,
}

/// Where the program comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentSource {
    /// The integration: `github`, `gitlab`, `azure_devops`, `bitbucket` or `custom`.
    pub vcs: String,
    /// The repository as the integration names it: `owner/name`.
    pub repository: String,
    /// The deploy branch, without `refs/heads/`.
    pub branch: String,
    /// The project's directory, `.` for the root.
    pub directory: String,
}

/// Cloud identities by OIDC; never a stored key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudIdentities {
    /// Amazon Web Services.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub aws: Option<AwsIdentity>,
    /// Azure.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub azure: Option<AzureIdentity>,
    /// Google Cloud.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gcp: Option<GcpIdentity>,
}

/// A role of Amazon Web Services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsIdentity {
    /// `arn:aws:iam::ACCOUNT:role/NAME`.
    pub role_arn: String,
    /// The session's name.
    pub session_name: String,
    /// How long it lasts, such as `1h`, as Go writes lengths of time.
    pub duration: Option<String>,
    /// Policies that narrow the session.
    pub policy_arns: Vec<String>,
}

/// An application of Microsoft Entra with a federated credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AzureIdentity {
    /// The application's id.
    pub client_id: String,
    /// The tenant.
    pub tenant_id: String,
    /// The subscription.
    pub subscription_id: String,
}

/// A workload identity of Google Cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GcpIdentity {
    /// The project's number.
    pub project_number: u64,
    /// The workload identity pool.
    pub pool: String,
    /// The provider in that pool.
    pub provider: String,
    /// The service account's address.
    pub service_account: String,
    /// The region.
    pub region: Option<String>,
    /// How long the token lives, such as `1h`.
    pub lifetime: Option<String>,
}

/// When drift is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftCheck {
    /// A cron expression of five fields, in UTC.
    pub cron: String,
    /// Whether it is put right at once.
    pub remediate: bool,
}

/// When the stack is destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeToLive {
    /// RFC 3339, in UTC.
    pub at: String,
    /// Whether the stack itself goes too.
    pub delete_stack: bool,
}

/// An operation at set times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentSchedule {
    /// `update`, `preview`, `refresh` or `destroy`.
    pub operation: String,
    /// A cron expression of five fields, in UTC, or else `at`.
    pub cron: Option<String>,
    /// RFC 3339, once.
    pub at: Option<String>,
}
