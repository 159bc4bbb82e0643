//! The scripts of every case, run by a shell, with stand-ins for `pulumi` and `curl` that write down what they are asked.
//!
//! What must hold: the token is in nobody's arguments; a dry run asks nothing; the first failure ends it; what is there is
//! brought up to date, and not made again. Needs `dash` and `jq`; where one is missing the tests say so, unless
//! `STACKGATE_SHELL_MUST` is set.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic here is a failed test with a place")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use common::{cases, folder, fragments, options, organization};
use stackgate_access::{compose, render};

const TOKEN: &str = "pul-0123456789abcdef";

/// What both stand-ins do once they know the request: write it down, and answer as the case's `answers` has it.
const ANSWER: &str = r#"
printf '%s %s\n' "$method" "$path" >>"$LOG/requests"
if [ -n "$body" ]; then cat "$body" >>"$LOG/requests"; fi
if [ "$path" = "${FAIL_AT-}" ]; then echo "refused" >&2; exit 22; fi
case "$method $path" in
  "GET /api/orgs/acme/oidc/issuers")
    if [ -n "${FRESH-}" ]; then echo '{"oidcIssuers":[]}'; else echo '{"oidcIssuers":[{"id":"other","url":"https://x"},{"id":"i-1","url":"https://ci.internal/oidc"}]}'; fi ;;
  "POST /api/orgs/acme/oidc/issuers") echo "{\"id\":\"${ISSUER_ID-i-2}\"}" ;;
  "GET /api/orgs/acme/auth/policies/oidcissuers/"*) echo '{"id":"p-9","version":1,"policies":[]}' ;;
  "GET /api/change-gates/"*production*)
    if [ -n "${FRESH-}" ]; then echo '{"gates":[]}'; else echo '{"gates":[{"id":"g-1","name":"stackgate: open network/production"}]}'; fi ;;
  "GET /api/orgs/acme/teams/network-dev") echo '{"members":[{"githubLogin":"ad\"min"},{"githubLogin":"root"}]}' ;;
  "GET /api/orgs/acme/teams/"*) echo '{"members":[]}' ;;
esac
"#;

const PULUMI: &str = r#"#!/bin/sh
printf '%s\n' "pulumi $*" >>"$LOG/arguments"
printf '%s\n' "$PULUMI_BACKEND_URL" >>"$LOG/backends"
if [ "$1 $2" = "stack ls" ]; then echo '[ { "name": "acme/network/dev" }, { "name": "acme/shop/production2" } ]'; exit; fi
if [ "$1" = stack ]; then exit "${STACK_EXIT-0}"; fi
if [ "$2" = --help ]; then exit; fi
path="$2"; shift 2; method=GET; body=
while [ $# -gt 0 ]; do
  case "$1" in --method) method="$2"; shift 2 ;; --input) body="$2"; shift 2 ;; --non-interactive) shift ;; *) exit 99 ;; esac
done
"#;

const CURL: &str = r#"#!/bin/sh
printf '%s\n' "curl $*" >>"$LOG/arguments"
cat >>"$LOG/configuration"
method= body= path=
while [ $# -gt 0 ]; do
  case "$1" in
    --request) method="$2"; shift 2 ;;
    --data-binary) body="${2#@}"; shift 2 ;;
    --url) path="${2#https://api.pulumi.com}"; shift 2 ;;
    --config | --proto | --max-time | --header) shift 2 ;;
    *) shift ;;
  esac
done
"#;

struct Run {
    output: Output,
    log: tempfile::TempDir,
}

impl Run {
    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.log.path().join(name)).unwrap_or_default()
    }

    /// Methods and paths, in order.
    fn requests(&self) -> Vec<String> {
        self.log("requests").lines().filter(|line| line.contains(" /api/")).map(str::to_owned).collect()
    }

    fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }
}

fn has(program: &str) -> bool {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|folder| folder.join(program).is_file());
    assert!(found || std::env::var_os("STACKGATE_SHELL_MUST").is_none(), "{program} is missing");
    if !found {
        println!("skipped: {program} is missing");
    }
    found
}

/// Runs a script of the case `organization` with the stand-ins named.
fn run(script: &str, arguments: &[&str], programs: &[&str], variables: &[(&str, &str)]) -> Run {
    let log = tempfile::tempdir().unwrap();
    let bin = log.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for program in programs {
        let text = if *program == "curl" { CURL } else { PULUMI };
        let path = bin.join(program);
        fs::write(&path, format!("{text}{ANSWER}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    // Nothing of the machine's own but what the script needs: no other curl and no other pulumi.
    for tool in ["dash", "sh", "env", "grep", "jq", "mktemp", "rm", "cat"] {
        let path = std::env::split_paths(&std::env::var_os("PATH").unwrap())
            .map(|folder| folder.join(tool))
            .find(|path| path.is_file());
        std::os::unix::fs::symlink(path.unwrap(), bin.join(tool)).unwrap();
    }
    let path = log.path().join(script);
    fs::write(&path, text(&folder("cases/organization"), script).unwrap()).unwrap();
    let mut command = Command::new(bin.join("dash"));
    command.arg(path).args(arguments).env_clear().env("PATH", &bin).env("LOG", log.path()).env("TMPDIR", log.path());
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(
        fs::read_dir(log.path()).unwrap().all(|entry| !entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with("tmp.")),
        "it leaves a folder behind"
    );
    Run { output, log }
}

/// A script as it is rendered now, if the case has one.
fn text(case: &Path, script: &str) -> Option<String> {
    let fragment = compose(&organization(case), &fragments(case)).unwrap();
    let files = render(&fragment, &options(case)).unwrap();
    files.iter().find(|file| file.path.ends_with(script)).map(|file| file.contents("organization.yaml"))
}

fn ready() -> bool {
    has("dash") && has("jq")
}

#[test]
fn it_brings_up_to_date_what_is_there() {
    if !ready() {
        return;
    }
    let run = run("apply.sh", &[], &["pulumi"], &[]);
    assert!(run.output.status.success(), "{}", run.stderr());
    let requests = run.requests();
    assert_eq!(
        requests[..11],
        [
            "PATCH /api/orgs/acme",
            "GET /api/orgs/acme/oidc/issuers",
            "PATCH /api/orgs/acme/oidc/issuers/i-1",
            "GET /api/orgs/acme/auth/policies/oidcissuers/i-1",
            "PATCH /api/orgs/acme/auth/policies/p-9",
            "POST /api/stacks/acme/shop/edge/deployments/settings",
            "GET /api/change-gates/acme?entityType=environment&qualifiedName=network/production",
            "PUT /api/change-gates/acme/g-1",
            "GET /api/change-gates/acme?entityType=environment&qualifiedName=shop/production",
            "POST /api/change-gates/acme",
            "GET /api/orgs/acme/teams/network-dev",
        ]
    );
    assert_eq!(requests[11..13], ["PATCH /api/orgs/acme/teams/network-dev"; 2]);
    assert!(run.log("requests").contains("\"member\": \"ad\\\"min\""), "{}", run.log("requests"));
    // An issuer's URL cannot change, and is not sent.
    let update = run.log("requests");
    let update = update.split("PATCH /api/orgs/acme/oidc/issuers/i-1\n").nth(1).unwrap();
    assert!(!update.split("\nGET ").next().unwrap().contains("\"url\""), "{update}");
    assert!(run.log("backends").lines().all(|url| url == "https://api.pulumi.com"));
}

#[test]
fn it_makes_what_is_not_there() {
    if !ready() {
        return;
    }
    let run = run("apply.sh", &[], &["pulumi"], &[("FRESH", "yes")]);
    assert!(run.output.status.success(), "{}", run.stderr());
    let requests = run.requests();
    for expected in [
        "POST /api/orgs/acme/oidc/issuers",
        "GET /api/orgs/acme/auth/policies/oidcissuers/i-2",
        "POST /api/change-gates/acme",
    ] {
        assert!(requests.iter().any(|request| request == expected), "{expected}: {requests:?}");
    }
}

#[test]
fn curl_asks_the_same_and_has_the_token_on_its_standard_input() {
    if !ready() {
        return;
    }
    let run_curl = run("apply.sh", &[], &["curl"], &[("PULUMI_ACCESS_TOKEN", TOKEN)]);
    assert!(run_curl.output.status.success(), "{}", run_curl.stderr());
    assert_eq!(run_curl.log("requests"), run("apply.sh", &[], &["pulumi"], &[]).log("requests"));
    assert!(!run_curl.log("arguments").contains(TOKEN), "the token is in the arguments");
    let configuration = run_curl.log("configuration");
    assert_eq!(configuration.lines().count(), run_curl.requests().len());
    assert!(configuration.lines().all(|line| line == format!("header = \"Authorization: token {TOKEN}\"")));
    let arguments = run_curl.log("arguments");
    for line in arguments.lines().filter(|line| line.starts_with("curl ")) {
        // The user's own configuration could send the token elsewhere.
        assert!(line.starts_with("curl --disable --config - --proto =https "), "{line}");
        assert!(!line.contains("--location"), "{line}");
    }
    assert!(!run_curl.stdout().contains(TOKEN) && !run_curl.stderr().contains(TOKEN));
}

#[test]
fn a_token_that_is_more_than_a_token_is_refused() {
    if !ready() {
        return;
    }
    for token in ["", "a\"\nurl = \"https://evil.example", "a b"] {
        let run = run("apply.sh", &[], &["curl"], &[("PULUMI_ACCESS_TOKEN", token)]);
        assert!(!run.output.status.success() && run.log("arguments").is_empty(), "{token:?}");
    }
    let none = run("apply.sh", &[], &[], &[("PULUMI_ACCESS_TOKEN", TOKEN)]);
    assert!(!none.output.status.success() && none.stderr().contains("neither"), "{}", none.stderr());
}

#[test]
fn a_dry_run_asks_nothing() {
    if !ready() {
        return;
    }
    let run = run("apply.sh", &["--dry-run"], &["pulumi", "curl"], &[("PULUMI_ACCESS_TOKEN", TOKEN)]);
    assert!(run.output.status.success(), "{}", run.stderr());
    assert_eq!(run.log("arguments"), "");
    for shown in [
        "PATCH https://api.pulumi.com/api/orgs/acme\n",
        "\"setDefaultStackPermission\": 0",
        "\"kid\": \"k1\"",
        "\"actionTypes\"",
    ] {
        assert!(run.stdout().contains(shown), "{shown}: {}", run.stdout());
    }
}

#[test]
fn the_first_failure_ends_it() {
    if !ready() {
        return;
    }
    let all = run("apply.sh", &[], &["pulumi"], &[]).requests();
    for (index, request) in all.iter().enumerate() {
        let path = request.split(' ').nth(1).unwrap();
        let first = all.iter().position(|other| other.ends_with(path)).unwrap();
        let program = if index % 2 == 0 { "pulumi" } else { "curl" };
        let run = run("apply.sh", &[], &[program], &[("FAIL_AT", path), ("PULUMI_ACCESS_TOKEN", TOKEN)]);
        assert!(!run.output.status.success(), "{request} failed, and it went on");
        assert_eq!(run.requests().len(), first + 1, "{program}: {:?}", run.requests());
    }
}

#[test]
fn an_answer_cannot_lead_a_request_elsewhere() {
    if !ready() {
        return;
    }
    for id in ["../../x", "", "a b", "x?y"] {
        let run = run("apply.sh", &[], &["pulumi"], &[("FRESH", "yes"), ("ISSUER_ID", id)]);
        assert!(!run.output.status.success(), "{id:?}");
        assert_eq!(run.requests().last().unwrap(), "POST /api/orgs/acme/oidc/issuers");
    }
}

#[test]
fn flags_by_variables_and_unknown_arguments_are_refused() {
    if !ready() {
        return;
    }
    for script in ["apply.sh", "bootstrap.sh"] {
        let flagged = run(script, &[], &["pulumi"], &[("PULUMI_OPTION_OIDC_TEAM", "x")]);
        assert!(!flagged.output.status.success() && flagged.log("arguments").is_empty(), "{script}");
        let unknown = run(script, &["--dryrun"], &["pulumi"], &[]);
        assert!(!unknown.output.status.success() && unknown.log("arguments").is_empty(), "{script}");
    }
}

#[test]
fn stacks_are_created_once_with_their_team() {
    if !ready() {
        return;
    }
    let done = run("bootstrap.sh", &[], &["pulumi"], &[]);
    assert!(done.output.status.success(), "{}", done.stderr());
    let arguments = done.log("arguments");
    let created: Vec<&str> = arguments.lines().filter(|line| line.contains("stack new")).collect();
    assert_eq!(
        created,
        [
            "pulumi stack new acme/network/production --teams network-production --no-select --non-interactive",
            "pulumi stack new acme/shop/edge --no-select --non-interactive",
            "pulumi stack new acme/shop/nightly --teams shop-nightly --no-select --non-interactive",
            // One that begins with the same letters exists.
            "pulumi stack new acme/shop/production --teams shop-production --no-select --non-interactive",
            "pulumi stack new acme/shop/review.1 --no-select --non-interactive",
        ]
    );
    assert!(done.stdout().contains("exists: acme/network/dev"));
    let dry = run("bootstrap.sh", &["--dry-run"], &["pulumi"], &[]);
    assert!(dry.output.status.success() && !dry.log("arguments").contains("stack new"), "{}", dry.stderr());
    let failed = run("bootstrap.sh", &[], &["pulumi"], &[("STACK_EXIT", "1")]);
    assert!(!failed.output.status.success());
    assert_eq!(failed.log("arguments").matches("stack new").count(), 1, "it went on after a failure");
    for ci in ["CI", "TF_BUILD", "JENKINS_URL"] {
        let refused = run("bootstrap.sh", &[], &["pulumi"], &[(ci, "true")]);
        assert!(!refused.output.status.success() && refused.log("arguments").is_empty(), "{ci}");
    }
}

#[test]
fn shellcheck_finds_nothing() {
    if !has("shellcheck") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for case in cases("cases") {
        for name in ["apply.sh", "bootstrap.sh"] {
            let Some(text) = text(&case, name) else { continue };
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            let output = Command::new("shellcheck").arg("--norc").arg(&path).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}
