//! Values in Markdown.
//!
//! What must hold: a value shows as it is, and begins no link, no table cell and no HTML. Deliberately absent: layout.

/// A text within a line or a cell.
pub(super) fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            c if "\\`*_{}[]<>()#|~&!:@".contains(c) => {
                // A colon and an at sign need no escape to be read, but make no link when they have one.
                if !matches!(c, ':' | '@') || value.contains("://") || value.contains('@') {
                    out.push('\\');
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A value as code, also in a cell. Within code nothing is escaped but the bar of a table.
pub(super) fn code(value: &str) -> String {
    let longest = value.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if value.starts_with('`') || value.ends_with('`') || value.is_empty() { " " } else { "" };
    let value = value.replace(['\n', '\r'], " ").replace('|', "\\|");
    format!("{fence}{space}{value}{space}{fence}")
}

/// A sentence of ours with values between backticks: these as code, the rest as text.
pub(super) fn prose(sentence: &str) -> String {
    let parts = sentence.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { code(part) } else { text(part) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_within_its_place() {
        assert_eq!(text("a_b | <script> [x](https://x)"), "a\\_b \\| \\<script\\> \\[x\\]\\(https\\://x\\)");
        assert_eq!(text("Deploys app/dev: so"), "Deploys app/dev: so");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(prose("Protect `a_b` of a_b"), "Protect `a_b` of a\\_b");
    }
}
