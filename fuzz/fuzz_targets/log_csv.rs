//! Any bytes as a log in CSV; see `targets.rs`.
#![no_main]

#[path = "../targets.rs"]
#[allow(dead_code, reason = "each target is one of its functions")]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::log_csv(data));
