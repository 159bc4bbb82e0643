//! The two forms of script that this adapter writes itself: a job's values, and a step of the user's own.
//!
//! What must hold: each form reads back as what it was made of, or not at all. Values stand in the script and not under
//! `variables`, since a CI/CD variable of the project, the group or the pipeline wins over that and could send a token
//! elsewhere. A step of the user's own runs in a shell of its own, since GitLab runs all of a job's items in one.

use std::collections::BTreeMap;

use stackgate_provider::{Script, Step};

const WHY: &str =
    "# The values of this job; here and not under the key variables, over which CI/CD variables of the project win.";

/// One word of the shell that means exactly the text.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("'{}'", text.replace('\'', "'\\''")) } else { format!("'{text}'") }
}

/// The inverse of [`quoted`]; nothing for any other word.
fn unquoted(word: &str) -> Option<String> {
    let inner = word.strip_prefix('\'')?.strip_suffix('\'')?;
    let text = inner.replace("'\\''", "\0");
    (!text.contains('\'')).then(|| text.replace('\0', "'"))
}

/// The item that sets a job's values.
pub(crate) fn values(variables: &[(&str, &str)]) -> String {
    let mut item = String::with_capacity(1000);
    item.push_str(WHY);
    item.push('\n');
    for (name, value) in variables {
        for text in ["export ", name, "=", &quoted(value), "\n"] {
            item.push_str(text);
        }
    }
    item
}

/// What an item exports: names with their values, and whether the shell expands these.
pub(crate) struct Exports {
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) expanded: bool,
}

/// Reads an item that does nothing but export.
pub(crate) fn exports(item: &str) -> Option<Exports> {
    if let Some(rest) = item.strip_suffix('"') {
        let (name, value) = rest.strip_prefix("export ")?.split_once("=\"")?;
        // Anything else that is special between double quotes could run a program.
        let plain = !value.contains(['"', '\\', '`', '\n']) && !value.contains("$(");
        let variables = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        return (plain && is_name(name)).then_some(Exports { variables, expanded: true });
    }
    let mut variables = BTreeMap::new();
    for line in item.strip_prefix(WHY)?.strip_prefix('\n')?.lines() {
        let (name, word) = line.strip_prefix("export ")?.split_once('=')?;
        if !is_name(name) || variables.insert(name.to_owned(), unquoted(word)?).is_some() {
            return None;
        }
    }
    Some(Exports { variables, expanded: false })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// The item that runs a step of the user's own.
pub(crate) fn own(script: &Script) -> String {
    let text = script.text.trim_end_matches('\n');
    let text = if text.contains('\n') { format!("\n{text}\n") } else { text.to_owned() };
    let run = format!("sh -e -c {}", quoted(&text));
    match &script.directory {
        Some(directory) => format!("# {}\n(\n  cd {} &&\n  {run}\n)\n", script.name, quoted(directory)),
        None => format!("# {}\n{run}\n", script.name),
    }
}

/// One item as a step: a step of the user's own, a reviewed script, or text that nobody knows.
pub(crate) fn step(item: &str) -> Step {
    own_step(item).unwrap_or_else(|| {
        let mut step = Step::default();
        step.set_script(item);
        step
    })
}

fn own_step(item: &str) -> Option<Step> {
    let (name, rest) = item.strip_prefix("# ")?.split_once('\n')?;
    let (directory, run) = match rest.strip_prefix("(\n  cd ") {
        Some(rest) => {
            let (word, run) = rest.split_once(" &&\n  ")?;
            (Some(unquoted(word)?), run.strip_suffix(")\n")?)
        }
        None => (None, rest),
    };
    let text = unquoted(run.strip_prefix("sh -e -c ")?.strip_suffix('\n')?)?;
    let several = text.strip_prefix('\n').and_then(|text| text.strip_suffix('\n'));
    let text = match several {
        Some(several) => several,
        None if text.contains('\n') => return None,
        None => &text,
    };
    Some(Step {
        name: Some(name.to_owned()),
        role: Some("own".into()),
        script: Some(format!("{text}\n")),
        directory,
        ..Step::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_the_users_own_reads_back() {
        let texts =
            ["npm ci", "a\nb", "echo 'it'\\''s' \"x\"", "a\n\n  b", "# (", ")", "x' && exit 0; '", "  lead", "a\\"];
        for text in texts {
            for directory in [".", "app", "a b'c"] {
                let script = Script::own("Café \"x\" && y", text, directory);
                let mut expected = Step::from(&script);
                expected.role = Some("own".into());
                assert_eq!(step(&own(&script)), expected, "{text:?} in {directory:?}");
            }
        }
    }

    #[test]
    fn values_read_back() {
        let variables = [("A", "it's"), ("B", "$HOME"), ("C", ""), ("D_1", "x=\"y\"")];
        let read = exports(&values(&variables)).unwrap();
        let expected: BTreeMap<String, String> = variables.map(|(name, value)| (name.into(), value.into())).into();
        assert_eq!(read.variables, expected);
        assert!(!read.expanded);
        assert!(exports("export A=\"/tmp/$B\"").unwrap().expanded);
    }

    #[test]
    fn what_does_more_than_export_is_a_script() {
        for item in [
            "export A=\"$(id)\"",
            "export A=\"x\"; id \"y\"",
            "export A=b",
            "export a=\"b\"",
            "id",
            "export A=\"`id`\"",
            &format!("{WHY}\nexport A='b'; id\n"),
            &format!("{WHY}\nexport A='b'\nexport A='c'\n"),
            "export A='b'\n",
        ] {
            assert!(exports(item).is_none(), "{item}");
        }
    }
}
