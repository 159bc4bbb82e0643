//! Trust of a project: what Pulumi Cloud must be told of it, and the proof that comes before any write.
//!
//! What must hold: a spec whose options say enough for a proof is proved before anything is written; one whose options do
//! not is still rendered, and says that nothing was proved.

use std::path::Path;

use indexmap::IndexMap;
use stackgate_access::{Fragment, Issuer};
use stackgate_diagnostic::Diagnostic;
use stackgate_provider::TRUST_ID_MISSING;
use stackgate_trust::{LARGEST, MALFORMED_POLICIES, MALFORMED_TOKEN, Model, Policy, Proof, TRUST_REFUTED, prove};

use crate::disk;
use crate::error::{Error, Result};
use crate::project::Project;

impl Project {
    /// What this repository asks Pulumi Cloud to trust.
    ///
    /// # Errors
    /// When an option is missing that a policy needs, or a name cannot be told from others in one.
    pub fn trust(&self) -> Result<Model<'_>> {
        Model::of(self.plan(), self.adapters()).map_err(|diagnostics| self.refused(diagnostics))
    }

    /// All that Pulumi Cloud must hold for this repository.
    pub fn fragment(&self, model: &Model<'_>) -> Fragment {
        let issuers = model.issuers.iter().map(|(url, issuer)| {
            let held = Issuer {
                name: issuer.name.clone(),
                max_expiration_seconds: issuer.max_expiration_seconds,
                jwks: issuer.jwks.clone(),
                policies: issuer.policies.clone(),
            };
            (url.clone(), held)
        });
        let ci = self.adapters().filter_map(|(_, adapter)| adapter.ci_settings(self.plan())).collect();
        Fragment { ci, ..Fragment::of(self.plan(), issuers.collect(), model.residual.clone()) }
    }

    /// Proves the spec's own policies.
    ///
    /// # Errors
    /// As [`Project::trust`].
    pub fn prove(&self) -> Result<Proof> {
        let model = self.trust()?;
        Ok(prove(&model, &model.policies()))
    }

    /// The proof before a write. Where options are missing, so that nothing could be proved, it says which.
    pub(crate) fn prove_first(&self) -> Result<Option<String>> {
        let model = match Model::of(self.plan(), self.adapters()) {
            Ok(model) => model,
            Err(found) => {
                let (missing, wrong): (Vec<Diagnostic>, Vec<Diagnostic>) =
                    found.into_iter().partition(|one| one.rule == &TRUST_ID_MISSING);
                if !wrong.is_empty() {
                    return Err(self.refused(wrong));
                }
                let lacking: Vec<&str> = missing.iter().map(|missing| missing.message.as_str()).collect();
                return Ok(Some(format!("what Pulumi Cloud must trust was not proved: {}", lacking.join("; "))));
            }
        };
        let proof = prove(&model, &model.policies());
        let refuted = proof.holes.iter().map(|hole| {
            let place = self.plan().stage(&hole.stage).map(|stage| stage.places.stack);
            Diagnostic::error(&TRUST_REFUTED, place, hole.message.clone())
                .help("`stackgate trust prove` shows the token; give the stages what tells them apart")
        });
        let refuted: Vec<Diagnostic> = refuted.collect();
        if refuted.is_empty() { Ok(None) } else { Err(self.refused(refuted)) }
    }

    fn refused(&self, diagnostics: Vec<Diagnostic>) -> Error {
        Error::Spec { source: Box::new(self.source().clone()), diagnostics }
    }
}

/// Reads a file of policies.
///
/// # Errors
/// When it cannot be read or is not wholly understood.
pub fn read_policies(path: &Path, issuer: Option<&str>) -> Result<IndexMap<String, Vec<Policy>>> {
    let text = read(path)?;
    stackgate_trust::read_policies(&text, issuer).map_err(|faults| {
        let faults: Vec<String> =
            faults.iter().map(|fault| format!("{}: {fault} [{}]", path.display(), MALFORMED_POLICIES.id)).collect();
        Error::Refused(faults.join("\n"))
    })
}

/// Reads a file with a token.
///
/// # Errors
/// When it cannot be read or holds no signed token.
pub fn read_token(path: &Path) -> Result<stackgate_provider::Claims> {
    let text = read(path)?;
    stackgate_trust::read_token(&text).map_err(|fault| {
        Error::Refused(format!("{}: this is no token: {fault} [{}]", path.display(), MALFORMED_TOKEN.id))
    })
}

pub(crate) fn read(path: &Path) -> Result<String> {
    let read = disk::read_limited(path, LARGEST as u64);
    let bytes = read.map_err(|source| Error::Disk { path: path.to_path_buf(), what: "read", source })?;
    let bytes = bytes.ok_or_else(|| {
        Error::Refused(format!("{}: the file is larger than {} MiB", path.display(), LARGEST / 1024 / 1024))
    })?;
    String::from_utf8(bytes).map_err(|_| Error::Refused(format!("{}: the file is not UTF-8", path.display())))
}
