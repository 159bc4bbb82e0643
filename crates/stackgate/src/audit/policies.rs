//! The policies of a file, judged by themselves.
//!
//! What must hold: a file that is not wholly understood is refused.

use std::path::Path;

use stackgate_trust::MALFORMED_POLICIES;

use super::{Audit, policies_subject};
use crate::error::{Error, Result};
use crate::trust::read;

/// Judges what a file says that Pulumi Cloud trusts and grants; `issuer` is for policies that do not name theirs.
///
/// # Errors
/// When the file cannot be read or is not understood.
pub fn audit_policies_file(path: &Path, issuer: Option<&str>) -> Result<Audit> {
    let shown = path.to_string_lossy().replace('\\', "/");
    let subject = policies_subject(&shown, &read(path)?, issuer).map_err(|faults| {
        let told = |fault: String| format!("{}: {fault} [{}]", path.display(), MALFORMED_POLICIES.id);
        Error::Refused(faults.into_iter().map(told).collect::<Vec<_>>().join("\n"))
    })?;
    let mut audit = Audit { subjects: vec![shown], findings: Vec::new(), pipelines: Vec::new(), whole: true };
    audit.policies(&subject);
    Ok(audit)
}

impl Audit {
    /// This and another, as one.
    #[must_use]
    pub fn and(mut self, other: Audit) -> Audit {
        self.subjects.extend(other.subjects);
        self.findings.extend(other.findings);
        self.pipelines.extend(other.pipelines);
        self.whole &= other.whole;
        self
    }
}
