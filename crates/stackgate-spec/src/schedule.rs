//! The forms of times: five fields of cron, and one moment in UTC.
//!
//! What must always hold: what is accepted means the same to every reader, so that names of days, `@daily`, a sixth field
//! and offsets from UTC are refused. Deliberately absent: the clock; whether a moment has passed is not judged here.

use jiff::Timestamp;

/// The pattern of five fields of cron, as far as a set of characters can tell.
pub(crate) const CRON_PATTERN: &str = "^[0-9*,/-]{1,40}( [0-9*,/-]{1,40}){4}$";
/// The pattern of a moment in UTC.
pub(crate) const INSTANT_PATTERN: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";

/// Each field with its least and its greatest number.
const FIELDS: [(&str, u32, u32); 5] =
    [("minutes", 0, 59), ("hours", 0, 23), ("days of the month", 1, 31), ("months", 1, 12), ("days of the week", 0, 7)];

/// What is wrong with five fields of cron.
pub(crate) fn fault_of_cron(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.split(' ').collect();
    if fields.len() != FIELDS.len() {
        return Some(format!("it has {} fields with single spaces between, instead of 5", fields.len()));
    }
    let wrong = fields.iter().zip(FIELDS).find(|(field, (_, least, most))| !is_field(field, *least, *most));
    wrong.map(|(_, (what, least, most))| {
        format!("its {what} are no numbers from {least} to {most}, `*`, or ranges of such")
    })
}

/// A list of `*`, numbers and ranges, each perhaps with a step.
fn is_field(field: &str, least: u32, most: u32) -> bool {
    let number = |text: &str| {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    let within = |text: &str| number(text).filter(|number| (least..=most).contains(number));
    field.len() <= 40
        && field.split(',').all(|part| {
            let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
            let range = match range.split_once('-') {
                Some((from, to)) => within(from).zip(within(to)).is_some_and(|(from, to)| from <= to),
                // A step from a single number means different things to different readers.
                None => range == "*" || (step.is_none() && within(range).is_some()),
            };
            range && step.is_none_or(|step| number(step).is_some_and(|step| (1..=most).contains(&step)))
        })
}

/// What is wrong with a moment in UTC.
pub(crate) fn fault_of_instant(text: &str) -> Option<String> {
    let form = "0000-00-00T00:00:00Z";
    let formed = text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(is, wanted)| if wanted == b'0' { is.is_ascii_digit() } else { is == wanted });
    if !formed {
        return Some("it is not of the form `YYYY-MM-DDThh:mm:ssZ`".into());
    }
    text.parse::<Timestamp>().is_err().then(|| "no calendar has this moment".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron() {
        for good in ["0 6 * * *", "*/15 0-6,22 1 1-12/2 1-5", "59 23 31 12 7"] {
            assert_eq!(fault_of_cron(good), None, "{good}");
        }
        for bad in [
            "",
            "@daily",
            "0 6 * *",
            "0 6 * * * *",
            "0  6 * * *",
            "60 6 * * *",
            "0 24 * * *",
            "0 6 0 * *",
            "0 6 * JAN *",
            "0 6 * * MON",
            "6-0 * * * *",
            "*/0 * * * *",
            "0/5 * * * *",
            "0 6 * * 8",
            "0, 6 * * *",
            "0 6 * * ?",
        ] {
            assert!(fault_of_cron(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn instants() {
        assert_eq!(fault_of_instant("2027-01-31T18:00:00Z"), None);
        for bad in [
            "2027-02-30T18:00:00Z",
            "2027-01-31",
            "2027-01-31T18:00:00+01:00",
            "2027-01-31 18:00:00Z",
            "2027-01-31t18:00:00z",
        ] {
            assert!(fault_of_instant(bad).is_some(), "{bad}");
        }
    }
}
