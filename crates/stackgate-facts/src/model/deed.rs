//! What else a script does that matters for tokens, and for what runs beside them.
//!
//! What must hold: the list is closed; a deed is what the text says, never what a program of the repository may do in turn.

use serde::Serialize;

use crate::place::Place;
use crate::value::Value;

/// Something that a step's script does.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The step that does it, by its index.
    pub step: usize,
    /// What.
    pub kind: DeedKind,
    /// With what: the command's words, a variable's name, a URL.
    pub what: Value,
    /// Where.
    pub place: Place,
}

/// What a script does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeedKind {
    /// It runs code of the repository that this program does not read, and that may run Pulumi: `./deploy.sh`, `make deploy`,
    /// `npm run deploy`, a script in another language.
    RepositoryCode,
    /// It lets packages run their own install scripts: `npm ci` without `--ignore-scripts`, `pip install` of sources.
    InstallScripts,
    /// It prints each command with its values: `set -x`, `bash -x`.
    Trace,
    /// It prints all variables: `env`, `printenv`, `export -p`.
    PrintsEnvironment,
    /// It prints the value of one variable whose name is that of a secret; the variable.
    PrintsSecret,
    /// Pulumi writes its own talk with the server: `-v=9`, `--logtostderr`.
    PrintsRequests,
    /// It asks for secrets in plain text: `--show-secrets`.
    ShowsSecrets,
    /// It fetches or sends without knowing from or to whom: `http://`, `--insecure`; the URL where there is one.
    Insecure,
    /// A token stands among a program's arguments, where every process of the machine can read it.
    TokenInArguments,
    /// It asks the CI system for an OIDC token.
    AsksOidcToken,
    /// It gets commits by itself: `git clone`, `git fetch`, `git checkout` of another commit, `gh pr checkout`; the words.
    Checkout,
    /// It sets a variable that changes what Pulumi does: `NAME=value`.
    SetsPulumi,
}
