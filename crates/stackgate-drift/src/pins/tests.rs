//! Pins in texts as the five adapters render them, and what bots and people make of them.

use stackgate_provider::{Artifact, Comment};

use super::*;

const OLD: &str = "3d3c42e5aac5ba805825da76410c181273ba90b1";
const NEW: &str = "00000000000000000000000000000000000000cc";

fn artifact(comment: Comment, body: &str) -> Artifact {
    Artifact { path: "a".into(), provider: "github", comment, body: body.into() }
}

fn workflow() -> Artifact {
    artifact(
        Comment::Hash,
        &format!(
            "jobs:\n  a:\n    steps:\n      - name: Check out\n        uses: actions/checkout@{OLD} # v7.0.1\n      - run: |\n          uses: actions/checkout@{OLD} # v7.0.1\n        shell: sh\n      - uses: actions/checkout@{OLD} # v7.0.1\n"
        ),
    )
}

fn diff(artifact: &Artifact, old: &str, new: &str) -> PinDiff {
    let text = artifact.contents("stackgate.yaml");
    assert!(text.contains(old), "{old:?}");
    pin_changes(artifact, &text.replacen(old, new, 1))
}

fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

#[test]
fn a_pin_is_the_value_of_a_key_and_no_line_of_a_script() {
    let lines: Vec<usize> = pins_of(&workflow()).iter().map(|pin| pin.line).collect();
    assert_eq!(lines, [6, 10]);
    let text = workflow().contents("stackgate.yaml");
    // The same text in a script is the user's.
    let script = text.rfind("          uses").unwrap();
    let changed = format!("{}{}", &text[..script], text[script..].replacen(OLD, NEW, 1));
    assert_eq!(pin_changes(&workflow(), &changed), PinDiff { changes: Vec::new(), other: Some(8) });
}

#[test]
fn another_commit_and_version_is_a_pin_and_anything_else_is_not() {
    let bump = |new: &str| diff(&workflow(), &format!("@{OLD} # v7.0.1"), new);
    let bumped = bump(&format!("@{NEW} # v7.0.2"));
    assert!(bumped.is_pins_alone());
    let change = &bumped.changes[0];
    assert_eq!((change.line, change.found.version.as_str(), change.found.hash.as_str()), (6, "v7.0.2", NEW));
    for (new, fault) in [
        ("@v7 # v7.0.2", PinFault::NotExact),
        ("@00000000000000000000000000000000000000CC # v7.0.2", PinFault::NotExact),
        ("@00000000000000000000000000000000000000cc", PinFault::NoVersion),
    ] {
        let diff = bump(new);
        assert_eq!(diff.changes[0].fault, Some(fault), "{new}");
        assert!(!diff.is_pins_alone());
    }
    let other = diff(&workflow(), "actions/checkout@", "attacker/checkout@");
    assert_eq!(other.changes[0].fault, Some(PinFault::OtherName));
    for (old, new) in [
        ("        uses: actions", "        with: {}\n        uses: actions"),
        ("        uses: actions", "         uses: actions"),
        ("    steps:", "    steps: # mine"),
        ("uses: actions/checkout@", "uses: 'actions/checkout@"),
        (" # v7.0.1\n", " # v7.0.1\r\n"),
    ] {
        assert!(diff(&workflow(), old, new).other.is_some(), "{new}");
    }
    let more = format!("{}more: 1\n", workflow().contents("stackgate.yaml"));
    assert_eq!(pin_changes(&workflow(), &more).other, Some(11));
    assert_eq!(pin_changes(&workflow(), "jobs: {}\n").other, Some(1), "without a marker it is not ours");
    assert!(!pin_changes(&workflow(), &workflow().contents("stackgate.yaml")).is_pins_alone(), "nothing differs");
}

#[test]
fn line_ends_that_are_crlf_throughout_are_no_difference() {
    let text = workflow().contents("stackgate.yaml").replacen(OLD, NEW, 1).replace('\n', "\r\n");
    assert!(pin_changes(&workflow(), &text).is_pins_alone());
}

#[test]
fn images_are_pins_in_every_system_that_has_them() {
    let (old, new) = (digest('a'), digest('b'));
    for (comment, body) in [
        (Comment::Hash, format!("a:\n  image:\n    name: \"node:24-bookworm@{old}\"\n    entrypoint: [\"\"]\n")),
        (Comment::Hash, format!("jobs:\n  a:\n    docker:\n      - image: \"node:24-bookworm@{old}\"\n")),
        (Comment::Slashes, format!("agent {{\n  docker {{\n    image 'node:24-bookworm@{old}'\n  }}\n}}\n")),
        (Comment::Hash, format!("a:\n  image: host:5000/team/node@{old}\n")),
    ] {
        let artifact = artifact(comment, &body);
        let found = diff(&artifact, &old, &new);
        assert!(found.is_pins_alone(), "{body}: {found:?}");
        assert_eq!(found.changes[0].found.hash, new);
        assert!(!diff(&artifact, &format!("@{old}"), "").is_pins_alone(), "a tag moves: {body}");
    }
    let gitlab = artifact(Comment::Hash, &format!("a:\n  name: \"node:24@{old}\"\n"));
    assert!(pins_of(&gitlab).is_empty(), "a name of something else is no image");
    let groovy = artifact(Comment::Slashes, &format!("sh '''\n  image 'node:24@{old}'\n'''\nimage 'node:24@{old}'\n"));
    assert_eq!(pins_of(&groovy).len(), 1);
    let registry = artifact(Comment::Hash, &format!("a:\n  image: host:5000/team/node@{old}\n"));
    let pin = pins_of(&registry).remove(0);
    assert_eq!((pin.name.as_str(), pin.version.as_str()), ("host:5000/team/node", ""));
}

#[test]
fn the_cli_is_known_by_its_variables_and_a_task_is_no_pin() {
    let sha = "a".repeat(64);
    for line in [
        "STACKGATE_CLI_VERSION: \"3.259.0\"\nSTACKGATE_CLI_SHA256_X64: SHA\nSTACKGATE_CLI_SHA256_ARM64: \"SHA\"\n",
        "a:\n  - |\n    export STACKGATE_CLI_VERSION='3.259.0'\n    export STACKGATE_CLI_SHA256_X64='SHA'\n    export STACKGATE_CLI_SHA256_ARM64='SHA'\n",
        "STACKGATE_CLI_VERSION = '3.259.0'\nSTACKGATE_CLI_SHA256_X64 = 'SHA'\nSTACKGATE_CLI_SHA256_ARM64 = 'SHA'\n",
    ] {
        let artifact = artifact(
            Comment::Hash,
            &line.replace("SHA\n", "@\n").replace("SHA'", "@'").replace("SHA\"", "@\"").replace('@', &sha),
        );
        let kinds: Vec<PinKind> = pins_of(&artifact).iter().map(|pin| pin.kind).collect();
        assert_eq!(kinds, [PinKind::Cli, PinKind::CliX64, PinKind::CliArm64], "{line}");
        assert!(diff(&artifact, "3.259.0", "3.260.0").is_pins_alone());
        assert!(!diff(&artifact, "3.259.0", "latest").is_pins_alone());
    }
    let azure = artifact(Comment::Hash, "steps:\n  - task: AzureCLI@2 # never runs\n");
    assert_eq!(pins_of(&azure)[0].version, "2");
    let bumped = diff(&azure, "AzureCLI@2", "AzureCLI@3");
    assert_eq!((bumped.other, bumped.changes.len(), bumped.is_pins_alone()), (None, 1, false));
}
