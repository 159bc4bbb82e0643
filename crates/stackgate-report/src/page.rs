//! A rule's page, read from the doc comment of its file, for every crate whose rules are a file each.
//!
//! What must hold: the first line is the title; what follows up to `Instead:` says why; the examples are the code blocks,
//! whose info string is a language, a provider's id or another word for what is shown, `bad` or `good`, and optionally
//! `path=…`. A block that continues an example with another file has `with` in place of the verdict. In an example
//! `\u{200b}` stands for that character.

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What the rule asks for or finds, in one line.
    pub title: String,
    /// Why, in paragraphs.
    pub why: String,
    /// What to write instead.
    pub instead: String,
    /// The examples, in the order of the page.
    pub examples: Vec<Example>,
}

/// An example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The language of the code block, for pages.
    pub language: String,
    /// The second word of the info string: a provider's id, or what else is shown.
    pub provider: String,
    /// What the rule says of it.
    pub verdict: Verdict,
    /// The files: path and text; the pipeline first.
    pub files: Vec<(String, String)>,
}

/// What a rule says of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has something to find.
    Bad,
    /// It has nothing to find, although it comes near.
    Good,
}

impl Page {
    /// Reads the doc comment at the head of a file. Where an example names no path, that of its second word is taken.
    #[must_use]
    pub fn of(text: &str, usual_path: fn(&str) -> &'static str) -> Page {
        let lines: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .map(|line| line.strip_prefix("//! ").unwrap_or_else(|| line.strip_prefix("//!").unwrap_or(line)))
            .collect();
        let mut page = Page { title: String::new(), why: String::new(), instead: String::new(), examples: Vec::new() };
        let mut block: Option<(&str, String)> = None;
        let mut instead = false;
        for (at, line) in lines.iter().enumerate() {
            if let Some(fence) = line.strip_prefix("```") {
                match block.take() {
                    Some((info, body)) => page.example(info, body, usual_path),
                    None => block = Some((fence.trim(), String::new())),
                }
            } else if let Some((_, body)) = &mut block {
                body.push_str(line);
                body.push('\n');
            } else if at == 0 {
                page.title = line.trim_end_matches('.').to_owned();
            } else {
                let line = line.strip_prefix("Instead: ").inspect(|_| instead = true).unwrap_or(line);
                let part = if instead { &mut page.instead } else { &mut page.why };
                match (line.is_empty(), part.is_empty() || part.ends_with('\n')) {
                    (true, true) => {}
                    (true, false) => part.push_str("\n\n"),
                    (false, true) => part.push_str(line),
                    (false, false) => {
                        part.push(' ');
                        part.push_str(line);
                    }
                }
            }
        }
        page.why.truncate(page.why.trim_end().len());
        page.instead.truncate(page.instead.trim_end().len());
        // Behind `Instead:` it goes on in small letters; alone it is a sentence.
        if let Some(first) = page.instead.get(..1) {
            page.instead = format!("{}{}", first.to_ascii_uppercase(), &page.instead[1..]);
        }
        page
    }

    fn example(&mut self, info: &str, body: String, usual_path: fn(&str) -> &'static str) {
        let mut words = info.split_whitespace();
        let (language, provider) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let verdict = words.next().unwrap_or_default();
        let path = words.find_map(|word| word.strip_prefix("path=")).unwrap_or_else(|| usual_path(provider));
        let file = (path.to_owned(), shown(&body));
        match (verdict, self.examples.last_mut()) {
            ("with", Some(last)) => last.files.push(file),
            _ => self.examples.push(Example {
                language: language.to_owned(),
                provider: provider.to_owned(),
                verdict: if verdict == "good" { Verdict::Good } else { Verdict::Bad },
                files: vec![file],
            }),
        }
    }
}

/// A text in which `\u{200b}` stands for that character: on a page nobody would see it.
fn shown(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find("\\u{") {
        let (before, escape) = rest.split_at(at);
        let inner = escape.get(3..).and_then(|inner| inner.split_once('}'));
        let number = inner.and_then(|(digits, _)| u32::from_str_radix(digits, 16).ok());
        out.push_str(before);
        match (number.and_then(char::from_u32), inner) {
            (Some(character), Some((_, behind))) => {
                out.push(character);
                rest = behind;
            }
            _ => {
                out.push_str("\\u{");
                rest = escape.get(3..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "//! The title.\n//!\n//! One reason\n//! in two lines.\n//!\n//! Another.\n//!\n//! Instead: this.\n//!\n\
        //! ```yaml gitlab bad\n//! a:\n//!   b: 1\n//! ```\n//!\n//! ```yaml gitlab with path=ci/x.yml\n//! c: 1\n//! ```\n//!\n\
        //! ```yaml gitlab good\n//! d: 1\n//! ```\n\nuse x;\n//! no part of it\n";

    #[test]
    fn a_page_is_a_doc_comment() {
        let page = Page::of(TEXT, |_| ".gitlab-ci.yml");
        assert_eq!(page.title, "The title");
        assert_eq!(page.why, "One reason in two lines.\n\nAnother.");
        assert_eq!(page.instead, "This.");
        assert_eq!(page.examples.len(), 2);
        let files = [(".gitlab-ci.yml".to_owned(), "a:\n  b: 1\n".to_owned()), ("ci/x.yml".into(), "c: 1\n".into())];
        assert_eq!(page.examples[0].files, files);
        assert_eq!(page.examples[1].verdict, Verdict::Good);
    }
}
