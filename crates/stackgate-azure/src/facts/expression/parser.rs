//! The parser of expressions.
//!
//! What must hold: it never goes deeper than its bound, and takes all of the text or nothing.

use super::Expression;
use super::lexer::{Token, tokens};

const DEEPEST: usize = 32;
const LONGEST: usize = 20_000;

/// The expression that a text is; none where it is none.
pub(crate) fn parse(text: &str) -> Option<Expression> {
    if text.len() > LONGEST {
        return None;
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    let expression = parser.one(0)?;
    (parser.at == parser.tokens.len()).then_some(expression)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        Some(token)
    }

    fn sign(&mut self, sign: char) -> bool {
        let there = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(there);
        there
    }

    fn one(&mut self, depth: usize) -> Option<Expression> {
        if depth > DEEPEST {
            return None;
        }
        let expression = match self.next()? {
            Token::Text(text) | Token::Number(text) => Expression::Text(text),
            Token::Word(word) if self.sign('(') => Expression::Call(word.to_ascii_lowercase(), self.arguments(depth)?),
            Token::Word(word) => match word.to_ascii_lowercase().as_str() {
                "true" => Expression::Truth(true),
                "false" => Expression::Truth(false),
                "null" => Expression::Null,
                _ => Expression::Name(word, Vec::new()),
            },
            Token::Sign(_) => return None,
        };
        self.path(expression, depth)
    }

    fn arguments(&mut self, depth: usize) -> Option<Vec<Expression>> {
        let mut all = Vec::new();
        if self.sign(')') {
            return Some(all);
        }
        loop {
            all.push(self.one(depth + 1)?);
            if self.sign(')') {
                return Some(all);
            }
            if !self.sign(',') {
                return None;
            }
        }
    }

    fn path(&mut self, mut expression: Expression, depth: usize) -> Option<Expression> {
        loop {
            let part = if self.sign('.') {
                match self.next()? {
                    Token::Word(word) | Token::Number(word) => Expression::Text(word),
                    Token::Sign('*') => Expression::Text("*".into()),
                    _ => return None,
                }
            } else if self.sign('[') {
                let part = if self.sign('*') { Expression::Text("*".into()) } else { self.one(depth + 1)? };
                if !self.sign(']') {
                    return None;
                }
                part
            } else {
                return Some(expression);
            };
            match &mut expression {
                Expression::Name(_, path) => path.push(part),
                // What is taken out of a call's result is a call as well.
                _ => expression = Expression::Call("index".into(), vec![expression, part]),
            }
        }
    }
}
