//! What a job is allowed to do and to know: its repository token's rights, secrets, OIDC tokens.
//!
//! What must hold: the text of a secret is never kept.

use serde::Serialize;

use crate::place::Place;
use crate::value::Value;

/// A right of the repository token.
#[derive(Clone, Debug)]
pub struct Permission {
    /// The provider's word: `contents`; `*` for all that are not named.
    pub scope: String,
    /// How far it goes.
    pub level: Level,
    /// Whether the file says so, for this job or for all; otherwise it is the provider's default.
    pub said: bool,
    /// Whether it was said for all jobs and not for this one.
    pub wide: bool,
    /// Where, or what lacks it.
    pub place: Place,
}

/// How far a right goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Not at all.
    None,
    /// Reading.
    Read,
    /// A setting outside the file decides; it may be writing.
    Setting,
    /// Writing.
    Write,
}

/// A secret, or the right to ask for an OIDC token.
#[derive(Clone, Debug)]
pub struct Credential {
    /// What it is.
    pub kind: CredentialKind,
    /// The variable in which steps see it, where it is one.
    pub variable: Option<String>,
    /// Who sees it.
    pub scope: Scope,
    /// Whether it was given to more than this job: at the top of the file, or to all jobs.
    pub wide: bool,
    /// Where.
    pub place: Place,
}

/// What a credential is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// An OIDC token of the CI system, or the right to ask for one; the audiences that it may have, none for any.
    Oidc(Vec<Value>),
    /// A stored secret: the store's kind in the provider's word, and its name there (`*` for all of a store).
    Stored(String, Value),
    /// The repository token, handed to steps beyond what they have anyway.
    RepositoryToken,
    /// A secret that stands in the file itself. Its text is never kept.
    Literal,
}

/// Which steps see something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All of the job.
    Job,
    /// These, by their index.
    Steps(Vec<usize>),
}
