//! Orbs and images, and how firmly they are named.
//!
//! What must hold: an orb's full version never changes, anything shorter does; an image is firm by its digest alone. Source:
//! CircleCI, "Orbs concepts", on semantic versions and development versions.

use stackgate_provider::Gathering;
use stackgate_provider::facts::{Code, CodeKind, Pin, Place, Value};

use super::substitution::value;

/// `namespace/orb@version`.
pub(crate) fn orb(text: &str, place: Place, gathering: &Gathering<'_>) -> Code {
    let (name, version) = text.split_once('@').unwrap_or((text, ""));
    let pin = match version {
        "" | "volatile" => Pin::None,
        version if version.starts_with("dev:") => Pin::Moving,
        version if is_full(version) => Pin::Version,
        _ => Pin::Moving,
    };
    let comment = gathering.comment_behind(place);
    Code { kind: CodeKind::Library, name: name.to_owned(), version: version.to_owned(), pin, comment, place }
}

/// `name:tag@sha256:…`.
pub(crate) fn image(text: &str, place: Place, gathering: &Gathering<'_>) -> Code {
    let comment = gathering.comment_behind(place);
    let code = |name: &str, version: &str, pin| Code {
        kind: CodeKind::Image,
        name: name.to_owned(),
        version: version.to_owned(),
        pin,
        comment: comment.clone(),
        place,
    };
    if matches!(value(text), Value::Made(..)) {
        return code(text, "", Pin::Made);
    }
    // The last colon belongs to a tag only behind the last slash: before it stands a port.
    let (before, digest) = text.split_once('@').map_or((text, None), |(before, digest)| (before, Some(digest)));
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
    digest
        .strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_full(version: &str) -> bool {
    let parts: Vec<&str> = version.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
