//! Small readings of text that several parts share: limits in minutes, images, patterns.
//!
//! What must hold: a number that is not written out is none.

use stackgate_provider::facts::{Code, CodeKind, Pattern, Pin, Place, Value};

/// Minutes of `timeout(time: 1, unit: 'HOURS')`.
pub(super) fn minutes(time: &str, unit: Option<&str>) -> Option<u32> {
    let time: f64 = time.replace('_', "").parse().ok()?;
    let minutes = match unit.unwrap_or("MINUTES").to_ascii_uppercase().as_str() {
        "NANOSECONDS" | "MICROSECONDS" | "MILLISECONDS" => time / 60_000.0,
        "SECONDS" => time / 60.0,
        "MINUTES" => time,
        "HOURS" => time * 60.0,
        "DAYS" => time * 24.0 * 60.0,
        _ => return None,
    };
    // Beyond what any build may run, the number says nothing.
    (0.0..=10_000_000.0).contains(&minutes).then_some(minutes.ceil() as u32)
}

/// `registry:port/name:tag@sha256:…`.
pub(super) fn image(value: &Value, place: Place) -> Code {
    let code = |name: &str, version: &str, pin| Code {
        kind: CodeKind::Image,
        name: name.to_owned(),
        version: version.to_owned(),
        pin,
        comment: None,
        place,
    };
    let Value::Literal(text) = value else { return code(value.text(), "", Pin::Made) };
    let (before, digest) =
        text.split_once('@').map_or((text.as_str(), None), |(before, digest)| (before, Some(digest)));
    // The last colon belongs to a tag only behind the last slash: before it stands a port.
    let slash = before.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match before.get(slash..).and_then(|last| last.find(':')) {
        Some(colon) => before.split_at(slash + colon),
        None => (before, ""),
    };
    let tag = tag.trim_start_matches(':');
    match digest {
        Some(digest) if is_digest(digest) => {
            let version = if tag.is_empty() { digest.to_owned() } else { format!("{tag}@{digest}") };
            code(name, &version, Pin::Digest)
        }
        Some(digest) => code(name, digest, Pin::Moving),
        None if tag.is_empty() || tag == "latest" => code(name, tag, Pin::None),
        None => code(name, tag, Pin::Moving),
    }
}

fn is_digest(digest: &str) -> bool {
    let hex = digest.strip_prefix("sha256:");
    hex.is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// How firmly a version of a library names one text: a commit does, a number can be moved, anything else is a branch.
pub(super) fn pin(version: &str) -> Pin {
    let numbers = version.strip_prefix('v').unwrap_or(version);
    let parts = numbers.split('.').collect::<Vec<_>>();
    let numbered = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if version.is_empty() {
        Pin::None
    } else if version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Pin::Digest
    } else if parts.len() >= 3 && parts.iter().all(numbered) {
        Pin::Version
    } else {
        Pin::Moving
    }
}

/// A pattern as a comparator of Jenkins takes it. Globs are Ant's: a star stays within a part of the path.
pub(super) fn pattern(text: &str, comparator: &str) -> Pattern {
    match comparator {
        "REGEXP" => Pattern::Regex(format!("^(?:{text})$")),
        "GLOB" if text.contains(['*', '?']) => Pattern::Glob(text.to_owned()),
        _ => Pattern::exact(text),
    }
}

/// The text for a regular expression.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.+*?()|[]{}^$#&-~/".contains(c) && c != '/' && c != '-' {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
