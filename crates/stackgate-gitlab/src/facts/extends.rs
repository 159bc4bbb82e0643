//! `extends`: a job over those that it extends.
//!
//! What must hold: mappings are merged, lists are replaced; of several bases the later wins, and the job over all. How many
//! jobs have a base is known, since what stands in it is given to all of them. Source: GitLab, "`extends`": eleven levels.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use stackgate_provider::facts::Aspect;
use stackgate_provider::yaml::{Entry, Mapping, Node, Value};

use super::{Reading, merge};

/// How deep a chain of bases may be.
const DEEPEST: usize = 11;

/// What the jobs extend.
#[derive(Default)]
pub(super) struct Bases {
    /// Of each job, all its bases, those of bases too.
    pub(super) of: BTreeMap<String, BTreeSet<String>>,
    /// Bases that a job extends and that nobody here defines.
    pub(super) missing: BTreeMap<String, Vec<String>>,
    /// How many jobs that run have a base.
    users: HashMap<String, usize>,
    /// The bases as they stand.
    texts: HashMap<String, Node>,
}

impl Bases {
    /// Whether a job has a value from a base that other jobs have too.
    pub(super) fn shares(&self, job: &str, keys: [&str; 2]) -> bool {
        let says = |base: &String| self.texts.get(base).and_then(|node| node.get(keys[0])?.get(keys[1])).is_some();
        let shared = |base: &&String| self.users.get(*base).is_some_and(|count| *count > 1);
        self.of.get(job).is_some_and(|all| all.iter().filter(shared).any(says))
    }
}

/// All entries with their bases put under them.
pub(super) fn resolve(root: &Mapping, reading: &mut Reading<'_>) -> (Mapping, Bases) {
    let index: HashMap<&str, &Node> = root.iter().map(|entry| (entry.key.text.as_str(), &entry.value)).collect();
    let mut bases = Bases::default();
    let mut all = Vec::with_capacity(root.len());
    for entry in root {
        let name = &entry.key.text;
        if entry.value.get("extends").is_none() {
            all.push(entry.clone());
            continue;
        }
        let mut found = Found::default();
        let value = merged(&entry.value, &index, &mut vec![name], &mut found, reading);
        for base in &found.bases {
            *bases.users.entry(base.clone()).or_default() += usize::from(!name.starts_with('.'));
            if let Some(node) = index.get(base.as_str()).filter(|_| !bases.texts.contains_key(base)) {
                bases.texts.insert(base.clone(), (*node).clone());
            }
        }
        bases.of.insert(name.clone(), found.bases);
        if !found.missing.is_empty() {
            bases.missing.insert(name.clone(), found.missing);
        }
        all.push(Entry { key: entry.key.clone(), value });
    }
    (merge::mapping(all), bases)
}

#[derive(Default)]
struct Found {
    bases: BTreeSet<String>,
    missing: Vec<String>,
}

fn merged<'r>(
    node: &'r Node,
    index: &HashMap<&'r str, &'r Node>,
    chain: &mut Vec<&'r str>,
    found: &mut Found,
    reading: &mut Reading<'_>,
) -> Node {
    let Some(extends) = node.get("extends") else { return node.clone() };
    let mut all: Option<Node> = None;
    for item in merge::flat(extends) {
        let Some(name) = item.as_str() else {
            reading.undecided(Aspect::Syntax, None, "`extends` takes names of jobs", item.span);
            continue;
        };
        let Some((name, base)) = index.get_key_value(name) else {
            found.missing.push(name.to_owned());
            if !reading.elsewhere {
                let why = format!("`{name}` is not defined");
                reading.undecided(Aspect::Syntax, None, why, item.span);
            }
            continue;
        };
        if chain.contains(name) || chain.len() > DEEPEST {
            let why = format!("`extends` leads through `{name}` too often");
            reading.limit(&why, item.span);
            continue;
        }
        if !reading.affords(base) {
            continue;
        }
        found.bases.insert((*name).to_owned());
        chain.push(name);
        let below = merged(base, index, chain, found, reading);
        chain.pop();
        all = Some(match all {
            Some(all) => merge::over(all, below),
            None => below,
        });
    }
    let own = without(node);
    match all {
        Some(all) => merge::over(all, own),
        None => own,
    }
}

fn without(node: &Node) -> Node {
    let entries = node.as_mapping().into_iter().flatten().filter(|entry| entry.key.text != "extends").cloned();
    Node { span: node.span, value: Value::Mapping(entries.collect()) }
}
