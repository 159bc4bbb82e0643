//! What bash and Groovy themselves make of what a value came into.
//!
//! What must hold: nothing of a value runs. Bash finds no program but `touch`, in an empty folder, and what would run a script
//! of the user's own is replaced by something that shows it; a value that gets out of its quotes leaves a file called `pwned`,
//! or shows otherwise. Groovy reads literals and runs none. An interpreter that is not there is said to be not there, unless
//! `STACKGATE_REHEARSAL_MUST` is set: then that fails.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::groovy::{Literal, parts};
use super::judge::Script;
use crate::common::root;

/// What stands between the answers.
const END: &str = "\u{1}end of answer\u{1}";

/// What every script finds: a `cd`, an `sh` and an `export` that go nowhere, and show with what they were called.
const STAND_INS: &str = r#"
cd() { printf '%s\0' cd "$@"; }
sh() { printf '%s\0' sh "$@"; }
export() { printf '%s\0' export "$@"; }
"#;

/// Evaluates each script with its word and with its value, all in one bash, and says where the two differ in another way
/// than by that.
pub(crate) fn bash(scripts: &[Script]) -> Vec<String> {
    let sources: Vec<&str> =
        scripts.iter().flat_map(|script| [script.before.as_str(), script.after.as_str()]).collect();
    let mut answers = evaluate(&sources).into_iter();
    let mut faults = Vec::new();
    for script in scripts {
        let (Some(before), Some(after)) = (answers.next(), answers.next()) else {
            faults.push(format!("{}: bash gave no answer", script.place));
            break;
        };
        let expected = before.replace(&script.word, script.value.trim());
        // A script of the user's own may have got line breaks around it.
        let words = |text: &str| text.split('\0').map(|word| word.trim().to_owned()).collect::<Vec<_>>();
        if words(&expected) != words(&after) {
            faults.push(format!("{}: bash makes {after:?} of it, not {expected:?}", script.place));
        }
    }
    eprintln!("bash evaluated {} scripts", scripts.len());
    faults
}

fn evaluate(sources: &[&str]) -> Vec<String> {
    if sources.is_empty() {
        return Vec::new();
    }
    let folder = tempfile::tempdir().unwrap();
    let (programs, empty) = (folder.path().join("programs"), folder.path().join("empty"));
    std::fs::create_dir(&programs).unwrap();
    std::fs::create_dir(&empty).unwrap();
    let touch = ["/usr/bin/touch", "/bin/touch"].iter().find(|path| std::path::Path::new(path).exists());
    std::os::unix::fs::symlink(touch.expect("a touch"), programs.join("touch")).unwrap();
    let mut whole = String::from(STAND_INS);
    for source in sources {
        whole.push_str(&format!("(\neval {}\n) </dev/null\nprintf '%s' '{END}'\n", single(source)));
    }
    let file = folder.path().join("all.sh");
    std::fs::write(&file, whole).unwrap();
    let bash = ["/bin/bash", "/usr/bin/bash"].iter().find(|path| std::path::Path::new(path).exists());
    let output = Command::new(bash.expect("a bash"))
        .args(["--noprofile", "--norc"])
        .arg(&file)
        .current_dir(&empty)
        .env_clear()
        .env("PATH", &programs)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let left: Vec<_> = std::fs::read_dir(&empty).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "a value ran: {left:?}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut answers: Vec<String> = text.split(END).map(str::to_owned).collect();
    answers.pop();
    answers
}

/// A text as one word of a shell, in another way than the product's.
fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\"'\"'"))
}

/// Debian's script looks for a link that not every Java package makes.
fn groovy_command() -> Command {
    let mut command = Command::new("groovy");
    if std::env::var_os("JAVA_HOME").is_none() {
        command.env("JAVA_HOME", "/usr/lib/jvm/java-17-openjdk-amd64");
    }
    command
}

/// Asks Groovy what each literal means.
pub(crate) fn groovy(literals: &[Literal]) -> Vec<String> {
    let distinct: BTreeSet<(&str, &str)> =
        literals.iter().map(|literal| (literal.source.as_str(), literal.value.as_str())).collect();
    let must = std::env::var_os("STACKGATE_REHEARSAL_MUST").is_some();
    let program = root().join("crates/stackgate-rehearsal/jenkins/literals.groovy");
    let there = groovy_command().arg("--version").output().is_ok_and(|output| output.status.success());
    let missing = if !there {
        "groovy is not installed, or does not start"
    } else if !program.exists() {
        "literals.groovy is not there"
    } else {
        ""
    };
    if !missing.is_empty() {
        eprintln!("skipped: {missing}; {} literals were not evaluated", distinct.len());
        return if must { vec![missing.to_owned()] } else { Vec::new() };
    }
    let mut child = groovy_command()
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // As JSON, so that a literal of several lines is one line here.
    let asked: String = distinct.iter().map(|(source, _)| serde_json::to_string(source).unwrap() + "\n").collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    let mut faults = Vec::new();
    if answers.len() != distinct.len() {
        faults.push(format!("groovy gave {} answers to {} literals", answers.len(), distinct.len()));
    }
    for ((source, value), answer) in distinct.iter().zip(&answers) {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        if answer.as_str() != Some(*value) {
            faults.push(format!("groovy makes {answer} of {source}, not {value:?}"));
        }
    }
    eprintln!("groovy evaluated {} literals", distinct.len());
    faults
}

#[test]
fn the_interpreters_see_what_gets_out() {
    let script = |after: &str| Script {
        place: "a test".into(),
        word: "word".into(),
        before: "export A='word'".into(),
        value: "a'b".into(),
        after: after.into(),
    };
    assert_eq!(bash(&[script("export A='a'\\''b'")]), Vec::<String>::new());
    for bad in ["export A='a''b'", "export A='a'\\''b'; sh x", "export A=a\\'b B", "true"] {
        assert_eq!(bash(&[script(bad)]).len(), 1, "{bad}");
    }
    assert!(std::panic::catch_unwind(|| bash(&[script("export A=\"$(touch pwned)\"")])).is_err());
    assert!(parts("sh 'a\\u0027'").is_err() && parts("sh 'a\nb'").is_err() && parts("x \\u0027").is_err());
    assert_eq!(parts("sh 'a\\'b' // '").unwrap().literals[0].value, "a'b");
}
