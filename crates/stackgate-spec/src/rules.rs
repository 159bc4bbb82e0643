//! The rules of form that the spec is held to.
//!
//! What must always hold: every rule here has a case under `snapshots/errors/`, and none can be waived, since form and
//! limits never are. Deliberately absent: what YAML itself is held to (`stackgate-yaml`), and what the spec as a whole
//! must mean (`stackgate-plan`).

use stackgate_diagnostic::Rule;

/// Every rule of this crate.
pub static RULES: &[&Rule] = &[
    &UNKNOWN_VERSION,
    &ORGANIZATION_SPEC,
    &UNKNOWN_PROVIDER,
    &ILLEGAL_NAME,
    &ILLEGAL_PATH,
    &ILLEGAL_URL,
    &ILLEGAL_TEXT,
    &OPENS_EXPRESSION,
    &SECRET_IN_SPEC,
    &MALFORMED_VERSION,
    &MALFORMED_DURATION,
    &MALFORMED_DATE,
    &MALFORMED_PIN,
    &MALFORMED_IDENTITY,
    &MALFORMED_SCHEDULE,
    &TOO_MANY,
    &WAIVER_WITHOUT_REASON,
];

/// The spec is of a version that this program reads.
pub static UNKNOWN_VERSION: Rule = Rule {
    id: "unknown-version",
    title: "The spec says `version: 1`",
    why: "The version says how every other key is to be read. A program that read a newer spec by older rules could \
          drop a restriction that it does not know, and write pipelines that permit more than the spec says.",
    instead: "Write `version: 1`, or use a stackgate that knows the version which the spec names.",
    waivable: false,
};

/// The spec is a repository's, not an organization's.
pub static ORGANIZATION_SPEC: Rule = Rule {
    id: "organization-spec",
    title: "The spec describes one repository",
    why: "A spec with `repositories` composes what Pulumi Cloud must hold for a whole organization: it has no pipelines of its \
          own, so that there is no plan to show.",
    instead: "Use `generate`, `check`, `trust prove` and `trust simulate` with it. Ask everything else of a repository's own \
              spec, which has `projects`.",
    waivable: false,
};

/// Every key of `providers` is a CI system that stackgate writes pipelines for.
pub static UNKNOWN_PROVIDER: Rule = Rule {
    id: "unknown-provider",
    title: "Every provider is one that stackgate knows and the spec configures",
    why: "A stage whose provider is misspelt would be rendered nowhere, and its stack would quietly stop being \
          deployed.",
    instead: "Name a provider as its key under `providers` does, and configure it there, if only as `github: {}`.",
    waivable: false,
};

/// A name is of the characters that every system it goes to takes.
pub static ILLEGAL_NAME: Rule = Rule {
    id: "illegal-name",
    title: "Every name is legal in every system that it goes to",
    why: "A name from the spec becomes part of pipelines, trust policies, URLs and commands of several systems, each \
          with its own special characters. Only characters that mean nothing in any of them are accepted; a name is \
          never changed to fit, since two names changed alike would share what belongs to one.",
    instead: "Use letters, digits, `_` and `-`; the message says what exactly is allowed at its place.",
    waivable: false,
};

/// A path is relative and stays inside the repository.
pub static ILLEGAL_PATH: Rule = Rule {
    id: "illegal-path",
    title: "Every path is relative, plain, and stays inside the repository",
    why: "A path goes into scripts and path filters. One that begins with `-` would be taken for an option, one that \
          begins with `~` or `/` or holds `..` leads out of the checkout, and one that is spelt in two ways defeats \
          every comparison.",
    instead: "Write the path from the repository's root, such as `infra/network`, or `.` for the root itself.",
    waivable: false,
};

/// The cloud URL is the plain https base of an API.
pub static ILLEGAL_URL: Rule = Rule {
    id: "illegal-url",
    title: "The cloud URL is a plain https address of an API",
    why: "Identity tokens are sent to this address and access tokens come from it. It is written into every login, so \
          it holds neither credentials nor anything that a shell or a CI system would take for its own.",
    instead: "Write `https://host`, `https://host:port` or `https://host/path` without a trailing slash; leave the key \
              out for `https://api.pulumi.com`.",
    waivable: false,
};

/// A text is printable and of bearable length.
pub static ILLEGAL_TEXT: Rule = Rule {
    id: "illegal-text",
    title: "Every text is printable and of bearable length",
    why: "A character that nobody sees can make a reviewed file mean something else than it shows, and some line \
          breaks end a line for one reader and not for another.",
    instead: "Write printable text; put long scripts into a file of the repository and call that.",
    waivable: false,
};

/// No text opens an expression of any target.
pub static OPENS_EXPRESSION: Rule = Rule {
    id: "opens-expression",
    title: "No text opens an expression of a CI system",
    why: "GitHub, GitLab, Azure and CircleCI paste values into a file before any shell or YAML reader sees it, so \
          that quoting is no defence: a text such as `${{ github.head_ref }}` becomes whatever the author of a \
          change request calls a branch. The same spec may go to another system tomorrow, so that what any of them \
          would take is refused for all.",
    instead: "Read the value from an environment variable of the CI system, or put the command into a script of the \
              repository and call that.",
    waivable: false,
};

/// No secret stands in the spec.
pub static SECRET_IN_SPEC: Rule = Rule {
    id: "secret-in-spec",
    title: "No access token stands in the spec",
    why: "A spec is committed, and what is committed is read by everybody who can read the repository, for ever. No \
          pipeline of stackgate needs a stored token: each job exchanges its own identity for a short-lived one.",
    instead: "Revoke the token in Pulumi Cloud now, since removing the line does not remove it from history; then \
              delete it here.",
    waivable: false,
};

/// A version is of the form that its place asks for.
pub static MALFORMED_VERSION: Rule = Rule {
    id: "malformed-version",
    title: "A version is plain numbers, and the CLI's is exact",
    why: "A range, a tag such as `latest` or an incomplete version means something else tomorrow, and what is \
          installed in the job that holds a token must not change on its own.",
    instead: "Write the CLI as `\"3.259.0\"` and a runtime as `nodejs`, `nodejs@24` or `nodejs@24.18.0`; put a \
              version between quotes where YAML would read a number.",
    waivable: false,
};

/// A length of time is of the form `45m`, and within bounds.
pub static MALFORMED_DURATION: Rule = Rule {
    id: "malformed-duration",
    title: "A length of time is written as `45m`, `1h` or `1h30m`, from 5m to 24h",
    why: "A bare number means seconds to one system and minutes to another. Less than five minutes is too little for \
          a checkout and an install, and no job should hold a runner or a token for more than a day.",
    instead: "Write hours and minutes with their letters: `45m`, `1h30m`.",
    waivable: false,
};

/// A date is a day of the calendar.
pub static MALFORMED_DATE: Rule = Rule {
    id: "malformed-date",
    title: "A date is written as `YYYY-MM-DD`",
    why: "A waiver ends on a day that everybody must read alike, and `01/02/2027` is two different days.",
    instead: "Write year, month and day with hyphens: `2027-01-31`.",
    waivable: false,
};

/// A pin names something that cannot change.
pub static MALFORMED_PIN: Rule = Rule {
    id: "malformed-pin",
    title: "A pin is a full commit, a full digest or a full SHA-256",
    why: "A tag or a short hash can be moved to other code by whoever controls the repository or guesses a \
          collision, and that code would run in the job that mints a token.",
    instead: "Write all 40 hexadecimal digits of a commit, `sha256:` and 64 digits of an image's digest, or 64 digits \
              of an archive's SHA-256, in lower case.",
    waivable: false,
};

/// An identity is whole, and of the system that it goes to.
pub static MALFORMED_IDENTITY: Rule = Rule {
    id: "malformed-identity",
    title: "An identity of another system is written whole, as that system prints it",
    why: "A deployment takes on these identities, and what is not one of them is only found out in the middle of a \
          deployment, or is another account's. Pulumi Cloud would replace variables such as `${stack.name}` in some \
          of them, so that the reviewed text would not be what a cloud sees.",
    instead: "Copy the ARN, the GUID, the address or the id from the cloud's or Pulumi Cloud's own page, in lower case \
              where it is hexadecimal.",
    waivable: false,
};

/// A time is one that every reader reads alike.
pub static MALFORMED_SCHEDULE: Rule = Rule {
    id: "malformed-schedule",
    title: "A schedule is five fields of cron, and a moment is in UTC",
    why: "A schedule starts deployments, or destroys a stack, without anybody there. Names of days, a sixth field and \
          offsets from UTC are read by some and not by others, so that it would happen at another time than was reviewed.",
    instead: "Write minute, hour, day of the month, month and day of the week as numbers, `0 6 * * 1`; write a moment as \
              `2027-01-31T18:00:00Z`.",
    waivable: false,
};

/// The spec is of bearable size.
pub static TOO_MANY: Rule = Rule {
    id: "too-many",
    title: "The spec is of bearable size",
    why: "Every CI system limits the jobs of a pipeline, and a spec beyond these limits is generated or hostile.",
    instead: "Split the repository's stacks over several specs, or put many steps into one script.",
    waivable: false,
};

/// A waiver says why.
pub static WAIVER_WITHOUT_REASON: Rule = Rule {
    id: "waiver-without-reason",
    title: "A waiver says why",
    why: "Whoever reviews the spec in a year has only the reason to judge by whether the risk is still worth taking.",
    instead: "Say in a sentence why the rule cannot be kept yet, in ten characters or more.",
    waivable: false,
};
