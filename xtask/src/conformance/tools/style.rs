//! yamllint and prettier: form, and the few mistakes of YAML that only form shows.

use super::groovy::with_place;
use crate::Result;
use crate::conformance::batch::{Batch, Raw};
use crate::conformance::install::Rig;
use crate::conformance::process::run;

pub(crate) fn yamllint(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let mut command = rig.python("yamllint");
    command.args(["--strict", "--format", "parsable", "--config-file"]).arg(rig.own("yamllint.yml"));
    // 1 for errors, 2 for warnings alone.
    let output = run(command.args(batch.paths()).current_dir(&batch.folder), &[0, 1, 2])?;
    output.stdout.lines().map(with_place).collect()
}

pub(crate) fn prettier(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let mut command = rig.node();
    command.arg(rig.node_file("prettier/bin/prettier.cjs"));
    command.args(["--parser", "yaml", "--no-config", "--no-editorconfig", "--ignore-path=", "--list-different"]);
    let output = run(command.args(batch.paths()).current_dir(&batch.folder), &[0, 1, 2])?;
    // 2 is a file that it cannot read, named with the reason on the other stream.
    let unread = output.stderr.lines().filter_map(|line| line.strip_prefix("[error] ")?.split_once(": "));
    let unread = unread.map(|(path, why)| Raw { path: path.into(), line: None, message: why.into() });
    let other = output.stdout.lines().filter(|path| !path.is_empty());
    let other =
        other.map(|path| Raw { path: path.into(), line: None, message: "it would print this otherwise".into() });
    Ok(unread.chain(other).collect())
}
