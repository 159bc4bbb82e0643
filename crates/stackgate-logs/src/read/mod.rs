//! Reading exported logs: JSON, CSV and CEF, one event after another.
//!
//! What must hold: memory is bounded whatever the input, since one event may be at most [`MOST`] bytes and no more than one
//! is held; what cannot be read is told with its place, once for its kind and counted, and everything else is read. A file
//! that ends in the middle of an event gives all events before it. Deliberately absent: the disk, and any judgement.
//!
//! Facts: `content/docs/administration/reference/audit-log-formats.md` of pulumi/docs at d9ead52.

mod cef;
mod csv;
mod json;
mod lines;

use std::io::{self, BufRead};

use crate::event::Event;

/// How many bytes one event may be.
pub const MOST: usize = 1 << 20;

/// In what a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The API's answers, one or several, a list of events, or an event on each line.
    Json,
    /// The columns that the export has.
    Csv,
    /// Common Event Format, a line each.
    Cef,
}

impl Format {
    /// Its name for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Json => "JSON",
            Format::Csv => "CSV",
            Format::Cef => "CEF",
        }
    }
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The line, from 1, where the event begins.
    pub line: usize,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// How often it occurs.
    pub count: usize,
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// How it is written; `None` for an empty file.
    pub format: Option<Format>,
    /// How many events were read.
    pub events: u64,
    /// What could not be read.
    pub troubles: Vec<Trouble>,
}

impl Read {
    /// Whether all of it was read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.troubles.is_empty()
    }

    pub(crate) fn trouble(&mut self, line: usize, message: impl Into<String>) {
        let message = message.into();
        if let Some(told) = self.troubles.iter_mut().find(|told| told.message == message) {
            told.count += 1;
        } else if self.troubles.len() < 20 {
            // A file that is wrong in ever new ways is wrong.
            self.troubles.push(Trouble { line, message, count: 1 });
        }
    }
}

/// Gives each event of a log to `take`, in the order of the file.
///
/// # Errors
/// When the input cannot be read at all. A log with mistakes is no error: see [`Read::troubles`].
pub fn read(input: &mut dyn BufRead, take: &mut dyn FnMut(&Event<'_>)) -> io::Result<Read> {
    let mut read = Read::default();
    match format(input.fill_buf()?) {
        Ok(None) => {}
        Ok(Some(format)) => {
            read.format = Some(format);
            match format {
                Format::Json => json::read(input, &mut read, take)?,
                Format::Csv => csv::read(input, &mut read, take)?,
                Format::Cef => cef::read(input, &mut read, take)?,
            }
        }
        Err(message) => read.trouble(1, message),
    }
    Ok(read)
}

/// How a file that begins so is written.
fn format(beginning: &[u8]) -> Result<Option<Format>, &'static str> {
    if beginning.starts_with(&[0x1f, 0x8b]) {
        return Err("this is compressed; `gunzip` it first");
    }
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    match text {
        [] => Ok(None),
        [b'{' | b'[', ..] => Ok(Some(Format::Json)),
        _ => {
            let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let csv = line.get(..9).is_some_and(|word| word.eq_ignore_ascii_case(b"timestamp"));
            let csv = csv || line.get(1..10).is_some_and(|word| word.eq_ignore_ascii_case(b"timestamp"));
            match (csv, memchr::memmem::find(line, b"CEF:").is_some()) {
                (true, _) => Ok(Some(Format::Csv)),
                (false, true) => Ok(Some(Format::Cef)),
                (false, false) => Err("this is no audit log that Pulumi Cloud exports: neither JSON, CSV nor CEF"),
            }
        }
    }
}

#[cfg(test)]
mod tests;
