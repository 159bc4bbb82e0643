//! Diagnostics for people: a title, the place, the offending line with a caret, and help.
//!
//! Every line of the source is rebuilt before it is shown: cleaned, and cut to a window around the
//! span. So the drawing never sees user text that was not made harmless, and its cost does not grow
//! with the source. Spans over several lines are shown by their first line.

use std::fmt::Write as _;

use annotate_snippets::renderer::DEFAULT_LINE_NUM_STYLE;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstyle::Style;

use crate::escape::push_visible;
use crate::redact::secrets;
use crate::source::floor;
use crate::{Diagnostic, Place, Severity, Source, Span, clean};

/// How many characters of a line are shown before the span, and of the span, and after it.
const BEFORE: usize = 80;
const WITHIN: usize = 80;
const AFTER: usize = 40;
/// Wider than any window with its label: cutting is done here, where it is known what matters.
const WIDTH: usize = 2000;

/// All diagnostics in the order given, as a compiler shows them; `color` adds ANSI styles.
#[must_use]
pub fn render_text(source: &Source, diagnostics: &[Diagnostic], color: bool) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        if !out.is_empty() {
            out.push('\n');
        }
        render_one(&mut out, source, diagnostic, color);
    }
    out
}

fn render_one(out: &mut String, source: &Source, diagnostic: &Diagnostic, color: bool) {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Notice => Level::NOTE.with_name("notice"),
    };
    let title = level.primary_title(clean(&diagnostic.message)).id(diagnostic.rule.id);
    let help = diagnostic.help.as_deref().map(|help| Level::HELP.message(clean(help)));
    match diagnostic.span.filter(|_| diagnostic.path.is_none()) {
        Some(span) => {
            let label = diagnostic.label.as_deref();
            let group = Group::with_title(title).element(snippet(source, span, label));
            render_at(out, source, span, group.elements(help), color);
        }
        None => {
            let path = diagnostic.path.as_deref().unwrap_or(source.path());
            let group = Group::with_title(title).element(Origin::path(clean(path)));
            out.push_str(&renderer(color).render(&[group.elements(help)]));
            out.push('\n');
        }
    }
    for (span, text) in &diagnostic.related {
        let title = Level::NOTE.secondary_title(clean(text));
        let group = Group::with_title(title).element(snippet(source, *span, None));
        render_at(out, source, *span, group, color);
    }
}

/// Renders a group, with the line that says where under its title.
fn render_at(out: &mut String, source: &Source, span: Span, group: Group<'_>, color: bool) {
    let rendered = renderer(color).render(&[group]);
    // The renderer would count columns in the window that it was given, hence a line of our own.
    // The title is one line, since everything in it is clean.
    let (title, rest) = rendered.split_once('\n').unwrap_or((&rendered, ""));
    let Place { line, column, .. } = Place::of(span, source);
    let style = if color { DEFAULT_LINE_NUM_STYLE } else { Style::new() };
    let arrow = format!("{style}{:>width$}-->{style:#}", "", width = line.to_string().len());
    let path = clean(source.path());
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{title}\n{arrow} {path}:{line}:{column}\n{rest}");
}

fn renderer(color: bool) -> Renderer {
    if color { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH)
}

fn snippet<'a>(source: &Source, span: Span, label: Option<&str>) -> Snippet<'a, Annotation<'a>> {
    let (line, _) = source.line_column(span.start);
    let window = Window::new(source.line_text(line), span, source.line_start(line));
    let mut annotation = AnnotationKind::Primary.span(window.start..window.end);
    if let Some(label) = label {
        annotation = annotation.label(clean(label));
    }
    Snippet::source(window.text).line_start(line).annotation(annotation)
}

/// What is shown of a line, and where in that the span is, in bytes.
struct Window {
    text: String,
    start: usize,
    end: usize,
}

impl Window {
    fn new(line: &str, span: Span, line_start: usize) -> Self {
        let (skipped, line) = nearby(line, span.start.saturating_sub(line_start));
        let line_start = line_start + skipped;
        let start = floor(line, span.start.saturating_sub(line_start));
        let end = floor(line, span.end.saturating_sub(line_start)).max(start);
        let mut before = String::new();
        let mut within = String::new();
        let mut after = String::new();
        let mut pending = secrets(line).into_iter().peekable();
        let mut skip_to = 0;
        for (byte, character) in line.char_indices() {
            let part = if byte < start {
                &mut before
            } else if byte < end {
                &mut within
            } else {
                &mut after
            };
            // A secret that the span cuts through is shown once, where it begins.
            if let Some((range, note)) = pending.next_if(|(range, _)| range.start == byte) {
                part.push_str(note);
                skip_to = range.end;
            }
            let mark = byte == 0 && line_start == 0 && character == '\u{feff}';
            if byte >= skip_to && !mark {
                push_visible(part, character);
            }
        }
        let before = last(&before, BEFORE);
        let within = first(&within, WITHIN);
        let after = first(&after, AFTER);
        Self { start: before.len(), end: before.len() + within.len(), text: format!("{before}{within}{after}") }
    }
}

/// The part of a line that a window can be cut from, and the bytes before it. Looking at no more
/// keeps a thousand diagnostics on one long line from costing a thousand times that line.
fn nearby(line: &str, start: usize) -> (usize, &str) {
    let bytes = line.as_bytes();
    // A secret that reaches in from outside must be seen whole, or it would not be known for one.
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let from = floor(line, start.saturating_sub(4 * (BEFORE + 1)));
    let from = from - bytes[..from].iter().rev().take_while(|byte| token(byte)).count();
    let to = floor(line, start + 8 * (WITHIN + AFTER));
    let to = to + bytes[to..].iter().take_while(|byte| token(byte)).count();
    (from, &line[from..to.max(from)])
}

fn first(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn last(text: &str, longest: usize) -> String {
    match text.char_indices().rev().nth(longest) {
        Some((cut, character)) => format!("…{}", &text[cut + character.len_utf8()..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rule;

    static RULE: Rule = Rule { id: "unknown-key", title: "", why: "", instead: "", waivable: false };

    fn text(source: &Source, diagnostic: Diagnostic) -> String {
        render_text(source, &[diagnostic], false)
    }

    #[test]
    fn looks_like_a_compiler() {
        let source = Source::new("stackgate.yaml", "version: 1\nstacks:\n  dev: { tierr: x }\n");
        let diagnostic = Diagnostic::error(&RULE, Span::new(28, 33), "unknown key `tierr`")
            .label("did you mean `tier`?")
            .help("the keys here are tier, after")
            .related(Span::new(0, 7), "something else is here");
        assert_eq!(
            text(&source, diagnostic),
            "\
error[unknown-key]: unknown key `tierr`
 --> stackgate.yaml:3:10
  |
3 |   dev: { tierr: x }
  |          ^^^^^ did you mean `tier`?
  |
  = help: the keys here are tier, after
note: something else is here
 --> stackgate.yaml:1:1
  |
1 | version: 1
  | ^^^^^^^
"
        );
    }

    #[test]
    fn files_without_a_place() {
        let source = Source::new("stackgate.yaml", "");
        assert_eq!(
            text(&source, Diagnostic::notice(&RULE, None, "nothing in it").help("write some")),
            "notice[unknown-key]: nothing in it\n--> stackgate.yaml\n = help: write some\n"
        );
        let other = Diagnostic::of_file(&RULE, "other\u{202e}.yaml", "gone");
        assert_eq!(text(&source, other), "error[unknown-key]: gone\n--> other\\u{202e}.yaml\n");
    }

    #[test]
    fn nothing_hostile_comes_through() {
        let token = format!("pul-{}", "ab12".repeat(10));
        let line = format!("k: \u{1b}[2J\u{202e}{token}\tx # {token}");
        let source = Source::new("s\u{1b}.yaml", line.clone());
        let diagnostic = Diagnostic::error(&RULE, Span::new(12, 20), format!("{line}\nnext"))
            .label(format!("\u{1b}{token}"))
            .help(format!("\u{200b}{token}"))
            .related(Span::new(3, 9999), format!("\u{1b}]8;;{token}"));
        for color in [false, true] {
            let shown = render_text(&source, std::slice::from_ref(&diagnostic), color);
            assert!(!shown.contains("ab12"), "{shown}");
            assert!(!shown.contains(['\u{202e}', '\u{200b}', '\t']), "{shown}");
            assert!(shown.contains("k: \\u{1b}[2J\\u{202e}pul-[redacted]\\tx # pul-[redacted]"), "{shown}");
            assert_eq!(shown.contains('\u{1b}'), color);
            // Styles and nothing else: no screen clearing, no links.
            assert!(!shown.contains("\u{1b}[2J") && !shown.contains("\u{1b}]"));
        }
    }

    #[test]
    fn long_lines_show_a_window() {
        let line = format!("{}BAD{}", "a".repeat(100_000), "b".repeat(100_000));
        let source = Source::new("s", line);
        let shown = text(&source, Diagnostic::error(&RULE, Span::new(100_000, 100_003), "x"));
        assert!(shown.contains(" --> s:1:100001\n"), "{shown}");
        assert!(shown.contains("aaBADbb") && shown.contains("^^^"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() < 300), "{shown}");
    }

    #[test]
    fn long_secrets_are_known_from_their_middle() {
        let line = format!("k: eyJ{}.{}.{}", "a".repeat(3000), "b".repeat(3000), "c".repeat(3000));
        let source = Source::new("s", line);
        for start in [0, 5000, 9000] {
            let shown = text(&source, Diagnostic::error(&RULE, Span::at(start), "x"));
            assert!(!shown.contains("aaa") && !shown.contains("ccc"), "{shown}");
            assert!(shown.contains("[redacted token]"), "{shown}");
        }
    }

    #[test]
    fn any_span_is_survived() {
        let source = Source::new("s", "ä\n\u{feff}ö: 1\r\n\n");
        for start in 0..20 {
            for end in 0..20 {
                let shown = text(&source, Diagnostic::error(&RULE, Span::new(start, end), "x"));
                assert!(shown.contains('^'), "{start}..{end}: {shown}");
            }
        }
    }
}
