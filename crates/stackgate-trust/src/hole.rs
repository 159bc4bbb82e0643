//! A hole: a concrete token that policies answer wrongly.
//!
//! What must hold: whoever reads it can try it: the token's claims are all there, and the policy that decided.

use serde::Serialize;
use stackgate_plan::{Stage, TrustClass};
use stackgate_provider::{Claims, Situation, Token};

use crate::decide::{Verdict, shown};
use crate::path;
use crate::policy::{Policy, TokenType};

/// What kind of token it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The job that a policy is for is refused.
    Refuses,
    /// A job in that situation gets a token that is not its own.
    Reaches(Situation),
    /// A token that differs from a stage's own in that claim is taken for it.
    Mutated(String),
}

/// A token that is answered wrongly.
#[derive(Debug, Clone, Serialize)]
pub struct Hole {
    /// What kind it is.
    pub kind: Kind,
    /// The provider, for people.
    pub provider: String,
    /// The stage whose job it is, or whose job it resembles.
    pub stage: String,
    /// Whose token was asked for: a team, or `the organization`.
    pub of: String,
    /// The whole finding, as a sentence.
    pub message: String,
    /// The policy that minted, as an index of the issuer's list from 0.
    pub policy: Option<usize>,
    /// The token.
    pub claims: Claims,
}

impl Hole {
    pub(crate) fn new(
        provider: &str,
        stage: &Stage,
        token: &Token,
        (token_type, of): (TokenType, &str),
        kind: Kind,
        verdict: &Verdict,
        policies: &[Policy],
    ) -> Hole {
        let of = match token_type {
            TokenType::Team => format!("the team `{of}`"),
            TokenType::Organization => "the organization".to_owned(),
            TokenType::Personal => format!("the person `{of}`"),
            TokenType::Runner => format!("the runner `{of}`"),
        };
        let form = if token.form.is_empty() { String::new() } else { format!(" ({})", token.form) };
        let class = match stage.class {
            TrustClass::Audit => "the audit",
            TrustClass::ChangeRequest => "change requests",
            TrustClass::Development => "development",
            TrustClass::Production => "production",
        };
        let message = match &kind {
            Kind::Refuses => {
                format!("`{}` does not get the token of {of}{form}{}", stage.id, why(token, verdict, policies))
            }
            Kind::Reaches(Situation::Intended) => {
                format!("`{}`, of the class {class}, gets the token of {of}{form}", stage.id)
            }
            Kind::Reaches(situation) => {
                format!(
                    "{} gets the token of {of}: that of `{}`, but for {}{form}",
                    sentence(*situation),
                    stage.id,
                    situation.title()
                )
            }
            Kind::Mutated(claim) => format!(
                "a token like that of `{}` gets the token of {of} although `{claim}` {}{form}",
                stage.id,
                shown(path::claim(&token.claims, claim))
            ),
        };
        let policy = match verdict {
            Verdict::Minted(index) => Some(*index),
            _ => None,
        };
        Hole {
            kind,
            provider: provider.to_owned(),
            stage: stage.id.clone(),
            of,
            message,
            policy,
            claims: token.claims.clone(),
        }
    }
}

fn sentence(situation: Situation) -> &'static str {
    match situation {
        Situation::Recreated | Situation::OtherRepository | Situation::OtherProject => "a job elsewhere",
        _ => "a job of the repository",
    }
}

fn why(token: &Token, verdict: &Verdict, policies: &[Policy]) -> String {
    match verdict {
        Verdict::Denied(index) => format!(": policy {} denies it", index + 1),
        Verdict::Refused(failed) if failed.is_empty() => ": no policy is for it".to_owned(),
        Verdict::Refused(failed) => {
            let each: Vec<String> = failed
                .iter()
                .filter_map(|(policy, rule)| {
                    let (claim, pattern) = policies.get(*policy)?.rules.get_index(*rule)?;
                    Some(format!(
                        "policy {} asks for `{claim}: {pattern}`, and the claim {}",
                        policy + 1,
                        shown(path::claim(&token.claims, claim))
                    ))
                })
                .collect();
            format!(": {}", each.join("; "))
        }
        Verdict::Minted(_) => String::new(),
    }
}
