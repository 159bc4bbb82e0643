//! What will change: each role of the old pipelines held against the same role of those that the spec renders.
//!
//! What must hold: a respect in which the new pipeline permits more is told apart from one in which it permits less; a role
//! that only one side has is told as a whole. Places are those of the old files, which people know.

use std::collections::BTreeSet;

use stackgate_drift::Class;
use stackgate_facts::{Job, Reach, Ref, Situation};
use stackgate_provider::plan::Action;
use stackgate_report::Finding;

use super::derive::{installs, last, waits_for};
use super::fact::{Fact, facts};
use super::place;
use super::respect::Respect;
use super::role::{Role, StackName};
use super::rules::{NARROWER, OTHERWISE, WIDER, told};

/// Says once what is said of several roles in the same words; `titles` are those of all roles.
pub(crate) fn grouped(findings: Vec<Finding>, titles: &BTreeSet<String>) -> Vec<Finding> {
    let mut all: Vec<(Vec<String>, String, Finding)> = Vec::new();
    for finding in findings {
        let title = finding.message.split_once(": ").filter(|(title, _)| titles.contains(*title));
        let (title, tail) = match title {
            Some((title, tail)) => (vec![title.to_owned()], tail.to_owned()),
            None => (Vec::new(), finding.message.clone()),
        };
        let path = |finding: &Finding| finding.place.as_ref().map(|place| place.path.clone());
        let same = |known: &&mut (Vec<String>, String, Finding)| {
            let other = &known.2;
            !title.is_empty()
                && !known.0.is_empty()
                && known.1 == tail
                && (other.rule.id == finding.rule.id)
                && (&other.before, &other.after, &other.help) == (&finding.before, &finding.after, &finding.help)
                && path(other) == path(&finding)
        };
        match all.iter_mut().find(same) {
            Some(known) => known.0.extend(title),
            None => all.push((title, tail, finding)),
        }
    }
    let said = all.into_iter().map(|(mut titles, tail, mut finding)| {
        titles.dedup();
        if titles.len() > 1 {
            let more = if titles.len() > 4 { format!(" and {} more", titles.len() - 4) } else { String::new() };
            titles.truncate(4);
            finding.message = format!("{}{more}: {tail}", titles.join(", "));
        }
        finding
    });
    said.collect()
}

/// Every difference, in no order yet.
pub(crate) fn compare(old: &[Role<'_>], new: &[Role<'_>], spec: &str, branch: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut done: Vec<&Role<'_>> = Vec::new();
    for role in old {
        if let Some(first) = done.iter().find(|known| known.is(role)) {
            let message = format!("{}: another job does it too, at {}", role.title(), first.at(first.job.place));
            findings.push(at(told(&OTHERWISE, message).help("one job does it from now on"), role, role.job.place));
            continue;
        }
        done.push(role);
        match new.iter().find(|other| other.is(role)) {
            Some(other) => pair(role, other, old, new, branch, &mut findings),
            None => {
                let finding = told(&NARROWER, format!("{}: no pipeline does it any more", role.title()));
                findings.push(at(finding.facts(Some(role.job.id.clone()), None), role, role.job.place));
            }
        }
    }
    for role in new.iter().filter(|role| !old.iter().any(|known| known.is(role))) {
        let words = |respect| facts(role).into_iter().find(|fact| fact.respect == respect).map(|fact| fact.words);
        let token = words(Respect::Token).unwrap_or_default();
        let mut finding = told(&OTHERWISE, format!("{}: this is new, with a token {token}", role.title()));
        finding.place = Some(stackgate_report::Place::file(spec));
        findings.push(finding.facts(None, Some(started(&role.reach))));
    }
    findings
}

fn at(mut finding: Finding, role: &Role<'_>, at: stackgate_facts::Place) -> Finding {
    finding.place = place::reported(role.observation(), at);
    finding
}

fn pair(
    old: &Role<'_>,
    new: &Role<'_>,
    all_old: &[Role<'_>],
    all_new: &[Role<'_>],
    branch: &str,
    findings: &mut Vec<Finding>,
) {
    let title = old.title();
    let (before, after) = (facts(old), facts(new));
    for fact in &before {
        let Some(other) = after.iter().find(|other| other.respect == fact.respect) else { continue };
        findings.extend(differ(&title, fact, other).map(|finding| at(finding, old, fact.place)));
    }
    trigger(&title, old, new, branch, findings);
    if old.action == Action::Deploy {
        order(&title, old, new, all_old, all_new, findings);
    }
}

fn differ(title: &str, old: &Fact, new: &Fact) -> Option<Finding> {
    let (name, more, less) = old.respect.words();
    // The bare number of steps and of minutes says enough by its rank.
    if old.words == new.words || (old.rank == new.rank && matches!(old.respect, Respect::Beside | Respect::Limit)) {
        return None;
    }
    let finding = match new.rank.cmp(&old.rank) {
        std::cmp::Ordering::Greater => {
            told(&WIDER, format!("{title}: {name}: wider: {more}")).class(old.respect.class().id())
        }
        std::cmp::Ordering::Less => told(&NARROWER, format!("{title}: {name}: narrower: {less}")),
        std::cmp::Ordering::Equal => told(&OTHERWISE, format!("{title}: {name}: otherwise than before")),
    };
    Some(finding.facts(Some(old.words.clone()), Some(new.words.clone())))
}

/// Whether the deploy branch is the protected default branch, and no other is: what systems call so is not compared.
fn is_usual(situation: &Situation, branch: &str) -> bool {
    let own = matches!(&situation.reference, Ref::Branch(name) if name == branch);
    situation.default_branch == own && situation.protected == own
}

/// Who starts it.
fn trigger(title: &str, old: &Role<'_>, new: &Role<'_>, branch: &str, findings: &mut Vec<Finding>) {
    let without = |reach: &Reach, other: &Reach| -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for (situation, _) in reach.iter().filter(|(situation, _)| !other.iter().any(|(known, _)| known == situation)) {
            if !is_usual(situation, branch) {
                continue;
            }
            let text = situation.to_string();
            // A sample of a name that is only alike stands for nothing that people know.
            if !words.contains(&text)
                && !["-like`", "`like-", "/like`", "`like/", "/`"].iter().any(|sample| text.contains(sample))
            {
                words.push(text);
            }
        }
        words
    };
    let (gained, lost) = (without(&new.reach, &old.reach), without(&old.reach, &new.reach));
    let clause = old.job.when.first().map_or(old.job.place, |clause| clause.place);
    let few = |all: &[String]| {
        let more = if all.len() > 3 { format!(", and {} more", all.len() - 3) } else { String::new() };
        format!("{}{more}", all.iter().take(3).cloned().collect::<Vec<_>>().join(", "))
    };
    let both = |finding: Finding| finding.facts(Some(started(&old.reach)), Some(started(&new.reach)));
    if !gained.is_empty() {
        let message = format!("{title}: trigger: wider: {} starts it now", few(&gained));
        findings.push(at(both(told(&WIDER, message).class(Class::WidensPrivilege.id())), old, clause));
    }
    if !lost.is_empty() {
        let message = format!("{title}: trigger: narrower: {} no longer starts it", few(&lost));
        findings.push(at(both(told(&NARROWER, message)), old, clause));
    }
}

/// The events that start something, for people.
fn started(reach: &Reach) -> String {
    let events: BTreeSet<String> = reach.iter().map(|(situation, _)| situation.event.words()).collect();
    if events.is_empty() { "nothing starts it".into() } else { events.into_iter().collect::<Vec<_>>().join(", ") }
}

/// What must have succeeded before a deploy.
fn order(
    title: &str,
    old: &Role<'_>,
    new: &Role<'_>,
    all_old: &[Role<'_>],
    all_new: &[Role<'_>],
    findings: &mut Vec<Finding>,
) {
    let names = |role: &Role<'_>, all: &[Role<'_>]| -> BTreeSet<StackName> {
        waits_for(role, all).into_iter().map(|(name, _)| name).collect()
    };
    let (before, after) = (names(old, all_old), names(new, all_new));
    let words = |names: &BTreeSet<StackName>| {
        let all: Vec<String> = names.iter().map(StackName::to_string).collect();
        if all.is_empty() { "no other stack".to_owned() } else { all.join(", ") }
    };
    let need = old.job.needs.first().map_or(old.job.place, |need| need.place);
    if before != after {
        let finding = if before.is_subset(&after) {
            told(&NARROWER, format!("{title}: order: narrower: it waits for more stacks"))
        } else {
            told(&WIDER, format!("{title}: order: wider: it no longer waits for a stack"))
                .class(Class::RemovesGate.id())
        };
        findings.push(at(finding.facts(Some(words(&before)), Some(words(&after))), old, need));
    }
    let is_role =
        |job: &Job| all_old.iter().any(|role| role.pipeline.path == old.pipeline.path && role.job.id == job.id);
    let still: Vec<String> = new.observation().needed(new.job).iter().map(|job| last(&job.id).to_owned()).collect();
    for job in old
        .observation()
        .needed(old.job)
        .into_iter()
        .filter(|job| !is_role(job) && !installs(job) && !still.iter().any(|id| id == last(&job.id)))
    {
        if job.steps.iter().all(|step| matches!(&step.does, stackgate_facts::Does::Run { text, .. } if stackgate_provider::role_of(text).is_some())) {
            continue;
        }
        let message = format!("{title}: order: wider: it no longer waits for the job `{}`", job.id);
        let help = "put what that job runs under `jobs` in the spec, with `when: before`";
        let finding = told(&WIDER, message).class(Class::RemovesGate.id()).help(help);
        findings.push(at(
            finding.facts(Some(format!("after `{}`", job.id)), Some("not after it".to_owned())),
            old,
            job.place,
        ));
    }
}
