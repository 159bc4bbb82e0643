//! What a job does with Pulumi Cloud and with Pulumi.
//!
//! What must hold: something that is left out is none, never a guess; the default is the judge's to know.

use serde::Serialize;

use crate::place::Place;
use crate::value::Value;

/// A token of Pulumi Cloud that a job asks for.
#[derive(Clone, Debug)]
pub struct Mint {
    /// The step that asks, by its index.
    pub step: usize,
    /// How.
    pub by: MintBy,
    /// What kind of token.
    pub kind: TokenKind,
    /// The organization.
    pub organization: Option<Value>,
    /// The team, for a team's token.
    pub team: Option<Value>,
    /// The scope as written, where one is.
    pub scope: Option<Value>,
    /// How long it lives, in seconds; none where nothing is said (two hours then).
    pub seconds: Option<Value>,
    /// The URL of Pulumi Cloud; none where the checkout or the environment may decide.
    pub url: Option<Value>,
    /// Where.
    pub place: Place,
}

/// How a job asks for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MintBy {
    /// `pulumi login --oidc-token`.
    Login,
    /// A step of somebody else's, such as `pulumi/auth-actions`.
    Action,
    /// A request to the token endpoint.
    Request,
}

/// What kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// Of a team.
    Team,
    /// Of the whole organization.
    Organization,
    /// Of a person.
    Personal,
    /// Of an administrator.
    Admin,
    /// Of a runner of Pulumi Deployments.
    Runner,
    /// It cannot be told.
    Unknown,
}

/// Something that a job does with Pulumi.
#[derive(Clone, Debug)]
pub struct Verb {
    /// The step that does it, by its index.
    pub step: usize,
    /// What.
    pub kind: VerbKind,
    /// On which stack; none where the checkout decides.
    pub stack: Option<Value>,
    /// Flags that change what it does, sorted, without those above.
    pub flags: Vec<String>,
    /// Where.
    pub place: Place,
}

/// What a job does with Pulumi.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerbKind {
    /// Runs the program and shows what would change.
    Preview,
    /// Changes what is there.
    Up,
    /// Removes everything.
    Destroy,
    /// Takes what is there into the state.
    Refresh,
    /// Makes a stack, or makes sure that there is one.
    CreateStack,
    /// Changes the state by hand: `import`, `state`, `cancel`, `stack rm`, `stack import`.
    State,
    /// Starts a deployment of Pulumi Deployments.
    Deployment,
    /// Opens an ESC environment.
    OpenEnvironment,
    /// Reads the stack's outputs or its configuration.
    Read,
    /// Anything else, by its words.
    Other(String),
}
