//! Other people's programs: started, waited for, and read.
//!
//! What must hold: an end that is not expected is an error with the last thing that the program said, never an empty
//! list of findings.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Result;

/// What a program said.
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs it to its end; one of `codes` is expected.
pub(crate) fn run(command: &mut Command, codes: &[i32]) -> Result<Output> {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().display().to_string();
    // Many colour what they print as soon as `CI` is set, and their words are then no longer what is looked for.
    command.env("NO_COLOR", "1").env_remove("FORCE_COLOR").env_remove("CLICOLOR_FORCE");
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    let output = Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    if codes.contains(&output.code) {
        return Ok(output);
    }
    let said = [&output.stderr, &output.stdout].into_iter().find_map(|text| last_line(text)).unwrap_or_default();
    Err(format!("{name} ended with {}: {said}", output.code).into())
}

/// The program's output as JSON.
pub(crate) fn json(command: &mut Command, codes: &[i32]) -> Result<Value> {
    let output = run(command, codes)?;
    serde_json::from_str(&output.stdout).map_err(|error| {
        format!("its output is no JSON: {error}: {}", last_line(&output.stderr).unwrap_or_default()).into()
    })
}

/// A program on the path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn last_line(text: &str) -> Option<&str> {
    text.lines().rev().map(str::trim).find(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unexpected_end_is_an_error_with_the_last_words() {
        let failed = run(Command::new("sh").args(["-c", "echo first >&2; echo last words >&2; exit 3"]), &[0, 1]);
        assert!(failed.err().unwrap().to_string().contains("ended with 3: last words"));
        assert_eq!(run(Command::new("sh").args(["-c", "exit 1"]), &[0, 1]).unwrap().code, 1);
        assert!(run(&mut Command::new("/nowhere/at-all"), &[0]).is_err());
    }
}
