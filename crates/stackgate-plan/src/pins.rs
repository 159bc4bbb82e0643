//! Pins: every third-party reference that a pipeline names, immutable, with the version that people read.
//!
//! What must hold: a commit is 40 hexadecimal digits, a digest `sha256:` and 64, so that nothing rendered can move.
//! What it deliberately does not do: look anything up; a pin is what the table or the spec says.

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{Cli, Image, Language};

/// The pin table, as `templates/pins.toml` writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// Releases of the Pulumi CLI.
    pub cli: CliPins,
    /// GitHub actions by `owner/name`.
    pub actions: IndexMap<String, ActionPin>,
    /// A runtime's default row, by language.
    pub runtimes: IndexMap<String, RuntimePin>,
    /// Images of runtimes that the spec pins itself, by `language@version`.
    #[serde(default)]
    pub images: IndexMap<String, ImagePin>,
}

/// Releases of the CLI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CliPins {
    /// The release rendered where the spec names none.
    pub default: String,
    /// By version: what the archives must hash to.
    pub releases: IndexMap<String, CliPin>,
}

/// SHA-256 of one release's archives, by platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CliPin {
    /// Of `pulumi-vVERSION-linux-x64.tar.gz`.
    pub linux_x64: String,
    /// Of `pulumi-vVERSION-linux-arm64.tar.gz`.
    pub linux_arm64: String,
    /// The day of the release, as `YYYY-MM-DD`, where the table knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
}

/// A GitHub action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionPin {
    /// The tag, for people: `v7.0.1`.
    pub version: String,
    /// The commit that runs.
    pub commit: String,
    /// The day of the commit in UTC, as `YYYY-MM-DD`, where the table knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
}

/// A runtime's default row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimePin {
    /// The version that a spec writes: `24`.
    pub default: String,
    /// The exact version that a set-up step installs: `24.18.0`.
    pub exact: String,
    /// The image's name and tag.
    pub image: String,
    /// The image's digest.
    pub digest: String,
}

/// An image that the spec pins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagePin {
    /// Name and tag.
    pub image: String,
    /// Digest.
    pub digest: String,
}

impl Pins {
    /// Reads a pin table. The text is ours, so a fault in it is a fault of this program.
    ///
    /// # Errors
    /// When the text is not a pin table, or a pin in it could move.
    pub fn parse(text: &str) -> Result<Pins, PinsError> {
        let pins: Pins = toml::from_str(text)
            .map_err(|source| PinsError { what: "not a pin table".into(), source: Some(source) })?;
        for (name, pin) in &pins.actions {
            if !is_commit(&pin.commit) {
                return Err(PinsError::of(format!("{name} is not pinned to a commit")));
            }
        }
        let days = pins.actions.values().map(|pin| &pin.released);
        for day in days.chain(pins.cli.releases.values().map(|pin| &pin.released)).flatten() {
            if day.parse::<Date>().is_err() {
                return Err(PinsError::of(format!("{day} is no day")));
            }
        }
        for (name, pin) in &pins.runtimes {
            if !is_digest(&pin.digest) {
                return Err(PinsError::of(format!("the image of {name} is not pinned to a digest")));
            }
        }
        for (version, pin) in &pins.cli.releases {
            if !is_sha256(&pin.linux_x64) || !is_sha256(&pin.linux_arm64) {
                return Err(PinsError::of(format!("release {version} has a malformed SHA-256")));
            }
        }
        Ok(pins)
    }

    /// The release of that version, if a pin for it exists.
    pub fn cli(&self, version: &str) -> Option<Cli> {
        let pin = self.cli.releases.get(version)?;
        Some(Cli { version: version.into(), sha256_x64: pin.linux_x64.clone(), sha256_arm64: pin.linux_arm64.clone() })
    }

    /// The exact version and, where a pin knows one, the image that `language@version` means.
    /// No version means the table's own; a version that the table does not know is taken as exact.
    pub fn runtime(&self, language: Language, version: Option<&str>) -> (String, Option<Image>) {
        let row = self.runtimes.get(language.as_str());
        let wanted = version.or_else(|| row.map(|row| row.default.as_str()));
        let own = wanted.and_then(|version| self.images.get(&format!("{}@{version}", language.as_str())));
        let own = own.map(|pin| Image { name: pin.image.clone(), digest: pin.digest.clone() });
        match row {
            Some(row) if version.is_none_or(|version| version == row.default || version == row.exact) => {
                let image = Image { name: row.image.clone(), digest: row.digest.clone() };
                (row.exact.clone(), Some(own.unwrap_or(image)))
            }
            _ => (version.unwrap_or_default().to_owned(), own),
        }
    }
}

/// 40 lower-case hexadecimal digits.
pub fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// 64 lower-case hexadecimal digits.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// `sha256:` and 64 lower-case hexadecimal digits.
pub fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(is_sha256)
}

/// The pin table that this program carries is broken.
#[derive(Debug)]
pub struct PinsError {
    what: String,
    source: Option<toml::de::Error>,
}

impl PinsError {
    fn of(what: String) -> PinsError {
        PinsError { what, source: None }
    }
}

impl std::fmt::Display for PinsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "templates/pins.toml: {}", self.what)
    }
}

impl std::error::Error for PinsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}
