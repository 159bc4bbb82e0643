//! The session in the README is real: each command is run, and prints what stands below it.
//!
//! What must hold: the first command shows the spec, which the session then works on. `BLESS=1` writes the outputs anew.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{blessing, root};

const FENCE: &str = "```console\n";

#[test]
fn the_session_prints_what_the_readme_says() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let start = readme.find(FENCE).expect("a session") + FENCE.len();
    let end = start + readme[start..].find("```\n").unwrap();
    let written = &readme[start..end];
    let temp = tempfile::tempdir().unwrap();
    let mut real = String::new();
    for (at, line) in written.lines().enumerate().filter(|(_, line)| line.starts_with("$ ")) {
        if line == "$ cat stackgate.yaml" {
            let spec = written.lines().skip(at + 1).take_while(|line| !line.starts_with("$ "));
            fs::write(temp.path().join("stackgate.yaml"), spec.map(|line| format!("{line}\n")).collect::<String>())
                .unwrap();
        }
        writeln!(real, "{line}\n{}", run(temp.path(), &line[2..]).trim_end()).unwrap();
    }
    // A command that prints nothing leaves no empty line behind.
    let real = real.replace("\n\n$ ", "\n$ ");
    if blessing() {
        fs::write(root().join("README.md"), format!("{}{real}{}", &readme[..start], &readme[end..])).unwrap();
    } else {
        assert_eq!(written, real, "run `cargo xtask bless` and review the difference");
    }
}

fn run(folder: &Path, line: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_stackgate")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh").args(["-c", line]).current_dir(folder).env("PATH", path).output().unwrap();
    format!("{}{}", String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}
