//! Shapes of names: which characters, in which place, and how many.
//!
//! What must always hold: the check that the reader runs and the pattern that an editor gets come from one datum, so
//! that they cannot disagree. Deliberately absent: regular expressions at run time, and any repair of a name; nothing
//! is ever mangled into a legal one.

/// A name of one or more parts joined by `/`, each of the same characters and length.
#[derive(Debug)]
pub struct Shape {
    /// What such a thing is called in messages, with its article.
    what: &'static str,
    /// The characters that a part may begin with, as the inside of a character class: `A-Za-z0-9`.
    first: &'static str,
    /// The characters that may follow.
    rest: &'static str,
    /// The characters that a part may end with, where that is less than `rest`.
    last: Option<&'static str>,
    /// The least and the greatest number of characters of a part.
    length: (usize, usize),
    /// What the parts are called.
    parts: &'static [&'static str],
}

const ALNUM: &str = "A-Za-z0-9";

impl Shape {
    const fn of(what: &'static str, first: &'static str, rest: &'static str, longest: usize) -> Shape {
        Shape { what, first, rest, last: None, length: (1, longest), parts: &["name"] }
    }

    /// What such a thing is called in messages, with its article: "a team's name".
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        self.what
    }

    /// The greatest number of characters of a part.
    pub(crate) const fn longest(&self) -> usize {
        self.length.1
    }

    /// The pattern for a JSON Schema, which is anchored at both ends.
    #[must_use]
    pub fn pattern(&self) -> String {
        let (least, most) = self.length;
        let part = match self.last {
            Some(last) => format!("[{}][{}]{{{},{}}}[{last}]", self.first, self.rest, least - 2, most - 2),
            None => format!("[{}][{}]{{{},{}}}", self.first, self.rest, least - 1, most - 1),
        };
        format!("^{}$", vec![part; self.parts.len()].join("/"))
    }

    /// What is wrong with `text`, as the end of a sentence; `None` when it has this shape.
    #[must_use]
    pub fn fault(&self, text: &str) -> Option<String> {
        if self.parts.len() == 1 {
            return self.fault_of_part(text);
        }
        if text.split('/').count() != self.parts.len() {
            return Some(format!("it is not of the form `{}`", self.parts.join("/")));
        }
        text.split('/').find_map(|part| self.fault_of_part(part))
    }

    /// Whether `text` has this shape.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.fault(text).is_none()
    }

    /// What is allowed, in words, for a line of help.
    #[must_use]
    pub fn allowed(&self) -> String {
        let (least, most) = self.length;
        let length =
            if least > 1 { format!("{least} to {most} characters") } else { format!("at most {most} characters") };
        let mut words = match self.parts {
            [_] => format!("{} is made of {}", self.what, list(self.rest, false)),
            parts => format!("{} is `{}`, each part made of {}", self.what, parts.join("/"), list(self.rest, false)),
        };
        if self.first != self.rest {
            words.push_str(&format!(", begins with {}", list(self.first, true)));
        }
        if let Some(last) = self.last {
            words.push_str(&format!(", ends with {}", list(last, true)));
        }
        format!("{words}, and has {length}")
    }

    fn fault_of_part(&self, part: &str) -> Option<String> {
        let (least, most) = self.length;
        let Some(first) = part.chars().next() else { return Some("it is empty".into()) };
        let mut following = part.chars().skip(1);
        let plain = within(self.first, first) && following.all(|c| within(self.rest, c));
        if let Some(bad) = part.chars().find(|c| !plain && !within(self.rest, *c) && !within(self.first, *c)) {
            return Some(format!("{} is not allowed in it", character(bad)));
        }
        if !within(self.first, first) {
            return Some(format!("it begins with {}", character(first)));
        }
        // A later character may be legal in the first place only.
        if let Some(bad) = part.chars().skip(1).find(|c| !plain && !within(self.rest, *c)) {
            return Some(format!("{} is allowed only at its beginning", character(bad)));
        }
        let last = part.chars().next_back().unwrap_or(first);
        if self.last.is_some_and(|class| !within(class, last)) {
            return Some(format!("it ends with {}", character(last)));
        }
        match part.chars().count() {
            count if count < least => Some(format!("it has {}, fewer than {least}", characters(count))),
            count if count > most => Some(format!("it has {}, more than {most}", characters(count))),
            _ => None,
        }
    }
}

/// The Pulumi organization.
pub(crate) const ORGANIZATION: Shape = Shape {
    what: "an organization's name",
    first: ALNUM,
    rest: "A-Za-z0-9_-",
    last: Some(ALNUM),
    length: (3, 40),
    parts: &["name"],
};
/// The deploy branch, as far as a set of characters can tell; git's own rules come on top.
pub(crate) const BRANCH: Shape = Shape::of("a branch name", ALNUM, "A-Za-z0-9._/-", 200);
/// A Pulumi project.
pub const PROJECT: Shape = Shape::of("a project's name", "A-Za-z0-9_", "A-Za-z0-9_.-", 100);
/// A Pulumi stack.
pub const STACK: Shape = Shape::of("a stack's name", "A-Za-z0-9_", "A-Za-z0-9_.-", 100);
/// The base of all names derived for a stack; shorter than a team, since `-preview` is put behind it.
pub const BASE_NAME: Shape = Shape::of("a base name", ALNUM, "A-Za-z0-9_-", 80);
/// A Pulumi team.
pub const TEAM: Shape = Shape::of("a team's name", ALNUM, "A-Za-z0-9_-", 100);
/// Somebody's Pulumi user name.
pub(crate) const MEMBER: Shape = Shape::of("a user name", ALNUM, "A-Za-z0-9_.-", 100);
/// A CI environment, in the characters that every provider takes.
pub const ENVIRONMENT: Shape = Shape::of("an environment's name", ALNUM, "A-Za-z0-9_-", 100);
/// A tokenless job.
pub(crate) const JOB: Shape = Shape::of("a job's id", "A-Za-z", "A-Za-z0-9_-", 63);
/// An ESC environment.
pub(crate) const ESC: Shape = Shape {
    what: "an ESC environment",
    first: "A-Za-z0-9_.-",
    rest: "A-Za-z0-9_.-",
    last: None,
    length: (1, 100),
    parts: &["project", "name"],
};
/// A stack with its project.
pub(crate) const STACK_REFERENCE: Shape = Shape {
    what: "a stack of a project",
    first: "A-Za-z0-9_",
    rest: "A-Za-z0-9_.-",
    last: None,
    length: (1, 100),
    parts: &["project", "stack"],
};
/// A directory of the repository, as far as a set of characters can tell.
pub(crate) const DIRECTORY: Shape = Shape::of("a directory", "A-Za-z0-9._", "A-Za-z0-9._/-", 200);
/// A path filter, as far as a set of characters can tell.
pub(crate) const PATH_GLOB: Shape = Shape::of("a path filter", "A-Za-z0-9._*", "A-Za-z0-9._/*-", 200);
/// The version that people read beside a commit.
pub(crate) const VERSION_LABEL: Shape = Shape::of("a version", "0-9v", "A-Za-z0-9.+-", 41);
/// An image by name and tag, without a digest.
pub(crate) const IMAGE: Shape = Shape::of("an image", "a-z0-9", "A-Za-z0-9._/:-", 200);
/// A GitHub action, as `owner/name`.
pub(crate) const ACTION: Shape = Shape {
    what: "an action",
    first: ALNUM,
    rest: "A-Za-z0-9_.-",
    last: None,
    length: (1, 100),
    parts: &["owner", "name"],
};
/// A release of the CLI, as far as a set of characters can tell.
pub(crate) const RELEASE: Shape = Shape::of("a version of the CLI", "0-9", "0-9.", 20);
/// A runtime with its version, as far as a set of characters can tell.
pub(crate) const RUNTIME: Shape = Shape::of("a runtime with its version", "a-z", "a-z0-9.@", 40);

/// The id that Pulumi Cloud gave to something, such as a pool of agents or a role.
pub(crate) const PULUMI_ID: Shape = Shape::of("an id of Pulumi Cloud", ALNUM, "A-Za-z0-9_-", 64);
/// The name of a session of AWS STS, without the variables that Pulumi Cloud would replace.
pub(crate) const SESSION_NAME: Shape = Shape {
    what: "the name of a session",
    first: ALNUM,
    rest: "A-Za-z0-9_.-",
    last: Some(ALNUM),
    length: (2, 64),
    parts: &["name"],
};
/// A workload identity pool of Google Cloud, or a provider in one.
pub(crate) const GCP_ID: Shape = Shape {
    what: "an id of Google Cloud",
    first: "a-z",
    rest: "a-z0-9-",
    last: Some("a-z0-9"),
    length: (4, 32),
    parts: &["name"],
};
/// A region of Google Cloud.
pub(crate) const GCP_REGION: Shape = Shape::of("a region of Google Cloud", "a-z", "a-z0-9-", 40);

/// Whether a character is in a class, written as the inside of `[…]`, with `-` last when it is meant itself.
fn within(class: &str, character: char) -> bool {
    let Ok(byte) = u8::try_from(character) else { return false };
    let mut rest = class.as_bytes();
    loop {
        rest = match rest {
            [] => return false,
            [low, b'-', high, ..] if (*low..=*high).contains(&byte) => return true,
            [_, b'-', _, after @ ..] => after,
            [low, ..] if *low == byte => return true,
            [_, after @ ..] => after,
        }
    }
}

/// A class in words: "letters, digits, `_` and `-`", or for one character of it "a letter or a digit".
fn list(class: &str, one: bool) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = class;
    let ranges = [
        ("A-Za-z", "letters", "a letter"),
        ("a-z", "lower-case letters", "a lower-case letter"),
        ("0-9", "digits", "a digit"),
    ];
    for (range, many, single) in ranges {
        if let Some(after) = rest.strip_prefix(range) {
            words.push(if one { single } else { many }.into());
            rest = after;
        }
    }
    words.extend(rest.chars().map(|c| format!("`{c}`")));
    let join = if one { "or" } else { "and" };
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} {join} {last}", before.join(", ")),
        None => String::new(),
    }
}

/// So many characters, in words.
pub(crate) fn characters(count: usize) -> String {
    if count == 1 { "1 character".into() } else { format!("{count} characters") }
}

/// A character for a message, by its name where it would not be seen.
fn character(c: char) -> String {
    match c {
        ' ' => "a space".into(),
        '\n' | '\r' => "a line break".into(),
        '\t' => "a tab".into(),
        '`' => "a backtick".into(),
        c => stackgate_diagnostic::quote(&c.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_what_the_design_says() {
        assert_eq!(ORGANIZATION.pattern(), "^[A-Za-z0-9][A-Za-z0-9_-]{1,38}[A-Za-z0-9]$");
        assert_eq!(TEAM.pattern(), "^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$");
        assert_eq!(BASE_NAME.pattern(), "^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$");
        assert_eq!(JOB.pattern(), "^[A-Za-z][A-Za-z0-9_-]{0,62}$");
        assert_eq!(ESC.pattern(), "^[A-Za-z0-9_.-][A-Za-z0-9_.-]{0,99}/[A-Za-z0-9_.-][A-Za-z0-9_.-]{0,99}$");
    }

    #[test]
    fn hostile_names_are_refused_everywhere() {
        let hostile = [
            "",
            " a",
            "a b",
            "a\n",
            "${{ x }}",
            "$(x)",
            "<<x>>",
            "$[[ x ]]",
            "a'b",
            "a\"b",
            "a`b",
            "a\\b",
            "-rf",
            "~",
            "a:b",
            "a#b",
            "a\u{202e}b",
            "a\u{200b}",
            "a\u{85}",
            "a\u{2028}b",
            "*a",
            "&a",
            "!!x",
            "ä",
            "--oidc-org=evil",
            "a,b",
            "a@b",
        ];
        let shapes = [&ORGANIZATION, &PROJECT, &STACK, &BASE_NAME, &TEAM, &ENVIRONMENT, &JOB, &DIRECTORY, &BRANCH];
        for shape in shapes {
            for text in hostile {
                assert!(!shape.matches(text), "{} accepts {text:?}", shape.what);
            }
            assert!(!shape.matches(&"a".repeat(201)), "{} is not limited", shape.what);
        }
    }

    #[test]
    fn ordinary_names_pass() {
        assert!(
            ORGANIZATION.matches("acme")
                && ORGANIZATION.matches("your-org-name")
                && ORGANIZATION.matches(&"a".repeat(40))
        );
        assert!(PROJECT.matches("my.app_2") && STACK.matches("prod.eu-1") && !PROJECT.matches(".app"));
        assert!(
            ESC.matches("network/production") && !ESC.matches("network") && !ESC.matches("a/b/c") && !ESC.matches("a/")
        );
        assert!(DIRECTORY.matches(".") && DIRECTORY.matches("infra/network") && PATH_GLOB.matches("**/*.ts"));
        assert!(TEAM.matches(&"a".repeat(100)) && !TEAM.matches(&"a".repeat(101)));
    }

    #[test]
    fn faults_name_the_character() {
        assert_eq!(TEAM.fault("a b").unwrap(), "a space is not allowed in it");
        assert_eq!(TEAM.fault("-a").unwrap(), "it begins with `-`");
        assert_eq!(ORGANIZATION.fault("ab_").unwrap(), "it ends with `_`");
        assert_eq!(ORGANIZATION.fault("ab").unwrap(), "it has 2 characters, fewer than 3");
        assert_eq!(
            TEAM.allowed(),
            "a team's name is made of letters, digits, `_` and `-`, begins with a letter or a digit, and has at most 100 characters"
        );
    }
}
