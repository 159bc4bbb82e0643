//! A generated file, and the marker line by which it is known again.
//!
//! What must hold: same contents, same bytes, on every machine. The marker is information, never authority: what
//! decides about drift is the body. It holds no date and no host name.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// How the artifact's language writes the comment that is its marker line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {
    /// `# `, in YAML.
    Hash,
    /// `// `, in Groovy.
    Slashes,
    /// `<!-- … -->`, in Markdown.
    Markdown,
    /// `# ` below `#!/bin/sh`, in a shell script that is a file of its own.
    Script,
}

impl Comment {
    /// Every kind.
    pub const ALL: [Comment; 4] = [Comment::Hash, Comment::Slashes, Comment::Markdown, Comment::Script];

    /// What stands before the marker: of a script its first line, which decides what runs it.
    fn before(self) -> &'static str {
        match self {
            Comment::Hash => "# ",
            Comment::Slashes => "// ",
            Comment::Markdown => "<!-- ",
            Comment::Script => "#!/bin/sh\n# ",
        }
    }

    /// What stands behind it, up to the end of the line.
    fn after(self) -> &'static str {
        match self {
            Comment::Markdown => " -->",
            Comment::Hash | Comment::Slashes | Comment::Script => "",
        }
    }

    /// A body as it is compared: normalised, but of a shell script as it is, since one with other line ends does not run.
    pub fn normalise(self, body: &str) -> Cow<'_, str> {
        if self == Comment::Script { Cow::Borrowed(body) } else { normalise(body) }
    }
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
    /// Everything below the marker line: LF only, one final newline. A script's first line is none of it.
    pub body: String,
}

impl Artifact {
    /// The whole file: the marker line, then the body.
    pub fn contents(&self, spec_path: &str) -> String {
        let mut out = String::with_capacity(self.body.len() + 220);
        out.push_str(self.comment.before());
        let version = env!("CARGO_PKG_VERSION");
        let _ = write!(
            out,
            "stackgate {version} | spec {spec_path} | sha256 {} | do not edit: change the spec, then run stackgate generate",
            hash(&self.body)
        );
        out.push_str(self.comment.after());
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

/// The marker in a file's first line, or in a script's second, if there is one.
pub fn marker_of(text: &str) -> Option<Marker> {
    let (comment, marked) = marked(text)?;
    let line = marked.lines().next()?.trim_end();
    let line = line.strip_suffix(comment.after().trim_end())?;
    let mut parts = line.split(" | ");
    let version = parts.next()?;
    let spec_path = parts.next()?.strip_prefix("spec ")?;
    let sha256 = parts.next()?.strip_prefix("sha256 ")?;
    Some(Marker { version: version.into(), spec_path: spec_path.into(), sha256: sha256.into() })
}

/// Everything below the marker line; `None` where there is no such line.
pub fn body_of(text: &str) -> Option<&str> {
    marked(text).map(|(_, marked)| marked.split_once('\n').map_or("", |(_, body)| body))
}

/// The text from the marker's version on, and the kind of its comment. A script's first line must be ours to the byte:
/// otherwise something else would run it, and no comparison of bodies would see that.
fn marked(text: &str) -> Option<(Comment, &str)> {
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
    Comment::ALL.into_iter().find_map(|comment| {
        let text = if comment == Comment::Script { text } else { plain };
        Some((comment, text.strip_prefix(comment.before())?.strip_prefix("stackgate ")?))
    })
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

    fn written(comment: Comment) -> String {
        Artifact { path: "a".into(), provider: "github", comment, body: "a\n".into() }.contents("stackgate.yaml")
    }

    #[test]
    fn every_kind_of_comment_reads_back() {
        for comment in Comment::ALL {
            let text = written(comment);
            let marker = marker_of(&text).unwrap();
            assert_eq!((marker.version.as_str(), marker.spec_path.as_str()), ("0.1.0", "stackgate.yaml"), "{text}");
            assert!(marker.holds("a\n") && !marker.holds("b\n"));
            assert_eq!(body_of(&text), Some("a\n"), "{text}");
        }
        let lines: Vec<String> = written(Comment::Markdown).lines().map(str::to_owned).collect();
        assert!(lines[0].starts_with("<!-- stackgate ") && lines[0].ends_with(" -->"), "{lines:?}");
        let lines: Vec<String> = written(Comment::Script).lines().map(str::to_owned).collect();
        assert!(lines[0] == "#!/bin/sh" && lines[1].starts_with("# stackgate "), "{lines:?}");
    }

    #[test]
    fn a_script_that_something_else_would_run_is_not_ours() {
        let text = written(Comment::Script);
        for other in ["#!/bin/bash", "#!/bin/sh -x", "#! /bin/sh", "\u{feff}#!/bin/sh", "#!/bin/sh\r", "#!/bin/sh\n"] {
            let text = text.replacen("#!/bin/sh", other, 1);
            assert!(marker_of(&text).is_none() && body_of(&text).is_none(), "{text:?}");
        }
        assert_eq!(Comment::Script.normalise("a\r\n"), "a\r\n");
        assert_eq!(Comment::Markdown.normalise("a\r\n"), "a\n");
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
