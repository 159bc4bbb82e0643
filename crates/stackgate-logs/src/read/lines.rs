//! Lines of bounded length.

use std::io::{self, BufRead};

use super::MOST;

/// What stands where a line was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line that ends.
    Whole,
    /// The last one, which nothing ends.
    Last,
    /// One that is too long; it was passed over.
    TooLong,
    /// Nothing more.
    End,
}

/// Reads the next line into `line`, without its end.
pub(super) fn next(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<Line> {
    line.clear();
    let mut long = false;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(match (long, line.is_empty()) {
                (true, _) => Line::TooLong,
                (false, true) => Line::End,
                (false, false) => Line::Last,
            });
        }
        let end = memchr::memchr(b'\n', chunk);
        let part = &chunk[..end.unwrap_or(chunk.len())];
        long |= line.len() + part.len() > MOST;
        if !long {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(if long { Line::TooLong } else { Line::Whole });
        }
    }
}
