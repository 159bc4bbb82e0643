//! Every limit that an input is held to, from the constants that the checks use.
//!
//! What must hold: a limit that is checked is here, with its rule. Checks are elsewhere.

use stackgate_diagnostic::Limit;
use stackgate_yaml::{Limits, TOO_DEEP, TOO_LARGE, TOO_MANY_NODES};

use crate::registry::PROVIDERS;

/// Every limit, by what it is about.
pub fn all_limits() -> Vec<(String, Vec<Limit>)> {
    let reading = |limits: Limits| {
        vec![
            Limit::new("bytes", limits.bytes, &TOO_LARGE),
            Limit::new("lists and mappings within each other", limits.depth, &TOO_DEEP),
            Limit::new("keys and values", limits.nodes, &TOO_MANY_NODES),
        ]
    };
    let mut spec = stackgate_spec::limits();
    spec.extend(stackgate_plan::limits());
    let mut all = vec![
        ("A spec, as text".to_owned(), reading(Limits::SPEC)),
        ("A pipeline, and Pulumi's own files, as text".to_owned(), reading(Limits::PIPELINE)),
        ("What a spec says".to_owned(), spec),
        ("An audit".to_owned(), crate::audit::limits()),
        ("A log".to_owned(), crate::logs::limits()),
    ];
    all.extend(PROVIDERS.iter().map(|provider| {
        let limits = [provider.largest()].into_iter().chain(provider.limits()).collect();
        (provider.title().to_owned(), limits)
    }));
    all
}
