//! From text to [`Spec`], with every mistake of form.
//!
//! What must always hold: a spec that is not ours to read, by its version or its kind, is told so once and not judged by
//! rules that may not apply to it. Deliberately absent: judging one value by another; `stackgate-plan` does.

use stackgate_diagnostic::{Diagnostic, Diagnostics, Limit, Source, Span, closest, quote};
use stackgate_yaml::{Limits, Node, Read, Reader, UNKNOWN_VALUE};

use crate::deployments::Deployments;
use crate::keep::Kept;
use crate::limits;
use crate::project::Prepare;
use crate::rules::{ORGANIZATION_SPEC, UNKNOWN_PROVIDER};
use crate::scalars::SpecVersion;
use crate::scan;
use crate::spec::Spec;

const STEPS: &str = "put them into a script of the repository and call that";

/// Reads a spec. `providers` are the ids of all providers that this program knows.
///
/// The spec is there whenever enough of it could be read to judge what it means, beside all diagnostics; only without
/// an error among them may anything be written.
#[must_use]
pub fn parse(source: &Source, providers: &[&str]) -> (Option<Spec>, Diagnostics) {
    read(source, not_ours, |spec: &Spec, reader| check(spec, providers, reader))
}

/// Reads a spec of any kind, unless `other` says that it is not one of this kind.
pub(crate) fn read<S: Read>(
    source: &Source,
    other: impl FnOnce(&Node) -> Option<Diagnostics>,
    check: impl FnOnce(&S, &mut Reader),
) -> (Option<S>, Diagnostics) {
    let mut found = scan::tokens(source);
    let root = match stackgate_yaml::parse(source.text(), &Limits::SPEC) {
        Ok(root) => root,
        Err(errors) => {
            found.extend(errors);
            return (None, found.sorted());
        }
    };
    if let Some(other) = other(&root) {
        found.extend(other);
        return (None, found.sorted());
    }
    let mut reader = Reader::new();
    let spec = S::read(&root, &mut reader);
    if let Some(spec) = &spec {
        check(spec, &mut reader);
    }
    let read = reader.into_diagnostics();
    found.extend(scan::openings(&root, source, &read));
    found.extend(read);
    (spec, found.sorted())
}

/// What is said of a spec of another version or of a whole organization, instead of anything else.
fn not_ours(root: &Node) -> Option<Diagnostics> {
    let mut reader = Reader::new();
    if let Some(version) = root.get("version") {
        // Only its diagnostic is of interest.
        let _ = SpecVersion::read(version, &mut reader);
    }
    if let Some(entry) = root.as_mapping().and_then(|mapping| mapping.entry("repositories")) {
        let message = "this is the spec of an organization, and here one of a repository is needed";
        let diagnostic = Diagnostic::error(&ORGANIZATION_SPEC, entry.key.span, message);
        reader.error(diagnostic.help("`generate`, `check`, `trust prove` and `trust simulate` take it; all else is asked of a repository's own spec"));
    }
    reader.has_errors().then(|| reader.into_diagnostics())
}

/// What types alone do not say: known providers, numbers of things, lists that must not be empty.
fn check(spec: &Spec, providers: &[&str], reader: &mut Reader) {
    for (id, span, _) in spec.providers.iter().filter(|(id, ..)| !providers.contains(id)) {
        let mut diagnostic = Diagnostic::error(&UNKNOWN_PROVIDER, span, format!("unknown provider {}", quote(id)));
        if let Some(meant) = closest(id, providers.iter().copied()) {
            diagnostic = diagnostic.label(format!("did you mean `{meant}`?"));
        }
        reader.error(diagnostic.help(format!("the providers are `{}`", providers.join("`, `"))));
    }
    if spec.providers.is_empty() {
        let diagnostic = Diagnostic::error(&stackgate_yaml::MISSING_KEY, spec.providers.span, "there are no providers");
        reader.error(
            diagnostic.help(format!("name at least one of `{}`, such as `github: {{}}`", providers.join("`, `"))),
        );
    }
    numbers(spec, reader);
    for (id, _, job) in spec.jobs.given().into_iter().flat_map(|jobs| jobs.given()) {
        if let Some(on) = job.on.as_ref().filter(|on| on.is_empty()) {
            let message = format!("`jobs.{id}.on`: nothing starts this job");
            let diagnostic = Diagnostic::error(&UNKNOWN_VALUE, on.span, message);
            reader.error(diagnostic.help("write `[change]`, `[deploy]`, or leave the key out for both"));
        }
    }
}

/// Lists and sums that are too long; mappings of names look to that themselves.
fn numbers(spec: &Spec, reader: &mut Reader) {
    let mut many = |span, what: &str, count: usize, limit: Limit, help: &str| {
        if count > limit.most {
            let message = format!("there are {count} {what}, more than {}", limit.most);
            reader.error(Diagnostic::error(limit.rule, span, message).help(help));
        }
    };
    let length = |prepare: &Kept<Option<Vec<Kept<Prepare>>>>| prepare.given().map_or(0, Vec::len);
    let stacks = spec.projects.given().filter_map(|(_, _, project)| project.stacks.get());
    let count = stacks.map(|stacks| stacks.len()).sum();
    many(spec.projects.span(), "stacks", count, limits::STACKS, "split the stacks over several specs");
    let waivers = spec.waivers.given().map_or(0, Vec::len);
    many(spec.span, "waivers", waivers, limits::WAIVERS, "a rule that needs so many is better kept");
    if let Some(defaults) = &spec.defaults {
        many(defaults.span, "prepare steps", length(&defaults.prepare), limits::PREPARE, STEPS);
        of_deployments(&defaults.deployments, &mut many);
    }
    for (_, span, project) in spec.projects.given() {
        many(span, "prepare steps", length(&project.prepare), limits::PREPARE, STEPS);
        let paths = project.paths.given().map_or(0, Vec::len);
        many(span, "path filters", paths, limits::PATHS, "write wider filters, such as `folder/**`");
        for (_, span, stack) in project.stacks.get().into_iter().flat_map(|stacks| stacks.given()) {
            let after = stack.after.given().map_or(0, Vec::len);
            many(span, "stacks in `after`", after, limits::AFTER, "order the stacks in a chain");
            let esc = stack.esc.given().map_or(0, Vec::len);
            many(span, "ESC environments", esc, limits::ESC, "import them into one environment, and name that");
            of_deployments(&stack.deployments, &mut many);
        }
    }
    let teams = spec.access.given().and_then(|access| access.teams.given());
    for (_, span, team) in teams.into_iter().flat_map(|teams| teams.given()) {
        let members = team.members.as_ref().map_or(0, Vec::len);
        many(span, "members", members, limits::MEMBERS, "leave `members` to the system that keeps them, such as SCIM");
    }
}

/// The lists of what Pulumi Deployments does.
fn of_deployments(given: &Kept<Option<Deployments>>, many: &mut impl FnMut(Span, &str, usize, Limit, &str)) {
    let Some(given) = given.given() else { return };
    if let Some(commands) = &given.pre_run {
        many(commands.span, "commands before a deployment", commands.len(), limits::PRE_RUN, STEPS);
    }
    if let Some(schedules) = &given.schedules {
        many(schedules.span, "schedules", schedules.len(), limits::SCHEDULES, "write fewer, wider schedules");
    }
    for aws in [&given.oidc, &given.preview_oidc].into_iter().flatten().filter_map(|cloud| cloud.aws.as_ref()) {
        if let Some(policies) = &aws.policy_arns {
            many(
                policies.span,
                "policies",
                policies.len(),
                limits::POLICIES,
                "put them into one policy, and name that",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDERS: &[&str] = &["github", "gitlab"];

    fn ids(text: &str) -> Vec<&'static str> {
        let (_, found) = parse(&Source::new("stackgate.yaml", text), PROVIDERS);
        found.iter().map(|diagnostic| diagnostic.rule.id).collect()
    }

    const SMALLEST: &str = "version: 1
organization: your-org-name
providers: { github: {} }
projects:
  app: { runtime: nodejs, stacks: { your-stack-name: { deploy: your-team-name } } }
";

    #[test]
    fn the_smallest_spec_is_read() {
        let (spec, found) = parse(&Source::new("stackgate.yaml", SMALLEST), PROVIDERS);
        assert!(found.is_empty(), "{found:?}");
        let spec = spec.unwrap();
        assert_eq!(spec.organization.get().unwrap().as_str(), "your-org-name");
        let app = spec.projects.row("app").unwrap().value.get().unwrap();
        let stack = app.stacks.get().unwrap().row("your-stack-name").unwrap().value.get().unwrap();
        let deploy = stack.deploy.as_ref().unwrap().on().unwrap();
        assert_eq!(deploy.team.as_ref().unwrap().as_str(), "your-team-name");
    }

    #[test]
    fn a_bad_value_does_not_take_the_spec_with_it() {
        let text = SMALLEST
            .replace("your-team-name", "{ team: a b, timeout: x, gate: perhaps }")
            .replace("version: 1", "version: 1\nbranch: [a]");
        let (spec, found) = parse(&Source::new("stackgate.yaml", text.as_str()), PROVIDERS);
        let rules: Vec<&str> = found.iter().map(|diagnostic| diagnostic.rule.id).collect();
        assert_eq!(rules, ["wrong-type", "illegal-name", "malformed-duration", "wrong-type"]);
        assert!(spec.unwrap().projects.contains("app"));
    }

    #[test]
    fn another_version_is_not_judged() {
        assert_eq!(ids("version: 2\nfoo: bar\n"), ["unknown-version"]);
        assert_eq!(ids("version: one\n"), ["unknown-version"]);
        assert_eq!(ids("version: 1\nrepositories: []\nwhatever: x\n"), ["organization-spec"]);
    }

    #[test]
    fn a_spec_of_no_kind_is_no_panic() {
        for text in [
            "",
            "a",
            "[]",
            "{}",
            "version:",
            "null",
            "- version: 1",
            "version: {}",
            "\u{0}",
            "{ version: 1, projects: [], providers: 1 }",
        ] {
            assert!(!ids(text).is_empty(), "{text:?}");
        }
    }
}
