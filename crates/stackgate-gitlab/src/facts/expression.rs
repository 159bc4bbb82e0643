//! Expressions of `rules: if`: `$CI_COMMIT_BRANCH == "main" && ($A =~ /^x/ || $B)`.
//!
//! What must hold: total, and bounded in depth; what is not understood is opaque, in its own words and no wider than it is.
//! A variable that the file gives is opaque too: it is a default, which whoever starts a pipeline, or a variable of the project,
//! overrules. Source: GitLab, "CI/CD expressions"; its `lib/gitlab/ci/pipeline/expression`.

use stackgate_provider::facts::{Answer, Claim, Condition, Pattern};

use super::conditions::{like, present, same};

/// How deep parentheses may go.
const DEEPEST: usize = 32;

/// The condition that an expression says; `child` in a pipeline that another one started.
pub(super) fn parse(text: &str, child: bool) -> Condition {
    let Some(tokens) = tokens(text) else { return Condition::Opaque(spelt(text)) };
    let mut parser = Parser { tokens, at: 0, depth: 0, child };
    match parser.any() {
        Some(condition) if parser.at == parser.tokens.len() => condition,
        _ => Condition::Opaque(spelt(text)),
    }
}

/// Blanks in one form.
fn spelt(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Variable(String),
    Text(String),
    Regex(String),
    Null,
    Sign(&'static str),
}

impl Token {
    fn spelt(&self) -> String {
        match self {
            Token::Variable(name) => format!("${name}"),
            Token::Text(text) => format!("{text:?}"),
            Token::Regex(text) => format!("/{text}/"),
            Token::Null => "null".to_owned(),
            Token::Sign(sign) => (*sign).to_owned(),
        }
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    const SIGNS: &[&str] = &["==", "!=", "=~", "!~", "&&", "||", "(", ")"];
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let body = rest.get(first.len_utf8()..).unwrap_or_default();
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            all.push(Token::Sign(sign));
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else if matches!(first, '"' | '\'') {
            let end = body.find(first)?;
            all.push(Token::Text(body.get(..end)?.to_owned()));
            rest = body.get(end + 1..)?;
        } else if first == '/' {
            let (regex, behind) = regex(body)?;
            all.push(Token::Regex(regex));
            rest = behind;
        } else if first == '$' {
            let body = body.strip_prefix('{').unwrap_or(body);
            let end = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
            let name = body.get(..end).filter(|name| !name.is_empty())?;
            all.push(Token::Variable(name.to_owned()));
            rest = body.get(end..)?;
            rest = rest.strip_prefix('}').unwrap_or(rest);
        } else {
            let end = body.find(|c: char| !c.is_ascii_alphanumeric()).map_or(rest.len(), |at| at + first.len_utf8());
            match rest.get(..end)? {
                "null" => all.push(Token::Null),
                _ => return None,
            }
            rest = rest.get(end..)?;
        }
        rest = rest.trim_start();
    }
    Some(all)
}

/// `…/flags` behind a slash: the expression with its flags within, and what comes behind.
fn regex(body: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    let mut end = None;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '/' => {
                // GitLab takes all up to the last slash that flags and no more text follow.
                end = Some(at);
                break;
            }
            _ => {}
        }
    }
    let end = end?;
    let text = body.get(..end)?.replace("\\/", "/");
    let rest = body.get(end + 1..)?;
    let flags = rest.len() - rest.trim_start_matches(['i', 'm', 's', 'U']).len();
    let given: String = rest.get(..flags)?.to_owned();
    let text = if given.is_empty() { text } else { format!("(?{given}){text}") };
    Some((text, rest.get(flags..)?))
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    child: bool,
}

impl Parser {
    fn any(&mut self) -> Option<Condition> {
        let mut parts = vec![self.all()?];
        while self.sign("||") {
            parts.push(self.all()?);
        }
        Some(Condition::any(parts))
    }

    fn all(&mut self) -> Option<Condition> {
        let mut parts = vec![self.one()?];
        while self.sign("&&") {
            parts.push(self.one()?);
        }
        Some(Condition::all(parts))
    }

    fn one(&mut self) -> Option<Condition> {
        if self.sign("(") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return None;
            }
            let inner = self.any()?;
            self.depth -= 1;
            return self.sign(")").then_some(inner);
        }
        let left = self.operand()?;
        let Some(Token::Sign(operator @ ("==" | "!=" | "=~" | "!~"))) = self.tokens.get(self.at) else {
            return Some(truth(&left));
        };
        let operator = *operator;
        self.at += 1;
        let right = self.operand()?;
        let negated = operator.starts_with('!');
        let condition =
            if operator.ends_with('~') { matches(&left, &right, self.child) } else { equal(&left, &right, self.child) };
        Some(if negated { condition.negated() } else { condition })
    }

    fn operand(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?.clone();
        if matches!(token, Token::Sign(_)) {
            return None;
        }
        self.at += 1;
        Some(token)
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(is);
        is
    }
}

fn decided(yes: bool) -> Condition {
    if yes { Condition::Always } else { Condition::Never }
}

/// A value that stands for itself: there, and not empty.
fn truth(token: &Token) -> Condition {
    match token {
        Token::Variable(name) => present(name).unwrap_or_else(|| Condition::Opaque(token.spelt())),
        Token::Text(text) => decided(!text.is_empty()),
        Token::Null => Condition::Never,
        Token::Regex(_) | Token::Sign(_) => Condition::Always,
    }
}

/// Variables that name whoever started the pipeline, or the commit's author as he calls himself.
const ACTORS: &[&str] =
    &["CI_COMMIT_AUTHOR", "GITLAB_USER_EMAIL", "GITLAB_USER_ID", "GITLAB_USER_LOGIN", "GITLAB_USER_NAME"];

/// Variables that hold what the author wrote.
const WORDS: &[&str] = &[
    "CI_COMMIT_DESCRIPTION",
    "CI_COMMIT_MESSAGE",
    "CI_COMMIT_TITLE",
    "CI_MERGE_REQUEST_DESCRIPTION",
    "CI_MERGE_REQUEST_LABELS",
    "CI_MERGE_REQUEST_TITLE",
];

/// What the file does not decide, and whose word counts.
fn undecided(both: [&Token; 2], text: String) -> Condition {
    let of = |names: &[&str]| {
        both.iter().any(|token| matches!(token, Token::Variable(name) if names.contains(&name.as_str())))
    };
    if of(ACTORS) {
        Condition::Claimed(Claim::Actor, text)
    } else if of(WORDS) {
        Condition::Claimed(Claim::Words, text)
    } else {
        Condition::Opaque(text)
    }
}

fn equal(left: &Token, right: &Token, child: bool) -> Condition {
    let opaque = || {
        let mut both = [left.spelt(), right.spelt()];
        both.sort();
        undecided([left, right], format!("{} == {}", both[0], both[1]))
    };
    match (left, right) {
        (Token::Variable(left), Token::Variable(right)) => same(left, right).unwrap_or_else(opaque),
        (Token::Variable(name), Token::Null) | (Token::Null, Token::Variable(name)) => {
            present(name).map_or_else(|| Condition::Opaque(format!("${name} == null")), Condition::negated)
        }
        // A variable of GitLab's is absent or has a text.
        (Token::Variable(name), Token::Text(text)) | (Token::Text(text), Token::Variable(name))
            if text.is_empty() && present(name).is_some() =>
        {
            Condition::Never
        }
        (Token::Variable(name), Token::Text(text)) | (Token::Text(text), Token::Variable(name)) => {
            like(name, &Pattern::exact(text), child).unwrap_or_else(opaque)
        }
        (Token::Text(left), Token::Text(right)) => decided(left == right),
        (Token::Null, Token::Null) => Condition::Always,
        (Token::Null, Token::Text(_)) | (Token::Text(_), Token::Null) => Condition::Never,
        _ => opaque(),
    }
}

fn matches(left: &Token, right: &Token, child: bool) -> Condition {
    let opaque = || undecided([left, right], format!("{} =~ {}", left.spelt(), right.spelt()));
    let regex = match right {
        Token::Regex(regex) => regex.clone(),
        // A text in slashes is an expression as well.
        Token::Text(text) => match text.strip_prefix('/').and_then(regex) {
            Some((regex, "")) => regex,
            _ => return opaque(),
        },
        _ => return opaque(),
    };
    let pattern = Pattern::Regex(regex);
    match left {
        Token::Variable(name) => like(name, &pattern, child).unwrap_or_else(opaque),
        Token::Text(text) => match pattern.matches(text) {
            Answer::Yes => Condition::Always,
            Answer::No => Condition::Never,
            Answer::Maybe(_) => opaque(),
        },
        Token::Null => Condition::Never,
        Token::Regex(_) | Token::Sign(_) => opaque(),
    }
}
