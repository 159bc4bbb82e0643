//! Every pin that the pipelines of a spec use: what it is, where it comes from, how old it is, which files use it.
//!
//! What must hold: only what the rendered files hold is listed; a day is the table's, and unknown is said. The clock is the
//! project's, and reaches nothing but the age.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use stackgate_drift::{Pin, PinKind, pins_of};
use stackgate_plan::Pins;
use stackgate_spec::Spec;

use super::written::{keys_of_image, spec_of};
use crate::error::Result;
use crate::project::{Project, pins as table};

/// The version of the shape.
const VERSION: u32 = 1;

/// What `pins list --format json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PinsReport {
    /// The version of this shape: 1.
    pub version: u32,
    /// The spec's path, relative to the repository root.
    pub spec: String,
    /// Every pin that a pipeline uses, by kind and name.
    pub pins: Vec<PinInUse>,
}

/// A pin in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PinInUse {
    /// `action`, `cli`, `image` or `task`.
    pub kind: &'static str,
    /// `owner/name` of an action, an image's name without its tag, a task's name, `pulumi` for the CLI.
    pub name: String,
    /// The version that people read: an action's tag, an image's tag, the number of a task.
    pub version: String,
    /// The commit of an action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The digest of an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// SHA-256 of the CLI's archives; absent where `pulumi/actions` installs it, which checks none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256Sums>,
    /// Where it comes from.
    pub origin: Origin,
    /// The day of the commit or of the release, in UTC, as `YYYY-MM-DD`; null where it is not known.
    pub released: Option<String>,
    /// How many days ago that was; null where it is not known.
    pub age_days: Option<i64>,
    /// The files that use it.
    pub artifacts: Vec<String>,
}

/// SHA-256 of the CLI's archives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Sha256Sums {
    /// For x64.
    pub linux_x64: String,
    /// For arm64.
    pub linux_arm64: String,
}

/// Where a pin comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Origin {
    /// `stackgate`, whose version brings it, or `spec`, whose `pins` have it.
    pub from: &'static str,
    /// The line of the pin's key in the spec, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// The JSON Schema of [`PinsReport`].
pub fn pins_schema() -> serde_json::Value {
    schemars::schema_for!(PinsReport).to_value()
}

impl Project {
    /// Every pin that the pipelines use.
    ///
    /// # Errors
    /// When a template of this program fails, or an artifact is too large for its CI system.
    pub fn pins(&self) -> Result<PinsReport> {
        let mut uses: BTreeMap<(&'static str, String, String, String), Vec<String>> = BTreeMap::new();
        let mut sums = false;
        for artifact in self.render()? {
            for pin in pins_of(&artifact) {
                sums |= matches!(pin.kind, PinKind::CliX64 | PinKind::CliArm64);
                let key = match pin.kind {
                    // The CLI is one pin, however many variables hold it.
                    PinKind::Cli | PinKind::CliX64 | PinKind::CliArm64 => {
                        ("cli", pin.name, self.plan().cli.version.clone(), String::new())
                    }
                    kind => (word(kind), pin.name, pin.version, pin.hash),
                };
                let files = uses.entry(key).or_default();
                if files.last() != Some(&artifact.path) {
                    files.push(artifact.path.clone());
                }
            }
        }
        let spec = spec_of(self.source())?;
        let pins = uses.into_iter().map(|((kind, name, version, hash), artifacts)| {
            let pin = InUse { kind, name, version, hash };
            let (origin, released) = (pin.origin(self, &spec), pin.released(self, table()?));
            let age_days = released.as_deref().and_then(|day| age(day, self.today()));
            let InUse { kind, name, version, hash } = pin;
            let hash_of = |wanted: &str| (kind == wanted).then(|| hash.clone());
            let sha256 = (kind == "cli" && sums).then(|| Sha256Sums {
                linux_x64: self.plan().cli.sha256_x64.clone(),
                linux_arm64: self.plan().cli.sha256_arm64.clone(),
            });
            let (commit, digest) = (hash_of("action"), hash_of("image"));
            Ok(PinInUse { kind, name, version, commit, digest, sha256, origin, released, age_days, artifacts })
        });
        let pins = pins.collect::<Result<Vec<_>>>()?;
        Ok(PinsReport { version: VERSION, spec: self.source().path().to_owned(), pins })
    }
}

/// A pin with all that tells it from others.
struct InUse {
    kind: &'static str,
    name: String,
    version: String,
    hash: String,
}

impl InUse {
    fn origin(&self, project: &Project, spec: &Spec) -> Origin {
        let own = spec.pins.given();
        let place = match self.kind {
            "action" => {
                own.and_then(|own| own.actions.given()).and_then(|rows| rows.row(&self.name)).map(|row| row.key_span)
            }
            "cli" => {
                own.and_then(|own| own.cli.given()).and_then(|rows| rows.row(&self.version)).map(|row| row.key_span)
            }
            "image" => {
                let image = image_of(&self.name, &self.version, &self.hash);
                keys_of_image(spec, &project.plan().pins, &image).into_iter().find_map(|key| key.place)
            }
            _ => None,
        };
        match place {
            Some(place) => Origin { from: "spec", line: Some(project.source().line_column(place.start).0) },
            None => Origin { from: "stackgate", line: None },
        }
    }

    /// The day, where the table has this very commit or release; a version of another content is not of that day.
    fn released(&self, project: &Project, table: &Pins) -> Option<String> {
        match self.kind {
            "action" => table.actions.get(&self.name).filter(|row| row.commit == self.hash)?.released.clone(),
            "cli" => {
                let (row, own) = (table.cli.releases.get(&self.version)?, &project.plan().cli);
                let same = row.linux_x64 == own.sha256_x64 && row.linux_arm64 == own.sha256_arm64;
                if same { row.released.clone() } else { None }
            }
            _ => None,
        }
    }
}

/// An image as one reference.
pub(super) fn image_of(name: &str, tag: &str, digest: &str) -> String {
    if tag.is_empty() { format!("{name}@{digest}") } else { format!("{name}:{tag}@{digest}") }
}

/// The word for a kind.
fn word(kind: PinKind) -> &'static str {
    match kind {
        PinKind::Action => "action",
        PinKind::Image => "image",
        PinKind::Cli | PinKind::CliX64 | PinKind::CliArm64 => "cli",
        PinKind::Task => "task",
    }
}

/// A pin for people: `actions/checkout v7.0.1`, `node:24-bookworm`.
pub(super) fn named(pin: &Pin) -> String {
    match pin.kind {
        PinKind::Action | PinKind::Cli => format!("{} {}", pin.name, pin.version),
        PinKind::Image if pin.version.is_empty() => pin.name.clone(),
        PinKind::Image => format!("{}:{}", pin.name, pin.version),
        PinKind::Task => format!("{}@{}", pin.name, pin.version),
        PinKind::CliX64 => "the SHA-256 of Pulumi for linux-x64".into(),
        PinKind::CliArm64 => "the SHA-256 of Pulumi for linux-arm64".into(),
    }
}

fn age(day: &str, today: Date) -> Option<i64> {
    let day: Date = day.parse().ok()?;
    Some(i64::from((today - day).get_days()))
}
