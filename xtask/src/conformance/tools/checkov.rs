//! checkov: policies of each system, and literal secrets.
//!
//! What must hold: every file was looked at. checkov leaves out a file that it takes for something else, and says
//! nothing; so the checks that passed are read as well.

use std::collections::BTreeSet;

use serde_json::Value;

use super::text;
use crate::Result;
use crate::conformance::batch::{Batch, Raw};
use crate::conformance::install::Rig;
use crate::conformance::process;

pub(crate) fn run(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let framework = match batch.provider {
        "github" => "github_actions",
        "gitlab" => "gitlab_ci",
        "azure" => "azure_pipelines",
        "circleci" => "circleci_pipelines",
        other => return Err(format!("no framework for {other}").into()),
    };
    let mut command = rig.python("checkov");
    command.args(["--directory", ".", "--framework", framework, "secrets", "--skip-download", "--output", "json"]);
    // By itself it looks for no secrets in hidden files, which most pipelines are, nor in any whose name starts with `.git`.
    command.arg("--enable-secret-scan-all-files");
    // With a key it would send results away.
    command.env_remove("BC_API_KEY").current_dir(&batch.folder);
    let answer = process::json(&mut command, &[0, 1])?;
    let reports = match &answer {
        Value::Array(reports) => reports.as_slice(),
        report => std::slice::from_ref(report),
    };
    let mut raw = Vec::new();
    let mut seen = BTreeSet::new();
    for report in reports {
        let results = &report["results"];
        for check in ["passed_checks", "failed_checks", "skipped_checks"].iter().flat_map(|key| list(&results[*key])) {
            let path = text(&check["file_path"]);
            if report["check_type"] == framework {
                seen.insert(path.trim_start_matches('/').to_owned());
            }
            if check["check_result"]["result"] != "PASSED" {
                let line = check["file_line_range"][0].as_u64();
                let message = format!(
                    "{} {}: {}",
                    text(&check["check_id"]),
                    text(&check["check_name"]),
                    text(&check["resource"])
                );
                raw.push(Raw { path, line, message });
            }
        }
        for path in list(&results["parsing_errors"]) {
            raw.push(Raw { path: text(path), line: None, message: "it cannot be read".into() });
        }
    }
    // Its own schema of the system is older than the system; what that refuses, it does not judge.
    let unseen = batch.paths().filter(|path| !seen.contains(*path));
    let unseen = unseen.map(|path| Raw { path: path.to_owned(), line: None, message: "it was not looked at".into() });
    raw.extend(unseen);
    Ok(raw)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
