//! Speed, as ratios from one run on one machine; never a timed test.
//!
//! What must hold: both sides of a ratio do their work on the same files in the same run; it is the released build that is
//! measured; what is measured by way of children is measured in a process that has had no others.

mod audit;
mod logs;
pub(crate) use logs::watched;
mod meaning;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};
use stackgate::{Project, SPEC_NAME, WriteOptions, today};

use crate::Result;
use crate::generate::examples;

const REPOSITORIES: usize = 2000;
const RUNS: u32 = 40;
const ROUNDS: usize = 5;

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// These parts alone, by their numbers
    #[arg(value_parser = clap::value_parser!(u8).range(1..=6))]
    parts: Vec<u8>,
    /// Read and classify what drifted in these folders, and print the nanoseconds: what a part measures in a fresh process
    #[arg(long, hide = true, num_args = 1..)]
    read_once: Vec<PathBuf>,
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    if cfg!(debug_assertions) {
        return release(root, &options.parts);
    }
    if !options.read_once.is_empty() {
        return meaning::read_once(&options.read_once);
    }
    let parts = [one_repository, many_repositories, rendering, meaning::run, audit::run, logs::run];
    let wanted = |number: &u8| options.parts.is_empty() || options.parts.contains(number);
    (1..).zip(parts).filter(|(number, _)| wanted(number)).try_for_each(|(_, part)| part(root))
}

/// Builds the command and this program as users get them, and starts over in a fresh process: the compilers would count
/// among the children of this one.
fn release(root: &Path, parts: &[u8]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build = ["build", "--quiet", "--release", "--package", "stackgate", "--package", "xtask"];
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
    let bench = target.join("release").join(format!("xtask{}", std::env::consts::EXE_SUFFIX));
    for mut command in [
        {
            let mut command = Command::new(&cargo);
            command.args(build);
            command
        },
        {
            let mut command = Command::new(&bench);
            command.arg("bench").args(parts.iter().map(u8::to_string));
            command
        },
    ] {
        if !command.current_dir(root).status()?.success() {
            return Err(format!("{command:?} failed").into());
        }
    }
    Ok(())
}

/// `check` in one repository against `git status` in the same one.
fn one_repository(root: &Path) -> Result<()> {
    let temp = tempfile::tempdir()?;
    copy(&root.join("examples/monorepo"), temp.path())?;
    let command = std::env::current_exe()?.with_file_name("stackgate");
    let check = measure(&[0], || {
        let mut check = Command::new(&command);
        check.arg("check").current_dir(temp.path());
        check
    })?;
    // That of the largest child so far; no other program has run yet.
    let peak = peak()?;
    for arguments in [["init", "--quiet"].as_slice(), &["add", "--all"]] {
        if !Command::new("git").args(arguments).current_dir(temp.path()).stderr(Stdio::null()).status()?.success() {
            return Err("git failed".into());
        }
    }
    let status = measure(&[0], || {
        let mut status = Command::new("git");
        status.args(["status", "--short"]).current_dir(temp.path());
        status
    })?;
    println!("1. one repository (examples/monorepo), mean of {RUNS} runs");
    println!("   stackgate check  {:>8.2} ms of process time, {:.1} MiB at most", millis(check), peak as f64 / 1024.0);
    println!("   git status       {:>8.2} ms of process time", millis(status));
    println!("   ratio            {:>8.2}", check.as_secs_f64() / status.as_secs_f64());
    Ok(())
}

/// Process time of one run, as a mean; each must end with one of the codes.
fn measure(codes: &[i32], command: impl Fn() -> Command) -> Result<Duration> {
    let before = spent(UsageWho::RUSAGE_CHILDREN)?;
    for _ in 0..RUNS {
        let status = command().stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if !status.code().is_some_and(|code| codes.contains(&code)) {
            return Err(format!("the measured command ended with {status}").into());
        }
    }
    Ok((spent(UsageWho::RUSAGE_CHILDREN)? - before) / RUNS)
}

/// Process time of this process, or of all children that have ended.
pub(crate) fn spent(of: UsageWho) -> Result<Duration> {
    let usage = getrusage(of)?;
    let time = |value: TimeVal| Duration::from_micros(value.num_microseconds().unsigned_abs());
    Ok(time(usage.user_time()) + time(usage.system_time()))
}

/// The memory of the largest child that has ended, in KiB.
fn peak() -> Result<i64> {
    Ok(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss())
}

/// The library on many repositories against `diff -rq` of the same trees, each the whole folder of an example.
fn many_repositories(root: &Path) -> Result<()> {
    let temp = tempfile::tempdir()?;
    let (left, right) = (temp.path().join("a"), temp.path().join("b"));
    let providers: Vec<_> = examples(root)?
        .into_iter()
        .filter(|path| stackgate::PROVIDERS.iter().any(|provider| path.ends_with(provider.id())))
        .collect();
    let mut specs = Vec::new();
    for (index, example) in providers.iter().cycle().take(REPOSITORIES).enumerate() {
        for side in [&left, &right] {
            let target = side.join(format!("{index:05}"));
            copy(example, &target)?;
            Project::load(&target.join(SPEC_NAME), None, today())?.write(&WriteOptions::default())?;
        }
        specs.push(left.join(format!("{index:05}")).join(SPEC_NAME));
    }
    let threads = std::thread::available_parallelism()?.get();
    let (mut all, mut one, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    // In turn, so that what else the machine does meets each of them.
    for _ in 0..ROUNDS {
        all.push(check(&specs, threads)?);
        one.push(check(&specs, 1)?);
        let start = Instant::now();
        if !Command::new("diff").arg("-rq").arg(&left).arg(&right).status()?.success() {
            return Err("diff found a difference".into());
        }
        theirs.push(start.elapsed());
    }
    let (all, one, theirs) = (middle(all), middle(one), middle(theirs));
    println!(
        "2. {REPOSITORIES} repositories, cycling through {} examples; the middle of {ROUNDS} rounds",
        providers.len()
    );
    let line = |what: &str, time: Duration| {
        let each = millis(time) * 1000.0 / REPOSITORIES as f64;
        println!("   {what:<34} {:>8.0} ms, {each:.0} µs a repository", millis(time));
    };
    line(&format!("stackgate, as a library, {threads} threads"), all);
    line("stackgate, as a library, 1 thread", one);
    line("diff -rq, which has 1 thread", theirs);
    let ratio = |ours: Duration| ours.as_secs_f64() / theirs.as_secs_f64();
    println!("   ratio of wall time                 {:>8.2}; with 1 thread {:.2}", ratio(all), ratio(one));
    Ok(())
}

/// The wall time of checking each repository once, with that many threads.
fn check(specs: &[PathBuf], threads: usize) -> Result<Duration> {
    let (next, dirty) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let clean =
        |spec: &Path| -> stackgate::Result<bool> { Ok(Project::load(spec, None, today())?.check()?.is_clean()) };
    let work = || {
        while let Some(spec) = specs.get(next.fetch_add(1, Ordering::Relaxed)) {
            if !clean(spec).unwrap_or(false) {
                dirty.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let spent = start.elapsed();
    match dirty.into_inner() {
        0 => Ok(spent),
        count => Err(format!("{count} repositories that were just written have drifted, or do not load").into()),
    }
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Rendering an artifact against Tera writing the same lines from a list.
fn rendering(root: &Path) -> Result<()> {
    const ROUNDS: u32 = 300;
    let mut artifacts = Vec::new();
    let mut ours = Duration::ZERO;
    for example in examples(root)? {
        let project = Project::load(&example.join(SPEC_NAME), None, today())?;
        artifacts.extend(project.render()?);
        let start = Instant::now();
        for _ in 0..ROUNDS {
            std::hint::black_box(project.render()?);
        }
        ours += start.elapsed();
    }
    let mut tera = tera::Tera::new();
    tera.add_raw_template("lines", "{% for line in lines %}{{ line }}\n{% endfor %}")?;
    let mut bare = Duration::ZERO;
    for artifact in &artifacts {
        let lines: Vec<&str> = artifact.body.lines().collect();
        let start = Instant::now();
        for _ in 0..ROUNDS {
            let mut context = tera::Context::new();
            context.insert("lines", &lines);
            std::hint::black_box(tera.render("lines", &context)?);
        }
        bare += start.elapsed();
    }
    let each = |total: Duration| millis(total) * 1000.0 / f64::from(ROUNDS) / artifacts.len() as f64;
    println!("3. {} artifacts of the examples, mean of {ROUNDS} rounds", artifacts.len());
    println!("   rendered by stackgate            {:>8.1} µs each", each(ours));
    println!("   the same lines by Tera, a list   {:>8.1} µs each", each(bare));
    println!("   ratio                            {:>8.2}", ours.as_secs_f64() / bare.as_secs_f64());
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
