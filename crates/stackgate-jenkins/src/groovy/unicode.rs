//! Unicode escapes, which Groovy replaces before it looks for anything else.
//!
//! What must hold: a comment or a string cannot hide code behind `\uXXXX`, and each character keeps the place where it
//! was written. An escape that is none is a fault, and stays as it is written.

use stackgate_provider::diagnostic::Span;

use super::token::Fault;

/// The characters of a text after Groovy's first pass, each with its byte, and what was wrong with the escapes.
pub(super) fn decode(text: &str) -> (Vec<(usize, char)>, Vec<Fault>) {
    let mut out: Vec<(usize, char)> = Vec::with_capacity(text.len());
    let mut faults = Vec::new();
    let mut characters = text.char_indices().peekable();
    let mut backslashes = 0;
    while let Some((at, c)) = characters.next() {
        if c != 'u' || backslashes % 2 == 0 {
            backslashes = if c == '\\' { backslashes + 1 } else { 0 };
            out.push((at, c));
            continue;
        }
        let start = at - 1;
        if backslashes > 1 {
            // Groovy's own reader looks at no more than the character before; nothing sane depends on it.
            faults.push(Fault::new(Span::new(start, at + 1), "a unicode escape behind other backslashes"));
        }
        backslashes = 0;
        let mut written = vec![(at, c)];
        while let Some(u) = characters.next_if(|(_, c)| *c == 'u') {
            written.push(u);
        }
        let digits: Vec<(usize, char)> =
            (0..4).map_while(|_| characters.next_if(|(_, c)| c.is_ascii_hexdigit())).collect();
        let code: String = digits.iter().map(|(_, c)| *c).collect();
        let decoded = u32::from_str_radix(&code, 16).ok().filter(|_| code.len() == 4).and_then(char::from_u32);
        if let Some(decoded) = decoded {
            out.pop();
            out.push((start, decoded));
        } else {
            faults.push(Fault::new(Span::new(start, at + 1), "a unicode escape that is none"));
            out.extend(written);
            out.extend(digits);
        }
    }
    (out, faults)
}
