//! What is known, and what could not be read.

/// Why a part could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The token is none, or not valid any more (401).
    Unauthorized,
    /// The token may not read this (403).
    Forbidden,
    /// The edition does not have it (402), or the route is not there (404) though it should be.
    Unavailable,
    /// The server failed, or its answer could not be understood.
    Broken,
    /// The run was stopped before this was asked.
    Stopped,
    /// A saved directory does not hold it.
    NotSaved,
    /// It is asked for what is declared alone, and this is not: no gap in what was read.
    NotAsked,
}

/// A part that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The question: `/api/orgs/acme/tokens`.
    pub path: String,
    /// Why.
    pub refusal: Refusal,
    /// What the server said, or what was wrong with its answer; one line.
    pub message: String,
}

/// A part of the organization, or why it is not known.
#[derive(Debug, Clone, PartialEq)]
pub enum Known<T> {
    /// It was read, whole.
    Here(T),
    /// It could not be read, or only in part; that it is empty must never follow.
    Unknown(Unknown),
}

impl<T> Known<T> {
    /// What was read.
    pub fn here(&self) -> Option<&T> {
        match self {
            Known::Here(value) => Some(value),
            Known::Unknown(_) => None,
        }
    }

    /// Why it was not.
    pub fn unknown(&self) -> Option<&Unknown> {
        match self {
            Known::Here(_) => None,
            Known::Unknown(unknown) => Some(unknown),
        }
    }
}
