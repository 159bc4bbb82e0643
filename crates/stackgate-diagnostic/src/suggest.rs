//! "Did you mean": the candidate that somebody probably meant.
//!
//! Says nothing unless a candidate is really close: a wrong suggestion is worse than none.

/// Longer words are no slips of the pen, and comparing them would cost the square of their length.
const LONGEST: usize = 64;

/// The candidate nearest to `word`, when it is near enough to be what was meant.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = fold(word);
    let most = match word.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = strsim::damerau_levenshtein(&word, &fold(candidate));
        // The first of equals wins, so that the order of a definition decides and not chance.
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Case and the kind of dash are the commonest slips, and no distance at all.
fn fold(word: &str) -> String {
    word.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_ones_only() {
        let keys = ["preview", "deploy", "tier", "run_with", "on"];
        assert_eq!(closest("previw", keys), Some("preview"));
        assert_eq!(closest("Tier", keys), Some("tier"));
        assert_eq!(closest("teir", keys), Some("tier"));
        assert_eq!(closest("run-with", keys), Some("run_with"));
        assert_eq!(closest("no", keys), None);
        assert_eq!(closest("approval", keys), None);
        assert_eq!(closest(&"tier".repeat(100_000), keys), None);
    }
}
