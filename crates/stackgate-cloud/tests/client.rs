//! The client against a server that misbehaves: what it asks again, when it ends, and where the token goes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use stackgate_cloud::{Answer, Api, Client, Failure, Options, Refusal, Saved, Saver, Token, path, read};
use stackgate_cloud_fixtures::{Fault, Server};

use common::{TOKEN, client, quick, unknown, wanted, world};

const ROLES: &str = "/api/orgs/acme/roles?uxPurpose=role";

fn roles() -> Answer {
    Answer { status: 200, body: json!({ "roles": [] }) }
}

fn server() -> Server {
    Server::start(world()).unwrap()
}

fn broken(failure: Failure) -> String {
    let Failure::Broken(message) = failure else { panic!("{failure:?}") };
    assert!(!message.contains(TOKEN), "{message}");
    message
}

fn stopped(failure: Failure) -> String {
    let Failure::Stopped(message) = failure else { panic!("{failure:?}") };
    message
}

#[test]
fn what_may_pass_is_asked_again() {
    for status in [429, 500, 502, 503, 504] {
        let server = server();
        server.times(ROLES, 4, Fault::status(status, "later"));
        assert_eq!(client(&server, &quick()).get(ROLES), Ok(roles()), "{status}");
        assert_eq!(server.asked(ROLES), 5);
    }
    for fault in [Fault::Truncated, Fault::Raw(Vec::new()), Fault::Raw(b"HTTP/1.1 200 OK\r\nContent-".to_vec())] {
        let server = server();
        server.times(ROLES, 2, fault.clone());
        assert_eq!(client(&server, &quick()).get(ROLES), Ok(roles()), "{fault:?}");
        assert_eq!(server.asked(ROLES), 3);
    }
}

#[test]
fn what_will_not_pass_is_asked_once() {
    for status in [400, 401, 402, 403, 404, 409, 501] {
        let server = server();
        server.always(ROLES, Fault::status(status, "no"));
        assert_eq!(client(&server, &quick()).get(ROLES).unwrap().status, status);
        assert_eq!(server.asked(ROLES), 1, "{status}");
    }
}

#[test]
fn tries_have_an_end() {
    let server = server();
    server.always(ROLES, Fault::status(503, "away"));
    assert_eq!(client(&server, &quick()).get(ROLES).unwrap().status, 503);
    assert_eq!(server.asked(ROLES), 5);
    server.always(ROLES, Fault::Raw(Vec::new()));
    let message = broken(client(&server, &quick()).get(ROLES).unwrap_err());
    assert!(message.starts_with("asked 5 times without an answer: the connection to 127.0.0.1 broke"), "{message}");
    let url = server.url();
    drop(server);
    let gone = Client::new(&url, Token::new(TOKEN).unwrap(), &quick()).unwrap();
    assert!(broken(gone.get(ROLES).unwrap_err()).contains("127.0.0.1"));
}

#[test]
fn retry_after_is_heeded_by_every_thread() {
    let server = server();
    server.times("/api/", 1, Fault::too_many("1"));
    let client = client(&server, &quick());
    let start = Instant::now();
    let actual = read(&client, &wanted(&world()), &mut ());
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(unknown(&actual), Vec::new());

    let date = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
    server.times(ROLES, 1, Fault::too_many(&date));
    let start = Instant::now();
    assert_eq!(client.get(ROLES), Ok(roles()));
    assert!(start.elapsed() >= Duration::from_millis(900), "{date}");
}

#[test]
fn a_pause_beyond_the_time_limit_ends_the_run_at_once() {
    let server = server();
    server.always(ROLES, Fault::too_many("3600"));
    let client = client(&server, &quick());
    let start = Instant::now();
    let message = stopped(client.get(ROLES).unwrap_err());
    assert!(message.starts_with("the server asks for a pause of 60 minutes, longer than"), "{message}");
    // Nobody else asks either.
    assert!(matches!(client.get(&path::teams("acme")), Err(Failure::Stopped(_))));
    assert_eq!(server.seen().len(), 1);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_slow_answer_is_given_up() {
    let server = server();
    server.always(ROLES, Fault::Slow(Duration::from_secs(30)));
    let options = Options { request_limit: Duration::from_millis(200), tries: 2, ..quick() };
    let start = Instant::now();
    let message = broken(client(&server, &options).get(ROLES).unwrap_err());
    assert_eq!(message, "asked 2 times without an answer: 127.0.0.1 took longer than 0.2 seconds");
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn the_time_limit_ends_the_run_and_keeps_what_was_read() {
    let world = world();
    let server = Server::start(world.clone()).unwrap();
    server.always("/api/orgs/acme/teams", Fault::Slow(Duration::from_secs(30)));
    let options = Options { time_limit: Duration::from_secs(3), ..quick() };
    let start = Instant::now();
    let actual = read(&client(&server, &options), &wanted(&world), &mut ());
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(actual.defaults.here().is_some() && actual.members.here().is_some());
    let teams = actual.teams.unknown().unwrap();
    assert_eq!((teams.refusal, teams.message.as_str()), (Refusal::Stopped, "the time limit of 3 seconds was reached"));
    assert_eq!(actual.issuers.unknown().unwrap().refusal, Refusal::Stopped);
}

#[test]
fn a_stop_is_noticed_while_waiting_and_leaves_a_usable_directory() {
    let world = world();
    for fault in [Fault::Slow(Duration::from_secs(30)), Fault::too_many("60")] {
        let server = Server::start(world.clone()).unwrap();
        server.always("/api/orgs/acme/teams", fault);
        let stop = Arc::new(AtomicBool::new(false));
        let options = Options { stop: Arc::clone(&stop), request_limit: Duration::from_secs(60), ..quick() };
        let client = client(&server, &options);
        let dir = tempfile::tempdir().unwrap();
        let saver = Saver::new(&client, dir.path(), wanted(&world).origin).unwrap();
        let start = Instant::now();
        let actual = std::thread::scope(|scope| {
            scope.spawn(|| {
                while server.asked("/api/orgs/acme/teams") == 0 {
                    std::thread::sleep(Duration::from_millis(5));
                }
                stop.store(true, Ordering::Relaxed);
            });
            read(&saver, &wanted(&world), &mut ())
        });
        assert!(start.elapsed() < Duration::from_secs(20));
        saver.finish().unwrap();
        let teams = actual.teams.unknown().unwrap();
        assert_eq!((teams.refusal, teams.message.as_str()), (Refusal::Stopped, "the run was stopped"));
        let saved = Saved::open(dir.path()).unwrap();
        assert!(!saved.is_complete());
        let again = read(&saved, &wanted(&world), &mut ());
        assert_eq!(again.members, actual.members);
        assert_eq!(again.teams.unknown().unwrap().refusal, Refusal::NotSaved);
    }
}

#[test]
fn a_redirect_is_not_followed_and_the_other_host_sees_nothing() {
    let other = Server::start(world()).unwrap();
    let server = server();
    for status in [301, 302, 303, 307, 308] {
        let Fault::Refuse { headers, body, .. } = Fault::redirect(&format!("{}{ROLES}", other.url())) else { panic!() };
        server.always(ROLES, Fault::Refuse { status, headers, body });
        let message = broken(client(&server, &quick()).get(ROLES).unwrap_err());
        let host = other.url().replace("http://", "");
        let expected =
            format!("the server redirects to {host} (status {status}), and the token goes to 127.0.0.1 alone");
        assert_eq!(message, expected);
    }
    server.always(ROLES, Fault::redirect("/elsewhere"));
    assert!(broken(client(&server, &quick()).get(ROLES).unwrap_err()).contains("redirects to another path"));
    server.always(ROLES, Fault::redirect(&format!("https://u:{TOKEN}@evil.example/")));
    assert!(broken(client(&server, &quick()).get(ROLES).unwrap_err()).contains("redirects to evil.example"));
    assert_eq!(other.seen(), Vec::new());
    assert_eq!(server.asked("/elsewhere"), 0);
}

#[test]
fn a_body_has_an_end() {
    let server = server();
    let mut bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    bytes.resize(65 * 1024 * 1024, b' ');
    server.always(ROLES, Fault::Raw(bytes));
    let options = Options { request_limit: Duration::from_secs(60), ..quick() };
    assert_eq!(broken(client(&server, &options).get(ROLES).unwrap_err()), "the answer is larger than 64 MiB");
    assert_eq!(server.asked(ROLES), 1);
}

#[test]
fn a_packed_body_is_unpacked() {
    // `{"roles":[]}`, packed by gzip.
    let packed: [u8; 32] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xab, 0x56, 0x2a, 0xca, 0xcf, 0x49, 0x2d, 0x56,
        0xb2, 0x8a, 0x8e, 0xad, 0x05, 0x00, 0xe2, 0xec, 0x38, 0x37, 0x0c, 0x00, 0x00, 0x00,
    ];
    let mut bytes =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len()).into_bytes();
    bytes.extend_from_slice(&packed);
    let server = server();
    server.always(ROLES, Fault::Raw(bytes));
    assert_eq!(client(&server, &quick()).get(ROLES), Ok(roles()));
}

#[test]
fn a_server_that_repeats_the_token_is_not_believed() {
    let server = server();
    server.always(ROLES, Fault::status(403, &format!("the header `token {TOKEN}` was refused")));
    let dir = tempfile::tempdir().unwrap();
    let client = client(&server, &quick());
    assert!(!format!("{client:?}").contains(TOKEN));
    let saver = Saver::new(&client, dir.path(), wanted(&world()).origin).unwrap();
    let answer = saver.get(ROLES).unwrap();
    assert_eq!(answer.body["message"], "the header `token [token]` was refused");
    saver.finish().unwrap();
    assert!(!std::fs::read_to_string(dir.path().join("roles.jsonl")).unwrap().contains(TOKEN));
    server.always(ROLES, Fault::Text(format!("plainly {TOKEN}")));
    assert_eq!(client.get(ROLES).unwrap().body, "plainly [token]");
}

#[test]
fn over_tls_a_server_without_it_gets_no_token() {
    let server = server();
    let url = server.url().replace("http://", "https://");
    let client = Client::new(&url, Token::new(TOKEN).unwrap(), &quick()).unwrap();
    broken(client.get(ROLES).unwrap_err());
    assert_eq!(server.seen(), Vec::new());
}

#[test]
fn a_base_path_stays_before_every_question() {
    let server = server();
    let client = Client::new(&format!("{}/cloud/", server.url()), Token::new(TOKEN).unwrap(), &quick()).unwrap();
    assert_eq!(client.get(ROLES).unwrap().status, 404);
    assert_eq!(server.seen()[0].path, format!("/cloud{ROLES}"));
    assert_eq!(client.cloud_url(), format!("{}/cloud", server.url()));
}
