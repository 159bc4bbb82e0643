//! Expressions: operators, and commands without parentheses.
//!
//! What must hold: operators bind as in Groovy 2.4, and a line goes on only where it goes on there. No recursion but
//! through [`Parser::deeper`].

use super::parser::Parser;
use super::token::{Fault, TokenKind};
use super::tree::{Call, Expression, Kind};
use super::words::{assigns, binds, reserved, value};

/// An operator that waits for its right side.
struct Waiting {
    operator: &'static str,
    binds: u8,
}

impl Parser<'_> {
    /// An expression where a statement may stand: `sh 'x'` is one, and a block may begin on the next line.
    pub(super) fn command(&mut self) -> Result<Expression, Fault> {
        self.deeper(|parser| {
            let start = parser.start();
            let head = parser.assignment(true)?;
            parser.chain(head, start)
        })
    }

    /// An expression anywhere else.
    pub(super) fn expression(&mut self) -> Result<Expression, Fault> {
        self.deeper(|parser| parser.assignment(false))
    }

    fn assignment(&mut self, statement: bool) -> Result<Expression, Fault> {
        let start = self.start();
        let left = self.ternary(statement)?;
        let Some(operator) = self.mark().filter(|mark| assigns(mark)) else { return Ok(left) };
        if !matches!(left.kind, Kind::Word(_) | Kind::Property { .. } | Kind::Index { .. } | Kind::List(_)) {
            return Err(self.expected("the end of a value that nothing can be assigned to"));
        }
        if self.at.checked_sub(1).and_then(|last| self.mark_at(last)) == Some(")") {
            self.note(start, "a target in parentheses");
        }
        self.at += 1;
        if !statement {
            self.note(start, "an assignment within an expression");
        }
        if self.peek() == Some(&TokenKind::Newline) {
            self.note(start, "a value on a line of its own");
        }
        self.skip_newlines();
        // What is assigned may be a command too.
        let value = Box::new(self.deeper(|parser| {
            let begins = parser.start();
            let head = parser.assignment(true)?;
            let behind = parser.at;
            let value = parser.chain(head, begins);
            if parser.at > behind {
                parser.note(begins, "a command without parentheses as a value");
            }
            value
        })?);
        let kind = Kind::Assign { target: Box::new(left), operator, value };
        self.taller()?;
        Ok(Expression { kind, span: self.since(start) })
    }

    /// `a ? b : c` and `a ?: b`. A line may begin with these marks.
    fn ternary(&mut self, statement: bool) -> Result<Expression, Fault> {
        let start = self.start();
        let condition = self.binary(statement)?;
        let behind = self.behind_newlines();
        let Some(mark @ ("?" | "?:")) = self.mark_at(behind) else { return Ok(condition) };
        self.at = behind + 1;
        self.skip_newlines();
        let then = self.expression()?;
        let kind = if mark == "?:" {
            Kind::Binary(Box::new(condition), "?:", Box::new(then))
        } else {
            self.skip_newlines();
            self.want(":")?;
            self.skip_newlines();
            let otherwise = self.expression()?;
            Kind::Ternary(Box::new([condition, then, otherwise]))
        };
        self.taller()?;
        Ok(Expression { kind, span: self.since(start) })
    }

    fn operator(&self) -> Option<&'static str> {
        match self.peek() {
            Some(TokenKind::Mark(mark)) => Some(mark),
            Some(TokenKind::Word(word)) => ["in", "instanceof", "as"].into_iter().find(|operator| operator == word),
            _ => None,
        }
    }

    /// Operators and what they join, from left to right; the tighter ones first.
    fn binary(&mut self, statement: bool) -> Result<Expression, Fault> {
        let start = self.start();
        let mut values = vec![self.unary(statement, true)?];
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut first = None;
        while let Some((operator, tight)) = self.operator().and_then(|mark| Some((mark, binds(mark)?))) {
            while waiting.last().is_some_and(|before| before.binds >= tight) {
                self.join(&mut values, waiting.pop())?;
            }
            if first.is_some_and(|first| first != operator) {
                self.note(start, "different operators without parentheses");
            }
            first = Some(operator);
            self.at += 1;
            self.skip_newlines();
            if matches!(operator, "as" | "instanceof") {
                let of = self.type_name()?;
                let Some(value) = values.pop() else { return Err(self.expected("a value")) };
                let begins = value.span.start;
                let value = Box::new(value);
                let kind = if operator == "as" { Kind::Cast { of, value } } else { Kind::Is { of, value } };
                self.taller()?;
                values.push(Expression { kind, span: self.since(begins) });
            } else {
                values.push(self.unary(false, true)?);
                waiting.push(Waiting { operator, binds: tight });
            }
        }
        while let Some(last) = waiting.pop() {
            self.join(&mut values, Some(last))?;
        }
        values.pop().ok_or_else(|| self.expected("a value"))
    }

    fn join(&mut self, values: &mut Vec<Expression>, waiting: Option<Waiting>) -> Result<(), Fault> {
        let (Some(waiting), Some(right), Some(left)) = (waiting, values.pop(), values.pop()) else {
            return Err(self.expected("a value"));
        };
        self.taller()?;
        let span = left.span.to(right.span);
        values.push(Expression { kind: Kind::Binary(Box::new(left), waiting.operator, Box::new(right)), span });
        Ok(())
    }

    /// `-a`, `!a`, `(X) a`, and powers, which bind tighter than a sign and looser than the rest.
    fn unary(&mut self, statement: bool, powers: bool) -> Result<Expression, Fault> {
        let start = self.start();
        if let Some(sign @ ("-" | "+" | "++" | "--" | "!" | "~")) = self.mark() {
            self.at += 1;
            self.skip_newlines();
            let value = self.deeper(|parser| parser.unary(false, powers))?;
            let kind = Kind::Unary(sign, Box::new(value));
            return Ok(Expression { kind, span: self.since(start) });
        }
        let mut left = match self.cast()? {
            Some(of) => {
                let value = Box::new(self.deeper(|parser| parser.unary(false, false))?);
                Expression { kind: Kind::Cast { of, value }, span: self.since(start) }
            }
            None => self.postfix(statement)?,
        };
        while powers && self.take("**") {
            self.skip_newlines();
            let right = self.deeper(|parser| parser.unary(false, false))?;
            self.taller()?;
            let kind = Kind::Binary(Box::new(left), "**", Box::new(right));
            left = Expression { kind, span: self.since(start) };
        }
        Ok(left)
    }

    /// The type of `(X) a`. What looks like a cast is one, as in Groovy.
    fn cast(&mut self) -> Result<Option<String>, Fault> {
        if !self.next_is("(") {
            return Ok(None);
        }
        let Some(end) = self.type_ends(self.at + 1).filter(|end| self.mark_at(*end) == Some(")")) else {
            return Ok(None);
        };
        let primitive = self.word_at(self.at + 1).is_some_and(super::words::primitive);
        let value = match self.kind(end + 1) {
            Some(TokenKind::Word(word)) => !reserved(word) || value(word) || word == "new",
            Some(TokenKind::Number(_) | TokenKind::Text { .. } | TokenKind::Open(_)) => true,
            Some(TokenKind::Mark("(" | "[" | "{" | "!" | "~")) => true,
            Some(TokenKind::Mark("-" | "+")) => primitive,
            _ => false,
        };
        if !value {
            return Ok(None);
        }
        self.at += 1;
        let of = self.type_name()?;
        self.want(")")?;
        Ok(Some(of))
    }

    fn postfix(&mut self, statement: bool) -> Result<Expression, Fault> {
        let start = self.start();
        let value = self.path(statement)?;
        let Some(mark @ ("++" | "--")) = self.mark() else { return Ok(value) };
        self.at += 1;
        self.taller()?;
        Ok(Expression { kind: Kind::Postfix(Box::new(value), mark), span: self.since(start) })
    }

    /// Whether an argument without parentheses begins here.
    fn opens_argument(&self) -> bool {
        match self.peek() {
            Some(TokenKind::Word(word)) => {
                !reserved(word) || value(word) || word == "new" || self.mark_at(self.at + 1) == Some(":")
            }
            Some(TokenKind::Number(_) | TokenKind::Text { .. } | TokenKind::Open(_)) => true,
            Some(TokenKind::Mark("!" | "~")) => true,
            _ => false,
        }
    }

    /// `a b, c d e`: commands without parentheses, each called on what the one before returns.
    fn chain(&mut self, head: Expression, start: usize) -> Result<Expression, Fault> {
        let callable = !matches!(
            head.kind,
            Kind::Binary(..)
                | Kind::Unary(..)
                | Kind::Postfix(..)
                | Kind::Ternary(_)
                | Kind::Assign { .. }
                | Kind::Cast { .. }
                | Kind::Is { .. }
        );
        if !callable || !self.opens_argument() {
            return Ok(head);
        }
        let mut head = head;
        if !matches!(head.kind, Kind::Call(_)) {
            let arguments = self.arguments(None)?;
            head = self.called(head, arguments, start)?;
        }
        while matches!(head.kind, Kind::Call(_)) && self.opens_argument() {
            let begins = self.at;
            let name = self.primary()?;
            if self.at == begins {
                break;
            }
            self.taller()?;
            let kind = Kind::Property { of: Box::new(head), access: ".", name: Box::new(name) };
            let property = Expression { kind, span: self.since(start) };
            head = self.links(property, start, false)?;
            // Behind the name of a command a sign is no operator.
            let signed = matches!(self.mark(), Some("-" | "+"));
            if !matches!(head.kind, Kind::Call(_)) && (signed || self.opens_argument()) {
                let arguments = self.arguments(None)?;
                head = self.called(head, arguments, start)?;
            }
        }
        Ok(head)
    }

    /// A call of what was read.
    pub(super) fn called(
        &mut self,
        callee: Expression,
        arguments: Vec<super::tree::Argument>,
        start: usize,
    ) -> Result<Expression, Fault> {
        self.taller()?;
        let span = self.since(start);
        let (on, name) = match callee.kind {
            Kind::Word(name) => (None, name),
            Kind::Text { value, .. } => {
                self.note(start, "a call of what a string names");
                (None, value)
            }
            Kind::Property { of, access: access @ ("." | "?." | "*."), name } => match name.kind {
                Kind::Word(name) => (Some((*of, access)), name),
                Kind::Text { value, .. } => (Some((*of, access)), value),
                kind => {
                    let name = Box::new(Expression { kind, span: name.span });
                    let kind = Kind::Property { of, access, name };
                    (Some((Expression { kind, span: callee.span }, ".")), "call".to_owned())
                }
            },
            kind => (Some((Expression { kind, span: callee.span }, ".")), "call".to_owned()),
        };
        let call = Call { on, name, arguments, block: None, span };
        Ok(Expression { kind: Kind::Call(Box::new(call)), span })
    }
}
