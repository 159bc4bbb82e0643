//! The one spelling of an expression.
//!
//! What must hold: what is printed reads back as the same expression; parentheses stand only where they are needed.

use super::Expr;

/// The text.
pub(in crate::facts) fn print(expr: &Expr) -> String {
    let mut out = String::new();
    write(expr, 0, &mut out);
    out
}

/// How tightly it binds: alternatives 1, conjunctions 2, comparisons 3, negations 4, all else 5.
fn binding(expr: &Expr) -> u8 {
    match expr {
        Expr::Or(_) => 1,
        Expr::And(_) => 2,
        Expr::Compare(..) => 3,
        Expr::Not(_) => 4,
        _ => 5,
    }
}

fn write(expr: &Expr, within: u8, out: &mut String) {
    let own = binding(expr);
    if own <= within {
        out.push('(');
        write(expr, 0, out);
        return out.push(')');
    }
    match expr {
        Expr::Null => out.push_str("null"),
        Expr::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Expr::Number(number) => out.push_str(&number.to_string()),
        Expr::Text(text) => quoted(text, out),
        Expr::Path(parts) => {
            for (index, part) in parts.iter().enumerate() {
                let plain = part == "*"
                    || part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                        && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
                if index == 0 {
                    out.push_str(part);
                } else if plain {
                    out.push('.');
                    out.push_str(part);
                } else {
                    out.push('[');
                    quoted(part, out);
                    out.push(']');
                }
            }
        }
        Expr::Index(left, key) => {
            write(left, 4, out);
            out.push('[');
            write(key, 0, out);
            out.push(']');
        }
        Expr::Call(name, parts) => {
            out.push_str(name);
            out.push('(');
            list(parts, ", ", 0, out);
            out.push(')');
        }
        Expr::Not(inner) => {
            out.push('!');
            write(inner, 3, out);
        }
        Expr::And(parts) => list(parts, " && ", own, out),
        Expr::Or(parts) => list(parts, " || ", own, out),
        Expr::Compare(sign, left, right) => {
            write(left, 2, out);
            out.push(' ');
            out.push_str(sign.sign());
            out.push(' ');
            write(right, 3, out);
        }
        // Only an input that was given text with expressions becomes one; `format` says the same.
        Expr::Concat(parts) => {
            let (mut pattern, mut values) = (String::new(), Vec::new());
            for part in parts {
                match part {
                    Expr::Text(text) => pattern.push_str(&text.replace('{', "{{").replace('}', "}}")),
                    value => {
                        pattern.push_str(&format!("{{{}}}", values.len()));
                        values.push(value.clone());
                    }
                }
            }
            out.push_str("format(");
            quoted(&pattern, out);
            out.push_str(", ");
            list(&values, ", ", 0, out);
            out.push(')');
        }
    }
}

fn list(parts: &[Expr], between: &str, within: u8, out: &mut String) {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        write(part, within, out);
    }
}

fn quoted(text: &str, out: &mut String) {
    out.push('\'');
    out.push_str(&text.replace('\'', "''"));
    out.push('\'');
}
