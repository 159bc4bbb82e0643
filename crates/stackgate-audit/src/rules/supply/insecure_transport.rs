//! Everything is fetched and sent over TLS, with certificates checked.
//!
//! Without it, whoever sits between the runner and the server, on a shared network or by a false name, reads the token that
//! is sent and writes the program that is fetched.
//!
//! Instead: write `https://`, and give the tool the certificate of your own authority where there is one.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: curl -k https://artifacts.example.com/tool
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: curl http://localhost:8080/health
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   variables: { PULUMI_BACKEND_URL: "http://pulumi.example.com" }
//!   script: [pulumi preview --stack acme/shop/dev]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   variables: { PULUMI_BACKEND_URL: "https://pulumi.example.com", DOCS_URL: "http://www.example.com" }
//!   script: [pulumi preview --stack acme/shop/dev]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps:
//!   - script: npm test
//!     env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" }
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! steps:
//!   - script: npm test
//!     env: { NODE_EXTRA_CA_CERTS: /etc/ssl/own.pem }
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Get') { steps { sh 'wget http://artifacts.example.com/tool' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages { stage('Get') { steps { sh 'wget https://artifacts.example.com/tool' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   test:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi login http://pulumi.example.com --oidc-token file://t --oidc-org acme --oidc-team app }]
//! workflows: { main: { jobs: [test] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   test:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi login https://pulumi.example.com --oidc-token file://t --oidc-org acme --oidc-team app }]
//! workflows: { main: { jobs: [test] } }
//! ```

use std::collections::BTreeSet;

use stackgate_facts::{DeedKind, Job, Observation, Place, Variable, VerbKind};

use super::foreign;
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "insecure-transport",
    group: Group::Supply,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("insecure_transport.rs"),
    check: Check::Pipeline(check),
};

/// Variables that turn the check of certificates off, with what turns it off.
const UNCHECKED: &[(&str, &[&str])] =
    &[("NODE_TLS_REJECT_UNAUTHORIZED", &["0"]), ("GIT_SSL_NO_VERIFY", &["1", "true"]), ("PYTHONHTTPSVERIFY", &["0"])];

/// Variables that say where a token is sent.
const SERVERS: &[&str] = &["PULUMI_BACKEND_URL", "PULUMI_API"];

fn open(text: &str) -> bool {
    let here = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    text.starts_with("http://") && !here.iter().any(|start| text.starts_with(start))
}

fn weakens(variable: &Variable) -> bool {
    let text = variable.value.text();
    UNCHECKED.iter().any(|(name, values)| *name == variable.name && values.contains(&text))
        || SERVERS.contains(&variable.name.as_str()) && open(text)
}

/// Each place of a job that does without, with what it is.
fn places(job: &Job) -> Vec<(Place, String)> {
    let mut all = Vec::new();
    for deed in &job.deeds {
        let set = deed.what.as_literal().filter(|_| deed.kind == DeedKind::SetsPulumi);
        let set = set.and_then(|text| text.split_once('=')).is_some_and(|(name, text)| {
            SERVERS.contains(&name) && open(text) || name == "NODE_TLS_REJECT_UNAUTHORIZED" && text == "0"
        });
        if set || deed.kind == DeedKind::Insecure {
            all.push((deed.place, deed.what.text().to_owned()));
        }
    }
    let of_steps = job.steps.iter().flat_map(|step| &step.variables);
    for variable in job.variables.iter().chain(of_steps).filter(|variable| weakens(variable)) {
        all.push((variable.place, format!("{}={}", variable.name, variable.value.text())));
    }
    for mint in &job.mints {
        let url = mint.url.as_ref().map(|url| url.text().to_owned());
        // What a variable says is told where that is set.
        let url = url.filter(|url| open(url) && !all.iter().any(|(_, what)| what.ends_with(url.as_str())));
        all.extend(url.map(|url| (mint.place, url)));
    }
    for verb in &job.verbs {
        if let VerbKind::Other(words) = &verb.kind
            && let Some(url) = words.strip_prefix("login ").filter(|url| open(url))
        {
            all.push((verb.place, url.to_owned()));
        }
    }
    all
}

fn check(observation: &Observation, findings: &mut Findings) {
    let mut told = BTreeSet::new();
    for job in &observation.jobs {
        for (place, what) in places(job) {
            if told.insert((place, what.clone())) {
                let message = format!("`{what}`: who sits between reads what is sent, and writes what is fetched");
                findings.add(Some(&job.id), place, message, "use `https://`, and let certificates be checked");
            }
        }
    }
    for (job, code) in foreign(observation).filter(|(_, code)| open(&code.name)) {
        // A script's own request is told already.
        if !told.iter().any(|(place, _)| *place == code.place) {
            let message = format!("`{}` is fetched without TLS: who sits between writes what runs here", code.name);
            findings.add(job.map(|job| job.id.as_str()), code.place, message, "use `https://`");
        }
    }
}
