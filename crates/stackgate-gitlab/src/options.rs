//! GitLab's options in a spec: read, checked, and answered with their defaults.
//!
//! What must hold: an option that is left out is the stricter choice. Ids and the project's path are read for the trust
//! policies and for the commands of the checklist; the pipeline asks GitLab itself at run time.

use stackgate_provider::diagnostic::{Diagnostic, Limit, Rule};
use stackgate_provider::yaml::{Located, Reader, mapping};

use crate::{PLACES, rules, words};

/// How many tags GitLab takes.
pub(crate) const TAGS: Limit = Limit::new("tags of a runner", 50, &rules::TAGS);

mapping! {
    /// GitLab CI.
    pub struct Options {
        /// The project's path, as `group/project`. Needed for the trust policies.
        pub repository: Option<Located<String>>,
        /// The project's number: `glab api projects/GROUP%2FPROJECT`, `id`. Needed for the trust policies.
        pub project_id: Option<Located<u64>>,
        /// The number of the project's namespace: the same, `namespace.id`. Needed for the trust policies.
        pub namespace_id: Option<Located<u64>>,
        /// The address of a self-managed GitLab: `https://gitlab.com` unless given.
        pub url: Option<Located<String>>,
        /// The version of a self-managed GitLab, such as `18.9`; the newest unless given. Which claims a token has depends on it.
        pub version: Option<Located<String>>,
        /// The plan is Premium or Ultimate, so that protected environments with approvals exist: `false` unless given.
        pub premium: Option<Located<bool>>,
        /// The file, for a project with a `.gitlab-ci.yml` of its own, which includes it: jobs only, no `workflow`.
        pub path: Option<Located<String>>,
        /// The stage of your own file that the jobs of `path` belong to: `test` unless given.
        pub stage: Option<Located<String>>,
        /// Tags of the runner that takes the jobs; untagged unless given.
        pub tags: Option<Vec<Located<String>>>,
        /// Tags of the runner that takes production's jobs, such as a protected one: `tags` unless given.
        pub production_tags: Option<Vec<Located<String>>>,
    }
}

impl Options {
    /// What is wrong with the options by themselves.
    pub(crate) fn check(&self, reader: &mut Reader) {
        let mut refuse = |rule: &'static Rule, what: &Located<String>, message: &str, help: &str| {
            reader.error(Diagnostic::error(rule, what.span, format!("`{}` {message}", what.value)).help(help));
        };
        if let Some(repository) = &self.repository
            && !is_repository(&repository.value)
        {
            refuse(&rules::REPOSITORY, repository, "is not the path of a project on GitLab", "write `group/project`");
        }
        if let Some(url) = &self.url
            && !is_url(&url.value)
        {
            let help = "write `https://host`, without a slash at the end";
            refuse(&rules::URL, url, "is not the address of a GitLab", help);
        }
        if let Some(version) = &self.version {
            if self.is_gitlab_com() {
                refuse(
                    &rules::VERSION,
                    version,
                    "is not for gitlab.com to choose",
                    "leave `version` out, or give the `url`",
                );
            } else if version_of(&version.value).is_none_or(|version| version < (17, 0, 0)) {
                let help = "write `18.9` or `18.2.2`; 17.0 is the oldest";
                refuse(&rules::VERSION, version, "is not a version of GitLab that is known here", help);
            }
        }
        if let Some(path) = &self.path {
            if path.value == words::ROOT {
                refuse(&rules::PATH, path, "is the file that GitLab reads by itself", "leave `path` out");
            } else if !is_path(&path.value) {
                let help = "write a file in `.gitlab/`, `.gitlab/ci/` or `ci/` that ends in `.yml`, or one in the root \
                            that ends in `.gitlab-ci.yml`";
                refuse(&rules::PATH, path, "is not a place for a file that `.gitlab-ci.yml` includes", help);
            }
        }
        if let Some(stage) = &self.stage {
            if self.path.is_none() {
                let help = "leave `stage` out, or give the `path` of a file that your own `.gitlab-ci.yml` includes";
                refuse(&rules::STAGE, stage, "is a stage of a file that stackgate does not write", help);
            } else if !is_word(&stage.value, " ._-", 100) || stage.value.starts_with('.') {
                let help = "write a stage of your own file, of letters, digits, spaces, `.`, `_` and `-`, but not `.pre` or `.post`";
                refuse(&rules::STAGE, stage, "is not a stage for these jobs", help);
            }
        }
        for tags in [&self.tags, &self.production_tags].into_iter().flatten() {
            for (index, tag) in tags.iter().enumerate() {
                if !is_word(&tag.value, " ._:/-", 100) {
                    let help = "write a tag of letters, digits, spaces, `.`, `_`, `:`, `/` and `-`";
                    refuse(&rules::TAGS, tag, "is not a tag of a runner", help);
                } else if tags[..index].contains(tag) {
                    refuse(&rules::TAGS, tag, "stands here twice", "write each tag once");
                } else if index >= TAGS.most {
                    refuse(&rules::TAGS, tag, "is one tag too many", "write at most 50 tags");
                }
            }
        }
    }

    /// The file that is rendered.
    pub(crate) fn path(&self) -> &str {
        self.path.as_ref().map_or(words::ROOT, |path| &path.value)
    }

    pub(crate) fn stage(&self) -> &str {
        self.stage.as_ref().map_or("test", |stage| &stage.value)
    }

    /// The tags of production's own runner; an empty list names none.
    pub(crate) fn production_tags(&self) -> Option<&[Located<String>]> {
        self.production_tags.as_deref().filter(|tags| !tags.is_empty())
    }

    pub(crate) fn premium(&self) -> bool {
        self.premium.as_ref().is_some_and(|choice| choice.value)
    }

    /// Whether the tokens are those of this version or of a newer one.
    pub(crate) fn at_least(&self, least: (u32, u32, u32)) -> bool {
        self.version.as_ref().and_then(|version| version_of(&version.value)).is_none_or(|version| version >= least)
    }

    pub(crate) fn is_gitlab_com(&self) -> bool {
        self.url() == "https://gitlab.com"
    }

    /// Whether the address is a host without a path, as `ci_config_ref_uri` begins.
    pub(crate) fn is_host(&self) -> bool {
        self.url().matches('/').count() == 2
    }

    pub(crate) fn url(&self) -> &str {
        self.url.as_ref().map_or("https://gitlab.com", |url| &url.value)
    }
}

/// Letters, digits and `others`, beginning with a letter, a digit or `.`, and not ending with a space.
fn is_word(text: &str, others: &str, longest: usize) -> bool {
    text.len() <= longest
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.')
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

/// The numbers of a version; without a third one, the first release.
fn version_of(text: &str) -> Option<(u32, u32, u32)> {
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten();
    match text.split('.').collect::<Vec<_>>().as_slice() {
        [major, minor] => Some((digits(major)?, digits(minor)?, 0)),
        [major, minor, patch] => Some((digits(major)?, digits(minor)?, digits(patch)?)),
        _ => None,
    }
}

fn is_repository(text: &str) -> bool {
    let legal = |part: &str| {
        !part.is_empty()
            && part.len() <= 255
            && !part.starts_with(['.', '-'])
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    text.contains('/') && text.split('/').all(legal)
}

fn is_url(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        rest.len() <= 200
            && host.starts_with(|c: char| c.is_ascii_alphanumeric())
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b))
            && !rest.ends_with('/')
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
    })
}

fn is_path(text: &str) -> bool {
    let legal = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.starts_with('-');
    text.len() <= 200
        && text.split('/').all(legal)
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
        && PLACES.iter().any(|place| place.holds(text))
}
