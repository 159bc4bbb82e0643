//! Rules for pins that are taken from an artifact into the spec. Each refusal of `pins adopt` cites one.

use stackgate_diagnostic::Rule;

/// All of them.
pub(crate) static RULES: &[&Rule] = &[
    &ADOPT_CONTRADICTION,
    &ADOPT_DOWNGRADE,
    &ADOPT_INCOMPLETE,
    &ADOPT_NOT_EXACT,
    &ADOPT_OTHER_CHANGE,
    &ADOPT_OTHER_NAME,
    &ADOPT_PARTIAL,
    &ADOPT_VERSION,
];

pub(super) static ADOPT_OTHER_CHANGE: Rule = Rule {
    id: "adopt-other-change",
    title: "A file whose pins are adopted differs from the spec in pins alone",
    why: "Adopting says that the file is what the spec should say. Were anything else changed beside the pin, a change request \
          of a bot could carry a second change past whoever reads \"pin\".",
    instead: "Run `stackgate generate`, which undoes the other change, then let the bot bump the pin again; or put the other \
              change into the spec first.",
    waivable: false,
};

pub(super) static ADOPT_OTHER_NAME: Rule = Rule {
    id: "adopt-other-name",
    title: "A bumped pin is of the same action or image",
    why: "The same file with another owner is somebody else's code. No bot bumps a pin into another repository.",
    instead: "Undo the change with `stackgate generate`. Which actions and images are used is decided by stackgate, or by \
              `pins: { images: … }`.",
    waivable: false,
};

pub(super) static ADOPT_NOT_EXACT: Rule = Rule {
    id: "adopt-not-exact",
    title: "A bumped pin is a whole commit, digest or SHA-256",
    why: "A tag, a branch or a shortened commit can come to mean other code without any change here.",
    instead: "Write the commit as 40 hexadecimal digits in lower case, the digest as `sha256:` and 64.",
    waivable: false,
};

pub(super) static ADOPT_VERSION: Rule = Rule {
    id: "adopt-version",
    title: "A bumped pin has a version beside it, as exact as the one before",
    why: "Nobody can read a commit or a digest. What people review is the version beside it, and by it a downgrade is seen. `v8` \
          is a tag that moves, so it says less than `v8.0.1`.",
    instead: "Let the bot write the version as it stands now: `# v7.0.2` behind a commit, the full tag of an image.",
    waivable: false,
};

pub(super) static ADOPT_CONTRADICTION: Rule = Rule {
    id: "adopt-contradiction",
    title: "A bumped pin is not at odds with what is known of its commit and version",
    why: "A version that is known with another commit is a tag that was moved, or a comment that somebody made up; a commit that \
          is known under another version is a comment that lies. Either is how bad code gets past a review.",
    instead: "Look at the project's own repository: `git ls-remote https://github.com/OWNER/NAME 'refs/tags/VERSION*'`. Where the \
              pin is right, write it into the spec's `pins` yourself.",
    waivable: false,
};

pub(super) static ADOPT_DOWNGRADE: Rule = Rule {
    id: "adopt-downgrade",
    title: "A bumped pin is newer than the one before",
    why: "An older release has the holes that the newer ones closed. Bots do not go back unless somebody made them.",
    instead: "Undo the change with `stackgate generate`; or say `--allow-downgrade` where the newer release is the bad one.",
    waivable: false,
};

pub(super) static ADOPT_PARTIAL: Rule = Rule {
    id: "adopt-partial",
    title: "A pin is bumped in every place, to the same",
    why: "The spec holds one pin for all places. Were it taken from one place, the next `generate` would change the others, unseen \
          by whoever reviewed the bump.",
    instead: "Let the bot bump every place in one change request: group the updates, as `docs/guide/pins.md` shows.",
    waivable: false,
};

pub(super) static ADOPT_INCOMPLETE: Rule = Rule {
    id: "adopt-incomplete",
    title: "The spec can hold what is adopted, and all of it is there",
    why: "The Pulumi CLI is a version with one SHA-256 for each platform: a version alone would fail at the first download. Tasks \
          of Azure Pipelines come with stackgate, and the spec has no place for them.",
    instead: "Bump the version and both SHA-256 together, or write them into the spec's `pins: { cli: … }`; leave tasks to \
              stackgate, and update stackgate.",
    waivable: false,
};
