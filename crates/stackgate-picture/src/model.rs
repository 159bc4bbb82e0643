//! The model: nodes in five columns, edges from left to right, and how each stands.
//!
//! What must hold: an edge goes to a later column; nodes are sorted by column and name, and edges by their ends, so that
//! nothing depends on the order in which somebody said it. Texts are kept as they came, and cleaned where they leave.

/// Where a node stands; the order is that of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// Whoever asks for a token: a repository at its CI system, or the holder of a long-lived token.
    Identity,
    /// A policy of an issuer.
    Policy,
    /// Whose token it is: a team, or the whole organization.
    Team,
    /// A stack.
    Stack,
    /// An ESC environment.
    Environment,
}

impl Column {
    /// Every column, from the left.
    pub const ALL: [Column; 5] = [Column::Identity, Column::Policy, Column::Team, Column::Stack, Column::Environment];

    /// What stands above it.
    pub const fn title(self) -> &'static str {
        match self {
            Column::Identity => "CI identity",
            Column::Policy => "Policy",
            Column::Team => "Token of",
            Column::Stack => "Stacks",
            Column::Environment => "ESC environments",
        }
    }
}

/// How what is declared and what is there stand to each other. The order is from what matters least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// Declared and there; or declared, where nothing was compared.
    Both,
    /// It could not be read.
    Unknown,
    /// Declared, and not there.
    DeclaredOnly,
    /// Declared and there, but not the same.
    Differs,
    /// There, and not declared.
    ActualOnly,
}

impl Mark {
    /// Every mark of a difference, the worst first.
    pub const DIFFERENCES: [Mark; 4] = [Mark::ActualOnly, Mark::Differs, Mark::DeclaredOnly, Mark::Unknown];

    /// The sign that it is known by besides its colour; nothing where all is as declared.
    pub const fn sign(self) -> &'static str {
        match self {
            Mark::Both => "",
            Mark::Unknown => "?",
            Mark::DeclaredOnly => "−",
            Mark::Differs => "≠",
            Mark::ActualOnly => "+",
        }
    }

    /// The words for it.
    pub const fn words(self) -> &'static str {
        match self {
            Mark::Both => "as declared",
            Mark::Unknown => "could not be read",
            Mark::DeclaredOnly => "declared, not there",
            Mark::Differs => "differs from what is declared",
            Mark::ActualOnly => "there, not declared",
        }
    }

    /// The class of its style.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Mark::Both => "b",
            Mark::Unknown => "u",
            Mark::DeclaredOnly => "m",
            Mark::Differs => "d",
            Mark::ActualOnly => "n",
        }
    }
}

/// A thing in the picture.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// Where it stands.
    pub column: Column,
    /// Its name.
    pub name: String,
    /// What it is: the CI system, the kind of a team, the tier of a stack. May be empty.
    pub note: String,
    /// How it stands.
    pub mark: Mark,
    /// What differs, one sentence without a full stop.
    pub difference: Option<String>,
}

/// That one thing leads to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The node that it comes from, by its number.
    pub from: usize,
    /// The node that it goes to.
    pub to: usize,
    /// The permission, where it ends at a stack or an environment: `write`. Empty otherwise.
    pub label: String,
    /// How it stands.
    pub mark: Mark,
    /// What differs.
    pub difference: Option<String>,
}

/// What is to be said of the organization as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// How it stands.
    pub mark: Mark,
    /// One sentence with a full stop.
    pub text: String,
}

/// Who can get which token from where, and what it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The Pulumi organization.
    pub organization: String,
    /// The base URL of its Pulumi Cloud.
    pub cloud_url: String,
    /// When Pulumi Cloud was read, in seconds since 1970; none where what is declared was not compared with anything.
    pub taken: Option<i64>,
    /// Sorted by column and name.
    pub nodes: Vec<Node>,
    /// Sorted by their ends.
    pub edges: Vec<Edge>,
    /// What is of no node, sorted.
    pub remarks: Vec<Remark>,
}

impl Picture {
    /// Whether what is declared was compared with what is there.
    pub fn compared(&self) -> bool {
        self.taken.is_some()
    }

    /// How many nodes, edges and remarks have this mark.
    pub fn count(&self, mark: Mark) -> usize {
        let nodes = self.nodes.iter().filter(|node| node.mark == mark).count();
        let edges = self.edges.iter().filter(|edge| edge.mark == mark).count();
        nodes + edges + self.remarks.iter().filter(|remark| remark.mark == mark).count()
    }
}
