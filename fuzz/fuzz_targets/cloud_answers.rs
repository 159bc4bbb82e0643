//! Any answer of Pulumi Cloud, and any line of a saved directory; see `cloud.rs`.
#![no_main]

#[path = "../cloud.rs"]
mod cloud;

libfuzzer_sys::fuzz_target!(|data: &[u8]| cloud::cloud_answers(data));
