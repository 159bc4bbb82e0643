//! One diagnostic, and a collection of them.
//!
//! A diagnostic holds text as it was written; it is cleaned where it leaves the program, never
//! here, so that nothing is escaped twice. It never holds a source: rendering brings one.

use serde::Serialize;

use crate::{Rule, Severity, Source, Span, clean};

/// What is wrong, by which rule and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that was broken.
    pub rule: &'static Rule,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// Where in the source that the diagnostic is shown with.
    pub span: Option<Span>,
    /// What stands at the caret, such as "expected one of …".
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places in the same source, each with what it has to do with this.
    pub related: Vec<(Span, String)>,
    /// The file that this is about when that is not the source; it has no span then.
    pub path: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of any severity. `span` is a [`Span`], or `None` for the file as a whole.
    pub fn new(
        severity: Severity,
        rule: &'static Rule,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            severity,
            message: message.into(),
            span: span.into(),
            label: None,
            help: None,
            related: Vec::new(),
            path: None,
        }
    }

    /// An error.
    pub fn error(rule: &'static Rule, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, rule, span, message)
    }

    /// A warning.
    pub fn warning(rule: &'static Rule, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, rule, span, message)
    }

    /// A notice.
    pub fn notice(rule: &'static Rule, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Notice, rule, span, message)
    }

    /// An error about another file than the source.
    pub fn of_file(rule: &'static Rule, path: impl Into<String>, message: impl Into<String>) -> Self {
        let mut diagnostic = Self::error(rule, None, message);
        diagnostic.path = Some(path.into());
        diagnostic
    }

    /// The same with another severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same with a label at the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The same with a line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with one more place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push((span, text.into()));
        self
    }

    /// The diagnostic as data, cleaned, with its place worked out.
    #[must_use]
    pub fn record(&self, source: &Source) -> Record {
        Record {
            rule: self.rule.id,
            severity: self.severity,
            message: clean(&self.message),
            path: clean(self.path.as_deref().unwrap_or(source.path())),
            place: self.place(source),
            label: self.label.as_deref().map(clean),
            help: self.help.as_deref().map(clean),
            related: self
                .related
                .iter()
                .map(|(span, text)| RelatedRecord { place: Place::of(*span, source), message: clean(text) })
                .collect(),
        }
    }

    /// Lines and columns of the span, unless the diagnostic is about another file.
    pub(crate) fn place(&self, source: &Source) -> Option<Place> {
        let span = self.span.filter(|_| self.path.is_none())?;
        Some(Place::of(span, source))
    }
}

/// A diagnostic for reports that programs read. All text in it is clean.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// The id of the rule.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The file that it is about.
    pub path: String,
    /// Where in the file; the keys are absent when it is about the file as a whole.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// What stands at the caret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Other places in the same file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedRecord>,
}

/// Another place that a diagnostic points to.
#[derive(Clone, Debug, Serialize)]
pub struct RelatedRecord {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What it has to do with the diagnostic.
    pub message: String,
}

/// Lines and columns from 1, columns in characters; the end is the character after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The first line.
    pub line: usize,
    /// The first column.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last.
    pub end_column: usize,
}

impl Place {
    /// Where a span is in its source.
    #[must_use]
    pub fn of(span: Span, source: &Source) -> Self {
        let (line, column) = source.line_column(span.start);
        let (end_line, end_column) = source.line_column(span.end.max(span.start));
        Self { line, column, end_line, end_column }
    }
}

/// Diagnostics as they are collected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All, in their present order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// All, in their present order.
    #[must_use]
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.0
    }

    /// The same by file, place and rule: the source's own first, what has no place before what has.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.0.sort_by(|a, b| (&a.path, a.span, a.rule.id).cmp(&(&b.path, b.span, b.rule.id)));
        self
    }

    /// The plain list.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, more: I) {
        self.0.extend(more);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(all: Vec<Diagnostic>) -> Self {
        Self(all)
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static A: Rule = Rule { id: "a", title: "", why: "", instead: "", waivable: false };
    static B: Rule = Rule { id: "b", title: "", why: "", instead: "", waivable: false };

    #[test]
    fn sorted_by_place_then_rule() {
        let mut all = Diagnostics::new();
        all.push(Diagnostic::of_file(&A, "z", "5"));
        all.push(Diagnostic::warning(&B, Span::at(4), "4"));
        all.push(Diagnostic::notice(&A, Span::at(4), "3"));
        all.push(Diagnostic::notice(&A, Span::at(2), "2"));
        assert!(all.has_errors());
        all.push(Diagnostic::error(&A, None, "1"));
        let messages: Vec<_> = all.sorted().into_iter().map(|d| d.message).collect();
        assert_eq!(messages, ["1", "2", "3", "4", "5"]);
    }

    #[test]
    fn records_are_clean_and_placed() {
        let source = Source::new("s.yaml", "a: b\nc: d\n");
        let diagnostic = Diagnostic::error(&A, Span::new(8, 9), "bad\n\u{1b}")
            .label("l")
            .related(Span::new(0, 1), "first one is here");
        assert_eq!(
            serde_json::to_string(&diagnostic.record(&source)).unwrap(),
            r#"{"rule":"a","severity":"error","message":"bad\\n\\u{1b}","path":"s.yaml","line":2,"column":4,"end_line":2,"end_column":5,"label":"l","related":[{"line":1,"column":1,"end_line":1,"end_column":2,"message":"first one is here"}]}"#
        );
        let other = serde_json::to_string(&Diagnostic::of_file(&A, "x", "m").record(&source)).unwrap();
        assert_eq!(other, r#"{"rule":"a","severity":"error","message":"m","path":"x"}"#);
    }
}
