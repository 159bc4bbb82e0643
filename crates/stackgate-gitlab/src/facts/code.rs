//! Images, components and files of other projects, and how firmly they are named.
//!
//! What must hold: an image is firm by its digest alone, a project by a full commit. Source: GitLab, "Using Docker images",
//! "CI/CD components" on versions, "Use CI/CD configuration from other files".

use stackgate_provider::facts::{Code, CodeKind, Pin};
use stackgate_provider::yaml::Span;

use super::Reading;

/// `name:tag@sha256:…`.
pub(super) fn image(text: &str, span: Span, reading: &Reading<'_>) -> Code {
    let code = |name: &str, version: &str, pin| Code {
        kind: CodeKind::Image,
        name: name.to_owned(),
        version: version.to_owned(),
        pin,
        comment: reading.comment(span),
        place: Reading::at(span),
    };
    // A variable within the digest or the tag; one of the registry alone does not move the digest.
    let (before, digest) = text.split_once('@').map_or((text, None), |(before, digest)| (before, Some(digest)));
    if let Some(digest) = digest.filter(|digest| is_digest(digest)) {
        let (name, tag) = tagged(before);
        let version = if tag.is_empty() { digest.to_owned() } else { format!("{tag}@{digest}") };
        return code(name, &version, Pin::Digest);
    }
    if text.contains('$') {
        return code(text, "", Pin::Made);
    }
    let (name, tag) = tagged(before);
    match digest {
        Some(digest) => code(name, digest, Pin::Moving),
        None if tag.is_empty() || tag == "latest" => code(name, tag, Pin::None),
        None => code(name, tag, Pin::Moving),
    }
}

/// The last colon belongs to a tag only behind the last slash: before it stands a port.
fn tagged(text: &str) -> (&str, &str) {
    let slash = text.rfind('/').map_or(0, |at| at + 1);
    match text.get(slash..).and_then(|last| last.find(':')) {
        Some(colon) => (text.get(..slash + colon).unwrap_or(text), text.get(slash + colon + 1..).unwrap_or_default()),
        None => (text, ""),
    }
}

fn is_digest(digest: &str) -> bool {
    digest
        .strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A project with what is wanted of it: a commit, a tag, a branch; the default branch where nothing is said.
pub(super) fn of_ref(project: &str, reference: Option<&str>, span: Span, reading: &Reading<'_>) -> Code {
    let version = reference.unwrap_or_default();
    let pin = match version {
        text if project.contains('$') || text.contains('$') => Pin::Made,
        "" => Pin::None,
        text if is_commit(text) => Pin::Digest,
        text if is_version(text.trim_start_matches('v')) => Pin::Version,
        _ => Pin::Moving,
    };
    Code {
        kind: CodeKind::Pipeline,
        name: project.to_owned(),
        version: version.to_owned(),
        pin,
        comment: reading.comment(span),
        place: Reading::at(span),
    }
}

/// `host/group/project/name@version`.
pub(super) fn component(address: &str, span: Span, reading: &Reading<'_>) -> Code {
    let (name, version) = address.rsplit_once('@').unwrap_or((address, ""));
    let pin = match version {
        text if text.contains('$') => Pin::Made,
        "" | "~latest" => Pin::None,
        text if is_commit(text) => Pin::Digest,
        text if is_version(text) => Pin::Version,
        _ => Pin::Moving,
    };
    Code {
        kind: CodeKind::Pipeline,
        name: name.to_owned(),
        version: version.to_owned(),
        pin,
        comment: reading.comment(span),
        place: Reading::at(span),
    }
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Three numbers: a part of them is a range.
fn is_version(text: &str) -> bool {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
