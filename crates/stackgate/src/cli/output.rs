//! Stdout and stderr, with colour where it is wanted.
//!
//! What must hold: whatever a user or a file gave is escaped before it reaches a terminal or a CI log; stdout is
//! buffered, and a failure to write it is never lost.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use anstyle::{AnsiColor, Style};
use stackgate::Error;
use stackgate::args::When;
use stackgate::diagnostic::{Diagnostic, Source, escape_visible, render_text};
use stackgate::report::{Format, Report, Tone, log_line, print, text};

/// Both streams of one run.
pub(crate) struct Output {
    stdout: BufWriter<anstream::AutoStream<io::Stdout>>,
    stderr: anstream::AutoStream<io::Stderr>,
}

/// Added lines.
pub(crate) const ADDED: Style = AnsiColor::Green.on_default();
/// Removed lines.
pub(crate) const REMOVED: Style = AnsiColor::Red.on_default();
/// Places and headings.
pub(crate) const STRONG: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What wants a look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();

impl Output {
    /// The streams of this process.
    pub(crate) fn new(color: When) -> Output {
        let choice = match color {
            When::Auto => anstream::ColorChoice::Auto,
            When::Always => anstream::ColorChoice::Always,
            When::Never => anstream::ColorChoice::Never,
        };
        Output {
            stdout: BufWriter::new(anstream::AutoStream::new(io::stdout(), choice)),
            stderr: anstream::AutoStream::new(io::stderr(), choice),
        }
    }

    /// Writes one line of text that is ours, or escaped already.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(text.as_bytes())?;
        self.stdout.write_all(b"\n")
    }

    /// Writes one line in a style.
    pub(crate) fn styled(&mut self, style: Style, text: &str) -> io::Result<()> {
        writeln!(self.stdout, "{style}{text}{style:#}")
    }

    /// Writes text as it is, such as a schema or a diff.
    pub(crate) fn raw(&mut self, text: &[u8]) -> io::Result<()> {
        self.stdout.write_all(text)
    }

    /// Writes a report, its text in colour.
    pub(crate) fn report(&mut self, report: &Report, format: Format) -> io::Result<()> {
        if format != Format::Text {
            return self.raw(print(report, format).as_bytes());
        }
        let mut written = Ok(());
        text(report, &mut |line| {
            if written.is_ok() {
                written = match line.tone {
                    Tone::Plain => self.line(&line.text),
                    Tone::Strong => self.styled(STRONG, &line.text),
                    Tone::Warn => self.styled(WARN, &line.text),
                    Tone::Dim => self.styled(DIM, &line.text),
                    Tone::Added => self.styled(ADDED, &line.text),
                    Tone::Removed => self.styled(REMOVED, &line.text),
                };
            }
        });
        written
    }

    /// Writes bytes that a program is to read, and not one of them changed; on a terminal nobody is harmed by them.
    pub(crate) fn unescaped(&mut self, text: &str) -> io::Result<()> {
        if io::stdout().is_terminal() {
            return text.split_terminator('\n').try_for_each(|line| self.line(&escape_visible(line)));
        }
        self.stdout.flush()?;
        // The stream with colours takes out what looks like one.
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }

    /// Writes a unified diff with its lines coloured. No line of it opens a command of the CI system whose log this is.
    pub(crate) fn diff(&mut self, diff: &str) -> io::Result<()> {
        for line in diff.lines().map(log_line) {
            let line = line.as_str();
            match line.as_bytes().first() {
                _ if line.starts_with("+++") || line.starts_with("---") => self.styled(STRONG, line)?,
                Some(b'+') => self.styled(ADDED, line)?,
                Some(b'-') => self.styled(REMOVED, line)?,
                Some(b'@') => self.styled(DIM, line)?,
                _ => self.line(line)?,
            }
        }
        Ok(())
    }

    /// What is buffered goes out.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }

    /// Diagnostics, to stderr.
    pub(crate) fn diagnostics(&mut self, source: &Source, diagnostics: &[Diagnostic]) {
        if !diagnostics.is_empty() {
            // Where stderr is closed, the exit code still tells.
            for line in render_text(source, diagnostics, true).lines() {
                let _ = writeln!(self.stderr, "{}", log_line(line));
            }
        }
    }

    /// A message of this program, to stderr.
    pub(crate) fn complain(&mut self, message: &str) {
        let style = AnsiColor::Red.on_default().bold();
        for line in message.lines() {
            let _ = writeln!(self.stderr, "{style}error{style:#}: {}", log_line(&escape_visible(line)));
        }
    }

    /// A remark, to stderr.
    pub(crate) fn remark(&mut self, message: &str) {
        let _ = writeln!(self.stderr, "{}", log_line(&escape_visible(message)));
    }

    /// Why a command failed, to stderr.
    pub(crate) fn error(&mut self, error: &Error) {
        if let Error::Spec { source, diagnostics } = error {
            self.diagnostics(source, diagnostics);
        }
        if let Error::Several(errors) = error {
            return errors.iter().for_each(|error| self.error(error));
        }
        if let Error::ReadBack(fault) = error {
            let _ = writeln!(self.stderr, "{fault}");
        } else {
            self.complain(&error.to_string());
        }
    }
}
