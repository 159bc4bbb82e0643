//! The rules of `import`: one for each kind of thing that it tells.
//!
//! What must hold: none fails but what could not be read: an import judges nothing that was there before it.

use stackgate_diagnostic::Rule;
use stackgate_report::{Finding, Level, Status};

/// Every rule of `import`.
pub(crate) static RULES: &[&Rule] =
    &[&UNREAD, &UNDECIDED, &WIDER, &NOT_EXPRESSED, &DECIDE, &STILL_RUNS, &OTHERWISE, &NARROWER, &LEFT];

/// A finding that fails nothing.
pub(crate) fn told(rule: &'static Rule, message: impl Into<String>) -> Finding {
    Finding::new(rule, level(rule), message).status(Status::Passes)
}

/// How bad each is, which is the order in which they are shown.
fn level(rule: &Rule) -> Level {
    match rule.id {
        "import-unread" => Level::Critical,
        "import-wider" | "import-undecided" => Level::High,
        "import-not-expressed" | "import-decide" | "import-still-runs" => Level::Medium,
        "import-otherwise" => Level::Low,
        _ => Level::Notice,
    }
}

pub(crate) static UNREAD: Rule = Rule {
    id: "import-unread",
    title: "Every pipeline that is imported can be read",
    why: "What a file says that cannot be read is in no spec: a deploy, a gate or a secret of it would be forgotten without a word. So \
          nothing is written.",
    instead: "Mend the file, or name the pipelines that you want to import: `stackgate import PATH…`.",
    waivable: false,
};

pub(crate) static UNDECIDED: Rule = Rule {
    id: "import-undecided",
    title: "What a pipeline does can be told from its file",
    why: "A part of the old pipeline is made when it runs, or lies elsewhere. What it does is not in the spec, and not in the list of \
          what will change.",
    instead: "Look at the place, and put what it does into the spec yourself.",
    waivable: false,
};

pub(crate) static WIDER: Rule = Rule {
    id: "import-wider",
    title: "A new pipeline permits no more than the old one",
    why: "In this one respect the pipeline that the spec renders stops or refuses less than the old one did, or starts more often.",
    instead: "Say it in the spec where there is a key for it; otherwise decide whether the new pipeline may go without.",
    waivable: false,
};

pub(crate) static NOT_EXPRESSED: Rule = Rule {
    id: "import-not-expressed",
    title: "The spec says all that the old pipeline did",
    why: "A spec has no words for some things, because no pipeline of stackgate does them, or because they belong elsewhere, such as \
          cloud credentials into ESC.",
    instead: "Do as the help of the message says, or keep a small pipeline of your own for it, without a Pulumi token.",
    waivable: false,
};

pub(crate) static DECIDE: Rule = Rule {
    id: "import-decide",
    title: "A spec says only what somebody knows",
    why: "The old pipelines do not say this, and a spec needs it or would differ by it. The value is a default, or stands in the spec as \
          a comment.",
    instead: "Look at the line in the spec, and say what is right.",
    waivable: false,
};

pub(crate) static STILL_RUNS: Rule = Rule {
    id: "import-still-runs",
    title: "One pipeline deploys a stack",
    why: "An import changes no pipeline. Until somebody takes the old jobs away, both the old and the new pipeline deploy, and the old \
          one still has its token.",
    instead: "Take the jobs away in the same change that adds the new pipelines, and revoke the old token.",
    waivable: false,
};

pub(crate) static OTHERWISE: Rule = Rule {
    id: "import-otherwise",
    title: "A new pipeline does what the old one did",
    why: "The new pipeline does it in another way, and permits neither more nor less.",
    instead: "Nothing, unless somebody relies on the old way.",
    waivable: false,
};

pub(crate) static NARROWER: Rule = Rule {
    id: "import-narrower",
    title: "What an import tightens is said",
    why: "The new pipeline permits less than the old one. That is why one imports; but whoever relied on it will notice.",
    instead: "Nothing; tell those who may notice.",
    waivable: false,
};

pub(crate) static LEFT: Rule = Rule {
    id: "import-left",
    title: "What an import leaves as it is is said",
    why: "A job that does nothing with Pulumi stays where it is: stackgate renders files of its own beside it.",
    instead: "Nothing. A job that must run before or after the deploys can go under `jobs` in the spec.",
    waivable: false,
};
