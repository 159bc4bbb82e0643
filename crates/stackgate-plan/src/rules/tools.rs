//! Rules about what is installed: the CLI, languages, actions.
//!
//! What must always hold: in a spec that keeps them, everything installed is one exact version. Deliberately absent:
//! the pins themselves, which are in `templates/pins.toml`.

use stackgate_diagnostic::Rule;

/// Every project has a runtime.
pub static RUNTIME_MISSING: Rule = Rule {
    id: "runtime-missing",
    title: "Every project says what language it is written in",
    why: "The language decides what is installed before the token exists; a guess would install nothing, or the \
          wrong thing.",
    instead: "Write `runtime: nodejs` (or python, go, dotnet, java, yaml) at the project, or once under `defaults`.",
    waivable: false,
};

/// A runtime's version is one that cannot change.
pub static RUNTIME_NOT_EXACT: Rule = Rule {
    id: "runtime-not-exact",
    title: "A runtime's version is the pinned one, or exact",
    why: "`nodejs@22` is another release every few weeks, and it runs in the job that mints the token. For the \
          versions in the pin table stackgate knows the exact one; for others the spec has to say it.",
    instead: "Write all three numbers, such as `nodejs@22.23.1`, or leave the version out for the pinned one.",
    waivable: false,
};

/// The CLI's archives have a known SHA-256.
pub static UNPINNED_CLI: Rule = Rule {
    id: "unpinned-cli",
    title: "The Pulumi CLI is of a version whose SHA-256 is known",
    why: "The CLI is the program that holds the token. Its archive is checked before it is unpacked, which needs a \
          known hash for every platform.",
    instead: "Leave `pulumi` out for the pinned version, or pin the archives of yours under `pins: { cli: … }`.",
    waivable: false,
};

/// The CLI can do what the pipelines ask of it.
pub static CLI_TOO_OLD: Rule = Rule {
    id: "cli-too-old",
    title: "The Pulumi CLI is at least 3.217.0",
    why: "3.217.0 is the first release that reads the organization and the team from the identity token too, and \
          refuses to log in when they contradict what the pipeline asks for. Older ones take the contradiction \
          without a word, or cannot exchange an identity token at all. A job that starts a deployment needs 3.238.0, the \
          first with `pulumi api`.",
    instead: "Leave `pulumi` out for the pinned version, or name a newer one.",
    waivable: false,
};

/// A pinned action is one that stackgate uses.
pub static UNKNOWN_ACTION: Rule = Rule {
    id: "unknown-action",
    title: "A pin under `actions` is of an action that is rendered",
    why: "A pin of an action that no pipeline uses changes nothing; a misspelt one leaves the action that was meant \
          at its old commit.",
    instead: "Name the action as `owner/name`, as `stackgate show pins` does.",
    waivable: false,
};
