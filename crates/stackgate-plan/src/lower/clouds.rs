//! Cloud identities and times, from the spec's words to the plan's.
//!
//! What must always hold: a value comes out as it was written, and a default that is not the cloud's own is here and
//! nowhere else. Deliberately absent: which of the identities a deployment gets.

use stackgate_spec::{self as spec, Operation};

use crate::deployments::{
    AwsIdentity, AzureIdentity, CloudIdentities, DeploymentSchedule, DriftCheck, GcpIdentity, TimeToLive,
};

/// What AWS logs of a session that has no name of its own.
const SESSION: &str = "pulumi-deployments";

/// Identities of all clouds.
pub(super) fn identities(given: &spec::CloudIdentities) -> CloudIdentities {
    let aws = given.aws.as_ref().map(|aws| AwsIdentity {
        role_arn: aws.role_arn.to_string(),
        session_name: aws.session_name.as_ref().map_or_else(|| SESSION.to_owned(), ToString::to_string),
        duration: aws.duration.as_ref().map(ToString::to_string),
        policy_arns: aws.policy_arns.iter().flat_map(|policies| &policies.value).map(ToString::to_string).collect(),
    });
    let azure = given.azure.as_ref().map(|azure| AzureIdentity {
        client_id: azure.client_id.to_string(),
        tenant_id: azure.tenant_id.to_string(),
        subscription_id: azure.subscription_id.to_string(),
    });
    let gcp = given.gcp.as_ref().map(|gcp| GcpIdentity {
        project_number: gcp.project_number.value,
        pool: gcp.pool.to_string(),
        provider: gcp.provider.to_string(),
        service_account: gcp.service_account.to_string(),
        region: gcp.region.as_ref().map(ToString::to_string),
        lifetime: gcp.lifetime.as_ref().map(ToString::to_string),
    });
    CloudIdentities { aws, azure, gcp }
}

/// The clouds that `some` has and `others` has not, by the spec's words.
pub(super) fn beyond(some: &spec::CloudIdentities, others: &spec::CloudIdentities) -> Vec<&'static str> {
    let clouds = [
        ("aws", some.aws.is_some(), others.aws.is_some()),
        ("azure", some.azure.is_some(), others.azure.is_some()),
        ("gcp", some.gcp.is_some(), others.gcp.is_some()),
    ];
    clouds.into_iter().filter(|(_, some, others)| *some && !others).map(|(cloud, ..)| cloud).collect()
}

/// When drift is looked for.
pub(super) fn drift(given: &spec::DriftCheck) -> DriftCheck {
    DriftCheck {
        cron: given.schedule.to_string(),
        remediate: given.remediate.as_ref().is_some_and(|remediate| remediate.value),
    }
}

/// When the stack is destroyed.
pub(super) fn ttl(given: &spec::TimeToLive) -> TimeToLive {
    TimeToLive {
        at: given.at.to_string(),
        delete_stack: given.delete_stack.as_ref().is_some_and(|delete| delete.value),
    }
}

/// An operation at set times.
pub(super) fn schedule(given: &spec::Schedule) -> DeploymentSchedule {
    DeploymentSchedule {
        operation: given.operation.to_string(),
        cron: given.schedule.as_ref().map(ToString::to_string),
        at: given.at.as_ref().map(ToString::to_string),
    }
}

/// Whether an operation changes what the stack has deployed.
pub(super) fn changes(operation: Operation) -> bool {
    matches!(operation, Operation::Update | Operation::Destroy)
}
