//! Words of an expression.
//!
//! What must hold: total; a character that begins nothing ends the reading with none.

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name of a function, a context or a property.
    Word(String),
    /// A quoted text, its doubled quotes resolved.
    Text(String),
    /// A number or a version.
    Number(String),
    /// `(`, `)`, `[`, `]`, `,`, `.`, `*`.
    Sign(char),
}

pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => {
                let (value, length) = quoted(rest)?;
                all.push(Token::Text(value));
                length
            }
            '(' | ')' | '[' | ']' | ',' | '*' => {
                all.push(Token::Sign(first));
                1
            }
            '.' if !all.last().is_none_or(|last| matches!(last, Token::Sign('(' | ',' | '['))) => {
                all.push(Token::Sign('.'));
                1
            }
            c if c.is_ascii_digit() || c == '-' || c == '.' => {
                let length = 1 + rest
                    .get(1..)?
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
                    .unwrap_or(rest.len() - 1);
                all.push(Token::Number(rest.get(..length)?.to_owned()));
                length
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let dotted = matches!(all.last(), Some(Token::Sign('.')));
                let within = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' && dotted;
                let length = rest.find(|c: char| !within(c)).unwrap_or(rest.len());
                all.push(Token::Word(rest.get(..length)?.to_owned()));
                length
            }
            _ => return None,
        };
        rest = rest.get(length..)?.trim_start();
    }
    Some(all)
}

/// The text between quotes, and how long it is with them.
fn quoted(rest: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut from = 1;
    loop {
        let end = from + rest.get(from..)?.find('\'')?;
        value.push_str(rest.get(from..end)?);
        if !rest.get(end + 1..)?.starts_with('\'') {
            return Some((value, end + 1));
        }
        value.push('\'');
        from = end + 2;
    }
}
