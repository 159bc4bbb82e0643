//! What an audit says that is no rule about pipelines: what it could not read, what it could not decide.
//!
//! What must hold: nothing that kept an audit from judging is silent.

use stackgate_diagnostic::{Limit, Rule};

use super::find::MOST_PIPELINES;
use super::tree::MOST_BYTES;

/// How much one audit may be.
pub(crate) fn limits() -> Vec<Limit> {
    let bytes = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
    vec![
        Limit::new("pipelines", MOST_PIPELINES, &AUDIT_TOO_MUCH),
        Limit::new("bytes of all files together", bytes, &AUDIT_TOO_MUCH),
    ]
}

/// The rules of this module.
pub(crate) static RULES: &[&Rule] = &[&AUDIT_UNREAD, &AUDIT_UNDECIDED, &AUDIT_TOO_MUCH, &AUDIT_WAIVER_UNUSED];

pub(crate) static AUDIT_UNREAD: Rule = Rule {
    id: "audit-unread",
    title: "Every pipeline can be read",
    why: "What cannot be read cannot be judged, and an audit that did not take place must not look like one that found nothing. The \
          CI system may read the file in another way, and run it.",
    instead: "Mend what the message names. A file that is no pipeline can be moved, or left out by naming what is to be audited.",
    waivable: false,
};

pub(crate) static AUDIT_UNDECIDED: Rule = Rule {
    id: "audit-undecided",
    title: "What a pipeline does can be told from its text",
    why: "A condition, a key or a script that this program does not understand may do anything. It is said rather than passed over.",
    instead: "Look at the place yourself. A literal in place of an expression, or a file in this repository in place of one \
              elsewhere, can be judged.",
    waivable: false,
};

pub(crate) static AUDIT_TOO_MUCH: Rule = Rule {
    id: "audit-too-much",
    title: "An audit is of bearable size",
    why: "One audit judges at most 10,000 pipelines and reads at most 64 MiB, so that no repository can take all memory or time. What \
          lies beyond was not judged.",
    instead: "Name the folders to audit, one run each.",
    waivable: false,
};

pub(crate) static AUDIT_WAIVER_UNUSED: Rule = Rule {
    id: "audit-waiver-unused",
    title: "A waiver of an audit rule sets something aside",
    why: "A waiver that nothing needs waits for the next finding of that rule in that place, and hides it from whoever would look.",
    instead: "Take the waiver out of the spec, or mend its `where`: a path, or `path:job`.",
    waivable: false,
};
