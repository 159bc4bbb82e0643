//! What a script prints or hands to others that it should not, and text of strangers in it.
//!
//! What must hold: only what is certain from the text; a test for a secret's presence is no leak of it.

use super::Told;
use crate::model::{Aspect, DeedKind};
use crate::place::Place;
use crate::shell::{Argument, Call, Scope, is_shell};
use crate::value::{Control, Value};

/// Commands of the shell itself: their words are no process's arguments.
const BUILTINS: &[&str] = &[
    "echo",
    "printf",
    "export",
    "declare",
    "local",
    "readonly",
    "typeset",
    "test",
    "[",
    "[[",
    ":",
    "read",
    "set",
    "unset",
    "return",
    "exit",
    "eval",
    "source",
    ".",
    "cd",
    "if",
    "case",
    "Write-Host",
    "Write-Output",
    "((",
    "trap",
    "shift",
];

impl Told<'_> {
    pub(super) fn deeds(&mut self, call: &Call, scope: &Scope<'_>) {
        for (name, argument) in &call.assignments {
            self.sets(name, argument, call);
        }
        let Some(program) = call.program() else { return };
        self.expansions(call, program, scope);
        let words: Vec<&str> = call.rest().iter().map(Argument::text).collect();
        match program {
            "export" | "declare" | "setx" => {
                for argument in call.rest() {
                    if let Some((name, _)) = argument.text().split_once('=') {
                        let value = super::flags::cut(argument, name.len() + 1);
                        let mut argument = argument.clone();
                        argument.value = value;
                        self.sets(name, &argument, call);
                    }
                }
                if words.first() == Some(&"-p") && words.len() == 1 {
                    self.printed(DeedKind::PrintsEnvironment, "export -p", call);
                }
            }
            "set" if words.iter().any(|word| traces(word)) || words.windows(2).any(|pair| pair == ["-o", "xtrace"]) => {
                self.deed(DeedKind::Trace, Value::literal("set -x"), call.range.clone());
            }
            "set" if words.is_empty() => self.printed(DeedKind::PrintsEnvironment, "set", call),
            "Set-PSDebug" => self.deed(DeedKind::Trace, Value::literal("Set-PSDebug"), call.range.clone()),
            program if is_shell(program) && words.iter().any(|word| traces(word)) => {
                self.deed(DeedKind::Trace, Value::literal(format!("{program} -x")), call.range.clone());
            }
            "env" | "printenv" if words.iter().all(|word| word.starts_with('-')) => {
                self.printed(DeedKind::PrintsEnvironment, program, call);
            }
            "printenv" => {
                for argument in call.rest() {
                    if self.secret(argument.text()) {
                        self.printed(DeedKind::PrintsSecret, argument.text(), call);
                    }
                }
            }
            "gci" | "Get-ChildItem" | "dir"
                if words.first().is_some_and(|word| word.to_ascii_lowercase().starts_with("env:")) =>
            {
                self.printed(DeedKind::PrintsEnvironment, program, call);
            }
            "echo" | "printf" | "Write-Host" | "Write-Output" => self.echoed(call),
            "circleci" if words.starts_with(&["run", "oidc", "get"]) => {
                self.deed(DeedKind::AsksOidcToken, Value::literal("circleci run oidc get"), call.range.clone());
                self.printed(DeedKind::PrintsSecret, "circleci run oidc get", call);
            }
            _ => {}
        }
        if !BUILTINS.contains(&program) && !scope.is_function(program) {
            self.arguments_of(call, program);
        }
    }

    /// A variable that changes what Pulumi does.
    fn sets(&mut self, name: &str, argument: &Argument, call: &Call) {
        if !name.starts_with("PULUMI_")
            && !matches!(name, "NODE_OPTIONS" | "LD_PRELOAD" | "BASH_ENV" | "NODE_TLS_REJECT_UNAUTHORIZED")
        {
            return;
        }
        let text = if self.secret(name) { "(secret)" } else { argument.text() };
        let text = format!("{name}={text}");
        let what = match &argument.value {
            Value::Literal(_) => Value::Literal(text),
            Value::Made(_, control) => Value::Made(text, *control),
        };
        self.deed(DeedKind::SetsPulumi, what, call.range.clone());
    }

    /// What goes to the job's log.
    fn printed(&mut self, kind: DeedKind, what: &str, call: &Call) {
        let elsewhere = call.redirects.iter().any(|redirect| {
            matches!(redirect.operator, ">" | ">>" | ">|" | "&>" | "&>>")
                && redirect.target.text() != "/dev/stderr"
                && redirect.target.text() != "/dev/stdout"
        });
        if !(elsewhere || call.into_pipe || call.captured) {
            self.deed(kind, Value::literal(what), call.range.clone());
        }
    }

    fn echoed(&mut self, call: &Call) {
        for argument in call.rest() {
            let masks = ["::add-mask::", "issecret=true", "##vso[task.setsecret"];
            if masks.iter().any(|mask| argument.text().contains(mask)) {
                return;
            }
            for name in &argument.names {
                // `${#TOKEN}` and `${TOKEN:+set}` say nothing of it.
                let whole =
                    argument.text().contains(name.as_str()) && !argument.text().contains(&format!("{{{name}:+"));
                if whole && self.secret(name) {
                    self.printed(DeedKind::PrintsSecret, name, call);
                }
            }
        }
    }

    /// Tokens among the arguments of another program.
    fn arguments_of(&mut self, call: &Call, program: &str) {
        for argument in call.rest() {
            // What a login is given, the login's reader says.
            if program == "pulumi" && call.rest().first().is_some_and(|word| word.text() == "login") {
                return;
            }
            if argument.value.as_literal().is_some() || argument.text().starts_with("file://") {
                continue;
            }
            let Some(name) = argument.names.iter().find(|name| self.secret(name)) else { continue };
            let text = format!("{program} ${name}");
            self.deed(DeedKind::TokenInArguments, Value::literal(text), call.range.clone());
        }
    }

    /// Whether a variable holds a secret, by what the job gives it or by its name.
    fn secret(&self, name: &str) -> bool {
        if self.asked.given(name) {
            return !name.ends_with("_FILE") && !name.ends_with("_URL") && !name.ends_with("_URI");
        }
        let name = name.to_ascii_uppercase();
        let harmless = [
            "_FILE",
            "_PATH",
            "_SECONDS",
            "_URL",
            "_URI",
            "_ID",
            "_NAME",
            "_DIR",
            "_TYPE",
            "_ARN",
            "_EXPIRATION",
            "_ENDPOINT",
            "_VERSION",
            "_COUNT",
        ];
        let secret = [
            "TOKEN",
            "SECRET",
            "PASSWORD",
            "PASSWD",
            "PASSPHRASE",
            "PRIVATE_KEY",
            "ACCESS_KEY",
            "API_KEY",
            "APIKEY",
            "JWT",
        ];
        !harmless.iter().any(|end| name.ends_with(end)) && secret.iter().any(|word| name.contains(word))
    }

    /// Expansions that a shell reads as text of the script or splits into words.
    fn expansions(&mut self, call: &Call, program: &str, scope: &Scope<'_>) {
        let code_at = match program {
            "eval" | "Invoke-Expression" | "iex" => Some(1),
            program if is_shell(program) => {
                let at = call.arguments.iter().position(|word| {
                    let word = word.text();
                    word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
                });
                at.map(|at| at + 1)
            }
            _ => None,
        };
        if let Some(from) = code_at {
            for argument in call.arguments.get(from..).unwrap_or(&[]) {
                self.embed(&argument.value, true, argument.range.clone());
                let text = argument.text();
                let hidden = matches!(&argument.value, Value::Made(_, control) if *control != Control::System || !argument.runs.is_empty());
                let fetched =
                    argument.runs.clone().filter_map(|number| self.told(number)).any(|call| call.program().is_some());
                // Text with a program of its own at its begin is read; what is made as a whole hides it.
                if hidden && !fetched && text.starts_with(['$', '`']) && !positional(text, scope) {
                    self.undecided(
                        Aspect::Code,
                        format!("`{}` runs text that is made when it runs", call.words()),
                        call.range.clone(),
                    );
                }
            }
            return;
        }
        // A test splits nothing that matters, and `[[` nothing at all.
        if program != "[[" {
            for argument in &call.arguments {
                for value in &argument.unquoted {
                    self.embed(value, false, argument.range.clone());
                }
            }
        }
    }
}

/// Whether a text is a function's own words, handed on; they are read where it is called.
pub(super) fn positional(text: &str, scope: &Scope<'_>) -> bool {
    scope.in_function()
        && text
            .strip_prefix('$')
            .is_some_and(|name| name.starts_with(['@', '*', '1', '2', '3', '4', '5', '6', '7', '8', '9']))
}

/// Whether a word of a shell prints each command: `-x`, `-eux`.
pub(super) fn traces(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or("");
    word == "xtrace"
        || !letters.is_empty()
            && letters.contains('x')
            && letters.bytes().all(|b| b.is_ascii_lowercase())
            && letters.len() < 8
}

/// A token of Pulumi Cloud that stands in the script itself.
pub(super) fn literal_token(text: &str, told: &mut Told<'_>) {
    for (at, _) in text.match_indices("pul-").take(64) {
        let digits = text.get(at + 4..).unwrap_or("").bytes().take_while(u8::is_ascii_hexdigit).count();
        if digits >= 40 {
            let place: Place = told.place(at..at + 4 + digits);
            told.found.literals.push((0, place));
        }
    }
}
