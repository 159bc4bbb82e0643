//! What can be known of an expression without a run.
//!
//! What must hold: an expression is folded only where every run comes to the same; texts are compared without regard to
//! case, and unlike types as numbers, as GitHub does it.

use std::cmp::Ordering;

use super::{Expr, Operator};

/// Longer texts are not put together, so that inputs within inputs cannot grow without bound.
const LONGEST: usize = 100_000;

/// The expression with all that is known put in.
pub(in crate::facts) fn fold(expr: Expr) -> Expr {
    match expr {
        Expr::Not(inner) => {
            let inner = fold(*inner);
            truth(&inner).map_or_else(|| Expr::Not(Box::new(inner)), |yes| Expr::Bool(!yes))
        }
        Expr::And(parts) => chain(parts, false, Expr::And),
        Expr::Or(parts) => chain(parts, true, Expr::Or),
        Expr::Compare(sign, left, right) => {
            let (left, right) = (fold(*left), fold(*right));
            match compare(sign, &left, &right) {
                Some(yes) => Expr::Bool(yes),
                None => Expr::Compare(sign, Box::new(left), Box::new(right)),
            }
        }
        Expr::Concat(parts) => concat(parts.into_iter().map(fold).collect()),
        Expr::Call(name, parts) => call(name, parts.into_iter().map(fold).collect()),
        Expr::Index(left, key) => match (fold(*left), fold(*key)) {
            (Expr::Path(mut path), Expr::Text(name)) => {
                path.push(name);
                Expr::Path(path)
            }
            (left, key) => Expr::Index(Box::new(left), Box::new(key)),
        },
        other => other,
    }
}

/// `&&` gives its first false part or its last, `||` its first true part or its last.
fn chain(parts: Vec<Expr>, or: bool, of: fn(Vec<Expr>) -> Expr) -> Expr {
    let mut left = Vec::new();
    let last = parts.len().saturating_sub(1);
    for (index, part) in parts.into_iter().enumerate() {
        let part = fold(part);
        match truth(&part) {
            Some(yes) if yes == or => {
                left.push(part);
                break;
            }
            Some(_) if index < last => {}
            _ => left.push(part),
        }
    }
    match left.pop() {
        Some(only) if left.is_empty() => only,
        Some(end) => {
            left.push(end);
            of(left)
        }
        None => Expr::Null,
    }
}

fn concat(parts: Vec<Expr>) -> Expr {
    let mut merged: Vec<Expr> = Vec::new();
    for part in parts {
        let inner = match part {
            Expr::Concat(inner) => inner,
            other => vec![other],
        };
        for part in inner {
            match (merged.last_mut(), text(&part)) {
                (Some(Expr::Text(last)), Some(text)) if last.len() + text.len() <= LONGEST => last.push_str(&text),
                (_, Some(text)) => merged.push(Expr::Text(text)),
                (_, None) => merged.push(part),
            }
        }
    }
    match merged.len() {
        1 => merged.pop().unwrap_or(Expr::Null),
        _ => Expr::Concat(merged),
    }
}

/// Whether it counts as true, where that is known.
pub(in crate::facts) fn truth(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Null => Some(false),
        Expr::Bool(yes) => Some(*yes),
        Expr::Number(number) => Some(*number != 0.0 && !number.is_nan()),
        Expr::Text(text) => Some(!text.is_empty()),
        // A text with something in it that is always there is never empty.
        Expr::Concat(parts) if parts.iter().any(|part| matches!(part, Expr::Text(text) if !text.is_empty())) => {
            Some(true)
        }
        _ => None,
    }
}

/// The text that it becomes within another text, where that is known.
pub(in crate::facts) fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Null => Some(String::new()),
        Expr::Bool(yes) => Some(yes.to_string()),
        Expr::Number(number) => Some(number.to_string()),
        Expr::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Null => Some(0.0),
        Expr::Bool(yes) => Some(f64::from(u8::from(*yes))),
        Expr::Number(number) => Some(*number),
        Expr::Text(text) if text.trim().is_empty() => Some(0.0),
        Expr::Text(text) => Some(text.trim().parse().unwrap_or(f64::NAN)),
        _ => None,
    }
}

fn compare(sign: Operator, left: &Expr, right: &Expr) -> Option<bool> {
    let order = match (left, right) {
        (Expr::Text(left), Expr::Text(right)) => Some(left.to_uppercase().cmp(&right.to_uppercase())),
        _ => number(left)?.partial_cmp(&number(right)?),
    };
    Some(match sign {
        Operator::Equal => order == Some(Ordering::Equal),
        Operator::Unequal => order != Some(Ordering::Equal),
        Operator::Less => order == Some(Ordering::Less),
        Operator::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Operator::Greater => order == Some(Ordering::Greater),
        Operator::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}

fn call(name: String, parts: Vec<Expr>) -> Expr {
    let folded = match (name.as_str(), parts.as_slice()) {
        ("format", [Expr::Text(pattern), values @ ..]) => format(pattern, values),
        ("fromJSON", [Expr::Text(json)]) => match serde_json::from_str(json) {
            Ok(serde_json::Value::String(text)) => Some(Expr::Text(text)),
            Ok(serde_json::Value::Bool(yes)) => Some(Expr::Bool(yes)),
            Ok(serde_json::Value::Number(number)) => number.as_f64().map(Expr::Number),
            Ok(serde_json::Value::Null) => Some(Expr::Null),
            _ => None,
        },
        ("startsWith" | "endsWith" | "contains", [left, right]) => text(left).zip(text(right)).map(|(left, right)| {
            let (left, right) = (left.to_uppercase(), right.to_uppercase());
            Expr::Bool(match name.as_str() {
                "startsWith" => left.starts_with(&right),
                "endsWith" => left.ends_with(&right),
                _ => left.contains(&right),
            })
        }),
        _ => None,
    };
    folded.unwrap_or(Expr::Call(name, parts))
}

fn format(pattern: &str, values: &[Expr]) -> Option<Expr> {
    let mut parts = vec![Expr::Text(String::new())];
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let plain = match c {
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
                c
            }
            '{' => {
                let mut index = String::new();
                loop {
                    match chars.next()? {
                        '}' => break,
                        digit => index.push(digit),
                    }
                }
                parts.push(values.get(index.parse::<usize>().ok()?)?.clone());
                parts.push(Expr::Text(String::new()));
                continue;
            }
            '}' => return None,
            other => other,
        };
        if let Some(Expr::Text(last)) = parts.last_mut() {
            last.push(plain);
        }
    }
    parts.retain(|part| !matches!(part, Expr::Text(text) if text.is_empty()));
    if parts.is_empty() {
        return Some(Expr::Text(String::new()));
    }
    Some(concat(parts))
}

/// The texts of a list that is written out as JSON.
pub(in crate::facts) fn items(expr: &Expr) -> Option<Vec<String>> {
    let Expr::Call(name, parts) = expr else { return None };
    let [Expr::Text(json)] = parts.as_slice() else { return None };
    if name != "fromJSON" {
        return None;
    }
    let serde_json::Value::Array(items) = serde_json::from_str(json).ok()? else { return None };
    items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Every text that it can come to, where these are finite and known; each path is looked up.
pub(in crate::facts) fn outcomes(expr: &Expr, look_up: &dyn Fn(&Expr) -> Option<Vec<String>>) -> Option<Vec<String>> {
    match expr {
        Expr::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(outcomes(part, look_up)?);
            }
            // A false part of `cond && 'text'` shows only where it is the last.
            all.retain(|text| text != "false");
            Some(all)
        }
        Expr::And(parts) => {
            let (last, before) = parts.split_last()?;
            let mut all = outcomes(last, look_up)?;
            let boolean = |part: &Expr| matches!(part, Expr::Compare(..) | Expr::Not(_) | Expr::Call(..));
            if before.iter().all(boolean) {
                all.push("false".into());
                return Some(all);
            }
            None
        }
        Expr::Path(_) => look_up(expr),
        other => text(other).map(|text| vec![text]),
    }
}
