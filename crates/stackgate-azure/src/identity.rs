//! Whose tokens a trust policy admits: what the options must say, in the words in which a token says it.
//!
//! What must hold: only what the plan's stages need is asked for, and all that is missing is told at once; a GUID is in
//! lower case, as in every token. Deliberately absent: asking Azure.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use stackgate_provider::TRUST_ID_MISSING;
use stackgate_provider::diagnostic::{Diagnostic, Span};
use stackgate_provider::plan::{Plan, Trigger};
use stackgate_provider::yaml::Located;

use crate::ID;
use crate::options::{ConnectionIssuer, Host, Options};

/// The application "Azure DevOps" of Entra, as a subject writes it: [`encoded`] of
/// `499b84ac-1321-427f-aa17-267ca6975798`.
const AZURE_DEVOPS: &str = "rISbSSETf0KqFyZ8ppdXmA";

/// Who a token is of. What no stage of the plan needs is empty.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) organization: String,
    pub(crate) organization_id: String,
    pub(crate) project: String,
    pub(crate) project_id: String,
    /// A GUID, or `owner/name` on GitHub.
    pub(crate) repository: String,
    pub(crate) preview: u64,
    pub(crate) deploy: u64,
    pub(crate) tenant: String,
}

impl Identity {
    /// The issuer of a run's own token, and of a service connection's in its old form.
    pub(crate) fn organization_issuer(&self) -> String {
        format!("https://vstoken.dev.azure.com/{}", self.organization_id)
    }

    /// The issuer of a service connection's token.
    pub(crate) fn tenant_issuer(&self) -> String {
        format!("https://login.microsoftonline.com/{}/v2.0", self.tenant)
    }

    /// The subject of a service connection's token. The tenant and the application stand there as the sixteen bytes of
    /// their GUIDs, in Microsoft's order, in base64url. Source: the token in Teleport's RFD 211, and the subjects of
    /// federated credentials, which all agree; Microsoft does not document the form.
    pub(crate) fn connection_subject(&self, connection: &str) -> String {
        let tenant = encoded(&self.tenant);
        let (organization, connection) = (&self.organization_id, connection.to_ascii_lowercase());
        format!("/eid1/c/pub/t/{tenant}/a/{AZURE_DEVOPS}/sc/{organization}/{connection}")
    }

    /// The definition that runs on a trigger.
    pub(crate) fn definition(&self, trigger: Trigger) -> u64 {
        match trigger {
            Trigger::ChangeRequest => self.preview,
            Trigger::Push | Trigger::Schedule => self.deploy,
        }
    }
}

/// The identity that the options give, or what they lack for the stages of the plan.
pub(crate) fn identity(plan: &Plan, options: &Options) -> Result<Identity, Vec<Diagnostic>> {
    let stages = || plan.stages_of(ID);
    let own = |trigger| stages().any(|stage| stage.trigger == trigger && options.connection(stage).is_none());
    let (previews, pushes) = (own(Trigger::ChangeRequest), own(Trigger::Push) || own(Trigger::Schedule));
    let runs = previews || pushes;
    let connected = stages().any(|stage| options.connection(stage).is_some());
    let legacy = connected && options.connection_issuer() == ConnectionIssuer::AzureDevops;
    let github = options.host() == Host::GitHub;
    let mut lacking = Lacking { span: options.span, found: Vec::new() };
    let organization_id =
        "the `instanceId` that `https://dev.azure.com/NAME/_apis/connectionData` shows, a GUID of its own";
    let tenant = "the GUID of the Entra tenant that the service connection shows, or that `az account show --query tenantId` prints";
    let definition = "the number that `az pipelines list --query \"[].{id:id, name:name}\"` prints";
    let repository = if github {
        "the repository's path on GitHub, as `owner/name`"
    } else {
        "the GUID that `az repos show --repository NAME --query id` prints"
    };
    let organization =
        lacking.text(runs || legacy, "organization", &options.organization, "the name after `dev.azure.com/`");
    let organization_id = lacking.text(true, "organization_id", &options.organization_id, organization_id);
    let project = lacking.text(
        runs || legacy,
        "project",
        &options.project,
        "the name after the organization's in the project's address",
    );
    let project_id = "the GUID that `az devops project show --project NAME --query id` prints";
    let project_id = lacking.text(runs, "project_id", &options.project_id, project_id);
    let id = lacking.text(runs, "repository_id", &options.repository_id, repository);
    if let Some(option) = options.repository_id.as_ref().filter(|_| runs)
        && option.value.contains('/') != github
    {
        let message = format!("`{}` is not what the token says of a repository there", option.value);
        lacking.found.push(
            Diagnostic::error(&TRUST_ID_MISSING, option.span, message)
                .help(format!("write {repository}; or the other `host`")),
        );
    }
    let preview = lacking.number(previews, "preview_definition_id", options.preview_definition_id.as_ref(), definition);
    let deploy = lacking.number(pushes, "deploy_definition_id", options.deploy_definition_id.as_ref(), definition);
    let tenant = lacking.text(connected && !legacy, "tenant_id", &options.tenant_id, tenant);
    if !lacking.found.is_empty() {
        return Err(lacking.found);
    }
    // Where one of the definitions does not exist, some other number stands for it.
    let known = preview.or(deploy).unwrap_or_default();
    Ok(Identity {
        organization,
        organization_id: organization_id.to_ascii_lowercase(),
        project,
        project_id: project_id.to_ascii_lowercase(),
        repository: if github { id } else { id.to_ascii_lowercase() },
        preview: preview.unwrap_or_else(|| known.wrapping_add(1)),
        deploy: deploy.unwrap_or_else(|| known.wrapping_add(1)),
        tenant: tenant.to_ascii_lowercase(),
    })
}

struct Lacking {
    span: Span,
    found: Vec<Diagnostic>,
}

impl Lacking {
    fn text(&mut self, needed: bool, key: &str, option: &Option<Located<String>>, what: &str) -> String {
        if needed && option.is_none() {
            self.add(key, what);
        }
        option.as_ref().map(|option| option.value.clone()).unwrap_or_default()
    }

    fn number(&mut self, needed: bool, key: &str, option: Option<&Located<u64>>, what: &str) -> Option<u64> {
        if needed && option.is_none() {
            self.add(key, what);
        }
        option.map(|option| option.value)
    }

    fn add(&mut self, key: &str, what: &str) {
        let message = format!("a trust policy for Azure Pipelines needs `{key}`");
        self.found.push(Diagnostic::error(&TRUST_ID_MISSING, self.span, message).help(format!("write {what}")));
    }
}

/// A GUID as a subject of Entra's writes it: its bytes in Microsoft's order, where the first three groups run backwards,
/// in base64url without padding.
fn encoded(guid: &str) -> String {
    let digits: String = guid.split('-').collect();
    let number = u128::from_str_radix(&digits, 16).unwrap_or_default();
    let mut bytes = number.to_be_bytes();
    for group in [0..4, 4..6, 6..8] {
        bytes[group].reverse();
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_encoded_as_in_real_subjects() {
        // Teleport's RFD 211; the second is the application itself.
        assert_eq!(encoded("ff882432-09b0-437b-bd22-ca13c0037ded"), "MiSI_7AJe0O9IsoTwAN97Q");
        assert_eq!(encoded("499b84ac-1321-427f-aa17-267ca6975798"), AZURE_DEVOPS);
    }
}
