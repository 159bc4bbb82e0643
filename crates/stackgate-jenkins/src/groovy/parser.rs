//! From tokens to the tree: the declarative form, and as much of Groovy's expressions as it needs.
//!
//! What must hold: total, without recursion beyond a limit; what does not parse is a fault with a place. A block belongs
//! to a call only when it begins on the call's line, as in Groovy. Deliberately absent: `def`, `if`, closures with
//! parameters and all else that belongs into `script`.

use stackgate_provider::diagnostic::Span;

use super::lexer::{Fault, Token, TokenKind, tokens};
use super::tree::{Argument, Assign, Call, Expression, Kind, Statement};

/// More bytes than any pipeline has.
const MOST_BYTES: usize = 1024 * 1024;

/// Deeper than any pipeline goes.
const MOST_DEPTH: usize = 64;

/// Reads a whole file.
///
/// # Errors
/// At the first thing that is not understood.
pub(crate) fn parse(text: &str) -> Result<Vec<Statement>, Fault> {
    if text.len() > MOST_BYTES {
        return Err(Fault { span: Span::new(0, 0), what: "larger than a pipeline needs to be".into() });
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0, end: text.len() };
    let statements = parser.statements()?;
    if parser.at < parser.tokens.len() {
        return parser.fault("a closing brace too many");
    }
    Ok(statements)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn next_is(&self, mark: char) -> bool {
        self.peek() == Some(&TokenKind::Mark(mark))
    }

    fn take(&mut self, mark: char) -> bool {
        let found = self.next_is(mark);
        self.at += usize::from(found);
        found
    }

    fn start(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |token| token.span.start)
    }

    /// From `start` to the end of the last token that was taken.
    fn since(&self, start: usize) -> Span {
        let end = self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.span.end);
        Span::new(start, end.max(start))
    }

    fn fault<T>(&self, what: &str) -> Result<T, Fault> {
        let span = self.tokens.get(self.at).map_or(Span::new(self.end, self.end), |token| token.span);
        Err(Fault { span, what: what.into() })
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Parser) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == MOST_DEPTH {
            return self.fault("nested deeper than a pipeline needs to be");
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn skip_ends(&mut self) {
        while self.peek() == Some(&TokenKind::End) {
            self.at += 1;
        }
    }

    /// Up to the end, or to the brace that closes the block.
    fn statements(&mut self) -> Result<Vec<Statement>, Fault> {
        let mut statements = Vec::new();
        loop {
            self.skip_ends();
            if self.peek().is_none() || self.next_is('}') {
                return Ok(statements);
            }
            statements.push(self.statement()?);
            if !matches!(self.peek(), None | Some(TokenKind::End | TokenKind::Mark('}'))) {
                return self.fault("more on the line than is understood");
            }
        }
    }

    fn statement(&mut self) -> Result<Statement, Fault> {
        let start = self.start();
        let assigns = self.tokens.get(self.at + 1).is_some_and(|token| token.kind == TokenKind::Mark('='));
        if let (true, Some(TokenKind::Word(name))) = (assigns, self.peek()) {
            let name = name.clone();
            self.at += 2;
            let value = self.expression()?;
            return Ok(Statement::Assign(Assign { name, value, span: self.since(start) }));
        }
        let first = self.expression()?;
        // `image 'x'`: a name, then arguments without parentheses.
        if let Kind::Word(name) = &first.kind
            && self.opens_argument()
        {
            let name = name.clone();
            let arguments = self.arguments(None)?;
            let call = Call { name, arguments, block: None, span: self.since(start) };
            return Ok(Statement::Expression(Expression { span: call.span, kind: Kind::Call(call) }));
        }
        Ok(Statement::Expression(first))
    }

    fn opens_argument(&self) -> bool {
        matches!(
            self.peek(),
            Some(
                TokenKind::Word(_)
                    | TokenKind::Number(_)
                    | TokenKind::Text { .. }
                    | TokenKind::Interpolated(_)
                    | TokenKind::Mark('[')
            )
        )
    }

    /// Operators bind from left to right here; parentheses say what is meant where two of them meet.
    fn expression(&mut self) -> Result<Expression, Fault> {
        let start = self.start();
        let mut left = self.deeper(Parser::operand)?;
        let mut first = None;
        while let Some(TokenKind::Operator(operator)) = self.peek() {
            let operator = *operator;
            if first.is_some_and(|first| first != operator) {
                return self.fault("different operators without parentheses");
            }
            first = Some(operator);
            self.at += 1;
            self.skip_ends();
            let right = self.deeper(Parser::operand)?;
            let kind = Kind::Binary(Box::new(left), operator, Box::new(right));
            left = Expression { kind, span: self.since(start) };
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expression, Fault> {
        let start = self.start();
        let Some(token) = self.tokens.get(self.at).cloned() else { return self.fault("the end of the file") };
        self.at += 1;
        let kind = match token.kind {
            TokenKind::Text { value, triple } => Kind::Text { value, triple },
            TokenKind::Interpolated(raw) => Kind::Interpolated(raw),
            TokenKind::Number(digits) => Kind::Number(digits),
            TokenKind::Word(word) => return self.word(word, start),
            TokenKind::Mark('[') => Kind::List(self.arguments(Some(']'))?),
            TokenKind::Mark('(') => {
                self.skip_ends();
                let inside = self.expression()?;
                self.skip_ends();
                if !self.take(')') {
                    return self.fault("expected `)`");
                }
                return Ok(inside);
            }
            _ => {
                self.at -= 1;
                return self.fault("expected a value");
            }
        };
        Ok(Expression { kind, span: self.since(start) })
    }

    /// A name, and the call that it begins.
    fn word(&mut self, mut name: String, start: usize) -> Result<Expression, Fault> {
        while self.take('.') {
            let Some(TokenKind::Word(part)) = self.peek() else { return self.fault("expected a name") };
            name = format!("{name}.{part}");
            self.at += 1;
        }
        let arguments = if self.take('(') { Some(self.arguments(Some(')'))?) } else { None };
        let block = if self.take('{') { Some(self.deeper(Parser::block)?) } else { None };
        if arguments.is_none() && block.is_none() {
            return Ok(Expression { kind: Kind::Word(name), span: self.since(start) });
        }
        let call = Call { name, arguments: arguments.unwrap_or_default(), block, span: self.since(start) };
        Ok(Expression { span: call.span, kind: Kind::Call(call) })
    }

    fn block(&mut self) -> Result<Vec<Statement>, Fault> {
        let statements = self.statements()?;
        if !self.take('}') {
            return self.fault("a block that does not end");
        }
        Ok(statements)
    }

    /// Arguments up to the mark that closes them or, without one, to the end of the line.
    fn arguments(&mut self, close: Option<char>) -> Result<Vec<Argument>, Fault> {
        let mut arguments: Vec<Argument> = Vec::new();
        loop {
            if let Some(close) = close {
                self.skip_ends();
                if self.take(close) {
                    return Ok(arguments);
                }
            }
            let argument = self.argument()?;
            if argument.name.is_some() && arguments.iter().any(|other| other.name == argument.name) {
                return self.fault("an argument that is given twice");
            }
            arguments.push(argument);
            if close.is_some() {
                self.skip_ends();
            }
            if self.take(',') {
                self.skip_ends();
            } else if !close.is_some_and(|close| self.next_is(close)) {
                return if close.is_some() { self.fault("expected `,`") } else { Ok(arguments) };
            }
        }
    }

    fn argument(&mut self) -> Result<Argument, Fault> {
        let named = self.tokens.get(self.at + 1).is_some_and(|token| token.kind == TokenKind::Mark(':'));
        let name = match self.peek() {
            Some(TokenKind::Word(name) | TokenKind::Text { value: name, .. }) if named => Some(name.clone()),
            _ => None,
        };
        if name.is_some() {
            self.at += 2;
            self.skip_ends();
        }
        Ok(Argument { name, value: self.expression()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        parse(text).unwrap().iter().map(Statement::canonical).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn spellings_of_one_thing_are_one() {
        let forms = [
            "lock(resource: 'a', quantity: 1) { echo 'x' }",
            "lock( quantity : 1 ,\n resource: \"a\"\n) {\n  echo('x') // says x\n}\n",
            "lock('resource': '''a''', quantity: 1) { ; echo 'x'; }",
        ];
        for form in forms {
            assert_eq!(canonical(form), "lock(quantity: 1, resource: 'a') { echo('x') }", "{form}");
        }
        assert_eq!(
            canonical("branch comparator: 'EQUALS',\n  pattern: 'main'"),
            "branch(comparator: 'EQUALS', pattern: 'main')"
        );
        assert_eq!(
            canonical("A = \"${env.X}/y\"\nagent none\nagent { docker { image 'x' } }"),
            "A = \"${env.X}/y\"; agent(none); agent { docker { image('x') } }"
        );
        assert_eq!(canonical("withCredentials([file(a: 'b')]) { x() }"), "withCredentials([file(a: 'b')]) { x() }");
        assert_eq!(canonical("expression { sh(a: true) != 3 }"), "expression { (sh(a: true) != 3) }");
        assert_eq!(canonical("timestamps()\nnot { a() }"), "timestamps(); not { a() }");
    }

    #[test]
    fn different_things_stay_different() {
        assert_ne!(canonical("a 'none'"), canonical("a none"));
        assert_ne!(canonical("a '1'"), canonical("a 1"));
        assert_ne!(canonical("a 'x', 'y'"), canonical("a 'y', 'x'"));
        assert_ne!(canonical("a '${x}'"), canonical("a \"${x}\""));
        assert_ne!(canonical("a()\n"), canonical("a { }"));
    }

    #[test]
    fn what_does_not_parse_is_a_fault() {
        let texts = [
            "a {",
            "}",
            "a }",
            "a(",
            "a(b: 1, b: 2)",
            "a('x' 'y')",
            "a 'x' {\n",
            "if (x) { }  else { }",
            "a = ",
            "a.",
            "a.1",
            "[",
            "stage('x')\n{ }",
            "x == y != z",
            "a: 'b'",
        ];
        for text in texts {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn limits_hold() {
        assert!(parse(&"a { ".repeat(100_000)).is_err());
        assert!(parse(&"(".repeat(100_000)).is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&" ".repeat(MOST_BYTES + 1)).is_err());
        assert!(parse(&"\n".repeat(300_000)).is_err());
    }

    #[test]
    fn every_prefix_is_read_or_refused() {
        let text = "pipeline {\n  a = \"${env.X}\"\n  b('''\n x \\' \\u0041''') { c d: [1, 'e'] }\n}\n";
        for (end, _) in text.char_indices() {
            let _ = parse(&text[..end]);
            let _ = parse(&text[end..]);
        }
    }
}
