//! Conditions of stages, jobs and steps, brought to the form that all providers share.
//!
//! What must hold: what is not understood is opaque, and no wider than it is; a condition of one's own takes the place of
//! `succeeded()`, so that one without it runs although what came before failed. Azure compares texts without regard to
//! case; a name is taken here as it is written, since a branch that differs only in case is none of the same repository's
//! on most machines. Sources: Microsoft Learn, "Specify conditions", "Expressions", "Predefined variables".

use stackgate_provider::facts::{Condition, Event, Pattern, Status};

use super::expression::{Expression, parse};
use super::names;

/// What a condition may know.
pub(crate) trait Variables {
    /// The value of a variable that the file sets, where no run can change it.
    fn literal(&self, name: &str) -> Option<String>;
}

/// A condition read.
pub(crate) struct Read {
    /// What must be true.
    pub(crate) condition: Condition,
    /// Whether it needs what came before to have ended well.
    pub(crate) demands: Demands,
    /// Its one spelling, where the condition says less than it: `Build.Reason` knows more words than there are events.
    pub(crate) spelling: Option<String>,
}

/// Of what came before, what must have ended well.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Demands {
    Nothing,
    Everything,
    These(Vec<String>),
}

/// The condition where none is said.
pub(crate) fn default() -> Read {
    Read { condition: Condition::Status(Status::Success), demands: Demands::Everything, spelling: None }
}

/// The condition that a text says.
pub(crate) fn read(text: &str, variables: &dyn Variables) -> Read {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return default();
    }
    // `$[ … ]` around a whole condition is the same condition.
    let inner = trimmed.strip_prefix("$[").and_then(|rest| rest.strip_suffix(']')).unwrap_or(trimmed);
    let Some(expression) = parse(inner) else {
        return Read { condition: Condition::Opaque(trimmed.to_owned()), demands: Demands::Nothing, spelling: None };
    };
    let mut lowering = Lowering { variables, coarse: false };
    let condition = lowering.condition(&expression);
    let spelling = lowering.coarse.then(|| expression.to_string());
    Read { condition, demands: demands(&expression), spelling }
}

/// The condition that an expression of a template says that nobody can decide before a run.
pub(crate) fn undecided(expression: &Expression, variables: &dyn Variables) -> Condition {
    Lowering { variables, coarse: false }.condition(expression)
}

fn demands(expression: &Expression) -> Demands {
    let Expression::Call(name, arguments) = expression else { return Demands::Nothing };
    match name.as_str() {
        "succeeded" if arguments.is_empty() => Demands::Everything,
        "succeeded" => Demands::These(
            arguments
                .iter()
                .filter_map(|argument| match argument {
                    Expression::Text(text) => Some(text.clone()),
                    _ => None,
                })
                .collect(),
        ),
        "and" => arguments.iter().map(demands).fold(Demands::Nothing, |all, one| match (all, one) {
            (Demands::Everything, _) | (_, Demands::Everything) => Demands::Everything,
            (Demands::Nothing, other) | (other, Demands::Nothing) => other,
            (Demands::These(mut all), Demands::These(more)) => {
                all.extend(more);
                Demands::These(all)
            }
        }),
        "or" => {
            let mut all = arguments.iter().map(demands);
            let first = all.next().unwrap_or(Demands::Nothing);
            all.fold(first, |all, one| if all == one { all } else { Demands::Nothing })
        }
        _ => Demands::Nothing,
    }
}

struct Lowering<'a> {
    variables: &'a dyn Variables,
    coarse: bool,
}

/// How a name is compared.
enum Test<'t> {
    Is(&'t str),
    Starts(&'t str),
    Ends(&'t str),
    Contains(&'t str),
}

/// A way of comparing.
#[derive(Clone, Copy)]
enum How {
    Is,
    Starts,
    Ends,
    Contains,
}

impl How {
    fn of(self, text: &str) -> Test<'_> {
        match self {
            How::Is => Test::Is(text),
            How::Starts => Test::Starts(text),
            How::Ends => Test::Ends(text),
            How::Contains => Test::Contains(text),
        }
    }
}

impl Lowering<'_> {
    fn condition(&mut self, expression: &Expression) -> Condition {
        match expression {
            Expression::Truth(truth) => constant(*truth),
            Expression::Text(text) => constant(!text.is_empty() && text != "0"),
            Expression::Null => Condition::Never,
            Expression::Name(..) => self.truth(expression),
            Expression::Call(name, arguments) => self.call(name, arguments, expression),
        }
    }

    /// A name alone.
    fn truth(&mut self, expression: &Expression) -> Condition {
        if let Some(text) = self.text(expression) {
            return constant(!text.is_empty() && !text.eq_ignore_ascii_case("false"));
        }
        if expression.variable().is_some_and(|name| name.eq_ignore_ascii_case("System.PullRequest.IsFork")) {
            return Condition::Event(Event::ForkChangeRequest);
        }
        Condition::Opaque(expression.to_string())
    }

    /// The text of an expression, where no run can change it.
    fn text(&self, expression: &Expression) -> Option<String> {
        match expression {
            Expression::Text(text) => Some(text.clone()),
            Expression::Truth(truth) => Some(truth.to_string()),
            Expression::Null => Some(String::new()),
            Expression::Name(..) => self.variables.literal(expression.variable()?),
            Expression::Call(..) => None,
        }
    }

    fn call(&mut self, name: &str, arguments: &[Expression], whole: &Expression) -> Condition {
        let opaque = || Condition::Opaque(whole.to_string());
        match (name, arguments) {
            ("and", all) => Condition::all(all.iter().map(|one| self.condition(one)).collect::<Vec<_>>()),
            ("or", all) => Condition::any(all.iter().map(|one| self.condition(one)).collect::<Vec<_>>()),
            ("not", [one]) => self.condition(one).negated(),
            ("xor", [one, other]) => {
                let (one, other) = (self.condition(one), self.condition(other));
                let either = Condition::all([one.clone(), other.clone().negated()]);
                Condition::any([either, Condition::all([one.negated(), other])])
            }
            ("succeeded", []) => Condition::Status(Status::Success),
            ("failed", []) => Condition::Status(Status::Failure),
            ("canceled", _) => Condition::Status(Status::Cancelled),
            ("always" | "succeededorfailed", []) => Condition::Status(Status::Any),
            ("succeeded" | "failed" | "succeededorfailed", _) => Condition::Status(match name {
                "succeeded" => Status::Success,
                "failed" => Status::Failure,
                _ => Status::Any,
            }),
            ("eq", [one, other]) => self.equal(one, other).unwrap_or_else(opaque),
            ("ne", [one, other]) => self.equal(one, other).map_or_else(opaque, Condition::negated),
            ("in" | "notin", [one, rest @ ..]) => {
                let found: Vec<Condition> = rest
                    .iter()
                    .map(|other| {
                        let alone = Expression::Call("eq".into(), vec![one.clone(), other.clone()]);
                        self.equal(one, other).unwrap_or_else(|| Condition::Opaque(alone.to_string()))
                    })
                    .collect();
                let any = Condition::any(found);
                if name == "in" { any } else { any.negated() }
            }
            ("startswith", [one, other]) => self.tested(one, other, How::Starts).unwrap_or_else(opaque),
            ("endswith", [one, other]) => self.tested(one, other, How::Ends).unwrap_or_else(opaque),
            ("contains", [one, other]) => self.tested(one, other, How::Contains).unwrap_or_else(opaque),
            ("iif", [condition, yes, no]) => {
                let (condition, yes, no) = (self.condition(condition), self.condition(yes), self.condition(no));
                let otherwise = Condition::all([condition.clone().negated(), no]);
                Condition::any([Condition::all([condition, yes]), otherwise])
            }
            _ => opaque(),
        }
    }

    fn equal(&mut self, one: &Expression, other: &Expression) -> Option<Condition> {
        if let (Some(one), Some(other)) = (self.text(one), self.text(other)) {
            return Some(constant(one.eq_ignore_ascii_case(&other)));
        }
        // A condition may be compared with a truth: `eq(startsWith(…), true)`.
        for (condition, truth) in [(one, other), (other, one)] {
            if let (Expression::Call(name, _), Some(text)) = (condition, self.text(truth))
                && names::IS_TRUTH.contains(&name.as_str())
            {
                let condition = self.condition(condition);
                return match text.to_ascii_lowercase().as_str() {
                    "true" => Some(condition),
                    "false" => Some(condition.negated()),
                    _ => None,
                };
            }
        }
        self.tested(one, other, How::Is).or_else(|| self.tested(other, one, How::Is))
    }

    fn tested(&mut self, one: &Expression, other: &Expression, how: How) -> Option<Condition> {
        let text = self.text(other)?;
        if let Some(whole) = self.text(one) {
            let (whole, text) = (whole.to_ascii_lowercase(), text.to_ascii_lowercase());
            return Some(constant(match how.of(&text) {
                Test::Is(text) => whole == text,
                Test::Starts(text) => whole.starts_with(text),
                Test::Ends(text) => whole.ends_with(text),
                Test::Contains(text) => whole.contains(text),
            }));
        }
        if let Some(status) = result(one) {
            return match (&how.of(&text), status) {
                (Test::Is("Succeeded"), ()) => Some(Condition::Status(Status::Success)),
                (Test::Is("Failed"), ()) => Some(Condition::Status(Status::Failure)),
                (Test::Is("Canceled"), ()) => Some(Condition::Status(Status::Cancelled)),
                _ => None,
            };
        }
        // `lower(x)` compares as `x` does, since case does not count.
        let one = match one {
            Expression::Call(name, arguments) if matches!(name.as_str(), "lower" | "upper" | "trim") => {
                arguments.first()?
            }
            other => other,
        };
        let name = one.variable()?.to_ascii_lowercase();
        self.variable(&name, &how.of(&text))
    }

    /// What a predefined variable says about a run.
    fn variable(&mut self, name: &str, test: &Test<'_>) -> Option<Condition> {
        match name {
            "build.reason" => match test {
                Test::Is(reason) => Some(self.reason(reason)),
                _ => None,
            },
            "build.sourcebranch" => source(test),
            "build.sourcebranchname" => match test {
                // The last part of the name alone.
                Test::Is(name) => Some(last_part(name)),
                Test::Starts(name) if !name.is_empty() => {
                    Some(pushed(&Pattern::Regex(format!("(^|/){}[^/]*$", escaped(name)))))
                }
                Test::Ends(name) if !name.is_empty() => Some(pushed(&Pattern::Regex(format!("{}$", escaped(name))))),
                _ => None,
            },
            "system.pullrequest.targetbranch" | "system.pullrequest.targetbranchname" => {
                let short = |text: &str| text.strip_prefix("refs/heads/").unwrap_or(text).to_owned();
                match test {
                    Test::Is("") => Some(change_request().negated()),
                    Test::Is(name) => Some(Condition::Target(Pattern::exact(short(name)))),
                    Test::Starts(name) => {
                        Some(Condition::Target(Pattern::Regex(format!("^{}", escaped(&short(name))))))
                    }
                    Test::Ends(name) => Some(Condition::Target(Pattern::Regex(format!("{}$", escaped(name))))),
                    Test::Contains(name) => Some(Condition::Target(Pattern::Regex(escaped(name)))),
                }
            }
            "system.pullrequest.sourcebranch" => {
                let pattern = match test {
                    Test::Is("") => return Some(change_request().negated()),
                    Test::Is(name) => Pattern::exact(name.strip_prefix("refs/heads/").unwrap_or(name)),
                    Test::Starts(name) => {
                        Pattern::Regex(format!("^{}", escaped(name.strip_prefix("refs/heads/").unwrap_or(name))))
                    }
                    Test::Ends(name) => Pattern::Regex(format!("{}$", escaped(name))),
                    Test::Contains(_) => return None,
                };
                Some(Condition::all([change_request(), Condition::Branch(pattern)]))
            }
            "system.pullrequest.isfork" => match test {
                Test::Is(text) if text.eq_ignore_ascii_case("true") => Some(Condition::Event(Event::ForkChangeRequest)),
                Test::Is(text) if text.eq_ignore_ascii_case("false") => Some(Condition::SameRepository),
                _ => None,
            },
            "system.pullrequest.pullrequestid" | "system.pullrequest.pullrequestnumber" => match test {
                Test::Is("") => Some(change_request().negated()),
                _ => None,
            },
            _ => None,
        }
    }

    fn reason(&mut self, reason: &str) -> Condition {
        let any = |events: &[Event]| Condition::any(events.iter().cloned().map(Condition::Event));
        match reason.to_ascii_lowercase().as_str() {
            "pullrequest" => change_request(),
            "schedule" => any(&[Event::Schedule]),
            "manual" => any(&[Event::Manual, Event::Api]),
            // Which of both it is depends on whether pushes are batched.
            "individualci" | "batchedci" => {
                self.coarse = true;
                any(&[Event::Push, Event::Tag])
            }
            "resourcetrigger" | "buildcompletion" => {
                self.coarse = true;
                any(&names::RESOURCES.map(|word| match word {
                    "" => Event::AfterPipeline,
                    word => Event::Other(word.into()),
                }))
            }
            "checkinshelveset" | "validateshelveset" => Condition::Never,
            _ => Condition::Opaque(format!("Build.Reason is {reason}")),
        }
    }
}

/// Whether an expression is how a job or a stage ended.
fn result(expression: &Expression) -> Option<()> {
    match expression {
        Expression::Name(root, path)
            if matches!(root.to_ascii_lowercase().as_str(), "dependencies" | "stagedependencies") =>
        {
            matches!(path.last(), Some(Expression::Text(last)) if last.eq_ignore_ascii_case("result")).then_some(())
        }
        Expression::Name(..) => {
            expression.variable().filter(|name| name.eq_ignore_ascii_case("Agent.JobStatus")).map(|_| ())
        }
        _ => None,
    }
}

fn constant(truth: bool) -> Condition {
    if truth { Condition::Always } else { Condition::Never }
}

fn change_request() -> Condition {
    Condition::any([Condition::Event(Event::ChangeRequest), Condition::Event(Event::ForkChangeRequest)])
}

/// A branch that is not a change request's: such a run is for `refs/pull/…/merge`, whatever its branch is called.
fn pushed(pattern: &Pattern) -> Condition {
    let branch = Condition::any([Condition::Branch(pattern.clone()), Condition::Tag(pattern.clone())]);
    Condition::all([branch, change_request().negated()])
}

fn branch(pattern: Pattern) -> Condition {
    Condition::all([Condition::Branch(pattern), change_request().negated()])
}

fn last_part(name: &str) -> Condition {
    if name.eq_ignore_ascii_case("merge") {
        let named = pushed(&Pattern::Regex(format!("(^|/){}$", escaped(name))));
        return Condition::any([named, change_request()]);
    }
    // A branch with a slash has its last part here, so that `x/main` counts as `main`.
    pushed(&Pattern::Regex(format!("(^|/){}$", escaped(name))))
}

/// What `Build.SourceBranch` says: a full reference.
fn source(test: &Test<'_>) -> Option<Condition> {
    let is = |text: &str, prefix: &str| text.to_ascii_lowercase().starts_with(prefix);
    match test {
        Test::Is(text) if is(text, "refs/heads/") => Some(branch(Pattern::exact(text.get(11..)?))),
        Test::Is(text) if is(text, "refs/tags/") => Some(Condition::Tag(Pattern::exact(text.get(10..)?))),
        // A short name is never a full reference.
        Test::Is(text) if !is(text, "refs/") => Some(Condition::Never),
        Test::Starts(text) => match text.to_ascii_lowercase().as_str() {
            "" | "refs" | "refs/" => Some(Condition::Always),
            "refs/heads" | "refs/heads/" => {
                Some(Condition::all([Condition::Event(Event::Tag).negated(), change_request().negated()]))
            }
            "refs/tags" | "refs/tags/" => Some(Condition::Event(Event::Tag)),
            "refs/pull" | "refs/pull/" => Some(change_request()),
            lower if lower.starts_with("refs/heads/") => {
                Some(branch(Pattern::Regex(format!("^{}", escaped(text.get(11..)?)))))
            }
            lower if lower.starts_with("refs/tags/") => {
                Some(Condition::Tag(Pattern::Regex(format!("^{}", escaped(text.get(10..)?)))))
            }
            lower if lower.starts_with("refs/") => None,
            _ => Some(Condition::Never),
        },
        Test::Ends(text) if !text.is_empty() && !text.contains("merge") => {
            Some(pushed(&Pattern::Regex(format!("{}$", escaped(text.rsplit('/').next()?)))))
        }
        Test::Contains(text) => match text.to_ascii_lowercase().as_str() {
            "refs/tags" | "refs/tags/" => Some(Condition::Event(Event::Tag)),
            "refs/pull" | "refs/pull/" => Some(change_request()),
            "refs/heads" | "refs/heads/" => {
                Some(Condition::all([Condition::Event(Event::Tag).negated(), change_request().negated()]))
            }
            lower if lower.contains("refs/") || "refs/heads/refs/tags/refs/pull/merge".contains(lower) => None,
            _ => Some(pushed(&Pattern::Regex(escaped(text)))),
        },
        _ => None,
    }
}

/// A text as a regular expression that means that text.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !(c.is_alphanumeric() || "-_/ ".contains(c)) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
