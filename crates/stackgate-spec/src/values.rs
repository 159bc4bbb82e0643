//! Single values of the spec: names, paths, versions, lengths of time, texts.
//!
//! What must always hold: a value of one of these types that came without a diagnostic is legal in every target; its
//! schema comes from the same datum as its check. A text that is not legal is kept besides its diagnostic, so that what
//! depends on it can be judged in the same run.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use stackgate_diagnostic::{Diagnostic, Rule, quote};
use stackgate_yaml::{Node, Read, Reader};

use crate::form;
use crate::rules::{
    ILLEGAL_NAME, ILLEGAL_PATH, ILLEGAL_TEXT, ILLEGAL_URL, MALFORMED_IDENTITY, MALFORMED_PIN, MALFORMED_SCHEDULE,
    MALFORMED_VERSION, WAIVER_WITHOUT_REASON,
};
use crate::{identity, schedule, shape, text};

/// What one kind of text must be.
struct Form {
    rule: &'static Rule,
    /// What it is called in messages: "a team's name".
    what: &'static str,
    /// What is wrong with a text, as the end of a sentence.
    fault: fn(&str) -> Option<String>,
    /// What to write instead.
    help: fn() -> String,
    /// What an editor can check.
    schema: fn() -> Schema,
}

impl Form {
    fn read(&self, node: &Node, reader: &mut Reader) -> Option<String> {
        let text = String::read(node, reader)?;
        if text.trim().is_empty() {
            let message = reader.say(&format!("{} must not be empty", self.what));
            reader.error(Diagnostic::error(self.rule, node.span, message).help((self.help)()));
        } else if let Some(fault) = (self.fault)(&text) {
            let message = reader.say(&format!("{} is not legal as {}", quote(&text), self.what));
            reader.error(Diagnostic::error(self.rule, node.span, message).label(fault).help((self.help)()));
        }
        Some(text)
    }
}

/// Defines text types, each with its form.
macro_rules! texts {
    ($($(#[doc = $doc:literal])* $name:ident = $form:expr;)*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text as it was written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Read for $name {
            fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
                const FORM: Form = $form;
                FORM.read(node, reader).map(Self)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                const FORM: Form = $form;
                (FORM.schema)()
            }
        }
    )* };
}

/// A form that is a shape, and perhaps more.
macro_rules! shaped {
    ($rule:expr, $shape:expr) => {
        shaped!($rule, $shape, |_| None, || $shape.allowed())
    };
    ($rule:expr, $shape:expr, $also:expr, $help:expr) => {
        Form {
            rule: &$rule,
            what: $shape.noun(),
            fault: |text| $shape.fault(text).or_else(|| $also(text)),
            help: $help,
            schema: || pattern(&$shape.pattern()),
        }
    };
}

fn pattern(pattern: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern })
}

fn line(most: usize) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": most })
}

pub(crate) const MOST_LABEL: usize = 100;
pub(crate) const MOST_SENTENCE: usize = 500;
const LEAST_REASON: usize = 10;
pub(crate) const MOST_SCRIPT: usize = 4096;

texts! {
    /// A Pulumi organization.
    Organization = shaped!(ILLEGAL_NAME, shape::ORGANIZATION);
    /// A git branch.
    Branch = shaped!(ILLEGAL_NAME, shape::BRANCH, form::fault_of_branch, || shape::BRANCH.allowed());
    /// What all names derived for a stack begin with.
    BaseName = shaped!(ILLEGAL_NAME, shape::BASE_NAME);
    /// A Pulumi team.
    Team = shaped!(ILLEGAL_NAME, shape::TEAM);
    /// Somebody's Pulumi user name.
    Member = shaped!(ILLEGAL_NAME, shape::MEMBER);
    /// A CI environment.
    Environment = shaped!(ILLEGAL_NAME, shape::ENVIRONMENT);
    /// An ESC environment, as `project/name`.
    EscEnvironment = shaped!(ILLEGAL_NAME, shape::ESC);
    /// Another stack, as `project/stack`.
    StackReference = shaped!(ILLEGAL_NAME, shape::STACK_REFERENCE);
    /// A directory, relative to the repository's root.
    Directory = shaped!(ILLEGAL_PATH, shape::DIRECTORY, form::fault_of_path, || {
        "write the path from the repository's root, of letters, digits, `.`, `_` and `-`: `infra/network`, or `.` for the root".into()
    });
    /// A glob over paths from the repository's root.
    PathGlob = shaped!(ILLEGAL_PATH, shape::PATH_GLOB, form::fault_of_path, || {
        "write a glob from the repository's root, of letters, digits, `.`, `_`, `-` and `*`: `infra/network/**`".into()
    });
    /// The base URL of a Pulumi Cloud's API.
    CloudUrl = Form {
        rule: &ILLEGAL_URL,
        what: "the address of a Pulumi Cloud",
        fault: form::fault_of_cloud_url,
        help: || "write `https://host`, `https://host:port` or `https://host/path`; Pulumi's own is `https://api.pulumi.com`".into(),
        schema: || pattern(form::CLOUD_URL_PATTERN),
    };
    /// Where releases are downloaded from.
    ReleaseUrl = Form {
        rule: &ILLEGAL_URL,
        what: "the address of releases",
        fault: form::fault_of_url,
        help: || "write the part before the version, such as `https://github.com/OWNER/stackgate/releases/download`".into(),
        schema: || pattern(form::CLOUD_URL_PATTERN),
    };
    /// An exact version, `X.Y.Z`.
    ExactVersion = Form {
        rule: &MALFORMED_VERSION,
        what: "a version of the CLI",
        fault: |text| form::exact_version(text).is_none().then(|| "it is not three numbers with dots between".into()),
        help: || "write all three numbers, between quotes: `\"3.259.0\"`".into(),
        schema: || pattern(form::EXACT_VERSION_PATTERN),
    };
    /// A short text for people, of one line.
    Label = Form {
        rule: &ILLEGAL_TEXT,
        what: "a name for people",
        fault: |text| text::fault_of_line(text, MOST_LABEL),
        help: || format!("write one line of 1 to {MOST_LABEL} printable characters"),
        schema: || line(MOST_LABEL),
    };
    /// A text for people, of one line.
    Sentence = Form {
        rule: &ILLEGAL_TEXT,
        what: "a text for people",
        fault: |text| text::fault_of_line(text, MOST_SENTENCE),
        help: || format!("write one line of 1 to {MOST_SENTENCE} printable characters"),
        schema: || line(MOST_SENTENCE),
    };
    /// Why a rule is set aside.
    Reason = Form {
        rule: &WAIVER_WITHOUT_REASON,
        what: "a reason",
        fault: |text| match text.chars().count() {
            count if count < LEAST_REASON => Some(format!("it has {}, fewer than {LEAST_REASON}", shape::characters(count))),
            _ => text::fault_of_line(text, MOST_SENTENCE),
        },
        help: || "say in a sentence why the rule cannot be kept yet".into(),
        schema: || json_schema!({ "type": "string", "minLength": LEAST_REASON, "maxLength": MOST_SENTENCE }),
    };
    /// Shell text of the user's own, perhaps of several lines.
    Script = Form {
        rule: &ILLEGAL_TEXT,
        what: "a script",
        fault: |text| text::fault_of_script(text, MOST_SCRIPT),
        help: || format!("write at most {MOST_SCRIPT} printable characters; put more into a file of the repository and call that"),
        schema: || line(MOST_SCRIPT),
    };
    /// A commit, as 40 hexadecimal digits.
    Commit = Form {
        rule: &MALFORMED_PIN,
        what: "a commit",
        fault: |text| hexadecimal(text, 40),
        help: || "write all 40 digits, as `git rev-parse TAG^{commit}` prints them".into(),
        schema: || pattern("^[0-9a-f]{40}$"),
    };
    /// A SHA-256, as 64 hexadecimal digits.
    Sha256 = Form {
        rule: &MALFORMED_PIN,
        what: "a SHA-256",
        fault: |text| hexadecimal(text, 64),
        help: || "write all 64 digits, as `sha256sum` prints them".into(),
        schema: || pattern("^[0-9a-f]{64}$"),
    };
    /// An image's digest.
    Digest = Form {
        rule: &MALFORMED_PIN,
        what: "an image's digest",
        fault: |text| match text.strip_prefix("sha256:") {
            Some(digits) => hexadecimal(digits, 64),
            None => Some("it does not begin with `sha256:`".into()),
        },
        help: || "write `sha256:` and all 64 digits, as `docker buildx imagetools inspect` prints them".into(),
        schema: || pattern("^sha256:[0-9a-f]{64}$"),
    };
    /// The version that people read beside a commit.
    VersionLabel = shaped!(MALFORMED_PIN, shape::VERSION_LABEL);
    /// An image by name and tag.
    ImageName = shaped!(MALFORMED_PIN, shape::IMAGE);
    /// An image by name and digest.
    PinnedImage = Form {
        rule: &MALFORMED_PIN,
        what: "an image by its digest",
        fault: identity::fault_of_pinned_image,
        help: || "write `name:tag@sha256:` and all 64 digits, as `docker buildx imagetools inspect` prints them".into(),
        schema: || pattern(identity::PINNED_IMAGE_PATTERN),
    };
    /// A repository, as an integration of Pulumi Cloud names it.
    VcsRepository = Form {
        rule: &ILLEGAL_NAME,
        what: "a repository",
        fault: identity::fault_of_repository,
        help: || "write `owner/name`, each of letters, digits, `_`, `.` and `-`; groups in groups stand before it".into(),
        schema: || pattern(identity::REPOSITORY_PATTERN),
    };
    /// The id that Pulumi Cloud gave to something.
    PulumiId = shaped!(MALFORMED_IDENTITY, shape::PULUMI_ID);
    /// A role of AWS IAM.
    AwsRole = Form {
        rule: &MALFORMED_IDENTITY,
        what: "a role of AWS",
        fault: identity::fault_of_role,
        help: || "write `arn:aws:iam::123456789012:role/NAME`, as `aws iam get-role` prints it".into(),
        schema: || pattern(identity::ROLE_PATTERN),
    };
    /// A policy of AWS IAM.
    AwsPolicy = Form {
        rule: &MALFORMED_IDENTITY,
        what: "a policy of AWS",
        fault: identity::fault_of_policy,
        help: || "write `arn:aws:iam::123456789012:policy/NAME` or `arn:aws:iam::aws:policy/NAME`".into(),
        schema: || pattern(identity::POLICY_PATTERN),
    };
    /// The name of a session of AWS STS.
    SessionName = shaped!(MALFORMED_IDENTITY, shape::SESSION_NAME);
    /// A GUID.
    Guid = Form {
        rule: &MALFORMED_IDENTITY,
        what: "a GUID",
        fault: identity::fault_of_guid,
        help: || "write it as `az account show` prints it, in lower case".into(),
        schema: || pattern(identity::GUID_PATTERN),
    };
    /// A workload identity pool, or a provider in one.
    GcpId = shaped!(MALFORMED_IDENTITY, shape::GCP_ID);
    /// A region of Google Cloud.
    GcpRegion = shaped!(MALFORMED_IDENTITY, shape::GCP_REGION);
    /// A service account of Google Cloud.
    ServiceAccount = Form {
        rule: &MALFORMED_IDENTITY,
        what: "a service account of Google Cloud",
        fault: identity::fault_of_service_account,
        help: || "write its address: `name@project.iam.gserviceaccount.com`".into(),
        schema: || pattern(identity::SERVICE_ACCOUNT_PATTERN),
    };
    /// Five fields of cron, in UTC.
    Cron = Form {
        rule: &MALFORMED_SCHEDULE,
        what: "a schedule",
        fault: schedule::fault_of_cron,
        help: || "write minute, hour, day of the month, month and day of the week, in UTC: `0 6 * * 1`".into(),
        schema: || pattern(schedule::CRON_PATTERN),
    };
    /// A moment in UTC.
    Instant = Form {
        rule: &MALFORMED_SCHEDULE,
        what: "a moment",
        fault: schedule::fault_of_instant,
        help: || "write date and time in UTC: `2027-01-31T18:00:00Z`".into(),
        schema: || pattern(schedule::INSTANT_PATTERN),
    };
}

impl ExactVersion {
    /// The three numbers, unless the text is malformed, which was reported.
    #[must_use]
    pub fn numbers(&self) -> Option<[u32; 3]> {
        form::exact_version(&self.0)
    }
}

fn hexadecimal(text: &str, digits: usize) -> Option<String> {
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !plain {
        return Some("it is not only digits and the letters `a` to `f`".into());
    }
    (text.len() != digits).then(|| format!("it has {} digits instead of {digits}", text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_whole() {
        assert_eq!(hexadecimal(&"0f".repeat(20), 40), None);
        assert!(hexadecimal(&"0F".repeat(20), 40).is_some() && hexadecimal("0f", 40).is_some());
    }

    #[test]
    fn values_keep_what_was_written() {
        let node = stackgate_yaml::parse("a:b", &stackgate_yaml::Limits::SPEC).unwrap();
        let mut reader = Reader::new();
        let team = Team::read(&node, &mut reader).unwrap();
        assert_eq!(team.as_str(), "a:b");
        assert_eq!(reader.into_diagnostics().len(), 1);
    }
}
