//! Templates: files of the repository that are put in, with parameters; and those of other repositories.
//!
//! What must hold: a path never leaves the repository; a template that puts itself in, and too many of them, end the reading
//! there and are said. What another repository holds is foreign code that may hide jobs. Source: Microsoft Learn,
//! "Template usage reference".

use stackgate_provider::facts::{Aspect, Code, CodeKind, Control, Pin, Place};
use stackgate_provider::yaml::{Entry, Key, Node, Value};

use super::Reading;
use super::known::Scope;

/// How many templates may be put in, and how deep.
const MOST: usize = 2_000;
const DEEPEST: usize = 50;

/// A template with its parameters put in.
pub(super) struct Template {
    pub(super) root: Node,
    pub(super) file: usize,
}

impl Reading<'_> {
    /// Reads a template. Whoever gets one says [`Reading::close`] when its parts are read.
    pub(super) fn template(
        &mut self,
        reference: &str,
        from: usize,
        given: Option<&Node>,
        scope: &Scope,
        place: Place,
    ) -> Option<Template> {
        if reference.contains("${{") || reference.contains("$(") {
            let why = format!("the template `{reference}` is named by an expression");
            self.undecided(Aspect::Code, None, why, place);
            return None;
        }
        let (path, alias) = match reference.rsplit_once('@') {
            Some((path, alias)) => (path, Some(alias)),
            None => (reference, None),
        };
        if let Some(alias) = alias.filter(|alias| !alias.eq_ignore_ascii_case("self")) {
            self.elsewhere(path, alias, place);
            return None;
        }
        let file = self.gathering.observation.sources.get(from).map_or("", |(path, _)| path.as_str()).to_owned();
        let Some(path) = resolved(&file, path, alias.is_some()) else {
            let why = format!("the template `{reference}` lies outside the repository");
            self.undecided(Aspect::Elsewhere, None, why, place);
            return None;
        };
        self.templates += 1;
        if self.templates > MOST || self.open.len() > DEEPEST || self.open.contains(&path) {
            self.limit("the templates put each other in too often, or in a circle", place);
            return None;
        }
        let (file, documents) = match self.gathering.open(&path) {
            Ok(found) => found,
            Err(error) => {
                let why = format!("the template `{reference}` cannot be read: {error}");
                self.undecided(Aspect::Elsewhere, None, why, place);
                return None;
            }
        };
        let root = documents.first()?.clone();
        let mut inner = Scope { is_template: true, variables: scope.variables.clone(), ..Scope::default() };
        let declared = parameters(&root);
        for entry in given.and_then(Node::as_mapping).into_iter().flatten() {
            let name = entry.key.text.to_ascii_lowercase();
            let kind = declared.iter().find(|one| one.name == name).map_or("string", |one| one.kind.as_str());
            inner.parameters.insert(name, typed(&entry.value, kind));
        }
        for Parameter { name, default, .. } in declared {
            if let Some(default) = default {
                inner.parameters.entry(name).or_insert(default);
            }
        }
        let root = self.expanded(&root, &mut inner, file);
        self.open.push(path);
        Some(Template { root, file })
    }

    /// Says that a template's parts are read.
    pub(super) fn close(&mut self) {
        self.open.pop();
    }

    /// The root of a file with everything put in that is known; its parameters stay as they are.
    pub(super) fn expanded(&mut self, root: &Node, scope: &mut Scope, file: usize) -> Node {
        let Some(mapping) = root.as_mapping() else { return root.clone() };
        let rest: Vec<Entry> = mapping.iter().filter(|entry| entry.key.text != "parameters").cloned().collect();
        let rest = Node { span: root.span, value: Value::Mapping(rest.into_iter().collect()) };
        let made = self.expand(&rest, scope, file, 0);
        let own = mapping.entry("parameters").cloned();
        let all = own.into_iter().chain(made.as_mapping().into_iter().flatten().cloned());
        Node { span: root.span, value: Value::Mapping(all.collect()) }
    }

    fn elsewhere(&mut self, path: &str, alias: &str, place: Place) {
        let known = self.repositories.iter().find(|(known, _)| known.eq_ignore_ascii_case(alias)).map(|(_, code)| code);
        let code = match known {
            Some(code) => {
                let name = format!("{}:{path}", code.name);
                Code { kind: CodeKind::Pipeline, name, place, ..code.clone() }
            }
            None => Code {
                kind: CodeKind::Pipeline,
                name: format!("{alias}:{path}"),
                version: String::new(),
                pin: Pin::None,
                comment: None,
                place,
            },
        };
        self.gathering.observation.code.push(code);
        let why = format!("the template `{path}` lies in another repository, `{alias}`");
        self.undecided(Aspect::Elsewhere, None, why, place);
    }
}

/// A path relative to the file that names it; of the root where it begins with `/` or is said to be.
fn resolved(from: &str, path: &str, root: bool) -> Option<String> {
    let path = path.trim().replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    if !path.starts_with('/') && !root {
        parts.extend(from.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev());
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// A parameter of a file.
pub(super) struct Parameter {
    /// Its name in small letters.
    pub(super) name: String,
    kind: String,
    pub(super) default: Option<Node>,
    /// How far whoever starts a run decides what it holds, where it is a pipeline's.
    pub(super) control: Control,
}

/// The parameters of a file.
pub(super) fn parameters(root: &Node) -> Vec<Parameter> {
    let Some(node) = root.get("parameters") else { return Vec::new() };
    let mut all = Vec::new();
    match &node.value {
        Value::Sequence(items) => {
            for item in items {
                let Some(name) = item.get("name").and_then(Node::as_str) else { continue };
                let kind = item.get("type").and_then(Node::as_str).unwrap_or("string").to_ascii_lowercase();
                let default = item.get("default").map(|default| typed(default, &kind));
                // Of these nobody can make another text than those that the file names.
                let control = match kind.as_str() {
                    "boolean" | "number" => Control::System,
                    _ if item.get("values").is_some() => Control::System,
                    _ => Control::Member,
                };
                all.push(Parameter { name: name.to_ascii_lowercase(), kind, default, control });
            }
        }
        // The old form is a text or a list for each name.
        Value::Mapping(mapping) => {
            for Entry { key: Key { text, .. }, value } in mapping {
                let (name, kind) = (text.to_ascii_lowercase(), "string".to_owned());
                let default = Some(typed(value, &kind));
                all.push(Parameter { name, kind, default, control: Control::Member });
            }
        }
        _ => {}
    }
    all
}

/// A value as its type takes it: `'false'` of a boolean is no text, `false` of a text is one.
fn typed(node: &Node, kind: &str) -> Node {
    let mut node = node.clone();
    match &mut node.value {
        Value::Scalar(scalar) if kind != "object" => scalar.plain = kind == "boolean",
        // A list without an entry is an empty one.
        Value::Null if kind.ends_with("list") => node.value = Value::Sequence(Vec::new()),
        _ => {}
    }
    node
}
