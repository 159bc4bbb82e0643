//! Pieces that several parts of the page share.

use std::fmt::Write as _;

use crate::escape::xml;
use crate::model::Mark;

/// The sign of a mark with its words; nothing where all is as declared.
pub(super) fn mark(out: &mut String, mark: Mark) {
    if mark != Mark::Both {
        let (class, sign, words) = (mark.class(), mark.sign(), mark.words());
        let _ = write!(out, "<span class=\"{class}\"><span class=\"sign\">{sign}</span>{words}</span>");
    }
}

/// A choice of one word among some, `""` for all.
pub(super) fn choice(out: &mut String, id: &str, label: &str, words: &[String]) {
    let _ = write!(out, "<label>{label}<select id=\"{id}\"><option value=\"\">all</option>");
    for word in words {
        let word = xml(word);
        let _ = write!(out, "<option value=\"{word}\">{word}</option>");
    }
    out.push_str("</select></label>\n");
}

/// The head of a table; a heading that begins with `#` is of numbers.
pub(super) fn table_head(out: &mut String, caption: &str, headings: &[&str]) {
    let _ =
        write!(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table>\n<thead><tr>");
    for heading in headings {
        match heading.strip_prefix('#') {
            Some(heading) => {
                let _ = write!(out, "<th scope=\"col\" class=\"num\">{heading}</th>");
            }
            None => {
                let _ = write!(out, "<th scope=\"col\">{heading}</th>");
            }
        }
    }
    out.push_str("</tr></thead>\n<tbody>\n");
}

/// The end of a table.
pub(super) const TABLE_END: &str = "</tbody></table></div>\n";
