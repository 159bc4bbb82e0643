//! The mends: what is edited for a finding, and which facts that may change.
//!
//! What must hold: there is one only where no other would do as well and nothing can break by it; where an alias repeats a
//! value there is none. What an edit comes to is verified by who applies it.

use stackgate_audit::Finding;
use stackgate_facts::{DeedKind, Does, Job, Level, Observation};
use stackgate_yaml::edit::{Edit, Place, delete_entry, insert_entry, replace_value};
use stackgate_yaml::{Dialect, Lenient, Limits, Mapping, Node, Span, parse_lenient};

/// An edit, and what it may change.
pub(super) struct Mend {
    pub(super) edits: Vec<Edit>,
    /// The kinds of facts that may differ afterwards.
    pub(super) facts: &'static [&'static str],
    /// Whether facts of other jobs may differ too.
    pub(super) wide: bool,
}

/// The rules that have a mend, by provider.
const MENDS: &[(&str, &str, Maker)] = &[
    ("github", "auth-unknown-input", scope),
    ("github", "persisted-git-credentials", github_checkout),
    ("azure", "persisted-git-credentials", azure_checkout),
    ("gitlab", "persisted-git-credentials", gitlab_remote),
    ("github", "no-timeout", github_limit),
    ("gitlab", "no-timeout", gitlab_limit),
    ("azure", "no-timeout", azure_limit),
    ("github", "cancel-in-progress-deploy", cancels),
    ("gitlab", "cancel-in-progress-deploy", interrupts),
];

type Maker = fn(&Given<'_>) -> Result<Mend, String>;

/// What a mend is made of.
struct Given<'a> {
    text: &'a str,
    root: &'a Node,
    lenient: &'a Lenient,
    job: Option<&'a Job>,
    id: &'a str,
    at: Span,
}

fn maker(finding: &Finding, observation: &Observation) -> Option<Maker> {
    let is = |(provider, rule, _): &&(&str, &str, Maker)| *provider == observation.provider && *rule == finding.rule.id;
    MENDS.iter().find(is).map(|(.., maker)| *maker)
}

/// Whether there may be a mend for a finding.
pub(super) fn has(finding: &Finding, observation: &Observation) -> bool {
    maker(finding, observation).is_some()
}

/// The mend of a finding in a text.
///
/// # Errors
/// With why there is none here, as the end of a sentence.
pub(super) fn mend(finding: &Finding, observation: &Observation, text: &str) -> Result<Mend, String> {
    let maker = maker(finding, observation).ok_or("there is no safe mend")?;
    let dialect = match observation.provider {
        "github" => &Dialect::GITHUB,
        "gitlab" => &Dialect::GITLAB,
        "azure" => &Dialect::AZURE,
        _ => &Dialect::CIRCLECI,
    };
    let lenient = parse_lenient(text, &Limits::AUDITED, dialect);
    let [root] = lenient.documents.as_slice() else { return Err("the file is not one document".to_owned()) };
    if !lenient.problems.is_empty() {
        return Err("the file has mistakes of its own".to_owned());
    }
    let id = finding.subject.as_deref().unwrap_or_default();
    let job = observation.jobs.iter().find(|job| job.id == id);
    let given = Given { text, root, lenient: &lenient, job, id, at: finding.place.span };
    maker(&given)
}

const NOT_FOUND: &str = "its place in the file leaves doubt";

impl<'a> Given<'a> {
    /// The one mapping about a place that a test takes.
    fn about(&self, test: impl Fn(&Mapping) -> bool) -> Result<(&'a Node, &'a Mapping), String> {
        let mut found = Vec::new();
        mappings(self.root, &mut |node, mapping| {
            let meets = node.span.start < self.at.end && self.at.start < node.span.end;
            if meets && test(mapping) {
                found.push((node, mapping));
            }
        });
        match found.as_slice() {
            [one] => Ok(*one),
            _ => Err(NOT_FOUND.to_owned()),
        }
    }

    /// One edit, unless an alias repeats what it is made in.
    fn one(&self, node: &Node, edit: Option<Edit>, facts: &'static [&'static str]) -> Result<Mend, String> {
        if self.lenient.is_shared(node.span) {
            return Err("an alias repeats this place".to_owned());
        }
        let edit = edit.ok_or("the layout leaves doubt")?;
        Ok(Mend { edits: vec![edit], facts, wide: false })
    }
}

fn mappings<'n>(node: &'n Node, each: &mut dyn FnMut(&'n Node, &'n Mapping)) {
    if let Some(mapping) = node.as_mapping() {
        each(node, mapping);
        mapping.iter().for_each(|entry| mappings(&entry.value, each));
    }
    node.as_sequence().into_iter().flatten().for_each(|item| mappings(item, each));
}

/// `team: x` of `pulumi/auth-actions` becomes `scope: team:x`.
fn scope(given: &Given<'_>) -> Result<Mend, String> {
    let inside = |mapping: &Mapping| {
        let entry = mapping.entry("team");
        entry.is_some_and(|entry| entry.key.span.start <= given.at.end && given.at.start <= entry.value.span.end)
    };
    let (node, with) = given.about(inside).map_err(|_| "only a `team` has one mend".to_owned())?;
    let of_team = with.get("requested-token-type").and_then(Node::as_str).is_some_and(|kind| kind.ends_with(":team"));
    if !of_team || with.get("scope").is_some() {
        return Err("it takes a `requested-token-type` of a team, and no `scope` yet".to_owned());
    }
    let entry = with.entry("team").ok_or(NOT_FOUND)?;
    let team = entry.value.as_str().unwrap_or_default();
    if team.is_empty() || !team.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return Err("its value is no plain team's name".to_owned());
    }
    let span = Span::new(entry.key.span.start, entry.value.span.end);
    let edit = Edit { span, replacement: format!("scope: team:{team}") };
    given.one(node, Some(edit), &["mint", "exec", "order"])
}

/// `persist-credentials: false`, where nothing after it can need the credential.
fn github_checkout(given: &Given<'_>) -> Result<Mend, String> {
    needs_no_git(given.job)?;
    let is = |step: &Mapping| {
        step.get("uses").and_then(Node::as_str).is_some_and(|uses| uses.starts_with("actions/checkout@"))
    };
    let (step, mapping) = given.about(is)?;
    let facts = &["exec", "order"];
    let Some(with) = mapping.get("with") else {
        let edit = insert_entry(given.text, step, "with:\n  persist-credentials: false", Place::After("uses"));
        return given.one(step, edit, facts);
    };
    let edit = match with.get("persist-credentials") {
        Some(value) => replace_value(given.text, value, "false"),
        None => insert_entry(given.text, with, "persist-credentials: false", Place::Last),
    };
    given.one(with, edit, facts)
}

/// `persistCredentials: true` becomes `false`.
fn azure_checkout(given: &Given<'_>) -> Result<Mend, String> {
    needs_no_git(given.job)?;
    let (_, step) = given.about(|step| step.get("checkout").is_some() && step.get("persistCredentials").is_some())?;
    let value = step.get("persistCredentials").ok_or(NOT_FOUND)?;
    given.one(value, replace_value(given.text, value, "false"), &["exec", "order"])
}

/// GitLab's switch that keeps the job token out of the remote's address.
fn gitlab_remote(given: &Given<'_>) -> Result<Mend, String> {
    const ENTRY: &str = "FF_GIT_URLS_WITHOUT_TOKENS: \"true\"";
    needs_no_git(given.job)?;
    let job = given.root.get(given.id).ok_or(NOT_FOUND)?;
    let facts = &["variable", "exec", "order", "setting"];
    match job.get("variables") {
        Some(variables) => given.one(variables, insert_entry(given.text, variables, ENTRY, Place::Last), facts),
        None => {
            let edit = insert_entry(given.text, job, &format!("variables:\n  {ENTRY}"), Place::First);
            given.one(job, edit, facts)
        }
    }
}

fn needs_no_git(job: Option<&Job>) -> Result<(), String> {
    let job = job.ok_or(NOT_FOUND)?;
    const WORDS: &[&str] =
        &["git push", "git fetch", "git pull", "git clone", "git submodule", "git ls-remote", "git lfs", "git remote"];
    let talks = |text: &str| WORDS.iter().any(|word| text.contains(word));
    if job.steps.iter().any(|step| matches!(&step.does, Does::Run { text, .. } if talks(text))) {
        return Err("a script of the job talks to the remote, and may need the credential".to_owned());
    }
    let writes =
        job.permissions.iter().any(|one| matches!(one.scope.as_str(), "contents" | "*") && one.level == Level::Write);
    let unread = job.deeds.iter().any(|deed| deed.kind == DeedKind::RepositoryCode);
    if writes || unread {
        return Err("the job may push, and may need the credential for that".to_owned());
    }
    Ok(())
}

/// An hour: what is asked for must not live longer.
fn an_hour_is_enough(job: Option<&Job>) -> Result<(), String> {
    let long = |mint: &stackgate_facts::Mint| {
        let literal = mint.seconds.as_ref().and_then(|seconds| seconds.as_literal());
        literal.and_then(|seconds| seconds.parse::<u64>().ok()).is_some_and(|seconds| seconds > 3600)
    };
    if job.ok_or(NOT_FOUND)?.mints.iter().any(long) {
        return Err("the job asks for a token of more than an hour, and may take as long".to_owned());
    }
    Ok(())
}

fn github_limit(given: &Given<'_>) -> Result<Mend, String> {
    an_hour_is_enough(given.job)?;
    let job = given.root.get("jobs").and_then(|jobs| jobs.get(given.id)).ok_or(NOT_FOUND)?;
    given.one(job, insert_entry(given.text, job, "timeout-minutes: 60", Place::After("runs-on")), &["limit"])
}

fn gitlab_limit(given: &Given<'_>) -> Result<Mend, String> {
    an_hour_is_enough(given.job)?;
    let job = given.root.get(given.id).ok_or(NOT_FOUND)?;
    given.one(job, insert_entry(given.text, job, "timeout: 1h", Place::First), &["limit"])
}

fn azure_limit(given: &Given<'_>) -> Result<Mend, String> {
    an_hour_is_enough(given.job)?;
    let of = |key: &'static str| given.about(|job| job.get(key).is_some()).map(|(node, _)| (node, key));
    let (job, key) = of("job").or_else(|_| of("deployment"))?;
    given.one(job, insert_entry(given.text, job, "timeoutInMinutes: 60", Place::After(key)), &["limit"])
}

/// `cancel-in-progress: true` becomes `false`, for whatever the lock is for.
fn cancels(given: &Given<'_>) -> Result<Mend, String> {
    switch_off(given, "cancel-in-progress", &["gate"])
}

/// `interruptible: true` is taken away where it is the job's own: `false` is what GitLab does without it.
fn interrupts(given: &Given<'_>) -> Result<Mend, String> {
    let job = given.root.get(given.id).ok_or(NOT_FOUND)?;
    if job.get("interruptible").is_none() {
        return Err("it is not said in the job itself".to_owned());
    }
    given.one(job, delete_entry(given.text, job, "interruptible"), &["setting", "gate"])
}

fn switch_off(given: &Given<'_>, key: &str, facts: &'static [&'static str]) -> Result<Mend, String> {
    let (_, mapping) = given.about(|mapping| mapping.get(key).is_some())?;
    let value = mapping.get(key).ok_or(NOT_FOUND)?;
    if value.as_str() != Some("true") {
        return Err("it is decided when the pipeline runs".to_owned());
    }
    let mend = given.one(value, replace_value(given.text, value, "false"), facts)?;
    Ok(Mend { wide: true, ..mend })
}
