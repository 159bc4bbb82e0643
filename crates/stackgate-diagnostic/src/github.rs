//! Diagnostics as workflow commands, which GitHub shows beside the lines of a change.
//!
//! One line each: a value can end neither its property nor the command, or a spec could give the
//! runner commands of its own. What GitHub does with more than ten of a kind is not handled here.

use std::fmt::Write as _;

use crate::{Diagnostic, Source, clean};

/// One `::error file=…::message` line for each diagnostic.
#[must_use]
pub fn render_github(source: &Source, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let path = diagnostic.path.as_deref().unwrap_or(source.path());
        // Writing to a string cannot fail.
        let _ = write!(out, "::{} file={}", diagnostic.severity, property(path));
        if let Some(place) = diagnostic.place(source) {
            let _ = write!(out, ",line={},col={}", place.line, place.column);
            // GitHub wants columns only where a span stays on its line.
            if place.end_line == place.line {
                let _ = write!(out, ",endLine={},endColumn={}", place.end_line, place.end_column);
            }
        }
        let _ = write!(out, ",title={}::{}", property(diagnostic.rule.id), data(&diagnostic.message));
        if let Some(label) = &diagnostic.label {
            let _ = write!(out, "%0A{}", data(label));
        }
        if let Some(help) = &diagnostic.help {
            let _ = write!(out, "%0Ahelp: {}", data(help));
        }
        out.push('\n');
    }
    out
}

fn data(text: &str) -> String {
    // Cleaning has taken the line breaks; these two stay, so that the escaping is whole by itself.
    clean(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rule, Span};

    static RULE: Rule = Rule { id: "some-rule", title: "", why: "", instead: "", waivable: false };

    #[test]
    fn nothing_ends_the_command() {
        let source = Source::new("a,b:c.yaml", "x: y\n");
        let all = [
            Diagnostic::error(&RULE, Span::new(3, 4), "100%\n::set-env::x").help("do: so"),
            Diagnostic::of_file(&RULE, "d", "gone").severity(crate::Severity::Notice),
        ];
        assert_eq!(
            render_github(&source, &all),
            "::error file=a%2Cb%3Ac.yaml,line=1,col=4,endLine=1,endColumn=5,title=some-rule::100%25\\n::set-env::x%0Ahelp: do: so\n\
             ::notice file=d,title=some-rule::gone\n"
        );
    }
}
