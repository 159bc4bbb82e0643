//! Every statement and every expression of a tree, from the outside to the inside.
//!
//! What must hold: nothing that a tree holds is left out, apart from the values of parameters.

use super::tree::{Argument, Closure, Define, Expression, Kind, Part, Statement, Variable};

/// A statement or an expression.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Node<'t> {
    Statement(&'t Statement),
    Expression(&'t Expression),
}

/// Shows everything in a block to the visitor.
pub(crate) fn walk<'t>(statements: &'t [Statement], visit: &mut dyn FnMut(Node<'t>)) {
    for one in statements {
        visit(Node::Statement(one));
        statement(one, visit);
    }
}

fn statement<'t>(one: &'t Statement, visit: &mut dyn FnMut(Node<'t>)) {
    match one {
        Statement::Expression(inside) => expression(inside, visit),
        Statement::Import { .. } | Statement::Class { .. } => {}
        Statement::Define(Define { variables, unpacked, .. }) => {
            variables.iter().for_each(|one| variable(one, visit));
            unpacked.iter().for_each(|value| expression(value, visit));
        }
        Statement::Method(method) => walk(&method.body, visit),
        Statement::If { condition, then, otherwise, .. } => {
            expression(condition, visit);
            walk(then, visit);
            otherwise.iter().for_each(|body| walk(body, visit));
        }
        Statement::ForIn { list, body, .. } => {
            expression(list, visit);
            walk(body, visit);
        }
        Statement::For { head, body, .. } => {
            walk(head, visit);
            walk(body, visit);
        }
        Statement::While { condition, body, .. } => {
            expression(condition, visit);
            walk(body, visit);
        }
        Statement::Switch { value, cases, .. } => {
            expression(value, visit);
            for case in cases {
                case.value.iter().for_each(|value| expression(value, visit));
                walk(&case.body, visit);
            }
        }
        Statement::Try { body, catches, finally, .. } => {
            walk(body, visit);
            catches.iter().for_each(|one| walk(&one.body, visit));
            finally.iter().for_each(|body| walk(body, visit));
        }
        Statement::Leave { values, .. } => values.iter().for_each(|value| expression(value, visit)),
        Statement::Label { statement: inside, .. } => walk(std::slice::from_ref(&**inside), visit),
        Statement::Block { word, body, .. } => {
            word.iter().for_each(|value| expression(value, visit));
            walk(body, visit);
        }
    }
}

fn variable<'t>(one: &'t Variable, visit: &mut dyn FnMut(Node<'t>)) {
    one.value.iter().for_each(|value| expression(value, visit));
}

fn closure<'t>(one: &'t Closure, visit: &mut dyn FnMut(Node<'t>)) {
    walk(&one.body, visit);
}

fn arguments<'t>(all: &'t [Argument], visit: &mut dyn FnMut(Node<'t>)) {
    for one in all {
        one.key.iter().for_each(|key| expression(key, visit));
        expression(&one.value, visit);
    }
}

fn expression<'t>(one: &'t Expression, visit: &mut dyn FnMut(Node<'t>)) {
    visit(Node::Expression(one));
    match &one.kind {
        Kind::Text { .. } | Kind::Number(_) | Kind::Word(_) | Kind::Opaque(_) => {}
        Kind::Interpolated(interpolation) => {
            for part in &interpolation.parts {
                if let Part::Code { closure: inside, .. } = part {
                    closure(inside, visit);
                }
            }
        }
        Kind::List(items) | Kind::Map(items) | Kind::New { arguments: items, .. } => arguments(items, visit),
        Kind::Call(call) => {
            call.on.iter().for_each(|(on, _)| expression(on, visit));
            arguments(&call.arguments, visit);
            call.block.iter().for_each(|block| closure(block, visit));
        }
        Kind::Closure(inside) => closure(inside, visit),
        Kind::Property { of, name, .. } => {
            expression(of, visit);
            expression(name, visit);
        }
        Kind::Index { of, items } => {
            expression(of, visit);
            arguments(items, visit);
        }
        Kind::Binary(left, _, right) => {
            expression(left, visit);
            expression(right, visit);
        }
        Kind::Unary(_, value) | Kind::Postfix(value, _) | Kind::Cast { value, .. } | Kind::Is { value, .. } => {
            expression(value, visit);
        }
        Kind::Ternary(parts) => parts.iter().for_each(|part| expression(part, visit)),
        Kind::Assign { target, value, .. } => {
            expression(target, visit);
            expression(value, visit);
        }
    }
}
