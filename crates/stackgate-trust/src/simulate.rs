//! What Pulumi Cloud would answer to one token: for each team and other request that the policies know, whether it mints.
//!
//! What must hold: every request that a policy is about gets an answer, with the rule that decided.

use serde::Serialize;
use stackgate_provider::Claims;

use crate::decide::{Compiled, Request, Verdict, decide, shown};
use crate::path;
use crate::policy::{Policy, TokenType};

/// The answer to one request.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The kind of token that is asked for.
    pub token_type: TokenType,
    /// Of whom; empty for the organization.
    pub of: String,
    /// Whether it is minted.
    pub minted: bool,
    /// The policy that decided, and why, as a sentence for each.
    pub because: Vec<String>,
}

/// Answers every request that the issuer's policies are about.
pub fn simulate(policies: &[Policy], claims: &Claims) -> Vec<Answer> {
    let compiled: Vec<Compiled> = policies.iter().map(Compiled::new).collect();
    let mut answers: Vec<Answer> = Vec::new();
    for policy in policies {
        let of = match policy.token_type {
            TokenType::Organization => "",
            TokenType::Team => policy.team_name.as_deref().unwrap_or_default(),
            TokenType::Personal => policy.user_login.as_deref().unwrap_or_default(),
            TokenType::Runner => policy.runner_id.as_deref().unwrap_or_default(),
        };
        if answers.iter().any(|answer| answer.token_type == policy.token_type && answer.of == of) {
            continue;
        }
        let verdict = decide(&compiled, claims, Request { token_type: policy.token_type, of });
        let because = match &verdict {
            Verdict::Minted(index) => vec![format!("every rule of policy {} holds", index + 1)],
            Verdict::Denied(index) => vec![format!("policy {} denies it, and a deny always wins", index + 1)],
            Verdict::Refused(failed) => failed
                .iter()
                .filter_map(|(policy, rule)| {
                    let (claim, pattern) = policies.get(*policy)?.rules.get_index(*rule)?;
                    let found = shown(path::claim(claims, claim));
                    Some(format!("policy {} asks for `{claim}: {pattern}`; the claim {found}", policy + 1))
                })
                .collect(),
        };
        let minted = matches!(verdict, Verdict::Minted(_));
        answers.push(Answer { token_type: policy.token_type, of: of.to_owned(), minted, because });
    }
    answers
}
