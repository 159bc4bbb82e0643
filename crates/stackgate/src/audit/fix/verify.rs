//! Whether a mend did what it should and nothing else.
//!
//! What must hold: whatever is not allowed to differ does not, in any pipeline that has the file.

use std::collections::BTreeMap;

use stackgate_audit::{Finding, audit_pipeline};
use stackgate_facts::Observation;
use stackgate_plan::Pins;

use super::mends::Mend;

/// Compares before and after.
///
/// # Errors
/// With what speaks against the mend, as the end of a sentence.
pub(super) fn verify(
    finding: &Finding,
    mend: &Mend,
    before: &[Observation],
    after: &[Observation],
    pins: &Pins,
) -> Result<(), String> {
    let (old, new) = (findings(before, pins), findings(after, pins));
    let key = key(finding);
    if new.get(&key).copied().unwrap_or(0) >= old.get(&key).copied().unwrap_or(0) {
        return Err("it would still be found".to_owned());
    }
    if let Some(((rule, ..), _)) = new.iter().find(|(key, count)| old.get(key).is_none_or(|old| old < count)) {
        return Err(format!("then there would be a finding of `{rule}`"));
    }
    for (before, after) in before.iter().zip(after) {
        let (old, new) = (facts(before), facts(after));
        let differing = old.iter().chain(&new).map(|(fact, _)| fact).find(|fact| {
            let (job, kind, _) = fact;
            let allowed = mend.facts.contains(kind) && (mend.wide || *job == finding.subject);
            old.get(*fact) != new.get(*fact) && !allowed
        });
        if let Some((_, kind, text)) = differing {
            return Err(format!("it would change something else: {kind} {text}"));
        }
    }
    Ok(())
}

type Key = (&'static str, Option<String>, String);

fn key(finding: &Finding) -> Key {
    (finding.rule.id, finding.subject.clone(), finding.message.clone())
}

fn findings(observations: &[Observation], pins: &Pins) -> BTreeMap<Key, usize> {
    let mut all = BTreeMap::new();
    for finding in observations.iter().flat_map(|one| audit_pipeline(one, pins)) {
        *all.entry(key(&finding)).or_default() += 1;
    }
    all
}

fn facts(observation: &Observation) -> BTreeMap<(Option<String>, &'static str, String), usize> {
    let mut all = BTreeMap::new();
    for fact in observation.facts() {
        *all.entry((fact.job, fact.kind, fact.text)).or_default() += 1;
    }
    all
}
