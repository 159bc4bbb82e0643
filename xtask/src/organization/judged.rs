//! What was found against what was planted.
//!
//! What must hold: a planted thing is found when its rule speaks of it in its words and at its level; a finding above
//! notice that is of nothing planted is a false alarm.

use super::planted::Plant;

/// A finding, from wherever it came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// Its rule.
    pub(super) rule: String,
    /// Its level.
    pub(super) level: String,
    /// Its class; empty where it has none.
    pub(super) class: String,
    /// All that it says.
    pub(super) text: String,
}

/// What is wrong, one sentence each.
pub(super) fn faults(planted: &[Plant], found: &[Found]) -> Vec<String> {
    let mut faults = Vec::new();
    for plant in planted {
        let own: Vec<&Found> = found.iter().filter(|found| found.rule == plant.rule && says(found, plant)).collect();
        let place = plant.place.join(" + ");
        if own.is_empty() {
            faults.push(format!("missed: {} ({} at {place})", plant.kind, plant.rule));
        } else if !own.iter().any(|found| weight(&found.level) >= weight(&plant.level)) {
            let (had, wanted) = (&own[0].level, &plant.level);
            faults.push(format!("too low: {} ({} at {place}) is {had}, not {wanted}", plant.kind, plant.rule));
        } else if !plant.class.is_empty() && !own.iter().any(|found| found.class == plant.class) {
            let (had, wanted) = (&own[0].class, &plant.class);
            faults.push(format!("another class: {} ({} at {place}) is {had}, not {wanted}", plant.kind, plant.rule));
        }
    }
    for found in found.iter().filter(|found| weight(&found.level) > 0) {
        let of = |plant: &&Plant| (plant.rule == found.rule || plant.also.contains(&found.rule)) && says(found, plant);
        if !planted.iter().any(|plant| of(&plant)) {
            faults.push(format!("false alarm: {} {}: {}", found.level, found.rule, found.text));
        }
    }
    faults
}

/// Whether a finding holds all the words of what was planted.
fn says(found: &Found, plant: &Plant) -> bool {
    plant.place.iter().all(|word| found.text.contains(word.as_str()))
}

/// How much a level weighs; a notice is 0.
fn weight(level: &str) -> usize {
    ["notice", "low", "medium", "high", "critical"].iter().position(|one| *one == level).unwrap_or(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plant() -> Plant {
        Plant {
            kind: "k".into(),
            rule: "r".into(),
            also: vec!["s".into()],
            place: vec!["`a`".into()],
            class: "widened".into(),
            level: "medium".into(),
            events: Vec::new(),
        }
    }

    fn found(rule: &str, level: &str, class: &str, text: &str) -> Found {
        Found { rule: rule.into(), level: level.into(), class: class.into(), text: text.into() }
    }

    #[test]
    fn misses_and_false_alarms_are_told() {
        let first = |all: Vec<Found>| {
            faults(&[plant()], &all).into_iter().map(|fault| fault[..6].to_owned()).collect::<Vec<_>>()
        };
        assert!(first(vec![found("r", "high", "widened", "of `a`")]).is_empty());
        assert!(first(vec![found("r", "high", "widened", "of `a`"), found("s", "low", "", "`a`")]).is_empty());
        assert_eq!(first(vec![]), ["missed"]);
        assert_eq!(first(vec![found("r", "low", "widened", "`a`")]), ["too lo"]);
        assert_eq!(first(vec![found("r", "high", "missing", "`a`")]), ["anothe"]);
        assert_eq!(first(vec![found("r", "high", "widened", "`a`"), found("s", "low", "", "`b`")]), ["false "]);
        assert!(first(vec![found("r", "high", "widened", "`a`"), found("t", "notice", "", "`b`")]).is_empty());
    }
}
