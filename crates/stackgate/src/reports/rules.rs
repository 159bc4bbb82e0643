//! The rules of `check`, one for each way in which a file can differ.
//!
//! What must hold: each state but `clean` has one, so that each finding can be explained and told apart in a report.

use stackgate_diagnostic::Rule;
use stackgate_drift::State;

/// Every rule of `check`.
pub(crate) static RULES: &[&Rule] = &[&MISSING, &EDITED, &OUTDATED, &NOT_OURS, &UNREADABLE, &ORPHANED, &ORPHAN_EDITED];

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
