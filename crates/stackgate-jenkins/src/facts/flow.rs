//! Groovy's own control of what runs: conditions, loops, exceptions, methods.
//!
//! What must hold: everything that may run is read; a part that returns early is a condition of what comes after it.

use stackgate_provider::facts::{Condition, Status, Value, Variable};

use super::Reading;
use super::around::Around;
use super::values::short;
use super::when::called;
use crate::groovy::{Argument, Call, Closure, Expression, Kind, Method, Part, Statement};

/// How deep blocks may lie in each other, those of methods that are called counted where they are called.
const DEEPEST_BLOCKS: usize = 40;

impl Reading<'_> {
    /// Statements, one after another.
    pub(super) fn block(&mut self, statements: &[Statement], around: &Around) {
        let Some(first) = statements.first() else { return };
        if self.depth >= DEEPEST_BLOCKS {
            let why = "its blocks and methods lie in each other deeper than is looked at";
            if !self.observation.undecided.iter().any(|one| one.why == why) {
                let place = self.place(first.span());
                self.undecided(stackgate_provider::facts::Aspect::Limit, None, why, place);
            }
            return;
        }
        self.depth += 1;
        self.one_by_one(statements, around);
        self.depth -= 1;
    }

    fn one_by_one(&mut self, statements: &[Statement], around: &Around) {
        let mut held: Option<Around> = None;
        for statement in statements {
            let here = held.as_ref().unwrap_or(around);
            self.statement(statement, here);
            if let Statement::If { condition, then, otherwise: None, .. } = statement
                && leaves(then)
            {
                let rest = self.predicate(condition, here).negated();
                held = Some(here.when(rest));
            } else if let Some(call) = called(statement)
                && call.name == "stage"
                && call.block.is_none()
                && call.on.is_none()
                && self.spend(here.weight(), self.place(call.span))
            {
                // Scripts of old say where a stage begins, and not where it ends.
                held = Some(self.staged(call, &Around { path: around.path.clone(), ..here.clone() }));
            }
        }
    }

    fn statement(&mut self, statement: &Statement, around: &Around) {
        match statement {
            Statement::Expression(expression) => self.expression(expression, around),
            Statement::Define(define) => {
                for value in define.variables.iter().filter_map(|one| one.value.as_ref()).chain(&define.unpacked) {
                    // A closure with a name runs where it is called.
                    if !matches!(value.kind, Kind::Closure(_)) {
                        self.expression(value, around);
                    }
                }
            }
            Statement::If { condition, then, otherwise, .. } => {
                self.expression(condition, around);
                let holds = self.predicate(condition, around);
                if !self.spend(around.weight(), self.place(statement.span())) {
                    return;
                }
                if holds != Condition::Never {
                    self.block(then, &around.when(holds.clone()));
                }
                if let Some(otherwise) = otherwise
                    && holds != Condition::Always
                {
                    self.block(otherwise, &around.when(holds.negated()));
                }
            }
            Statement::ForIn { variable, list, body, span } => {
                self.expression(list, around);
                let inner = around.with("for", short(list), self.place(*span));
                let control = self.value(list, around).control();
                self.with_names([(variable.name.clone(), Value::Made(variable.name.clone(), control))], |reading| {
                    reading.block(body, &inner);
                });
            }
            Statement::For { head, body, span } => {
                let text = head.iter().map(Statement::canonical).collect::<Vec<_>>().join("; ");
                self.block(body, &around.with("for", text, self.place(*span)));
            }
            Statement::While { condition, body, span } => {
                self.expression(condition, around);
                self.block(body, &around.with("while", short(condition), self.place(*span)));
            }
            Statement::Switch { value, cases, .. } => self.switch(value, cases, around),
            Statement::Try { body, catches, finally, .. } => {
                let mut inner = around.clone();
                let goes_on = !catches.is_empty() && catches.iter().any(|one| !leaves(&one.body));
                if goes_on {
                    inner.tolerated = true;
                    inner.timed = false;
                }
                self.block(body, &inner);
                for one in catches {
                    self.block(&one.body, &around.when(Condition::Status(Status::Failure)));
                }
                if let Some(body) = finally {
                    self.block(body, &around.when(Condition::Status(Status::Any)));
                }
            }
            Statement::Leave { values, .. } => values.iter().for_each(|value| self.expression(value, around)),
            Statement::Label { statement, .. } => self.statement(statement, around),
            Statement::Block { body, .. } => self.block(body, around),
            Statement::Import { .. } | Statement::Method(_) => {}
            Statement::Class { text, span } => {
                let value = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let place = self.place(*span);
                let setting = stackgate_provider::facts::Setting { key: "class".into(), value, place };
                self.observation.settings.push(setting);
            }
        }
    }

    fn switch(&mut self, value: &Expression, cases: &[crate::groovy::Case], around: &Around) {
        self.expression(value, around);
        let mut before = Vec::new();
        for case in cases {
            let condition = match &case.value {
                Some(wanted) => {
                    let kind = Kind::Binary(Box::new(value.clone()), "==", Box::new(wanted.clone()));
                    let holds = self.predicate(&Expression { kind, span: case.span }, around);
                    before.push(holds.clone());
                    holds
                }
                None => Condition::any(before.iter().cloned()).negated(),
            };
            if condition != Condition::Never && self.spend(around.weight(), self.place(case.span)) {
                self.block(&case.body, &around.when(condition));
            }
        }
    }

    /// Everything that an expression runs.
    pub(super) fn expression(&mut self, expression: &Expression, around: &Around) {
        match &expression.kind {
            Kind::Call(call) => self.step(call, around),
            Kind::Assign { target, value, .. } => self.assigned(target, value, around),
            Kind::Binary(left, operator, right) => {
                self.expression(left, around);
                match (*operator, self.runs(right)) {
                    ("&&", true) => {
                        let holds = self.predicate(left, around);
                        self.under(right, around, holds);
                    }
                    (_, true) => self.expression(right, around),
                    (_, false) => {}
                }
            }
            Kind::Unary(_, inner)
            | Kind::Postfix(inner, _)
            | Kind::Cast { value: inner, .. }
            | Kind::Is { value: inner, .. } => {
                self.expression(inner, around);
            }
            Kind::Property { of, .. } => self.expression(of, around),
            Kind::Index { of, items } => {
                self.expression(of, around);
                self.arguments_run(items, around);
            }
            Kind::Ternary(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                self.expression(condition, around);
                let holds = self.predicate(condition, around);
                self.under(then, around, holds.clone());
                self.under(otherwise, around, holds.negated());
            }
            Kind::List(items) | Kind::Map(items) | Kind::New { arguments: items, .. } => {
                self.arguments_run(items, around)
            }
            Kind::Interpolated(interpolation) => {
                for part in &interpolation.parts {
                    if let Part::Code { closure, .. } = part {
                        self.block(&closure.body, around);
                    }
                }
            }
            // A closure in a list or a map is a branch of `parallel`, which runs it.
            Kind::Closure(closure) => self.branch(None, closure, around),
            Kind::Text { .. } | Kind::Number(_) | Kind::Word(_) | Kind::Opaque(_) => {}
        }
    }

    /// Everything that an expression runs where a condition holds.
    #[inline(never)]
    fn under(&mut self, expression: &Expression, around: &Around, condition: Condition) {
        if self.spend(around.weight(), self.place(expression.span)) {
            self.expression(expression, &around.when(condition));
        }
    }

    /// Whether anything in an expression is called.
    fn runs(&self, expression: &Expression) -> bool {
        !matches!(expression.kind, Kind::Text { .. } | Kind::Number(_) | Kind::Word(_) | Kind::Opaque(_))
    }

    pub(super) fn arguments_run(&mut self, arguments: &[Argument], around: &Around) {
        for argument in arguments {
            if let Kind::Closure(closure) = &argument.value.kind {
                self.branch(argument.name.as_deref(), closure, around);
            } else {
                self.expression(&argument.value, around);
            }
        }
    }

    fn assigned(&mut self, target: &Expression, value: &Expression, around: &Around) {
        match (&target.kind, &value.kind) {
            // A closure that stands for a branch of `parallel`; one with a plain name runs where it is called.
            (Kind::Word(_), Kind::Closure(_)) => {}
            (_, Kind::Closure(closure)) => self.branch(None, closure, around),
            _ => self.expression(value, around),
        }
        let set = match &target.kind {
            Kind::Word(name) => name.strip_prefix("env.").map(str::to_owned),
            Kind::Index { of, items } if matches!(&of.kind, Kind::Word(word) if word == "env") => {
                items.first().and_then(|item| super::arguments::plain(&item.value)).map(str::to_owned)
            }
            _ => None,
        };
        let Some(name) = set else { return };
        let place = self.place(target.span);
        let made = match self.value(value, around) {
            // Whether it is set at all is not known.
            Value::Literal(text) if !around.conditions.is_empty() => {
                Value::Made(text, stackgate_provider::facts::Control::System)
            }
            value => value,
        };
        let variable = Variable { name: name.clone(), value: made, place };
        if let Some(at) = self.jobs_of.get(&around.stage).copied()
            && let Some(job) = self.observation.jobs.get_mut(at)
        {
            job.variables.retain(|known| known.name != name);
            job.variables.push(variable.clone());
        }
        self.later.retain(|known| known.name != name);
        self.later.push(variable);
    }

    /// A branch that runs at the same time as others; whatever it is called.
    pub(super) fn branch(&mut self, name: Option<&str>, closure: &Closure, around: &Around) {
        if !self.spend(around.weight(), self.place(closure.span)) {
            return;
        }
        let mut inner = around.clone();
        if let Some(name) = name {
            inner.path.push(name.to_owned());
            self.next_stage += 1;
            inner.stage = self.next_stage;
        }
        self.block(&closure.body, &inner);
    }

    /// A closure of a call: its parameters stand for what nobody here knows.
    pub(super) fn closure(&mut self, closure: &Closure, around: &Around) {
        let unknown = stackgate_provider::facts::Control::Unknown;
        let names: Vec<(String, Value)> = closure
            .parameters
            .iter()
            .flatten()
            .map(|parameter| (parameter.name.clone(), Value::Made(parameter.name.clone(), unknown)))
            .collect();
        self.with_names(names, |reading| reading.block(&closure.body, around));
    }

    /// Reads with names that stand for something.
    fn with_names(&mut self, names: impl IntoIterator<Item = (String, Value)>, read: impl FnOnce(&mut Self)) {
        let before = self.bound.len();
        self.bound.extend(names);
        read(self);
        self.bound.truncate(before);
    }

    /// Whether the file has a method of that name.
    pub(super) fn has_method(&self, name: &str) -> bool {
        self.methods.contains_key(name)
    }

    /// A method of the file, or a closure that has a name: its steps, with what it is given. False where there is none.
    pub(super) fn called_here(&mut self, call: &Call, around: &Around) -> bool {
        let name = call.name.rsplit('.').next().unwrap_or(&call.name);
        let name = if name == "call" { call.name.split('.').next().unwrap_or(name) } else { name };
        let (file, method) = if let Some((file, method)) = self.methods.get(name) {
            (*file, method.clone())
        } else if let Some(Expression { kind: Kind::Closure(closure), span }) = self.known.get(name) {
            let (parameters, body) = (closure.parameters.clone().unwrap_or_default(), closure.body.clone());
            let (annotations, modifiers) = (Vec::new(), Vec::new());
            (
                self.file,
                Method { annotations, modifiers, of: None, name: name.to_owned(), parameters, body, span: *span },
            )
        } else {
            return false;
        };
        self.arguments_run(&call.arguments, around);
        // What calls itself is read once, and what calls too much no further.
        if self.calls.contains(&method.name)
            || self.calls.len() >= super::DEEPEST_CALLS
            || !self.spend(around.weight() + method.body.len(), self.place(call.span))
        {
            return true;
        }
        let unknown = stackgate_provider::facts::Control::Unknown;
        let mut given = call.arguments.iter().filter(|argument| argument.name.is_none());
        let names: Vec<(String, Value)> = method
            .parameters
            .iter()
            .map(|parameter| {
                let value = given.next().map(|argument| &argument.value).or(parameter.value.as_ref());
                let value = value.map(|value| self.value(value, around));
                (parameter.name.clone(), value.unwrap_or_else(|| Value::Made(parameter.name.clone(), unknown)))
            })
            .collect();
        self.calls.push(method.name.clone());
        let from = std::mem::replace(&mut self.file, file);
        self.with_names(names, |reading| reading.block(&method.body, around));
        self.file = from;
        self.calls.pop();
        if let Some(block) = &call.block {
            self.closure(block, around);
        }
        true
    }
}

/// Whether statements end with leaving what they stand in.
fn leaves(statements: &[Statement]) -> bool {
    match statements.last() {
        Some(Statement::Leave { word, .. }) => matches!(*word, "return" | "throw"),
        Some(Statement::Expression(Expression { kind: Kind::Call(call), .. })) => call.name == "error",
        _ => false,
    }
}
