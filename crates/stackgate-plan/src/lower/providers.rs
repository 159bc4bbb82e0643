//! Which provider runs a job.
//!
//! What must always hold: exactly one provider runs each; with several, the spec says which, since a guess would let
//! two of them deploy one push. Deliberately absent: what a provider can do.

use stackgate_diagnostic::{Diagnostic, Span, quote};
use stackgate_spec::{ProviderId, UNKNOWN_PROVIDER};
use stackgate_yaml::Switch;

use super::settings::Given;
use super::stacks::{Resolved, Work};
use super::{Lowering, did_you_mean};
use crate::rules::AMBIGUOUS_PROVIDER;

/// Where a job runs.
#[derive(Debug, Clone)]
pub(super) enum RunsOn {
    /// On this provider, which the spec names there.
    Provider(String, Span),
    /// There are several, and none is named.
    Unclear,
    /// One is named that there is not, which was said.
    Unknown,
}

impl RunsOn {
    /// The provider's id with the place that names it.
    pub(super) fn provider(&self) -> Option<(&str, Span)> {
        match self {
            RunsOn::Provider(id, span) => Some((id, *span)),
            RunsOn::Unclear | RunsOn::Unknown => None,
        }
    }
}

impl Lowering<'_> {
    /// The provider that is named, or else the only one.
    pub(super) fn runs_on(&mut self, named: Option<Given<'_, ProviderId>>) -> RunsOn {
        let mut providers = self.spec.providers.iter();
        match (named, providers.next(), providers.next()) {
            (Some(named), ..) if self.configured(named.value, named.span) => {
                RunsOn::Provider(named.value.to_string(), named.span)
            }
            (Some(_), ..) | (None, None, _) => RunsOn::Unknown,
            (None, Some((id, span, _)), None) => RunsOn::Provider(id.to_owned(), span),
            (None, Some(_), Some(_)) => RunsOn::Unclear,
        }
    }

    /// Whether a provider that the spec names is configured; says so when it is not.
    pub(super) fn configured(&mut self, id: &str, span: Span) -> bool {
        if self.spec.providers.contains_key(id) {
            return true;
        }
        let message = format!("the provider {} is not configured", quote(id));
        let spec = self.spec;
        let meant = self.closest(id, spec.providers.keys());
        let diagnostic = did_you_mean(Diagnostic::error(&UNKNOWN_PROVIDER, span, message), meant);
        self.error(diagnostic.help(format!("`providers` has {}", self.provider_list())));
        false
    }

    /// The providers under `defaults`, which nobody else looks at when every stack names its own.
    pub(super) fn default_providers(&mut self) {
        let defaults = self.defaults;
        let preview = defaults.preview.as_ref().and_then(Switch::on).and_then(|preview| preview.provider.as_ref());
        let deploy = defaults.deploy.as_ref().and_then(Switch::on).and_then(|deploy| deploy.provider.as_ref());
        for named in [preview, deploy].into_iter().flatten() {
            self.configured(&named.value, named.span);
        }
    }

    /// Asks which provider is meant, once for all deploys and once for all previews of change requests.
    pub(super) fn unclear_providers(&mut self, stacks: &[Resolved<'_>]) {
        type Of = for<'r> fn(&'r Resolved<'_>) -> Option<&'r Work>;
        let kinds: [(&str, &str, Of); 2] = [
            ("deploys", "deploy", |stack| stack.deploy.as_ref()),
            ("previews", "preview", |stack| stack.change.as_ref()),
        ];
        for (does, key, of) in kinds {
            let unclear =
                |stack: &&Resolved<'_>| of(stack).is_some_and(|work| matches!(work.provider, RunsOn::Unclear));
            let unclear: Vec<&Resolved<'_>> = stacks.iter().filter(unclear).collect();
            let Some((first, others)) = unclear.split_first() else { continue };
            let and = match others {
                [] => String::new(),
                [other] => format!(" and `{}`", other.reference()),
                more => format!(" and {} more stacks", more.len()),
            };
            let message =
                format!("there are several providers, and none is named that {does} `{}`{and}", first.reference());
            let list = self.provider_list();
            let help = format!(
                "write `{key}: {{ provider: NAME }}` under `defaults` or at the stack; the providers are {list}"
            );
            self.error(Diagnostic::error(&AMBIGUOUS_PROVIDER, first.key, message).help(help));
        }
    }

    /// The configured providers, for a line of help.
    pub(super) fn provider_list(&self) -> String {
        let ids: Vec<String> = self.spec.providers.keys().map(quote).collect();
        ids.join(", ")
    }
}
