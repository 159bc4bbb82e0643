//! Whether one of Pulumi Cloud's patterns admits everything that another admits.
//!
//! What must hold: where this says yes, it is so for every text that was tried; texts are made of the second pattern with a
//! character in place of its wildcards that stands in neither, which only a wildcard of the first can match. Where there are
//! too many wildcards to try, it says no, and a change is then told as one that widens.

use stackgate_trust::Pattern;

/// So many `*` and `?` are tried in all their lengths.
const MOST: usize = 5;

/// Stands in no claim: a character of private use.
const FRESH: char = '\u{e000}';

/// Whether every text of `inner` is one of `outer`.
pub(crate) fn covers(outer: &str, inner: &str) -> bool {
    if outer == inner || (!outer.is_empty() && outer.chars().all(|c| c == '*')) {
        return true;
    }
    if inner.contains(FRESH) || outer.contains(FRESH) {
        return false;
    }
    let pattern = Pattern::new(outer);
    let open: Vec<char> = inner.chars().filter(|c| matches!(c, '*' | '?')).collect();
    if open.len() > MOST {
        return false;
    }
    // Each wildcard of open length is tried as none, as one, and, for `*`, as more than the other pattern has characters.
    let long = outer.chars().count() + 1;
    (0..3_usize.pow(u32::try_from(open.len()).unwrap_or(0))).all(|choice| {
        let mut choice = choice;
        let mut text = String::new();
        for c in inner.chars() {
            let count = match c {
                '.' => 1,
                '*' | '?' => {
                    let one = choice % 3;
                    choice /= 3;
                    if one == 2 && c == '*' { long } else { one.min(1) }
                }
                letter => {
                    text.push(letter);
                    continue;
                }
            };
            text.extend(std::iter::repeat_n(FRESH, count));
        }
        pattern.matches(&text)
    })
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wider_pattern_covers_a_narrower_one() {
        for (outer, inner) in [
            ("repo:acme/shop:*", "repo:acme/shop:environment:production"),
            ("*", "anything"),
            ("refs/*", "refs/heads/*"),
            ("a.c", "abc"),
            ("main?", "main"),
            ("a*", "a.?"),
            ("**", "*"),
            ("my.group", "my.group"),
        ] {
            assert!(covers(outer, inner), "{outer} {inner}");
            if outer != inner && outer != "**" {
                assert!(!covers(inner, outer), "{inner} {outer}");
            }
        }
        for (outer, inner) in [("a", "b"), ("a?", "a*"), ("a.", "a?"), ("refs/heads/*", "refs/tags/*"), ("", "*")] {
            assert!(!covers(outer, inner), "{outer} {inner}");
        }
    }
}
