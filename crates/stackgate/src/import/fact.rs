//! What a role comes to, in terms that all systems share: one fact for each respect, with a rank.
//!
//! What must hold: of two facts of one respect, the one of the higher rank permits more; what a system does not have is no
//! fact, so that nothing is made of its absence.

use stackgate_facts::{
    CodeKind, CredentialKind, DeedKind, Does, GateKind, Level, Pin, Place, RunnerTrust, TokenKind, Verb,
};
use stackgate_provider::plan::Action;

use super::derive::{Derive, only_ours, runs_nothing};
use super::respect::Respect;
use super::role::Role;

/// One fact.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) respect: Respect,
    pub(crate) words: String,
    pub(crate) rank: u64,
    pub(crate) place: Place,
}

/// The facts of a role, each respect at most once.
pub(crate) fn facts(role: &Role<'_>) -> Vec<Fact> {
    let mut all = Vec::new();
    let mut say = |respect, words: String, rank: u64, place: Place| all.push(Fact { respect, words, rank, place });
    token(role, &mut say);
    held_back(role, &mut say);
    let job = role.job;
    if !job.permissions.is_empty() {
        let mut writes: Vec<String> = Vec::new();
        let mut rank = 0;
        for right in job.permissions.iter().filter(|right| right.scope != "id-token") {
            if right.level >= Level::Setting {
                let what = if right.scope == "*" { "everything" } else { &right.scope };
                writes.push(format!("{what}: {}", right.level.words()));
                rank += if right.scope == "*" {
                    100
                } else if right.level == Level::Write {
                    10
                } else {
                    5
                };
            }
        }
        let words = if writes.is_empty() { "it reads, and no more".to_owned() } else { writes.join(", ") };
        say(Respect::Rights, words, rank, job.permissions.first().map_or(job.place, |right| right.place));
    }
    code(role, &mut say);
    let told: Vec<_> = job
        .deeds
        .iter()
        .filter(|deed| {
            matches!(
                deed.kind,
                DeedKind::Trace
                    | DeedKind::PrintsEnvironment
                    | DeedKind::PrintsSecret
                    | DeedKind::PrintsRequests
                    | DeedKind::ShowsSecrets
                    | DeedKind::TokenInArguments
            )
        })
        .collect();
    let words: Vec<String> = told.iter().map(|deed| deed.what.text().chars().take(60).collect()).collect();
    let words = if words.is_empty() { "nothing that is secret".to_owned() } else { words.join(", ") };
    say(Respect::Output, words, told.len() as u64, told.first().map_or(job.place, |deed| deed.place));
    let scripts = job.deeds.iter().find(|deed| deed.kind == DeedKind::InstallScripts);
    match scripts {
        Some(deed) => say(Respect::Scripts, deed.what.text().to_owned(), 1, deed.place),
        None => say(Respect::Scripts, "none runs".into(), 0, job.place),
    }
    let keeps = job.steps.iter().find(|step| matches!(step.does, Does::Checkout { keeps_credentials: true, .. }));
    // Where a system's checkout cannot do without, a reviewed script takes it away again.
    let removed = job.steps.iter().any(|step| match &step.does {
        Does::Run { text, .. } => {
            stackgate_provider::role_of(text).is_some() && text.contains("git config --local --unset-all")
        }
        _ => false,
    });
    match keeps.filter(|_| !removed) {
        Some(step) => say(Respect::Git, "it stays in the checkout".into(), 1, step.place),
        None => say(Respect::Git, "none stays".into(), 0, job.place),
    }
    if let Some(step) = job.steps.get(role.verb.step) {
        let words = if step.tolerated { "the job goes on when Pulumi fails" } else { "the job fails with Pulumi" };
        say(Respect::Failure, words.into(), u64::from(step.tolerated), step.place);
    }
    let label = job.runner.label.text();
    let rank = match job.runner.trust {
        RunnerTrust::Hosted => 0,
        RunnerTrust::Setting | RunnerTrust::SelfHosted => 1,
        RunnerTrust::Any => 2,
    };
    let words = if label.is_empty() {
        job.runner.trust.words().to_owned()
    } else {
        format!("{label}: {}", job.runner.trust.words())
    };
    say(Respect::Machine, words, rank, job.runner.place);
    match &job.limit_minutes {
        Some(limit) => {
            let by = if job.limit_said { "" } else { ", the system's default" };
            say(Respect::Limit, format!("{} minutes{by}", limit.what), u64::from(limit.what), limit.place);
        }
        None => say(Respect::Limit, "none that the file says".into(), u64::MAX, job.place),
    }
    commands(role, &mut say);
    all
}

type Say<'s> = &'s mut dyn FnMut(Respect, String, u64, Place);

fn token(role: &Role<'_>, say: Say<'_>) {
    let job = role.job;
    let stored = job.credentials.iter().find(|credential| is_pulumi(credential.variable.as_deref(), &credential.kind));
    let Some(mint) = Derive::mint(role) else {
        match stored {
            Some(credential) => say(
                Respect::Token,
                "a stored token, of whoever made it and without an end".into(),
                100,
                credential.place,
            ),
            None => say(
                Respect::Token,
                "a token that the file does not show: the machine or a setting brings it".into(),
                100,
                role.verb.place,
            ),
        }
        secrets(role, say);
        return;
    };
    let text = |value: &Option<stackgate_facts::Value>| {
        value.as_ref().map_or_else(|| "nobody knows which".to_owned(), |value| role.filled(value).text().to_owned())
    };
    let (words, rank) = match mint.kind {
        TokenKind::Team => (format!("of the team {}", text(&mint.team)), 10),
        TokenKind::Organization => (format!("of the whole organization {}", text(&mint.organization)), 80),
        TokenKind::Personal => ("of a person".into(), 90),
        TokenKind::Admin => ("of an administrator".into(), 95),
        TokenKind::Runner => ("of a runner".into(), 20),
        TokenKind::Unknown => ("of a kind that cannot be told".into(), 85),
    };
    say(Respect::Token, words, rank, mint.place);
    let seconds = mint.seconds.as_ref().and_then(|value| value.as_literal()?.trim_end_matches('s').parse::<u64>().ok());
    let words = match (&mint.seconds, seconds) {
        (_, Some(seconds)) => format!("{} minutes", seconds / 60),
        (Some(value), None) => value.text().to_owned(),
        (None, None) => "not asked for: two hours".to_owned(),
    };
    say(Respect::Lifetime, words, seconds.unwrap_or(7200), mint.place);
    match mint.url.as_ref() {
        Some(url) => {
            say(Respect::Destination, url.text().to_owned(), u64::from(url.as_literal().is_none()), mint.place)
        }
        None => say(Respect::Destination, "what the environment or the checkout says".into(), 1, mint.place),
    }
    secrets(role, say);
}

/// Whether a stored secret is a token of Pulumi's.
pub(crate) fn is_pulumi(variable: Option<&str>, kind: &CredentialKind) -> bool {
    let stored = match kind {
        CredentialKind::Stored(_, name) => name.text().to_ascii_uppercase(),
        CredentialKind::Literal => String::new(),
        CredentialKind::Oidc(_) | CredentialKind::RepositoryToken => return false,
    };
    variable == Some("PULUMI_ACCESS_TOKEN")
        || stored.contains("PULUMI_ACCESS_TOKEN")
        || stored.contains("PULUMI-ACCESS-TOKEN")
}

fn secrets(role: &Role<'_>, say: Say<'_>) {
    let stored: Vec<_> = role
        .job
        .credentials
        .iter()
        .filter(|credential| match &credential.kind {
            // What a context or a connection stands for is told as what stands before the job.
            CredentialKind::Stored(kind, _) => {
                kind != "context" && (kind != "service connection" || role.job.mints.is_empty())
            }
            CredentialKind::Literal => true,
            CredentialKind::Oidc(_) | CredentialKind::RepositoryToken => false,
        })
        .collect();
    let mut names: Vec<String> = stored
        .iter()
        .map(|credential| match (&credential.variable, &credential.kind) {
            (Some(name), _) => name.clone(),
            (None, CredentialKind::Stored(_, name)) => name.text().to_owned(),
            _ => "one that stands in the file".to_owned(),
        })
        .collect();
    names.sort();
    names.dedup();
    let words = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    say(Respect::Secrets, words, names.len() as u64, stored.first().map_or(role.job.place, |one| one.place));
    // With a stored token every step of the job can read it; with a minted one, those after it.
    let from = role.job.first_mint().map_or(0, |mint| mint.step + 1);
    let other = |index: usize, step: &stackgate_facts::Step| match &step.does {
        Does::Run { text, .. } => {
            stackgate_provider::role_of(text).is_none()
                && !only_ours(text)
                && !role.job.verbs.iter().any(|verb| verb.step == index)
        }
        Does::Use { code, .. } if runs_nothing(&code.name) => false,
        Does::Use { .. } | Does::Unknown => !role.job.verbs.iter().any(|verb| verb.step == index),
        Does::Checkout { .. } => false,
    };
    let beside = role.job.steps.iter().enumerate().skip(from).filter(|(index, step)| other(*index, step)).count();
    let words = match beside {
        0 => "Pulumi alone runs while it can be read".to_owned(),
        1 => "one more step runs while it can be read".to_owned(),
        many => format!("{many} more steps run while it can be read"),
    };
    say(Respect::Beside, words, beside as u64, role.job.place);
}

/// Approval, environment, lock.
fn held_back(role: &Role<'_>, say: Say<'_>) {
    // The environment of a job before is that job's; an approval before it is this one's too.
    let gates: Vec<_> = role
        .observation()
        .effective_gates(role.job)
        .into_iter()
        .filter(|(job, gate)| std::ptr::eq(*job, role.job) || matches!(gate.kind, GateKind::Approval(_)))
        .collect();
    let (mut words, mut rank, mut place) = (Vec::new(), 2, role.job.place);
    for (_, gate) in &gates {
        let weak: Vec<&str> = gate.weak.iter().map(|weak| weak.words()).collect();
        let weak = if weak.is_empty() { String::new() } else { format!(" ({})", weak.join(", ")) };
        match &gate.kind {
            GateKind::Environment(name) => {
                words.push(format!("the rules of `{}`, which no file shows{weak}", role.filled(name).text()));
                rank = rank.min(1);
                place = gate.place;
            }
            GateKind::Approval(who) => {
                let who = who.as_ref().map_or("somebody", |who| who.text());
                words.push(format!("approved by {who}{weak}"));
                rank = rank.min(u64::from(!gate.weak.is_empty()));
                place = gate.place;
            }
            GateKind::Lock { .. } => {}
        }
    }
    words.sort();
    words.dedup();
    let text = if words.is_empty() { "nothing stands before it".to_owned() } else { words.join(", ") };
    say(Respect::Approval, text, rank, place);
    if role.action != Action::Deploy {
        return;
    }
    let lock = role.job.gates.iter().find_map(|gate| match &gate.kind {
        GateKind::Lock { name, cancels, drops_waiting } => Some((name, *cancels, *drops_waiting, gate.place)),
        _ => None,
    });
    match lock {
        None => say(Respect::Lock, "none".into(), 3, role.job.place),
        Some((name, cancels, drops, at)) => {
            let how = match (cancels, drops) {
                (true, _) => "; a newer run kills the one that runs",
                (false, true) => "; a newer run takes the place of one that waits",
                (false, false) => "",
            };
            // That a run which waits gives way to a newer one changes nothing half-way.
            let rank = if cancels { 2 } else { 0 };
            say(Respect::Lock, format!("{}{how}", role.filled(name).text()), rank, at);
        }
    }
}

fn code(role: &Role<'_>, say: Say<'_>) {
    let loose: Vec<_> = role
        .job
        .every_code()
        .chain(&role.observation().code)
        .filter(|code| match code.kind {
            CodeKind::Tool | CodeKind::Package | CodeKind::Machine => code.pin < Pin::Version,
            _ => code.pin < Pin::Digest,
        })
        .collect();
    let mut names: Vec<String> = loose
        .iter()
        .map(|code| if code.version.is_empty() { code.name.clone() } else { format!("{}@{}", code.name, code.version) })
        .collect();
    names.sort();
    names.dedup();
    let words = if names.is_empty() {
        "every piece is held by a digest or an exact version".to_owned()
    } else {
        format!("not held: {}", names.join(", "))
    };
    say(Respect::Code, words, names.len() as u64, loose.first().map_or(role.job.place, |code| code.place));
}

/// What it does with Pulumi, without what changes nothing.
fn commands(role: &Role<'_>, say: Say<'_>) {
    const NOTHING: &[&str] = &["--yes", "--non-interactive", "--skip-preview", "--diff", "--cwd", "--refresh=false"];
    let mut words: Vec<String> = Vec::new();
    let mut makes = false;
    // What another event's run of the same job does is that role's.
    let together = |verb: &Verb| {
        let condition = role.job.steps.get(verb.step).and_then(|step| step.condition.as_ref());
        condition.is_none_or(|own| role.reach.iter().any(|(situation, _)| own.holds(situation).possible()))
    };
    for verb in
        role.job.verbs.iter().filter(|verb| verb.kind.mutates() || verb.kind == stackgate_facts::VerbKind::Preview)
    {
        if !together(verb) {
            continue;
        }
        makes |= verb.kind == stackgate_facts::VerbKind::CreateStack;
        let flags: Vec<&str> = verb
            .flags
            .iter()
            .map(String::as_str)
            .filter(|flag| !NOTHING.iter().any(|known| flag == known || flag.starts_with(&format!("{known}="))))
            .collect();
        let text = [&[verb.kind.words().as_str()], flags.as_slice()].concat().join(" ");
        if !words.contains(&text) {
            words.push(text);
        }
    }
    say(Respect::Commands, words.join(", then "), u64::from(makes), role.verb.place);
}
