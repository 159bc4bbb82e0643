//! The Pulumi CLI: tokens that it asks for, and what it does.
//!
//! What must hold: an empty team is no team, since the CLI then asks for the organization's token; without a URL the checkout
//! may decide where a token goes. Source: `pkg/cmd/pulumi/auth/login.go` and `pulumi.go` of pulumi/pulumi.

use super::Told;
use super::flags::Flags;
use crate::model::{Aspect, CodeKind, DeedKind, Mint, MintBy, Pin, TokenKind, Verb, VerbKind};
use crate::shell::{Call, Scope};
use crate::value::{Control, Value};

/// Flags with a value.
const VALUED: &[&str] = &[
    "--stack",
    "--cwd",
    "--message",
    "--target",
    "--replace",
    "--config",
    "--config-file",
    "--policy-pack",
    "--policy-pack-config",
    "--plan",
    "--save-plan",
    "--verbose",
    "--color",
    "--tracing",
    "--profiling",
    "--oidc-token",
    "--oidc-org",
    "--oidc-team",
    "--oidc-user",
    "--oidc-expiration",
    "--cloud-url",
    "--default-org",
    "--exclude",
    "--secrets-provider",
    "--copy-config-from",
    "--file",
    "--shell",
    "--method",
    "--input",
    "--header",
    "--field",
    "--raw-field",
    "--out",
    "--server",
    "--version",
    "--env",
    "--import-file",
    "--target-replace",
    "--parallel",
    "--name",
    "--cloud",
    "--organization",
    "--remote-env",
    "--remote-git-branch",
    "--remote-git-commit",
    "--remote-git-repo-dir",
    "--lifetime",
    "--format",
    "--body",
];

/// Flags that change nothing but what is shown.
const SHOWN: &[&str] = &[
    "--stack",
    "--message",
    "--color",
    "--emoji",
    "--json",
    "--suppress-progress",
    "--help",
    "--default-org",
    "--method",
];

fn long(letter: char) -> Option<&'static str> {
    Some(match letter {
        's' => "--stack",
        'y' => "--yes",
        'C' => "--cwd",
        'm' => "--message",
        't' => "--target",
        'f' => "--skip-preview",
        'r' => "--refresh",
        'c' => "--config",
        'd' => "--debug",
        'p' => "--parallel",
        'j' => "--json",
        'e' => "--emoji",
        'v' => "--verbose",
        'x' => "--exclude",
        'X' => "--method",
        'H' => "--header",
        'i' => "--interactive",
        _ => return None,
    })
}

impl Told<'_> {
    pub(super) fn pulumi(&mut self, call: &Call, scope: &Scope<'_>) {
        // The same letter says something else to some verbs.
        let says = |word: &str| call.rest().iter().any(|argument| argument.text() == word);
        let (select, remove, login) = (says("select"), says("rm"), says("login"));
        let letter = |letter: char| match letter {
            'c' if select => Some("--create"),
            'c' if login => Some("--cloud-url"),
            'f' if remove => Some("--force"),
            letter => long(letter),
        };
        let flags = Flags::of(call.rest(), VALUED, &letter);
        if flags.has("--logtostderr") || flags.has("--verbose") || flags.has("--tracing") {
            self.deed(DeedKind::PrintsRequests, Value::literal("pulumi"), call.range.clone());
        }
        if flags.has("--show-secrets") {
            self.deed(DeedKind::ShowsSecrets, Value::literal(verb_words(&flags)), call.range.clone());
        }
        let selected = || flags.get("--stack").cloned().or_else(|| call.variable("PULUMI_STACK", scope));
        let stack = selected().or_else(|| call.variable("PULUMI_OPTION_STACK", scope)).or_else(|| self.selected());
        let Some(first) = flags.words.first() else { return };
        if let Value::Made(text, _) = first {
            // A function that hands on its own words: they are read where it is called.
            if !(scope.in_function()
                && text.starts_with(['$'])
                && text.get(1..2).is_some_and(|sign| "@*123456789".contains(sign)))
            {
                let why = format!("what `pulumi {text}` does is made when it runs");
                self.undecided(Aspect::Code, why, call.range.clone());
                self.verb(VerbKind::Other(text.clone()), stack, &flags, 1, call);
            }
            return;
        }
        let second = flags.word(1).to_owned();
        let third = flags.words.get(2).cloned();
        match (first.text(), second.as_str()) {
            ("login", _) => self.login(call, &flags, scope),
            ("preview" | "pre", _) => self.verb(VerbKind::Preview, stack, &flags, 1, call),
            ("up" | "update" | "deploy", _) => self.verb(VerbKind::Up, stack, &flags, 1, call),
            ("watch", _) => self.verb(VerbKind::Up, stack, &flags, 0, call),
            ("destroy" | "down" | "dn", _) => self.verb(VerbKind::Destroy, stack, &flags, 1, call),
            ("refresh", _) => self.verb(VerbKind::Refresh, stack, &flags, 1, call),
            ("import" | "state" | "cancel", _) => self.verb(VerbKind::State, stack, &flags, 0, call),
            ("new", _) => self.verb(VerbKind::CreateStack, stack, &flags, 1, call),
            ("stack", "init") => self.verb(VerbKind::CreateStack, third.or(stack), &flags, 3, call),
            ("stack", "select") => {
                let named = third.or(stack);
                *self.selects = Some(named.clone());
                let kind = if flags.has("--create") {
                    VerbKind::CreateStack
                } else {
                    VerbKind::Other("stack select".to_owned())
                };
                self.verb(kind, named, &flags, 3, call);
            }
            ("stack", "rm" | "import" | "rename" | "change-secrets-provider" | "unselect") => {
                self.verb(VerbKind::State, third.or(stack), &flags, 0, call);
            }
            ("stack" | "logs" | "console", _) => self.verb(VerbKind::Read, stack, &flags, 0, call),
            ("config", "" | "get" | "refresh") => self.verb(VerbKind::Read, stack, &flags, 0, call),
            ("env", "open" | "run" | "get" | "ls") => self.environment(&flags, 2, call),
            ("deployment", "run") => {
                let stack = flags.words.get(3).cloned().or(stack);
                self.verb(VerbKind::Deployment, stack, &flags, 4, call);
            }
            ("api", _) => self.api(&flags, call),
            ("install", _) => {
                if !flags.has("--no-dependencies") {
                    self.deed(DeedKind::InstallScripts, Value::literal("pulumi install"), call.range.clone());
                }
                self.code(CodeKind::Package, "pulumi:plugins", "of the program", Pin::Version, call);
                self.verb(VerbKind::Other("install".to_owned()), stack, &flags, 1, call);
            }
            ("plugin", "install") => {
                let name = flags.words.get(3).map_or("of the program", Value::text);
                let version = flags.words.get(4).map_or("", Value::text);
                let pin = if version.is_empty() && name != "of the program" { Pin::None } else { Pin::Version };
                self.code(CodeKind::Package, &format!("pulumi:{name}"), version, pin, call);
            }
            ("version" | "about" | "whoami" | "help" | "gen-completion", _) => {}
            (verb, "") => self.verb(VerbKind::Other(verb.to_owned()), stack, &flags, 1, call),
            (verb, second) => self.verb(VerbKind::Other(format!("{verb} {second}")), stack, &flags, 2, call),
        }
    }

    /// The ESC CLI.
    pub(super) fn esc(&mut self, call: &Call) {
        let flags = Flags::of(call.rest(), VALUED, &long);
        match (flags.word(0), flags.word(1)) {
            ("open" | "run" | "get", _) => self.environment(&flags, 1, call),
            ("env", "open" | "run" | "get") => self.environment(&flags, 2, call),
            _ => {}
        }
    }

    fn environment(&mut self, flags: &Flags, at: usize, call: &Call) {
        self.verb(VerbKind::OpenEnvironment, flags.words.get(at).cloned(), flags, usize::MAX, call);
    }

    fn login(&mut self, call: &Call, flags: &Flags, scope: &Scope<'_>) {
        // Each flag is also read from a variable, since 3.208.0.
        let get = |flag: &str| {
            let variable =
                format!("PULUMI_OPTION_{}", flag.trim_start_matches('-').replace('-', "_").to_ascii_uppercase());
            flags.get(flag).cloned().or_else(|| call.variable(&variable, scope))
        };
        let said = |flag: &str| get(flag).filter(|value| value.as_literal() != Some(""));
        let url = flags.words.get(1).cloned();
        let url = url.or_else(|| flags.get("--cloud-url").cloned());
        let url =
            url.or_else(|| call.variable("PULUMI_BACKEND_URL", scope)).filter(|value| value.as_literal() != Some(""));
        let token = said("--oidc-token");
        if token.is_none() && !flags.flags.iter().any(|(flag, _)| flag.starts_with("--oidc-")) {
            let stack = None;
            let mut words = vec!["login".to_owned()];
            words.extend(url.iter().map(|url| url.text().to_owned()));
            return self.verb(VerbKind::Other(words.join(" ")), stack, flags, usize::MAX, call);
        }
        if let Some(token) = token.filter(|token| !token.text().starts_with("file://")) {
            self.deed(
                DeedKind::TokenInArguments,
                Value::Made(format!("--oidc-token {}", token.text()), token.control()),
                call.range.clone(),
            );
        }
        let (team, user) = (said("--oidc-team"), said("--oidc-user"));
        let kind = match (&team, &user) {
            (Some(_), _) => TokenKind::Team,
            (None, Some(_)) => TokenKind::Personal,
            (None, None) => TokenKind::Organization,
        };
        let seconds = said("--oidc-expiration").map(|value| match seconds(value.text()) {
            Some(number) if value.as_literal().is_some() => Value::literal(number.to_string()),
            _ => value,
        });
        let place = self.place(call.range.clone());
        let scope = user.map(|user| match user {
            Value::Literal(text) => Value::Literal(format!("user:{text}")),
            Value::Made(text, control) => Value::Made(format!("user:{text}"), control),
        });
        let organization = said("--oidc-org");
        self.found.mints.push(Mint {
            step: 0,
            by: MintBy::Login,
            kind,
            organization,
            team,
            scope,
            seconds,
            url,
            place,
        });
    }

    /// `pulumi api PATH`.
    fn api(&mut self, flags: &Flags, call: &Call) {
        let path = flags.words.get(1).cloned().unwrap_or_else(|| Value::literal(""));
        let method = flags.get("--method").map_or("GET", Value::text).to_ascii_uppercase();
        self.endpoint(&method, &path, call);
    }

    /// A call of Pulumi Cloud's interface.
    pub(super) fn endpoint(&mut self, method: &str, path: &Value, call: &Call) {
        let text = path.text();
        let stack = text.find("/api/stacks/").and_then(|at| text.get(at + 12..));
        let stack = stack.and_then(|rest| rest.trim_end_matches('/').strip_suffix("/deployments"));
        let none = Flags { flags: Vec::new(), words: Vec::new() };
        if let (Some(stack), "POST") = (stack, method) {
            let stack = match path {
                Value::Made(_, control) if stack.contains('$') => Value::Made(stack.to_owned(), *control),
                _ => Value::literal(stack),
            };
            return self.verb(VerbKind::Deployment, Some(stack), &none, usize::MAX, call);
        }
        self.verb(VerbKind::Other(format!("api {method} {text}")), None, &none, usize::MAX, call);
    }

    fn verb(&mut self, kind: VerbKind, stack: Option<Value>, flags: &Flags, words: usize, call: &Call) {
        let text = |(flag, value): &(String, Option<Value>)| match value {
            Some(value) => format!("{flag}={}", value.text()),
            None => flag.clone(),
        };
        let mut all: Vec<String> =
            flags.flags.iter().filter(|(flag, _)| !SHOWN.contains(&flag.as_str())).map(text).collect();
        // Words that say more than the verb's name: a template, a resource.
        all.extend(flags.words.iter().skip(words).map(|word| word.text().to_owned()));
        if words == 0 {
            all.retain(|flag| !matches!(flag.as_str(), "cancel" | "watch" | "logs" | "console"));
        }
        all.sort();
        all.dedup();
        if !self.found.room(self.found.verbs.len()) {
            return;
        }
        let place = self.place(call.range.clone());
        self.found.verbs.push(Verb { step: 0, kind, stack, flags: all, place });
    }
}

fn verb_words(flags: &Flags) -> String {
    flags.words.iter().take(2).map(Value::text).collect::<Vec<_>>().join(" ")
}

/// The seconds of a duration as Go writes it: `1h30m`, `3600s`; a number alone is none.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let mut total = 0u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let unit = match rest.bytes().next()? {
            b'h' => 3600,
            b'm' if !rest.starts_with("ms") => 60,
            b's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest.get(1..)?;
    }
    (!text.is_empty()).then_some(total)
}

/// What a text of several variables is controlled by, where a part of it is wanted.
pub(super) fn piece(text: &str, control: Control) -> Value {
    if text.contains(['$', '`', '<', '{']) { Value::Made(text.to_owned(), control) } else { Value::literal(text) }
}
