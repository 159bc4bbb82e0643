//! Tokens as an adapter gives them, beside those that a vendor shows.

use std::collections::BTreeSet;

use stackgate_provider::plan::{Plan, Stage};
use stackgate_provider::{Adapter, Claims, Issued, Situation, Token};

/// The tokens of a situation; none where the adapter says why, as a sentence.
///
/// # Panics
/// When what it says is no sentence.
pub fn tokens(adapter: &dyn Adapter, plan: &Plan, stage: &Stage, situation: Situation) -> Vec<Token> {
    match adapter.claims(plan, stage, situation) {
        Issued::Tokens(tokens) => tokens,
        Issued::Nothing(why) | Issued::Same(why) => {
            assert!(why.ends_with('.'), "{situation:?}: {why}");
            Vec::new()
        }
    }
}

/// Holds claims to an example: the same names, the same types; the same values but for those that differ from run to run,
/// and these differ.
///
/// # Panics
/// When it is not so.
pub fn compare(claims: &Claims, example: &str, differ: &[&str]) {
    let example: Claims = serde_json::from_str(example).unwrap();
    let names = |claims: &Claims| claims.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(claims), names(&example));
    for (name, value) in &example {
        let own = &claims[name];
        assert_eq!(std::mem::discriminant(own), std::mem::discriminant(value), "{name}");
        assert_eq!(own != value, differ.contains(&name.as_str()), "{name}: {own}, and {value} in the example");
    }
}
