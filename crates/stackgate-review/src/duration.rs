//! Lengths of time as Go writes them: `1h30m0s`.
//!
//! What must hold: what is not understood is told apart from zero.

/// The seconds of such a length, rounded up; none where it is not one, or too long to count.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    let (mut whole, mut parts) = (0_f64, 0);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        whole += number
            * match rest.get(..unit)? {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = rest.get(unit..)?;
        parts += 1;
    }
    // A century is more than any token lives, and far from where a float loses seconds.
    let fits = parts > 0 && whole.is_finite() && whole < 4e9;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between zero and four billion")]
    fits.then(|| whole.ceil() as u64)
}

/// The minutes of a length of time as Go writes it, such as `1h30m0s`, rounded up; none where it is not one, or no limit.
#[must_use]
pub fn minutes(text: &str) -> Option<u64> {
    seconds(text).filter(|seconds| *seconds > 0).map(|seconds| seconds.div_ceil(60))
}

/// A number of seconds for people.
pub(crate) fn shown(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, 0) => format!("{minutes} min"),
        (hours, 0, 0) => format!("{hours} h"),
        (hours, minutes, 0) => format!("{hours} h {minutes} min"),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_go_reads_them() {
        for (text, expected) in [
            ("1h30m0s", Some(5400)),
            ("90m", Some(5400)),
            ("1.5h", Some(5400)),
            ("0", Some(0)),
            ("0s", Some(0)),
            ("1500ms", Some(2)),
            ("", None),
            ("1", None),
            ("h", None),
            ("-1h", None),
            ("1d", None),
            ("1h x", None),
            ("99999999999999999999h", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
