//! The programs that a job finds instead of the real ones, and the record of how each was called.
//!
//! What must hold: the Pulumi CLI comes in an archive that the job downloads, checks and unpacks like the real one; the two
//! platforms' archives differ, so that the wrong one's SHA-256 does not pass. It deliberately runs nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

/// Tools of the languages, all of which are one stand-in.
const TOOLS: &[&str] = &["npm", "npx", "corepack", "go", "dotnet", "mvn", "python", "python3", "uv", "poetry", "ruff"];

/// A call of a stand-in.
#[derive(Debug, Clone)]
pub struct Call {
    /// The arguments.
    pub arguments: Vec<String>,
    /// The environment.
    pub environment: Vec<(String, String)>,
    /// The working directory.
    pub directory: PathBuf,
    /// The permissions of the credentials file before the call, in octal; `None` where there was none.
    pub mode: Option<String>,
    /// Secrets that the process list showed while it ran.
    pub exposed: Vec<String>,
}

impl Call {
    /// The first argument.
    pub fn command(&self) -> &str {
        self.arguments.first().map_or("", String::as_str)
    }

    /// What the call comes to: a deployment that is started through the API is an `up` like any other.
    pub fn does(&self) -> &str {
        let starts = self.arguments.iter().any(|argument| argument.ends_with("/deployments"));
        if self.command() == "api" && self.flag("--method") == Some("POST") && starts { "up" } else { self.command() }
    }

    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value after `--flag`.
    pub fn flag(&self, name: &str) -> Option<&str> {
        let at = self.arguments.iter().position(|argument| argument == name)?;
        self.arguments.get(at + 1).map(String::as_str)
    }
}

/// Writes a stand-in for a world in `folder`.
fn install(folder: &Path, to: &Path, text: &str) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::write(to, text.replace("@WORLD@", folder.to_str().unwrap())).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Writes every stand-in that stands on a job's `PATH`, and the folders that they write into.
pub(crate) fn lay_out(folder: &Path, failing: &[String]) {
    for part in ["bin", "calls", "tools", "environments"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    let failing: String = failing.iter().map(|command| format!("{command}\n")).collect();
    fs::write(folder.join("failing"), failing).unwrap();
    for tool in TOOLS {
        install(folder, &folder.join("bin").join(tool), include_str!("stand-ins/tool.sh"));
    }
    for (name, text) in [
        ("circleci", include_str!("stand-ins/circleci.sh")),
        ("circleci-agent", include_str!("stand-ins/circleci-agent.sh")),
        ("gh", include_str!("stand-ins/gh.sh")),
    ] {
        install(folder, &folder.join("bin").join(name), text);
    }
}

/// The archives of the Pulumi CLI by platform.
pub(crate) fn archives(folder: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let pack = |platform: &'static str| {
        let root = folder.join("archive").join(platform);
        install(folder, &root.join("pulumi/pulumi"), include_str!("stand-ins/pulumi.sh"));
        fs::write(root.join("pulumi/platform"), platform).unwrap();
        let packed = root.join("pulumi.tar.gz");
        let status = Command::new("tar").arg("-czf").arg(&packed).arg("-C").arg(&root).arg("pulumi").status().unwrap();
        assert!(status.success(), "tar packs the stand-in");
        (platform, fs::read(packed).unwrap())
    };
    vec![pack("linux-x64"), pack("linux-arm64")]
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The calls below a folder of the world, in order.
pub(crate) fn calls(folder: &Path) -> Vec<Call> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Call {
    let text = |name: &str| fs::read_to_string(path.join(name)).unwrap_or_default();
    let parts = |name: &str| -> Vec<String> {
        let text = text(name);
        text.strip_suffix('\0').map(|text| text.split('\0').map(str::to_owned).collect()).unwrap_or_default()
    };
    let pair = |line: &String| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    Call {
        arguments: parts("arguments"),
        environment: parts("environment").iter().filter_map(pair).collect(),
        directory: text("directory").trim_end().into(),
        mode: Some(text("mode").trim().to_owned()).filter(|mode| !mode.is_empty()),
        exposed: text("exposed").lines().map(str::to_owned).collect(),
    }
}
