//! Pins: which are in use and how old they are, and a bot's newer ones taken into the spec.
//!
//! What must hold: a pin is adopted only where it is the same in every place, forward, and not at odds with anything that is
//! known here; what cannot be known without a network is said. Deliberately absent: looking anything up.

mod adopt;
mod bump;
mod edit;
mod judge;
mod list;
mod rules;
mod version;
mod written;

pub use adopt::{AdoptOptions, Adopted, Adoption};
pub use list::{Origin, PinInUse, PinsReport, Sha256Sums, pins_schema};
pub(crate) use rules::RULES;
