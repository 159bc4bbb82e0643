//! Finds the pins in the lines of an artifact that adapters rendered.
//!
//! What must hold: a pin is one where a CI system would take it for one: the value of a key, never a line of a script, whose
//! text is the user's. Only the CLI's own variables may stand in a script, since there GitLab's jobs set them. Deliberately
//! absent: reading files that nobody rendered; the frame of a line comes from the artifact.

use stackgate_provider::Comment;

/// What kind of pin it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PinKind {
    /// A GitHub action, by commit.
    Action,
    /// A container image, by digest.
    Image,
    /// The version of the Pulumi CLI.
    Cli,
    /// SHA-256 of the CLI's archive for x64.
    CliX64,
    /// SHA-256 of the CLI's archive for arm64.
    CliArm64,
    /// A task of Azure Pipelines, by the number of its major version: Azure takes nothing more exact that stays.
    Task,
}

/// A pin as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pin {
    /// What it is.
    pub kind: PinKind,
    /// `owner/name`, an image's name without its tag, a task's name, or `pulumi`.
    pub name: String,
    /// The version that people read: an action's comment, an image's tag. Empty where there is none.
    pub version: String,
    /// Commit, digest or SHA-256. Empty for what has none.
    pub hash: String,
    /// The line in the file, from 1.
    pub line: usize,
}

/// A line that holds a pin: what stands before it and behind it stays.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) pin: Pin,
    before: String,
    after: String,
}

impl Line {
    /// The pin of another line in the same frame.
    pub(super) fn of(&self, line: &str, number: usize) -> Option<Pin> {
        let value = line.strip_prefix(self.before.as_str())?.strip_suffix(self.after.as_str())?;
        parse(self.pin.kind, value).map(|pin| Pin { line: number, ..pin })
    }
}

/// Each line of a body, with its pin where it holds one; lines count from 0 here.
pub(super) fn lines(comment: Comment, body: &str) -> Vec<Option<Line>> {
    let mut script = Script::default();
    let mut above = "";
    let mut lines = Vec::new();
    for line in body.split('\n') {
        let inside = match comment {
            Comment::Hash => script.yaml(line),
            Comment::Slashes => script.groovy(line),
            // Neither a script of its own nor a page for people holds a reference that a CI system resolves.
            Comment::Script | Comment::Markdown => true,
        };
        let found = if inside { variable(line) } else { key(comment, above, line).or_else(|| variable(line)) };
        lines.push(found.filter(|_| !matches!(comment, Comment::Script | Comment::Markdown)));
        above = line.trim();
    }
    lines
}

/// Where a script of several lines begins and ends.
#[derive(Default)]
struct Script {
    /// The column of the key whose block this is.
    block: Option<usize>,
    quoted: bool,
}

impl Script {
    fn yaml(&mut self, line: &str) -> bool {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if let Some(column) = self.block {
            if line.trim().is_empty() || indent > column {
                return true;
            }
            self.block = None;
        }
        let mut column = indent;
        let mut rest = &line[indent..];
        let mut above = column;
        while let Some(item) = rest.strip_prefix("- ") {
            (above, column, rest) = (column, column + 2, item);
        }
        let is_block = |text: &str| {
            let text = text.trim_end_matches(|c: char| matches!(c, '-' | '+') || c.is_ascii_digit());
            text == "|" || text == ">"
        };
        if is_block(rest) {
            self.block = Some(above);
        } else if rest.rsplit_once(": ").is_some_and(|(_, value)| is_block(value)) {
            self.block = Some(column);
        }
        false
    }

    fn groovy(&mut self, line: &str) -> bool {
        let quotes = line.matches("'''").count() + line.matches("\"\"\"").count();
        let inside = self.quoted;
        self.quoted ^= quotes % 2 == 1;
        inside || quotes > 0
    }
}

/// A pin that is the value of a key.
fn key(comment: Comment, above: &str, line: &str) -> Option<Line> {
    let text = line.trim_start_matches(' ');
    let text = text.strip_prefix("- ").unwrap_or(text);
    let indent = line.len() - text.len();
    let framed = |kind: PinKind, word: &str| {
        let value = text.strip_prefix(word)?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        match quote {
            Some(quote) => {
                let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
                line_of(kind, line, indent + word.len() + 1, inner)
            }
            None => line_of(kind, line, indent + word.len(), value),
        }
    };
    if comment == Comment::Slashes {
        return framed(PinKind::Image, "image ");
    }
    let name = || if above == "image:" || above == "- image:" { framed(PinKind::Image, "name: ") } else { None };
    let task = || {
        let value = text.strip_prefix("task: ")?;
        let end = value.find(" #").unwrap_or(value.len());
        line_of(PinKind::Task, line, indent + "task: ".len(), &value[..end])
    };
    framed(PinKind::Action, "uses: ")
        .or_else(|| framed(PinKind::Image, "image: "))
        .or_else(name)
        .or_else(task)
        .or_else(|| framed(PinKind::Cli, "pulumi-version: "))
}

/// One of the CLI's own variables.
fn variable(line: &str) -> Option<Line> {
    let text = line.trim_start_matches(' ');
    let text = text.strip_prefix("export ").unwrap_or(text);
    let (name, rest) = text.split_at(text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?);
    let kind = match name {
        "STACKGATE_CLI_VERSION" => PinKind::Cli,
        "STACKGATE_CLI_SHA256_X64" => PinKind::CliX64,
        "STACKGATE_CLI_SHA256_ARM64" => PinKind::CliArm64,
        _ => return None,
    };
    let value = [": ", " = ", "="].iter().find_map(|between| rest.strip_prefix(between))?;
    let inner = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value);
    let start = line.len() - value.len() + usize::from(inner.len() < value.len());
    line_of(kind, line, start, inner)
}

fn line_of(kind: PinKind, line: &str, start: usize, value: &str) -> Option<Line> {
    let pin = parse(kind, value)?;
    // What an artifact holds is whole; a reference without commit or digest is none of ours.
    if pin.hash.is_empty() && matches!(kind, PinKind::Action | PinKind::Image) {
        return None;
    }
    Some(Line { pin, before: line.get(..start)?.to_owned(), after: line.get(start + value.len()..)?.to_owned() })
}

/// A value as a pin of a kind, whatever its parts are worth.
fn parse(kind: PinKind, value: &str) -> Option<Pin> {
    let pin = |name: &str, version: &str, hash: &str| {
        Some(Pin { kind, name: name.into(), version: version.into(), hash: hash.into(), line: 0 })
    };
    if value.contains(['"', '\'', '\r']) {
        return None;
    }
    match kind {
        PinKind::Action => {
            let (target, version) = value.split_once(" # ").unwrap_or((value, ""));
            let (name, commit) = target.split_once('@')?;
            if target.contains(' ') { None } else { pin(name, version, commit) }
        }
        PinKind::Image => {
            let (image, digest) = value.split_once('@').unwrap_or((value, ""));
            let tag = image.rfind(':').filter(|at| !image[*at..].contains('/'));
            let (name, tag) = tag.map_or((image, ""), |at| (&image[..at], &image[at + 1..]));
            if value.contains(' ') { None } else { pin(name, tag, digest) }
        }
        PinKind::Task => {
            let (name, version) = value.split_once('@')?;
            if value.contains(' ') { None } else { pin(name, version, "") }
        }
        PinKind::Cli => pin("pulumi", value, ""),
        PinKind::CliX64 | PinKind::CliArm64 => pin("pulumi", "", value),
    }
}
