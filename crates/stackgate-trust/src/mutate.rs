//! Values that are nearly another value: what a careless pattern takes for it.
//!
//! What must hold: the same value gives the same list, every time.

use std::collections::BTreeSet;

use serde_json::Value;

/// Values near a claim's, each once and never the value itself. `others` are what the same claim is elsewhere.
pub(crate) fn near(value: &Value, others: &BTreeSet<String>) -> Vec<Value> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let one = items.first().map(|item| near(item, others)).unwrap_or_default();
            let lists = one.into_iter().map(|item| Value::Array(vec![item]));
            return std::iter::once(Value::Array(Vec::new())).chain(lists).collect();
        }
        Value::Bool(truth) => return vec![Value::Bool(!truth), Value::Null],
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Object(_) => return Vec::new(),
    };
    let letters: Vec<char> = text.chars().collect();
    let mut near: BTreeSet<String> = others.clone();
    near.extend([String::new(), format!("{text}x"), format!("x{text}"), text.to_uppercase(), text.repeat(2)]);
    for at in 0..letters.len() {
        let with = |middle: &str| {
            let mut one: String = letters[..at].iter().collect();
            one.push_str(middle);
            one.extend(&letters[at + 1..]);
            one
        };
        near.insert(with(""));
        near.insert(with(if letters[at] == 'x' { "y" } else { "x" }));
        near.insert(with(&letters[at].to_string().repeat(2)));
        near.insert(letters[..at].iter().collect());
    }
    near.remove(&text);
    near.into_iter().map(Value::String).collect()
}
