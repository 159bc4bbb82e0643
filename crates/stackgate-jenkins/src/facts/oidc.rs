//! Which stored credentials are OIDC tokens.
//!
//! What must hold: a credential of the oidc-provider plugin looks like any secret text or file; the file tells only by what it
//! is used for. One that goes to `pulumi login --oidc-token`, or is a subject token, is one; its audience is the credential's,
//! which an administrator sets. Source: oidc-provider's README.

use stackgate_provider::facts::{Control, CredentialKind, Does, Scope, Step, Value};

use super::Reading;

impl Reading<'_> {
    pub(super) fn settle_oidc(&mut self) {
        for job in &mut self.observation.jobs {
            let steps = &job.steps;
            for credential in &mut job.credentials {
                let (CredentialKind::Stored(_, id), Some(variable)) = (&credential.kind, &credential.variable) else {
                    continue;
                };
                let sees = |at: usize| match &credential.scope {
                    Scope::Job => true,
                    Scope::Steps(steps) => steps.contains(&at),
                };
                if steps.iter().enumerate().any(|(at, step)| sees(at) && exchanges(step, variable)) {
                    let audience =
                        Value::Made(format!("the audience of the credential {}", id.text()), Control::Administrator);
                    credential.kind = CredentialKind::Oidc(vec![audience]);
                }
            }
        }
    }
}

/// Whether a script hands a variable over as an OIDC token.
fn exchanges(step: &Step, variable: &str) -> bool {
    let Does::Run { text, .. } = &step.does else { return false };
    let text = text.replace("\\\n", " ");
    text.lines().any(|line| {
        let Some(at) = ["--oidc-token", "subject_token"].iter().find_map(|marker| line.find(marker)) else {
            return false;
        };
        let rest = line.get(at..).unwrap_or("");
        rest.match_indices(variable).any(|(at, _)| {
            let before = rest.get(..at).unwrap_or("");
            let after = rest.get(at + variable.len()..).and_then(|after| after.chars().next());
            before.ends_with(['$', '{', '%', ':']) && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    })
}
