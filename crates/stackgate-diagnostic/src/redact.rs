//! Secrets that a user pasted where they do not belong, taken out of everything that is shown.
//!
//! Only shapes that are secrets beyond doubt are taken: Pulumi access tokens, JSON web tokens and the private members of
//! JSON web keys. It is a safety net under messages that quote their input, not a secret scanner.

use std::borrow::Cow;
use std::ops::Range;

/// A token has 40 hex digits; one that a message cut short is still half a secret.
const PULUMI_DIGITS: usize = 16;
/// The shortest header and payload that a JSON web token can have are longer than this.
const JWT_PART: usize = 8;
/// Those members of a JSON web key that only its owner may know (RFC 7518, section 6).
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];
/// A key of 256 bits has 43 characters.
const PRIVATE_VALUE: usize = 40;

/// Replaces Pulumi access tokens, JSON web tokens and values of private keys by a note that one stood there.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let found = secrets(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, note) in found {
        out.push_str(&text[done..range.start]);
        out.push_str(note);
        done = range.end;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// The places of secrets, in order and apart from each other, each with what to show instead.
pub(crate) fn secrets(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(next) = text[from..].find(['p', 'P', 'e']) {
        let start = from + next;
        let (length, note) = secret_at(&text.as_bytes()[start..]);
        if length > 0 {
            found.push((start..start + length, note));
        }
        from = start + length.max(1);
    }
    found.extend(private_members(text));
    found.sort_by_key(|(range, _)| range.start);
    let mut end = 0;
    found.retain(|(range, _)| {
        let apart = range.start >= end;
        end = end.max(range.end);
        apart
    });
    found
}

/// The values behind `d:`, `"d":` and the like, where they are as long as a key's.
fn private_members(text: &str) -> impl Iterator<Item = (Range<usize>, &'static str)> {
    let bytes = text.as_bytes();
    let quoted = |at: usize| at + usize::from(matches!(bytes.get(at), Some(b'"' | b'\'')));
    text.match_indices(':').filter_map(move |(colon, _)| {
        let before = text[..colon].trim_end().trim_end_matches(['"', '\'']);
        let name = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.')).next()?;
        let start = quoted(colon + 1 + run(&bytes[colon + 1..], |byte| matches!(byte, b' ' | b'\t')));
        let length = run(&bytes[start..], base64url);
        (PRIVATE.contains(&name) && length >= PRIVATE_VALUE).then_some((start..start + length, "[redacted key]"))
    })
}

fn secret_at(bytes: &[u8]) -> (usize, &'static str) {
    if bytes.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"pul-")) {
        let digits = run(&bytes[4..], |byte| byte.is_ascii_hexdigit());
        if digits >= PULUMI_DIGITS {
            return (4 + digits, "pul-[redacted]");
        }
    }
    (jwt(bytes), "[redacted token]")
}

fn jwt(bytes: &[u8]) -> usize {
    if !bytes.starts_with(b"eyJ") {
        return 0;
    }
    let header = run(bytes, base64url);
    if header < JWT_PART || bytes.get(header) != Some(&b'.') {
        return 0;
    }
    let payload = run(&bytes[header + 1..], base64url);
    if payload < JWT_PART {
        return 0;
    }
    let signed = header + 1 + payload;
    if bytes.get(signed) == Some(&b'.') {
        return signed + 1 + run(&bytes[signed + 1..], base64url);
    }
    signed
}

fn base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn run(bytes: &[u8], accept: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| accept(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulumi_tokens_go() {
        let token = format!("pul-{}", "0aF9".repeat(10));
        assert_eq!(redact(&format!("x {token}, y")), "x pul-[redacted], y");
        assert_eq!(redact(&token[..24]), "pul-[redacted]");
        assert_eq!(redact("pul-requests"), "pul-requests");
    }

    #[test]
    fn web_tokens_go() {
        assert_eq!(redact("a eyJhbGciOi.eyJzdWIiOi.c2ln-_x b"), "a [redacted token] b");
        assert_eq!(redact("eyJhbGciOi.eyJzdWIiOi"), "[redacted token]");
        assert_eq!(redact("eyJ.b.c and eye"), "eyJ.b.c and eye");
    }

    #[test]
    fn private_members_of_keys_go() {
        let value = "aZ09-_".repeat(8);
        for (text, shown) in [
            (format!("{{ kty: EC, d: {value} }}"), "{ kty: EC, d: [redacted key] }".to_owned()),
            (format!("\"dp\" : \"{value}\","), "\"dp\" : \"[redacted key]\",".to_owned()),
            (format!("k:{value}"), "k:[redacted key]".to_owned()),
            (format!("n: {value}, id: {value}"), format!("n: {value}, id: {value}")),
            ("d: short, p:".to_owned(), "d: short, p:".to_owned()),
        ] {
            assert_eq!(redact(&text), shown);
        }
    }

    #[test]
    fn other_text_is_borrowed() {
        assert!(matches!(redact("pépé, pul-é"), Cow::Borrowed(_)));
    }
}
