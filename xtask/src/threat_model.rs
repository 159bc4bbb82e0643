//! What the pages on security name exists: files, tests, rules and chores, so that a page cannot outlive what it rests on.
//!
//! What must hold: the words in backticks are read by their form alone. `path/to/file.rs::name` is a function in that file; a
//! word with a slash is a path below the root; a word in kebab-case is a rule or a crate of ours; `cargo xtask NAME` is a
//! chore. It does not judge whether a test shows what the page says.

use std::path::Path;

use crate::Result;

/// The pages that are held to it.
const PAGES: &[&str] = &["docs/threat-model.md", "SECURITY.md"];

/// Names that a page may use before they exist. One that exists is an offence here, so that the list empties itself.
const NOT_YET: &[&str] = &[];

pub(crate) fn check(root: &Path, offences: &mut Vec<String>) -> Result<()> {
    for page in PAGES {
        let text = std::fs::read_to_string(root.join(page))?;
        for word in words(&text) {
            let missing = missing(root, word);
            if let Some(what) = missing
                && !NOT_YET.contains(&word)
            {
                offences.push(format!("{page} names `{word}`, and there is no such {what}"));
            }
        }
    }
    for word in NOT_YET.iter().filter(|word| missing(root, word).is_none()) {
        offences.push(format!("`{word}` exists: take it off the list in xtask/src/threat_model.rs"));
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
        return (!text.contains(&format!("fn {function}("))).then_some("function");
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if !word.bytes().all(plain) {
        return None;
    }
    if word.contains('/') {
        return (!root.join(word).exists()).then_some("path");
    }
    if word.contains('-') && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
        let rule = stackgate::all_rules().iter().any(|rule| rule.id == word);
        return (!rule && !root.join("crates").join(word).is_dir()).then_some("rule or crate");
    }
    None
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
            ("xtask/src/threat_model.rs::missing", None),
            ("xtask/src/threat_model.rs::gone", Some("function")),
            ("crates/stackgate/tests/gone.rs::missing", Some("function")),
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
