//! `if`, of jobs and of steps.
//!
//! What must hold: without a function that asks for a status, `success()` is part of it; text around `${{ }}` makes a text,
//! which is always true, and that is said; what the file cannot decide stays the expression's own text, and no more of it.

use stackgate_provider::facts::{Aspect, Claim, Condition, Setting, Status};
use stackgate_provider::yaml::Node;

use super::expr::{Expr, Operator, Part, Template, items, parse, print, truth};
use super::predicate::{self, Test};
use super::reading::{File, Reading};
use super::scope::Scope;
use super::triggers::Triggers;

/// What an `if` comes to.
pub(super) struct If {
    /// The condition, without a `success()` that is meant anyway.
    pub(super) condition: Condition,
    /// The expression, where it asks for a status itself.
    status: Option<Expr>,
    /// What else is to be known of it.
    pub(super) settings: Vec<Setting>,
    /// Its expression.
    pub(super) expr: Option<Expr>,
}

impl If {
    /// Whether a job that fails, or does not run, keeps this from running.
    pub(super) fn needs(&self, job: &str) -> bool {
        self.status.as_ref().is_none_or(|expr| without(expr, job) == Some(false))
    }
}

/// Reads an `if`.
pub(super) fn read(
    node: &Node,
    file: &File,
    scope: &Scope,
    triggers: &Triggers,
    job: Option<&str>,
    reading: &mut Reading,
) -> If {
    let mut read = If { condition: Condition::Always, status: None, settings: Vec::new(), expr: None };
    let Some(text) = node.as_str() else {
        if !node.is_null() {
            reading.misshapen(job, "if", node, file.at(node.span));
            read.condition = Condition::Opaque("if".into());
        }
        return read;
    };
    if text.trim().is_empty() {
        return read;
    }
    let parsed = if text.contains("${{") { fenced(text) } else { parse(text) };
    let expr = match parsed {
        Ok(expr) => scope.known(&expr),
        Err(problem) => {
            reading.undecided(Aspect::Condition, job, problem, file.at(node.span));
            read.condition = Condition::Opaque(text.trim().to_owned());
            return read;
        }
    };
    let setting = |key: &str, value: String| Setting { key: key.into(), value, place: file.at(node.span) };
    if matches!(expr, Expr::Concat(_)) && truth(&expr) == Some(true) {
        read.settings.push(setting("if.always-true", text.trim().to_owned()));
    }
    let rest = unmeant(expr.clone());
    if asks(&rest) {
        read.status = Some(rest.clone());
    }
    // The condition says how something must have ended, and not what.
    read.settings.extend(results(&rest).then(|| setting("if.results", print(&expr))));
    // A text that contains a value is not a list of which the value is one.
    rest.visit(&mut |part| {
        if let Expr::Call(name, parts) = part
            && name == "contains"
            && let [Expr::Text(_), value] = parts.as_slice()
            && truth(value).is_none()
        {
            read.settings.push(setting("if.part-of-text", print(part)));
        }
    });
    read.condition = of(&rest, triggers);
    read.expr = Some(expr);
    read
}

/// With `${{ }}`, a text is one expression, or a text with some in it.
fn fenced(text: &str) -> Result<Expr, String> {
    let (mut template, mut problems) = Template::new(text);
    if let Some(problem) = problems.pop() {
        return Err(problem);
    }
    match template.parts.as_slice() {
        [Part::Made(_)] => match template.parts.pop() {
            Some(Part::Made(expr)) => Ok(expr),
            _ => Ok(Expr::Null),
        },
        _ => Ok(template.into_expr()),
    }
}

/// Takes `success()` out, where it only says what is meant anyway.
fn unmeant(expr: Expr) -> Expr {
    let success = |expr: &Expr| matches!(expr, Expr::Call(name, parts) if name == "success" && parts.is_empty());
    match expr {
        expr if success(&expr) => Expr::Bool(true),
        Expr::And(parts) if parts.iter().any(success) && !parts.iter().any(|part| !success(part) && asks(part)) => {
            let mut rest: Vec<Expr> = parts.into_iter().filter(|part| !success(part)).collect();
            match rest.pop() {
                None => Expr::Bool(true),
                Some(only) if rest.is_empty() => only,
                Some(last) => {
                    rest.push(last);
                    Expr::And(rest)
                }
            }
        }
        other => other,
    }
}

/// Whether it asks for a status, so that `success()` is not meant.
fn asks(expr: &Expr) -> bool {
    let mut found = false;
    expr.visit(&mut |part| {
        found |= matches!(part, Expr::Call(name, _)
            if matches!(name.as_str(), "success" | "failure" | "always" | "cancelled"));
    });
    found
}

/// Whether it speaks of the result of one job or step.
fn results(expr: &Expr) -> bool {
    let mut found = false;
    expr.visit(&mut |part| found |= result(part).is_some());
    found
}

/// The job or step whose result this is; `*` for all.
fn result(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Path(path) => match path.as_slice() {
            [context, name, last]
                if context == "needs" && last == "result"
                    || context == "steps" && matches!(last.as_str(), "outcome" | "conclusion") =>
            {
                Some(name)
            }
            [job, status] if job == "job" && status == "status" => Some("*"),
            _ => None,
        },
        _ => None,
    }
}

/// What it comes to when a job that it waits for did not end well; none where it depends.
fn without(expr: &Expr, job: &str) -> Option<bool> {
    match expr {
        Expr::And(parts) => {
            let all: Vec<Option<bool>> = parts.iter().map(|part| without(part, job)).collect();
            if all.contains(&Some(false)) {
                return Some(false);
            }
            all.iter().all(|part| *part == Some(true)).then_some(true)
        }
        Expr::Or(parts) => {
            let all: Vec<Option<bool>> = parts.iter().map(|part| without(part, job)).collect();
            if all.contains(&Some(true)) {
                return Some(true);
            }
            all.iter().all(|part| *part == Some(false)).then_some(false)
        }
        Expr::Not(inner) => without(inner, job).map(|yes| !yes),
        Expr::Call(name, _) if name == "success" => Some(false),
        Expr::Call(name, _) if name == "always" => Some(true),
        Expr::Compare(Operator::Equal, left, right) => {
            let sides = [(left, right), (right, left)];
            let asked = sides.iter().any(|(left, right)| {
                result(left) == Some(job) && matches!(&***right, Expr::Text(text) if text == "success")
            });
            asked.then_some(false)
        }
        other => truth(other),
    }
}

/// The condition of an expression.
pub(super) fn of(expr: &Expr, triggers: &Triggers) -> Condition {
    if let Some(yes) = truth(expr) {
        return if yes { Condition::Always } else { Condition::Never };
    }
    match expr {
        Expr::And(parts) => Condition::all(parts.iter().map(|part| of(part, triggers))),
        Expr::Or(parts) => Condition::any(parts.iter().map(|part| of(part, triggers))),
        Expr::Not(inner) => of(inner, triggers).negated(),
        Expr::Compare(Operator::Equal, left, right) => equal(expr, left, right, triggers),
        Expr::Compare(Operator::Unequal, left, right) => {
            let equality = Expr::Compare(Operator::Equal, left.clone(), right.clone());
            equal(&equality, left, right, triggers).negated()
        }
        Expr::Call(name, parts) => call(expr, name, parts, triggers),
        Expr::Path(_) => path(expr, triggers),
        _ => undecided(expr),
    }
}

/// Names of whoever acted last; a run can be made to bear another's.
const ACTORS: &[&str] = &["github.actor", "github.triggering_actor", "github.event.sender.login"];

/// Words that the author of a commit or of a change request writes.
const WORDS: &[&str] = &[
    "github.event.head_commit.message",
    "github.event.head_commit.author.name",
    "github.event.head_commit.author.email",
    "github.event.head_commit.committer.name",
    "github.event.head_commit.committer.email",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
];

/// What the file does not decide, and whose word counts.
fn undecided(expr: &Expr) -> Condition {
    let mut claim = None;
    expr.visit(&mut |part| {
        if ACTORS.iter().any(|path| part.is(path)) {
            claim = Some(Claim::Actor);
        } else if claim.is_none() && WORDS.iter().any(|path| part.is(path)) {
            claim = Some(Claim::Words);
        }
    });
    match claim {
        Some(claim) => Condition::Claimed(claim, print(expr)),
        None => Condition::Opaque(print(expr)),
    }
}

fn call(expr: &Expr, name: &str, parts: &[Expr], triggers: &Triggers) -> Condition {
    let opaque = || undecided(expr);
    match (name, parts) {
        ("always", []) => Condition::Status(Status::Any),
        ("success", []) => Condition::Status(Status::Success),
        ("failure", []) => Condition::Status(Status::Failure),
        ("cancelled", []) => Condition::Status(Status::Cancelled),
        ("startsWith", [left, Expr::Text(text)]) => {
            test(left, Test::Starts(text), expr, triggers).unwrap_or_else(opaque)
        }
        ("endsWith", [left, Expr::Text(text)]) => test(left, Test::Ends(text), expr, triggers).unwrap_or_else(opaque),
        ("contains", [left, Expr::Text(text)]) => match (result(left), text.as_str()) {
            (Some(_), "failure") => Condition::Status(Status::Failure),
            (Some(_), "cancelled") => Condition::Status(Status::Cancelled),
            _ => test(left, Test::Contains(text), expr, triggers).unwrap_or_else(opaque),
        },
        // A list that is written out has its items one by one.
        ("contains", [list, value]) => match items(list) {
            Some(items) => Condition::any(items.into_iter().map(|item| {
                let item = Expr::Compare(Operator::Equal, Box::new(value.clone()), Box::new(Expr::Text(item)));
                of(&super::expr::fold(item), triggers)
            })),
            None => opaque(),
        },
        _ => opaque(),
    }
}

fn test(left: &Expr, test: Test, expr: &Expr, triggers: &Triggers) -> Option<Condition> {
    predicate::condition(predicate::subject(left)?, test, &print(expr), triggers)
}

fn equal(expr: &Expr, left: &Expr, right: &Expr, triggers: &Triggers) -> Condition {
    for (left, right) in [(left, right), (right, left)] {
        let found = match right {
            Expr::Text(text) => match (result(left), text.as_str()) {
                (Some(_), "success") => Some(Condition::Status(Status::Success)),
                (Some(_), "failure") => Some(Condition::Status(Status::Failure)),
                (Some(_), "cancelled") => Some(Condition::Status(Status::Cancelled)),
                _ => test(left, Test::Equal(text), expr, triggers),
            },
            Expr::Bool(yes) if boolean(left) => {
                let condition = of(left, triggers);
                Some(if *yes { condition } else { condition.negated() })
            }
            _ if is_default(right) => {
                predicate::subject(left).and_then(|subject| predicate::default_branch(subject, &print(expr), triggers))
            }
            _ if same_repository(left, right) => Some(predicate::same_repository(&print(expr), triggers)),
            _ => None,
        };
        if let Some(found) = found {
            return found;
        }
    }
    undecided(expr)
}

/// Whether it is true or false and nothing else, so that comparing it with either is no more than that.
fn boolean(expr: &Expr) -> bool {
    match expr {
        Expr::Not(_) | Expr::Compare(..) => true,
        Expr::Call(name, _) => {
            matches!(
                name.as_str(),
                "contains" | "startsWith" | "endsWith" | "always" | "success" | "failure" | "cancelled"
            )
        }
        _ => expr.is("github.event.pull_request.head.repo.fork") || expr.is("github.ref_protected"),
    }
}

/// The default branch, by its name or as a whole ref.
fn is_default(expr: &Expr) -> bool {
    let name = |expr: &Expr| expr.is("github.event.repository.default_branch");
    match expr {
        Expr::Concat(parts) => matches!(parts.as_slice(),
            [Expr::Text(prefix), inner] if prefix == "refs/heads/" && name(inner)),
        _ => name(expr),
    }
}

fn same_repository(left: &Expr, right: &Expr) -> bool {
    let names =
        ["github.repository", "github.event.repository.full_name", "github.event.pull_request.base.repo.full_name"];
    let ids = ["github.repository_id", "github.event.repository.id", "github.event.pull_request.base.repo.id"];
    left.is("github.event.pull_request.head.repo.full_name") && names.iter().any(|name| right.is(name))
        || left.is("github.event.pull_request.head.repo.id") && ids.iter().any(|id| right.is(id))
}

/// Whether something is there and not empty.
fn path(expr: &Expr, triggers: &Triggers) -> Condition {
    let text = print(expr);
    if expr.is("github.event.pull_request.head.repo.fork") {
        return predicate::fork(&text, triggers);
    }
    if expr.is("github.ref_protected") {
        return predicate::protected(&text, triggers);
    }
    if expr.is("github.event.pull_request") {
        return predicate::change_request(&text, triggers);
    }
    match predicate::subject(expr) {
        Some(predicate::Subject::Head | predicate::Subject::Base) => predicate::change_request(&text, triggers),
        Some(_) => Condition::Always,
        None => Condition::Opaque(text),
    }
}
