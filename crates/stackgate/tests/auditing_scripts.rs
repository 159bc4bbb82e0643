//! The audit's scripts, run by `sh` with stand-ins for `curl` and `stackgate`: what they ask, what they keep, how they end.
//!
//! What must hold: the token is known to the commands that ask Pulumi Cloud and to nothing else, a new finding fails the job
//! with its report written, and nothing goes on without a token.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use stackgate::adapter::text_of;

/// Says what it was asked, whether it had a token, and ends as a file beside it says.
const STACKGATE: &str = r#"#!/bin/sh
echo "$* token=${PULUMI_ACCESS_TOKEN:-none}" >> "$STACKGATE_HOME/asked"
case "$1 $*" in
  review*--save*) mkdir -p "$STACKGATE_HOME/saved" ;;
esac
echo "report"
exit "$(cat "$STACKGATE_HOME/ends")"
"#;

fn program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn run(role: &str, folder: &Path, variables: &[(&str, &str)]) -> Output {
    let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap());
    let home = folder.join("home");
    Command::new("sh")
        .args(["-c", text_of(role).unwrap()])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("STACKGATE_HOME", home)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// A checkout with the stand-in installed, which ends with this code.
fn checkout(ends: &str) -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    for folder in ["bin", "home"] {
        fs::create_dir_all(temp.path().join(folder)).unwrap();
    }
    fs::write(temp.path().join("home/ends"), ends).unwrap();
    fs::write(temp.path().join("home/token"), "pul-secret").unwrap();
    fs::write(temp.path().join("stackgate.yaml"), "version: 1\n").unwrap();
    program(&temp.path().join("home/stackgate"), STACKGATE);
    temp
}

const AUDIT: &[(&str, &str)] = &[
    ("PULUMI_BACKEND_URL", "https://api.pulumi.com"),
    ("STACKGATE_BASELINE", "audit-baseline.json"),
    ("STACKGATE_FAIL_ON", "low"),
    ("STACKGATE_FORMATS", "sarif junit"),
    ("STACKGATE_SINCE", "8d"),
    ("STACKGATE_SPEC", "stackgate.yaml"),
];

#[test]
fn the_token_is_known_to_what_asks_and_to_nothing_else() {
    let temp = checkout("0");
    fs::write(temp.path().join("audit-baseline.json"), "{}").unwrap();
    let output = run("audit", temp.path(), AUDIT);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("pul-secret"), "{said}");
    let asked = fs::read_to_string(temp.path().join("home/asked")).unwrap();
    let home = temp.path().join("home");
    let asked = asked.replace(&home.display().to_string(), "HOME");
    let rest = "--baseline audit-baseline.json --spec stackgate.yaml --fail-on low";
    let expected = [
        format!("review --save HOME/saved --format sarif {rest} token=pul-secret"),
        format!("logs --since 8d --format sarif {rest} token=pul-secret"),
        format!("review --from HOME/saved --format junit {rest} token=none"),
        format!("logs --since 8d --format junit {rest} token=pul-secret"),
    ];
    assert_eq!(asked.lines().collect::<Vec<_>>(), expected);
    assert!(!home.join("token").exists(), "the token outlives the audit");
    for report in ["review.sarif", "review.xml", "logs.sarif", "logs.xml"] {
        assert_eq!(fs::read_to_string(temp.path().join("stackgate-audit").join(report)).unwrap(), "report\n");
    }
}

#[test]
fn what_is_new_fails_the_job_and_its_report_stays() {
    for (ends, told) in [("1", "there is something new"), ("2", "the audit is not whole")] {
        let temp = checkout(ends);
        let output = run("audit", temp.path(), AUDIT);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(told), "{said}");
        assert!(temp.path().join("stackgate-audit/logs.xml").exists());
        // Without the file, no baseline is named: everything is new.
        assert!(!fs::read_to_string(temp.path().join("home/asked")).unwrap().contains("--baseline"));
    }
}

#[test]
fn without_a_token_nothing_is_asked() {
    let temp = checkout("0");
    fs::remove_file(temp.path().join("home/token")).unwrap();
    assert!(!run("audit", temp.path(), AUDIT).status.success());
    assert!(!temp.path().join("home/asked").exists());
}

const LOGIN: &[(&str, &str)] = &[
    ("PULUMI_BACKEND_URL", "https://api.pulumi.com"),
    ("STACKGATE_ORGANIZATION", "acme"),
    ("STACKGATE_TEAM", "auditors"),
    ("STACKGATE_TOKEN_SECONDS", "1800"),
];

#[test]
fn the_exchange_asks_for_the_team_and_keeps_the_token_alone() {
    let temp = checkout("0");
    let id_token = temp.path().join("id-token");
    let with = |answer: &str| {
        let _ = fs::remove_file(temp.path().join("home/token"));
        fs::write(&id_token, "a.b.c").unwrap();
        let text = format!("#!/bin/sh\necho \"$*\" > \"$STACKGATE_HOME/exchange\"\nprintf '%s' '{answer}'\n");
        program(&temp.path().join("bin/curl"), &text);
        let variables = [LOGIN, &[("STACKGATE_ID_TOKEN_FILE", id_token.to_str().unwrap())]].concat();
        run("login-audit", temp.path(), &variables)
    };
    let output = with(r#"{"issued_token_type": "x", "access_token" : "pul-1a", "expires_in":1800}"#);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(temp.path().join("home/token")).unwrap(), "pul-1a");
    assert!(!id_token.exists(), "the OIDC token outlives the exchange");
    let asked = fs::read_to_string(temp.path().join("home/exchange")).unwrap();
    for part in ["scope=team:auditors", "audience=urn:pulumi:org:acme", "expiration=1800", "access_token:team"] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    assert!(!asked.contains("a.b.c"), "every program sees arguments: {asked}");
    for answer in ["", "{}", r#"{"access_token":""}"#, r#"{"access_token":"a b"}"#, r#"{"access_token":null}"#] {
        assert!(!with(answer).status.success(), "{answer}");
        assert!(!temp.path().join("home/token").exists(), "{answer}");
    }
}

#[test]
fn the_guard_refuses_what_could_divert_the_token() {
    let temp = checkout("0");
    fs::remove_file(temp.path().join("home/token")).unwrap();
    let fine = [LOGIN, &[("STACKGATE_SPEC", "stackgate.yaml")]].concat();
    let refused =
        |more: (&str, &str)| !run("guard-audit", temp.path(), &[&fine[..], &[more]].concat()).status.success();
    assert!(!refused(("NOTHING", "special")));
    for more in [
        ("PULUMI_ACCESS_TOKEN", "pul-stored"),
        ("PULUMI_API", "https://elsewhere.example"),
        ("PULUMI_BACKEND_URL", "http://api.pulumi.com"),
        ("STACKGATE_SPEC", "elsewhere.yaml"),
    ] {
        assert!(refused(more), "{more:?}");
    }
}
