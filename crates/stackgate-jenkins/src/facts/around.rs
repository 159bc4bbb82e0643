//! What stands around a step: its stage, conditions, variables, credentials, locks.
//!
//! What must hold: a block hands on everything that it was given, and only adds to it.

use stackgate_provider::facts::{Clause, Condition, Credential, Gate, Job, Place, Setting, Value, Variable};

/// What stands around a step.
#[derive(Clone)]
pub(super) struct Around {
    /// What a job in here begins with: its clauses, its machine, its variables.
    pub(super) base: Box<Job>,
    /// The names of the stages, from the outside.
    pub(super) path: Vec<String>,
    /// The number of the innermost stage.
    pub(super) stage: usize,
    /// What must be true here, beside what the job's clauses say.
    pub(super) conditions: Vec<Condition>,
    /// Whether the job goes on when something here fails.
    pub(super) tolerated: bool,
    /// Whether a timeout stands around, inside of what tolerates its failure.
    pub(super) timed: bool,
    /// Whether a machine is held.
    pub(super) holds: bool,
    /// The agent, by a number: its first stage gets the implicit checkout.
    pub(super) agent: Option<(usize, Place)>,
    /// The directory.
    pub(super) directory: Option<Value>,
    /// Variables of `withEnv` and its like.
    pub(super) variables: Vec<Variable>,
    /// Blocks that change how steps run.
    pub(super) settings: Vec<Setting>,
    /// Bound credentials.
    pub(super) credentials: Vec<Credential>,
    /// Locks.
    pub(super) gates: Vec<Gate>,
    /// The shortest limit of the blocks around, in minutes, with its place.
    pub(super) limit: Option<(u32, Place)>,
}

impl Around {
    /// What stands around a whole file.
    pub(super) fn outermost(trigger: Clause) -> Around {
        Around {
            base: Box::new(Job { when: vec![trigger], ..Job::default() }),
            path: Vec::new(),
            stage: 0,
            conditions: Vec::new(),
            tolerated: false,
            timed: false,
            holds: false,
            agent: None,
            directory: None,
            variables: Vec::new(),
            settings: Vec::new(),
            credentials: Vec::new(),
            gates: Vec::new(),
            limit: None,
        }
    }

    /// How many facts a copy of this holds.
    pub(super) fn weight(&self) -> usize {
        let base = &self.base;
        base.when.len()
            + base.variables.len()
            + base.credentials.len()
            + base.code.len()
            + base.settings.len()
            + base.gates.len()
            + self.path.len()
            + self.conditions.len()
            + self.variables.len()
            + self.settings.len()
            + self.credentials.len()
            + self.gates.len()
    }

    /// The same with one more condition.
    pub(super) fn when(&self, condition: Condition) -> Around {
        let mut inner = self.clone();
        if condition != Condition::Always {
            inner.conditions.push(condition);
        }
        inner
    }

    /// The same with one more setting of the steps within.
    pub(super) fn with(&self, key: &str, value: String, place: Place) -> Around {
        let mut inner = self.clone();
        inner.settings.push(Setting { key: key.to_owned(), value, place });
        inner
    }

    /// The same for a part of a directory.
    pub(super) fn within(&self, directory: Value) -> Around {
        let mut inner = self.clone();
        inner.directory = Some(match (self.directory.as_ref(), directory) {
            (Some(Value::Literal(outer)), Value::Literal(inner)) if !inner.starts_with(['/', '~']) => {
                Value::Literal(format!("{outer}/{inner}"))
            }
            (_, directory) => directory,
        });
        inner
    }
}
