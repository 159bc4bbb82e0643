//! Speed, as ratios from one run on one machine; never a timed test.
//!
//! What must hold: both sides of a ratio do their work on the same files in the same run, and it is the released build
//! that is measured.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use stackgate::{Project, SPEC_NAME, WriteOptions, today};

use crate::Result;
use crate::generate::examples;

const REPOSITORIES: usize = 2000;
const RUNS: u32 = 40;

pub(crate) fn run(root: &Path) -> Result<()> {
    if cfg!(debug_assertions) {
        return release(root);
    }
    one_repository(root)?;
    many_repositories(root)?;
    rendering(root)
}

/// Builds the command and this program as users get them, and starts over.
fn release(root: &Path) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for arguments in [
        ["build", "--quiet", "--release", "--package", "stackgate"].as_slice(),
        ["run", "--quiet", "--release", "--package", "xtask", "--", "bench"].as_slice(),
    ] {
        if !Command::new(&cargo).args(arguments).current_dir(root).status()?.success() {
            return Err(format!("cargo {} failed", arguments.join(" ")).into());
        }
    }
    Ok(())
}

/// `check` in one repository against `git status` in the same one.
fn one_repository(root: &Path) -> Result<()> {
    let temp = tempfile::tempdir()?;
    let example = root.join("examples/monorepo");
    copy(&example, temp.path())?;
    for arguments in [["init", "--quiet"].as_slice(), &["add", "--all"]] {
        Command::new("git").args(arguments).current_dir(temp.path()).stderr(Stdio::null()).status()?;
    }
    let command = std::env::current_exe()?.with_file_name("stackgate");
    let check = measure(|| {
        let mut check = Command::new(&command);
        check.arg("check").current_dir(temp.path());
        check
    })?;
    // Memory is that of the largest child so far, so that it is read before git runs.
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    let status = measure(|| {
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

/// Process time of one run, as a mean.
fn measure(command: impl Fn() -> Command) -> Result<Duration> {
    let spent = || -> Result<Duration> {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        let time = |value: nix::sys::time::TimeVal| {
            Duration::from_micros((value.tv_sec() * 1_000_000 + value.tv_usec()).unsigned_abs())
        };
        Ok(time(usage.user_time()) + time(usage.system_time()))
    };
    let before = spent()?;
    for _ in 0..RUNS {
        let status = command().stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err("the measured command failed".into());
        }
    }
    Ok((spent()? - before) / RUNS)
}

/// The library on many repositories against `diff -rq` of the same trees.
fn many_repositories(root: &Path) -> Result<()> {
    let temp = tempfile::tempdir()?;
    let (left, right) = (temp.path().join("a"), temp.path().join("b"));
    let providers: Vec<_> = examples(root)?
        .into_iter()
        .filter(|path| stackgate::PROVIDERS.iter().any(|provider| path.ends_with(provider.id())))
        .collect();
    for index in 0..REPOSITORIES {
        let example = &providers[index % providers.len()];
        for side in [&left, &right] {
            let target = side.join(format!("{index:05}"));
            std::fs::create_dir_all(&target)?;
            let spec = target.join(SPEC_NAME);
            std::fs::copy(example.join(SPEC_NAME), &spec)?;
            Project::load(&spec, None, today())?.write(&WriteOptions::default())?;
        }
    }
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        for index in 0..REPOSITORIES {
            let project = Project::load(&left.join(format!("{index:05}")).join(SPEC_NAME), None, today())?;
            if !project.check()?.is_clean() {
                return Err("a repository that was just written has drifted".into());
            }
        }
        let ours = start.elapsed();
        let start = Instant::now();
        if !Command::new("diff").arg("-rq").arg(&left).arg(&right).status()?.success() {
            return Err("diff found a difference".into());
        }
        ratios.push((ours, start.elapsed()));
    }
    ratios.sort_by(|a, b| ratio(*a).total_cmp(&ratio(*b)));
    let middle = ratios[ratios.len() / 2];
    println!(
        "2. {REPOSITORIES} repositories, cycling through the {} examples; the middle of {} rounds",
        providers.len(),
        ratios.len()
    );
    println!(
        "   stackgate, as a library  {:>8.0} ms, {:.0} µs a repository",
        millis(middle.0),
        millis(middle.0) * 1000.0 / REPOSITORIES as f64
    );
    println!("   diff -rq                 {:>8.0} ms", millis(middle.1));
    println!("   ratio                    {:>8.2}", ratio(middle));
    Ok(())
}

fn ratio((ours, theirs): (Duration, Duration)) -> f64 {
    ours.as_secs_f64() / theirs.as_secs_f64()
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
