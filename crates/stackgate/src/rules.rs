//! Every rule that a diagnostic can cite, from every crate, and those of this one.
//!
//! What must hold: an id names one rule, or the same rule stated by several adapters. Checks are elsewhere.

use std::sync::OnceLock;

use stackgate_diagnostic::Rule;
use stackgate_provider::{ARTIFACT_TOO_LARGE, ISSUER_URL, TRUST_ID_MISSING};

use crate::registry::PROVIDERS;

pub(crate) static ESC_MISSING: Rule = Rule {
    id: "esc-missing",
    title: "The spec names every ESC environment that a stack imports",
    why: "The deploy team may open exactly the environments that the spec names. A stack file that imports another one makes \
          every deploy fail at the moment it opens it.",
    instead: "Add the environment to the stack's `esc`, or take it out of `Pulumi.<stack>.yaml`.",
    waivable: false,
};

pub(crate) static ESC_UNUSED: Rule = Rule {
    id: "esc-unused",
    title: "A stack imports every ESC environment that the spec names",
    why: "The deploy team gets the right to open it, and nothing uses that right.",
    instead: "Take the environment out of the stack's `esc`, or import it in `Pulumi.<stack>.yaml`.",
    waivable: false,
};

pub(crate) static ESC_UNREAD: Rule = Rule {
    id: "esc-unread",
    title: "Every stack file can be read",
    why: "What a stack imports is compared with the spec's `esc` only where the stack's file can be read: a plain file of \
          bearable size, in YAML without anchors. A comparison that did not take place must not look like one that found nothing.",
    instead: "Mend the file that the message names, or see to it yourself that it imports what `esc` says.",
    waivable: false,
};

pub(crate) static REPOSITORY_MISSING: Rule = Rule {
    id: "repository-missing",
    title: "An organization's spec names specs that exist",
    why: "A repository whose spec is not found has no policy and no team in what is rendered: once that is applied, its pipelines \
          get no token any more.",
    instead: "Check the repositories out below the organization's spec, as submodules or by a script, or keep a fragment of each.",
    waivable: false,
};

pub(crate) static CI_APPROVERS: Rule = Rule {
    id: "ci-approvers",
    title: "The access program names who approves on each system that it holds",
    why: "An environment that asks for an approval of nobody lets every job through on one system and none on another. A number that \
          is none, or more approvers than the system takes, makes the program fail half-way.",
    instead: "Name the approvers by the ids that the system gave them, one to six on GitHub, one to fifty on Azure DevOps, each once.",
    waivable: false,
};

pub(crate) static CI_UNUSED: Rule = Rule {
    id: "ci-unused",
    title: "A system whose settings are held runs somebody's pipelines",
    why: "The organization's spec says that the system's settings are held, and the program holds nothing there: its reader believes \
          in a protection that is not there.",
    instead: "Take the system out of `ci_settings`, or add the repository whose pipelines it runs.",
    waivable: false,
};

/// Every rule, sorted by id, each id once.
pub fn all_rules() -> &'static [&'static Rule] {
    static ALL: OnceLock<Vec<&'static Rule>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut rules: Vec<&'static Rule> = vec![
            &CI_APPROVERS,
            &CI_UNUSED,
            &ESC_MISSING,
            &ESC_UNREAD,
            &ESC_UNUSED,
            &ARTIFACT_TOO_LARGE,
            &ISSUER_URL,
            &REPOSITORY_MISSING,
            &TRUST_ID_MISSING,
        ];
        rules.extend(crate::audit::RULES);
        rules.extend(stackgate_audit::diagnostic_rules());
        rules.extend(crate::logs::RULES);
        rules.extend(stackgate_logs::diagnostic_rules());
        rules.extend(crate::baseline::RULES);
        rules.extend(stackgate_review::diagnostic_rules());
        rules.extend(crate::reports::RULES);
        rules.extend(crate::pins::RULES);
        rules.extend(crate::import::RULES);
        rules.extend(stackgate_trust::RULES);
        rules.extend(stackgate_access::RULES);
        rules.extend(stackgate_yaml::RULES);
        rules.extend(stackgate_yaml::PIPELINE_RULES);
        rules.extend(stackgate_spec::RULES);
        rules.extend(stackgate_plan::RULES);
        for provider in PROVIDERS {
            rules.extend(provider.rules());
        }
        rules.sort_by_key(|rule| rule.id);
        rules.dedup_by_key(|rule| rule.id);
        rules
    })
}

/// The rule of that id.
pub fn find_rule(id: &str) -> Option<&'static Rule> {
    all_rules().iter().copied().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list holds each id once, whoever declares it; an audit rule that shares its id with another rule would vanish.
    #[test]
    fn an_audit_rule_has_an_id_of_its_own() {
        for rule in stackgate_audit::diagnostic_rules() {
            assert_eq!(find_rule(rule.id).map(|known| known.why), Some(rule.why), "{}", rule.id);
        }
    }
}
