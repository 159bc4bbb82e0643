//! Packages and tools that a script installs, and images that it runs.
//!
//! What must hold: an installation from a lock file with digests is pinned by it and says which file; a package without a
//! version is whatever is newest.

use super::Told;
use super::download::is_exact;
use crate::model::{Code, CodeKind, DeedKind, Pin};
use crate::shell::{Call, image};
use crate::value::Value;

/// What separates a package's name from its version, by installer; the installer's word in a fact; what installs.
struct Installer {
    programs: &'static [&'static str],
    word: &'static str,
    verbs: &'static [&'static str],
    between: &'static [&'static str],
    valued: &'static [&'static str],
}

const INSTALLERS: &[Installer] = &[
    Installer {
        programs: &["npm"],
        word: "npm",
        verbs: &["install", "i", "add"],
        between: &["@"],
        valued: &["--prefix", "--registry", "-C", "--loglevel", "-w"],
    },
    Installer {
        programs: &["pnpm"],
        word: "npm",
        verbs: &["add", "dlx"],
        between: &["@"],
        valued: &["-C", "--dir", "--filter"],
    },
    Installer { programs: &["yarn"], word: "npm", verbs: &["add", "dlx"], between: &["@"], valued: &["--cwd"] },
    Installer { programs: &["bun"], word: "npm", verbs: &["add"], between: &["@"], valued: &["--cwd"] },
    Installer {
        programs: &["pip", "pip3"],
        word: "pip",
        verbs: &["install", "download"],
        between: &["===", "==", ">=", "~=", "<=", "!=", ">", "<"],
        valued: &[
            "-r",
            "--requirement",
            "-c",
            "--constraint",
            "-i",
            "--index-url",
            "--extra-index-url",
            "-t",
            "--target",
            "-e",
            "-f",
            "--prefix",
            "--timeout",
            "--retries",
            "--only-binary",
            "--no-binary",
            "--editable",
        ],
    },
    Installer {
        programs: &["pipx"],
        word: "pip",
        verbs: &["install", "run"],
        between: &["==", ">="],
        valued: &["--python"],
    },
    Installer {
        programs: &["uv"],
        word: "pip",
        verbs: &["tool"],
        between: &["==", ">=", "@"],
        valued: &["--python", "--with"],
    },
    Installer { programs: &["gem"], word: "gem", verbs: &["install"], between: &[":"], valued: &["-v", "--version"] },
    Installer {
        programs: &["go"],
        word: "go",
        verbs: &["install", "get"],
        between: &["@"],
        valued: &["-ldflags", "-tags"],
    },
    Installer {
        programs: &["cargo"],
        word: "cargo",
        verbs: &["install", "binstall"],
        between: &["@"],
        valued: &["--version", "--git", "--rev", "--tag", "--features"],
    },
    Installer {
        programs: &["apt", "apt-get", "aptitude"],
        word: "apt",
        verbs: &["install"],
        between: &["="],
        valued: &["-t", "-o"],
    },
    Installer {
        programs: &["apk"],
        word: "apk",
        verbs: &["add"],
        between: &["=", "~="],
        valued: &["--repository", "-X", "-t", "--virtual"],
    },
    Installer {
        programs: &["yum", "dnf", "microdnf", "zypper"],
        word: "rpm",
        verbs: &["install"],
        between: &["="],
        valued: &[],
    },
    Installer { programs: &["brew"], word: "brew", verbs: &["install", "upgrade"], between: &["@"], valued: &[] },
    Installer {
        programs: &["choco"],
        word: "choco",
        verbs: &["install", "upgrade"],
        between: &[],
        valued: &["--version", "-s", "--source"],
    },
    Installer {
        programs: &["winget", "scoop"],
        word: "winget",
        verbs: &["install"],
        between: &["@"],
        valued: &["--version", "--id", "-v"],
    },
    Installer {
        programs: &["dotnet"],
        word: "nuget",
        verbs: &["tool"],
        between: &[],
        valued: &["--version", "--tool-path", "--add-source"],
    },
    Installer {
        programs: &["Install-Module", "Install-Package"],
        word: "powershell",
        verbs: &[],
        between: &[],
        valued: &["-RequiredVersion", "-Scope", "-Repository", "-MinimumVersion"],
    },
];

/// Installations from a file of the repository: program, words, a flag that must be there, the file, how firm.
type Locked = (&'static [&'static str], &'static str, &'static [&'static str], &'static str, Pin);

const LOCKED: &[Locked] = &[
    (&["npm"], "ci", &[], "package-lock.json", Pin::Digest),
    (&["npm"], "clean-install", &[], "package-lock.json", Pin::Digest),
    (&["npm"], "install", &[], "package.json", Pin::Moving),
    (&["npm"], "i", &[], "package.json", Pin::Moving),
    (&["pnpm"], "install", &["--frozen-lockfile"], "pnpm-lock.yaml", Pin::Digest),
    (&["pnpm"], "i", &["--frozen-lockfile"], "pnpm-lock.yaml", Pin::Digest),
    (&["yarn"], "install", &["--frozen-lockfile", "--immutable"], "yarn.lock", Pin::Digest),
    (&["bun"], "install", &["--frozen-lockfile"], "bun.lock", Pin::Digest),
    (&["poetry"], "install", &[], "poetry.lock", Pin::Digest),
    (&["uv"], "sync", &["--frozen", "--locked"], "uv.lock", Pin::Digest),
    (&["pipenv"], "sync", &[], "Pipfile.lock", Pin::Digest),
    (&["pipenv"], "install", &["--deploy"], "Pipfile.lock", Pin::Digest),
    (&["go"], "mod", &[], "go.sum", Pin::Digest),
    (&["dotnet"], "restore", &["--locked-mode"], "packages.lock.json", Pin::Digest),
    (&["bundle"], "install", &["--frozen", "--deployment"], "Gemfile.lock", Pin::Version),
    (&["cargo"], "fetch", &["--locked"], "Cargo.lock", Pin::Digest),
];

impl Told<'_> {
    pub(super) fn packages(&mut self, call: &Call) {
        let Some(mut program) = call.program() else { return };
        let mut words: Vec<&str> = call.rest().iter().map(crate::shell::Argument::text).collect();
        if matches!(program, "docker" | "podman" | "nerdctl") {
            return self.images(call, &words);
        }
        // `python -m pip install`.
        if let (true, Some(at)) = (program.starts_with("python"), words.iter().position(|word| *word == "-m")) {
            words.drain(..=at);
            if words.first() != Some(&"pip") {
                return;
            }
            words.remove(0);
            program = "pip";
        }
        if program == "uv" && words.first() == Some(&"pip") {
            words.remove(0);
            program = "pip";
        }
        if matches!(program, "npx" | "bunx" | "pipx" | "uvx") && !words.is_empty() && words.first() != Some(&"install")
        {
            return self.once(program, &words, call);
        }
        let locked = self.locked(program, &words, call);
        let installer = INSTALLERS.iter().find(|installer| installer.programs.contains(&program));
        if let (Some(installer), false) = (installer, locked) {
            self.named_packages(installer, &words, call);
        }
    }

    fn named_packages(&mut self, installer: &Installer, words: &[&str], call: &Call) {
        let Some(at) = words.iter().position(|word| installer.verbs.is_empty() || installer.verbs.contains(word))
        else {
            return;
        };
        if words.iter().take(at).any(|word| !word.starts_with('-')) && installer.word != "choco" {
            return;
        }
        let mut rest = words.iter().skip(at + usize::from(!installer.verbs.is_empty()));
        let of = |flag: &[&str]| words.iter().position(|word| flag.contains(word)).and_then(|at| words.get(at + 1));
        let said = of(&["--version", "-v", "-RequiredVersion"]).copied().unwrap_or_default();
        let mut sources = false;
        while let Some(word) = rest.next() {
            if installer.valued.contains(word) {
                if let (true, Some(file)) = (matches!(*word, "-r" | "--requirement"), rest.next()) {
                    let hashes = words.contains(&"--require-hashes");
                    self.code(CodeKind::Package, "pip", file, if hashes { Pin::Digest } else { Pin::Moving }, call);
                    sources = true;
                }
                continue;
            }
            if word.starts_with('-') || matches!(*word, "install" | "." | "update") && installer.word != "brew" {
                continue;
            }
            let word = word.trim_matches(['"', '\'']);
            // A scope's sign is no version's.
            let from = usize::from(word.starts_with('@'));
            let cut = installer.between.iter().find_map(|sign| {
                let at = word.get(from..)?.find(sign)? + from;
                Some((word.get(..at)?, *sign, word.get(at + sign.len()..)?))
            });
            let (name, sign, version) = cut.unwrap_or((word, "", said));
            if name.is_empty() || name.starts_with(['.', '/']) {
                continue;
            }
            sources = true;
            let pin = match version {
                "" | "latest" | "next" => Pin::None,
                version if version.contains('$') => Pin::Made,
                version
                    if matches!(sign, ">=" | "~=" | "<=" | ">" | "<" | "!=")
                        || version.starts_with(['^', '~', '>', '<', '*']) =>
                {
                    Pin::Moving
                }
                version
                    if is_exact(version)
                        || matches!(installer.word, "apt" | "pip" | "gem" | "choco" | "powershell") =>
                {
                    Pin::Version
                }
                _ => Pin::Moving,
            };
            let pin = if name.contains('$') { Pin::Made } else { pin };
            let kind = if name == "pulumi" && installer.word != "pip" && installer.word != "npm" {
                CodeKind::Tool
            } else {
                CodeKind::Package
            };
            let name = if kind == CodeKind::Tool { "pulumi".to_owned() } else { format!("{}:{name}", installer.word) };
            self.code(kind, &name, version, pin, call);
        }
        let scripts = matches!(installer.word, "npm") && !words.contains(&"--ignore-scripts")
            || installer.word == "pip" && !words.iter().any(|word| word.starts_with("--only-binary"));
        if scripts && sources {
            self.deed(DeedKind::InstallScripts, Value::literal(call.words()), call.range.clone());
        }
    }

    /// An installation of what a file of the repository lists.
    fn locked(&mut self, program: &str, words: &[&str], call: &Call) -> bool {
        let plain: Vec<&&str> = words.iter().filter(|word| !word.starts_with('-')).collect();
        let verb = plain.first().map_or("", |word| **word);
        let verb = if program == "yarn" && verb.is_empty() && !words.contains(&"--version") { "install" } else { verb };
        if matches!(program, "mvn" | "mvnw" | "gradle" | "gradlew") {
            let file = if program.starts_with('m') { "pom.xml" } else { "build.gradle" };
            self.code(CodeKind::Package, program, file, Pin::Version, call);
            return true;
        }
        let Some((_, _, flags, file, pin)) =
            LOCKED.iter().find(|(programs, word, ..)| programs.contains(&program) && *word == verb)
        else {
            return false;
        };
        // With names behind it, it installs those.
        if plain.len() > 1 && !matches!(program, "go" | "dotnet" | "poetry" | "uv")
            || verb == "mod" && plain.get(1).is_none_or(|word| **word != "download")
        {
            return false;
        }
        let frozen = flags.is_empty() || flags.iter().any(|flag| words.contains(flag));
        let pin = if frozen { *pin } else { Pin::Moving };
        self.code(CodeKind::Package, program, file, pin, call);
        let quiet = words.iter().any(|word| matches!(*word, "--ignore-scripts" | "--mode=skip-build" | "--no-scripts"));
        if matches!(program, "npm" | "pnpm" | "yarn" | "bun") && !quiet {
            self.deed(DeedKind::InstallScripts, Value::literal(call.words()), call.range.clone());
        }
        true
    }

    /// `npx x`: fetched and run at once.
    fn once(&mut self, program: &str, words: &[&str], call: &Call) {
        let named = words
            .iter()
            .position(|word| matches!(*word, "-p" | "--package" | "--from"))
            .and_then(|at| words.get(at + 1));
        let first = words.iter().find(|word| !word.starts_with('-') && **word != "run");
        let Some(word) = named.or(first) else { return };
        if words.contains(&"--no-install") || words.contains(&"--no") {
            return;
        }
        let from = usize::from(word.starts_with('@'));
        let sign = if program.ends_with("px") && program != "npx" || program == "uvx" { "==" } else { "@" };
        let at = word.get(from..).and_then(|rest| rest.find(sign)).map(|at| at + from);
        let (name, version) = match at {
            Some(at) => (word.get(..at).unwrap_or(""), word.get(at + sign.len()..).unwrap_or("")),
            None => (*word, ""),
        };
        let pin = match version {
            "" | "latest" => Pin::None,
            version if version.contains('$') => Pin::Made,
            version if is_exact(version) => Pin::Version,
            _ => Pin::Moving,
        };
        let kind = if program == "npx" || program == "bunx" { "npm" } else { "pip" };
        self.code(CodeKind::Package, &format!("{kind}:{name}"), version, pin, call);
    }

    /// Images that a script pulls or runs.
    fn images(&mut self, call: &Call, words: &[&str]) {
        if words.contains(&"exec") || !words.iter().any(|word| matches!(*word, "run" | "pull")) {
            return;
        }
        let pull = words.first() == Some(&"pull");
        let at = if pull {
            call.arguments.iter().skip(2).position(|word| !word.text().starts_with('-')).map(|at| at + 2)
        } else {
            image(call)
        };
        let Some(reference) = at.and_then(|at| call.arguments.get(at)) else { return };
        let text = reference.text();
        let (name, version) = match text.split_once('@') {
            Some(parts) => parts,
            None => match text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
                Some(parts) => parts,
                None => (text, ""),
            },
        };
        let pin = match version {
            _ if text.contains('$') => Pin::Made,
            version if version.starts_with("sha256:") && version.len() == 71 => Pin::Digest,
            "" | "latest" => Pin::None,
            version if is_exact(version) => Pin::Version,
            _ => Pin::Moving,
        };
        self.code(CodeKind::Image, name, version, pin, call);
    }

    pub(super) fn code(&mut self, kind: CodeKind, name: &str, version: &str, pin: Pin, call: &Call) {
        let place = self.place(call.range.clone());
        let code = Code { kind, name: name.to_owned(), version: version.to_owned(), pin, comment: None, place };
        self.add(code);
    }
}
