//! Edits of a repository after it was generated, as the cases write them down.
//!
//! One edit a paragraph: `replace PATH` with a `-` and a `+` line for the first place, `every PATH` with the same for all of
//! them, `crlf PATH`, `remove PATH`, `foreign PATH`. What is replaced must be there.

use std::fs;
use std::path::Path;

/// Makes the edits of a file, in its order.
pub(crate) fn apply(root: &Path, edits: &Path) {
    for edit in fs::read_to_string(edits).unwrap().split("\n\n") {
        one(root, edit.trim());
    }
}

fn one(root: &Path, edit: &str) {
    let mut lines = edit.lines();
    let (verb, path) = lines.next().unwrap().split_once(' ').unwrap();
    let file = root.join(path);
    let text = fs::read_to_string(&file).unwrap_or_default();
    let text = match verb {
        "replace" | "every" => {
            let (old, new) = (lines.next().unwrap(), lines.next().unwrap_or("+"));
            let (old, new) = (old.strip_prefix('-').unwrap(), new.strip_prefix('+').unwrap());
            assert!(text.contains(old), "{path} does not hold {old:?}:\n{text}");
            if verb == "every" { text.replace(old, new) } else { text.replacen(old, new, 1) }
        }
        "crlf" => text.replace('\n', "\r\n"),
        "foreign" => "name: mine\n".to_owned(),
        "remove" => return fs::remove_file(file).unwrap(),
        other => panic!("unknown edit {other:?}"),
    };
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}
