//! Rules about waivers.
//!
//! What must always hold: a waiver names a rule, a place, a reason and a last day, and does something. Deliberately
//! absent: whether a waiver is used, which only those who check the waived rules know.

use stackgate_diagnostic::Rule;

/// A waiver names a rule.
pub static WAIVER_UNKNOWN_RULE: Rule = Rule {
    id: "waiver-unknown-rule",
    title: "A waiver names a rule that exists",
    why: "A waiver of a misspelt rule waives nothing, and whoever reads the spec believes that it does.",
    instead: "Name the rule by the id that stands in its message: `error[ID]`.",
    waivable: false,
};

/// A waiver names a rule that can be waived.
pub static WAIVER_NOT_WAIVABLE: Rule = Rule {
    id: "waiver-not-waivable",
    title: "A waiver names a rule that can be waived",
    why: "Most rules keep the spec readable or the trust classes apart; setting one of these aside would leave no \
          safe meaning for what the spec says.",
    instead: "Mend what the rule complains about; `stackgate explain RULE` says how.",
    waivable: false,
};

/// A waiver names a place of this spec.
pub static WAIVER_UNKNOWN_PLACE: Rule = Rule {
    id: "waiver-unknown-place",
    title: "A waiver applies to a place of this spec",
    why: "A waiver for a misspelt stack waives nothing; one for a stack that is gone waits for the next stack of that \
          name.",
    instead: "Write a `project/stack`, a project, a team or a provider of this spec.",
    waivable: false,
};

/// A waiver has not ended.
pub static WAIVER_EXPIRED: Rule = Rule {
    id: "waiver-expired",
    title: "A waiver has not ended",
    why: "A waiver is a risk taken for a time. When the time is over, somebody decides again, rather than nobody.",
    instead: "Mend what the waiver excuses and remove it, or decide on a new date and say why.",
    waivable: false,
};
