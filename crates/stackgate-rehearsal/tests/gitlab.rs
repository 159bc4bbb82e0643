//! Every spec that renders for GitLab, through every event of `scenarios/gitlab.yaml`; and every fault. It needs
//! gitlab-ci-local, which `cargo xtask conformance` installs; where it is not there it says so, and proves nothing.
//!
//! What must hold: only the stages that the plan gives to an event run, each with its own team's token; nothing else mints.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic here is a failed test; a skip is said aloud")]

mod common;

use common::System;

const SYSTEM: System = System {
    provider: "gitlab",
    run: stackgate_rehearsal::gitlab::run,
    list: |_| "gitlab",
    example: "examples/gitlab",
};

/// Whether it can run; where it must, not to be able is a failure.
fn installed() -> bool {
    let found = stackgate_rehearsal::gitlab::tools().is_some();
    let must = std::env::var("STACKGATE_REHEARSAL_MUST").is_ok_and(|must| must == "1");
    assert!(found || !must, "gitlab-ci-local is not installed: run `cargo xtask conformance`");
    if !found {
        println!("skipped: gitlab-ci-local is not installed; `cargo xtask conformance` installs it");
    }
    found
}

#[test]
fn only_what_the_plan_gives_to_an_event_runs() {
    if installed() {
        common::events(&SYSTEM);
    }
}

#[test]
fn whatever_is_wrong_stops_the_job_before_it_deploys() {
    if installed() {
        common::faults(&SYSTEM);
    }
}
