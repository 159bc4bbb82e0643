//! Jenkinsfiles, through the Groovy that Jenkins embeds and the repository's own reader.

use crate::Result;
use crate::conformance::batch::{Batch, Raw};
use crate::conformance::install::Rig;
use crate::conformance::process::run;

pub(crate) fn check(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let mut command = rig.harness();
    command.arg("check").args(batch.paths()).current_dir(&batch.folder);
    run(&mut command, &[0, 1])?.stdout.lines().map(with_place).collect()
}

/// `path:line:column: message`.
pub(super) fn with_place(line: &str) -> Result<Raw> {
    let mut parts = line.splitn(4, ':');
    let (path, number, _column, message) = (parts.next(), parts.next(), parts.next(), parts.next());
    match (path, number.and_then(|number| number.parse().ok()), message) {
        (Some(path), Some(number), Some(message)) => {
            Ok(Raw { path: path.into(), line: Some(number), message: message.trim().into() })
        }
        _ => Err(format!("it printed {line:?}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_place_or_is_an_error() {
        let raw = with_place("000/Jenkinsfile:3:1: unexpected token: }").unwrap();
        assert_eq!(
            (raw.path.as_str(), raw.line, raw.message.as_str()),
            ("000/Jenkinsfile", Some(3), "unexpected token: }")
        );
        assert!(with_place("Caught: java.lang.NullPointerException").is_err());
    }
}
