//! Asks, follows pages, and turns every way of not knowing into one type.
//!
//! What must hold: a list is whole or unknown; pages that lead in a circle end; answers come in the order of the questions,
//! however many threads asked.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use stackgate_diagnostic::clean;

use super::field::{At, Fault};
use crate::actual::{Known, Refusal, Unknown};
use crate::api::{Answer, Api, Failure};
use crate::path;

/// Threads that ask at once: enough to hide the way to the server, too few to trouble it.
const THREADS: usize = 4;
/// Pages of one list. With 25 entries a page it is a million entries.
const MOST_PAGES: usize = 40_000;

/// One list, page by page.
pub(super) struct List<'a> {
    pub(super) path: &'a str,
    /// The key of the next page's token in an answer.
    pub(super) token: &'a str,
}

/// An unknown part with a message that is fit to be shown.
pub(super) fn unknown(path: &str, refusal: Refusal, message: &str) -> Unknown {
    Unknown { path: path.to_owned(), refusal, message: clean(message) }
}

/// The answer to a question, if it is one with status 200.
pub(super) fn ask(api: &dyn Api, path: &str) -> Result<Answer, Unknown> {
    understood(path, api.get(path))
}

fn understood(path: &str, answer: Result<Answer, Failure>) -> Result<Answer, Unknown> {
    match answer {
        Ok(answer) if answer.status == 200 => match &answer.body {
            serde_json::Value::String(_) => Err(unknown(path, Refusal::Broken, "the answer is not JSON")),
            _ => Ok(answer),
        },
        Ok(answer) => Err(refused(path, &answer)),
        Err(Failure::Stopped(message)) => Err(unknown(path, Refusal::Stopped, &message)),
        Err(Failure::Broken(message)) => Err(unknown(path, Refusal::Broken, &message)),
        Err(Failure::NotSaved) => Err(unknown(path, Refusal::NotSaved, "the saved directory does not hold it")),
    }
}

/// Asks once and decodes.
pub(super) fn one<T>(api: &dyn Api, path: &str, decode: impl FnOnce(&At) -> Result<T, Fault>) -> Result<T, Unknown> {
    decoded(path, &ask(api, path)?, decode)
}

/// Asks once for what need not be there, and decodes; none where the status is 404.
pub(super) fn one_or_none<T>(
    api: &dyn Api,
    path: &str,
    decode: impl FnOnce(&At) -> Result<T, Fault>,
) -> Result<Option<T>, Unknown> {
    match api.get(path) {
        Ok(answer) if answer.status == 404 => Ok(None),
        answer => decoded(path, &understood(path, answer)?, decode).map(Some),
    }
}

fn decoded<T>(path: &str, answer: &Answer, decode: impl FnOnce(&At) -> Result<T, Fault>) -> Result<T, Unknown> {
    decode(&At::top(&answer.body)).map_err(|Fault(message)| unknown(path, Refusal::Broken, &message))
}

/// Asks for all pages and decodes each; none is taken where one is missing.
pub(super) fn pages(
    api: &dyn Api,
    list: &List,
    mut decode: impl FnMut(&At) -> Result<(), Fault>,
) -> Result<(), Unknown> {
    let mut path = list.path.to_owned();
    let mut seen = HashSet::new();
    loop {
        let token = one(api, &path, |page| {
            decode(page)?;
            page.opt_text(list.token)
        })?;
        let Some(token) = token else { return Ok(()) };
        if seen.len() == MOST_PAGES {
            return Err(unknown(&path, Refusal::Broken, "the list has no end"));
        }
        path = path::next(list.path, &token);
        if !seen.insert(token) {
            return Err(unknown(&path, Refusal::Broken, "the pages of the list lead in a circle"));
        }
    }
}

/// What a server says that does not answer.
fn refused(path: &str, answer: &Answer) -> Unknown {
    let refusal = match answer.status {
        401 => Refusal::Unauthorized,
        403 => Refusal::Forbidden,
        402 | 404 => Refusal::Unavailable,
        _ => Refusal::Broken,
    };
    let said = match &answer.body {
        serde_json::Value::String(text) => Some(text.as_str()),
        body => body.get("message").and_then(serde_json::Value::as_str),
    };
    let said = said.map(str::trim).filter(|said| !said.is_empty() && !said.starts_with('<'));
    let message = match said {
        Some(said) => format!("{}: {said}", answer.status),
        None => format!("the server answered with status {}", answer.status),
    };
    unknown(path, refusal, &message)
}

/// Does one thing for each item on a few threads; results come in the items' order. `done` hears how many are done.
pub(super) fn each<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> T + Sync,
    mut done: impl FnMut(usize),
) -> Vec<T> {
    if let [item] = items {
        let result = work(item);
        done(1);
        return vec![result];
    }
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    let mut results: Vec<(usize, T)> = Vec::with_capacity(items.len());
    std::thread::scope(|scope| {
        for _ in 0..THREADS.min(items.len()) {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((index, item)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    items.get(index).map(|item| (index, item))
                } {
                    // The receiver lives as long as the scope.
                    let _ = send.send((index, work(item)));
                }
            });
        }
        drop(send);
        for result in receive {
            results.push(result);
            done(results.len());
        }
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// A result as a part of the model.
pub(super) fn known<T>(result: Result<T, Unknown>) -> Known<T> {
    match result {
        Ok(value) => Known::Here(value),
        Err(unknown) => Known::Unknown(unknown),
    }
}
