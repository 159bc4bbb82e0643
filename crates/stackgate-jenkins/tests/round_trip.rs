//! What is rendered reads back as what the plan asks for, however it is spelt, and as nothing else.

#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

mod common;

use common::{adapter, cases, everything, render, three};
use stackgate_provider::{Artifact, compare};

#[test]
fn every_case_reads_back_as_what_the_plan_asks_for() {
    for (name, plan, adapter) in cases() {
        let problems: Vec<String> = adapter.check(&plan).into_iter().map(|diagnostic| diagnostic.message).collect();
        assert!(problems.is_empty(), "{name}: {problems:?}");
        let files = render(&*adapter, &plan);
        assert!(!files.is_empty());
        if let Err(error) = compare(&adapter.realise(&plan).pipeline, &adapter.observe(&files)) {
            panic!("{name}: {error}");
        }
        for file in &files {
            for (number, line) in file.body.lines().enumerate() {
                assert_eq!(line.trim_end(), line, "{name}: {}:{}", file.path, number + 1);
            }
        }
    }
}

#[test]
fn other_spellings_say_the_same() {
    let plan = common::waive(everything(), "jenkins-after-jobs", "jenkins");
    let adapter = adapter("approvers: [leads]");
    let files = render(&*adapter, &plan);
    let respelt: Vec<Artifact> =
        files.iter().map(|file| Artifact { body: respell(&file.body), ..file.clone() }).collect();
    assert_ne!(files, respelt);
    compare(&adapter.realise(&plan).pipeline, &adapter.observe(&respelt)).unwrap();
}

/// Other quotes, other orders, other spaces, comments.
fn respell(body: &str) -> String {
    let mut out = String::from("/* one\n comment */\n");
    let mut held: Vec<String> = Vec::new();
    let mut script = false;
    for line in body.lines() {
        if script || line.contains("'''") {
            script ^= line.matches("'''").count() == 1;
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let plain = !line.contains(['\\', '"', '$']);
        let line = if plain { line.replace('\'', "\"") } else { line.to_owned() };
        let line = line
            .replace("comparator: \"EQUALS\", pattern: \"main\"", "pattern: \"main\",\n  comparator: 'EQUALS'")
            .replace("(time: ", "( unit: 'MINUTES' , time: ")
            .replace(", unit: \"MINUTES\")", " )")
            .replace("reuseNode false", "reuseNode(false) // a comment");
        // The variables, turned round.
        if line.contains(" = ") && line.starts_with("        ") {
            held.push(line.replace(" = ", "="));
            continue;
        }
        for line in held.drain(..).rev() {
            out.push_str(&line);
            out.push('\n');
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[test]
fn an_edit_is_seen() {
    let plan = three();
    let adapter = adapter("approvers: [leads]");
    let files = render(&*adapter, &plan);
    let edits = [
        ("beforeInput true", "beforeInput false"),
        ("beforeInput true", "beforeInput 'true'"),
        ("submitter 'leads'", ""),
        ("submitter 'leads'", "submitter 'leads,mallory'"),
        ("fork: '.+'", "fork: 'x'"),
        ("not { buildingTag() }", ""),
        ("not { triggeredBy 'UserIdCause' }", ""),
        ("triggeredBy 'BranchEventCause'", ""),
        ("triggeredBy 'BranchEventCause'", "triggeredBy 'TimerTrigger'"),
        ("triggeredBy 'BranchIndexingCause'", "triggeredBy cause: 'UserIdCause', detail: 'mallory'"),
        ("anyOf {", "allOf {"),
        ("comparator: 'EQUALS', pattern: 'main'", "comparator: 'GLOB', pattern: 'main'"),
        ("comparator: 'EQUALS', pattern: 'main'", "pattern: 'main'"),
        ("agent none", "agent any"),
        ("disableRestartFromStage()", ""),
        ("disableRestartFromStage()", "disableConcurrentBuilds(abortPrevious: true)"),
        ("milestone()", ""),
        ("checkout scm", "checkout other"),
        ("deleteDir()", ""),
        ("lock(resource: 'pulumi/acme/app/dev')", "lock(label: 'pulumi/acme/app/dev')"),
        ("lock(resource: 'pulumi/acme/app/dev') {", "catchError {"),
        ("credentialsId: 'pulumi-oidc'", "credentialsId: 'pulumi-access-token'"),
        ("[file(", "[string("),
        ("STACKGATE_TEAM = 'app-dev-deploy'", "STACKGATE_TEAM = 'app-production-deploy'"),
        ("STACKGATE_TEAM = 'app-dev-deploy'", "STACKGATE_TEAM = \"${env.CHANGE_TITLE}\""),
        ("STACKGATE_TEAM = 'app-dev-deploy'", "STACKGATE_TEAM = '$CHANGE_TITLE'"),
        ("STACKGATE_HOME = \"", "STACKGATE_HOME = '"),
        ("script: '''", "script: \"\"\""),
        ("label 'pulumi'", "label 'built-in'"),
        ("args '--env HOME=/tmp'", "args '--env HOME=/tmp --privileged'"),
        ("@sha256:", ":"),
        ("reuseNode false", "reuseNode true"),
        ("set -eu +x", "set -eux"),
        ("pipeline {", "library 'evil'\npipeline {"),
        ("pipeline {", "// \\u000a evil()\npipeline {"),
        ("  stages {", "  triggers { cron('H * * * *') }\n  stages {"),
        ("  stages {", "  environment { PULUMI_ACCESS_TOKEN = credentials('x') }\n  stages {"),
        ("steps {", "steps {\n script { evil() }"),
        ("cleanup {", "success {"),
    ];
    let expected = adapter.realise(&plan).pipeline;
    for (from, to) in edits {
        let edit = |file: &Artifact| Artifact { body: file.body.replacen(from, to, 1), ..file.clone() };
        let edited: Vec<Artifact> = files.iter().map(edit).collect();
        assert_ne!(files, edited, "{from}");
        assert!(compare(&expected, &adapter.observe(&edited)).is_err(), "{from} → {to} goes unseen");
    }
}

#[test]
fn moving_a_step_out_of_its_block_is_seen() {
    let plan = three();
    let adapter = adapter("approvers: [leads]");
    let files = render(&*adapter, &plan);
    let expected = adapter.realise(&plan).pipeline;
    let up = files[0].body.find("            sh(label: 'Deploy'").unwrap();
    let end = files[0].body[up..].find("''')\n").unwrap() + up + 5;
    let step = &files[0].body[up..end];
    let without = files[0].body.replacen(step, "", 1);
    let closing = without[up..].find("        }\n      }\n").unwrap() + up + 10;
    let mut edited = files.clone();
    edited[0].body = format!("{}{step}{}", &without[..closing], &without[closing..]);
    assert!(compare(&expected, &adapter.observe(&edited)).is_err());
}

#[test]
fn anything_is_read_without_a_panic() {
    let adapter = adapter("approvers: [leads]");
    let file = render(&*adapter, &three()).remove(0);
    let mut at = 0;
    while at < file.body.len() {
        if file.body.is_char_boundary(at) {
            for text in [&file.body[..at], &file.body[at..]] {
                adapter.observe(&[Artifact { body: text.to_owned(), ..file.clone() }]);
            }
            let mut holed = file.body.clone();
            holed.remove(at);
            adapter.observe(&[Artifact { body: holed, ..file.clone() }]);
        }
        at += 97;
    }
}
