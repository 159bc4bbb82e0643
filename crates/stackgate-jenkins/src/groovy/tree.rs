//! The tree of a Jenkinsfile: statements and expressions, each with its place.
//!
//! What must hold: the tree says everything that the text says, comments and layout aside; a plain string and one that
//! Groovy interpolates are never the same. Deliberately absent: what any word means to Jenkins.

use stackgate_provider::diagnostic::Span;

use super::token::Quote;

/// One statement of a block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Statement {
    /// An expression, usually a call; an assignment too, and what could not be read.
    Expression(Expression),
    /// `import …` or `package …`, as it is written.
    Import { text: String, span: Span },
    /// `def x = 1`, `String x`, `def (a, b) = f()`, `@Library('x') _`.
    Define(Define),
    /// `def f(a) { … }`.
    Method(Method),
    /// A class, an interface or an enumeration; nobody looks into it.
    Class { text: String, span: Span },
    /// `if (condition) { … } else { … }`.
    If { condition: Expression, then: Vec<Statement>, otherwise: Option<Vec<Statement>>, span: Span },
    /// `for (x in list) { … }`.
    ForIn { variable: Variable, list: Expression, body: Vec<Statement>, span: Span },
    /// `for (a; b; c) { … }`.
    For { head: Vec<Statement>, body: Vec<Statement>, span: Span },
    /// `while (condition) { … }`.
    While { condition: Expression, body: Vec<Statement>, span: Span },
    /// `switch (value) { case 1: … }`.
    Switch { value: Expression, cases: Vec<Case>, span: Span },
    /// `try { … } catch (e) { … } finally { … }`.
    Try { body: Vec<Statement>, catches: Vec<Catch>, finally: Option<Vec<Statement>>, span: Span },
    /// `return x`, `throw x`, `assert x : y`, `break x`, `continue`.
    Leave { word: &'static str, values: Vec<Expression>, span: Span },
    /// `name: statement`.
    Label { name: String, statement: Box<Statement>, span: Span },
    /// Statements in braces of their own, and those of `synchronized (x)`.
    Block { word: Option<Expression>, body: Vec<Statement>, span: Span },
}

/// Variables, with what stands before their names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Define {
    pub(crate) annotations: Vec<Annotation>,
    /// `def`, `final`, `static` and the like.
    pub(crate) modifiers: Vec<String>,
    pub(crate) variables: Vec<Variable>,
    /// The right side of `def (a, b) = value`.
    pub(crate) unpacked: Option<Expression>,
    pub(crate) span: Span,
}

/// A variable or a parameter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variable {
    /// Its type, as it is written.
    pub(crate) of: Option<String>,
    pub(crate) name: String,
    pub(crate) value: Option<Expression>,
    pub(crate) span: Span,
}

/// A method that the file defines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Method {
    pub(crate) annotations: Vec<Annotation>,
    pub(crate) modifiers: Vec<String>,
    /// What it returns, as it is written.
    pub(crate) of: Option<String>,
    pub(crate) name: String,
    pub(crate) parameters: Vec<Variable>,
    pub(crate) body: Vec<Statement>,
    pub(crate) span: Span,
}

/// `@Name(arguments)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Annotation {
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) span: Span,
}

/// One `case` of a switch; without values, the default.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) value: Option<Expression>,
    pub(crate) body: Vec<Statement>,
    pub(crate) span: Span,
}

/// `catch (Type name) { … }`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Catch {
    pub(crate) variable: Variable,
    pub(crate) body: Vec<Statement>,
    pub(crate) span: Span,
}

/// An expression and its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expression {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

/// What an expression can be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A string without interpolation, whatever its quotes.
    Text { value: String, quote: Quote },
    /// A string that Groovy interpolates.
    Interpolated(Interpolation),
    /// A number, as it is written.
    Number(String),
    /// A name, or names joined by dots: `none`, `true`, `env.X`.
    Word(String),
    /// `[a, b]`; also the left side of `(a, b) = c`.
    List(Vec<Argument>),
    /// `[a: b]` or `[:]`.
    Map(Vec<Argument>),
    /// A call, with parentheses or without.
    Call(Box<Call>),
    /// `{ a -> … }` that belongs to no call.
    Closure(Box<Closure>),
    /// `a?.b`, `a*.b`, `f().b`, `a."b"`; plain names joined by dots are a word.
    Property { of: Box<Expression>, access: &'static str, name: Box<Expression> },
    /// `a[b]`.
    Index { of: Box<Expression>, items: Vec<Argument> },
    /// Two expressions and what joins them.
    Binary(Box<Expression>, &'static str, Box<Expression>),
    /// `!a`, `-a`, `*a` in a list.
    Unary(&'static str, Box<Expression>),
    /// `a++`.
    Postfix(Box<Expression>, &'static str),
    /// `a ? b : c`.
    Ternary(Box<[Expression; 3]>),
    /// `target = value`, and with the other operators that assign.
    Assign { target: Box<Expression>, operator: &'static str, value: Box<Expression> },
    /// `new X(a)`; what stands in braces behind it is not looked into.
    New { of: String, arguments: Vec<Argument> },
    /// `a as X`, `(X) a`.
    Cast { of: String, value: Box<Expression> },
    /// `a instanceof X`.
    Is { of: String, value: Box<Expression> },
    /// What could not be read, as it is written.
    Opaque(String),
}

/// `name(arguments) { block }`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    /// What it is called on, unless that is part of the name, and the dot between.
    pub(crate) on: Option<(Expression, &'static str)>,
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    /// The closure behind the arguments.
    pub(crate) block: Option<Closure>,
    pub(crate) span: Span,
}

/// `{ parameters -> body }`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Closure {
    /// None where there is no arrow either.
    pub(crate) parameters: Option<Vec<Variable>>,
    pub(crate) body: Vec<Statement>,
    pub(crate) span: Span,
}

/// A string with code in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Interpolation {
    pub(crate) quote: Quote,
    pub(crate) parts: Vec<Part>,
}

/// A part of a string.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// Text, with escapes replaced.
    Text(String),
    /// `$a.b` or `${…}`, as it is written and as it is read.
    Code { raw: String, closure: Closure },
}

/// An argument, or an item of a list or a map; named ones are in any order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Argument {
    /// A name that is a word or a plain string.
    pub(crate) name: Option<String>,
    /// A name of another kind: `(x): 1`, `"$x": 1`, `2: 1`.
    pub(crate) key: Option<Expression>,
    pub(crate) value: Expression,
}

impl Statement {
    /// Where it begins and ends.
    pub(crate) fn span(&self) -> Span {
        match self {
            Statement::Expression(expression) => expression.span,
            Statement::Define(define) => define.span,
            Statement::Method(method) => method.span,
            Statement::Import { span, .. }
            | Statement::Class { span, .. }
            | Statement::If { span, .. }
            | Statement::ForIn { span, .. }
            | Statement::For { span, .. }
            | Statement::While { span, .. }
            | Statement::Switch { span, .. }
            | Statement::Try { span, .. }
            | Statement::Leave { span, .. }
            | Statement::Label { span, .. }
            | Statement::Block { span, .. } => *span,
        }
    }

    /// The name and the value of `name = value`.
    pub(crate) fn assignment(&self) -> Option<(&str, &Expression)> {
        match self {
            Statement::Expression(Expression { kind: Kind::Assign { target, operator: "=", value }, .. }) => {
                match &target.kind {
                    Kind::Word(name) => Some((name, value)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

impl Interpolation {
    /// The string without its quotes: code as it is written, text with escapes replaced.
    pub(crate) fn raw(&self) -> String {
        let raw = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Code { raw, .. } => raw.clone(),
        };
        self.parts.iter().map(raw).collect()
    }
}

impl Call {
    /// The statements in its block.
    pub(crate) fn statements(&self) -> &[Statement] {
        self.block.as_ref().map(|block| block.body.as_slice()).unwrap_or_default()
    }
}
