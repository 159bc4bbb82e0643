//! A generated file, and the marker line by which it is known again.
//!
//! What must hold: same contents, same bytes, on every machine. The marker is information, never authority: what
//! decides about drift is the body. It holds no date and no host name.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// How the artifact's language begins a comment line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {
    /// `# `, in YAML and shell.
    Hash,
    /// `// `, in Groovy.
    Slashes,
}

/// A generated file: where it goes, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Relative to the repository root, with `/`.
    pub path: String,
    /// The id of the provider that it belongs to.
    pub provider: &'static str,
    /// How its marker line begins.
    pub comment: Comment,
    /// Everything below the marker line: LF only, one final newline.
    pub body: String,
}

impl Artifact {
    /// The whole file: the marker line, then the body.
    pub fn contents(&self, spec_path: &str) -> String {
        let mut out = String::with_capacity(self.body.len() + 220);
        out.push_str(match self.comment {
            Comment::Hash => "# ",
            Comment::Slashes => "// ",
        });
        let version = env!("CARGO_PKG_VERSION");
        let _ = write!(
            out,
            "stackgate {version} | spec {spec_path} | sha256 {} | do not edit: change the spec, then run stackgate generate",
            hash(&self.body)
        );
        out.push('\n');
        out.push_str(&self.body);
        out
    }
}

/// What a marker line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// The version of stackgate that rendered the file.
    pub version: String,
    /// The spec's path.
    pub spec_path: String,
    /// SHA-256 of the normalised body that was rendered, in hexadecimal.
    pub sha256: String,
}

impl Marker {
    /// Whether the body is still the one that was rendered.
    pub fn holds(&self, body: &str) -> bool {
        self.sha256 == hash(&normalise(body))
    }
}

/// The marker in a file's first line, if there is one.
pub fn marker_of(text: &str) -> Option<Marker> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text.lines().next()?;
    let line = line.strip_prefix("# ").or_else(|| line.strip_prefix("// "))?;
    let mut parts = line.trim_end().split(" | ");
    let version = parts.next()?.strip_prefix("stackgate ")?;
    let spec_path = parts.next()?.strip_prefix("spec ")?;
    let sha256 = parts.next()?.strip_prefix("sha256 ")?;
    Some(Marker { version: version.into(), spec_path: spec_path.into(), sha256: sha256.into() })
}

/// Everything below the marker line; `None` where the first line is no marker.
pub fn body_of(text: &str) -> Option<&str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.starts_with("# stackgate ") || text.starts_with("// stackgate ") {
        Some(text.split_once('\n').map_or("", |(_, body)| body))
    } else {
        None
    }
}

/// Line ends that are CRLF throughout become LF, a byte order mark goes, and one newline stands at the end. A file
/// with mixed line ends stays as it is: somebody's editor did not do that.
pub fn normalise(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text: Cow<'_, str> = if text.contains('\r') && text.matches('\n').count() == text.matches("\r\n").count() {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    };
    let trimmed = text.trim_end_matches('\n');
    if trimmed.len() + 1 == text.len() || text.is_empty() { text } else { Cow::Owned(format!("{trimmed}\n")) }
}

fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_reads_back_and_knows_its_body() {
        let artifact =
            Artifact { path: "a.yml".into(), provider: "github", comment: Comment::Hash, body: "a: 1\n".into() };
        let text = artifact.contents("stackgate.yaml");
        let marker = marker_of(&text).unwrap();
        assert_eq!(marker.spec_path, "stackgate.yaml");
        assert_eq!(body_of(&text), Some("a: 1\n"));
        assert!(marker.holds("a: 1\r\n"));
        assert!(!marker.holds("a: 2\n"));
        assert!(marker_of("name: x\n").is_none());
    }

    #[test]
    fn only_line_ends_that_are_crlf_throughout_are_forgiven() {
        assert_eq!(normalise("a\r\nb\r\n"), "a\nb\n");
        assert_eq!(normalise("a\r\nb\n"), "a\r\nb\n");
        assert_eq!(normalise("\u{feff}a"), "a\n");
        assert_eq!(normalise("a\n\n"), "a\n");
        assert!(matches!(normalise("a\n"), Cow::Borrowed(_)));
    }
}
