//! CSV, with the columns of the export.
//!
//! What must hold: columns are found by the names in the first line; a record is whole when it has them all and its last
//! one is a word that belongs there, since a file that was cut off looks like a file otherwise.

use std::borrow::Cow;
use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader};

use super::{MOST, Read};
use crate::event::{Event, slug};
use crate::time;

/// The columns that are used; the rest is passed over.
const COLUMNS: [&str; 6] = ["timestamp", "login", "event", "description", "sourceip", "authenticationfailure"];

/// A record as the parser leaves it.
struct Record {
    text: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
}

impl Record {
    fn field(&self, at: usize) -> &[u8] {
        let begin = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = if at < self.fields { self.ends.get(at).copied().unwrap_or(begin) } else { begin };
        self.text.get(begin..end).unwrap_or_default()
    }

    fn text(&self, at: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.field(at))
    }
}

/// What stands where a record was asked for.
enum Next {
    Record,
    TooLong,
    End,
}

pub(super) fn read(input: &mut dyn BufRead, read: &mut Read, take: &mut dyn FnMut(&Event<'_>)) -> io::Result<()> {
    let mut reader = Reader::new();
    let mut record = Record { text: vec![0; MOST], ends: vec![0; 64], fields: 0 };
    let mut columns: Option<[usize; 6]> = None;
    let mut last = 0;
    loop {
        let line = usize::try_from(reader.line()).unwrap_or(usize::MAX);
        match next(&mut reader, input, &mut record)? {
            Next::End => return Ok(()),
            Next::TooLong => read.trouble(line, "a record is longer than a mebibyte, or a quote never closes"),
            Next::Record => match columns {
                None => match head(&record) {
                    Ok(found) => {
                        last = record.fields;
                        columns = Some(found);
                    }
                    Err(message) => {
                        read.trouble(line, message);
                        return Ok(());
                    }
                },
                Some(columns) => {
                    let ended = input.fill_buf()?.is_empty();
                    match event(&record, columns, last) {
                        Ok(event) => {
                            read.events += 1;
                            take(&event);
                        }
                        Err(_) if ended => {
                            read.trouble(
                                line,
                                "the file ends in the middle of this record; everything before it was read",
                            );
                        }
                        Err(message) => read.trouble(line, message),
                    }
                }
            },
        }
    }
}

/// Which column is where.
fn head(record: &Record) -> Result<[usize; 6], String> {
    let names: Vec<String> = (0..record.fields)
        .map(|at| record.text(at).trim_start_matches('\u{feff}').trim().to_ascii_lowercase().replace(' ', ""))
        .collect();
    let mut found = [0; 6];
    for (place, column) in found.iter_mut().zip(COLUMNS) {
        let at = names.iter().position(|name| name == column);
        *place = at.ok_or_else(|| format!("the first line has no column `{column}`; nothing was read"))?;
    }
    Ok(found)
}

fn event<'a>(record: &'a Record, columns: [usize; 6], fields: usize) -> Result<Event<'a>, &'static str> {
    if record.fields != fields {
        return Err("this record has not the columns of the first line");
    }
    let [when, login, event, description, ip, refused] = columns;
    let timestamp = time::read(&record.text(when)).ok_or("this record's time cannot be read")?;
    let refused = match record.field(refused).trim_ascii() {
        b"true" => true,
        b"false" => false,
        _ => return Err("this record does not say whether somebody was refused"),
    };
    Ok(Event {
        timestamp,
        slug: slug(record.text(event)),
        ip: record.text(ip),
        description: record.text(description),
        login: record.text(login),
        refused,
        ..Event::default()
    })
}

fn next(reader: &mut Reader, input: &mut dyn BufRead, record: &mut Record) -> io::Result<Next> {
    let (mut written, mut fields, mut long) = (0, 0, false);
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let (result, used, wrote, ended) =
            reader.read_record(chunk, &mut record.text[written..], &mut record.ends[fields..]);
        input.consume(used);
        written += wrote;
        fields += ended;
        match result {
            ReadRecordResult::InputEmpty => {}
            // The record is read to its end, and not kept.
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                (written, fields, long) = (0, 0, true);
            }
            ReadRecordResult::Record => {
                record.fields = fields;
                return Ok(if long { Next::TooLong } else { Next::Record });
            }
            ReadRecordResult::End => return Ok(Next::End),
        }
    }
}
