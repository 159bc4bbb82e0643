//! A strict reader of the XML that is written here.
//!
//! What must hold: what XML 1.0 forbids is refused: characters, `]]>` in text, `<` in an attribute, unknown entities, an
//! attribute twice, an end that does not match. No comments, no CDATA, no DTD: none is written.

/// An element with everything in it.
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    /// All text that is directly in it.
    pub(crate) text: String,
}

impl Element {
    /// An attribute's value, empty where there is none.
    pub(crate) fn get(&self, key: &str) -> &str {
        self.attributes.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }
}

pub(crate) fn parse(text: &str) -> Result<Element, String> {
    let legal =
        |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if let Some(bad) = text.chars().find(|c| !legal(*c)) {
        return Err(format!("{bad:?} may not stand in XML"));
    }
    let text = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap_or(text).trim();
    let (root, rest) = element(text)?;
    if rest.is_empty() { Ok(root) } else { Err(format!("after the root: {rest:?}")) }
}

fn element(text: &str) -> Result<(Element, &str), String> {
    let text = text.strip_prefix('<').ok_or("no element")?;
    let (name, mut rest) = word(text)?;
    let mut element =
        Element { name: name.to_owned(), attributes: Vec::new(), children: Vec::new(), text: String::new() };
    loop {
        let spaced = rest.trim_start();
        if let Some(after) = spaced.strip_prefix("/>") {
            return Ok((element, after));
        }
        if let Some(after) = spaced.strip_prefix('>') {
            rest = after;
            break;
        }
        if spaced.len() == rest.len() {
            return Err(format!("no space before {rest:?}"));
        }
        let (key, after) = word(spaced)?;
        let after = after.strip_prefix("=\"").ok_or("an attribute without a value")?;
        let (value, after) = after.split_once('"').ok_or("an attribute without an end")?;
        if value.contains('<') || element.attributes.iter().any(|(known, _)| known == key) {
            return Err(format!("the attribute {key}: {value:?}"));
        }
        element.attributes.push((key.to_owned(), decoded(value)?));
        rest = after;
    }
    loop {
        let at = rest.find('<').ok_or_else(|| format!("{name} has no end"))?;
        if rest[..at].contains("]]>") {
            return Err("]]> in text".into());
        }
        element.text.push_str(&decoded(&rest[..at])?);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("</") {
            let after = after.strip_prefix(name).and_then(|after| after.strip_prefix('>'));
            return after.map(|after| (element, after)).ok_or_else(|| format!("{name} has another end"));
        }
        let (child, after) = self::element(rest)?;
        element.children.push(child);
        rest = after;
    }
}

fn word(text: &str) -> Result<(&str, &str), String> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    if end == 0 { Err(format!("no name in {text:?}")) } else { Ok(text.split_at(end)) }
}

fn decoded(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (entity, after) = rest[at + 1..].split_once(';').ok_or("an entity without an end")?;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "#35" => '#',
            "#58" => ':',
            other => return Err(format!("no entity {other}")),
        });
        rest = after;
    }
    Ok(out + rest)
}
