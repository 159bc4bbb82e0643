//! The kinds of events that Pulumi Cloud's audit log holds, by their stable names.
//!
//! What must hold: the list is sorted, so that a name is found by halving. A name that is not in it is kept and told, since
//! it may be the one that matters.
//!
//! Facts: `data/audit_log_events.json` of pulumi/docs at 199f18d (`event`, `displayName`). Older answers and exports hold
//! the display name in place of the stable one ("Stack Update Started"); `named` turns it into the stable one.

use std::borrow::Cow;

/// What an event is about, as far as a rule asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A token for a job's identity.
    Exchange,
    /// A token that lives until somebody deletes it.
    LongLived,
    /// What decides who gets which token, or what it reaches.
    Trust,
    /// An ESC environment's secrets.
    Open,
    /// Secrets or state of a stack.
    Secrets,
    /// The start of an update of a stack; its end is no second one.
    Update,
    /// A stack's state or name, changed without an update; a stack that is deleted.
    Stack,
    /// Somebody was refused.
    Refused,
    /// A guard that is taken away.
    Guard,
    /// Anything else.
    Other,
}

/// One kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its stable name.
    pub slug: &'static str,
    /// What it is about.
    pub class: Class,
}

/// The kind of that name, whether the stable one or the one for people.
#[must_use]
pub fn kind(slug: &str) -> Option<&'static Kind> {
    KINDS.binary_search_by(|kind| kind.slug.cmp(slug)).ok().and_then(|at| KINDS.get(at))
}

/// The stable name of an event, from that or from the one for people.
#[must_use]
pub fn named(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit()) {
        return Cow::Borrowed(name);
    }
    let slug: String = name.trim().chars().map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect();
    Cow::Owned(match slug.strip_prefix("organization-") {
        // The three whose two names differ.
        Some(rest @ ("downgraded-to-free" | "plan-migrated" | "upgraded-to-pro")) => format!("org-{rest}"),
        _ => slug,
    })
}

macro_rules! kinds {
    ($($slug:literal $class:ident,)*) => {
        /// Every kind, sorted by name.
        pub static KINDS: &[Kind] = &[$(Kind { slug: $slug, class: Class::$class },)*];
    };
}

kinds! {
    "agent-cli-integration-connected" Other,
    "agent-cli-integration-disconnected" Other,
    "agent-cli-integration-updated" Other,
    "agent-integration-disabled" Other,
    "agent-integration-enabled" Other,
    "agent-model-provider-created" Other,
    "agent-model-provider-default-changed" Other,
    "agent-model-provider-deleted" Other,
    "agent-model-provider-updated" Other,
    "agent-task-created" Other,
    "agent-task-deleted" Other,
    "agent-task-shared" Other,
    "agent-task-unshared" Other,
    "agent-task-updated" Other,
    "auth-failure-change-request" Refused,
    "auth-failure-cloud-account" Refused,
    "auth-failure-environment" Refused,
    "auth-failure-insights-account" Refused,
    "auth-failure-organization-role" Refused,
    "auth-failure-scim-access-token" Refused,
    "auth-failure-stack-permission" Refused,
    "authorization-policy-updated" Trust,
    "change-gate-created" Trust,
    "change-gate-deleted" Trust,
    "change-gate-updated" Trust,
    "cloud-account-created" Other,
    "cloud-account-deleted" Other,
    "cloud-account-scan-canceled" Other,
    "cloud-account-scan-started" Other,
    "cloud-account-scheduled-scans-paused" Other,
    "cloud-account-scheduled-scans-resumed" Other,
    "cloud-account-tags-updated" Other,
    "cloud-account-updated" Other,
    "custom-role-created" Trust,
    "custom-role-deleted" Trust,
    "custom-role-updated" Trust,
    "customer-managed-key-added" Other,
    "customer-managed-key-disabled" Guard,
    "customer-managed-key-disabled-all" Guard,
    "customer-managed-key-set-default" Other,
    "deployment-runner-pool-created" Trust,
    "deployment-runner-pool-deleted" Trust,
    "deployment-runner-token-created-for-oidc-issuer" Exchange,
    "deployment-settings-role-updated" Trust,
    "discovery-trial-billing-accepted" Other,
    "discovery-trial-billing-denied" Other,
    "environment-cloned" Other,
    "environment-created" Other,
    "environment-decrypted" Open,
    "environment-deleted" Other,
    "environment-deletion-protection-disabled" Guard,
    "environment-deletion-protection-enabled" Other,
    "environment-draft-open" Open,
    "environment-draft-read-open" Open,
    "environment-oidc-token-issued" Open,
    "environment-open" Open,
    "environment-read" Other,
    "environment-read-open" Open,
    "environment-restored" Other,
    "environment-revision-retracted" Other,
    "environment-revision-tag-created" Other,
    "environment-revision-tag-delete" Other,
    "environment-revision-tag-open" Open,
    "environment-revision-tag-read" Other,
    "environment-revision-tag-update" Other,
    "environment-rotated" Other,
    "environment-schedule-created" Other,
    "environment-schedule-deleted" Other,
    "environment-schedule-updated" Other,
    "environment-tag-created" Other,
    "environment-tag-deleted" Other,
    "environment-tag-updated" Other,
    "environment-unauthorized-open" Refused,
    "environment-updated" Other,
    "insights-account-created" Other,
    "insights-account-deleted" Other,
    "insights-account-scan-canceled" Other,
    "insights-account-scan-started" Other,
    "insights-account-scheduled-scans-paused" Other,
    "insights-account-scheduled-scans-resumed" Other,
    "insights-account-tags-updated" Other,
    "insights-account-updated" Other,
    "insights-trial-billing-accepted" Other,
    "insights-trial-billing-denied" Other,
    "member-added" Other,
    "member-removed" Other,
    "member-role-changed" Trust,
    "neo-member-usage-cap-cleared" Other,
    "neo-member-usage-cap-updated" Other,
    "neo-slack-identity-connected" Other,
    "neo-slack-identity-disconnected" Other,
    "neo-usage-cap-cleared" Other,
    "neo-usage-cap-updated" Other,
    "oidc-issuer-deleted" Trust,
    "oidc-issuer-registered" Trust,
    "oidc-issuer-updated" Trust,
    "oidc-issuer-validation-failed" Refused,
    "org-downgraded-to-free" Other,
    "org-plan-migrated" Other,
    "org-upgraded-to-pro" Other,
    "organization-backend-changed" Trust,
    "organization-deployment-default-role-updated" Trust,
    "organization-deployments-paused" Guard,
    "organization-deployments-resumed" Other,
    "organization-invite-accepted" Other,
    "organization-invite-canceled" Other,
    "organization-invite-sent" Other,
    "organization-settings-changed" Trust,
    "organization-token-created" LongLived,
    "organization-token-created-for-oidc-issuer" Exchange,
    "organization-token-deleted" Other,
    "personal-token-created-for-oidc-issuer" Exchange,
    "policy-group-created" Other,
    "policy-group-deleted" Guard,
    "policy-group-updated" Other,
    "policy-pack-created" Other,
    "policy-pack-deleted" Guard,
    "policy-pack-disabled" Guard,
    "policy-pack-enabled" Other,
    "registry-package-version-deleted" Other,
    "registry-package-version-initialized" Other,
    "registry-package-version-published" Other,
    "registry-template-version-deleted" Other,
    "registry-template-version-initialized" Other,
    "registry-template-version-published" Other,
    "registry-terraform-module-created" Other,
    "registry-terraform-module-deleted" Other,
    "registry-terraform-module-version-deleted" Other,
    "registry-terraform-module-version-initialized" Other,
    "registry-terraform-module-version-published" Other,
    "retrial-ended" Other,
    "retrial-expiration-updated" Other,
    "retrial-started" Other,
    "saml-configuration-updated" Trust,
    "scheduled-deployment-created" Other,
    "scheduled-deployment-deleted" Other,
    "scheduled-deployment-updated" Other,
    "secret-decrypted" Secrets,
    "secrets-batch-decrypted" Secrets,
    "service-created" Other,
    "service-deleted" Other,
    "service-updated" Other,
    "stack-collaborator-added" Trust,
    "stack-collaborator-permissions-changed" Trust,
    "stack-collaborator-removed" Trust,
    "stack-created" Other,
    "stack-created-from-template" Other,
    "stack-deleted" Stack,
    "stack-deployments-paused" Guard,
    "stack-deployments-resumed" Other,
    "stack-exported" Secrets,
    "stack-imported" Stack,
    "stack-outputs-read" Other,
    "stack-provider-open" Other,
    "stack-renamed" Stack,
    "stack-transferred-to-organization" Stack,
    "stack-update-canceled" Other,
    "stack-update-completed" Other,
    "stack-update-started" Update,
    "team-created" Trust,
    "team-deleted" Trust,
    "team-token-created" LongLived,
    "team-token-created-for-oidc-issuer" Exchange,
    "team-token-deleted" Other,
    "team-updated" Trust,
    "user-added-new-identity-to-their-account" Other,
    "user-login" Other,
    "user-login-failed" Refused,
    "vcs-github-installation-linked" Trust,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_each_name_is_found() {
        assert!(KINDS.is_sorted_by(|a, b| a.slug < b.slug));
        assert_eq!(kind("stack-update-started").map(|kind| kind.class), Some(Class::Update));
        assert_eq!(kind("stack-update"), None);
    }

    #[test]
    fn both_names_of_an_event_are_one() {
        for (name, slug) in [
            ("Stack Update Started", "stack-update-started"),
            ("OIDC Issuer Registered", "oidc-issuer-registered"),
            ("Team Token Created for OIDC Issuer", "team-token-created-for-oidc-issuer"),
            ("Organization Upgraded To Pro", "org-upgraded-to-pro"),
            ("secret-decrypted", "secret-decrypted"),
        ] {
            assert_eq!(named(name), slug);
            assert!(kind(&named(name)).is_some(), "{name}");
        }
    }
}
