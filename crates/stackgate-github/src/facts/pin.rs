//! How firmly a reference to foreign code names one text.
//!
//! What must hold: only a whole commit or a digest is a digest; a version needs all its three numbers, since GitHub's
//! actions move the shorter ones.

use stackgate_provider::diagnostic::Span;
use stackgate_provider::facts::{Code, CodeKind, Pin, Place};

use super::reading::File;

/// The code that a `uses` names, for `owner/name@version`.
pub(super) fn action(reference: &str, kind: CodeKind, place: Place, comment: Option<String>) -> Code {
    let (name, version) = reference.split_once('@').unwrap_or((reference, ""));
    Code { kind, name: name.to_owned(), version: version.to_owned(), pin: of(version), comment, place }
}

/// The pin of a version.
pub(super) fn of(version: &str) -> Pin {
    let digits = |length| version.len() == length && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    if version.contains("${{") {
        Pin::Made
    } else if version.is_empty() {
        Pin::None
    } else if digits(40) || digits(64) {
        Pin::Digest
    } else if is_exact(version) {
        Pin::Version
    } else {
        Pin::Moving
    }
}

/// A version of three numbers, with what may follow them.
fn is_exact(version: &str) -> bool {
    let start = version.find(|c: char| c.is_ascii_digit()).unwrap_or(version.len());
    let (prefix, rest) = version.split_at(start);
    let core = rest.split(['-', '+']).next().unwrap_or("");
    let numbers: Vec<&str> = core.split('.').collect();
    let plain = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    prefix.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '@'))
        && numbers.len() >= 3
        && numbers.iter().all(plain)
}

/// A container image.
pub(super) fn image(reference: &str, place: Place, comment: Option<String>) -> Code {
    let reference = reference.strip_prefix("docker://").unwrap_or(reference);
    let (name, version, pin) = if let Some((name, digest)) = reference.split_once('@') {
        let pin = if digest.starts_with("sha256:") { Pin::Digest } else { Pin::Moving };
        (name, digest, if reference.contains("${{") { Pin::Made } else { pin })
    } else {
        let slash = reference.rfind('/').map_or(0, |at| at + 1);
        let colon = reference.get(slash..).and_then(|last| last.find(':')).map(|at| slash + at);
        let (name, tag) = colon.map_or((reference, ""), |at| {
            (reference.get(..at).unwrap_or(reference), reference.get(at + 1..).unwrap_or(""))
        });
        let pin = if reference.contains("${{") {
            Pin::Made
        } else if tag == "latest" {
            Pin::Moving
        } else {
            of(tag)
        };
        (name, tag, if pin == Pin::Digest { Pin::Moving } else { pin })
    };
    Code { kind: CodeKind::Image, name: name.to_owned(), version: version.to_owned(), pin, comment, place }
}

/// A tool that a step installs; a range is no version.
pub(super) fn tool(name: &str, version: &str, place: Place) -> Code {
    let pin = match of(version) {
        Pin::Version if version.starts_with(|c: char| c.is_ascii_digit() || c == 'v') => Pin::Version,
        Pin::Version | Pin::Digest => Pin::Moving,
        other => other,
    };
    Code { kind: CodeKind::Tool, name: name.to_owned(), version: version.to_owned(), pin, comment: None, place }
}

/// The version that a comment behind a reference claims.
pub(super) fn comment(file: &File, span: Span) -> Option<String> {
    let comment = file.yaml.comment_behind(&file.text, span)?;
    let version = |word: &str| {
        let word = word.strip_prefix("tag=").or_else(|| word.strip_prefix("pin@")).unwrap_or(word);
        let word = word.trim_end_matches([',', ';', ')']).trim_start_matches(['@', '(']);
        let number = word.strip_prefix('v').unwrap_or(word);
        let found = number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
        found.then(|| word.to_owned())
    };
    comment.text.split_whitespace().find_map(version)
}
