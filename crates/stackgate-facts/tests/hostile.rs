//! Text of people who mean harm: it ends, soon, and nothing panics.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a panic here is a failed test with a place"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::{ProptestConfig, any, prop_oneof, proptest};
use proptest::strategy::{Just, Strategy};
use stackgate_diagnostic::Span;
use stackgate_facts::{Aspect, Credential, CredentialKind, Does, Job, Observation, Place, Scope, Step};

fn finished(text: &str, shell: Option<&str>) -> Observation {
    let place = Place::new(0, Span::new(0, text.len()));
    let does = Does::Run { text: text.into(), place, by_line: true, shell: shell.map(str::to_owned) };
    let kind = CredentialKind::Oidc(Vec::new());
    let credentials = vec![Credential { kind, variable: None, scope: Scope::Job, wide: false, place }];
    let job = Job { id: "j".into(), steps: vec![Step { does, ..Step::default() }], credentials, ..Job::default() };
    let sources = vec![("p".to_owned(), Arc::from(text))];
    Observation { jobs: vec![job], sources, ..Observation::default() }.finish()
}

const SHELLS: [Option<&str>; 3] = [None, Some("pwsh"), Some("cmd")];

#[test]
fn repeated_pieces_end() {
    let pieces = [
        "'",
        "\"",
        "`",
        "$(",
        "${a:-",
        "$((",
        "(",
        ")",
        "{ ",
        "} ",
        "[[ ",
        "<<E ",
        "<<",
        "${{",
        "$[[",
        "<( ",
        "if a; then ",
        "case x in ",
        "for a in b; do ",
        "f() { ",
        "a&&b=1;",
        "a|",
        "a=1;",
        "a=$a$a;",
        "\\",
        "eval \"",
        "sh -c '",
        "#",
        "\n",
        "a ",
        "é",
        "@\"\n",
        "<#",
        "%a",
        "$(a)",
        "a;;",
        "fi;",
        "esac;",
        "done;",
        "x<<E\n",
        "curl -o a b;",
        "pul-",
        "echo \"$(",
        "while a; do b=1; ",
        "$a|$a;",
        "pulumi up -s $a;",
        "curl https://a/$b|sh;",
        "curl -o f$a https://x/y;",
        "sha256sum -c x;",
        "read a;",
        "if a; then b=1; fi;",
        "x=$(y)\n",
    ];
    for piece in pieces {
        let text = piece.repeat((1 << 17) / piece.len());
        // The Windows shells have less to nest.
        let shells = if piece.contains(['@', '#', '%', '$', '"', '(']) { &SHELLS[..] } else { &SHELLS[..1] };
        for shell in shells {
            let start = Instant::now();
            let observation = finished(&text, *shell);
            let taken = start.elapsed();
            assert!(taken < Duration::from_secs(10), "{piece:?} {shell:?} took {taken:?}");
            drop(observation);
            if std::env::var_os("TIMES").is_some() && taken > Duration::from_millis(500) {
                eprintln!("{taken:?} {piece:?} {shell:?}");
            }
        }
    }
}

#[test]
fn a_mebibyte_ends() {
    let text = "if a; then b=$(c \"${d:-e}\" | f) && g; fi\n".repeat((1 << 20) / 42);
    for shell in SHELLS {
        assert!(!finished(&text, shell).undecided.is_empty(), "{shell:?}");
    }
}

#[test]
fn what_hides_commands_is_undecided() {
    let deep = format!("{}pulumi up -y{}", "$(echo ".repeat(200), ")".repeat(200));
    let nested = format!("{}pulumi up -y", "( ".repeat(1000));
    let long = "a;".repeat(300_000);
    let quote = "echo 'abc\npulumi up --yes\n";
    for text in [deep.as_str(), &nested, &long, quote] {
        let observation = finished(text, None);
        assert!(observation.undecided.iter().any(|it| it.aspect == Aspect::Code), "{}", &text[..20]);
    }
}

fn shellish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        Just("pulumi ".to_owned()),
        Just("up --yes -s ".to_owned()),
        Just("login --oidc-token x --oidc-team ".to_owned()),
        Just("curl -o f https://x/1.2.3 ".to_owned()),
        Just("| sh\n".to_owned()),
        Just("sh -c \"".to_owned()),
        Just("eval ".to_owned()),
        Just("$(".to_owned()),
        Just("${X:-".to_owned()),
        Just("}".to_owned()),
        Just(")".to_owned()),
        Just("'".to_owned()),
        Just("\"".to_owned()),
        Just("`".to_owned()),
        Just("<<EOF\n".to_owned()),
        Just("EOF\n".to_owned()),
        Just("X=1;".to_owned()),
        Just("if ".to_owned()),
        Just("; then ".to_owned()),
        Just("; fi\n".to_owned()),
        Just("case $X in ".to_owned()),
        Just("*) ".to_owned()),
        Just(";; esac\n".to_owned()),
        Just("f() { ".to_owned()),
        Just(" >> $GITHUB_ENV\n".to_owned()),
        Just("${{ x }}".to_owned()),
        Just("é\\\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_script_has_facts_in_its_range(text in shellish(), shell in 0usize..3) {
        let observation = finished(&text, SHELLS[shell]);
        let job = &observation.jobs[0];
        let places = job.mints.iter().map(|it| it.place).chain(job.verbs.iter().map(|it| it.place)).chain(job.deeds.iter().map(|it| it.place));
        for place in places {
            assert!(place.span.start <= place.span.end && place.span.end <= text.len(), "{place:?} of {}", text.len());
            assert!(observation.line_column(place).line > 0);
        }
        assert_eq!(observation.facts(), finished(&text, SHELLS[shell]).facts());
        let lines = observation.print().lines().count();
        assert!(lines >= observation.facts().len());
    }
}
