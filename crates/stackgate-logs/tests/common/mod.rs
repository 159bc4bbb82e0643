//! What the tests of the log share: a declaration, and judging a text by it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]
#![allow(dead_code, reason = "each test uses a part")]

use serde_json::Value;
use stackgate_access::Fragment;
use stackgate_logs::{Context, Event, Judge, Judgement, Settings, State, read};

/// What is declared.
pub(crate) fn context() -> Context {
    context_with(Settings { operators: vec!["operator".into(), "access-program".into()], ..Settings::default() })
}

pub(crate) fn context_with(settings: Settings) -> Context {
    Context::new(&Fragment::from_json(include_str!("../../../../snapshots/logs/shop.json")).unwrap(), settings)
}

/// A log in JSON Lines in which `times` and `apart` repeat an event.
pub(crate) fn repeated(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut event: Value = serde_json::from_str(line).unwrap();
        let object = event.as_object_mut().unwrap();
        let times = object.shift_remove("times").map_or(1, |times| times.as_i64().unwrap());
        let apart = object.shift_remove("apart").map_or(0, |apart| apart.as_i64().unwrap());
        let begin = object["timestamp"].as_i64().unwrap();
        for number in 0..times {
            event["timestamp"] = (begin + number * apart).into();
            out.push_str(&format!("{event}\n"));
        }
    }
    out
}

/// Judges a log.
pub(crate) fn judged(context: &Context, state: Option<State>, text: &str) -> Judgement {
    let mut judge = Judge::new(context, state);
    let told = read(&mut text.as_bytes(), &mut |event: &Event<'_>| judge.take(event)).unwrap();
    assert!(told.is_whole(), "{told:?}");
    judge.finish()
}
