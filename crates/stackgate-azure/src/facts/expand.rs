//! Puts in what `${{ … }}` says before a run: values, `if`, `each`, `insert`.
//!
//! What must hold: bounded; a branch of an `if` that cannot be decided stays, with its condition as the key of a mapping in
//! a list, and as a part of the text of a value. What a value brings in is not read again for expressions. Source: Microsoft
//! Learn, "Template expressions".

use stackgate_provider::facts::{Aspect, Place};
use stackgate_provider::yaml::{Entry, Key, Node, Scalar, Value};

use super::expression::{Expression, enclosed, parse};
use super::known::{Known, Scope, scalar};
use super::{Reading, variables};

/// How many nodes a pipeline may come to, and how deep.
const MOST: usize = 200_000;
const DEEPEST: usize = 100;

/// A directive, as the key of a mapping says it.
enum Directive {
    If(Option<Expression>),
    ElseIf(Option<Expression>),
    Else,
    Each(String, Option<Expression>),
    Insert,
    Key,
}

fn directive(key: &str) -> Option<Directive> {
    let inner = key.trim().strip_prefix("${{")?.strip_suffix("}}")?.trim();
    let after = |word: &str| {
        let rest = inner.strip_prefix(word)?;
        rest.starts_with([' ', '(', '\t', '\n']).then(|| rest.trim())
    };
    if inner == "else" {
        return Some(Directive::Else);
    }
    if inner == "insert" {
        return Some(Directive::Insert);
    }
    if let Some(rest) = after("elseif").or_else(|| after("else if")) {
        return Some(Directive::ElseIf(parse(rest)));
    }
    if let Some(rest) = after("if") {
        return Some(Directive::If(parse(rest)));
    }
    if let Some((name, of)) = after("each").and_then(|rest| rest.split_once(" in ")) {
        return Some(Directive::Each(name.trim().to_owned(), parse(of)));
    }
    Some(Directive::Key)
}

/// The key under which the parts of an undecided branch stand.
pub(super) fn kept(condition: &Expression) -> String {
    format!("${{{{ if {condition} }}}}")
}

/// A text that is one of several, each on a condition of its own; the whole text where it is not.
pub(super) fn alternatives(text: &str) -> Vec<&str> {
    let marks: Vec<_> = enclosed(text, "${{", "}}").into_iter().filter(|(_, inner)| inner.starts_with("if ")).collect();
    if marks.is_empty() || !text.trim_start().starts_with("${{ if ") {
        return vec![text];
    }
    let ends = marks.iter().skip(1).map(|(range, _)| range.start).chain([text.len()]);
    marks.iter().zip(ends).filter_map(|((range, _), end)| Some(text.get(range.end..end)?.trim())).collect()
}

/// The condition of such a key.
pub(super) fn condition_of(key: &str) -> Option<Expression> {
    match directive(key)? {
        Directive::If(condition) => condition,
        _ => None,
    }
}

/// A chain of `if`, `elseif` and `else`: what of it is over.
#[derive(Default)]
struct Chain {
    over: bool,
    before: Vec<Expression>,
}

/// What a branch of a chain comes to.
enum Branch {
    Taken,
    Left,
    Open(Expression),
}

impl Chain {
    fn branch(&mut self, directive: &Directive, scope: &Scope) -> Branch {
        let condition = match directive {
            Directive::If(condition) => {
                *self = Chain::default();
                condition.clone()
            }
            Directive::ElseIf(condition) => condition.clone(),
            _ => Some(Expression::Truth(true)),
        };
        if self.over {
            return Branch::Left;
        }
        // What is no expression of the language cannot be decided either.
        let condition = condition.unwrap_or_else(|| Expression::Name("unreadable".into(), Vec::new()));
        let known = scope.evaluate(&condition).map(|known| known.truth());
        if known == Some(false) {
            return Branch::Left;
        }
        let not = |one: &Expression| Expression::Call("not".into(), vec![one.clone()]);
        let mut parts: Vec<Expression> = self.before.iter().map(not).collect();
        if known == Some(true) {
            self.over = true;
        } else {
            let simple = scope.simplified(&condition);
            self.before.push(simple.clone());
            parts.push(simple);
        }
        match parts.len() {
            0 => Branch::Taken,
            1 => Branch::Open(parts.remove(0)),
            _ => Branch::Open(Expression::Call("and".into(), parts)),
        }
    }
}

impl Reading<'_> {
    /// A node with everything put in that is known.
    pub(super) fn expand(&mut self, node: &Node, scope: &mut Scope, file: usize, depth: usize) -> Node {
        self.nodes += 1;
        if self.nodes > MOST || depth > DEEPEST {
            self.limit("the templates come to more than is looked at", Place::new(file, node.span));
            return Node { span: node.span, value: Value::Null };
        }
        match &node.value {
            Value::Scalar(text) if text.text.contains("${{") => substituted(node, text, scope),
            Value::Sequence(items) => {
                let items = self.sequence(items, scope, file, depth);
                Node { span: node.span, value: Value::Sequence(items) }
            }
            Value::Mapping(_) => self.mapping(node, scope, file, depth),
            _ => node.clone(),
        }
    }

    fn sequence(&mut self, items: &[Node], scope: &mut Scope, file: usize, depth: usize) -> Vec<Node> {
        let mut all = Vec::new();
        let mut chain = Chain::default();
        for item in items {
            let found: Vec<&Entry> = match item.as_mapping() {
                Some(mapping) if !mapping.is_empty() => mapping.iter().collect(),
                _ => Vec::new(),
            };
            let is_directive = found.first().is_some_and(|entry| {
                matches!(
                    directive(&entry.key.text),
                    Some(Directive::If(_) | Directive::ElseIf(_) | Directive::Else | Directive::Each(..))
                ) && (entry.value.as_sequence().is_some() || entry.value.as_str().is_some() || entry.value.is_null())
            });
            if !is_directive {
                let made = self.expand(item, scope, file, depth + 1);
                match &made.value {
                    // A list that a parameter brings in becomes part of this one.
                    Value::Sequence(inner) if item.as_str().is_some() => all.extend(inner.iter().cloned()),
                    _ => all.push(made),
                }
                continue;
            }
            for entry in found {
                let Some(directive) = directive(&entry.key.text) else { continue };
                if let Directive::Each(name, of) = &directive {
                    all.extend(self.each(name, of.as_ref(), entry, scope, file, depth));
                    continue;
                }
                let branch = chain.branch(&directive, scope);
                if matches!(branch, Branch::Left) {
                    continue;
                }
                let made = self.expand(&entry.value, scope, file, depth + 1);
                let list = match made.value {
                    Value::Sequence(items) => items,
                    Value::Null => Vec::new(),
                    _ => vec![made],
                };
                match branch {
                    Branch::Open(condition) => {
                        let key = Key { text: kept(&condition), span: entry.key.span };
                        let value = Node { span: entry.value.span, value: Value::Sequence(list) };
                        let wrapper = Value::Mapping([Entry { key, value }].into_iter().collect());
                        all.push(Node { span: item.span, value: wrapper });
                    }
                    _ => all.extend(list),
                }
            }
        }
        all
    }

    /// The values that `each` goes through.
    fn each(
        &mut self,
        name: &str,
        of: Option<&Expression>,
        entry: &Entry,
        scope: &mut Scope,
        file: usize,
        depth: usize,
    ) -> Vec<Node> {
        let mut all = Vec::new();
        let place = Place::new(file, entry.key.span);
        for local in self.locals(of, scope, place) {
            scope.locals.push((name.to_owned(), local));
            let made = self.expand(&entry.value, scope, file, depth + 1);
            scope.locals.pop();
            match made.value {
                Value::Sequence(items) => all.extend(items),
                Value::Null => {}
                _ => all.push(made),
            }
        }
        all
    }

    fn locals(&mut self, of: Option<&Expression>, scope: &Scope, place: Place) -> Vec<Known> {
        let known = of.and_then(|of| scope.evaluate(of).or_else(|| scope.by_default().evaluate(of)));
        let Some(known) = known else {
            let why = "what a template goes through is decided by whoever starts the run";
            self.gathering.undecided(Aspect::Code, None, why, place);
            return Vec::new();
        };
        let Known::Node(node) = known else { return Vec::new() };
        match &node.value {
            Value::Sequence(items) => {
                items.iter().map(|item| Known::of(item).unwrap_or_else(|| Known::Node(item.clone()))).collect()
            }
            Value::Mapping(mapping) => mapping
                .iter()
                .map(|entry| {
                    let key = |text: &str| Key { text: text.into(), span: entry.key.span };
                    let pair = [
                        Entry { key: key("key"), value: scalar(&entry.key.text, entry.key.span) },
                        Entry { key: key("value"), value: entry.value.clone() },
                    ];
                    Known::Node(Node { span: entry.value.span, value: Value::Mapping(pair.into_iter().collect()) })
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn mapping(&mut self, node: &Node, scope: &mut Scope, file: usize, depth: usize) -> Node {
        let Some(mapping) = node.as_mapping() else { return node.clone() };
        let saved = scope.variables.clone();
        let mut all: Vec<Entry> = Vec::new();
        // Variables of a stage or a job are known to the expressions beside them.
        if let Some(own) = mapping.get("variables") {
            let made = self.expand(own, scope, file, depth + 1);
            variables::known(&made, file, scope, self);
        }
        self.entries(mapping.iter(), &mut all, scope, file, depth);
        scope.variables = saved;
        Node { span: node.span, value: Value::Mapping(all.into_iter().collect()) }
    }

    fn entries<'n>(
        &mut self,
        entries: impl Iterator<Item = &'n Entry>,
        all: &mut Vec<Entry>,
        scope: &mut Scope,
        file: usize,
        depth: usize,
    ) {
        let mut chain = Chain::default();
        for entry in entries {
            match directive(&entry.key.text) {
                None => {
                    let value = self.expand(&entry.value, scope, file, depth + 1);
                    put(all, Entry { key: entry.key.clone(), value });
                }
                Some(Directive::Insert) => {
                    let value = self.expand(&entry.value, scope, file, depth + 1);
                    match value.as_mapping() {
                        Some(inner) => inner.iter().for_each(|entry| put(all, entry.clone())),
                        None if value.is_null() || value.as_str() == Some("") => {}
                        None => self.gathering.undecided(
                            Aspect::Code,
                            None,
                            "what a template inserts is decided by whoever starts the run",
                            Place::new(file, entry.key.span),
                        ),
                    }
                }
                Some(Directive::Key) => {
                    let key = substituted(&scalar(&entry.key.text, entry.key.span), &text_of(&entry.key.text), scope);
                    let text = key.as_str().unwrap_or(&entry.key.text).to_owned();
                    let value = self.expand(&entry.value, scope, file, depth + 1);
                    put(all, Entry { key: Key { text, span: entry.key.span }, value });
                }
                Some(Directive::Each(name, of)) => {
                    for local in self.locals(of.as_ref(), scope, Place::new(file, entry.key.span)) {
                        scope.locals.push((name.clone(), local));
                        if let Some(inner) = entry.value.as_mapping() {
                            self.entries(inner.iter(), all, scope, file, depth + 1);
                        }
                        scope.locals.pop();
                    }
                }
                Some(directive) => {
                    let branch = chain.branch(&directive, scope);
                    if matches!(branch, Branch::Left) {
                        continue;
                    }
                    let made = self.expand(&entry.value, scope, file, depth + 1);
                    for inner in made.as_mapping().into_iter().flatten() {
                        match &branch {
                            Branch::Open(condition) => merge(all, inner, condition),
                            _ => put(all, inner.clone()),
                        }
                    }
                }
            }
        }
    }
}

/// The list or mapping that a parameter holds unless whoever starts the run says otherwise.
fn by_default(inner: &str, scope: &Scope) -> Option<Known> {
    if scope.defaults.is_empty() {
        return None;
    }
    let known = scope.by_default().evaluate(&parse(inner)?)?;
    matches!(known, Known::Node(_)).then_some(known)
}

fn put(all: &mut Vec<Entry>, entry: Entry) {
    match all.iter_mut().find(|known| known.key.text == entry.key.text) {
        Some(known) => *known = entry,
        None => all.push(entry),
    }
}

/// An entry of a branch that cannot be decided, beside what other branches say.
fn merge(all: &mut Vec<Entry>, entry: &Entry, condition: &Expression) {
    let value = marked(&entry.value, condition);
    let Some(known) = all.iter_mut().find(|known| known.key.text == entry.key.text) else {
        return all.push(Entry { key: entry.key.clone(), value });
    };
    known.value = joined(&known.value, value);
}

/// What two branches say of one key.
fn joined(one: &Node, other: Node) -> Node {
    let value = match (&one.value, other.value) {
        (Value::Sequence(one), Value::Sequence(other)) => Value::Sequence(one.iter().cloned().chain(other).collect()),
        (Value::Mapping(one), Value::Mapping(other)) => {
            let mut all: Vec<Entry> = one.iter().cloned().collect();
            for entry in &other {
                match all.iter_mut().find(|known| known.key.text == entry.key.text) {
                    Some(known) => known.value = joined(&known.value, entry.value.clone()),
                    None => all.push(entry.clone()),
                }
            }
            Value::Mapping(all.into_iter().collect())
        }
        (Value::Scalar(one), Value::Scalar(other)) => {
            Value::Scalar(Scalar { text: format!("{} {}", one.text, other.text), plain: false, block: false })
        }
        (_, other) => other,
    };
    Node { span: one.span, value }
}

/// A value that is there on a condition: a part of its text, or of its list.
fn marked(node: &Node, condition: &Expression) -> Node {
    let value = match &node.value {
        Value::Scalar(scalar) => {
            let text = format!("{} {}", kept(condition), scalar.text);
            Value::Scalar(Scalar { text, plain: false, block: false })
        }
        Value::Sequence(items) => {
            let key = Key { text: kept(condition), span: node.span };
            let value = Node { span: node.span, value: Value::Sequence(items.clone()) };
            let wrapper = Value::Mapping([Entry { key, value }].into_iter().collect());
            Value::Sequence(vec![Node { span: node.span, value: wrapper }])
        }
        Value::Mapping(mapping) => Value::Mapping(
            mapping
                .iter()
                .map(|entry| Entry { key: entry.key.clone(), value: marked(&entry.value, condition) })
                .collect(),
        ),
        other => other.clone(),
    };
    Node { span: node.span, value }
}

fn text_of(text: &str) -> Scalar {
    Scalar { text: text.to_owned(), plain: false, block: false }
}

/// A text with its known expressions put in.
fn substituted(node: &Node, text: &Scalar, scope: &Scope) -> Node {
    let found = enclosed(&text.text, "${{", "}}");
    let value = |inner: &str| parse(inner).and_then(|expression| scope.evaluate(&expression));
    if let [(range, inner)] = found.as_slice()
        && text.text.get(..range.start).is_some_and(|before| before.trim().is_empty())
        && text.text.get(range.end..).is_some_and(|after| after.trim().is_empty())
    {
        let known = value(inner).or_else(|| by_default(inner, scope));
        return known.map_or_else(|| node.clone(), |known| known.node(node.span));
    }
    let mut made = String::new();
    let mut from = 0;
    for (range, inner) in found {
        if let Some(known) = value(inner).and_then(|known| known.text()) {
            made.push_str(text.text.get(from..range.start).unwrap_or_default());
            made.push_str(&known);
            from = range.end;
        }
    }
    made.push_str(text.text.get(from..).unwrap_or_default());
    // A value with line breaks moves the lines below it: the text is no longer that of the file.
    let block = text.block && made.matches('\n').count() == text.text.matches('\n').count();
    Node {
        span: node.span,
        value: Value::Scalar(Scalar { text: made, plain: text.plain && !text.text.contains("${{"), block }),
    }
}
