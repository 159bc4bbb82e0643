//! Programs that run another one: the other one is what counts.
//!
//! What must hold: a wrapper's own options are never taken for the program; one that is not known here is left as it is,
//! unless a word of its is Pulumi itself.

use std::ops::Range;

use super::call::{Argument, Call};
use super::{Dialect, Scope};

/// What a command runs in turn.
pub(super) enum Inner {
    None,
    Call(Call),
    /// A text as a script: whether in a shell of its own.
    Text {
        text: String,
        range: Range<usize>,
        own: bool,
        dialect: Dialect,
    },
}

/// A wrapper: its options that take a value as a word of their own, and how many words come before the program.
struct Wrapper {
    name: &'static str,
    valued: &'static [&'static str],
    skip: usize,
}

const fn wrapper(name: &'static str, valued: &'static [&'static str], skip: usize) -> Wrapper {
    Wrapper { name, valued, skip }
}

const WRAPPERS: &[Wrapper] = &[
    wrapper(
        "sudo",
        &["-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "-D", "--chdir", "-r", "-t"],
        0,
    ),
    wrapper("doas", &["-u", "-C"], 0),
    wrapper("env", &["-u", "--unset", "-C", "--chdir", "-S", "--split-string"], 0),
    wrapper("timeout", &["-s", "--signal", "-k", "--kill-after"], 1),
    wrapper("gtimeout", &["-s", "--signal", "-k", "--kill-after"], 1),
    wrapper("exec", &["-a"], 0),
    wrapper("builtin", &[], 0),
    wrapper("time", &["-f", "-o"], 0),
    wrapper("nohup", &[], 0),
    wrapper("setsid", &[], 0),
    wrapper("nice", &["-n", "--adjustment"], 0),
    wrapper("ionice", &["-c", "-n", "-p"], 0),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0),
    wrapper("unbuffer", &[], 0),
    wrapper(
        "xargs",
        &["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s", "--max-args", "--max-procs", "--delimiter", "--replace"],
        0,
    ),
    wrapper("flock", &["-w", "--timeout", "-E"], 1),
    wrapper("chronic", &[], 0),
    wrapper("chroot", &["--userspec", "--groups"], 1),
    wrapper("caffeinate", &[], 0),
    wrapper("winpty", &[], 0),
    wrapper("corepack", &[], 0),
    wrapper("npx", &["-p", "--package"], 0),
    wrapper("bunx", &["-p", "--package"], 0),
    wrapper("call", &[], 0),
    wrapper("start", &["-d"], 0),
    wrapper("Start-Process", &[], 0),
    wrapper("&", &[], 0),
];

/// Wrappers of two words.
const PAIRS: &[(&str, &str)] = &[
    ("poetry", "run"),
    ("uv", "run"),
    ("pipenv", "run"),
    ("pdm", "run"),
    ("hatch", "run"),
    ("rye", "run"),
    ("conda", "run"),
    ("bundle", "exec"),
    ("yarn", "exec"),
    ("pnpm", "exec"),
    ("pnpm", "dlx"),
    ("yarn", "dlx"),
    ("npm", "exec"),
    ("direnv", "exec"),
];

/// Programs whose own words end at `--`.
const DASHED: &[&str] = &[
    "aws-vault",
    "doppler",
    "op",
    "infisical",
    "chamber",
    "mise",
    "asdf",
    "rtx",
    "dotenv",
    "dotenvx",
    "envconsul",
    "esc",
    "pulumi",
    "nix",
    "devbox",
    "teller",
    "vault",
    "kubectl",
    "nix-shell",
    "pixi",
    "direnv",
    "npm",
    "sops",
    "retry",
    "wait-for-it",
    "dagger",
];

/// Programs that print their words, look for them, or fetch what they name: a name among their words runs nothing.
const INERT: &[&str] = &[
    "echo",
    "printf",
    "grep",
    "egrep",
    "rg",
    "which",
    "type",
    "command",
    "hash",
    "where",
    "whereis",
    "man",
    "cat",
    "ls",
    "rm",
    "mv",
    "cp",
    "ln",
    "chmod",
    "chown",
    "mkdir",
    "test",
    "[",
    "[[",
    "apt",
    "apt-get",
    "apk",
    "yum",
    "dnf",
    "brew",
    "choco",
    "winget",
    "scoop",
    "npm",
    "pnpm",
    "yarn",
    "pip",
    "pip3",
    "asdf",
    "mise",
    "gh",
    "git",
    "curl",
    "wget",
    "tar",
    "unzip",
    "export",
    "cd",
    "pulumi",
    "docker",
    "podman",
    "find",
    "sed",
    "awk",
    "tee",
    "touch",
    "install",
    "go",
    "nix",
    "Write-Host",
    "Write-Output",
    "set",
    ":",
    "pushd",
    "rsync",
    "aws",
    "gsutil",
    "zip",
    "chgrp",
    "stat",
    "file",
    "du",
    "read",
    "jq",
    "yq",
    "alias",
    "unset",
    "local",
];

pub(super) fn unwrapped(call: &Call, scope: &Scope<'_>, dialect: Dialect) -> Inner {
    let Some(program) = call.program() else {
        // `$SUDO apt-get …`: whatever stands in the variable, the next word may be the program.
        return match call.rest().first() {
            Some(next) if next.tail.starts_with(|c: char| c.is_ascii_lowercase()) => inner(call, 1, &[]),
            _ => Inner::None,
        };
    };
    if let Some(text) = as_text(call, program, dialect) {
        return text;
    }
    if program == "command" {
        let queries = call.rest().iter().any(|word| matches!(word.text(), "-v" | "-V"));
        return if queries { Inner::None } else { inner(call, skipped(call, 1, &[]), &[]) };
    }
    if scope.is_function(program) {
        return mention(call);
    }
    if let Some(wrapper) = WRAPPERS.iter().find(|wrapper| wrapper.name == program) {
        let mut at = skipped(call, 1, wrapper.valued) + wrapper.skip;
        let mut assigned = Vec::new();
        while let Some(word) = call.arguments.get(at).filter(|_| matches!(program, "env" | "sudo")) {
            let Some((name, _)) = word.text().split_once('=') else { break };
            assigned.push((name.to_owned(), valued(word, name.len() + 1)));
            at += 1;
        }
        return inner(call, at, &assigned);
    }
    let second = call.rest().first().map_or("", Argument::text);
    if PAIRS.contains(&(program, second)) {
        let at = skipped(
            call,
            2,
            &["-p", "--package", "--with", "--python", "--extra", "--group", "-n", "--project", "--directory"],
        );
        return inner(call, at + usize::from(program == "direnv"), &[]);
    }
    if matches!(program, "docker" | "podman" | "nerdctl") {
        return match image(call) {
            Some(at) => inner(call, at + 1, &[]),
            None => Inner::None,
        };
    }
    if program == "find" {
        let at = call.arguments.iter().position(|word| matches!(word.text(), "-exec" | "-execdir" | "-ok"));
        return at.map_or(Inner::None, |at| inner(call, at + 1, &[]));
    }
    if DASHED.contains(&program) {
        let at = call.arguments.iter().position(|word| word.text() == "--");
        return at.map_or_else(|| Inner::None, |at| inner(call, at + 1, &[]));
    }
    if INERT.contains(&program) { Inner::None } else { mention(call) }
}

/// Another program with Pulumi among its words: `retry 3 pulumi up`.
fn mention(call: &Call) -> Inner {
    let at = call.arguments.iter().skip(1).position(|word| {
        let name = word.tail.rsplit('/').next().unwrap_or("");
        word.range.start > 0 && name == "pulumi" && !word.text().contains(' ')
    });
    at.map_or(Inner::None, |at| inner(call, at + 1, &[]))
}

/// The place of the image among the words of `docker run`.
pub(crate) fn image(call: &Call) -> Option<usize> {
    const BARE: &[&str] = &[
        "--rm",
        "-i",
        "-t",
        "-it",
        "-ti",
        "-d",
        "--detach",
        "--init",
        "--privileged",
        "--read-only",
        "--interactive",
        "--tty",
        "-P",
        "--publish-all",
        "--no-healthcheck",
        "--oom-kill-disable",
        "--sig-proxy",
        "-dit",
        "-itd",
    ];
    let run = call.arguments.iter().take(3).position(|word| matches!(word.text(), "run" | "exec"))?;
    let mut at = run + 1;
    while let Some(word) = call.arguments.get(at) {
        let text = word.text();
        if !text.starts_with('-') {
            return Some(at);
        }
        at += if BARE.contains(&text) || text.contains('=') { 1 } else { 2 };
    }
    None
}

/// The first word at or behind a position that is neither an option nor an option's value.
fn skipped(call: &Call, from: usize, valued: &[&str]) -> usize {
    let mut at = from;
    while let Some(word) = call.arguments.get(at) {
        let text = word.text();
        if text == "--" {
            return at + 1;
        }
        if !text.starts_with('-') || text == "-" {
            break;
        }
        at += if valued.contains(&text) { 2 } else { 1 };
    }
    at
}

fn inner(call: &Call, at: usize, assigned: &[(String, Argument)]) -> Inner {
    let arguments: Vec<Argument> = call.arguments.get(at..).unwrap_or(&[]).to_vec();
    let Some(first) = arguments.first() else { return Inner::None };
    let range = first.range.start.max(call.range.start)..call.range.end;
    let mut assignments = call.assignments.clone();
    assignments.extend_from_slice(assigned);
    Inner::Call(Call { arguments, assignments, redirects: Vec::new(), range, ..call.clone() })
}

/// A word's text from a byte on, as a value of its own.
fn valued(word: &Argument, from: usize) -> Argument {
    let text = word.text().get(from..).unwrap_or("").to_owned();
    let value = match &word.value {
        crate::Value::Literal(_) => crate::Value::Literal(text),
        crate::Value::Made(_, control) => crate::Value::Made(text, *control),
    };
    Argument { value, ..word.clone() }
}

/// Whether a program is a shell.
pub(crate) fn is_shell(program: &str) -> bool {
    matches!(program, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "pwsh" | "powershell" | "cmd")
}

/// A text that the command runs as a script.
fn as_text(call: &Call, program: &str, dialect: Dialect) -> Option<Inner> {
    let text = |argument: &Argument, own: bool, dialect: Dialect| {
        Some(Inner::Text { text: argument.text().to_owned(), range: argument.range.clone(), own, dialect })
    };
    match program {
        "eval" | "Invoke-Expression" | "iex" => {
            let words: Vec<&str> = call.rest().iter().map(Argument::text).collect();
            let first = call.rest().first()?;
            Some(Inner::Text { text: words.join(" "), range: first.range.start..call.range.end, own: false, dialect })
        }
        "trap" => {
            let first = call.rest().iter().find(|word| word.text() != "--")?;
            if matches!(first.text(), "" | "-") || first.text().starts_with('-') {
                None
            } else {
                text(first, true, dialect)
            }
        }
        "su" | "runuser" | "nix-shell" | "script" => {
            let at = call.rest().iter().position(|word| matches!(word.text(), "-c" | "--command" | "--run"))?;
            text(call.rest().get(at + 1)?, true, Dialect::Posix)
        }
        "cmd" => {
            let at = call.rest().iter().position(|word| word.text().eq_ignore_ascii_case("/c"))?;
            text(call.rest().get(at + 1)?, true, Dialect::Batch)
        }
        "pwsh" | "powershell" => {
            let at = call.rest().iter().position(|word| {
                let word = word.text().to_ascii_lowercase();
                matches!(word.as_str(), "-c" | "-command")
            })?;
            text(call.rest().get(at + 1)?, true, Dialect::PowerShell)
        }
        program if is_shell(program) => {
            let at = call.rest().iter().position(|word| {
                let word = word.text();
                word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
            });
            if let Some(at) = at {
                return text(call.rest().get(at + 1)?, true, Dialect::Posix);
            }
            if call.rest().iter().any(|word| !word.text().starts_with('-')) {
                return None;
            }
            let fed = call.redirects.iter().find(|redirect| matches!(redirect.operator, "<<" | "<<-" | "<<<"))?;
            text(fed.body.as_ref().unwrap_or(&fed.target), true, Dialect::Posix)
        }
        _ => None,
    }
}
