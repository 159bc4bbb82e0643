//! Common Event Format, as Pulumi Cloud writes it: a line each, a syslog head, seven fields, and extensions.
//!
//! What must hold: a `|` or `=` that is escaped parts nothing. The time is that of `rt`, in milliseconds: the head's has no
//! year.
//!
//! Facts: the keys are those of `audit-log-formats.md`, and `tokenID` and `tokenName`, which a published example has
//! (`Feb 14 14:53:01 api.pulumi.com CEF:0|Pulumi|Pulumi Service|1.0|User Login|…|0|… rt=1676386381000 src=… suser=…`).

use std::borrow::Cow;
use std::io::{self, BufRead};

use super::Read;
use super::lines::{self, Line};
use crate::event::{Event, slug};

pub(super) fn read(input: &mut dyn BufRead, read: &mut Read, take: &mut dyn FnMut(&Event<'_>)) -> io::Result<()> {
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        number += 1;
        let found = lines::next(input, &mut line)?;
        match found {
            Line::End => return Ok(()),
            Line::TooLong => {
                read.trouble(number, "a line is longer than a mebibyte");
                continue;
            }
            Line::Whole | Line::Last => {}
        }
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        match event(&text) {
            // The keys are in order, so that the last one says that the line is whole.
            Ok((event, last)) if last || found == Line::Whole => {
                read.events += 1;
                take(&event);
            }
            _ if found == Line::Last => {
                read.trouble(number, "the file ends in the middle of this line; everything before it was read");
            }
            Ok(_) => {}
            Err(message) => read.trouble(number, message),
        }
    }
}

/// The event of a line, and whether the last key is there.
fn event(line: &str) -> Result<(Event<'_>, bool), &'static str> {
    let begin = memchr::memmem::find(line.as_bytes(), b"CEF:").ok_or("this line is not in Common Event Format")?;
    let mut rest = &line[begin..];
    let mut head = [""; 7];
    for field in &mut head {
        let end = bar(rest).ok_or("this line has not the seven fields of Common Event Format")?;
        *field = &rest[..end];
        rest = &rest[end + 1..];
    }
    let mut event = Event { slug: slug(plain(head[4])), description: plain(head[5]), ..Event::default() };
    let (mut time, mut login, mut last) = (None, false, false);
    extensions(rest, &mut |key, value| match key {
        "rt" => time = value.parse::<i64>().ok().map(|milliseconds| milliseconds.div_euclid(1000)),
        "src" => event.ip = plain(value),
        "suser" => {
            event.login = plain(value);
            login = true;
        }
        "userID" => last = true,
        "tokenName" => event.token = plain(value),
        "actorName" => event.actor = plain(value),
        "actorUrn" => event.actor_urn = plain(value),
        "authenticationFailure" => event.refused = value == "true",
        _ => {}
    });
    event.timestamp = time.ok_or("this line has no `rt`, so that its time is not known")?;
    if login { Ok((event, last)) } else { Err("this line has no `suser`, so that nobody is known to have done it") }
}

/// The next `|` that is not escaped.
fn bar(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let next = memchr::memchr2(b'|', b'\\', bytes.get(at..)?)?;
        at += next;
        if bytes.get(at) == Some(&b'|') {
            return Some(at);
        }
        at += 2;
    }
}

/// Gives each key with its value: a value goes on up to the next ` key=`.
fn extensions<'a>(text: &'a str, give: &mut dyn FnMut(&'a str, &'a str)) {
    let bytes = text.as_bytes();
    let mut key: Option<(&str, usize)> = None;
    let mut at = 0;
    while let Some(next) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'=', b'\\', rest)) {
        at += next;
        if bytes.get(at) == Some(&b'\\') {
            at += 2;
            continue;
        }
        let begin = bytes[..at].iter().rposition(|byte| *byte == b' ').map_or(0, |space| space + 1);
        let floor = key.map_or(0, |(_, value)| value);
        let name = text.get(begin..at).unwrap_or_default();
        let is_key = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_key && begin >= floor {
            if let Some((before, value)) = key {
                give(before, text.get(value..begin.saturating_sub(1).max(value)).unwrap_or_default());
            }
            key = Some((name, at + 1));
        }
        at += 1;
    }
    if let Some((before, value)) = key {
        give(before, text.get(value..).unwrap_or_default().trim_end());
    }
}

/// A text without its escapes.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (other, false) => out.push(other),
        }
    }
    Cow::Owned(out)
}
