//! check-jsonschema with the schemas that come with it.

use std::process::Command;

use serde_json::Value;

use super::{azure_schema, text};
use crate::Result;
use crate::conformance::batch::{Batch, Raw};
use crate::conformance::install::Rig;
use crate::conformance::process;

/// The schema of the batch's provider.
pub(crate) fn of_provider(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let mut command = rig.python("check-jsonschema");
    match batch.provider {
        "github" => command.args(["--builtin-schema", "vendor.github-workflows"]),
        "gitlab" => command.args(["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]),
        "circleci" => command.args(["--builtin-schema", "vendor.circle-ci"]),
        "azure" => {
            let schema = azure_schema::write(rig, batch, azure_schema::Scalars::AnyForText)?;
            // The schema's patterns are ECMAScript's, which the default engine refuses.
            command.args(["--regex-variant", "nonunicode", "--data-transform", "azure-pipelines", "--schemafile"]);
            command.arg(schema)
        }
        other => return Err(format!("no schema for {other}").into()),
    };
    ask(command, batch)
}

/// A schema that wants a time limit of every job.
pub(crate) fn require_timeout(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let mut command = rig.python("check-jsonschema");
    command.args(["--builtin-schema", "custom.github-workflows-require-timeout"]);
    ask(command, batch)
}

fn ask(mut command: Command, batch: &Batch) -> Result<Vec<Raw>> {
    command.args(["--output-format", "json"]).args(batch.paths()).current_dir(&batch.folder);
    let answer = process::json(&mut command, &[0, 1])?;
    let list = |key: &str| answer[key].as_array().cloned().unwrap_or_default();
    let of_schema = list("errors").into_iter().map(|error| {
        // Where a schema has alternatives, the whole file is in the message; the nearest alternative says more.
        let best = ["best_deep_match", "best_match"].map(|key| &error[key]).into_iter().find(|best| best.is_object());
        let said = best.unwrap_or(&error);
        raw(&error, format!("{}: {}", text(&said["path"]), text(&said["message"])))
    });
    let of_parser = list("parse_errors").into_iter().map(|error| raw(&error, text(&error["message"])));
    Ok(of_schema.chain(of_parser).collect())
}

fn raw(error: &Value, message: String) -> Raw {
    Raw { path: text(&error["filename"]), line: None, message }
}
