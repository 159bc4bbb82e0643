//! The manifest: of what, from where and when a directory was saved.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::error::SavedError;

/// The version of the form that is written, and the only one that is read.
pub const VERSION: u64 = 1;

/// Whose answers they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The organization.
    pub organization: String,
    /// The base URL of the API, without a slash at its end: `https://api.pulumi.com`.
    pub cloud_url: String,
    /// When it was asked, in seconds since 1970.
    pub taken: i64,
}

/// `manifest.json` of a saved directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Whose answers they are.
    pub origin: Origin,
    /// The version of stackgate that wrote it.
    pub stackgate: String,
    /// Whether every question that was asked has its answer here.
    pub complete: bool,
}

impl Manifest {
    /// The manifest as JSON, with a newline at its end.
    pub fn to_json(&self) -> String {
        let value = json!({
            "version": VERSION,
            "organization": self.origin.organization,
            "cloud_url": self.origin.cloud_url,
            "taken": self.origin.taken,
            "stackgate": self.stackgate,
            "complete": self.complete,
        });
        format!("{value}\n")
    }

    /// Reads a manifest; `path` is for messages.
    ///
    /// # Errors
    /// When it is no manifest of this version.
    pub fn from_json(text: &str, path: &Path) -> Result<Manifest, SavedError> {
        let fault = |message: String| SavedError::new(path, None, message);
        let value: Value = serde_json::from_str(text).map_err(|error| fault(format!("it is not JSON: {error}")))?;
        let Some(entries) = value.as_object() else { return Err(fault("it is no JSON object".to_owned())) };
        match entries.get("version").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(other) => {
                return Err(fault(format!(
                    "it was saved in another version of the form ({other}; this stackgate reads {VERSION}): save it again"
                )));
            }
            None => return Err(fault("it does not say the version of its form, `version`".to_owned())),
        }
        let origin = Origin {
            organization: text_of(entries, "organization").map_err(fault)?,
            cloud_url: text_of(entries, "cloud_url").map_err(fault)?,
            taken: entries
                .get("taken")
                .and_then(Value::as_i64)
                .ok_or_else(|| fault("`taken` must be a number of seconds".to_owned()))?,
        };
        let complete = entries
            .get("complete")
            .and_then(Value::as_bool)
            .ok_or_else(|| fault("`complete` must be true or false".to_owned()))?;
        Ok(Manifest { origin, stackgate: text_of(entries, "stackgate").map_err(fault)?, complete })
    }
}

fn text_of(entries: &Map<String, Value>, key: &str) -> Result<String, String> {
    entries.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("`{key}` must be a string"))
}
