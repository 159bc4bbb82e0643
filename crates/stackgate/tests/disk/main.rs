//! Writing for real: killed, refused, raced, in the way. After each: the old files or the new ones, never a mixture.
//!
//! What must hold: each test states what it has shown on a disk, not in a model of one. What this machine does not let it do
//! is said plainly, and is a failure where `STACKGATE_DISK_MUST` is 1, which also makes the tables of faults exhaustive.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

#[path = "../common/mod.rs"]
mod common;

mod faults;
mod journal;
mod limits;
mod links;
mod names;
mod races;
mod repository;
