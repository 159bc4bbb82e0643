//! `cargo xtask bots`: the configurations of update bots that users copy or extend, under `bots/`.
//!
//! What must hold: each fits the public schema of its bot, which also refuses a spoiled copy; what the preset adds to Renovate
//! finds every image of every rendered Jenkinsfile. Deliberately absent: running a bot.

use std::path::Path;

use serde_json::Value;

use super::artifacts;
use super::catalogue::Part;
use super::install::{Rig, install};
use super::process;
use crate::Result;

const PRESET: &str = "bots/renovate-preset.json";

/// Each file, the schema that comes with check-jsonschema, and what a spoiled copy has in another's place.
const FILES: &[(&str, &str, [&str; 2])] = &[
    (PRESET, "vendor.renovate", ["\"customType\": \"regex\"", "\"customType\": \"guess\""]),
    ("bots/dependabot.yml", "vendor.dependabot", ["interval: weekly", "interval: at night"]),
];

pub(crate) fn run(root: &Path) -> Result<()> {
    let rig = install(root, &[Part::Python, Part::Node])?;
    if let Some(why) = [Part::Python, Part::Node].into_iter().find_map(|part| rig.missing(part)) {
        return Err(format!("the validators cannot be installed: {why}").into());
    }
    let scratch = tempfile::tempdir()?;
    for (path, schema, [sound, spoiled]) in FILES {
        let said = judge(&rig, schema, &root.join(path))?;
        if !said.is_empty() {
            return Err(format!("{path} does not fit {schema}:\n  {}", said.join("\n  ")).into());
        }
        let text = std::fs::read_to_string(root.join(path))?;
        let copy = scratch.path().join(Path::new(path).file_name().unwrap_or_default());
        std::fs::write(&copy, text.replacen(sound, spoiled, 1))?;
        if !text.contains(sound) || judge(&rig, schema, &copy)?.is_empty() {
            return Err(format!("{schema} takes {path} also with `{spoiled}` in it").into());
        }
        println!("{path} fits {schema}");
    }
    jenkinsfiles(&rig, root)
}

/// What the schema has against a file.
fn judge(rig: &Rig, schema: &str, file: &Path) -> Result<Vec<String>> {
    let mut command = rig.python("check-jsonschema");
    command.args(["--builtin-schema", schema, "--output-format", "json"]).arg(file);
    let answer = process::json(&mut command, &[0, 1])?;
    let all = ["errors", "parse_errors"].into_iter().filter_map(|key| answer[key].as_array()).flatten();
    Ok(all.map(|error| error["message"].to_string()).collect())
}

/// Holds that the preset's own expression finds each image in each Jenkinsfile, and nothing else.
fn jenkinsfiles(rig: &Rig, root: &Path) -> Result<()> {
    let all = artifacts::of_repository(root)?;
    let files: Vec<_> = all
        .iter()
        .filter(|artifact| artifact.provider == "jenkins")
        .map(|artifact| root.join(&artifact.name))
        .collect();
    let mut command = rig.node();
    command.arg(rig.own("glue/preset.cjs")).arg(root.join(PRESET)).args(&files);
    let output = process::run(&mut command, &[0])?;
    let mut images = 0;
    for line in output.stdout.lines() {
        let file: Value = serde_json::from_str(line)?;
        if file["images"] != file["found"] {
            return Err(format!("{PRESET} does not find the images of {}: {}", file["path"], file["found"]).into());
        }
        images += file["images"].as_array().map_or(0, Vec::len);
    }
    if images == 0 {
        return Err("no Jenkinsfile with an image was found".into());
    }
    println!("{PRESET} finds {images} images in {} Jenkinsfiles", files.len());
    Ok(())
}
