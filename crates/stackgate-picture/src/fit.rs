//! How wide a text is, and how it is cut where it is too wide.
//!
//! What must hold: no text runs out of its box. No font is asked: widths are estimated, and rather too wide, so that the
//! same picture gives the same bytes everywhere.

use stackgate_diagnostic::clean;

/// The width of a character at a size of 12 pixels, with usual fonts without serifs, rather too wide.
fn width_of(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | 'I' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' => 4.0,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '\\' | '-' | ' ' => 5.0,
        '"' => 5.8,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 11.5,
        '#' | '<' | '>' | '=' | '+' | '~' | '…' | '→' | 'O' | 'Q' | 'G' | 'D' | 'H' | 'N' | 'U' => 10.3,
        'A'..='Z' | '_' | '&' | '{' | '}' | '*' => 9.0,
        character if u32::from(character) < 0x1100 => 7.4,
        // Scripts whose letters are as wide as they are high.
        _ => 12.5,
    }
}

/// The width of a text at a size in pixels.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(width_of).sum::<f64>() * size / 12.0
}

/// The cleaned text, with its middle left out where it is too wide: names differ most at their ends.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    let text = clean(text);
    if width(&text, size) <= room {
        return text;
    }
    let characters: Vec<char> = text.chars().collect();
    let mut left = width_of('…') * size / 12.0;
    let (mut head, mut tail) = (0, 0);
    while head + tail < characters.len() {
        // The end gets as much as the beginning.
        let front = head <= tail;
        let next = if front { characters.get(head) } else { characters.get(characters.len() - 1 - tail) };
        let Some(next) = next else { break };
        left += width_of(*next) * size / 12.0;
        if left > room {
            break;
        }
        if front { head += 1 } else { tail += 1 }
    }
    let end = characters.len() - tail;
    let front: String = characters.iter().take(head).collect();
    let back: String = characters.get(end..).into_iter().flatten().collect();
    format!("{}…{}", front.trim_end(), back.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit() {
        assert_eq!(fit("short", 12.0, 100.0), "short");
        let long = "project-with-a-long-name/production-eu-west-1";
        let cut = fit(long, 12.0, 120.0);
        assert!(cut.contains('…') && cut.starts_with("proj") && cut.ends_with("st-1"), "{cut}");
        assert!(width(&cut, 12.0) <= 120.0);
        assert!(width(&fit("東京東京東京東京東京東京", 12.0, 100.0), 12.0) <= 100.0);
        assert_eq!(fit("a\u{202e}b", 12.0, 200.0), "a\\u{202e}b");
    }
}
