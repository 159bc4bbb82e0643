//! The reviewed shell: which scripts a pipeline may run, and the digest that each was reviewed under.
//!
//! What must hold: a script is known by its digest in its folder's `reviewed.sha256`, recorded by hand after a review, so
//! that a template or a script that loses a line is no longer what the plan asks for. The texts are free of values:
//! these come in through the environment, so that one text serves YAML, Groovy and CircleCI alike.

use std::collections::HashMap;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use stackgate_templates as templates;

use crate::artifact::hex;

/// The text of a script, by its file name without folder and ending: `guard`.
pub fn text_of(role: &str) -> Option<&'static str> {
    scripts().find_map(|(name, text)| (role_in(name) == role).then_some(text))
}

/// A reviewed script as a template's context names it; the `block` filter puts the text in its place. So the text is
/// checked and indented once, and not copied for every job.
pub fn token_of(role: &str) -> String {
    format!("{TOKEN}{role}")
}

/// The role that a token names. A spec can hold no such character, so that no text of a user's is ever a token.
pub(crate) fn role_of_token(token: &str) -> Option<&str> {
    token.strip_prefix(TOKEN)
}

/// How a token begins.
const TOKEN: char = '\u{1}';

/// The role that a text was reviewed for, or `None` for a script of the user's own.
pub fn role_of(text: &str) -> Option<&'static str> {
    static REVIEWED: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    let reviewed = REVIEWED.get_or_init(|| reviewed().map(|(digest, path)| (digest, role_in(path))).collect());
    reviewed.get(digest(text).as_str()).copied()
}

/// SHA-256 of a script in hexadecimal.
pub fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Digest and path of each reviewed script, as `sha256sum` writes them.
fn reviewed() -> impl Iterator<Item = (&'static str, &'static str)> {
    templates::REVIEWED.iter().flat_map(|set| set.lines()).filter_map(|line| line.split_once("  "))
}

fn scripts() -> impl Iterator<Item = (&'static str, &'static str)> {
    templates::ALL.iter().flat_map(|set| set.iter()).copied().filter(|(name, _)| name.ends_with(".sh"))
}

fn role_in(path: &'static str) -> &'static str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".sh").unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_the_one_that_was_reviewed() {
        let expected: Vec<String> = scripts().map(|(name, text)| format!("{}  {name}", digest(text))).collect();
        let recorded: Vec<String> = reviewed().map(|(digest, path)| format!("{digest}  {path}")).collect();
        let help = "a script changed since it was reviewed: review it, then record it in its folder's reviewed.sha256";
        assert_eq!(recorded, expected, "{help}");
    }

    #[test]
    fn a_role_names_one_script() {
        let mut roles: Vec<&str> = scripts().map(|(name, _)| role_in(name)).collect();
        roles.sort_unstable();
        let all = roles.len();
        roles.dedup();
        assert_eq!(roles.len(), all);
    }

    #[test]
    fn the_shell_is_inert_in_every_language_that_carries_it() {
        for (name, text) in scripts() {
            for (line, content) in text.lines().enumerate() {
                let place = format!("{name}:{}", line + 1);
                assert!(!content.contains('\\'), "{place}: a backslash means something else in Groovy");
                assert!(!content.contains('`'), "{place}: a tool that shows the line in double quotes would run it");
                assert!(!content.contains("<<"), "{place}: `<<` opens a CircleCI expression");
                assert!(
                    !content.contains("'''") && !content.contains("\"\"\""),
                    "{place}: a triple quote ends a Groovy literal"
                );
                assert!(
                    !content.contains("${{") && !content.contains("$["),
                    "{place}: an expression of GitHub, GitLab or Azure"
                );
                // That one is there to give Azure commands, and no other system runs it.
                let commands = name.ends_with("/publish-azure.sh");
                assert!(commands || !content.contains("##"), "{place}: a logging command of Azure");
                assert!(content.is_ascii(), "{place}: not ASCII");
            }
            assert!(crate::scalar::refuse_openers(text).is_ok(), "{name}: `$(word)` is an Azure macro");
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name}: one final newline");
            assert!(text.contains("\nset -eu +x\n"), "{name}: must stop at a failure, and never trace");
        }
    }
}
