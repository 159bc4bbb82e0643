//! Programs that run code of the repository, and those that nobody can tell.
//!
//! What must hold: an ordinary program is not in doubt; a command whose very name is made at run time is.

use super::Told;
use crate::model::{Aspect, DeedKind};
use crate::shell::{Call, Scope, is_shell};
use crate::value::Value;

/// Programs that run what the repository says, whatever their words.
const RUNNERS: &[&str] = &[
    "make",
    "gmake",
    "just",
    "task",
    "mage",
    "rake",
    "tox",
    "nox",
    "pytest",
    "invoke",
    "fastlane",
    "pre-commit",
    "earthly",
    "bazel",
    "bazelisk",
    "nx",
    "turbo",
    "lerna",
    "mvn",
    "mvnw",
    "gradle",
    "gradlew",
    "sbt",
    "ansible-playbook",
    "cdk",
    "sls",
    "serverless",
    "terraform",
    "tofu",
    "terragrunt",
    "ts-node",
    "tsx",
    "jest",
    "vitest",
    "mocha",
    "gulp",
    "grunt",
    "rush",
    "ant",
    "msbuild",
    "act",
    "nix-build",
    "cmake",
    "ninja",
    "skaffold",
    "tilt",
    "helmfile",
    "packer",
    "semantic-release",
    "goreleaser",
    "composer",
    "pulumi-runner",
];

/// Programs that do so with one of these words.
const WITH: &[(&str, &[&str])] = &[
    ("npm", &["run", "run-script", "test", "start", "t", "build", "publish", "pack"]),
    ("pnpm", &["run", "test", "start", "build", "publish", "exec"]),
    ("bun", &["run", "test", "build"]),
    ("deno", &["run", "task", "test"]),
    ("go", &["run", "test", "generate", "tool"]),
    ("cargo", &["run", "build", "test", "xtask", "bench", "check", "clippy"]),
    ("dotnet", &["run", "build", "test", "publish", "msbuild", "pack"]),
    ("docker", &["build", "compose", "buildx", "bake"]),
    ("podman", &["build"]),
    ("mix", &["run", "test", "compile"]),
    ("bundle", &["exec"]),
];

/// Words of `yarn` that are its own.
const YARN: &[&str] = &[
    "install",
    "add",
    "config",
    "cache",
    "set",
    "--version",
    "-v",
    "global",
    "dlx",
    "info",
    "why",
    "audit",
    "version",
];

impl Told<'_> {
    pub(super) fn programs(&mut self, call: &Call, scope: &Scope<'_>) {
        let Some(first) = call.arguments.first() else { return };
        let Some(program) = call.program() else {
            return self.unknown(call, scope);
        };
        if scope.is_function(program) {
            return;
        }
        let words: Vec<&str> = call.rest().iter().map(crate::shell::Argument::text).collect();
        let second = words.iter().find(|word| !word.starts_with('-')).copied().unwrap_or("");
        let text = first.text();
        let relative =
            text.contains('/') && !text.starts_with(['/', '$', '~']) && !text.starts_with("node_modules/.bin/");
        let of_venv = text.contains("venv/bin/");
        let script = |word: &str| !word.is_empty() && !word.starts_with(['-', '<', '/']) && word != "-";
        let runs = relative && !of_venv && !text.contains("://")
            || text.starts_with("$GITHUB_WORKSPACE/")
            || text.starts_with("$CI_PROJECT_DIR/")
            || text.starts_with("$WORKSPACE/")
            || text.starts_with('.') && text.contains('\\')
            || RUNNERS.contains(&program)
            || WITH.iter().any(|(name, words)| *name == program && words.contains(&second))
            || program == "yarn" && !second.is_empty() && !YARN.contains(&second)
            || matches!(
                program,
                "source"
                    | "."
                    | "python"
                    | "python3"
                    | "node"
                    | "ruby"
                    | "perl"
                    | "php"
                    | "deno"
                    | "bun"
                    | "Rscript"
                    | "groovy"
                    | "lua"
            ) && script(second)
                && !words.iter().any(|word| matches!(*word, "-c" | "-e" | "-m" | "-V" | "--version"))
            || is_shell(program) && script(second) && !as_text(&words) && !words.contains(&"-s");
        let inline = matches!(program, "python" | "python3" | "node" | "ruby" | "perl" | "php")
            && (words.iter().any(|word| matches!(*word, "-c" | "-e"))
                || call.redirects.iter().any(|redirect| redirect.body.is_some()));
        if runs || inline {
            self.deed(DeedKind::RepositoryCode, Value::literal(call.words()), call.range.clone());
        }
        // `sh "$X"`: the file itself is made.
        let hidden = is_shell(program) || matches!(program, "source" | ".");
        if let Some(argument) =
            call.rest().iter().find(|word| !word.text().starts_with('-')).filter(|_| hidden && !as_text(&words))
        {
            let whole = argument.value.as_literal().is_none() && !argument.tail.contains(['/', '.']);
            let fetched = !argument.runs.is_empty();
            // What earlier steps of the job wrote for later ones; the channel is a fact of its own.
            let channel = matches!(argument.text(), "$BASH_ENV" | "${BASH_ENV}");
            if whole && !fetched && !channel && !super::deeds::positional(argument.text(), scope) {
                self.undecided(
                    Aspect::Code,
                    format!("`{}` runs a file whose name is made when it runs", call.words()),
                    call.range.clone(),
                );
            }
        }
        if program == "git" {
            self.git(call, &words);
        }
        // `gh pr checkout`, `glab mr checkout`.
        if matches!(program, "gh" | "glab") && matches!(words.as_slice(), ["pr" | "mr", "checkout", ..]) {
            self.gets(call);
        }
    }

    /// A command whose name is made at run time.
    fn unknown(&mut self, call: &Call, scope: &Scope<'_>) {
        let Some(first) = call.arguments.first() else { return };
        let text = first.text();
        let harmless = super::deeds::positional(text, scope)
            // What the output of a program is, the `eval` around it says.
            || call.again && text.starts_with("$(")
            || text.eq_ignore_ascii_case("$sudo")
            // An optional word in front, empty or a wrapper: `${DRY_RUN:+echo} pulumi up`.
            || text.contains(":+") && call.arguments.len() > 1
            // An interpreter of the environment's choice: its argument is what it runs.
            || matches!(text, "$SHELL" | "$PYTHON" | "$CC" | "$MAKE" | "$?");
        // PowerShell's own words begin with variables: `$x.Foo()`, `$x += 1`.
        let operator = call.rest().first().is_some_and(|word| matches!(word.text(), "=" | "+=" | "-eq" | "|"));
        if !harmless && !operator && !text.contains('.') {
            self.undecided(
                Aspect::Code,
                format!("the command `{}` is made when it runs", call.words()),
                call.range.clone(),
            );
        }
    }

    fn git(&mut self, call: &Call, words: &[&str]) {
        let plain: Vec<&&str> = words.iter().filter(|word| !word.starts_with('-')).collect();
        let Some(verb) = plain.first() else { return };
        let fetches = matches!(
            **verb,
            "clone" | "fetch" | "pull" | "merge" | "submodule" | "worktree" | "cherry-pick" | "am" | "apply" | "bundle"
        );
        let moves =
            matches!(**verb, "checkout" | "switch" | "reset" | "restore") && !words.contains(&"-b") && plain.len() > 1;
        if fetches || moves {
            self.gets(call);
        }
    }

    fn gets(&mut self, call: &Call) {
        let worst = call.arguments.iter().map(|argument| argument.value.control()).max();
        let literal = call.arguments.iter().all(|argument| argument.value.as_literal().is_some());
        let what = match worst {
            Some(control) if !literal => Value::Made(call.words(), control),
            _ => Value::Literal(call.words()),
        };
        self.deed(DeedKind::Checkout, what, call.range.clone());
    }
}

/// Whether a shell is given its script as a word.
fn as_text(words: &[&str]) -> bool {
    words.iter().any(|word| {
        word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
            || word.eq_ignore_ascii_case("-command")
            || word.eq_ignore_ascii_case("/c")
    })
}
