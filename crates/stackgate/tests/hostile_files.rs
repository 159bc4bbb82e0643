//! Whatever stands in place of a file, `stackgate` ends soon, in little memory, with one clear message.
//!
//! What must hold: this for every file that is read from a repository: the spec, each artifact, `Pulumi.yaml`, a stack's
//! file, git's own. What stands there: huge files, sparse and full of hostile text, pipes, sockets, devices, folders,
//! links, and every text that YAML readers have stumbled over. The time limit is one for a program that hangs, not for a
//! slow machine. Memory is that of the largest child so far, so that no other program may be started here.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::stat::Mode;

use common::root;

const MEMORY: i64 = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(300);
const MIB: usize = 1024 * 1024;

/// How a run ended.
struct Ended {
    code: Option<i32>,
    out: String,
}

/// Runs a command in a repository. What it prints goes to files, so that no pipe can hold it up.
fn run(folder: &Path, arguments: &[&str]) -> Ended {
    let out = tempfile::NamedTempFile::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_stackgate"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(out.reopen().unwrap())
        .stderr(
            out.reopen()
                .map(|mut file| {
                    std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(32 * MIB as u64)).unwrap();
                    file
                })
                .unwrap(),
        )
        .spawn()
        .unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{arguments:?} in {} hangs", folder.display());
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    assert!(peak <= MEMORY, "{arguments:?} in {} took {peak} KiB", folder.display());
    // The first lines are enough to see that it was said, and keep this process small.
    let mut text = head(out.path(), 0);
    text.push_str(&head(out.path(), 32 * MIB as u64));
    Ended { code: status.code(), out: text }
}

fn head(path: &Path, from: u64) -> String {
    use std::io::{Read as _, Seek as _};
    let mut file = File::open(path).unwrap();
    file.seek(std::io::SeekFrom::Start(from)).unwrap();
    let mut bytes = Vec::new();
    file.take(64 * 1024).read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned()
}

/// What can stand in place of a file, by name. It is put at a path where nothing is.
type Thing = (&'static str, fn(&Path));

/// No text at all.
const THINGS: &[Thing] = &[
    ("1 GiB, sparse", |path| File::create(path).unwrap().set_len(1024 * MIB as u64).unwrap()),
    ("a pipe", |path| nix::unistd::mkfifo(path, Mode::S_IRWXU).unwrap()),
    ("a socket", |path| drop(std::os::unix::net::UnixListener::bind(path).unwrap())),
    ("a link to a device", |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap()),
    ("a link to itself", |path| std::os::unix::fs::symlink(path, path).unwrap()),
    ("a link to nothing", |path| std::os::unix::fs::symlink("nothing", path).unwrap()),
    ("a folder", |path| fs::create_dir(path).unwrap()),
];

/// Texts of at most a mebibyte, by name; each is made when it is needed, since a child counts its parent's memory as its own.
type Text = (&'static str, fn() -> Vec<u8>);

const TEXTS: &[Text] = &[
    ("nothing", Vec::new),
    ("empty lines", || full_of("\n")),
    ("two-letter lines", || full_of("a\nb\nb\na\na\n")),
    ("one line", || full_of("x")),
    ("zeros", || vec![0; MIB]),
    ("escapes", || full_of("\u{1b}[31m")),
    ("brackets", || full_of("[")),
    ("braces", || full_of("{a: ")),
    ("dashes", || full_of("- ")),
    ("deep blocks", || (0..1400).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>().into_bytes()),
    ("commas", || [b"[a,", &full_of("a,")[4..]].concat()),
    ("a wide mapping", || (0..80_000).map(|key| format!("k{key}: v\n")).collect::<String>().into_bytes()),
    ("a huge scalar", || [b"a: \"", &full_of("y")[8..], b"\""].concat()),
    ("many documents", || full_of("---\na: b\n")),
    ("aliases", aliases),
    ("anchors", || full_of("- &a b\n")),
    ("an alias of itself", || b"a: &a [*a]\n".to_vec()),
    ("duplicate keys", || full_of("a: b\n")),
    ("comments", || full_of("# x\n")),
    ("no UTF-8", || b"a: \xff\xfe\xfd\n".to_vec()),
    ("UTF-16", || "\u{feff}a: b\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("a zero", || b"a: b\0c\n".to_vec()),
    ("lone carriage returns", || full_of("a: b\r")),
    ("direction marks", || full_of("a: \u{202e}b\n")),
];

/// The largest file that is still read, of one line again and again.
fn full_of(line: &str) -> Vec<u8> {
    line.repeat(MIB / line.len()).into_bytes()
}

/// A few lines that stand for more values than there are atoms.
fn aliases() -> Vec<u8> {
    let level =
        |level: usize| format!("a{}: &a{} [{}]\n", level + 1, level + 1, vec![format!("*a{level}"); 9].join(", "));
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    text.extend((0..40).map(level));
    text.into_bytes()
}

/// A copy of an example, with its pipelines written.
fn repository(example: &str) -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    let from = root().join("examples").join(example);
    for file in common::files(&from) {
        let to = temp.path().join(&file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), to).unwrap();
    }
    let ended = run(temp.path(), &["check"]);
    assert_eq!(ended.code, Some(0), "{example}: {}", ended.out);
    temp
}

/// The artifacts of an example, as paths in a copy of it.
fn artifacts(folder: &Path) -> Vec<PathBuf> {
    let marked = |path: &PathBuf| {
        fs::read_to_string(path).is_ok_and(|text| text.lines().next().unwrap_or("").contains("stackgate 0."))
    };
    let all: Vec<PathBuf> = common::files(folder).into_iter().map(|file| folder.join(file)).filter(marked).collect();
    assert!(!all.is_empty());
    all
}

/// Puts each thing and each text in place of a file in turn, and the file back afterwards.
fn each(path: &Path, texts: &[Text], look: impl Fn(&str)) {
    let kept = fs::read(path).ok();
    let clear = || match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir(path).unwrap(),
        Ok(_) => fs::remove_file(path).unwrap(),
        Err(_) => {}
    };
    for (name, make) in THINGS {
        clear();
        make(path);
        look(name);
    }
    for (name, text) in texts {
        clear();
        fs::write(path, text()).unwrap();
        look(name);
    }
    clear();
    if let Some(bytes) = kept {
        fs::write(path, bytes).unwrap();
    }
}

/// Nothing that a terminal would obey, no panic, and one of the codes that a run may end with.
fn decent(what: &str, ended: &Ended, codes: &[i32]) {
    let Ended { code, out } = ended;
    assert!(code.is_some_and(|code| codes.contains(&code)), "{what}: ended with {code:?}\n{out:.2000}");
    assert!(!out.contains("panicked") && !out.contains("fault of stackgate"), "{what}:\n{out:.2000}");
    let bad = out.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(bad, None, "{what}: in the output");
}

#[test]
fn whatever_stands_in_place_of_a_pipeline_is_drift() {
    for example in ["github", "gitlab", "azure", "jenkins", "circleci"] {
        let temp = repository(example);
        for (index, path) in artifacts(temp.path()).iter().enumerate() {
            // What a text is compared with makes no difference.
            let texts = if example == "github" && index == 0 { TEXTS } else { &[] };
            each(path, texts, |what| {
                let ended = run(temp.path(), &["check"]);
                decent(&format!("{example}: {what}"), &ended, &[1]);
                let name = path.strip_prefix(temp.path()).unwrap().display().to_string();
                assert!(ended.out.contains(&format!("{name}: ")), "{example}: {what}: {}", ended.out);
            });
        }
        assert_eq!(run(temp.path(), &["check"]).code, Some(0));
    }
}

#[test]
fn whatever_stands_in_place_of_the_spec_is_refused() {
    let temp = repository("github");
    let spec = temp.path().join("stackgate.yaml");
    each(&spec, TEXTS, |what| {
        for arguments in [&["check"][..], &["--spec", "stackgate.yaml", "generate"]] {
            let ended = run(temp.path(), arguments);
            decent(what, &ended, &[2]);
            assert!(ended.out.contains("stackgate.yaml"), "{what}: {}", ended.out);
        }
    });
    decent("a device", &run(temp.path(), &["--spec", "/dev/zero", "check"]), &[2]);
    assert_eq!(run(temp.path(), &["check"]).code, Some(0));
}

#[test]
fn whatever_stands_in_place_of_a_stack_file_is_said() {
    let temp = repository("seed");
    let file = temp.path().join("Pulumi.your-stack-name.yaml");
    each(&file, TEXTS, |what| {
        let ended = run(temp.path(), &["check"]);
        // What is YAML, if of a strange kind, is read.
        decent(what, &ended, &[0]);
        let read =
            ["nothing", "empty lines", "two-letter lines", "one line", "comments", "a huge scalar"].contains(&what);
        assert_eq!(ended.out.contains("esc-unread"), !read, "{what}: {}", ended.out);
    });
}

#[test]
fn whatever_stands_in_a_repository_init_ends() {
    let temp = tempfile::tempdir().unwrap();
    fs::create_dir_all(temp.path().join(".git")).unwrap();
    for file in ["Pulumi.yaml", "Pulumi.dev.yaml", ".git/config", ".git/HEAD"] {
        each(&temp.path().join(file), TEXTS, |what| {
            let ended = run(temp.path(), &["init", "--yes", "--provider", "github", "--organization", "acme"]);
            decent(&format!("{file}: {what}"), &ended, &[0, 2]);
            let _ = fs::remove_file(temp.path().join("stackgate.yaml"));
        });
    }
}
