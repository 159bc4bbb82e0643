//! A job that calls a workflow.
//!
//! What must hold: a workflow of this repository is read, and its jobs are jobs of the pipeline; one of another repository
//! is foreign code whose jobs nobody sees here. Nobody gets more rights than the caller has. Source: "Reuse workflows" in
//! GitHub's documentation: at most ten levels.

use std::collections::BTreeMap;

use stackgate_provider::facts::{Aspect, ClauseKind, CodeKind, Pin, Runner, Scope as Seers};
use stackgate_provider::yaml::Node;

use super::expr::Expr;
use super::job::{Draft, Workflow};
use super::reading::Reading;
use super::scope::Scope;
use super::{cache, canonical, credentials, pin, workflow};

/// How deep workflows may call each other.
const DEEPEST: usize = 10;

/// Reads the workflow that a job calls; returns the ids of the jobs that came of it.
pub(super) fn read(
    node: &Node,
    uses: &Node,
    caller: &Workflow,
    scope: &Scope,
    mut draft: Draft,
    reading: &mut Reading,
) -> Vec<String> {
    let file = &*caller.file.clone();
    let id = draft.job.id.clone();
    let reference = reading.value(uses, file, scope, Some(&id)).text;
    let place = file.at(uses.span);
    let inherit = node.get("secrets").filter(|node| node.as_str() == Some("inherit"));
    // Who was given some by name alone has no others to hand on.
    if let Some(inherit) = inherit.filter(|_| scope.secrets.is_none()) {
        credentials::merge(&mut draft.job.credentials, credentials::inherited(file.at(inherit.span)));
    }
    let Some(path) = local(&reference) else {
        return foreign(node, &reference, caller, scope, draft, reading);
    };
    let problem = if caller.chain.contains(&path) {
        Some((Aspect::Limit, format!("`{path}` calls itself")))
    } else if caller.chain.len() >= DEEPEST {
        Some((Aspect::Limit, format!("workflows call each other over more than {DEEPEST} levels")))
    } else {
        None
    };
    let opened = match problem {
        Some(problem) => Err(problem),
        None => reading.open(&path).map_err(|error| (Aspect::Elsewhere, format!("`{path}` cannot be read: {error}"))),
    };
    let inner = match opened {
        Ok(inner) => inner,
        Err((aspect, why)) => {
            draft.job.code.push(pin::action(&reference, CodeKind::Pipeline, place, None));
            draft.job.code.iter_mut().for_each(|code| code.pin = Pin::Local);
            reading.undecided(aspect, Some(&id), why, place);
            reading.push(draft.job);
            return vec![id];
        }
    };
    let Some(root) = inner.root() else { return Vec::new() };
    let declared = root.get("on").and_then(|on| on.get("workflow_call"));
    let mut inputs = workflow::defaults(declared.and_then(|call| call.get("inputs")), &Scope::default());
    inputs.extend(given(node.get("with"), scope));
    typed(declared.and_then(|call| call.get("inputs")), &mut inputs);
    let secrets = match node.get("secrets") {
        Some(_) if inherit.is_some() => scope.secrets.clone(),
        secrets => Some(given(secrets, scope)),
    };
    let mut clauses = draft.job.when;
    clauses.iter_mut().filter(|clause| clause.kind == ClauseKind::Job).for_each(|clause| {
        clause.kind = ClauseKind::Pipeline;
    });
    let permissions = draft.job.permissions.clone();
    // The right to ask for an OIDC token is each job's own again.
    let credentials = draft.job.credentials.into_iter().filter(|credential| {
        matches!(&credential.kind, stackgate_provider::facts::CredentialKind::Stored(_, name)
            if name.as_literal() == Some("*"))
    });
    let called = Workflow {
        triggers: caller.triggers.clone(),
        clauses,
        scope: Scope {
            inputs: Some(inputs),
            secrets,
            variables: BTreeMap::new(),
            matrix: scope.matrix.clone(),
            callable: false,
        },
        variables: Vec::new(),
        credentials: credentials.collect(),
        permissions: permissions.clone(),
        most: Some(permissions),
        gates: draft.job.gates,
        cache: cache::mode(&draft.job.settings).map(str::to_owned),
        settings: draft.job.settings,
        shell: None,
        directory: None,
        prefix: format!("{id}/"),
        needs: draft.job.needs,
        chain: caller.chain.iter().cloned().chain([path]).collect(),
        file: inner.clone(),
    };
    reading.observation.presentation.extend(draft.job.presentation);
    workflow::jobs(called, root, reading)
}

/// The path of a workflow of this repository.
fn local(reference: &str) -> Option<String> {
    let path = reference.strip_prefix("./")?;
    (!path.split('/').any(|part| part == ".." || part == "." || part.is_empty())).then(|| path.to_owned())
}

/// Gives inputs the types that the called workflow declares, so that `false` is not a text, which would count as true.
fn typed(declared: Option<&Node>, inputs: &mut BTreeMap<String, Expr>) {
    for entry in declared.and_then(Node::as_mapping).into_iter().flatten() {
        let kind = entry.value.get("type").and_then(Node::as_str).unwrap_or("string");
        let found = inputs.iter().position(|(name, _)| name.eq_ignore_ascii_case(&entry.key.text));
        let input = match found.and_then(|at| inputs.values_mut().nth(at)) {
            Some(input) => input,
            None => inputs.entry(entry.key.text.clone()).or_insert_with(|| Expr::Text(String::new())),
        };
        if let Expr::Text(text) = input {
            let text = text.trim();
            match kind {
                "boolean" if text.is_empty() => *input = Expr::Bool(false),
                "boolean" => *input = canonical::truth(text).map_or_else(|| input.clone(), Expr::Bool),
                "number" if text.is_empty() => *input = Expr::Number(0.0),
                "number" => *input = text.parse().map_or_else(|_| input.clone(), Expr::Number),
                _ => {}
            }
        }
    }
}

/// What is handed over by name.
pub(super) fn given(node: Option<&Node>, scope: &Scope) -> BTreeMap<String, Expr> {
    let entries = node.and_then(Node::as_mapping).into_iter().flatten();
    entries
        .map(|entry| {
            let text = entry.value.as_str().unwrap_or("");
            (entry.key.text.clone(), scope.template(text).0.into_expr())
        })
        .collect()
}

fn foreign(
    node: &Node,
    reference: &str,
    caller: &Workflow,
    scope: &Scope,
    mut draft: Draft,
    reading: &mut Reading,
) -> Vec<String> {
    let file = &*caller.file;
    let id = draft.job.id.clone();
    let span = node.get("uses").map_or(node.span, |uses| uses.span);
    let place = file.at(span);
    draft.job.code.push(pin::action(reference, CodeKind::Pipeline, place, pin::comment(file, span)));
    draft.job.runner = Runner { place, ..Runner::default() };
    draft.job.limit_minutes = None;
    for key in ["with", "secrets"] {
        let Some(given) = node.get(key) else { continue };
        for entry in given.as_mapping().into_iter().flatten() {
            let made = reading.value(&entry.value, file, scope, Some(&id));
            credentials::add(&mut draft.job.credentials, &made.expressions, scope, None, &Seers::Job, false);
        }
        draft.job.settings.extend(workflow::handed(key, given, file, scope, reading));
    }
    reading.undecided(Aspect::Elsewhere, Some(&id), format!("the jobs of `{reference}` stand elsewhere"), place);
    reading.push(draft.job);
    vec![id]
}
