//! A policy as rules look at it: with its issuer, its subject in parts, and what its patterns admit.
//!
//! What must hold: patterns mean what Pulumi Cloud makes of them, by `stackgate-trust` alone; a claim is found by its path,
//! however the path is written.

use std::collections::BTreeMap;

use stackgate_trust::{Decision, Pattern, Policy, TokenType, keys};

use crate::grammar::{Subject, provider_of_subject};
use crate::policies::{IssuerSubject, PoliciesSubject};

/// A policy with its issuer.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) issuer: &'a IssuerSubject,
    pub(crate) policy: &'a Policy,
    /// Its number among the issuer's, from 1.
    number: usize,
    /// Whose tokens it admits: the issuer's, or where that does not tell, what the subject looks like.
    pub(crate) provider: Option<&'static str>,
}

/// Whether a policy admits jobs of change requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Requests {
    /// Nothing else.
    Only,
    /// Them too, as far as its claims go.
    Also,
    /// Not them.
    Never,
}

/// What a policy asks for, by claim.
pub(crate) struct Asks(BTreeMap<String, Pattern>);

impl Asks {
    /// Whether some token can have what both ask for. Two items of a list count as none in common: that a job is in two
    /// contexts is its project's own doing.
    pub(crate) fn meets(&self, other: &Asks) -> bool {
        self.0.iter().all(|(path, own)| {
            other.0.get(path).is_none_or(|theirs| {
                let item = |pattern: &Pattern| {
                    let text = pattern.as_str();
                    text.len() > 2 && text.starts_with('*') && text.ends_with('*')
                };
                if path == CONTEXTS && item(own) && item(theirs) { own == theirs } else { own.meets(theirs) }
            })
        })
    }
}

/// The contexts of a CircleCI job, the one claim that is a list.
const CONTEXTS: &str = "oidc.circleci.com/context-ids";

/// A claim's path, whichever way it is quoted; as it is where it cannot be read.
fn path_of(path: &str) -> String {
    keys(path).map_or_else(|| path.to_owned(), |keys| keys.join("\0"))
}

/// Every policy.
pub(crate) fn policies(subject: &PoliciesSubject) -> impl Iterator<Item = View<'_>> {
    subject.issuers.iter().flat_map(|issuer| {
        issuer.policies.iter().enumerate().map(move |(index, policy)| {
            let looks = policy_rule(policy, "sub").and_then(provider_of_subject);
            View { issuer, policy, number: index + 1, provider: issuer.provider.or(looks) }
        })
    })
}

/// Every policy that allows something.
pub(crate) fn allows(subject: &PoliciesSubject) -> impl Iterator<Item = View<'_>> {
    policies(subject).filter(|view| view.policy.decision == Decision::Allow)
}

fn policy_rule<'a>(policy: &'a Policy, claim: &str) -> Option<&'a str> {
    policy.rules.iter().find(|(path, _)| keys(path).is_some_and(|keys| keys == [claim])).map(|(_, text)| text.as_str())
}

impl<'a> View<'a> {
    /// What it asks of a claim; nothing where it asks for any value.
    pub(crate) fn rule(&self, claim: &str) -> Option<&'a str> {
        policy_rule(self.policy, claim).filter(|text| !Pattern::new(text).says_nothing())
    }

    /// What it asks of a claim, where that is one value; a dot in it counts as a dot.
    pub(crate) fn pinned(&self, claim: &str) -> Option<&'a str> {
        self.rule(claim).filter(|text| !text.contains('*'))
    }

    /// Whether it asks that a claim be that value.
    pub(crate) fn is(&self, claim: &str, value: &str) -> bool {
        self.pinned(claim) == Some(value)
    }

    /// Its subject's pattern, where that says something.
    pub(crate) fn sub(&self) -> Option<&'a str> {
        self.rule("sub")
    }

    /// Its subject in parts, where it has its system's form.
    pub(crate) fn subject(&self) -> Option<Subject<'a>> {
        Subject::of(self.provider?, self.sub()?)
    }

    /// Whether its subject has the form of another system than its issuer's: another rule's matter.
    pub(crate) fn is_foreign(&self) -> bool {
        let looks = self.sub().and_then(provider_of_subject);
        looks.is_some() && looks != self.provider
    }

    /// Whether it is about a service connection's token, on Azure.
    pub(crate) fn is_connection(&self) -> bool {
        let connection = |sub: &str| sub.starts_with("sc://") || sub.starts_with("/eid1/");
        self.provider == Some("azure")
            && (self.sub().is_some_and(connection) || self.issuer.url.starts_with("https://login.microsoftonline.com/"))
    }

    /// Its number among the issuer's, from 1.
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// Its own name, for a sentence: `policy 2 of …`.
    pub(crate) fn name(&self) -> String {
        format!("policy {} of `{}`", self.number, self.issuer.url)
    }

    /// Whose token it gives, for a sentence.
    pub(crate) fn gives(&self) -> String {
        match self.policy.token_type {
            TokenType::Organization => "the organization's token".to_owned(),
            TokenType::Team => format!("the token of the team `{}`", self.of().unwrap_or_default()),
            TokenType::Personal => format!("the token of the person `{}`", self.of().unwrap_or_default()),
            TokenType::Runner => format!("the token of the runner `{}`", self.of().unwrap_or_default()),
        }
    }

    /// Of whom the token is, as it is written; nothing for the organization.
    pub(crate) fn of(&self) -> Option<&'a str> {
        match self.policy.token_type {
            TokenType::Organization => None,
            TokenType::Team => self.policy.team_name.as_deref(),
            TokenType::Personal => self.policy.user_login.as_deref(),
            TokenType::Runner => self.policy.runner_id.as_deref(),
        }
    }

    /// The team, where it is a team's.
    pub(crate) fn team(&self) -> Option<&'a str> {
        self.of().filter(|_| self.policy.token_type == TokenType::Team)
    }

    /// What a finding about it is about: the team, or else the issuer.
    pub(crate) fn about(&self) -> Option<&'a str> {
        Some(self.of().unwrap_or(&self.issuer.url))
    }

    /// Its rules, ready to be compared with another's.
    pub(crate) fn asks(&self) -> Asks {
        Asks(self.policy.rules.iter().map(|(path, text)| (path_of(path), Pattern::new(text))).collect())
    }

    /// Whether it admits jobs of change requests, by its claims.
    pub(crate) fn requests(&self) -> Requests {
        let by_value = |text: Option<&str>, of_request: &dyn Fn(&str) -> bool| match text {
            Some(text) if of_request(text) => Requests::Only,
            Some(text) if !text.contains('*') => Requests::Never,
            _ => Requests::Also,
        };
        let rest = self.subject().map_or("", |subject| subject.rest);
        match self.provider {
            Some("github") => {
                let by = [
                    by_value(self.rule("event_name"), &|text| text.starts_with("pull_request")),
                    by_value(self.rule("ref"), &|text| text.starts_with("refs/pull/")),
                    match rest {
                        "pull_request" => Requests::Only,
                        // A job of a pull request has this subject only where it names no environment, and another there.
                        _ if rest.starts_with("ref:refs/") => Requests::Never,
                        _ => Requests::Also,
                    },
                ];
                by.into_iter().find(|one| *one != Requests::Also).unwrap_or(Requests::Also)
            }
            Some("gitlab") => by_value(self.rule("pipeline_source"), &|text| {
                matches!(text, "merge_request_event" | "external_pull_request_event")
            }),
            // No claim of a connection's token says it; its checks stand before the token.
            Some("azure") if self.is_connection() => Requests::Never,
            Some("azure") => by_value(self.rule("rpo_ref"), &|text| text.starts_with("refs/pull/")),
            Some("jenkins") => by_value(Some(rest), &|text| text.starts_with("PR-")),
            Some("circleci") if self.pinned("oidc.circleci.com/vcs-ref").is_some() => Requests::Never,
            // The longer form of the subject ends with the branch.
            Some("circleci") if rest.contains("/vcs-ref/") && !rest.ends_with('*') => Requests::Never,
            // A preview's branch may be any; its context is what it has of its own.
            Some("circleci") if self.rule("oidc.circleci.com/context-ids").is_some() => Requests::Only,
            Some("circleci") => Requests::Also,
            // What is a change request's there, nobody here knows.
            _ => Requests::Never,
        }
    }
}

/// Whether the team that a policy gives the token of deploys: as its grants say, or, where nobody says, because another policy
/// gives its token to something else than change requests.
pub(crate) fn deploys(subject: &PoliciesSubject, view: &View<'_>) -> bool {
    let Some(team) = view.team() else { return view.policy.token_type != TokenType::Runner };
    match subject.pipeline_team(team) {
        Some(team) => team.stacks.iter().any(|(_, permission)| permission != "read"),
        None => allows(subject).any(|other| {
            other.team() == Some(team) && other.issuer.url == view.issuer.url && other.requests() != Requests::Only
        }),
    }
}

/// Whether the source says that a policy's team is one of change requests.
pub(crate) fn is_of_requests(subject: &PoliciesSubject, view: &View<'_>) -> bool {
    view.team().and_then(|team| subject.pipeline_team(team)).is_some_and(|team| team.of_change_requests)
}
