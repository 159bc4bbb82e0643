//! Steps and the foreign code that they run.
//!
//! What must hold: steps keep their order, since it means everything; text that the provider puts into a script is known.

use serde::Serialize;

use super::Setting;
use crate::condition::Condition;
use crate::place::Place;
use crate::value::Value;

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where.
    pub place: Place,
}

/// One step.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Its name for people.
    pub name: Option<String>,
    /// Where it begins and ends.
    pub place: Place,
    /// What must be true for it to run, beside the job's; `Always` where nothing is said.
    pub condition: Option<Condition>,
    /// What it does.
    pub does: Does,
    /// Variables that it alone sees.
    pub variables: Vec<Variable>,
    /// The directory that it starts in.
    pub directory: Option<Value>,
    /// Whether the job goes on when it fails.
    pub tolerated: bool,
    /// Whether it is a further part of the script before it, in the same shell: what that set is still set.
    pub continues: bool,
    /// Text that is put into its script or its inputs before they run.
    pub embedded: Vec<Embedded>,
    /// What else it says that changes how it runs.
    pub settings: Vec<Setting>,
}

/// What a step does.
#[derive(Clone, Debug, Default)]
pub enum Does {
    /// Nothing that a reader could tell; then there is an [`Undecided`].
    #[default]
    Unknown,
    /// It runs a script.
    Run {
        /// The text, without the indentation of its place.
        text: String,
        /// Where the text stands.
        place: Place,
        /// Whether each line of the text is one of the file, so that a line of it can be found there.
        by_line: bool,
        /// The shell in the provider's word: `bash`, `pwsh`, `bat`; none for a POSIX shell.
        shell: Option<String>,
    },
    /// It runs foreign code, or a step of the provider's own.
    Use {
        /// The code.
        code: Code,
        /// Its inputs, by name.
        inputs: Vec<Variable>,
    },
    /// It gets the repository's own text. Whose commits, where the file says so; and whether a credential stays on disk.
    Checkout {
        /// The code that does it, where it is foreign code.
        code: Option<Code>,
        /// What is checked out, where that is not what the run is for.
        reference: Option<Value>,
        /// Whether another repository is checked out.
        repository: Option<Value>,
        /// Whether a credential stays in the checkout, by the file or by the provider's default.
        keeps_credentials: bool,
        /// The inputs.
        inputs: Vec<Variable>,
    },
}

/// Text that a provider puts into a script or an input before it runs.
#[derive(Clone, Debug)]
pub struct Embedded {
    /// The expression and who controls it.
    pub value: Value,
    /// Whether it becomes part of a program text, and not of an inert value.
    pub in_code: bool,
    /// Where.
    pub place: Place,
}

/// Foreign code.
#[derive(Clone, Debug)]
pub struct Code {
    /// What it is.
    pub kind: CodeKind,
    /// What it is called, without the version: `actions/checkout`, `node`.
    pub name: String,
    /// The version or digest as written; empty where there is none.
    pub version: String,
    /// How firmly that names one text.
    pub pin: Pin,
    /// The version that a comment beside it claims.
    pub comment: Option<String>,
    /// Where the reference stands.
    pub place: Place,
}

/// What foreign code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeKind {
    /// A step of somebody else: an action, a task.
    Action,
    /// A whole pipeline, or a part of one: a reusable workflow, an include, a template, a component.
    Pipeline,
    /// An orb, a shared library: code that the pipeline's own steps call.
    Library,
    /// A container image.
    Image,
    /// A machine image.
    Machine,
    /// A tool that a step installs: the Pulumi CLI, a language's runtime.
    Tool,
    /// A program that a script downloads.
    Download,
    /// A package that a script installs by name.
    Package,
}

/// How firmly a reference names one text; the order is from the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pin {
    /// It is made at run time.
    Made,
    /// Nothing: whatever is newest.
    None,
    /// A branch, a range, a major version: it moves.
    Moving,
    /// An exact version, that its owner could still move.
    Version,
    /// A digest or a full commit.
    Digest,
    /// It is part of this repository.
    Local,
}
