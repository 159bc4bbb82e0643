//! A strict validator of JSON Schema, as far as the schemas here use it (drafts 7 and 2020-12).
//!
//! What must hold: a keyword, a pattern or a format that is not known here fails, so that nothing passes unjudged.

use serde_json::Value;

/// Keywords that say nothing about a value.
const WORDS: &[&str] = &["$schema", "$id", "id", "title", "description", "default", "definitions", "$defs"];

/// What is wrong with a value.
pub(crate) fn faults(root: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(root, root, value, "", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    if let Value::Bool(allowed) = schema {
        if !allowed {
            faults.push(format!("{at}: nothing may stand here"));
        }
        return;
    }
    for (keyword, rule) in schema.as_object().unwrap() {
        let wrong = match keyword.as_str() {
            word if WORDS.contains(&word) => None,
            "$ref" => {
                let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                let target = root.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}"));
                check(root, target, value, at, faults);
                None
            }
            "type" => (!is(rule, value)).then(|| format!("{value} is no {rule}")),
            "enum" => (!rule.as_array().unwrap().contains(value)).then(|| format!("{value} is none of {rule}")),
            "const" => (rule != value).then(|| format!("{value} is not {rule}")),
            "minimum" => {
                value.as_f64().filter(|number| *number < rule.as_f64().unwrap()).map(|n| format!("{n} is too small"))
            }
            "maximum" => {
                value.as_f64().filter(|number| *number > rule.as_f64().unwrap()).map(|n| format!("{n} is too large"))
            }
            "minItems" => value
                .as_array()
                .filter(|items| items.len() < usize::try_from(rule.as_u64().unwrap()).unwrap())
                .map(|items| format!("{} items are too few", items.len())),
            "uniqueItems" => value.as_array().and_then(|items| {
                let twice = items.iter().enumerate().find(|(index, item)| items[..*index].contains(item));
                twice.map(|(_, item)| format!("{item} stands there twice"))
            }),
            "required" => value.as_object().and_then(|object| {
                let missing = rule.as_array().unwrap().iter().find(|key| !object.contains_key(key.as_str().unwrap()));
                missing.map(|key| format!("{key} is missing"))
            }),
            "anyOf" | "oneOf" => {
                let right = rule.as_array().unwrap().iter().filter(|schema| {
                    let mut faults = Vec::new();
                    check(root, schema, value, at, &mut faults);
                    faults.is_empty()
                });
                let right = right.count();
                let fits = if keyword == "oneOf" { right == 1 } else { right > 0 };
                (!fits).then(|| format!("{right} of {keyword} fit"))
            }
            "pattern" => value
                .as_str()
                .filter(|text| !matches(rule.as_str().unwrap(), text))
                .map(|t| format!("{t:?} is not as {rule}")),
            "format" => value
                .as_str()
                .filter(|text| !formed(rule.as_str().unwrap(), text))
                .map(|t| format!("{t:?} is no {rule}")),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}/{index}"), faults);
                }
                None
            }
            "properties" => None,
            "additionalProperties" => None,
            other => panic!("{at}: the keyword {other} is not known here"),
        };
        faults.extend(wrong.map(|wrong| format!("{at}: {wrong}")));
    }
    for (key, entry) in value.as_object().into_iter().flatten() {
        let own = schema["properties"].get(key).or_else(|| schema.get("additionalProperties"));
        if let Some(own) = own {
            check(root, own, entry, &format!("{at}/{key}"), faults);
        }
    }
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| is(kind, value)),
        Value::String(kind) => match kind.as_str() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            other => panic!("no type {other}"),
        },
        _ => panic!("{kind} is no type"),
    }
}

/// The patterns of the schemas that our values meet.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        "[^/]+/.+" => text.split_once('/').is_some_and(|(before, after)| !before.is_empty() && !after.is_empty()),
        other => panic!("the pattern {other} is not known here"),
    }
}

/// The formats of the schemas that our values meet.
fn formed(format: &str, text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let escaped =
        text.split('%').skip(1).all(|rest| rest.len() > 1 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit));
    match format {
        "uri-reference" => text.bytes().all(legal) && escaped,
        "uri" => text.contains(':') && text.bytes().all(legal) && escaped,
        "uint" | "uint32" => true,
        other => panic!("the format {other} is not known here"),
    }
}
