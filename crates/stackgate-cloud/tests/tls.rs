//! Over TLS: an authority that this machine trusts is trusted, and nobody else.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use stackgate_cloud::{Api, Client, Failure, Token};

use common::{TOKEN, quick};

/// A server with a certificate of its own that says one thing, and what came from its first connection.
struct Tls {
    url: String,
    pem: String,
    heard: std::thread::JoinHandle<(Vec<u8>, TcpListener)>,
}

fn tls() -> Tls {
    let own = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut tls = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let mut tls = rustls::Stream::new(&mut tls, &mut stream);
        let mut text = vec![0; 4096];
        // None where the client refuses.
        let length = tls.read(&mut text).unwrap_or_default();
        text.truncate(length);
        if length > 0 {
            tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}").unwrap();
        }
        (text, listener)
    });
    Tls { url, pem: own.cert.pem(), heard }
}

fn ask(url: &str) -> Result<u16, Failure> {
    let client = Client::new(url, Token::new(TOKEN).unwrap(), &quick()).unwrap();
    client.get("/api/orgs/acme/teams").map(|answer| answer.status)
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_at_once() {
    let server = tls();
    let Err(Failure::Broken(message)) = ask(&server.url) else { panic!() };
    assert!(message.starts_with("no secure connection to 127.0.0.1: invalid peer certificate"), "{message}");
    let (text, listener) = server.heard.join().unwrap();
    assert_eq!(text, b"");
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "it tried again");
}

#[test]
fn an_authority_of_this_machine_is_trusted() {
    let server = tls();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("authorities.pem");
    std::fs::write(&file, &server.pem).unwrap();
    // Authorities are read from the environment, which a test shares with the others.
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "in_a_process_of_its_own", "--ignored"])
        .env("SSL_CERT_FILE", &file)
        .env("STACKGATE_TEST_URL", &server.url)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    let (text, _) = server.heard.join().unwrap();
    let text = String::from_utf8(text).unwrap().to_lowercase();
    assert!(text.starts_with("get /api/orgs/acme/teams http/1.1\r\n"), "{text}");
    assert!(text.contains(&format!("authorization: token {TOKEN}\r\n")), "{text}");
}

#[test]
#[ignore = "a part of another test"]
fn in_a_process_of_its_own() {
    assert_eq!(ask(&std::env::var("STACKGATE_TEST_URL").unwrap()), Ok(200));
}
