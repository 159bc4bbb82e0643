//! The patch, applied by git itself.
//!
//! What must hold: after `git apply`, each file is what was expected, byte for byte. Where there is no git, the test says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a panic here is a failed test with a place"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use stackgate_report::{File, Report, patch};

fn file(path: &str, found: Option<&str>, expected: Option<&str>) -> File {
    File {
        path: path.to_owned(),
        provider: None,
        state: "edited",
        advice: String::new(),
        found: found.map(str::to_owned),
        expected: expected.map(str::to_owned),
        mendable: true,
    }
}

fn git(folder: &Path, arguments: &[&str]) -> std::io::Result<std::process::Output> {
    // No configuration of this machine may change what git does.
    let none = if cfg!(windows) { "NUL" } else { "/dev/null" };
    Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", none)
        .env("GIT_CONFIG_SYSTEM", none)
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .output()
}

/// Writes what was found, applies the patch, and reads what is there then.
fn apply(files: Vec<File>, repository: bool) {
    let folder = tempfile::tempdir().unwrap();
    if git(folder.path(), &["--version"]).is_err() {
        eprintln!("there is no git here: nothing was tried");
        return;
    }
    if repository {
        assert!(git(folder.path(), &["init", "--quiet"]).unwrap().status.success());
    }
    for file in &files {
        let path = folder.path().join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if let Some(text) = &file.found {
            fs::write(path, text).unwrap();
        }
    }
    let (text, left) = patch(&Report::new("check", Vec::new(), "", Vec::new()).files(files.clone()));
    assert!(left.is_empty());
    let at = folder.path().join("the.patch");
    fs::write(&at, &text).unwrap();
    let ran = git(folder.path(), &["apply", "the.patch"]).unwrap();
    assert!(ran.status.success(), "{}\n{text}", String::from_utf8_lossy(&ran.stderr));
    for file in &files {
        let found = fs::read_to_string(folder.path().join(&file.path)).ok();
        assert_eq!(found, file.expected, "{}\n{text}", file.path);
    }
}

fn lines(count: usize, other: &[usize]) -> String {
    (0..count)
        .map(|line| if other.contains(&line) { format!("other {line}\n") } else { format!("line {line}\n") })
        .collect()
}

#[test]
fn git_applies_edits() {
    for repository in [true, false] {
        apply(
            vec![
                file(".github/workflows/a.yml", Some("a\nb\nc\n"), Some("a\nB\nc\n")),
                file("far.yml", Some(&lines(60, &[2, 30, 59])), Some(&lines(60, &[]))),
                file("first.yml", Some("x\n"), Some("y\nx\n")),
                file("all.yml", Some("x\n"), Some("y\n")),
                file("less.yml", Some("a\nb\n"), Some("b\n")),
            ],
            repository,
        );
    }
}

#[test]
fn git_applies_missing_files_and_orphans() {
    apply(
        vec![
            file("deep/er/new.yml", None, Some("a\nb\n")),
            file("old.yml", Some("a\nb\n"), None),
            file("new-without-end.yml", None, Some("a")),
            file("old-without-end.yml", Some("a"), None),
            file("new-empty.yml", None, Some("")),
            file("old-empty.yml", Some(""), None),
            file("filled.yml", Some(""), Some("a\n")),
            file("emptied.yml", Some("a\n"), Some("")),
        ],
        true,
    );
}

#[test]
fn git_applies_whatever_ends_a_line() {
    apply(
        vec![
            file("end-lost.yml", Some("a\nb"), Some("a\nb\n")),
            file("end-too-much.yml", Some("a\nb\n"), Some("a\nb")),
            file("neither.yml", Some("a\nb"), Some("c\nb")),
            file("crlf.yml", Some("a\r\nb\r\nc\r\n"), Some("a\nb\nc\n")),
            file("crlf-kept.yml", Some("a\r\nx\r\n"), Some("a\r\nb\r\n")),
            file("mixed.yml", Some("a\r\nb\nc\r"), Some("a\nb\r\nc\n")),
            file("old-mac.yml", Some("a\rb\rc\nd\n"), Some("a\rB\rc\nd\n")),
            file("separators.yml", Some("a\u{2028}b\u{85}c\u{c}\nd\n"), Some("a\u{2028}b\u{85}C\u{c}\nd\n")),
            file("mark.yml", Some("\u{feff}a\nb\n"), Some("a\nb\n")),
            file("escapes.yml", Some("\u{1b}[2Ja\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n"), Some("a\n-- x\n++ y\n")),
            file(
                "no-newline-text.yml",
                Some("\\ No newline at end of file\na"),
                Some("\\ No newline at end of file\nb"),
            ),
        ],
        true,
    );
}

#[cfg(unix)]
#[test]
fn git_applies_odd_names() {
    let names = [
        "a b.yml",
        " lead.yml",
        "trail ",
        "tab\there.yml",
        "line\nfeed.yml",
        "quote\".yml",
        "back\\slash.yml",
        "ümläut/文.yml",
        "\u{1b}[2J.yml",
        "-dash.yml",
        "b/a.yml",
        "a/b b/c.yml",
        "::set-env name=a::b.yml",
        "'single'.yml",
        "$(x).yml",
        "\u{202e}.yml",
    ];
    apply(names.iter().map(|name| file(name, Some("a\n"), Some("b\n"))).collect(), true);
    apply(names.iter().map(|name| file(name, None, Some("b\n"))).collect(), true);
    apply(names.iter().map(|name| file(name, Some("a\n"), None)).collect(), false);
}

#[test]
fn a_long_text_is_no_harder_than_a_short_one() {
    let expected = lines(300, &[]);
    let hostile: String = (0..200_000).map(|line| format!("{}\n", line % 7)).collect();
    let begun = std::time::Instant::now();
    apply(
        vec![
            file("long.yml", Some(&hostile), Some(&expected)),
            file(
                "around.yml",
                Some(&format!("{}{hostile}{}", lines(9, &[]), lines(2, &[]))),
                Some(&format!("{}x\n{}", lines(9, &[]), lines(2, &[]))),
            ),
            file("grown.yml", Some(&lines(30_000, &[])), Some(&lines(30_001, &[]))),
        ],
        true,
    );
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn somebodys_own_work_is_left_out_and_named() {
    let mut theirs = file("Jenkinsfile", Some("a\n"), Some("b\n"));
    theirs.mendable = false;
    theirs.advice = "look at it".into();
    let report = Report::new("check", Vec::new(), "", Vec::new()).files(vec![theirs]);
    assert_eq!(patch(&report), (String::new(), vec![("Jenkinsfile".to_owned(), "look at it".to_owned())]));
}
