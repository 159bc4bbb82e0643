//! Templates that others include further to the right: `{%- include "NAME" indented 6 %}`.
//!
//! What must hold: the lines that come out are those of the template, each with the spaces before it, as if it had been
//! rendered and then indented. That is done once, when templates are parsed, and not at every rendering.

use std::borrow::Cow;

const INCLUDE: &str = "include \"";
const INDENTED: &str = "\" indented ";

/// Every template, and a further one for each that is included with an indentation, under a name of its own.
pub(crate) fn expand<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, Cow<'a, str>)> {
    let texts: Vec<(&str, &str)> = texts.filter(|(name, _)| name.ends_with(".tera")).collect();
    let mut wanted: Vec<(String, usize)> = Vec::new();
    let mut all: Vec<(String, Cow<'a, str>)> = Vec::new();
    for (name, text) in &texts {
        all.push(((*name).to_owned(), resolve(text, 0, &mut wanted)));
    }
    let mut made = 0;
    while let Some((name, width)) = wanted.get(made).cloned() {
        made += 1;
        // A name that does not exist is left to the parser, which knows whose line it is.
        if let Some((_, text)) = texts.iter().find(|(other, _)| *other == name) {
            let text = moved(&resolve(text, width, &mut wanted), width);
            all.push((place(&name, width), Cow::Owned(text)));
        }
    }
    all
}

/// The name under which a template stands that is indented; it ends as that of every template.
fn place(name: &str, width: usize) -> String {
    if width == 0 { name.to_owned() } else { format!("{width}:{name}") }
}

/// The text with its inclusions by the names under which they stand, all of them indented by `width` more.
fn resolve<'a>(text: &'a str, width: usize, wanted: &mut Vec<(String, usize)>) -> Cow<'a, str> {
    if !text.contains(INDENTED) && (width == 0 || !text.contains(INCLUDE)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split(INCLUDE).enumerate() {
        let Some((name, rest)) = part.split_once('"').filter(|_| index > 0) else {
            out.push_str(part);
            continue;
        };
        let further = part[name.len()..].strip_prefix(INDENTED);
        let digits = further.map_or("", |rest| rest.split(' ').next().unwrap_or_default());
        let rest = if digits.is_empty() { rest } else { further.map_or(rest, |rest| &rest[digits.len()..]) };
        let width = width + digits.parse::<usize>().unwrap_or_default();
        if width > 0 && !wanted.iter().any(|(other, at)| other == name && *at == width) {
            wanted.push((name.to_owned(), width));
        }
        for piece in [INCLUDE, &place(name, width), "\"", rest] {
            out.push_str(piece);
        }
    }
    Cow::Owned(out)
}

/// Every line further to the right, but for those that are the template's own and leave nothing behind; and what says
/// how far a script stands to the right, too.
fn moved(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if !line.is_empty() && !line.starts_with("{%") && !line.starts_with("{#") {
            out.extend(std::iter::repeat_n(' ', width));
        }
        out.push_str(&further(&further(line, "block(indent=", width), "\", ", width));
    }
    out
}

/// The line with a greater number behind `before`, where one stands there.
fn further<'a>(line: &'a str, before: &str, width: usize) -> Cow<'a, str> {
    let number = line.split_once(before).and_then(|(start, rest)| {
        let (digits, end) = rest.split_once(") =}")?;
        Some((start, digits.parse::<usize>().ok()?, end))
    });
    match number {
        Some((start, number, end)) => Cow::Owned(format!("{start}{before}{}) =}}{end}", number + width)),
        None => Cow::Borrowed(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_included_template_is_moved_with_what_it_includes() {
        let texts = [
            ("a.tera", "x:\n{%- include \"b.tera\" indented 2 %}\n{%- include \"c.tera\" %}"),
            ("b.tera", "{# b #}\n- {= reviewed(\"guard\", 4) =}\n{%- include \"c.tera\" %}"),
            ("c.tera", "- {= c | block(indent=4) =}"),
        ];
        let all = expand(texts.into_iter());
        let named = |name: &str| all.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_ref());
        assert_eq!(named("a.tera"), Some("x:\n{%- include \"2:b.tera\" %}\n{%- include \"c.tera\" %}"));
        let moved = "{# b #}\n  - {= reviewed(\"guard\", 6) =}\n{%- include \"2:c.tera\" %}";
        assert_eq!(named("2:b.tera"), Some(moved));
        assert_eq!(named("2:c.tera"), Some("  - {= c | block(indent=6) =}"));
        assert_eq!(named("c.tera"), Some("- {= c | block(indent=4) =}"));
    }
}
