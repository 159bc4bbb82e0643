//! The tokens of a Jenkinsfile, and what is wrong with one.
//!
//! What must hold: every token knows its place. A string with interpolation is many tokens, from [`TokenKind::Open`] to
//! [`TokenKind::Shut`], so that the code in it is read like any other.

use stackgate_provider::diagnostic::Span;

/// Something that is not understood, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) span: Span,
    pub(crate) what: String,
}

impl Fault {
    pub(super) fn new(span: Span, what: impl Into<String>) -> Fault {
        Fault { span, what: what.into() }
    }
}

/// A token and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// How a string is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quote {
    /// `'…'`.
    Single,
    /// `'''…'''`.
    TripleSingle,
    /// `"…"`.
    Double,
    /// `"""…"""`.
    TripleDouble,
    /// `/…/`.
    Slash,
    /// `$/…/$`.
    Dollar,
}

impl Quote {
    pub(super) fn end(self) -> &'static str {
        match self {
            Quote::Single => "'",
            Quote::TripleSingle => "'''",
            Quote::Double => "\"",
            Quote::TripleDouble => "\"\"\"",
            Quote::Slash => "/",
            Quote::Dollar => "/$",
        }
    }
}

/// What a token can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name, or one of Groovy's own words.
    Word(String),
    /// A number, as it is written.
    Number(String),
    /// A string without interpolation.
    Text { value: String, quote: Quote },
    /// Where a string with interpolation begins.
    Open(Quote),
    /// Text in such a string.
    Piece(String),
    /// `$a.b` in such a string.
    Path(String),
    /// `${`.
    Code,
    /// The `}` of a `${`.
    CodeEnd,
    /// Where such a string ends.
    Shut,
    /// Brackets, separators and operators.
    Mark(&'static str),
    /// One or more line ends outside of parentheses.
    Newline,
    /// `;`.
    Semicolon,
    /// What Groovy does not read either, and why.
    Bad(&'static str),
}
