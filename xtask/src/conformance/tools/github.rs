//! zizmor and actionlint, both for GitHub's workflows alone.

use serde_json::Value;

use super::text;
use crate::Result;
use crate::conformance::batch::{Batch, Raw};
use crate::conformance::install::Rig;
use crate::conformance::process;

pub(crate) fn zizmor_pedantic(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    zizmor(rig, batch, "pedantic")
}

pub(crate) fn zizmor_auditor(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    zizmor(rig, batch, "auditor")
}

fn zizmor(rig: &Rig, batch: &Batch, persona: &str) -> Result<Vec<Raw>> {
    let mut command = rig.python("zizmor");
    command.args(["--offline", "--no-progress", "--no-config", "--no-ignores", "--strict-collection"]);
    command.args(["--format", "json", "--persona", persona]).args(batch.paths()).current_dir(&batch.folder);
    // From 10 on, the code says how grave the gravest finding is.
    let answer = process::json(&mut command, &[0, 10, 11, 12, 13, 14])?;
    let findings = answer.as_array().ok_or("its output is no list")?;
    findings
        .iter()
        .map(|finding| {
            let locations = finding["locations"].as_array().map(Vec::as_slice).unwrap_or_default();
            let primary = locations.iter().find(|place| place["symbolic"]["kind"] == "Primary").or(locations.first());
            let place = primary.ok_or("a finding has no place")?;
            Ok(Raw {
                path: text(&place["symbolic"]["key"]["Local"]["verbatim_path"]),
                line: place["concrete"]["location"]["start_point"]["row"].as_u64().map(|row| row + 1),
                message: format!(
                    "{}: {}: {}",
                    text(&finding["ident"]),
                    text(&finding["desc"]),
                    text(&place["symbolic"]["annotation"])
                ),
            })
        })
        .collect()
}

pub(crate) fn actionlint(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let mut command = rig.go_tool("actionlint");
    // Scripts are shellcheck's, which is asked about those of every provider.
    command.args(["-no-color", "-shellcheck=", "-pyflakes=", "-format", "{{json .}}"]);
    command.args(batch.paths()).current_dir(&batch.folder);
    let answer = process::json(&mut command, &[0, 1])?;
    let findings = answer.as_array().ok_or("its output is no list")?;
    Ok(findings.iter().map(raw).collect())
}

fn raw(finding: &Value) -> Raw {
    Raw { path: text(&finding["filepath"]), line: finding["line"].as_u64(), message: text(&finding["message"]) }
}

/// `uses: owner/action@COMMIT # v1.2.3` as `uses: owner/action@v1`: actionlint knows the inputs of actions by their tags,
/// and judges none of a commit's. That they are pinned is for zizmor to say, which sees the file as it is.
pub(crate) fn tags_for_pins(text: &str) -> String {
    text.split_inclusive('\n').map(|line| tagged(line).unwrap_or_else(|| line.to_owned())).collect()
}

fn tagged(line: &str) -> Option<String> {
    let (before, pin) = line.split_once('@').filter(|(before, _)| before.contains("uses: "))?;
    let (commit, version) = pin.split_once(" # v")?;
    let hexadecimal = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let major: String = version.chars().take_while(char::is_ascii_digit).collect();
    (hexadecimal && !major.is_empty()).then(|| format!("{before}@v{major}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_become_tags_and_nothing_else_changes() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let text = format!("  - uses: a/b@{commit} # v7.0.1\n  - uses: a/b@v4\n  - run: a@b # v1\n");
        assert_eq!(tags_for_pins(&text), "  - uses: a/b@v7\n  - uses: a/b@v4\n  - run: a@b # v1\n");
    }
}
