//! From words to an expression.
//!
//! What must hold: depth is bounded, so that a stranger's text cannot exhaust the stack; `||` binds weaker than `&&`,
//! that weaker than comparisons, and these weaker than `!`.

use super::lexer::{Token, tokens};
use super::{Expr, Operator};

/// What the runner's own parser takes: longer ones are refused there.
const LONGEST: usize = 21_000;
const DEEPEST: usize = 50;

/// The expression of a text, or what is wrong with it.
pub(in crate::facts) fn parse(text: &str) -> Result<Expr, String> {
    if text.len() > LONGEST {
        return Err(format!("an expression has more than {LONGEST} characters"));
    }
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err("an expression is empty".into());
    }
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), depth: 0 };
    let expr = parser.any()?;
    match parser.tokens.next() {
        None => Ok(expr),
        Some(token) => Err(format!("{} is too much", words(&token))),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    depth: usize,
}

impl Parser {
    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.peek(), Some(Token::Sign(next)) if *next == sign);
        if found {
            self.tokens.next();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) {
            return Ok(());
        }
        let found = self.tokens.peek().map_or_else(|| "the end".to_owned(), words);
        Err(format!("`{sign}` is missing before {found}"))
    }

    fn any(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("an expression has more than {DEEPEST} levels"));
        }
        let mut parts = vec![self.all()?];
        while self.sign("||") {
            parts.push(self.all()?);
        }
        self.depth -= 1;
        Ok(group(parts, Expr::Or))
    }

    fn all(&mut self) -> Result<Expr, String> {
        let mut parts = vec![self.equal()?];
        while self.sign("&&") {
            parts.push(self.equal()?);
        }
        Ok(group(parts, Expr::And))
    }

    fn equal(&mut self) -> Result<Expr, String> {
        self.compare(&[Operator::Equal, Operator::Unequal], Parser::order)
    }

    fn order(&mut self) -> Result<Expr, String> {
        self.compare(&[Operator::Less, Operator::AtMost, Operator::Greater, Operator::AtLeast], Parser::not)
    }

    fn compare(&mut self, signs: &[Operator], inner: fn(&mut Self) -> Result<Expr, String>) -> Result<Expr, String> {
        let mut left = inner(self)?;
        let mut chain = 0;
        while let Some(sign) = signs.iter().find(|sign| self.sign(sign.sign())) {
            chain += 1;
            if chain > DEEPEST {
                return Err(format!("an expression has more than {DEEPEST} levels"));
            }
            left = Expr::Compare(*sign, Box::new(left), Box::new(inner(self)?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expr, String> {
        let mut count = 0_usize;
        while self.sign("!") {
            count += 1;
        }
        let inner = self.value()?;
        // Two are none, but for the type, which nobody sees.
        Ok(match count {
            0 => inner,
            count if count % 2 == 1 => Expr::Not(Box::new(inner)),
            _ => Expr::Not(Box::new(Expr::Not(Box::new(inner)))),
        })
    }

    fn value(&mut self) -> Result<Expr, String> {
        let first = match self.tokens.next() {
            None => return Err("the expression ends too early".into()),
            Some(Token::Text(text)) => Expr::Text(text),
            Some(Token::Number(number)) => Expr::Number(number),
            Some(Token::Sign("(")) => {
                let inner = self.any()?;
                self.expect(")")?;
                inner
            }
            Some(Token::Name(name)) if self.sign("(") => Expr::Call(known(&name), self.arguments()?),
            Some(Token::Name(name)) => match name.as_str() {
                "null" => Expr::Null,
                "true" => Expr::Bool(true),
                "false" => Expr::Bool(false),
                "NaN" => Expr::Number(f64::NAN),
                "Infinity" => Expr::Number(f64::INFINITY),
                // Contexts are known without regard to case.
                _ => Expr::Path(vec![name.to_ascii_lowercase()]),
            },
            Some(token) => return Err(format!("{} stands where a value is expected", words(&token))),
        };
        self.properties(first)
    }

    fn arguments(&mut self) -> Result<Vec<Expr>, String> {
        let mut arguments = Vec::new();
        if self.sign(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.any()?);
            if self.sign(")") {
                return Ok(arguments);
            }
            self.expect(",")?;
        }
    }

    fn properties(&mut self, first: Expr) -> Result<Expr, String> {
        let mut value = first;
        let mut chain = 0;
        loop {
            let key = if self.sign(".") {
                match self.tokens.next() {
                    Some(Token::Name(name)) => Expr::Text(name),
                    Some(Token::Sign("*")) => Expr::Text("*".into()),
                    _ => return Err("a property's name is missing after `.`".into()),
                }
            } else if self.sign("[") {
                if self.sign("*") {
                    self.expect("]")?;
                    Expr::Text("*".into())
                } else {
                    let key = self.any()?;
                    self.expect("]")?;
                    key
                }
            } else {
                return Ok(value);
            };
            chain += 1;
            value = match (value, key) {
                (Expr::Path(mut path), Expr::Text(name)) => {
                    path.push(name);
                    Expr::Path(path)
                }
                (Expr::Path(mut path), Expr::Number(number)) => {
                    path.push(number.to_string());
                    Expr::Path(path)
                }
                (_, _) if chain > DEEPEST => return Err(format!("an expression has more than {DEEPEST} levels")),
                (value, key) => Expr::Index(Box::new(value), Box::new(key)),
            };
        }
    }
}

fn group(mut parts: Vec<Expr>, of: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(last) if parts.is_empty() => last,
        Some(last) => {
            parts.push(last);
            of(parts)
        }
        None => Expr::Null,
    }
}

/// The one spelling of a function's name, which is known without regard to case.
fn known(name: &str) -> String {
    let all = [
        "contains",
        "startsWith",
        "endsWith",
        "format",
        "join",
        "toJSON",
        "fromJSON",
        "hashFiles",
        "success",
        "failure",
        "always",
        "cancelled",
        "case",
    ];
    all.iter()
        .find(|known| known.eq_ignore_ascii_case(name))
        .map_or_else(|| name.to_owned(), |known| (*known).to_owned())
}

fn words(token: &Token) -> String {
    match token {
        Token::Text(text) => format!("the text '{text}'"),
        Token::Number(number) => format!("the number {number}"),
        Token::Name(name) => format!("`{name}`"),
        Token::Sign(sign) => format!("`{sign}`"),
    }
}
