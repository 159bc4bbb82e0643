//! The reference page: each validator, what it is asked, and what the reviewed list says of it.

use std::fmt::Write as _;
use std::path::Path;

use super::catalogue::{Source, VALIDATORS};
use super::findings::{self, What};
use crate::Result;
use crate::docs::{GENERATED, cell};

/// Where it lies, below the repository's root.
pub(crate) const PATH: &str = "docs/reference/conformance.md";

pub(crate) fn page(root: &Path) -> Result<String> {
    let mut out = format!(
        "# What third-party validators say\n\n{GENERATED}\n\n\
         `cargo xtask conformance` asks them about every artifact that a snapshot or an example renders, and about this\n\
         repository's own workflows. It installs them from package registries, each at the version below, into a cache\n\
         folder: `$STACKGATE_CONFORMANCE`, or else `stackgate/conformance` in the user's caches. A validator that cannot be\n\
         installed is named with the reason. Each also gets a bad file that is planted for it, behind all others; one that\n\
         does not report it is broken, and the run fails.\n\n\
         | validator | from | version | providers | asked |\n| --- | --- | --- | --- | --- |\n"
    );
    for validator in VALIDATORS {
        let from = match validator.source {
            Source::PyPi(name) => format!("PyPI: `{name}`"),
            Source::Npm(name) => format!("npm: `{name}`"),
            Source::GoModule(name) => format!("Go module: `{name}`"),
            Source::Debian(name) => format!("Debian: `{name}`"),
        };
        let (id, version, asks) = (validator.id, validator.version(), cell(validator.asks));
        let _ = writeln!(out, "| {id} | {from} | {version} | {} | {asks} |", validator.providers.join(", "));
    }
    let _ = write!(
        out,
        "\n## What they get wrong\n\n\
         Findings that are none, and how a tool must be asked that would stop at something that is right; from the one\n\
         reviewed list, `{}`. Any other finding fails the run, and so does an entry that nothing needs any more.\n\n\
         | provider | validator | what | why, with evidence |\n| --- | --- | --- | --- |\n",
        findings::PATH
    );
    for entry in findings::parse(&std::fs::read_to_string(root.join(findings::PATH))?)? {
        let kind = if matches!(entry.what, What::Finding(_)) { "finding: " } else { "" };
        let (text, reason) = (cell(&entry.text), cell(&entry.reason));
        let _ = writeln!(out, "| {} | {} | {kind}`{text}` | {reason} |", entry.provider, entry.validator);
    }
    Ok(out)
}
