//! Values in POSIX shell.
//!
//! What must hold: a value is one quoted literal, or stands in a here-document that expands nothing. Deliberately absent:
//! anything that is run.

use serde_json::Value;

use super::RenderFailed;

/// The line that ends a here-document. No line of JSON is like it: a line break inside a text is escaped there.
const END: &str = "END_OF_BODY";

/// One literal.
pub(super) fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "'\\''"))
}

/// A command with a JSON body on its standard input.
pub(super) fn with_body(command: &str, body: &Value) -> Result<String, RenderFailed> {
    Ok(format!("{command} <<'{END}'\n{}\n{END}\n", serde_json::to_string_pretty(body)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_mark_ends_no_literal() {
        assert_eq!(literal("it's $(x) `y`"), "'it'\\''s $(x) `y`'");
        let body = with_body("send", &serde_json::json!({ "a": "\nEND_OF_BODY\n$(x)" })).unwrap();
        assert_eq!(body.lines().filter(|line| *line == END).count(), 1, "{body}");
    }
}
