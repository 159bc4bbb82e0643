//! What is said of a log that is no rule about events: what could not be read, what there was too much of.
//!
//! What must hold: nothing that kept a log from being judged is silent.

use stackgate_diagnostic::{Limit, Rule};
use stackgate_logs::{MOST, MOST_STATE};

/// How much a log may hold.
pub(crate) fn limits() -> Vec<Limit> {
    vec![Limit::new("bytes of one event", MOST, &LOG_UNREAD), Limit::new("bytes of a state", MOST_STATE, &LOG_UNREAD)]
}

/// The rules of this module.
pub(crate) static RULES: &[&Rule] = &[&LOG_UNREAD, &LOG_TOO_MUCH];

pub(crate) static LOG_UNREAD: Rule = Rule {
    id: "log-unread",
    title: "The whole log can be read",
    why: "What is not read is not judged, and a run that saw half a log must not look like one that found nothing. The state is not \
          moved on, so that the next run judges this time again.",
    instead: "Mend what the message names: export the file again, or give the token the right that it lacks.",
    waivable: false,
};

pub(crate) static LOG_TOO_MUCH: Rule = Rule {
    id: "log-too-much",
    title: "A log holds no more than can be kept in mind",
    why: "A run keeps so many names, incidents and hours and no more, so that no log can take all memory. Whoever wants to hide one \
          incident among many thousands would reach that limit.",
    instead: "Judge a shorter time, such as a week at once, and look at what there is so much of.",
    waivable: false,
};
