//! What stands in a Jenkinsfile: its literals with what each means, and the rest.
//!
//! What must hold: this shares nothing with the reader of the product, and Groovy itself is asked about each literal that a
//! hostile value came into. It knows no more of Groovy than where strings and comments end.

/// A Jenkinsfile taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The source with a mark in the place of each literal.
    pub(crate) skeleton: String,
    /// The literals in their order.
    pub(crate) literals: Vec<Literal>,
}

/// One single-quoted literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// As it is written, quotes included.
    pub(crate) source: String,
    /// What it means.
    pub(crate) value: String,
}

impl Literal {
    /// The value as the text that was written, where a literal of several lines was indented for people.
    pub(crate) fn text(&self) -> String {
        let Some(lines) = self.value.strip_prefix('\n').filter(|_| self.source.starts_with("'''")) else {
            return self.value.clone();
        };
        let Some((lines, last)) = lines.rsplit_once('\n') else { return self.value.clone() };
        let indent = " ".repeat(last.len() + 2);
        let plain = lines.split('\n').map(|line| line.strip_prefix(&indent).unwrap_or(line));
        plain.collect::<Vec<_>>().join("\n") + "\n"
    }
}

/// Takes a Jenkinsfile apart.
///
/// # Errors
/// When a literal does not end, or holds an escape that Groovy 2.4 does not know.
pub(crate) fn parts(source: &str) -> Result<Parts, String> {
    let mut parts = Parts { skeleton: String::new(), literals: Vec::new() };
    // Groovy decodes these before it reads tokens, so that none may stand anywhere but behind a second backslash.
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|at| at + 2).ok_or("a comment does not end")?
        } else if c == '"' {
            rest[1..].find('"').map(|at| at + 2).ok_or("a text does not end")?
        } else if c == '\'' {
            let literal = literal(rest)?;
            rest = &rest[literal.source.len()..];
            parts.literals.push(literal);
            parts.skeleton.push('\u{0}');
            continue;
        } else {
            c.len_utf8()
        };
        if rest[..length].contains("\\") {
            return Err(format!("a backslash outside of a literal: {:?}", &rest[..length]));
        }
        parts.skeleton.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    Ok(parts)
}

fn literal(rest: &str) -> Result<Literal, String> {
    let quotes = if rest.starts_with("'''") { "'''" } else { "'" };
    let mut value = String::new();
    let mut at = quotes.len();
    loop {
        let here = &rest[at..];
        if here.starts_with(quotes) {
            return Ok(Literal { source: rest[..at + quotes.len()].to_owned(), value });
        }
        let mut characters = here.chars();
        let c = characters.next().ok_or("a literal does not end")?;
        at += c.len_utf8();
        match c {
            '\n' if quotes.len() == 1 => return Err("a line break in a literal of one line".into()),
            '\\' => {
                let escaped = characters.next().ok_or("a literal does not end")?;
                at += escaped.len_utf8();
                value.push(match escaped {
                    '\\' | '\'' => escaped,
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    other => return Err(format!("an escape that nothing writes: \\{other}")),
                });
            }
            c => value.push(c),
        }
    }
}
