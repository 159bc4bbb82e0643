//! The providers, one line each. Everything else about a provider is in its own crate.

use stackgate_provider::Provider;

/// Every provider, in the order in which tables show them.
#[rustfmt::skip] // One line each, so that a new provider is one added line.
pub static PROVIDERS: &[&dyn Provider] = &[
    &stackgate_github::GitHub,
    &stackgate_gitlab::GitLab,
    &stackgate_azure::Azure,
    &stackgate_jenkins::Jenkins,
    &stackgate_circleci::CircleCi,
];

/// The provider of that id.
pub fn provider(id: &str) -> Option<&'static dyn Provider> {
    PROVIDERS.iter().copied().find(|provider| provider.id() == id)
}
