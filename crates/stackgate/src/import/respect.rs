//! In which respects an old pipeline and a new one are compared, with the words for more and for less.
//!
//! What must hold: each names what becomes possible, or no longer is, and what may break by it.

use stackgate_drift::Class;

/// In which respect two pipelines are compared, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Respect {
    Token,
    Lifetime,
    Destination,
    Secrets,
    Approval,
    Lock,
    Rights,
    Beside,
    Code,
    Scripts,
    Output,
    Git,
    Failure,
    Machine,
    Limit,
    Commands,
}

impl Respect {
    /// Its name for people, what more of it permits, and what less of it prevents.
    pub(crate) fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Respect::Token => ("token", "the token may do more", "the token may do less, and nobody has to keep it"),
            Respect::Lifetime => (
                "token's lifetime",
                "a token that gets out can be used for longer",
                "a token that gets out dies sooner",
            ),
            Respect::Destination => (
                "token's destination",
                "the checkout decides where the token goes",
                "the checkout no longer decides where the token goes",
            ),
            Respect::Secrets => (
                "stored secrets",
                "it sees more secrets",
                "it sees fewer secrets; what needs one fails until ESC brings it",
            ),
            Respect::Approval => (
                "approval",
                "fewer rules stand before it",
                "somebody has to approve, or an environment's rules stand before it",
            ),
            Respect::Lock => (
                "lock",
                "two runs can change the stack at once, or one kills another",
                "two runs no longer change the stack at once, and none is killed half-way",
            ),
            Respect::Rights => {
                ("repository token", "it may do more to the repository", "it may do less to the repository")
            }
            Respect::Beside => (
                "steps beside the token",
                "more steps run while the token can be read",
                "fewer steps run while the token can be read",
            ),
            Respect::Code => (
                "foreign code",
                "more code can change without a change here",
                "less code can change without a change here",
            ),
            Respect::Scripts => (
                "install scripts",
                "packages run scripts of their own",
                "packages no longer run scripts of their own; one that needs it fails",
            ),
            Respect::Output => (
                "what it tells",
                "more of what is secret gets into the log",
                "less of what is secret gets into the log",
            ),
            Respect::Git => (
                "git's credential",
                "it stays in the checkout",
                "it no longer stays in the checkout; a step that pushes fails",
            ),
            Respect::Failure => ("failure", "the job goes on when Pulumi fails", "the job fails when Pulumi does"),
            Respect::Machine => {
                ("machine", "it runs where others may have been", "it runs on a machine that nobody else used")
            }
            Respect::Limit => ("time limit", "it may run longer", "it is ended earlier"),
            Respect::Commands => ("commands", "it does more with Pulumi", "it does less with Pulumi"),
        }
    }

    /// What more of it is.
    pub(crate) fn class(self) -> Class {
        match self {
            Respect::Token
            | Respect::Lifetime
            | Respect::Destination
            | Respect::Secrets
            | Respect::Rights
            | Respect::Beside
            | Respect::Git => Class::WidensPrivilege,
            Respect::Approval | Respect::Lock => Class::RemovesGate,
            Respect::Code | Respect::Scripts => Class::SupplyChain,
            Respect::Output => Class::WidensPrivilege,
            Respect::Failure | Respect::Machine | Respect::Limit | Respect::Commands => Class::Behaviour,
        }
    }
}
