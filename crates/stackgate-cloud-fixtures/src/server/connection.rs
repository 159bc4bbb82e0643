//! One connection: requests in, answers out, until either side ends it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stackgate_cloud::Answer;

use super::{Fault, Seen, Shared, lock};
use crate::contract;

/// Bytes that the head of a request may have.
const LARGEST_HEAD: usize = 64 * 1024;
/// How often a connection without a request looks whether the server has ended.
const TICK: Duration = Duration::from_millis(100);

pub(super) fn serve(mut stream: TcpStream, shared: &Shared) {
    // An error here is the other side's end, or a test that is over.
    let _ = stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(TICK)));
    let mut waiting = Vec::new();
    while let Ok(Some(seen)) = request(&mut stream, &mut waiting, shared) {
        match answer(&mut stream, &seen, shared) {
            Ok(true) => {}
            Ok(false) | Err(_) => return,
        }
    }
}

/// The next request; none where the connection or the server has ended.
fn request(stream: &mut TcpStream, waiting: &mut Vec<u8>, shared: &Shared) -> io::Result<Option<Seen>> {
    let mut chunk = [0; 8192];
    loop {
        if let Some((seen, length)) = head(waiting)? {
            waiting.drain(..length);
            lock(&shared.seen).push(seen.clone());
            return Ok(Some(seen));
        }
        if waiting.len() > LARGEST_HEAD || shared.stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(length) => waiting.extend_from_slice(&chunk[..length]),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The head of a request and its length, if it is whole.
fn head(bytes: &[u8]) -> io::Result<Option<(Seen, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let status = request.parse(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let httparse::Status::Complete(length) = status else { return Ok(None) };
    let headers = request
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned()));
    let seen = Seen {
        method: request.method.unwrap_or_default().to_owned(),
        path: request.path.unwrap_or_default().to_owned(),
        headers: headers.collect(),
    };
    Ok(Some((seen, length)))
}

/// Answers; false where the connection ends with it.
fn answer(stream: &mut TcpStream, seen: &Seen, shared: &Shared) -> io::Result<bool> {
    if seen.method != "GET" {
        lock(&shared.offences).push(format!("{} {}", seen.method, seen.path));
        write(stream, 405, &[], &json!({ "code": 405, "message": "Method Not Allowed" }).to_string())?;
        return Ok(false);
    }
    let right = || {
        let none = || Answer { status: 404, body: json!({ "code": 404, "message": "Not Found" }) };
        shared.api.get(&seen.path).unwrap_or_else(|_| none())
    };
    match shared.fault(&seen.path) {
        None => {
            let answer = right();
            if answer.status == 200 {
                lock(&shared.offences).extend(contract::faults(&seen.path, &answer.body));
            }
            write(stream, answer.status, &[], &answer.body.to_string())?;
        }
        Some(Fault::Refuse { status, headers, body }) => {
            let body = if body == Value::Null { String::new() } else { body.to_string() };
            write(stream, status, &headers, &body)?;
        }
        Some(Fault::Slow(length)) => {
            let end = Instant::now() + length;
            while Instant::now() < end && !shared.stop.load(Ordering::Relaxed) {
                std::thread::sleep(TICK.min(length));
            }
            let answer = right();
            write(stream, answer.status, &[], &answer.body.to_string())?;
        }
        Some(Fault::Truncated) => {
            let body = right().body.to_string();
            let head = head_of(200, &[], body.len());
            stream.write_all(head.as_bytes())?;
            stream.write_all(&body.as_bytes()[..body.len() / 2])?;
            return Ok(false);
        }
        Some(Fault::Text(text)) => write(stream, right().status, &[], &text)?,
        Some(Fault::Changed(change)) => {
            let mut answer = right();
            change(&mut answer.body);
            write(stream, answer.status, &[], &answer.body.to_string())?;
        }
        Some(Fault::Raw(bytes)) => {
            stream.write_all(&bytes)?;
            return Ok(false);
        }
    }
    Ok(true)
}

fn write(stream: &mut TcpStream, status: u16, headers: &[(&str, String)], body: &str) -> io::Result<()> {
    let mut bytes = head_of(status, headers, body.len()).into_bytes();
    bytes.extend_from_slice(body.as_bytes());
    stream.write_all(&bytes)
}

fn head_of(status: u16, headers: &[(&str, String)], length: usize) -> String {
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{more}\r\n")
}
