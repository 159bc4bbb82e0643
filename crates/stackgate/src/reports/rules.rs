//! The rules of `check`: one for each way in which a file can differ, and one for each class of what a difference permits.
//!
//! What must hold: each state but `clean` and each class has one, so that each finding can be explained and told apart.

use stackgate_diagnostic::Rule;
use stackgate_drift::{Class, State};

/// Every rule of `check`.
pub(crate) static RULES: &[&Rule] = &[
    &MISSING,
    &EDITED,
    &OUTDATED,
    &NOT_OURS,
    &UNREADABLE,
    &ORPHANED,
    &ORPHAN_EDITED,
    &COSMETIC,
    &PIN,
    &BEHAVIOUR,
    &SUPPLY_CHAIN,
    &REMOVES_GATE,
    &WIDENS_PRIVILEGE,
    &UNDECIDABLE,
];

/// The rule that a difference of a class breaks.
pub(crate) fn class(class: Class) -> &'static Rule {
    match class {
        Class::Cosmetic => &COSMETIC,
        Class::Pin => &PIN,
        Class::Behaviour => &BEHAVIOUR,
        Class::SupplyChain => &SUPPLY_CHAIN,
        Class::RemovesGate => &REMOVES_GATE,
        Class::WidensPrivilege => &WIDENS_PRIVILEGE,
        Class::Undecidable => &UNDECIDABLE,
    }
}

/// The rule that a file of that state breaks; a clean one breaks none.
pub(crate) fn rule(state: State) -> Option<&'static Rule> {
    Some(match state {
        State::Clean => return None,
        State::Missing => &MISSING,
        State::Edited => &EDITED,
        State::Outdated => &OUTDATED,
        State::NotOurs => &NOT_OURS,
        State::Unreadable => &UNREADABLE,
        State::Orphaned => &ORPHANED,
        State::OrphanEdited => &ORPHAN_EDITED,
    })
}

static MISSING: Rule = Rule {
    id: "drift-missing",
    title: "Every pipeline that the spec asks for is there",
    why: "A pipeline that is not there runs nothing: no preview, no deployment, no check before either.",
    instead: "Run `stackgate generate` and commit what it writes.",
    waivable: false,
};

static EDITED: Rule = Rule {
    id: "drift-edited",
    title: "Nobody edits a generated pipeline",
    why: "An edit may let a job reach a team that is not its own, or take an approval away, and the spec that was reviewed does not \
          show it. The next `generate` overwrites it.",
    instead: "Put the change into the spec and run `stackgate generate`; or run it without, and the edit is gone.",
    waivable: false,
};

static OUTDATED: Rule = Rule {
    id: "drift-outdated",
    title: "Every pipeline comes from the spec as it is now",
    why: "An older spec or an older version of stackgate wrote the file, so what was reviewed and what runs are two things.",
    instead: "Run `stackgate generate` and commit what it writes.",
    waivable: false,
};

static NOT_OURS: Rule = Rule {
    id: "drift-not-ours",
    title: "Where a pipeline belongs stands no other file",
    why: "The CI system runs the file that stands there, whoever wrote it, and nothing in it was derived from the spec.",
    instead: "Look at it. `stackgate generate --adopt PATH` replaces it.",
    waivable: false,
};

static UNREADABLE: Rule = Rule {
    id: "drift-unreadable",
    title: "Every pipeline can be read as text",
    why: "What cannot be read cannot be compared: a link, a directory, bytes that are no UTF-8, or a file larger than 1 MiB. The CI \
          system may still run it.",
    instead: "Look at it and move it away, then run `stackgate generate`.",
    waivable: false,
};

static ORPHANED: Rule = Rule {
    id: "drift-orphaned",
    title: "No pipeline is left that the spec does not ask for",
    why: "A pipeline that the spec no longer has still runs, with the rights that it was written for.",
    instead: "Run `stackgate generate`, which removes it.",
    waivable: false,
};

static ORPHAN_EDITED: Rule = Rule {
    id: "drift-orphan-edited",
    title: "No edited pipeline is left that the spec does not ask for",
    why: "A pipeline that the spec no longer has still runs, and somebody changed it since. stackgate removes nobody's own work.",
    instead: "Look at it and remove it yourself.",
    waivable: false,
};

static COSMETIC: Rule = Rule {
    id: "drift-cosmetic",
    title: "A pipeline reads as stackgate wrote it",
    why: "Every fact is as the spec says; a comment, quotes, the order of keys or a name for people differs. It does not fail \
          unless `--strict` or `--fail-on cosmetic` says so.",
    instead: "Run `stackgate generate`, and keep formatters away from generated files.",
    waivable: false,
};

static PIN: Rule = Rule {
    id: "drift-pin",
    title: "Every pin is the spec's",
    why: "A pin names another version of the same code, as firmly as before: what an update bot does.",
    instead: "Look at what changed in that version, then take it into the spec with `stackgate pins adopt`.",
    waivable: false,
};

static BEHAVIOUR: Rule = Rule {
    id: "drift-behaviour",
    title: "A pipeline does what the spec says",
    why: "It runs otherwise, or more strictly, than was reviewed, and may do no more than before.",
    instead: "Put the change into the spec, or run `stackgate generate`.",
    waivable: false,
};

static SUPPLY_CHAIN: Rule = Rule {
    id: "drift-supply-chain",
    title: "A pipeline fetches the code that the spec names",
    why: "Other foreign code runs beside a token, or its owner can exchange it without a change in this repository.",
    instead: "Run `stackgate generate`; what is really wanted goes into the spec with its pin.",
    waivable: false,
};

static REMOVES_GATE: Rule = Rule {
    id: "drift-removes-gate",
    title: "Every gate of the spec stands",
    why: "Something that stops, delays, serialises or refuses is gone or weaker: an approval, a protected environment, a lock, an \
          order, a guard.",
    instead: "Run `stackgate generate`, and ask who removed it.",
    waivable: false,
};

static WIDENS_PRIVILEGE: Rule = Rule {
    id: "drift-widens-privilege",
    title: "Nobody reaches more than the spec says",
    why: "Somebody, or some code, reaches a token, a secret or a right that it could not reach, or a token lives longer or goes \
          elsewhere.",
    instead: "Run `stackgate generate`, and find out whether it ran like this.",
    waivable: false,
};

static UNDECIDABLE: Rule = Rule {
    id: "drift-undecidable",
    title: "What a pipeline does can be told from its file",
    why: "A part of it cannot be read, or is made when it runs, where a difference could be anything: it counts as the worst.",
    instead: "Look at it; write it so that the file says what happens, or run `stackgate generate`.",
    waivable: false,
};
