//! What must hold of any input, one function for each fuzz target.
//!
//! What must hold: a function panics exactly when a promise is broken, and depends on nothing but its input. The fuzz
//! targets and `crates/stackgate/tests/crashes.rs` include this file, so that a crash that was found stays a test.
//! Deliberately absent: where inputs come from.

#[path = "../crates/stackgate/tests/common/parsers.rs"]
mod parsers;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use jiff::civil::date;
use stackgate::access::Fragment;
use stackgate::adapter::facts::{Does, Job, Observation, Place, Step, Tree, TreeError};
use stackgate::adapter::yaml::{self, Dialect, Lenient, Limits, Node, Value, edit};
use stackgate::adapter::{Artifact, Comment, body_of, compare, marker_of};
use stackgate::diagnostic::{Diagnostic, Source, Span, escape_visible, is_invisible, render_github, render_text};
use stackgate::log_rules::{Context, Judge, Settings, State as LogState, read};
use stackgate::report::{Format, print};
use stackgate::{Error, FileReport, OnDisk, PROVIDERS, Project, SPEC_NAME, State, find_rule, unified};

/// A project of a spec's text in a repository without any file.
fn project(text: &str) -> Result<Project, Error> {
    Project::of(Source::new(SPEC_NAME, text), PathBuf::from("no-such-folder"), date(2026, 11, 23))
}

/// Any bytes are a spec, or have mistakes that can be shown to people.
pub(crate) fn spec(data: &[u8]) {
    if let Err(diagnostics) = yaml::parse_bytes(data, &Limits::SPEC) {
        showable(&Source::new(SPEC_NAME, String::from_utf8_lossy(data)), &diagnostics);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    match project(text) {
        Ok(project) => showable(project.source(), project.notices()),
        Err(Error::Spec { source, diagnostics }) => {
            assert!(!diagnostics.is_empty(), "refused without a reason");
            showable(&source, &diagnostics);
        }
        Err(error) => panic!("{error}"),
    }
}

/// Diagnostics render in every form, name known rules, and carry nothing that a terminal or a CI system would obey.
fn showable(source: &Source, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        assert_eq!(find_rule(diagnostic.rule.id), Some(diagnostic.rule));
    }
    harmless(&render_text(source, diagnostics, false));
    harmless(&render_github(source, diagnostics));
}

fn harmless(text: &str) {
    let bad = text.chars().find(|c| *c != '\n' && (c.is_control() || is_invisible(*c)));
    assert_eq!(bad, None, "in what is printed:\n{}", escape_visible(text));
    for command in ["##vso[", "##["] {
        assert!(!text.lines().any(|line| line.starts_with(command)), "a command at the start of a line:\n{text}");
    }
}

/// A spec with mistakes is refused; any other renders to artifacts that are what the plan asks for.
pub(crate) fn whole(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let project = match project(text) {
        Ok(project) => project,
        Err(Error::Spec { source, diagnostics }) => return showable(&source, &diagnostics),
        Err(error) => panic!("{error}"),
    };
    // Reading back is part of it. What is too large for its system is only known once it is rendered.
    let artifacts = match project.render_verified() {
        Ok(artifacts) => artifacts,
        Err(Error::Spec { source, diagnostics }) => return showable(&source, &diagnostics),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(project.render().unwrap_or_else(|error| panic!("{error}")), artifacts);
    let mut paths: Vec<String> = artifacts.iter().map(|artifact| artifact.path.to_lowercase()).collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), artifacts.len(), "two artifacts in one place");
    for artifact in &artifacts {
        sound(artifact);
    }
    let disk: BTreeMap<String, OnDisk> =
        artifacts.iter().map(|artifact| (artifact.path.clone(), OnDisk::Text(artifact.contents(SPEC_NAME)))).collect();
    assert!(stackgate::compare(SPEC_NAME, &artifacts, &disk).is_clean());
    for (_, adapter) in project.adapters() {
        for item in adapter.checklist(project.plan()) {
            assert!(!item.what.is_empty() && !item.why.is_empty() && !item.how.is_empty());
        }
    }
}

/// An artifact lies where its provider may write, is plain text, and means the same to two parsers.
fn sound(artifact: &Artifact) {
    let path = &artifact.path;
    let provider = PROVIDERS.iter().find(|provider| provider.id() == artifact.provider);
    let places = provider.map(|provider| provider.places()).unwrap_or_default();
    assert!(places.iter().any(|place| place.holds(path)), "{path} lies elsewhere");
    assert!(path.split('/').all(|part| !["", ".", "..", ".git"].contains(&part)), "{path} leads away");
    let body = &artifact.body;
    assert!(body.ends_with('\n') && !body.ends_with("\n\n"), "{path}: not one newline at the end");
    assert!(!body.chars().any(|c| c != '\n' && yaml::is_forbidden(c)) && !body.contains('\r'), "{path}: {body}");
    if artifact.comment == Comment::Hash {
        let ours = yaml::parse(body, &Limits::PIPELINE).unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let theirs: serde_yaml::Value = serde_yaml::from_str(body).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(parsers::same(&ours, &theirs), "{path}: two parsers differ:\n{body}");
    }
}

/// The example of each provider, with its artifacts.
fn examples() -> &'static HashMap<&'static str, (Project, Vec<Artifact>)> {
    static EXAMPLES: OnceLock<HashMap<&'static str, (Project, Vec<Artifact>)>> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let specs = [
            ("github", include_str!("../examples/github/stackgate.yaml")),
            ("gitlab", include_str!("../examples/gitlab/stackgate.yaml")),
            ("azure", include_str!("../examples/azure/stackgate.yaml")),
            ("jenkins", include_str!("../examples/jenkins/stackgate.yaml")),
            ("circleci", include_str!("../examples/circleci/stackgate.yaml")),
        ];
        let example = |text| {
            let project = project(text).unwrap_or_else(|error| panic!("{error}"));
            let artifacts = project.render_verified().unwrap_or_else(|error| panic!("{error}"));
            (project, artifacts)
        };
        specs.into_iter().map(|(id, text)| (id, example(text))).collect()
    })
}

/// Any text in place of every file of a provider's example: it is read, and compared with what should be there.
pub(crate) fn observe(provider: &str, data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some((project, artifacts)) = examples().get(provider) else { panic!("{provider} has no example") };
    let files: Vec<Artifact> =
        artifacts.iter().map(|artifact| Artifact { body: text.clone().into_owned(), ..artifact.clone() }).collect();
    for (_, adapter) in project.adapters() {
        let (realised, observed) = (adapter.realise(project.plan()), adapter.observe(&files));
        let bodies = artifacts.iter().map(|artifact| artifact.body.as_str());
        if bodies.eq(files.iter().map(|file| file.body.as_str())) {
            assert!(compare(&realised.pipeline, &observed).is_ok(), "what was rendered does not read back");
        }
        assert_eq!(adapter.observe(&files).unknown, observed.unknown, "the same file reads in two ways");
    }
    for artifact in artifacts {
        // As it is, and as a file whose first line says that it is ours, which nobody finds by chance.
        let contents = artifact.contents(SPEC_NAME);
        let marker = contents.split_inclusive('\n').next().unwrap_or_default();
        for found in [text.to_string(), format!("{marker}{text}")] {
            judged(artifact, &found);
        }
    }
}

/// Any text is read as facts, the same twice, with places in its files; every file that it includes is the same text.
pub(crate) fn facts(provider: &str, data: &[u8]) {
    let text: Arc<str> = String::from_utf8_lossy(data).into();
    let Some(provider) = stackgate::provider(provider) else { panic!("{provider} is no provider") };
    let (Some(reader), Some((_, artifacts))) = (provider.reader(), examples().get(provider.id())) else {
        panic!("{} has no reader or no example", provider.id())
    };
    let Some(artifact) = artifacts.first() else { panic!("{} has no artifact", provider.id()) };
    let tree = Same(text);
    let read = reader.read(&artifact.path, &tree);
    let facts = read.facts();
    facts.iter().for_each(|fact| harmless(&fact.text));
    assert_eq!(facts, reader.read(&artifact.path, &tree).facts(), "the same file reads in two ways");
    for fact in facts.into_iter().chain(read.presentation_facts()) {
        let Some((_, text)) = read.source(fact.place) else { continue };
        let span = fact.place.span;
        assert!(text.get(span.start..span.end.min(text.len())).is_some(), "{span:?} is no place of {}", fact.text);
    }
}

/// A repository in which every file is the same.
struct Same(Arc<str>);

impl Tree for Same {
    fn read(&self, _: &str) -> Result<Arc<str>, TreeError> {
        Ok(self.0.clone())
    }
}

/// Any text is a pipeline of somebody's, within the limits, and what an edit says of it is what the edited text holds.
pub(crate) fn pipeline_yaml(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for dialect in [Dialect::GITHUB, Dialect::GITLAB, Dialect::AZURE, Dialect::CIRCLECI] {
        let found = yaml::parse_lenient(&text, &Limits::AUDITED, &dialect);
        showable(&Source::new("pipeline.yml", text.as_ref()), &found.problems);
        assert!(!found.documents.is_empty() || !found.problems.is_empty(), "nothing, without a reason");
        let mut paths: Vec<(usize, Vec<usize>, &Node)> =
            found.documents.iter().enumerate().map(|(at, root)| (at, Vec::new(), root)).collect();
        let (mut nodes, mut edited) = (0, 0);
        while let Some((document, path, node)) = paths.pop() {
            nodes += 1;
            assert!(text.get(node.span.start..node.span.end).is_some(), "{:?} is no place in the text", node.span);
            let below = |at: usize| path.iter().copied().chain([at]).collect();
            match &node.value {
                Value::Null | Value::Scalar(_) => {}
                Value::Tagged { node, .. } => paths.push((document, below(0), node)),
                Value::Sequence(items) => {
                    paths.extend(items.iter().enumerate().map(|(at, item)| (document, below(at), item)));
                }
                Value::Mapping(mapping) => {
                    paths.extend(mapping.iter().enumerate().map(|(at, entry)| (document, below(at), &entry.value)));
                    // Reading again costs as much as reading; a few mappings in one dialect are as good as all.
                    if edited < 4
                        && dialect == Dialect::GITLAB
                        && found.problems.is_empty()
                        && !found.is_shared(node.span)
                    {
                        edited += 1;
                        edits_hold(&text, &dialect, &found, (document, &path, node));
                    }
                }
            }
        }
        assert!(nodes <= Limits::AUDITED.nodes);
    }
}

/// Inserts into a mapping and deletes from it, and reads the text again.
fn edits_hold(text: &str, dialect: &Dialect, found: &Lenient, (document, path, node): (usize, &[usize], &Node)) {
    const KEY: &str = "stackgate-fuzz";
    let again = |edit: edit::Edit| {
        let text = edit::apply(text, &[edit]).unwrap_or_else(|overlap| panic!("{overlap}"));
        let again = yaml::parse_lenient(&text, &Limits::AUDITED, dialect);
        (text, again)
    };
    let reach = |found: &Lenient| {
        let root = found.documents.get(document).cloned();
        path.iter().try_fold(root?, |node, at| match node.value {
            Value::Sequence(items) => items.into_iter().nth(*at),
            Value::Mapping(mapping) => mapping.iter().nth(*at).map(|entry| entry.value.clone()),
            Value::Tagged { node, .. } => Some(*node),
            Value::Null | Value::Scalar(_) => None,
        })
    };
    let keys = |node: &Node| -> Vec<String> {
        node.as_mapping().into_iter().flatten().map(|entry| entry.key.text.clone()).collect()
    };
    let before = keys(node);
    if before.iter().any(|key| key == KEY) || text.len() > 4096 {
        return;
    }
    for place in [edit::Place::First, edit::Place::Last] {
        let Some(edit) = edit::insert_entry(text, node, &format!("{KEY}: x"), place) else { continue };
        let (text, again) = again(edit);
        assert_eq!((again.problems.len(), again.documents.len()), (0, found.documents.len()), "{text}");
        let node = reach(&again).unwrap_or_else(|| panic!("the mapping is gone:\n{text}"));
        assert!(node.get(KEY).is_some_and(|value| value.as_str() == Some("x")), "not inserted:\n{text}");
        assert_eq!(keys(&node).len(), before.len() + 1, "{text}");
    }
    for key in before.iter().take(4) {
        let Some(edit) = edit::delete_entry(text, node, key) else { continue };
        // An anchor that goes takes the meaning of its aliases along.
        if text.contains('&') {
            return;
        }
        let (text, again) = again(edit);
        assert_eq!((again.problems.len(), again.documents.len()), (0, found.documents.len()), "{key:?} from\n{text}");
        let left = reach(&again).map(|node| keys(&node)).unwrap_or_default();
        let expected: Vec<String> = before.iter().filter(|other| *other != key).cloned().collect();
        assert_eq!(left, expected, "without {key:?}:\n{text}");
    }
}

/// Two texts, with a line of `=` alone between them: an artifact's body, and what stands in its place.
pub(crate) fn drift(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (body, found) = text.split_once("\n=\n").unwrap_or((&text, &text));
    let body = format!("{}\n", body.replace('\r', "").trim_end_matches('\n').trim_start_matches('\u{feff}'));
    for comment in Comment::ALL {
        drifted(Artifact { path: "a.yml".into(), provider: "github", comment, body: body.clone() }, found);
    }
}

/// What is found in the place of one artifact is judged as it should be.
fn drifted(artifact: Artifact, found: &str) {
    let contents = artifact.contents(SPEC_NAME);
    let Some(marker) = marker_of(&contents) else { panic!("no marker in {contents:?}") };
    assert!(marker.holds(&artifact.body) && marker.spec_path == SPEC_NAME);
    assert_eq!(body_of(&contents), Some(artifact.body.as_str()));
    assert_eq!(judged(&artifact, &contents).state, State::Clean);
    // A script with other line ends does not run.
    let state = judged(&artifact, &contents.replace('\n', "\r\n")).state;
    assert_eq!(state, if artifact.comment == Comment::Script { State::NotOurs } else { State::Clean });
    for found in [found, &format!("{}{found}", contents.strip_suffix(&artifact.body).unwrap_or_default())] {
        let file = judged(&artifact, found);
        let diff = unified(&file);
        assert_eq!(diff.is_empty(), file.state == State::Clean, "drift that nobody can see");
        harmless(&diff);
    }
}

/// Compares a file with its artifact. A clean file holds the artifact's own text, whatever its line ends.
fn judged(artifact: &Artifact, found: &str) -> FileReport {
    let disk = BTreeMap::from([(artifact.path.clone(), OnDisk::Text(found.to_owned()))]);
    let mut report = stackgate::compare(SPEC_NAME, std::slice::from_ref(artifact), &disk);
    let (Some(file), []) = (report.files.pop(), report.files.as_slice()) else { panic!("one file, one report") };
    let lines = |text: &str| text.replace("\r\n", "\n").trim_end_matches('\n').to_owned();
    let above = if artifact.comment == Comment::Script { 2 } else { 1 };
    let below = found.splitn(above + 1, '\n').nth(above).unwrap_or_default();
    if file.state == State::Clean {
        assert_eq!(lines(below.trim_start_matches('\u{feff}')), lines(&artifact.body), "clean, and another text");
    }
    let others = stackgate::compare(SPEC_NAME, &[], &disk);
    assert!(others.files.iter().all(|file| matches!(file.state, State::Orphaned | State::OrphanEdited)));
    file
}

/// Any text as the script of a step, of each shell: its facts are the same twice, and lie in the file.
pub(crate) fn script(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for shell in [None, Some("pwsh"), Some("cmd")] {
        let place = Place::new(0, Span::new(0, text.len()));
        let does = Does::Run { text: text.clone().into(), place, by_line: true, shell: shell.map(str::to_owned) };
        let job = Job { id: "job".into(), steps: vec![Step { does, ..Step::default() }], ..Job::default() };
        let sources = vec![("script".to_owned(), text.as_ref().into())];
        let read = Observation { jobs: vec![job], sources, ..Observation::default() };
        let finished = read.clone().finish();
        assert_eq!(finished.facts(), read.finish().facts(), "the same script reads in two ways");
        for fact in finished.facts() {
            assert!(fact.place.span.end <= text.len(), "{}: outside the file", fact.text);
            harmless(&fact.text);
        }
    }
}

/// Any bytes as a log in JSON.
pub(crate) fn log_json(data: &[u8]) {
    log(b"{", data);
}

/// Any bytes as a log in CSV.
pub(crate) fn log_csv(data: &[u8]) {
    log(
        b"Timestamp,Name,Login,Event,Description,SourceIP,RequireOrgAdmin,RequireStackAdmin,AuthenticationFailure\n",
        data,
    );
}

/// Any bytes as a log in Common Event Format.
pub(crate) fn log_cef(data: &[u8]) {
    log(b"CEF:0|Pulumi|Pulumi Service|1.0|", data);
}

/// A log, as it is and behind what makes it one of a format: how much is read at once changes nothing, the state that it
/// leaves is read again, and what a finding says is harmless.
fn log(head: &[u8], data: &[u8]) {
    let context = declared();
    let judged = |bytes: &[u8], chunk: usize| {
        let mut judge = Judge::new(&context, None);
        let mut input = std::io::BufReader::with_capacity(chunk, bytes);
        let told = read(&mut input, &mut |event| judge.take(event));
        (told.ok(), judge.finish())
    };
    let bytes = [head, data].concat();
    let (told, judgement) = judged(&bytes, 1 << 16);
    let (again, other) = judged(&bytes, 128);
    assert_eq!((told, &judgement.findings, &judgement.state), (again, &other.findings, &other.state));
    for judgement in [judgement, judged(data, 1 << 16).1] {
        if let Some(state) = &judgement.state {
            assert_eq!(LogState::from_json(&state.to_json(), "acme").as_ref(), Ok(state));
        }
        let findings = judgement.findings.iter().map(stackgate::log_rules::LogFinding::report).collect();
        harmless(&print(
            &stackgate::report::Report::worst_first("logs", vec!["log".into()], "", findings),
            Format::Text,
        ));
    }
}

/// What fuzzed logs are judged by.
fn declared() -> Context {
    let declared = r#"{"version":1,"organization":"acme","cloud_url":"https://api.pulumi.com","source":"s","issuers":{},
        "stacks":{"shop/production":{"tier":"production","esc":["shop/prod"]}},
        "teams":{"shop-production":{"kind":"pipeline","description":"d","members":[],"stacks":{"shop/production":"write"},
        "environments":{"shop/prod":{"permission":"open"}}}},"deployments":[],"residual":[]}"#;
    match Fragment::from_json(declared) {
        Ok(declared) => Context::new(&declared, Settings::default()),
        Err(error) => panic!("{error}"),
    }
}
