//! Commands, executors, jobs and orbs of a configuration, by the name under which others call them.
//!
//! What must hold: an inline orb's parts are called `orb/part`; an orb from elsewhere is foreign code, and what it holds is
//! not known.

use std::collections::BTreeMap;

use stackgate_provider::facts::Code;
use stackgate_provider::yaml::{Node, Value};
use stackgate_provider::{Gathering, Taking};

use super::code;

/// What a configuration defines.
#[derive(Default)]
pub(crate) struct Definitions {
    jobs: BTreeMap<String, Node>,
    commands: BTreeMap<String, Node>,
    executors: BTreeMap<String, Node>,
    orbs: BTreeMap<String, Code>,
    groups: BTreeMap<String, Node>,
}

impl Definitions {
    /// Takes them from the top of a file.
    pub(crate) fn read(keys: &mut Taking<'_>, gathering: &mut Gathering<'_>) -> Definitions {
        let mut all = Definitions::default();
        all.part(keys, "");
        all.orbs(keys, "", gathering);
        all
    }

    /// The orbs that a file imports, or an inline orb: those are called by the inline orb's parts alone.
    fn orbs(&mut self, keys: &mut Taking<'_>, prefix: &str, gathering: &mut Gathering<'_>) {
        if let Some(orbs) = keys.take("orbs").and_then(Node::as_mapping) {
            for entry in orbs {
                let name = format!("{prefix}{}", entry.key.text);
                match &entry.value.value {
                    Value::Scalar(scalar) => {
                        let place = stackgate_provider::facts::Place::new(keys.file, entry.value.span);
                        let code = code::orb(&scalar.text, place, gathering);
                        gathering.observation.code.push(code.clone());
                        self.orbs.insert(name, code);
                    }
                    // An inline orb may itself import others, one level deep.
                    _ => {
                        let mut inner = Taking::new(keys.file, &entry.value);
                        let within = format!("{name}/");
                        self.part(&mut inner, &within);
                        if prefix.is_empty() {
                            self.orbs(&mut inner, &within, gathering);
                        }
                    }
                }
            }
        }
    }

    fn part(&mut self, keys: &mut Taking<'_>, prefix: &str) {
        let mut fill = |node: Option<&Node>, into: fn(&mut Definitions) -> &mut BTreeMap<String, Node>| {
            for entry in node.and_then(Node::as_mapping).into_iter().flatten() {
                into(self).insert(format!("{prefix}{}", entry.key.text), entry.value.clone());
            }
        };
        fill(keys.take("job-groups"), |all| &mut all.groups);
        fill(keys.take("jobs"), |all| &mut all.jobs);
        fill(keys.take("commands"), |all| &mut all.commands);
        fill(keys.take("executors"), |all| &mut all.executors);
    }

    /// A job.
    pub(crate) fn job(&self, name: &str) -> Option<Node> {
        self.jobs.get(name).cloned()
    }

    /// The jobs of a group.
    pub(crate) fn group(&self, name: &str) -> Option<Node> {
        self.groups.get(name).and_then(|group| group.get("jobs")).cloned()
    }

    /// A command; one that an inline orb's own part calls stands under that orb's name.
    pub(crate) fn command(&self, name: &str, within: &str) -> Option<(String, Node)> {
        named(&self.commands, name, within)
    }

    /// An executor.
    pub(crate) fn executor(&self, name: &str, within: &str) -> Option<(String, Node)> {
        named(&self.executors, name, within)
    }

    /// The orb of a name like `node/test`, where it comes from elsewhere; an inline orb's own parts call those that it
    /// imports itself.
    pub(crate) fn orb(&self, name: &str, within: &str) -> Option<&Code> {
        let orb = name.split_once('/')?.0;
        let own = within.split_once('/').and_then(|(inline, _)| self.orbs.get(&format!("{inline}/{orb}")));
        own.or_else(|| self.orbs.get(orb))
    }
}

fn named(all: &BTreeMap<String, Node>, name: &str, within: &str) -> Option<(String, Node)> {
    let own = within.split_once('/').map(|(orb, _)| format!("{orb}/{name}"));
    let found = own.and_then(|own| all.get_key_value(&own)).or_else(|| all.get_key_value(name));
    found.map(|(name, node)| (name.clone(), node.clone()))
}
