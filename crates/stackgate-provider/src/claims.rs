//! What a CI job's OIDC token says of the job, in every situation in which somebody could ask for one.
//!
//! What must hold: the claims are those that the system itself issues, with made-up values only where every run has
//! others; an adapter says plainly where the system gives no token, and where a situation has the very token of the
//! stage. Deliberately absent: what Pulumi Cloud makes of a token.

use serde::Serialize;
use serde_json::{Map, Value};
use stackgate_diagnostic::Diagnostic;
use stackgate_plan::Stage;

/// A situation in which a job of a stage's pipeline, or one made to look like it, asks for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Situation {
    /// What the stage is there for: its own trigger, in its own environment.
    Intended,
    /// A push to another branch.
    OtherBranch,
    /// A tag, also one with the deploy branch's name.
    Tag,
    /// A change request from the same repository.
    ChangeRequest,
    /// A change request from a fork.
    Fork,
    /// A change request whose own branch has the deploy branch's name.
    SameNamedBranch,
    /// A run that somebody started by hand, on the deploy branch.
    Manual,
    /// A run that a schedule or another pipeline started, on the deploy branch.
    Schedule,
    /// A job on the deploy branch that leaves the stage's environment out, or what stands in for it.
    NoEnvironment,
    /// A job of another pipeline file of the repository, on the deploy branch.
    OtherFile,
    /// The same in another repository of the same owner.
    OtherRepository,
    /// The same in a repository of the same name that was created anew, after a renaming or a deletion.
    Recreated,
    /// The same in somebody else's project, also one whose name differs in a character that a pattern cannot tell.
    OtherProject,
}

impl Situation {
    /// All, in the order in which tables show them.
    pub const ALL: &[Situation] = &[
        Situation::Intended,
        Situation::OtherBranch,
        Situation::Tag,
        Situation::ChangeRequest,
        Situation::Fork,
        Situation::SameNamedBranch,
        Situation::Manual,
        Situation::Schedule,
        Situation::NoEnvironment,
        Situation::OtherFile,
        Situation::OtherRepository,
        Situation::Recreated,
        Situation::OtherProject,
    ];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Situation::Intended => "intended",
            Situation::OtherBranch => "other-branch",
            Situation::Tag => "tag",
            Situation::ChangeRequest => "change-request",
            Situation::Fork => "fork",
            Situation::SameNamedBranch => "same-named-branch",
            Situation::Manual => "manual",
            Situation::Schedule => "schedule",
            Situation::NoEnvironment => "no-environment",
            Situation::OtherFile => "other-file",
            Situation::OtherRepository => "other-repository",
            Situation::Recreated => "recreated",
            Situation::OtherProject => "other-project",
        }
    }

    /// What people read.
    pub fn title(self) -> &'static str {
        match self {
            Situation::Intended => "its own trigger",
            Situation::OtherBranch => "a push to another branch",
            Situation::Tag => "a tag",
            Situation::ChangeRequest => "a change request",
            Situation::Fork => "a change request from a fork",
            Situation::SameNamedBranch => "a change request from a branch of the deploy branch's name",
            Situation::Manual => "a run by hand",
            Situation::Schedule => "a schedule",
            Situation::NoEnvironment => "a job without the environment",
            Situation::OtherFile => "another pipeline file",
            Situation::OtherRepository => "another repository of the owner",
            Situation::Recreated => "a repository re-created under the name",
            Situation::OtherProject => "somebody else's project",
        }
    }

    /// Whether the job is one of a change request to this repository, and may have what change requests have.
    pub fn is_change_request(self) -> bool {
        matches!(self, Situation::ChangeRequest | Situation::SameNamedBranch)
    }
}

/// The claims of a token.
pub type Claims = Map<String, Value>;

/// A token as a CI system issues it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Token {
    /// What is special about it among the tokens of its situation: `subject with ids, environment dropped`.
    pub form: String,
    /// Its claims, `iss` among them.
    pub claims: Claims,
}

impl Token {
    /// The issuer that the token names.
    pub fn issuer(&self) -> &str {
        self.claims.get("iss").and_then(Value::as_str).unwrap_or_default()
    }
}

/// What a CI system gives a job in a situation.
#[derive(Debug, Clone, PartialEq)]
pub enum Issued {
    /// These tokens: one for each form that the system knows, and for each thing that whoever writes the job may choose.
    Tokens(Vec<Token>),
    /// No token, or the situation does not exist there; why, as a sentence.
    Nothing(String),
    /// The stage's own token: no claim tells the two apart. Why, and what holds there instead, as a sentence.
    Same(String),
}

/// What Pulumi Cloud must trust of one provider.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trust {
    /// The issuers, each once.
    pub issuers: Vec<TrustedIssuer>,
    /// What admits each stage; several for a stage whose token may have several forms.
    pub admissions: Vec<Admission>,
    /// What no claim can show, one sentence each.
    pub residual: Vec<String>,
    /// The rules, besides the gate's own, whose waiver for a stack lets jobs of other gates reach its team.
    pub waived_by: Vec<&'static str>,
    /// Whether production's gate is that of a whole pipeline of its own, so that the previews in it have the deploys' token.
    pub gate_of_pipeline: bool,
}

/// An OIDC issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// As the token's `iss` has it: https, without a slash at the end.
    pub url: String,
    /// For people: `GitHub Actions`.
    pub name: String,
    /// Its keys (RFC 7517), where Pulumi Cloud cannot fetch them.
    pub jwks: Option<Value>,
}

/// What a token must show to be one of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The stage's id.
    pub stage: String,
    /// The team whose token it gets.
    pub team: String,
    /// The issuer's URL.
    pub issuer: String,
    /// All of these must hold.
    pub rules: Vec<ClaimRule>,
}

impl Admission {
    /// An admission of a stage, without rules yet.
    pub fn of(stage: &Stage, issuer: impl Into<String>) -> Admission {
        Admission { stage: stage.id.clone(), team: stage.token.team.clone(), issuer: issuer.into(), rules: Vec::new() }
    }

    /// With a rule whose value is fixed, and whose wildcards, where the value holds any, nothing makes up for.
    #[must_use]
    pub fn exactly(self, claim: &str, value: impl Into<String>) -> Admission {
        self.rule(claim, value, false, false)
    }

    /// With a rule whose value is a name: where it holds a wildcard, a rule on an immutable id of the same thing makes up
    /// for it.
    #[must_use]
    pub fn named(self, claim: &str, value: impl Into<String>) -> Admission {
        self.rule(claim, value, true, false)
    }

    /// With a rule whose `*` stands for what differs from run to run; its other wildcards are as in [`Admission::named`].
    #[must_use]
    pub fn shaped(self, claim: &str, pattern: impl Into<String>) -> Admission {
        self.rule(claim, pattern, true, true)
    }

    /// Says of the last rule that its pattern is the path of a file of our own choosing: dots in it can be nothing else
    /// where the system looks, so that nothing need be said about them.
    #[must_use]
    pub fn of_our_choice(mut self) -> Admission {
        if let Some(rule) = self.rules.last_mut() {
            rule.chosen = true;
        }
        self
    }

    fn rule(mut self, claim: &str, pattern: impl Into<String>, covered: bool, free: bool) -> Admission {
        self.rules.push(ClaimRule { claim: claim.into(), pattern: pattern.into(), covered, free, chosen: false });
        self
    }
}

/// What one claim must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRule {
    /// The claim's path as Pulumi Cloud takes it: a key with dots between double quotes.
    pub claim: String,
    /// The pattern as Pulumi Cloud takes it: `*` any text, `?` one character or none, `.` any one character.
    pub pattern: String,
    /// Whether wildcards that only stand there because a name holds them are made up for by an id.
    pub covered: bool,
    /// Whether a `*` is meant as one.
    pub free: bool,
    /// Whether it is the path of a file of our own choosing.
    pub chosen: bool,
}

/// What is wrong with an issuer's URL, as the end of a sentence: Pulumi Cloud compares it with `iss` letter by letter.
pub fn fault_of_issuer(url: &str) -> Option<&'static str> {
    let Some(rest) = url.strip_prefix("https://") else { return Some("it does not begin with `https://`") };
    if rest.ends_with('/') {
        return Some("it ends with `/`, which no token's `iss` does");
    }
    let host = rest.split('/').next().unwrap_or_default();
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-:/%".contains(c);
    let begins = host.starts_with(|c: char| c.is_ascii_alphanumeric()) && !host.contains("::");
    if !begins || rest.len() > 300 || !rest.chars().all(legal) || rest.contains("//") {
        return Some("it is not a host and, where there is one, a path");
    }
    None
}

/// What an adapter answers when its options lack what a trust policy needs.
pub type Missing = Vec<Diagnostic>;
