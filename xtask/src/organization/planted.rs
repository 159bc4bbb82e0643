//! What was planted, as `planted.json` has it.
//!
//! What must hold: it says enough to tell whether a finding is this one, without knowing how it was planted.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Result;

/// Everything that must be found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Planted {
    /// The seed.
    pub(crate) seed: u64,
    /// What `review` must find.
    pub(crate) differences: Vec<Plant>,
    /// What `logs` must find.
    pub(crate) incidents: Vec<Plant>,
}

/// One thing that must be found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plant {
    /// What was done.
    pub(crate) kind: String,
    /// The rule that finds it.
    pub(crate) rule: String,
    /// Other rules that have reason to speak of it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) also: Vec<String>,
    /// Words that stand in the finding, every one.
    #[serde(rename = "where")]
    pub(crate) place: Vec<String>,
    /// The class of the difference.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) class: String,
    /// The level that the finding has at least.
    pub(crate) level: String,
    /// The events, or deployments, that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) events: Vec<serde_json::Value>,
}

impl Planted {
    /// Writes `planted.json`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, directory: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        Ok(std::fs::write(directory.join("planted.json"), text)?)
    }

    /// Reads it back.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn read(directory: &Path) -> Result<Planted> {
        Ok(serde_json::from_str(&std::fs::read_to_string(directory.join("planted.json"))?)?)
    }
}
