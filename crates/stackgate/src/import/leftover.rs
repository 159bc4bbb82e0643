//! What is in the old pipelines and in no spec: other commands, secrets, steps around Pulumi, jobs without it, and what could
//! not be decided.
//!
//! What must hold: nothing that a job with a Pulumi token does is passed over in silence; jobs without Pulumi are named
//! once for each file.

use std::collections::BTreeSet;

use stackgate_facts::{Aspect, CredentialKind, Does, Job};
use stackgate_provider::role_of;
use stackgate_report::{Finding, Status};

use super::derive::{calls_pulumi, is_default, last, only_ours};
use super::draft::PlainJob;
use super::fact::is_pulumi;
use super::find::{Pipeline, Pipelines};
use super::place;
use super::role::{Loose, Role};
use super::rules::{LEFT, NOT_EXPRESSED, OTHERWISE, STILL_RUNS, UNDECIDED, UNREAD, told};

/// Files that could not be read, and what of the others could not be decided.
pub(crate) fn undecided(pipelines: &Pipelines, roles: &[Role<'_>], loose: &[Loose<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, title) in &pipelines.unread {
        let mut finding =
            told(&UNDECIDED, format!("stackgate does not read pipelines of {title}: nothing of this file is imported"));
        finding.place = Some(stackgate_report::Place::file(path));
        findings.push(finding);
    }
    for pipeline in &pipelines.read {
        let broken = pipeline.is_broken();
        let known = |id: &str| {
            roles.iter().any(|role| role.pipeline.path == pipeline.path && role.job.id == id)
                || loose.iter().any(|loose| loose.pipeline.path == pipeline.path && loose.job.id == id)
        };
        let of_pulumi = roles.iter().any(|role| role.pipeline.path == pipeline.path);
        for found in &pipeline.observation.undecided {
            // What a job without Pulumi does is not imported anyway.
            if !broken && !found.job.as_deref().map_or(of_pulumi || found.aspect == Aspect::Syntax, known) {
                continue;
            }
            let mut finding = if broken {
                told(&UNREAD, format!("it cannot be read: {}", found.why)).status(Status::Fails)
            } else {
                let of = found.job.as_ref().map_or_else(String::new, |job| format!("{job}: "));
                told(&UNDECIDED, format!("{of}it cannot be told: {}", found.why))
            };
            finding.place = place::reported(&pipeline.observation, found.place);
            findings.push(finding);
        }
    }
    findings
}

/// What no spec says.
pub(crate) fn not_expressed(roles: &[Role<'_>], loose: &[Loose<'_>], provider: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for one in loose {
        let mut finding = told(&NOT_EXPRESSED, format!("{}: {}: {}", one.job.id, one.what, one.why));
        finding.place = place::reported(&one.pipeline.observation, one.place);
        findings.push(finding);
    }
    let mut told_jobs: BTreeSet<(&str, &str)> = BTreeSet::new();
    for role in roles {
        if !told_jobs.insert((&role.pipeline.path, &role.job.id)) {
            continue;
        }
        secrets(role, provider, &mut findings);
        around(role, &mut findings);
    }
    for role in roles {
        flags(role, &mut findings);
    }
    findings
}

fn secrets(role: &Role<'_>, provider: Option<&str>, findings: &mut Vec<Finding>) {
    for credential in &role.job.credentials {
        if is_pulumi(credential.variable.as_deref(), &credential.kind) {
            continue;
        }
        // A context goes on being the job's, with all that it holds.
        let context = matches!(&credential.kind, CredentialKind::Stored(kind, _)
            if kind == "context" || (kind == "service connection" && !role.job.mints.is_empty()));
        if context && provider.is_none_or(|id| id == role.pipeline.provider.id()) {
            continue;
        }
        let name = match (&credential.kind, &credential.variable) {
            (CredentialKind::Stored(_, name), variable) => variable.clone().unwrap_or_else(|| name.text().to_owned()),
            (CredentialKind::Literal, variable) => {
                variable.clone().unwrap_or_else(|| "a secret in the file".to_owned())
            }
            _ => continue,
        };
        if name == "*" {
            continue;
        }
        let message = format!("{}: the secret `{name}` is in no new pipeline", role.title());
        let help = "put it into an ESC environment that Pulumi.<stack>.yaml imports; cloud credentials better by OIDC from there";
        let mut finding = told(&NOT_EXPRESSED, message).help(help);
        finding.place = place::reported(role.observation(), credential.place);
        findings.push(finding);
    }
}

/// Steps that run after Pulumi, or between the token and Pulumi, and other commands in Pulumi's own script.
fn around(role: &Role<'_>, findings: &mut Vec<Finding>) {
    let job = role.job;
    let verbs: BTreeSet<usize> = job.verbs.iter().chain([role.verb]).map(|verb| verb.step).collect();
    let first = job.first_mint().map_or_else(|| verbs.first().copied().unwrap_or_default(), |mint| mint.step);
    for (index, step) in job.steps.iter().enumerate().skip(first) {
        let (what, why) = match &step.does {
            Does::Run { text, .. } if role_of(text).is_some() => continue,
            Does::Run { text, .. } if verbs.contains(&index) || job.mints.iter().any(|mint| mint.step == index) => {
                let mut after = text.lines().skip_while(|line| !calls_pulumi(line));
                let Some(line) = after.find(|line| is_other(line)) else { continue };
                (line.trim().to_owned(), "it stands beside Pulumi in one script")
            }
            Does::Run { text, .. } => {
                let Some(line) = text.lines().find(|line| is_other(line)) else { continue };
                if text.lines().filter(|line| is_other(line)).all(|line| is_default(line.trim())) {
                    let message = format!("{}: dependencies are installed before the token exists", role.title());
                    let mut finding = told(&OTHERWISE, message)
                        .facts(
                            Some(line.trim().to_owned()),
                            Some("the runtime's own step, or the project's".to_owned()),
                        )
                        .help("where the project has `prepare` steps, it belongs to these");
                    finding.place = place::reported(role.observation(), step.place);
                    findings.push(finding);
                    continue;
                }
                (step.name.clone().unwrap_or_else(|| line.trim().to_owned()), "it runs while the token can be read")
            }
            Does::Use { code, .. } if !code.name.to_ascii_lowercase().starts_with("pulumi") && index > first => {
                (code.name.clone(), "it runs while the token can be read")
            }
            _ => continue,
        };
        let what: String = what.chars().take(80).collect();
        let help = "what needs no token goes under `jobs` with `when: after`, or under `prepare`; nothing but Pulumi runs beside a token";
        let mut finding = told(&NOT_EXPRESSED, format!("{}: `{what}` is not rendered: {why}", role.title())).help(help);
        finding.place = place::reported(role.observation(), step.place);
        findings.push(finding);
    }
}

/// Whether a line does something beside Pulumi.
fn is_other(line: &str) -> bool {
    let line = line.trim();
    let nothing =
        ["#", "cd ", "pushd ", "popd", "set ", "echo ", "fi", "done", "then", "else", "}", ")", "export PATH", "esac"];
    !line.is_empty()
        && !calls_pulumi(line)
        && !only_ours(line)
        && !nothing.iter().any(|word| line.starts_with(word))
        && !line.starts_with('-')
}

/// Flags that change what a deploy does and that no pipeline of ours has.
fn flags(role: &Role<'_>, findings: &mut Vec<Finding>) {
    const OURS: &[&str] =
        &["--yes", "--non-interactive", "--skip-preview", "--diff", "--cwd", "--expect-no-changes", "--refresh=false"];
    let foreign: Vec<&str> = role
        .verb
        .flags
        .iter()
        .map(String::as_str)
        .filter(|flag| {
            flag.starts_with("--") && !OURS.iter().any(|known| flag == known || flag.starts_with(&format!("{known}=")))
        })
        .collect();
    if foreign.is_empty() {
        return;
    }
    let message = format!("{}: {} is not rendered: a spec has no flags of Pulumi", role.title(), foreign.join(" "));
    let mut finding = told(&NOT_EXPRESSED, message)
        .help("options of the program go into Pulumi.yaml; policy packs into Pulumi Cloud");
    finding.place = place::reported(role.observation(), role.verb.place);
    findings.push(finding);
}

/// For each file with a role: what has to go, and what stays. `artifacts` are the paths that the spec renders to, `jobs`
/// those without a token that it has.
pub(crate) fn files(
    pipelines: &[Pipeline],
    roles: &[Role<'_>],
    loose: &[Loose<'_>],
    artifacts: &[String],
    jobs: &[PlainJob],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for pipeline in pipelines {
        let imported = |job: &&Job| {
            roles.iter().any(|role| role.pipeline.path == pipeline.path && role.job.id == job.id)
                || jobs.iter().any(|known| known.id == last(&job.id))
        };
        let spoken =
            |job: &&Job| loose.iter().any(|loose| loose.pipeline.path == pipeline.path && loose.job.id == job.id);
        let jobs = &pipeline.observation.jobs;
        let old: Vec<&str> = jobs.iter().filter(imported).map(|job| job.id.as_str()).collect();
        if old.is_empty() {
            continue;
        }
        let left: Vec<&Job> =
            jobs.iter().filter(|job| !imported(job) && !spoken(job) && !job.steps.is_empty()).collect();
        let clash = artifacts.contains(&pipeline.path);
        let message = match (clash, left.is_empty()) {
            (true, true) => "the new pipeline takes this file's place".to_owned(),
            (true, false) => "the new pipeline takes this file's place, and its other jobs would be lost".to_owned(),
            (false, true) => "this file still deploys beside the new pipelines until it is removed".to_owned(),
            (false, false) => format!("{} still run beside the new pipelines until they are removed", listed(&old)),
        };
        let help = match clash {
            true => format!("`stackgate generate --adopt {}` replaces it; move other jobs first", pipeline.path),
            false => {
                "take them away in the change that adds the new pipelines, and revoke what token they had".to_owned()
            }
        };
        let mut finding = told(&STILL_RUNS, message).help(help);
        finding.place = Some(stackgate_report::Place::file(&pipeline.path));
        findings.push(finding);
        if let Some(first) = left.first() {
            let ids: Vec<&str> = left.iter().map(|job| job.id.as_str()).collect();
            let message = format!("{} left as they are: stackgate does not render them", listed(&ids));
            let mut finding = told(&LEFT, message);
            finding.place = place::reported(&pipeline.observation, first.place);
            findings.push(finding);
        }
    }
    findings
}

fn listed(names: &[&str]) -> String {
    let mut all: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    if names.len() > 8 {
        all.push(format!("and {} more", names.len() - 8));
    }
    all.join(", ")
}
