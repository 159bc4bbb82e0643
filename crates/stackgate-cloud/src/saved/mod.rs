//! A directory with what Pulumi Cloud answered, for reviewers without access and for tests.
//!
//! What must hold: the directory says whether it is whole; a file that was cut off loses its broken line alone and says so;
//! no secret is written. Its form is version 1: `manifest.json`, and a file of JSON Lines for each kind of question, each
//! line `{"path": …, "status": …, "body": …}`, sorted by path. Deliberately absent: the audit log, which is kept as events.

mod error;
mod manifest;
mod open;
mod saver;

pub use error::SavedError;
pub use manifest::{Manifest, Origin, VERSION};
pub use open::{Saved, read_line};
pub use saver::{Saver, write};
