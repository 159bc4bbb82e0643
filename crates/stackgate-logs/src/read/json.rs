//! JSON: the API's answers, a list of events, an event on each line, or any mixture.
//!
//! What must hold: every object is read that stands in a list under `auditLogEvents`, in a list at the top, or at the top
//! itself; only one of them is held. The text between them is looked at for brackets and strings alone.

use std::io::{self, BufRead};

use super::{MOST, Read};
use crate::event::Event;

/// Where the scanner is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between objects, at the top or in a list of events.
    Between,
    /// In an object, whose text is kept.
    Inside,
}

/// What walks over the bytes.
struct Scanner {
    state: State,
    /// The object's text so far.
    object: Vec<u8>,
    /// Brackets that are open in the object.
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Where the last string of the object began, and where it ended.
    string: (usize, usize),
    /// Whether a list at the top is open.
    listed: bool,
    /// The brackets that are open around the list of events that is being read, its own among them.
    around: usize,
    /// Whether the object is what stands behind a list of events, and no event.
    tail: bool,
    line: usize,
    /// The line on which the object began.
    began: usize,
    too_long: bool,
}

pub(super) fn read(input: &mut dyn BufRead, read: &mut Read, take: &mut dyn FnMut(&Event<'_>)) -> io::Result<()> {
    let mut scanner = Scanner {
        state: State::Between,
        object: Vec::with_capacity(1024),
        depth: 0,
        in_string: false,
        escaped: false,
        string: (0, 0),
        listed: false,
        around: 0,
        tail: false,
        line: 1,
        began: 1,
        too_long: false,
    };
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            break;
        }
        let length = chunk.len();
        let mut rest = chunk;
        while !rest.is_empty() {
            match scanner.step(rest, read, take) {
                Ok(used) => rest = &rest[used..],
                Err(message) => {
                    read.trouble(scanner.line, message);
                    return Ok(());
                }
            }
        }
        input.consume(length);
    }
    if scanner.state == State::Inside {
        read.trouble(scanner.began, "the file ends in the middle of this event; everything before it was read");
    } else if scanner.around > 0 || scanner.listed {
        read.trouble(scanner.line, "the file ends before its list of events does; everything before was read");
    }
    Ok(())
}

impl Scanner {
    /// Walks over a part of the bytes; how many.
    fn step(&mut self, bytes: &[u8], read: &mut Read, take: &mut dyn FnMut(&Event<'_>)) -> Result<usize, &'static str> {
        match self.state {
            State::Between => self.between(bytes),
            State::Inside if self.in_string => Ok(self.string_part(bytes)),
            State::Inside => Ok(self.inside(bytes, read, take)),
        }
    }

    fn between(&mut self, bytes: &[u8]) -> Result<usize, &'static str> {
        let Some(byte) = bytes.first() else { return Ok(0) };
        match byte {
            b'\n' => self.line += 1,
            b' ' | b'\t' | b'\r' | b',' | 0xef | 0xbb | 0xbf => {}
            b'[' if self.around == 0 && !self.listed => self.listed = true,
            b']' if self.around > 0 => self.resume(),
            b']' if self.listed => self.listed = false,
            b'{' => self.begin(),
            _ => return Err("here should stand an event; nothing after this was read"),
        }
        Ok(1)
    }

    fn begin(&mut self) {
        self.state = State::Inside;
        self.object.clear();
        self.object.push(b'{');
        self.depth = 1;
        self.began = self.line;
        (self.too_long, self.tail) = (false, false);
        self.string = (0, 0);
    }

    /// Back into the object whose list of events has ended.
    fn resume(&mut self) {
        self.state = State::Inside;
        self.object.clear();
        self.depth = self.around - 1;
        self.around = 0;
        (self.too_long, self.tail) = (false, true);
        self.string = (0, 0);
    }

    /// In a string: up to its end, or as far as there is anything.
    fn string_part(&mut self, bytes: &[u8]) -> usize {
        if self.escaped {
            self.escaped = false;
            self.keep(&bytes[..1]);
            return 1;
        }
        match memchr::memchr3(b'"', b'\\', b'\n', bytes) {
            None => {
                self.keep(bytes);
                bytes.len()
            }
            Some(at) => {
                self.keep(&bytes[..=at]);
                match bytes[at] {
                    b'"' => {
                        self.in_string = false;
                        self.string.1 = self.object.len().saturating_sub(1);
                    }
                    b'\\' => self.escaped = true,
                    // No JSON; whoever reads the object says so.
                    _ => self.line += 1,
                }
                at + 1
            }
        }
    }

    fn inside(&mut self, bytes: &[u8], read: &mut Read, take: &mut dyn FnMut(&Event<'_>)) -> usize {
        let end = bytes.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b'\n'));
        let Some(at) = end else {
            self.keep(bytes);
            return bytes.len();
        };
        self.keep(&bytes[..at]);
        let list = bytes[at] == b'[' && self.is_list_of_events();
        self.keep(&bytes[at..=at]);
        match bytes[at] {
            b'"' => {
                self.in_string = true;
                self.string = (self.object.len(), self.object.len());
            }
            b'\n' => self.line += 1,
            b'[' if list => {
                self.state = State::Between;
                // One more than the brackets around: the list's own.
                self.around = self.depth + 1;
            }
            b'{' | b'[' => self.depth += 1,
            _ => {
                self.depth -= 1;
                if self.depth == 0 {
                    self.ended(read, take);
                }
            }
        }
        at + 1
    }

    /// Whether the bracket that comes now opens the list of events.
    fn is_list_of_events(&self) -> bool {
        let key = self.object.get(self.string.0..self.string.1);
        let between = self.object.get(self.string.1 + 1..).unwrap_or_default();
        key == Some(b"auditLogEvents") && between.trim_ascii() == b":"
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.object.len() + bytes.len() > MOST {
            self.too_long = true;
            // The end of what is kept may be the name of the list.
            self.object.clear();
            self.string = (0, 0);
        }
        if bytes.len() <= MOST {
            self.object.extend_from_slice(bytes);
        }
    }

    /// The object has ended: an event, or what stood around a list of them.
    fn ended(&mut self, read: &mut Read, take: &mut dyn FnMut(&Event<'_>)) {
        self.state = State::Between;
        if self.tail {
            return;
        }
        if self.too_long {
            return read.trouble(self.began, "an event is longer than a mebibyte");
        }
        match Event::from_json(&self.object) {
            Ok(event) => {
                read.events += 1;
                take(&event);
            }
            Err(error) => read.trouble(self.began, format!("this is no event: {}", reason(&error))),
        }
    }
}

/// What is wrong, without the place within the object, which differs from event to event.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or_else(|| text.clone(), |(what, _)| what.to_owned())
}
