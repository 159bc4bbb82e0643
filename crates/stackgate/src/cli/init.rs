//! `init`: asks what it cannot find out, and writes the spec.
//!
//! What must hold: a spec that exists is never touched, in this directory or above it; without a terminal, or with
//! `--yes`, nothing is asked, and what the spec needs and nobody said is named, with the flag that says it.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use stackgate::adapter::{Detection, Provider};
use stackgate::args::{Args, Init};
use stackgate::diagnostic::{Source, quote};
use stackgate::init::{Answers, Found, look, spec_text};
use stackgate::{Error, PROVIDERS, Project, SPEC_NAME, today, write_new};

use super::output::Output;
use super::{Failure, Outcome, Run};

pub(crate) fn run(args: &Args, options: &Init, output: &mut Output) -> Run {
    let root = args.root.as_deref().unwrap_or(Path::new("."));
    let target = args.spec.clone().unwrap_or_else(|| root.join(SPEC_NAME));
    if !options.dry_run && std::fs::symlink_metadata(&target).is_ok() {
        return Err(
            Error::Refused(format!("{} exists already; `init` never overwrites a spec", target.display())).into()
        );
    }
    let found = look(root);
    let answers = answers(options, &found)?;
    let text = spec_text(&found, &answers);
    if options.dry_run {
        output.raw(text.as_bytes())?;
    } else {
        write_new(&target, &text)?;
        output.line(&format!("wrote {}", target.display()))?;
    }
    if found.cut {
        output.remark("note: the repository has more files than init looks at; projects may be missing");
    }
    // What is left to decide is what the spec's own diagnostics say.
    match Project::of(Source::new(SPEC_NAME, text), root.to_path_buf(), today()) {
        Ok(project) => {
            output.diagnostics(project.source(), project.notices());
            if !options.dry_run {
                output.line("next: read it, then `stackgate generate`")?;
            }
        }
        Err(error) => {
            output.flush()?;
            output.remark("What init could not know, and the spec needs:");
            if let Error::Spec { source, diagnostics } = &error {
                output.diagnostics(source, diagnostics);
            } else {
                return Err(error.into());
            }
        }
    }
    Ok(Outcome::Done)
}

fn answers<'a>(options: &Init, found: &'a Found) -> Result<Answers<'a>, Failure> {
    let ask = !options.yes && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let mut missing: Vec<String> = Vec::new();
    let owner =
        found.repository.path.as_deref().and_then(|path| path.split('/').find(|part| *part != "v3")).map(str::to_owned);
    let (organization, guessed) = match (&options.organization, ask) {
        (Some(name), _) => (name.clone(), false),
        (None, true) => (question("The Pulumi organization", owner.as_deref())?, false),
        (None, false) => match owner {
            Some(owner) => (owner, true),
            None => {
                missing.push("the Pulumi organization: `--organization NAME`".into());
                (String::new(), false)
            }
        },
    };
    let chosen = choose_provider(options, found, ask, &mut missing)?;
    if found.projects.is_empty() {
        missing.push("a Pulumi project: there is no Pulumi.yaml here; `pulumi new` makes one".into());
    }
    let mut stacks = options.stack.clone();
    let bare: Vec<&str> = found
        .projects
        .iter()
        .filter(|project| project.stacks.is_empty())
        .map(|project| project.name.as_str())
        .collect();
    if !bare.is_empty() && stacks.is_empty() {
        if ask {
            let names = question(&format!("The stacks of {}, with spaces between", bare.join(", ")), Some("dev"))?;
            stacks = names.split_whitespace().map(str::to_owned).collect();
        } else {
            missing
                .push(format!("the stacks of {}, which has no Pulumi.<stack>.yaml: `--stack NAME`", bare.join(", ")));
        }
    }
    match chosen {
        Some((provider, detection)) if missing.is_empty() => {
            Ok(Answers { organization, guessed, provider, detection, stacks })
        }
        _ => Err(Error::Refused(format!("init could not find out:\n- {}", missing.join("\n- "))).into()),
    }
}

type Chosen<'a> = Option<(&'static dyn Provider, &'a Detection)>;

fn choose_provider<'a>(
    options: &Init,
    found: &'a Found,
    ask: bool,
    missing: &mut Vec<String>,
) -> Result<Chosen<'a>, Failure> {
    let ids: Vec<&str> = PROVIDERS.iter().map(|provider| provider.id()).collect();
    let spoken_for = found.providers.iter().find(|(_, detection)| detection.because.is_some());
    let likeliest = spoken_for.map(|(provider, _)| provider.id());
    let id = match (&options.provider, likeliest, ask) {
        (Some(id), ..) => id.clone(),
        (None, Some(id), _) => id.to_owned(),
        (None, None, true) => question(&format!("The CI system ({})", ids.join(", ")), Some("github"))?,
        (None, None, false) => {
            missing.push(format!("the CI system: `--provider ID`, one of {}", ids.join(", ")));
            return Ok(None);
        }
    };
    let Some((chosen, detection)) = found.providers.iter().find(|(provider, _)| provider.id() == id) else {
        missing.push(format!("{} is not a CI system that stackgate knows: one of {}", quote(&id), ids.join(", ")));
        return Ok(None);
    };
    Ok(Some((*chosen, detection)))
}

fn question(what: &str, default: Option<&str>) -> Result<String, Failure> {
    let hint = default.map_or_else(String::new, |default| format!(" [{default}]"));
    let mut stderr = std::io::stderr();
    write!(stderr, "{what}{hint}: ")?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    let answer = answer.trim();
    Ok(if answer.is_empty() { default.unwrap_or_default().to_owned() } else { answer.to_owned() })
}
