//! Groovy's own words, and the operators with what binds tighter than what.
//!
//! What must hold: as in Groovy 2.4, which is what Jenkins embeds.

/// Whether a word can be no name of a variable.
pub(super) fn reserved(word: &str) -> bool {
    matches!(
        word,
        "as" | "assert"
            | "break"
            | "case"
            | "catch"
            | "class"
            | "const"
            | "continue"
            | "def"
            | "default"
            | "do"
            | "else"
            | "enum"
            | "extends"
            | "false"
            | "finally"
            | "for"
            | "goto"
            | "if"
            | "implements"
            | "import"
            | "in"
            | "instanceof"
            | "interface"
            | "new"
            | "null"
            | "package"
            | "return"
            | "super"
            | "switch"
            | "this"
            | "throw"
            | "throws"
            | "trait"
            | "true"
            | "try"
            | "while"
    ) || modifier(word)
        || primitive(word)
}

/// Whether a reserved word is a value.
pub(super) fn value(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "this" | "super") || primitive(word)
}

/// What may stand before a type; `def` is one of them here.
pub(super) fn modifier(word: &str) -> bool {
    matches!(
        word,
        "def"
            | "final"
            | "static"
            | "private"
            | "public"
            | "protected"
            | "abstract"
            | "native"
            | "strictfp"
            | "synchronized"
            | "transient"
            | "volatile"
            | "threadsafe"
    )
}

/// The types that are words of the language.
pub(super) fn primitive(word: &str) -> bool {
    matches!(word, "void" | "boolean" | "byte" | "char" | "short" | "int" | "long" | "float" | "double")
}

/// How tight an operator binds its two sides.
pub(super) fn binds(operator: &str) -> Option<u8> {
    Some(match operator {
        "||" => 1,
        "&&" => 2,
        "|" => 3,
        "^" => 4,
        "&" => 5,
        "=~" | "==~" => 6,
        "==" | "!=" | "===" | "!==" | "<=>" => 7,
        "<" | "<=" | ">" | ">=" | "in" | "instanceof" | "as" => 8,
        "<<" | ">>" | ">>>" | ".." | "..<" => 9,
        "+" | "-" => 10,
        "*" | "/" | "%" => 11,
        _ => return None,
    })
}

/// Whether an operator assigns.
pub(super) fn assigns(operator: &str) -> bool {
    matches!(operator, "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "**=" | "<<=" | ">>=" | ">>>=" | "&=" | "|=" | "^=")
}
