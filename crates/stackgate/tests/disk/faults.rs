//! A fault at each system call of a write: killed there, or the call fails.
//!
//! What must hold: after a failure the old files stand, or all the new ones, and nothing is left; after a kill the same is
//! so once the next run has begun; no file is ever there in part. The faults are found by tracing a write, so that a call
//! that is added is covered by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::repository::{Files, Ran, Repository, WRITE, must, say, strace, traced};

/// Calls that concern files; a question mark passes over those that a system does not have.
const CALLS: &str = "?open,openat,?openat2,read,write,?fstat,?newfstatat,?statx,getdents64,fsync,fchmod,?rename,?renameat,renameat2,unlinkat,mkdirat,flock,close";
/// Those that change something: what a quick run is content with.
const CHANGES: &[&str] =
    &["write", "fsync", "fchmod", "rename", "renameat", "renameat2", "unlinkat", "mkdirat", "flock"];

/// A way in which a write goes, every call of which is then made to fail.
struct Way {
    name: &'static str,
    /// What fails all the time, or once, before the fault that is looked for.
    always: &'static [&'static str],
    /// Whether an earlier run was killed half-way, so that there is something to undo.
    interrupted: bool,
    /// Whether a second failure is one too many, so that the next run has to mend it as after a kill.
    second: bool,
}

const WAYS: &[Way] = &[
    Way { name: "a write", always: &[], interrupted: false, second: false },
    Way {
        name: "a disk that cannot exchange two names",
        always: &["renameat2:error=EINVAL"],
        interrupted: false,
        second: false,
    },
    Way { name: "a system without openat2", always: &["openat2:error=ENOSYS"], interrupted: false, second: false },
    Way { name: "undoing what failed", always: &["renameat2:error=EIO:when=5"], interrupted: false, second: true },
    Way { name: "undoing what was killed", always: &[], interrupted: true, second: false },
];

#[derive(Debug, Clone)]
struct Fault {
    call: String,
    nth: usize,
    /// `signal=KILL` or `error=…`.
    how: &'static str,
    /// What the call was, as traced.
    text: String,
}

#[test]
fn a_fault_at_any_call_leaves_the_old_files_or_the_new() {
    if !strace("faults at each system call") {
        return;
    }
    let mut all = 0;
    for way in WAYS.iter().take(if must() { WAYS.len() } else { 2 }) {
        let faults = faults(way);
        assert!(faults.len() > 20, "{}: only {} faults were found", way.name, faults.len());
        let tally = try_all(way, &faults);
        let tally: Vec<String> = tally.iter().map(|(how, count)| format!("{count} {how}")).collect();
        say(&format!("{} faults in {}: {}", faults.len(), way.name, tally.join(", ")));
        all += faults.len();
    }
    say(&format!("{all} faults injected"));
}

/// Every fault of a way, found by tracing it.
fn faults(way: &Way) -> Vec<Fault> {
    let repository = start(way);
    let log = tempfile::NamedTempFile::new().unwrap();
    let always: Vec<String> = way.always.iter().map(|injection| (*injection).to_owned()).collect();
    traced(repository.path(), log.path(), CALLS, &always).args(WRITE).output().unwrap();
    let trace = std::fs::read_to_string(log.path()).unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut locked = false;
    for text in trace.lines() {
        let Some((call, _)) = text.split_once('(') else { continue };
        let nth = counts.entry(call).and_modify(|count| *count += 1).or_insert(1);
        // Before the lock nothing but the spec is read; that is the same as for any other command.
        locked |= call == "flock";
        let taken = way.always.iter().any(|injection| injection.split(':').next() == Some(call));
        if !locked || taken || (!must() && !changes(call, text)) {
            continue;
        }
        for how in hows(call, way) {
            // Where the message itself cannot be written, there is none to judge.
            if !(text.starts_with("write(2") && how.starts_with("error")) {
                faults.push(Fault { call: call.to_owned(), nth: *nth, how, text: text.to_owned() });
            }
        }
    }
    faults
}

fn changes(call: &str, text: &str) -> bool {
    CHANGES.contains(&call) || text.contains("O_CREAT")
}

fn hows(call: &str, way: &Way) -> &'static [&'static str] {
    match call {
        "write" | "fsync" | "mkdirat" | "renameat2" | "openat" if must() && way.always.is_empty() => {
            &["signal=KILL", "error=EIO", "error=ENOSPC", "error=EACCES"]
        }
        _ => &["signal=KILL", "error=EIO"],
    }
}

fn start(way: &Way) -> Repository {
    let repository = Repository::before();
    if way.interrupted {
        let kill = ["renameat2:signal=KILL:when=5".to_owned()];
        traced(repository.path(), Path::new("/dev/null"), CALLS, &kill).args(WRITE).output().unwrap();
        assert!(repository.at(".stackgate-journal").exists());
    }
    repository
}

/// Tries each fault, several at a time; counts what they came to.
fn try_all(way: &Way, faults: &[Fault]) -> BTreeMap<&'static str, usize> {
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match one(way, fault) {
                        Ok(what) => *tally.lock().unwrap().entry(what).or_insert(0) += 1,
                        Err(why) => failures.lock().unwrap().push(format!("{} {fault:?}: {why}", way.name)),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), faults.len(), failures.join("\n"));
    tally.into_inner().unwrap()
}

type Verdict = Result<&'static str, String>;

fn one(way: &Way, fault: &Fault) -> Verdict {
    let repository = start(way);
    let before = Repository::before().files();
    let after = Repository::after();
    let mut injections: Vec<String> = way.always.iter().map(|injection| (*injection).to_owned()).collect();
    injections.push(format!("{}:{}:when={}", fault.call, fault.how, fault.nth));
    let log = tempfile::NamedTempFile::new().unwrap();
    let ran = Ran::from(traced(repository.path(), log.path(), CALLS, &injections).args(WRITE).output().unwrap());
    let now = repository.files();
    whole(&now, &before, after)?;
    let killed = fault.how == "signal=KILL";
    if killed != ran.code.is_none() {
        return Err(format!("ended with {:?}: {}", ran.code, ran.stderr));
    }
    let verdict = match ran.code {
        None => "killed",
        Some(0) if now == *after => "ended well",
        Some(0) => return Err(format!("claims success: {}", ran.stderr)),
        Some(2) if now == before => "undone",
        // Output that was lost is never a success, whatever was written before.
        Some(2) if now == *after && fault.text.starts_with("write(1") => "output lost",
        Some(2) if way.second || way.interrupted => "left to the next run",
        code => return Err(format!("a mixture after {code:?}: {}", ran.stderr)),
    };
    let left = repository.temporaries();
    if verdict == "undone" || verdict == "left to the next run" {
        let named = repository.path().file_name().unwrap().to_str().unwrap();
        if !ran.stderr.contains(named) && !ran.stderr.contains("changed while") {
            return Err(format!("the message names nothing: {:?}", ran.stderr));
        }
    }
    let said = ran.stderr.contains("the next `stackgate generate`") || ran.stderr.contains("run `stackgate generate`");
    if !killed && !left.is_empty() && !said && !way.interrupted {
        return Err(format!("left {left:?} and does not say so: {}", ran.stderr));
    }
    next_run(&repository, &now, &before, after).map(|()| verdict)
}

/// Each file is whole, the old one or the new one.
fn whole(now: &Files, before: &Files, after: &Files) -> Result<(), String> {
    let paths: BTreeSet<&String> = now.keys().chain(before.keys()).chain(after.keys()).collect();
    for path in paths {
        let found = now.get(path);
        if found != before.get(path) && found != after.get(path) {
            return Err(format!("{path} is neither the old file nor the new one"));
        }
    }
    Ok(())
}

/// What the next run makes of it. Without the permission to replace somebody's own file it cannot go on after undoing, and
/// so shows what undoing came to.
fn next_run(repository: &Repository, now: &Files, before: &Files, after: &Files) -> Result<(), String> {
    let check = repository.run(&["check"]);
    if (check.code == Some(0)) != (now == after && !repository.at(".stackgate-journal").exists()) {
        return Err(format!("check says {:?}: {}", check.code, check.stderr));
    }
    let undo = repository.run(&["generate", "--force"]);
    let undone = repository.files();
    if undone != *before && undone != *after {
        return Err(format!("a mixture after the next run: {}", undo.stderr));
    }
    if !repository.temporaries().is_empty() {
        return Err(format!("the next run leaves {:?}: {}", repository.temporaries(), undo.stderr));
    }
    let last = repository.run(if undone == *after { &["generate"] } else { WRITE });
    if last.code != Some(0) || repository.files() != *after {
        return Err(format!("the run after that fails: {}", last.stderr));
    }
    Ok(())
}
