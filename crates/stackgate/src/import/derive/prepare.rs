//! What runs before the token: the language, and steps of the user's own.
//!
//! What must hold: a step goes into the spec only as the plain script that it was; one that the provider puts text into, that
//! is held back, or that sees a secret is told instead. What stackgate does by itself is left out.

use stackgate_facts::{CodeKind, Condition, Control, Does, Pin, Step, Value};
use stackgate_provider::plan::Action;
use stackgate_provider::role_of;
use stackgate_spec as spec;

use super::Derive;
use crate::import::draft::{Prepare, Said};
use crate::import::legal::legal;
use crate::import::own::unwrapped;
use crate::import::role::Role;
use crate::import::rules::{DECIDE, NOT_EXPRESSED, OTHERWISE, told};
use crate::init::FoundProject;

/// Tools that a set-up step or an image brings, and the runtime's word.
const LANGUAGES: &[(&str, &str)] = &[
    ("node", "nodejs"),
    ("cimg/node", "nodejs"),
    ("circleci/node", "nodejs"),
    ("pulumi/pulumi-nodejs", "nodejs"),
    ("python", "python"),
    ("cimg/python", "python"),
    ("pulumi/pulumi-python", "python"),
    ("go", "go"),
    ("golang", "go"),
    ("cimg/go", "go"),
    ("pulumi/pulumi-go", "go"),
    ("dotnet", "dotnet"),
    ("mcr.microsoft.com/dotnet/sdk", "dotnet"),
    ("pulumi/pulumi-dotnet", "dotnet"),
    ("java", "java"),
    ("pulumi/pulumi-java", "java"),
];

/// How scripts hand values to later steps, which no other system knows.
const CHANNELS: &[&str] =
    &["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "BASH_ENV", "##vso[", "::set-output"];

impl<'a> Derive<'a> {
    /// The runtime, with its version where the pipelines name one that a spec can name.
    pub(super) fn runtime(&mut self, found: &FoundProject, roles: &[&Role<'a>]) -> Option<Said> {
        let mut tools = Vec::new();
        for role in roles {
            for code in role.job.every_code().filter(|code| matches!(code.kind, CodeKind::Tool | CodeKind::Image)) {
                tools.extend(language(&code.name).map(|word| (word, code, *role)));
            }
        }
        let word = match found.runtime {
            Some(word) => word,
            None => tools.first()?.0,
        };
        if word == "yaml" {
            return Some(Said::new("yaml", "Pulumi.yaml"));
        }
        let Some((_, code, role)) = tools.into_iter().find(|(of, ..)| *of == word) else {
            return Some(Said::new(
                word,
                found.lock_file.map_or_else(|| "Pulumi.yaml".to_owned(), |lock| format!("dependencies: {lock}")),
            ));
        };
        let whole = match code.version.contains(['$', '<']) {
            true => role.filled(&Value::Made(code.version.clone(), Control::Unknown)).text().to_owned(),
            false => code.version.clone(),
        };
        let version = whole.split(['-', '@']).next().unwrap_or_default().trim_start_matches('v');
        let numbers: Vec<&str> = version.split('.').collect();
        let exact = numbers.len() == 3
            && numbers.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        let given = format!("{word}@{version}");
        let known = crate::project::pins().ok().and_then(|pins| pins.runtimes.get(word).map(|row| row.default.clone()));
        if known.as_deref() == Some(version) || (exact && code.kind == CodeKind::Tool && self.provider.id() == "github")
        {
            return Some(Said::new(given, role.at(code.place)));
        }
        let of_default = known.as_ref().is_some_and(|known| version.starts_with(&format!("{known}.")));
        if !of_default && code.pin != Pin::Local {
            let was = match whole.as_str() {
                // The tag of these images is Pulumi's version.
                _ if code.name.starts_with("pulumi/") => format!("the {word} of {}", code.name),
                "" => format!("{word} of no version"),
                version => format!("{word} {version}"),
            };
            let message = format!("{}: the old pipeline runs {was}, and a spec names a version exactly", found.name);
            let help = format!(
                "it becomes {}; write `{word}@X.Y.Z` for another",
                known.as_deref().unwrap_or("the pinned one")
            );
            self.tell(told(&DECIDE, message).help(help), role, code.place);
        }
        let named = if whole.is_empty() { code.name.clone() } else { format!("{}@{whole}", code.name) };
        Some(Said::new(word, format!("was {}, {}", named, role.at(code.place))))
    }

    /// The steps before the token of the first deploy, or else the first preview, of a project.
    pub(super) fn prepare(&mut self, found: &FoundProject, roles: &[&Role<'a>]) -> Vec<Prepare> {
        let Some(role) = roles.iter().find(|role| role.action == Action::Deploy).or(roles.first()).copied() else {
            return Vec::new();
        };
        let first_verb = role
            .job
            .verbs
            .iter()
            .filter(|verb| !matches!(&verb.kind, stackgate_facts::VerbKind::Other(words) if words == "install" || words.starts_with("login")))
            .map(|verb| verb.step)
            .min();
        let token = role.job.first_mint().map(|mint| mint.step);
        let end = token.into_iter().chain(first_verb).min().unwrap_or(role.verb.step);
        let mut all: Vec<Prepare> = Vec::new();
        let mut own = false;
        let mut shell_directory: Option<String> = None;
        for (index, step) in role.job.steps.iter().enumerate().take(end + 1) {
            let Does::Run { text, shell, .. } = &step.does else {
                self.other_step(role, step, index == end);
                continue;
            };
            if role_of(text).is_some() {
                continue;
            }
            if !step.continues {
                shell_directory = None;
            }
            if let Some((name, at, run)) = unwrapped(text)
                && at == found.directory
                && legal::<spec::Script>(&run)
                && legal::<spec::Label>(&name)
            {
                own = true;
                all.push(Prepare { name, run, from: role.at(step.place) });
                continue;
            }
            let lines = if index == end { until_pulumi(text) } else { Some(text.lines().collect()) };
            let Some(lines) = lines else {
                self.refuse(role, step, "only a part of the script comes before Pulumi");
                continue;
            };
            let mut kept: Vec<&str> = Vec::new();
            for line in lines {
                let word = line.trim();
                // `cd infra && npm ci` is two lines in one; elsewhere a line keeps how far it stands in.
                let (to, rest) = match word.strip_prefix("cd ").map(|to| to.split_once("&&").unwrap_or((to, ""))) {
                    Some((to, rest)) if !to.contains([';', '$', '|', '&']) => (Some(to.trim()), rest.trim()),
                    _ => (None, line),
                };
                if let Some(to) = to {
                    shell_directory =
                        Some(to.trim_matches(['"', '\'']).trim_start_matches("./").trim_end_matches('/').to_owned());
                }
                if !rest.trim().is_empty() && !is_ours(rest.trim()) {
                    kept.push(rest);
                }
            }
            if kept.iter().all(|line| line.trim().starts_with('#')) {
                continue;
            }
            let run = kept.join("\n");
            if CHANNELS.iter().any(|channel| run.contains(channel)) {
                self.refuse(role, step, "it hands values to later steps through the CI system");
                continue;
            }
            let at =
                step.directory.as_ref().map(|value| role.filled(value).text().to_owned()).or(shell_directory.clone());
            let at = at.unwrap_or_else(|| ".".to_owned());
            let at = if at.is_empty() { "." } else { at.trim_start_matches("./").trim_end_matches('/') };
            if let Some(why) = fault(step, shell.as_deref(), at, found) {
                self.refuse(role, step, why);
                continue;
            }
            if !legal::<spec::Script>(&run) {
                self.refuse(
                    role,
                    step,
                    "a spec has no such script: it is too long, or opens an expression of a CI system",
                );
                continue;
            }
            own |= !kept.iter().all(|line| is_default(line.trim()));
            let name = step.name.clone().filter(|name| legal::<spec::Label>(name));
            let name =
                name.unwrap_or_else(|| kept.first().map_or("Prepare", |line| line.trim()).chars().take(60).collect());
            let name = if legal::<spec::Label>(&name) { name } else { "Prepare".to_owned() };
            match all.last_mut().filter(|_| step.continues) {
                Some(last) => {
                    last.run.push('\n');
                    last.run.push_str(&run);
                }
                None => all.push(Prepare { name, run, from: role.at(step.place) }),
            }
        }
        if !own {
            // What the runtime does by itself: an installation from the lock file.
            for step in &all {
                let message =
                    format!("{}: dependencies are installed from the lock file, without install scripts", found.name);
                let finding =
                    told(&OTHERWISE, message).facts(Some(step.run.clone()), Some("the runtime's own step".to_owned()));
                self.findings
                    .push(finding.help("give the project `prepare` steps where packages need their own scripts"));
            }
            return Vec::new();
        }
        all
    }

    fn refuse(&mut self, role: &Role<'_>, step: &Step, why: &str) {
        let name = step.name.clone().unwrap_or_else(|| match &step.does {
            Does::Run { text, .. } => {
                let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
                line.trim().chars().take(60).collect()
            }
            _ => "a step".to_owned(),
        });
        let message = format!("{}: the step `{name}` is not among the `prepare` steps: {why}", role.title());
        let help = "write it under `prepare` yourself: plain commands, run by `sh` in the project's directory before the token exists";
        self.tell(told(&NOT_EXPRESSED, message).help(help), role, step.place);
    }

    /// A step that is foreign code: whether the rendered pipeline has the like.
    fn other_step(&mut self, role: &Role<'_>, step: &Step, last: bool) {
        let Does::Use { code, .. } = &step.does else { return };
        let ours = [
            "pulumi/",
            "actions/setup-",
            "actions/checkout",
            "actions/cache",
            "NodeTool",
            "UseNode",
            "UsePythonVersion",
            "GoTool",
            "UseDotNet",
            "Pulumi",
        ];
        let language = LANGUAGES.iter().any(|(name, _)| *name == code.name)
            || code.name.starts_with("node/")
            || code.name.starts_with("python/");
        // An approval is said where production's is.
        let gate = ["input", "ManualValidation"].contains(&code.name.as_str());
        if last || language || gate || runs_nothing(&code.name) || ours.iter().any(|name| code.name.starts_with(name)) {
            return;
        }
        let credentials = ["configure-aws-credentials", "azure/login", "google-github-actions/auth"];
        let (why, help) = if credentials.iter().any(|name| code.name.to_ascii_lowercase().ends_with(name)) {
            (
                "cloud credentials come through ESC alone",
                "let an ESC environment log in to the cloud by OIDC, and import it in Pulumi.<stack>.yaml",
            )
        } else {
            (
                "a job with a token runs no foreign code",
                "do what it does with plain commands under `prepare`, or in a job of its own",
            )
        };
        let message = format!("{}: {} is not rendered: {why}", role.title(), code.name);
        self.tell(told(&NOT_EXPRESSED, message).help(help), role, step.place);
    }
}

/// The runtime that a set-up step or an image of that name brings.
pub(super) fn language(name: &str) -> Option<&'static str> {
    LANGUAGES.iter().find(|(known, _)| *known == name).map(|(_, word)| *word)
}

/// Whether a step of that name sets a language up.
pub(super) fn sets_up(name: &str) -> bool {
    const TASKS: &[&str] = &["usenode", "nodetool", "usepythonversion", "gotool", "usedotnet", "javatoolinstaller"];
    let small = name.to_ascii_lowercase();
    language(name).is_some() || small.starts_with("actions/setup-") || TASKS.iter().any(|task| small.starts_with(task))
}

/// Why a step cannot be a `prepare` step.
fn fault(step: &Step, shell: Option<&str>, at: &str, found: &FoundProject) -> Option<&'static str> {
    let shell = shell.and_then(|shell| shell.split_whitespace().next()).unwrap_or("sh");
    if !["sh", "bash", "/bin/sh", "/bin/bash"].contains(&shell) {
        return Some("another shell than `sh` runs it");
    }
    if step.condition.as_ref().is_some_and(|condition| *condition != Condition::Always) {
        return Some("it runs under a condition");
    }
    if !step.embedded.is_empty() {
        return Some("the CI system puts text into it before it runs");
    }
    // A longer path to programs is no value that a script reads.
    if step.variables.iter().any(|variable| variable.name != "PATH" && !variable.name.starts_with("PATH+")) {
        return Some("it has variables of its own");
    }
    if at != found.directory {
        return Some("it runs in another directory than the project's");
    }
    None
}

/// The lines of a script before its first word of Pulumi's; none where these are no plain commands.
fn until_pulumi(text: &str) -> Option<Vec<&str>> {
    let before: Vec<&str> = text.lines().take_while(|line| !calls_pulumi(line) || is_ours(line.trim())).collect();
    let opens = |line: &&str| {
        let line = line.trim();
        ["if ", "for ", "while ", "case ", "function "].iter().any(|word| line.starts_with(word))
            || line.ends_with('{')
            || line.ends_with('\\')
            || line.contains("<<")
    };
    if before.iter().any(opens) { None } else { Some(before) }
}

/// Whether a line is what stackgate does by itself: it gets the CLI, finds it, logs in.
pub(super) fn is_ours(line: &str) -> bool {
    line.contains("get.pulumi.com")
        || line.contains(".pulumi/bin")
        || line.starts_with("set -")
        || line.starts_with("export STACKGATE_")
        || line.starts_with("export PULUMI_BACKEND_URL=")
        || line.starts_with("pulumi version")
        || line.starts_with("pulumi login")
        || line.starts_with("pulumi plugin install")
        || line.starts_with("pulumi install")
        || line.starts_with("brew install pulumi")
        || (line.starts_with("export PATH=") && line.contains("pulumi"))
}

/// Whether a line calls Pulumi, and does not only name it: `mkdir -p ~/.pulumi/plugins` does not.
pub(crate) fn calls_pulumi(line: &str) -> bool {
    let line = line.trim();
    let words = line.split(|c: char| c.is_whitespace() || ";&|()`\"'".contains(c));
    !line.starts_with('#') && words.into_iter().any(|word| word == "pulumi" || word.ends_with("/bin/pulumi"))
}

/// Whether a step of that name runs no code: it tidies the workspace, or says something.
pub(crate) fn runs_nothing(name: &str) -> bool {
    ["checkout", "cleanWs", "deleteDir", "echo", "git", "scm"].contains(&name)
}

/// Whether a script does nothing but what stackgate does by itself.
pub(crate) fn only_ours(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#') || is_ours(line))
}

/// Whether a job does no more than a runtime's own step does.
pub(crate) fn installs(job: &stackgate_facts::Job) -> bool {
    job.steps.iter().all(|step| match &step.does {
        Does::Run { text, .. } => {
            text.lines().map(str::trim).all(|line| line.is_empty() || is_ours(line) || is_default(line))
        }
        Does::Checkout { .. } => true,
        Does::Use { code, .. } => runs_nothing(&code.name),
        Does::Unknown => false,
    })
}

/// Whether a line is what the runtime's own step does: dependencies of the project, from its files.
pub(crate) fn is_default(line: &str) -> bool {
    const LINES: &[&str] = &[
        "npm ci",
        "npm install",
        "npm i",
        "yarn",
        "yarn install",
        "pnpm install",
        "pnpm i",
        "go mod download",
        "dotnet restore",
        "pip install -r requirements.txt",
        "pip3 install -r requirements.txt",
        "python -m pip install -r requirements.txt",
        "poetry install",
        "uv sync",
        "npm ci --ignore-scripts",
        "yarn install --frozen-lockfile",
        "yarn --frozen-lockfile",
        "pnpm install --frozen-lockfile",
        "yarn install --immutable",
        "python -m pip install --upgrade pip",
        "pip install --upgrade pip",
    ];
    LINES.contains(&line) || line.starts_with('#')
}
