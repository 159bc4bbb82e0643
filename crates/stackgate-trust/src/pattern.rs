//! Pulumi Cloud's patterns: `*` is any text, `?` one character or none, `.` exactly one character. There is no escape.
//!
//! What must hold: a pattern matches the whole text, and letters match in their own case alone. It takes time in
//! proportion to the pattern times the text, whatever both hold. Source: "OIDC issuers" in Pulumi's documentation, which
//! says so of the values of claims and of the names of teams.

/// A pattern, ready to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// No wildcard at all.
    Plain,
    /// What stands between the `*`s, where there is no other wildcard: the commonest form, and much faster to match.
    Stars(Vec<String>),
    Parts(Vec<Part>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Letter(char),
    /// `.`
    One,
    /// `?`
    Perhaps,
    /// `*`
    Any,
}

impl Pattern {
    /// Reads a pattern; every text is one.
    pub fn new(text: &str) -> Pattern {
        let form = if !text.contains(is_wildcard) {
            Form::Plain
        } else if !text.contains(['.', '?']) {
            Form::Stars(text.split('*').map(str::to_owned).collect())
        } else {
            Form::Parts(parts(text))
        };
        Pattern { text: text.to_owned(), form }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `text` is what the pattern says.
    pub fn matches(&self, text: &str) -> bool {
        let parts = match &self.form {
            Form::Plain => return self.text == text,
            Form::Stars(between) => return in_order(between, text),
            Form::Parts(parts) => parts,
        };
        // `reached[i]`: the text so far can be what the first `i` parts say.
        let mut reached = vec![false; parts.len() + 1];
        reached[0] = true;
        skip(parts, &mut reached);
        let mut next = vec![false; parts.len() + 1];
        for letter in text.chars() {
            next.fill(false);
            for (index, part) in parts.iter().enumerate().filter(|(index, _)| reached[*index]) {
                match part {
                    Part::Letter(own) if *own == letter => next[index + 1] = true,
                    Part::Letter(_) => {}
                    Part::One | Part::Perhaps => next[index + 1] = true,
                    Part::Any => next[index] = true,
                }
            }
            skip(parts, &mut next);
            std::mem::swap(&mut reached, &mut next);
            if !reached.contains(&true) {
                return false;
            }
        }
        reached[parts.len()]
    }
}

impl Pattern {
    /// Whether some text is what both patterns say. Of two that are longer than any claim, it is taken that one is.
    pub fn meets(&self, other: &Pattern) -> bool {
        match (&self.form, &other.form) {
            (Form::Plain, _) => return other.matches(&self.text),
            (_, Form::Plain) => return self.matches(&other.text),
            _ => {}
        }
        if !alike(self.text.chars(), other.text.chars()) || !alike(self.text.chars().rev(), other.text.chars().rev()) {
            return false;
        }
        if self.text.len().saturating_mul(other.text.len()) > LONGEST_PAIR {
            return true;
        }
        let (own, others) = (parts(&self.text), parts(&other.text));
        let width = others.len() + 1;
        let mut seen = vec![false; (own.len() + 1) * width];
        let mut open = vec![(0, 0)];
        while let Some((one, two)) = open.pop() {
            if std::mem::replace(&mut seen[one * width + two], true) {
                continue;
            }
            let (left, right) = (own.get(one), others.get(two));
            if left.is_none() && right.is_none() {
                return true;
            }
            if matches!(left, Some(Part::Any | Part::Perhaps)) {
                open.push((one + 1, two));
            }
            if matches!(right, Some(Part::Any | Part::Perhaps)) {
                open.push((one, two + 1));
            }
            let (Some(left), Some(right)) = (left, right) else { continue };
            if let (Part::Letter(a), Part::Letter(b)) = (left, right)
                && a != b
            {
                continue;
            }
            let after = |part: &Part, at: usize| if *part == Part::Any { at } else { at + 1 };
            open.push((after(left, one), after(right, two)));
        }
        false
    }

    /// Whether it is made of wildcards alone, and so says next to nothing.
    pub fn says_nothing(&self) -> bool {
        self.text.chars().all(is_wildcard)
    }
}

/// The lengths of two patterns that are compared, multiplied: that of a claim twice over.
const LONGEST_PAIR: usize = 1_000_000;

/// Whether two patterns are the same as far as neither has a wildcard: there both stand in the text as they are.
fn alike(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> bool {
    one.zip(other).take_while(|(a, b)| !is_wildcard(*a) && !is_wildcard(*b)).all(|(a, b)| a == b)
}

fn parts(text: &str) -> Vec<Part> {
    let part = |c| match c {
        '.' => Part::One,
        '?' => Part::Perhaps,
        '*' => Part::Any,
        letter => Part::Letter(letter),
    };
    text.chars().map(part).collect()
}

/// Whether a text begins with the first, ends with the last, and holds the others between in their order.
fn in_order(between: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = between else { return false };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for one in middle {
        let Some((_, after)) = rest.split_once(one.as_str()) else { return false };
        rest = after;
    }
    rest.ends_with(last.as_str())
}

/// What `*` and `?` may stand for without any letter.
fn skip(parts: &[Part], reached: &mut [bool]) {
    for (index, part) in parts.iter().enumerate() {
        if reached[index] && matches!(part, Part::Any | Part::Perhaps) {
            reached[index + 1] = true;
        }
    }
}

/// Whether Pulumi Cloud takes a character for something else than itself.
pub fn is_wildcard(c: char) -> bool {
    matches!(c, '.' | '?' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).matches(text)
    }

    #[test]
    fn a_pattern_is_about_the_whole_text_in_its_own_case() {
        assert!(matches("repo:acme/shop", "repo:acme/shop"));
        for other in ["repo:acme/shop2", "xrepo:acme/shop", "repo:acme/sho", "REPO:acme/shop", ""] {
            assert!(!matches("repo:acme/shop", other), "{other}");
        }
    }

    #[test]
    fn a_star_is_any_text_and_none() {
        for text in ["repo:acme/shop:", "repo:acme/shop:ref:refs/heads/main", "repo:acme/shop:pull_request"] {
            assert!(matches("repo:acme/shop:*", text), "{text}");
        }
        assert!(!matches("repo:acme/shop:*", "repo:acme/shop2:pull_request"));
        assert!(matches("*", "") && matches("*", "a\nb"));
        assert!(matches("refs/pull/*/merge", "refs/pull/12/merge"));
        assert!(!matches("refs/pull/*/merge", "refs/pull/12/head"));
    }

    #[test]
    fn a_question_mark_is_one_character_or_none() {
        assert!(matches("colo?r", "colour") && matches("colo?r", "color") && !matches("colo?r", "coloxxr"));
        assert!(matches("main?", "main") && matches("main?", "main2") && !matches("main?", "main22"));
    }

    #[test]
    fn a_dot_is_exactly_one_character() {
        assert!(matches("my.group", "my.group") && matches("my.group", "my-group") && matches("my.group", "myégroup"));
        assert!(!matches("my.group", "mygroup") && !matches("my.group", "my--group"));
        assert!(matches("project_path:my.group/app:*", "project_path:my-group/app:ref_type:branch:ref:main"));
    }

    #[test]
    fn two_patterns_meet_where_one_text_is_both() {
        let meets = |one: &str, other: &str| Pattern::new(one).meets(&Pattern::new(other));
        for (one, other) in [
            ("repo:a/b:*", "repo:*:pull_request"),
            ("a*c", "ab*"),
            ("my.group", "my-group"),
            ("main?", "main"),
            ("*", ""),
            ("*x*", "*y*"),
            ("refs/heads/*", "refs/heads/main"),
        ] {
            assert!(meets(one, other) && meets(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("push", "merge_request_event"),
            ("refs/heads/main", "refs/pull/*/merge"),
            ("a*b", "*c"),
            ("a.c", "ac"),
            ("main?", "main22"),
            ("", "."),
        ] {
            assert!(!meets(one, other) && !meets(other, one), "{one} {other}");
        }
        assert!(
            Pattern::new("*.?").says_nothing() && Pattern::new("").says_nothing() && !Pattern::new("a*").says_nothing()
        );
    }

    /// Every two short patterns, against every text that could be what both say.
    #[test]
    fn two_patterns_meet_nowhere_else() {
        let words = |letters: &str, longest: usize| {
            let mut all = vec![String::new()];
            let mut from = 0;
            for _ in 0..longest {
                let until = all.len();
                for at in from..until {
                    all.extend(letters.chars().map(|letter| format!("{}{letter}", all[at])).collect::<Vec<_>>());
                }
                from = until;
            }
            all
        };
        let texts = words("ab", 6);
        assert_eq!(texts.len(), 127);
        let patterns: Vec<(Pattern, u128)> = words("ab.?*", 3)
            .iter()
            .map(|text| {
                let pattern = Pattern::new(text);
                let said = texts.iter().enumerate().filter(|(_, text)| pattern.matches(text));
                let said = said.fold(0, |said, (at, _)| said | 1 << at);
                (pattern, said)
            })
            .collect();
        for (one, said) in &patterns {
            for (other, says) in &patterns {
                assert_eq!(one.meets(other), said & says != 0, "{} {}", one.as_str(), other.as_str());
            }
        }
    }

    #[test]
    fn many_stars_take_no_longer() {
        let text = "a".repeat(5_000);
        assert!(!matches(&format!("{}b", "*a".repeat(40)), &text));
        let long = Pattern::new(&"a*".repeat(1_000_000));
        assert!(long.meets(&Pattern::new(&"*a".repeat(1_000_000))));
    }
}
