//! `withCredentials`: which stored credentials steps see, and in which variables.
//!
//! What must hold: every variable of a binding is a credential; a binding of a kind that nobody here knows is one too. Source:
//! the credentials-binding plugin and those that extend it.

use stackgate_provider::facts::{Credential, Value};

use super::Reading;
use super::arguments::{Given, items, plain};
use super::around::Around;
use super::blocks::stored;
use crate::groovy::{Call, Kind};

impl Reading<'_> {
    /// The credentials that a `withCredentials` binds.
    pub(super) fn bindings(&mut self, call: &Call, around: &Around) -> Vec<Credential> {
        let mut all = Vec::new();
        for item in Given::of(call).main("bindings").into_iter().flat_map(items) {
            let place = self.place(item.span);
            let Some(given) = Given::of_value(item) else {
                // A name for a list of bindings.
                all.push(stored("credential", self.value(item, around), None, place));
                continue;
            };
            let kind = match &item.kind {
                Kind::Call(call) => call.name.clone(),
                _ => given.named("$class").and_then(plain).unwrap_or("").to_owned(),
            };
            let id = given.named("credentialsId").or_else(|| given.first());
            let id = id.map_or_else(|| Value::literal(kind.as_str()), |id| self.value(id, around));
            let mut variables: Vec<String> = given
                .all()
                .filter(|(name, _)| *name == "variable" || name.ends_with("Variable"))
                .map(|(_, value)| self.value(value, around).text().to_owned())
                .collect();
            if variables.is_empty() {
                variables = unsaid(&kind).iter().map(|name| (*name).to_owned()).collect();
            }
            if variables.is_empty() {
                all.push(stored("credential", id, None, place));
                continue;
            }
            all.extend(variables.iter().map(|variable| stored("credential", id.clone(), Some(variable), place)));
        }
        all
    }
}

/// Variables of a binding that says none.
fn unsaid(kind: &str) -> &'static [&'static str] {
    match kind {
        "aws" | "AmazonWebServicesCredentialsBinding" => &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
        "azureServicePrincipal" => {
            &["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"]
        }
        "kubeconfigContent" | "kubeconfigFile" => &["KUBECONFIG"],
        _ => &[],
    }
}
