//! Every spec that renders for this system, through every event of `scenarios/github.yaml`; and every fault.
//!
//! What must hold: only the stages that the plan gives to an event run, each with its own team's token; nothing else mints.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use common::System;

const SYSTEM: System = System {
    provider: "github",
    run: stackgate_rehearsal::github::run,
    list: |_| "github",
    example: "examples/github",
};

#[test]
fn only_what_the_plan_gives_to_an_event_runs() {
    common::events(&SYSTEM);
}

#[test]
fn whatever_is_wrong_stops_the_job_before_it_deploys() {
    common::faults(&SYSTEM);
}
