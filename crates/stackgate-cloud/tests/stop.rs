//! Ctrl-C in a process of its own: the first ends the reading, the second the process.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use stackgate_cloud::{Options, Refusal, Saved, Saver, read, stop_on_interrupt};
use stackgate_cloud_fixtures::{Fault, Server};

use common::{client, quick, wanted, world};

fn child(name: &str, dir: &std::path::Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env("STACKGATE_TEST_DIR", dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Interrupts it when it waits. Its output stays open as long as what this returns.
fn interrupt(child: &mut std::process::Child) -> impl Sized + use<> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("waits")), "it ended before");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    lines
}

#[test]
fn the_first_leaves_a_usable_directory() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = child("reads_slowly", dir.path());
    let _open = interrupt(&mut child);
    assert!(child.wait().unwrap().success());
    let saved = Saved::open(&dir.path().join("saved")).unwrap();
    assert!(!saved.is_complete() && !saved.paths().is_empty());
}

#[test]
fn the_second_ends_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = child("hears_nothing", dir.path());
    let _open = interrupt(&mut child);
    for _ in 0..100 {
        if let Some(status) = child.try_wait().unwrap() {
            return assert_eq!(status.code(), Some(130));
        }
        std::thread::sleep(Duration::from_millis(50));
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status();
    }
    child.kill().unwrap();
    panic!("it did not end");
}

#[test]
#[ignore = "a part of another test"]
fn reads_slowly() {
    let world = world();
    let server = Server::start(world.clone()).unwrap();
    server.always("/api/orgs/acme/teams", Fault::Slow(Duration::from_secs(60)));
    let options = Options { stop: stop_on_interrupt().unwrap(), ..quick() };
    let client = client(&server, &Options { request_limit: Duration::from_secs(60), ..options });
    let dir = std::path::PathBuf::from(std::env::var_os("STACKGATE_TEST_DIR").unwrap()).join("saved");
    let saver = Saver::new(&client, &dir, wanted(&world).origin).unwrap();
    let actual = std::thread::scope(|scope| {
        scope.spawn(|| {
            while server.asked("/api/orgs/acme/teams") == 0 {
                std::thread::sleep(Duration::from_millis(5));
            }
            println!("\nwaits");
        });
        read(&saver, &wanted(&world), &mut ())
    });
    assert_eq!(actual.teams.unknown().unwrap().refusal, Refusal::Stopped);
    saver.finish().unwrap();
}

#[test]
#[ignore = "a part of another test"]
fn hears_nothing() {
    let _stop = stop_on_interrupt().unwrap();
    println!("\nwaits");
    std::thread::sleep(Duration::from_secs(60));
}
