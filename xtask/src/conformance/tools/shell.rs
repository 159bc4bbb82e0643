//! shellcheck, about every script that is embedded in an artifact.
//!
//! What must hold: a script whose shell it does not know is a finding, not left out. The same script in many places is
//! asked about once, and reported at each.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::text;
use crate::Result;
use crate::conformance::batch::{Batch, Raw};
use crate::conformance::install::Rig;
use crate::conformance::process;
use crate::conformance::scripts::{Script, shebang, shell_of};

/// What shellcheck can judge.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ksh"];

pub(crate) fn of_yaml(_: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let mut scripts = Vec::new();
    for file in &batch.files {
        for script in crate::conformance::scripts::of_yaml(batch.provider, &file.text)? {
            scripts.push((file.path.as_str(), script));
        }
    }
    ask(batch, scripts)
}

/// Scripts by themselves.
pub(crate) fn of_scripts(_: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let script = |text: &str| Script {
        place: "the script".into(),
        shell: shebang(text).unwrap_or("sh").to_owned(),
        text: text.to_owned(),
    };
    ask(batch, batch.files.iter().map(|file| (file.path.as_str(), script(&file.text))).collect())
}

/// The `sh` steps of Jenkinsfiles: Jenkins runs them with `sh`, unless their first line names another.
pub(crate) fn of_groovy(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let mut command = rig.harness();
    command.arg("scripts").args(batch.paths()).current_dir(&batch.folder);
    let answer = process::json(&mut command, &[0])?;
    let mut scripts = Vec::new();
    for script in answer.as_array().ok_or("its output is no list")? {
        let (stage, label, body) = (text(&script["stage"]), text(&script["label"]), text(&script["text"]));
        let path = script["file"].as_str().ok_or("a script has no file")?;
        let shell = shebang(&body).unwrap_or("sh").to_owned();
        scripts.push((path, Script { place: format!("{stage}: {label}"), shell, text: body }));
    }
    ask(batch, scripts)
}

fn ask(batch: &Batch, scripts: Vec<(&str, Script)>) -> Result<Vec<Raw>> {
    let mut raw = Vec::new();
    let mut places: BTreeMap<(String, String), Vec<(&str, String)>> = BTreeMap::new();
    for (path, script) in scripts {
        let shell = shell_of(&script.shell).to_owned();
        if SHELLS.contains(&shell.as_str()) {
            places.entry((shell, script.text)).or_default().push((path, script.place));
        } else {
            let message = format!("{}: no validator here judges a script for {shell}", script.place);
            raw.push(Raw { path: path.into(), line: None, message });
        }
    }
    let folder = batch.folder.join("scripts");
    std::fs::create_dir_all(&folder)?;
    for shell in SHELLS {
        let mut files = BTreeMap::new();
        for (number, ((_, script), places)) in places.iter().filter(|((of, _), _)| of == shell).enumerate() {
            let file = folder.join(format!("{number}.{shell}"));
            std::fs::write(&file, format!("{script}\n"))?;
            files.insert(file.display().to_string(), places);
        }
        if files.is_empty() {
            continue;
        }
        let mut command = Command::new("shellcheck");
        command.args(["--norc", "--format=json1", "--shell", shell]).args(files.keys());
        let answer = process::json(&mut command, &[0, 1])?;
        for comment in answer["comments"].as_array().ok_or("its output has no comments")? {
            let places = files.get(comment["file"].as_str().unwrap_or_default()).ok_or("it names another file")?;
            for (path, place) in *places {
                raw.push(Raw { path: (*path).into(), line: None, message: message(place, comment) });
            }
        }
    }
    Ok(raw)
}

fn message(place: &str, comment: &Value) -> String {
    format!("{place}, its line {}: SC{}: {}", comment["line"], comment["code"], text(&comment["message"]))
}
