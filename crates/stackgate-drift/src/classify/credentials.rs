//! What a job is allowed to do and to know: the repository token's rights, secrets, the right to an OIDC token, its machine.
//!
//! What must hold: more is widening, also where it reaches more steps of the same job or was said for all jobs; less is a
//! difference too.

use stackgate_facts::{Credential, CredentialKind, Job, Level, RunnerTrust, Scope};

use super::{Compared, Pair, change};
use crate::class::{Class, Direction};

pub(super) fn compare(compared: &mut Compared<'_>, pair: Pair<'_>) {
    permissions(compared, pair);
    credentials(compared, pair);
    runner(compared, pair);
}

fn permissions(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let scopes = |job: &Job| -> Vec<String> { job.permissions.iter().map(|right| right.scope.clone()).collect() };
    let mut all: Vec<String> = scopes(pair.before).into_iter().chain(scopes(pair.after)).collect();
    all.sort();
    all.dedup();
    for scope in all {
        let level = |job: &Job| {
            let named = |scope: &str| job.permissions.iter().find(|right| right.scope == scope);
            named(&scope).or_else(|| named("*")).map_or((Level::None, job.place), |right| (right.level, right.place))
        };
        let ((old, _), (new, place)) = (level(pair.before), level(pair.after));
        if old == new {
            continue;
        }
        let what = if scope == "*" { "everything".to_owned() } else { scope.clone() };
        let words = |level: Level| format!("{what}: {}", level.words());
        let (class, direction, so) = if new > old {
            let so = if scope == "id-token" {
                "Every step of this job can ask for an OIDC token, and with it for whatever trusts this repository."
                    .into()
            } else {
                format!("Every step of this job, and all code that it fetches, has this right to `{what}`.")
            };
            (Class::WidensPrivilege, Direction::Widening, so)
        } else {
            (Class::Behaviour, Direction::Narrowing, format!("A step that needs this right to `{what}` fails."))
        };
        let difference = change(class, direction, pair.after, "permission", Some(words(old)), Some(words(new)), so);
        compared.add(difference.at(place));
    }
}

fn credentials(compared: &mut Compared<'_>, pair: Pair<'_>) {
    for new in &pair.after.credentials {
        let same = |old: &&Credential| old.kind == new.kind && old.variable == new.variable;
        let Some(old) = pair.before.credentials.iter().find(same) else {
            let so = match &new.kind {
                CredentialKind::Oidc(_) => {
                    "This job can ask for an OIDC token that it could not ask for, and with it for whatever trusts that."
                }
                CredentialKind::Stored(..) => {
                    "This job sees a stored secret that it did not see, and so does all code that it runs."
                }
                CredentialKind::RepositoryToken => {
                    "A step is handed the repository's token, and can do with it whatever the job may."
                }
                CredentialKind::Literal => "A secret stands in the file, for everybody who can read the repository.",
            };
            let before = replaced(pair, new).map(|old| words(old, pair.before));
            let difference = change(
                Class::WidensPrivilege,
                Direction::Widening,
                pair.after,
                "credential",
                before,
                Some(words(new, pair.after)),
                so,
            );
            compared.add(difference.at(new.place));
            continue;
        };
        // Who sees it is compared by the number of steps: which step is which is told by the comparison of steps.
        let seen = |credential: &Credential| match &credential.scope {
            Scope::Job => usize::MAX,
            Scope::Steps(steps) => steps.len(),
        };
        if seen(old) != seen(new) || old.wide != new.wide {
            let wider = seen(new) > seen(old) || new.wide && !old.wide;
            let (class, direction, so) = if wider {
                (Class::WidensPrivilege, Direction::Widening, "More code sees this credential than the spec says.")
            } else {
                (Class::Behaviour, Direction::Narrowing, "Less code sees this credential than the spec says.")
            };
            let difference = change(
                class,
                direction,
                pair.after,
                "credential",
                Some(words(old, pair.before)),
                Some(words(new, pair.after)),
                so,
            );
            compared.add(difference.at(new.place));
        }
    }
    for old in &pair.before.credentials {
        let there = pair.after.credentials.iter().any(|new| new.kind == old.kind && new.variable == old.variable);
        if !there
            && !pair.after.credentials.iter().any(|new| replaced(pair, new).is_some_and(|gone| std::ptr::eq(gone, old)))
        {
            let so = "A step that needs this credential fails.";
            let before = Some(words(old, pair.before));
            compared.add(change(Class::Behaviour, Direction::Narrowing, pair.after, "credential", before, None, so));
        }
    }
}

/// The credential of the same variable that a new one stands for.
fn replaced<'a>(pair: Pair<'a>, new: &Credential) -> Option<&'a Credential> {
    pair.before.credentials.iter().find(|old| {
        old.variable.is_some()
            && old.variable == new.variable
            && !pair.after.credentials.iter().any(|there| there.kind == old.kind && there.variable == old.variable)
    })
}

fn words(credential: &Credential, job: &Job) -> String {
    let what = match &credential.kind {
        CredentialKind::Oidc(audiences) if audiences.is_empty() => "an OIDC token for any audience".to_owned(),
        CredentialKind::Oidc(audiences) => {
            let names: Vec<&str> = audiences.iter().map(stackgate_facts::Value::text).collect();
            format!("an OIDC token for {}", names.join(", "))
        }
        CredentialKind::Stored(store, name) => format!("{store} `{}`", name.text()),
        CredentialKind::RepositoryToken => "the repository's token".to_owned(),
        CredentialKind::Literal => "a secret in the file".to_owned(),
    };
    let who = match &credential.scope {
        Scope::Job if credential.wide => "all jobs".to_owned(),
        Scope::Job => "the whole job".to_owned(),
        Scope::Steps(steps) => format!("{} of {} steps", steps.len(), job.steps.len()),
    };
    format!("{what}, seen by {who}")
}

fn runner(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let (old, new) = (&pair.before.runner, &pair.after.runner);
    if old.trust == new.trust && old.label == new.label {
        return;
    }
    let wider = new.trust != old.trust && new.trust != RunnerTrust::Hosted;
    let (class, direction, so) = if wider && pair.privileged() {
        (
            Class::WidensPrivilege,
            Direction::Widening,
            "The job runs on a machine that may keep what earlier jobs left there, and shows its token to whoever owns it.",
        )
    } else if new.label.as_literal().is_none() && old.label.as_literal().is_some() && pair.privileged() {
        (Class::WidensPrivilege, Direction::Widening, "Which machine the job runs on is decided when it runs.")
    } else {
        (Class::Behaviour, Direction::Sideways, "The job runs on another machine than the spec says.")
    };
    let words = |runner: &stackgate_facts::Runner| format!("{} ({})", runner.label.text(), runner.trust.words());
    let difference = change(class, direction, pair.after, "runner", Some(words(old)), Some(words(new)), so);
    compared.add(difference.at(new.place));
}
