//! What the pages on security name exists: files, tests, rules and chores, so that a page cannot outlive what it rests on.
//!
//! What must hold: the words in backticks are read by their form alone. `path/to/file.rs::name` is a test in that file; a word
//! that begins with a folder of ours is a path; a word in kebab-case is a rule or a crate of ours; `cargo xtask NAME` is a
//! chore. It does not judge whether a test shows what the page says.

use std::path::Path;

use crate::Result;

/// The pages that are held to it.
const PAGES: &[&str] = &["docs/threat-model.md", "SECURITY.md"];

/// A word with a slash that begins with one of these is a path of ours; others are actions, branches, expressions.
const FOLDERS: &[&str] = &[".ci", ".github", "crates", "docs", "examples", "fuzz", "snapshots", "templates", "xtask"];

pub(crate) fn check(root: &Path, offences: &mut Vec<String>) -> Result<()> {
    for page in PAGES {
        let text = std::fs::read_to_string(root.join(page))?;
        for word in words(&text) {
            let missing = missing(root, word);
            if let Some(what) = missing {
                offences.push(format!("{page} names `{word}`, and there is no such {what}"));
            }
        }
    }
    Ok(())
}

/// Everything between two backticks of one line, outside blocks of code.
fn words(page: &str) -> impl Iterator<Item = &str> {
    page.split("\n```").step_by(2).flat_map(str::lines).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// What is missing when the word names something of this repository that is not there.
fn missing(root: &Path, word: &str) -> Option<&'static str> {
    if let Some(chore) = word.strip_prefix("cargo xtask ") {
        let chore = chore.split(' ').next().unwrap_or_default();
        return (!crate::chores().any(|known| known == chore)).then_some("chore");
    }
    if let Some((file, function)) = word.split_once("::") {
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        return (!is_test(&text, function)).then_some("test");
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if !word.bytes().all(plain) {
        return None;
    }
    if let Some((folder, _)) = word.split_once('/') {
        if !FOLDERS.contains(&folder) {
            return None;
        }
        return (!root.join(word).exists()).then_some("path");
    }
    if word.contains('-')
        && !word.starts_with('-')
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    {
        let rule = stackgate::all_rules().iter().any(|rule| rule.id == word);
        return (!rule && !root.join("crates").join(word).is_dir()).then_some("rule or crate");
    }
    None
}

/// Whether the text has a function of that name below a `#[test]`, with other attributes between them or not.
fn is_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.starts_with(&format!("fn {name}(")));
    at.is_some_and(|at| {
        lines[..at].iter().rev().take_while(|line| line.starts_with("#[")).any(|line| *line == "#[test]")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_nothing_is_found_and_other_words_are_left_alone() {
        let root = crate::root();
        for (word, expected) in [
            ("crates/stackgate/tests/cli.rs", None),
            ("crates/stackgate/tests/gone.rs", Some("path")),
            ("xtask/src/threat_model.rs::a_name_of_nothing_is_found_and_other_words_are_left_alone", None),
            ("xtask/src/threat_model.rs::gone", Some("test")),
            ("xtask/src/threat_model.rs::missing", Some("test")),
            ("crates/stackgate/tests/cli.rs::nothing_is_written_through_a_link_or_over_a_directory", None),
            ("crates/stackgate/tests/gone.rs::missing", Some("test")),
            ("fuzz/gone", Some("path")),
            ("pulumi/actions", None),
            ("--adopt", None),
            ("no-production-gate", None),
            ("no-such-gate", Some("rule or crate")),
            ("stackgate-yaml", None),
            ("cargo xtask tidy", None),
            ("cargo xtask new-provider bitbucket", None),
            ("cargo xtask gone", Some("chore")),
            ("none", None),
            ("PULUMI_ACCESS_TOKEN", None),
            ("refs/tags/v*", None),
        ] {
            assert_eq!(missing(&root, word), expected, "{word}");
        }
        let page = "a `b` c `d e`\n```sh\n`not this`\n```\nand `this`";
        assert_eq!(words(page).collect::<Vec<_>>(), ["b", "d e", "this"]);
    }
}
