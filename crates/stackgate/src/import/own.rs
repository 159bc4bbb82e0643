//! Words of our own artifacts that a reader of facts hands on as any other script: values that the scripts are told by, and
//! the shell around a step of the user's.
//!
//! What must hold: this is for the way back from what stackgate rendered; a script that only looks alike is taken as it is.

/// What an `export NAME='value'` of a script says.
pub(crate) fn exported(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix("export ")?.strip_prefix(name)?.strip_prefix('=')?;
        Some(rest.trim_matches('\'').to_owned())
    })
}

/// A step of the user's within its shell: name, directory and script.
pub(crate) fn unwrapped(text: &str) -> Option<(String, String, String)> {
    let (name, rest) = text.trim().strip_prefix("# ")?.split_once('\n')?;
    let rest = rest.strip_prefix("(\n")?.trim_start().strip_prefix("cd '")?;
    let (directory, rest) = rest.split_once("' &&\n")?;
    let script = rest.trim_start().strip_prefix("sh -e -c '")?.strip_suffix("'\n)")?;
    let script = script.replace("'\\''", "'");
    Some((name.to_owned(), directory.to_owned(), script.trim_matches('\n').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_comes_out_of_its_shell() {
        let text = "# Build\n(\n  cd 'apps/shop' &&\n  sh -e -c '\nnpm run build\necho '\\''x'\\''\n'\n)\n";
        let found = unwrapped(text);
        assert_eq!(found, Some(("Build".into(), "apps/shop".into(), "npm run build\necho 'x'".into())));
        assert_eq!(unwrapped("# Build\nnpm ci"), None);
        assert_eq!(exported("a\nexport X='y'\n", "X").as_deref(), Some("y"));
    }
}
