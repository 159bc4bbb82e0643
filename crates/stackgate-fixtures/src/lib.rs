//! What tests share: plans that need no spec, adapters of given options, tokens held to examples, and bodies held to schemas.
//!
//! What must hold: a plan is such as lowering makes one, so that lowering may change without these tests. Deliberately
//! absent: any provider's own words, which each crate's tests put in; and any use of this crate but in tests.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod plan;
mod schema;
mod tokens;

use stackgate_provider::yaml::{Limits, Reader, parse};
use stackgate_provider::{Adapter, Provider};

pub use plan::{plan, runtime, stage, waiver};
pub use schema::Schemas;
pub use tokens::{compare, tokens};

/// An adapter of these options, which must be in order.
///
/// # Panics
/// When something is wrong with the options.
pub fn adapter(provider: &dyn Provider, options: &str) -> Box<dyn Adapter> {
    let mut reader = Reader::new();
    let adapter = provider.configure(&parse(options, &Limits::SPEC).unwrap(), &mut reader);
    let told = reader.into_diagnostics();
    assert!(told.is_empty(), "{options}: {told:?}");
    adapter.unwrap()
}
