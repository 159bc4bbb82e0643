//! From answers to the model: which questions are asked, and how each answer is understood.
//!
//! What must hold: the questions are the fewest that comparison needs; an answer that is not understood makes its part
//! unknown, with the place in it; an unknown word is kept and never taken for a known one; keys beyond those that are needed
//! do no harm; the model is in the same order whatever order the answers came in.

mod access;
mod ask;
mod entities;
mod field;
mod log;
mod organization;
mod trust;

use indexmap::IndexMap;

use crate::actual::{Actual, Known};
use crate::api::Api;
use crate::saved::Origin;
use ask::known;
pub use log::{AuditPage, DeploymentPage, audit_events, audit_log, deployments};

/// What to read beyond the lists.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose state, from where, and when.
    pub origin: Origin,
    /// Stacks as `project/stack` that are asked for their settings and their creator.
    pub stacks: Vec<String>,
    /// Environments as `project/name` that are asked for their metadata and their gates.
    pub environments: Vec<String>,
}

/// Hears how far the reading is.
pub trait Progress {
    /// A part is being read: its name in the plural, such as `teams`; how many questions are answered, and of how many.
    fn at(&mut self, part: &str, answered: usize, of: usize);
}

/// Hears nothing.
impl Progress for () {
    fn at(&mut self, _: &str, _: usize, _: usize) {}
}

/// Reads an organization. What cannot be read is [`Known::Unknown`], each with its reason; nothing fails as a whole.
pub fn read(api: &dyn Api, wanted: &Wanted, progress: &mut dyn Progress) -> Actual {
    let org = wanted.origin.organization.as_str();
    let mut at = |part: &str| progress.at(part, 0, 1);
    at("organization");
    let defaults = known(organization::defaults(api, org));
    at("members");
    let members = known(organization::members(api, org));
    at("tokens");
    let tokens = known(access::tokens(api, &crate::path::tokens(org)));
    at("roles");
    let roles = known(access::roles(api, org));
    let teams = known(access::teams(api, org, progress));
    let issuers = known(trust::issuers(api, org, progress));
    let stacks = known(entities::stacks(api, wanted, progress));
    let environments = known(entities::environments(api, wanted, progress));
    Actual {
        organization: org.to_owned(),
        cloud_url: wanted.origin.cloud_url.clone(),
        taken: wanted.origin.taken,
        defaults,
        members,
        teams,
        tokens,
        issuers,
        roles,
        stacks,
        environments,
    }
}

/// Puts an entry into a map that is keyed by names. The same entry may stand on two pages, for a list can change between
/// them; two that differ cannot both be right.
fn put<V: PartialEq>(
    map: &mut IndexMap<String, V>,
    at: &field::At,
    name: String,
    value: V,
) -> Result<(), field::Fault> {
    match map.get(&name) {
        Some(there) if *there != value => Err(at.fault("has the name of another entry, and differs from it")),
        Some(_) => Ok(()),
        None => {
            map.insert(name, value);
            Ok(())
        }
    }
}

/// A map in the order of its keys.
fn sorted<V>(mut map: IndexMap<String, V>) -> IndexMap<String, V> {
    map.sort_unstable_keys();
    map
}

/// A part of an entry that was asked for on its own; in the place of one that was not wanted.
fn not_asked<T>(path: String) -> Known<T> {
    let message = "it is asked for what is declared alone".to_owned();
    Known::Unknown(crate::actual::Unknown { path, refusal: crate::actual::Refusal::NotAsked, message })
}
