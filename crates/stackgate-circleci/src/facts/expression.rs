//! Expressions over pipeline values: `pipeline.git.branch == "main" and not (pipeline.event.name starts-with "x")`.
//!
//! What must hold: total, and bounded in depth; what is not understood is opaque, in its own words and no wider than it is.
//! Source: CircleCI, "Pipeline values and parameters", on expressions, and the configuration reference on `filters`.

use stackgate_provider::facts::{Answer, Claim, Condition, Event, Pattern};

use super::filters::full;

/// How deep parentheses and `not` may go.
const DEEPEST: usize = 32;

/// The condition that an expression says.
pub(crate) fn parse(text: &str) -> Condition {
    let mut parser = Parser { tokens: tokens(text), at: 0, depth: 0 };
    match parser.any() {
        Some(condition) if parser.at == parser.tokens.len() => condition,
        _ => Condition::Opaque(text.trim().to_owned()),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

fn tokens(text: &str) -> Vec<Token> {
    const SIGNS: &[&str] = &["==", "!=", "=~", "!~", ">=", "<=", "&&", "||", "(", ")", ">", "<", "!", ","];
    let mut all = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        if matches!(first, '"' | '\'' | '/') {
            let body = rest.get(1..).unwrap_or_default();
            let Some(end) = body.find(first) else { return vec![Token::Sign(",")] };
            all.push(Token::Text(body.get(..end).unwrap_or_default().to_owned()));
            rest = body.get(end + 1..).unwrap_or_default();
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            all.push(Token::Sign(sign));
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || "()=!,<>&|\"'".contains(c)).unwrap_or(rest.len());
            let end = end.max(first.len_utf8());
            all.push(Token::Word(rest.get(..end).unwrap_or_default().to_owned()));
            rest = rest.get(end..).unwrap_or_default();
        }
        rest = rest.trim_start();
    }
    all
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Option<Condition> {
        let mut parts = vec![self.all()?];
        while self.word("or") || self.sign("||") {
            parts.push(self.all()?);
        }
        Some(Condition::any(parts))
    }

    fn all(&mut self) -> Option<Condition> {
        let mut parts = vec![self.one()?];
        while self.word("and") || self.sign("&&") {
            parts.push(self.one()?);
        }
        Some(Condition::all(parts))
    }

    fn one(&mut self) -> Option<Condition> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let condition = if self.word("not") || self.sign("!") {
            self.one()?.negated()
        } else if self.sign("(") {
            let inner = self.any()?;
            if !self.sign(")") {
                return None;
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Some(condition)
    }

    fn comparison(&mut self) -> Option<Condition> {
        let left = self.next()?;
        let operator = match self.tokens.get(self.at) {
            Some(Token::Sign(sign @ ("==" | "!=" | "=~" | "!~" | ">" | "<" | ">=" | "<="))) => (*sign).to_owned(),
            Some(Token::Word(word))
                if matches!(word.as_str(), "starts-with" | "ends-with" | "contains" | "matches") =>
            {
                word.clone()
            }
            _ => return Some(truth(&left)),
        };
        self.at += 1;
        let right = self.next()?;
        Some(compared(&left, &operator, &right))
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?.clone();
        if matches!(token, Token::Sign(_)) {
            return None;
        }
        self.at += 1;
        Some(token)
    }

    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Word(found)) if found == word);
        self.at += usize::from(is);
        is
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(is);
        is
    }
}

fn text_of(token: &Token) -> &str {
    match token {
        Token::Word(text) | Token::Text(text) => text,
        Token::Sign(sign) => sign,
    }
}

/// A value that stands for itself.
fn truth(token: &Token) -> Condition {
    match text_of(token) {
        "true" => Condition::Always,
        "false" | "" | "0" => Condition::Never,
        // Of a tag's pipeline the branch is empty, and the other way round.
        "pipeline.git.branch" => Condition::Event(Event::Tag).negated(),
        "pipeline.git.tag" => Condition::Event(Event::Tag),
        "pipeline.git.branch.is_default" => Condition::DefaultBranch,
        word if word.starts_with("pipeline.") || word.starts_with("job.") => open(word, word.to_owned()),
        _ => Condition::Always,
    }
}

fn compared(left: &Token, operator: &str, right: &Token) -> Condition {
    let (left, right) = (text_of(left), text_of(right));
    let (name, text) =
        if left.starts_with("pipeline.") || left.starts_with("job.") { (left, right) } else { (right, left) };
    let opaque = || Condition::Opaque(format!("{left} {operator} {right}"));
    let negated = matches!(operator, "!=" | "!~");
    let pattern = match operator {
        "==" | "!=" => Pattern::exact(text),
        "=~" | "!~" | "matches" => Pattern::Regex(text.to_owned()),
        "starts-with" => Pattern::Regex(format!("^{}", regex(text))),
        "ends-with" => Pattern::Regex(format!("{}$", regex(text))),
        _ => return opaque(),
    };
    let condition = match is(name, &pattern) {
        Some(condition) => condition,
        None if !name.starts_with("pipeline.") && !name.starts_with("job.") => {
            // Two values that the file gives.
            match operator {
                "==" | "!=" => {
                    if left == right {
                        Condition::Always
                    } else {
                        Condition::Never
                    }
                }
                _ => return opaque(),
            }
        }
        None => open(name, format!("{name} {} {text}", operator.replace("!=", "==").replace("!~", "=~"))),
    };
    if negated { condition.negated() } else { condition }
}

/// What is said of a value that no file knows. One of a schedule or of a change request is there only for those, and what
/// somebody wrote or did is his claim.
pub(crate) fn open(name: &str, text: String) -> Condition {
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let claim = if name.starts_with("pipeline.event.") || name.starts_with("pipeline.trigger_parameters.") {
        if ends(&[".login", ".user_name", ".user_username"]) {
            Some(Claim::Actor)
        } else if ends(&[".title", ".body", ".label.name", ".commit_message", ".commit_title", ".head.ref"]) {
            Some(Claim::Words)
        } else {
            None
        }
    } else if name.starts_with("pipeline.git.commit.") {
        Some(if ends(&["author_login"]) { Claim::Actor } else { Claim::Words })
    } else {
        None
    };
    claim.map_or_else(|| Condition::Opaque(text.clone()), |claim| Condition::Claimed(claim, text.clone()))
}

/// A text as a regular expression that means it.
fn regex(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() && !matches!(c, '/' | '-' | '_') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What it means that a pipeline value is like a pattern; none where that is no matter of events and names.
pub(crate) fn is(name: &str, pattern: &Pattern) -> Option<Condition> {
    let exact = match pattern {
        Pattern::Exact(text) => Some(text.as_str()),
        _ => None,
    };
    match (name, exact) {
        ("pipeline.git.branch", Some("")) => Some(Condition::Event(Event::Tag)),
        ("pipeline.git.branch", _) => Some(full(pattern.clone())),
        ("pipeline.git.tag", Some("")) => Some(Condition::Event(Event::Tag).negated()),
        ("pipeline.git.tag", _) => Some(Condition::Tag(pattern.clone())),
        ("pipeline.git.branch.is_default", Some(word)) => {
            Some(if word == "false" { Condition::DefaultBranch.negated() } else { Condition::DefaultBranch })
        }
        ("pipeline.event.name", Some("push")) => {
            Some(Condition::any([Condition::Event(Event::Push), Condition::Event(Event::Tag)]))
        }
        ("pipeline.event.name", Some("pull_request")) => Some(Condition::Event(Event::ChangeRequest)),
        ("pipeline.event.name", Some("api")) => Some(Condition::Event(Event::Api)),
        ("pipeline.event.name", Some("schedule")) => Some(Condition::Event(Event::Schedule)),
        ("pipeline.trigger_source", Some("scheduled_pipeline")) => Some(Condition::Event(Event::Schedule)),
        ("pipeline.trigger_source", Some("api")) => {
            Some(Condition::any([Condition::Event(Event::Api), Condition::Event(Event::Manual)]))
        }
        ("pipeline.trigger_source", Some("webhook")) => Some(Condition::any(
            [Event::Push, Event::Tag, Event::ChangeRequest, Event::ForkChangeRequest].map(Condition::Event),
        )),
        // Of a closed list, so that each value can be tried.
        ("pipeline.trigger_source", None) => {
            let mut all = Vec::new();
            for source in ["webhook", "api", "scheduled_pipeline"] {
                match pattern.matches(source) {
                    Answer::Yes => all.extend(is(name, &Pattern::exact(source))),
                    Answer::No => {}
                    Answer::Maybe(_) => return None,
                }
            }
            Some(Condition::any(all))
        }
        // Only a schedule has a name.
        ("pipeline.schedule.name" | "pipeline.schedule.id", Some(text)) if !text.is_empty() => {
            Some(Condition::all([Condition::Event(Event::Schedule), Condition::Opaque(format!("{name} == {text}"))]))
        }
        ("pipeline.event.github.pull_request.base.ref", _) => Some(Condition::Target(pattern.clone())),
        _ => None,
    }
}
