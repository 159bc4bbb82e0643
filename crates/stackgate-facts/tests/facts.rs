//! Facts as a whole: what makes two observations equal, where a fact stands, what stands before a job.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a panic here is a failed test with a place"
)]

use std::sync::Arc;

use stackgate_diagnostic::Span;
use stackgate_facts::{
    Clause, ClauseKind, Condition, Credential, CredentialKind, Does, Event, Gate, GateKind, Job, KINDS, Need,
    Observation, Pattern, Place, Position, Scope, Step, Undecided, Value, Variable,
};

/// A change of an observation.
type Change = Box<dyn Fn(&mut Observation)>;

const FILE: &str = "jobs:
  deploy:
    steps:
      - name: Log in
        run: |

          set -eu
          pulumi login https://api.pulumi.com \\
            --oidc-token file://t --oidc-org acme --oidc-team app
      - run: pulumi up --yes --stack acme/app/prod
";

fn run(text: &str, from: &str, to: &str) -> Step {
    let start = FILE.find(from).unwrap();
    let end = start + FILE[start..].find(to).unwrap() + to.len();
    let place = Place::new(0, Span::new(start, end));
    Step { does: Does::Run { text: text.into(), place, by_line: true, shell: None }, place, ..Step::default() }
}

fn observation() -> Observation {
    let login =
        "\nset -eu\npulumi login https://api.pulumi.com \\\n  --oidc-token file://t --oidc-org acme --oidc-team app\n";
    let mut first = run(login, "|\n", "team app\n");
    first.name = Some("Log in".into());
    let second = run("pulumi up --yes --stack acme/app/prod\n", "pulumi up", "prod");
    let place = Place::default();
    let trigger = Condition::all([Condition::Event(Event::Push), Condition::Branch(Pattern::exact("main"))]);
    let deploy = Job {
        id: "deploy".into(),
        when: vec![Clause { kind: ClauseKind::Trigger, condition: trigger, place }],
        credentials: vec![Credential {
            kind: CredentialKind::Oidc(vec![Value::literal("urn:pulumi:org:acme")]),
            variable: None,
            scope: Scope::Steps(vec![0]),
            wide: false,
            place,
        }],
        steps: vec![first, second],
        ..Job::default()
    };
    Observation { sources: vec![("ci.yml".into(), Arc::from(FILE))], jobs: vec![deploy], ..Observation::default() }
        .finish()
}

fn texts(observation: &Observation) -> Vec<String> {
    observation.facts().iter().map(|fact| format!("{:?} {} {}", fact.job, fact.kind, fact.text)).collect()
}

#[test]
fn prints_one_line_for_each_fact() {
    let expected = "\
job deploy
  job deploy
  trigger trigger all(branch main, event push)
  credential oidc urn:pulumi:org:acme as - for step 1
  mint team by login organization acme team app scope - seconds - url https://api.pulumi.com by step 1
  verb up stack acme/app/prod --yes by step 2
  exec 01 mints run sh sha256:e98466d9df65
  exec 02 after-mint run sh sha256:19edbc40e018
  runner setting \"\"
  limit unknown by-default
";
    let printed = observation().print();
    // Digests are checked by their form: their value is nobody's to read.
    let strip = |text: &str| {
        let lines = text.lines().map(|line| line.split(" sha256:").next().unwrap_or("").to_owned());
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(strip(&printed), strip(expected));
}

#[test]
fn a_name_and_a_place_are_no_facts() {
    let plain = observation();
    let mut other = observation();
    other.jobs[0].steps[0].name = Some("Another name".into());
    other.jobs[0].steps[1].place = Place::new(0, Span::new(1, 2));
    assert_eq!(plain.facts(), other.facts());
    assert_ne!(plain.presentation_facts(), other.presentation_facts());
    for fact in plain.facts() {
        assert!(KINDS.contains(&fact.kind), "{}", fact.kind);
        assert!(!fact.text.contains("Log in"), "{}", fact.text);
    }
}

#[test]
fn whatever_changes_behaviour_changes_a_fact() {
    let plain = texts(&observation());
    let changes: Vec<(&str, Change)> = vec![
        ("order of steps", Box::new(|o| o.jobs[0].steps.swap(0, 1))),
        ("tolerated", Box::new(|o| o.jobs[0].steps[1].tolerated = true)),
        ("directory", Box::new(|o| o.jobs[0].steps[1].directory = Some(Value::literal("x")))),
        ("a step's condition", Box::new(|o| o.jobs[0].steps[1].condition = Some(Condition::Never))),
        (
            "a step's variable",
            Box::new(|o| {
                let variable = Variable { name: "A".into(), value: Value::literal("b"), place: Place::default() };
                o.jobs[0].steps[1].variables.push(variable);
            }),
        ),
        (
            "the same step twice",
            Box::new(|o| {
                let step = o.jobs[0].steps[1].clone();
                o.jobs[0].steps.push(step);
            }),
        ),
        ("a trigger", Box::new(|o| o.jobs[0].when.clear())),
        ("who sees a credential", Box::new(|o| o.jobs[0].credentials[0].scope = Scope::Job)),
        ("a team", Box::new(|o| o.jobs[0].mints[0].team = None)),
        ("a flag", Box::new(|o| o.jobs[0].verbs[0].flags.push("--skip-preview".into()))),
        (
            "one blank in a script",
            Box::new(|o| {
                let Does::Run { text, .. } = &mut o.jobs[0].steps[1].does else { panic!() };
                text.insert(6, ' ');
            }),
        ),
        ("an empty job", Box::new(|o| o.jobs.push(Job { id: "x".into(), ..Job::default() }))),
        (
            "a doubt",
            Box::new(|o| {
                o.undecided.push(Undecided {
                    aspect: stackgate_facts::Aspect::Key,
                    job: None,
                    why: "x".into(),
                    place: Place::default(),
                });
            }),
        ),
    ];
    for (what, change) in changes {
        let mut changed = observation();
        change(&mut changed);
        assert_ne!(plain, texts(&changed), "{what} is no fact");
    }
}

#[test]
fn a_place_in_a_script_is_one_in_the_file() {
    let observation = observation();
    let job = &observation.jobs[0];
    let at = |place| {
        let found = observation.line_column(place);
        (found.line, found.column)
    };
    assert_eq!(at(job.mints[0].place), (8, 11), "{:?}", job.mints[0].place);
    assert_eq!(at(job.verbs[0].place), (10, 14));
    let (path, text) = observation.source(job.verbs[0].place).unwrap();
    let span = job.verbs[0].place.span;
    assert_eq!((path, &text[span.start..span.end]), ("ci.yml", "pulumi up --yes --stack acme/app/prod"));
    // A folded script's lines are not the file's: the whole text is meant.
    let mut folded = job.steps[0].clone();
    if let Does::Run { text, .. } = &mut folded.does {
        *text = "set -eu pulumi login".into();
    }
    assert_eq!(observation.script_place(&folded, 8..14), folded.place);
    assert_eq!(at(Place::new(7, Span::new(5, 9))), (1, 1));
    assert_eq!(at(Place::new(0, Span::at(usize::MAX))).0, 11);
}

#[test]
fn positions_follow_the_first_token() {
    let observation = observation();
    let job = &observation.jobs[0];
    assert_eq!((job.position(0), job.position(1)), (Position::Mints, Position::After));
    assert_eq!((job.steps_before_mint(), job.steps_after_mint()), (vec![], vec![1]));
    assert!(job.can_mint() && job.mutates() && !job.runs_repository_code());
    let bare = Job::default();
    assert!(!bare.can_mint() && !bare.mutates() && bare.first_mint().is_none());
}

#[test]
fn gates_of_needed_jobs_count_and_their_locks_do_not() {
    let place = Place::default();
    let gate = |kind| Gate { kind, weak: Vec::new(), place };
    let lock = GateKind::Lock { name: Value::literal("l"), cancels: false, drops_waiting: false };
    let approve =
        Job { id: "approve".into(), gates: vec![gate(GateKind::Approval(None)), gate(lock)], ..Job::default() };
    let need = |blocks| vec![Need { job: "approve".into(), blocks, place }];
    let deploy = Job { id: "deploy".into(), needs: need(true), ..Job::default() };
    let free = Job { id: "free".into(), needs: need(false), ..Job::default() };
    let observation = Observation { jobs: vec![approve, deploy, free], ..Observation::default() };
    let count = |index: usize| observation.effective_gates(&observation.jobs[index]).len();
    assert_eq!((count(0), count(1), count(2)), (2, 1, 0));
}

#[test]
fn no_token_and_no_control_character_is_printed() {
    let mut observation = observation();
    let token = format!("pul-{}", "ab".repeat(20));
    let value = Value::literal(format!("{token}\u{1b}[2J\n##vso[x]\u{202e}"));
    observation.jobs[0].variables.push(Variable { name: "A".into(), value, place: Place::default() });
    let printed = observation.print();
    assert!(!printed.contains(&token) && !printed.contains('\u{1b}') && !printed.contains('\u{202e}'), "{printed}");
    assert!(!printed.contains("\n##vso"), "{printed}");
}
