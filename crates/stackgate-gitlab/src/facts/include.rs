//! `include`: files of the repository are put in, those of elsewhere are foreign code.
//!
//! What must hold: what includes wins over what is included, and a later include over an earlier one; a file that includes
//! itself ends. What is elsewhere may hold jobs, so that it leaves something undecided. Source: GitLab, "Use CI/CD
//! configuration from other files", and "`include`" in its syntax reference.

use stackgate_provider::canonical;
use stackgate_provider::facts::{Answer, Aspect, Code, CodeKind, Condition, Pattern, Pin, Setting, TreeError};
use stackgate_provider::yaml::{Entry, Key, Mapping, Node, Scalar, Span, Value};

use super::inputs::{self, Inputs};
use super::{Reading, code, files, merge, rules};

/// How many includes one pipeline has at most: GitLab's own default.
pub(super) const MOST: usize = 150;

/// A configuration with its inputs and everything that it includes.
pub(super) fn body_of(body: &Node, given: &Inputs, path: &str, chain: &[String], reading: &mut Reading<'_>) -> Node {
    let own = if given.is_empty() { body.clone() } else { inputs::put(body, given) };
    let Some(mapping) = own.as_mapping() else {
        if !own.is_null() {
            reading.undecided(Aspect::Syntax, None, format!("expected a mapping, found {}", own.kind()), own.span);
        }
        return nothing();
    };
    let mut all = nothing();
    if let Some(include) = mapping.get("include") {
        let mut chain = chain.to_vec();
        chain.push(path.to_owned());
        for item in merge::flat(include) {
            for included in one(item, &chain, reading) {
                if reading.affords(&included) {
                    all = merge::over(all, included);
                }
            }
        }
    }
    let rest: Vec<Entry> = mapping.iter().filter(|entry| entry.key.text != "include").cloned().collect();
    let top = Node { span: own.span, value: Value::Mapping(merge::mapping(rest)) };
    merge::over(all, top)
}

pub(super) fn nothing() -> Node {
    Node { span: Span::default(), value: Value::Mapping(Mapping::default()) }
}

/// One item of an `include`: what it brings of this repository.
fn one(item: &Node, chain: &[String], reading: &mut Reading<'_>) -> Vec<Node> {
    if let Some(text) = item.as_str() {
        if text.starts_with("http://") || text.starts_with("https://") {
            remote(text, None, item, reading);
            return Vec::new();
        }
        return local(text, item, chain, None, reading);
    }
    let condition = item.get("rules").map_or(Condition::Always, |node| rules::reaches(node, reading));
    if condition == Condition::Never {
        return Vec::new();
    }
    let text = |key: &str| item.get(key).and_then(Node::as_str);
    let mut found = Vec::new();
    if let Some(path) = text("local") {
        found = local(path, item, chain, item.get("inputs"), reading);
    } else if let Some(project) = text("project") {
        let span = item.get("ref").map_or(item.span, |node| node.span);
        let mut files: Vec<&str> = item.get("file").map(merge::texts).unwrap_or_default();
        files = if files.is_empty() { vec![""] } else { files };
        for file in files {
            let name = format!("{project}/{}", file.trim_start_matches('/'));
            let code = code::of_ref(name.trim_end_matches('/'), text("ref"), span, reading);
            reading.gathering.observation.code.push(code);
        }
        hidden(project, item, reading);
    } else if let Some(url) = text("remote") {
        remote(url, text("integrity"), item, reading);
    } else if let Some(name) = text("template") {
        if let Some(known) = template(name, item.span) {
            return vec![known];
        }
        let kind = CodeKind::Pipeline;
        // It is part of GitLab, and changes when that does.
        let code = Code {
            kind,
            name: format!("template {name}"),
            version: String::new(),
            pin: Pin::Moving,
            comment: None,
            place: Reading::at(item.span),
        };
        elsewhere(code, item, reading);
    } else if let Some(address) = text("component") {
        found = component(address, item, chain, reading);
    } else {
        let why = "an `include` of a kind that is not known";
        reading.undecided(Aspect::Key, None, why, item.span);
    }
    if condition != Condition::Always {
        let place = Reading::at(item.span);
        for entry in found.iter().filter_map(Node::as_mapping).flatten() {
            reading.conditional.insert(entry.key.text.clone(), (condition.clone(), place));
        }
    }
    found
}

/// A file of the repository, or all that a pattern names.
fn local(text: &str, item: &Node, chain: &[String], given: Option<&Node>, reading: &mut Reading<'_>) -> Vec<Node> {
    if text.contains('$') || inputs::has(text) {
        let why = format!("which file `{text}` is depends on variables");
        reading.elsewhere = true;
        reading.undecided(Aspect::Elsewhere, None, why, item.span);
        return Vec::new();
    }
    let Some(path) = files::path(text) else {
        reading.undecided(Aspect::Elsewhere, None, format!("`{text}` lies outside the repository"), item.span);
        return Vec::new();
    };
    if !path.contains('*') {
        return put(&path, item, chain, given, reading).into_iter().collect();
    }
    let Some(paths) = reading.gathering.tree().paths() else {
        let why = format!("which files `{text}` names cannot be told here");
        reading.elsewhere = true;
        reading.undecided(Aspect::Elsewhere, None, why, item.span);
        return Vec::new();
    };
    // `**/` is any folders, also none.
    let patterns = [path.replace("**/", ""), path].map(Pattern::Glob);
    let named = |path: &&String| patterns.iter().any(|pattern| pattern.matches(path) == Answer::Yes);
    let mut all: Vec<&String> = paths.iter().filter(named).collect();
    all.sort();
    all.into_iter().filter_map(|path| put(path, item, chain, given, reading)).collect()
}

fn put(path: &str, item: &Node, chain: &[String], given: Option<&Node>, reading: &mut Reading<'_>) -> Option<Node> {
    if chain.iter().any(|known| known == path) {
        let why = format!("`{path}` includes itself");
        reading.undecided(Aspect::Limit, None, why, item.span);
        return None;
    }
    if reading.files == 0 {
        reading.limit(&format!("there are more than {MOST} includes"), item.span);
        return None;
    }
    reading.files -= 1;
    let opened = match files::open(path, reading) {
        Ok(opened) => opened,
        Err(error) => {
            let aspect = if matches!(error, TreeError::Missing) { Aspect::Syntax } else { Aspect::Elsewhere };
            reading.elsewhere = true;
            reading.undecided(aspect, None, format!("`{path}` cannot be included: {error}"), item.span);
            return None;
        }
    };
    let body = opened.body?;
    let given = inputs::of(opened.header.as_ref(), given);
    Some(body_of(&body, &given, path, chain, reading))
}

fn remote(url: &str, integrity: Option<&str>, item: &Node, reading: &mut Reading<'_>) {
    let pin = match integrity {
        Some(_) => Pin::Digest,
        None if url.contains('$') => Pin::Made,
        None => Pin::None,
    };
    let code = Code {
        kind: CodeKind::Pipeline,
        name: url.to_owned(),
        version: integrity.unwrap_or_default().to_owned(),
        pin,
        comment: reading.comment(item.span),
        place: Reading::at(item.span),
    };
    elsewhere(code, item, reading);
}

/// `host/group/project/name@version`; one of this project lies in `templates/`.
fn component(address: &str, item: &Node, chain: &[String], reading: &mut Reading<'_>) -> Vec<Node> {
    let (name, _) = address.split_once('@').unwrap_or((address, ""));
    let own = ["$CI_SERVER_FQDN/$CI_PROJECT_PATH/", "$CI_SERVER_HOST/$CI_PROJECT_PATH/"];
    if let Some(own) = own.iter().find_map(|start| name.strip_prefix(start))
        && address.ends_with("@$CI_COMMIT_SHA")
    {
        let paths = [format!("templates/{own}.yml"), format!("templates/{own}/template.yml")];
        if let Some(path) = paths.iter().find(|path| reading.gathering.tree().has(path)) {
            return put(path, item, chain, item.get("inputs"), reading).into_iter().collect();
        }
    }
    let span = item.get("component").map_or(item.span, |node| node.span);
    elsewhere(code::component(address, span, reading), item, reading);
    Vec::new()
}

fn elsewhere(code: Code, item: &Node, reading: &mut Reading<'_>) {
    let name = code.name.clone();
    reading.gathering.observation.code.push(code);
    hidden(&name, item, reading);
}

/// Says that what is included may hold jobs; what is handed to it, and when it counts, are settings.
fn hidden(name: &str, item: &Node, reading: &mut Reading<'_>) {
    for key in ["inputs", "rules"] {
        if let Some(node) = item.get(key) {
            let (key, value) = (format!("include.{name}.{key}"), canonical(node));
            reading.gathering.observation.settings.push(Setting { key, value, place: Reading::at(node.span) });
        }
    }
    reading.elsewhere = true;
    if own_jobs(name) {
        return;
    }
    let why = format!("`{name}` lies elsewhere, and may bring jobs, defaults and rules");
    reading.undecided(Aspect::Elsewhere, None, why, item.span);
}

/// Templates of GitLab's own that bring jobs beside those of the file, and no defaults or rules for them: GitLab keeps global
/// keywords out of its job templates (docs.gitlab.com/development/cicd/templates, "Job templates").
fn own_jobs(name: &str) -> bool {
    let template = name.strip_prefix("template ");
    template.is_some_and(|path| path.starts_with("Security/") || path.starts_with("Jobs/"))
}

/// The two templates of GitLab that hold nothing but `workflow: rules`, and are the documented way to have those.
fn template(name: &str, span: Span) -> Option<Node> {
    let conditions: &[&str] = match name {
        "Workflows/MergeRequest-Pipelines.gitlab-ci.yml" => {
            &["$CI_MERGE_REQUEST_IID", "$CI_COMMIT_TAG", "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"]
        }
        "Workflows/Branch-Pipelines.gitlab-ci.yml" => &["$CI_COMMIT_TAG", "$CI_COMMIT_BRANCH"],
        _ => return None,
    };
    let entry = |key: &str, value| Entry { key: Key { text: key.to_owned(), span }, value: Node { span, value } };
    let scalar = |text: &&str| Value::Scalar(Scalar { text: (*text).to_owned(), plain: true, block: false });
    let rule = |text| Node { span, value: Value::Mapping(merge::mapping(vec![entry("if", scalar(text))])) };
    let rules = entry("rules", Value::Sequence(conditions.iter().map(rule).collect()));
    let workflow = entry("workflow", Value::Mapping(merge::mapping(vec![rules])));
    Some(Node { span, value: Value::Mapping(merge::mapping(vec![workflow])) })
}
