//! yamllint and prettier: form, and the few mistakes of YAML and JSON that only form shows.

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
    ask_prettier(rig, batch, "yaml", batch.paths())
}

/// The bodies of a script's here-documents, each as a file of its own.
pub(crate) fn prettier_json(rig: &Rig, batch: &Batch) -> Result<Vec<Raw>> {
    let mut paths = Vec::new();
    for file in &batch.files {
        let folder = file.path.split('/').next().unwrap_or_default();
        for (number, body) in bodies(&file.text).into_iter().enumerate() {
            let path = format!("{folder}/{number}.json");
            std::fs::write(batch.folder.join(&path), body)?;
            paths.push(path);
        }
    }
    ask_prettier(rig, batch, "json", paths.iter().map(String::as_str))
}

/// What stands between a line that ends in `<<'WORD'` and the line `WORD`.
fn bodies(script: &str) -> Vec<String> {
    let mut lines = script.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some((_, end)) = line.rsplit_once(" <<'") else { continue };
        let end = end.trim_end_matches('\'');
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
        found.push(body.join("\n") + "\n");
    }
    found
}

fn ask_prettier<'a>(rig: &Rig, batch: &Batch, parser: &str, paths: impl Iterator<Item = &'a str>) -> Result<Vec<Raw>> {
    let mut command = rig.node();
    command.arg(rig.node_file("prettier/bin/prettier.cjs"));
    command.args(["--no-config", "--no-editorconfig", "--ignore-path=", "--list-different", "--parser", parser]);
    let output = run(command.args(paths).current_dir(&batch.folder), &[0, 1, 2])?;
    // 2 is a file that it cannot read, named with the reason on the other stream.
    // Lines of the file that it quotes below have no path before their first colon.
    let unread = output.stderr.lines().filter_map(|line| line.strip_prefix("[error] ")?.split_once(": "));
    let unread = unread.filter(|(path, _)| path.contains('/') && !path.contains(' '));
    let unread = unread.map(|(path, why)| Raw { path: path.into(), line: None, message: why.into() });
    let other = output.stdout.lines().filter(|path| !path.is_empty());
    let other =
        other.map(|path| Raw { path: path.into(), line: None, message: "it would print this otherwise".into() });
    Ok(unread.chain(other).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_what_a_here_document_holds() {
        let script = "send 'a' <<'END'\n{\n}\nEND\nother\npolicies <<'END'\n[]\nEND\n";
        assert_eq!(bodies(script), ["{\n}\n", "[]\n"]);
        assert!(bodies("cat <file\n").is_empty());
    }
}
