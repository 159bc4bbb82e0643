//! The spec of one repository, for each of five CI systems in turn.
//!
//! What must hold: it is a spec as a team would write it, with a team of the pipeline for each trust class; loading it
//! finds no mistake. Deliberately absent: policies, which the adapters make of it.

use std::fmt::Write as _;

use super::super::random::Random;

/// The systems, in the order in which repositories take them.
pub(super) const SYSTEMS: [&str; 5] = ["github", "gitlab", "azure", "jenkins", "circleci"];

/// Where production runs.
const REGIONS: [&str; 12] = [
    "eu-west",
    "eu-north",
    "eu-south",
    "us-east",
    "us-west",
    "us-central",
    "ap-south",
    "ap-east",
    "ap-north",
    "sa-east",
    "af-south",
    "me-west",
];

/// What a repository has.
pub(super) struct Shape<'a> {
    /// Its name, which is its Pulumi project's too.
    pub(super) name: &'a str,
    /// Its number among all.
    pub(super) number: usize,
    /// How many stacks.
    pub(super) stacks: usize,
    /// How many ESC environments.
    pub(super) environments: usize,
}

/// Ids that all repositories of one system share.
pub(super) struct Shared {
    /// The CircleCI organization.
    circleci: String,
    /// The Azure DevOps organization.
    azure: String,
    /// Its Entra tenant.
    tenant: String,
}

impl Shared {
    /// Those of a seed.
    pub(super) fn of(random: &mut Random) -> Shared {
        Shared { circleci: random.uuid(), azure: random.uuid(), tenant: random.uuid() }
    }
}

/// A stack's name, and whether it is one of production.
fn stack(index: usize, stacks: usize) -> (String, bool) {
    let development = stacks.div_ceil(3);
    if index < development {
        return match index {
            0 => ("dev".into(), false),
            1 => ("staging".into(), false),
            _ => (format!("dev-{}", index - 1), false),
        };
    }
    let at = index - development;
    let region = REGIONS[at % REGIONS.len()];
    let name = if at < REGIONS.len() {
        format!("production-{region}")
    } else {
        format!("production-{region}-{}", at / REGIONS.len() + 1)
    };
    (name, true)
}

/// The text of a repository's spec.
pub(super) fn text(shape: &Shape<'_>, shared: &Shared, random: &mut Random) -> String {
    let Shape { name, number, stacks, environments } = *shape;
    let system = SYSTEMS[number % SYSTEMS.len()];
    let mut text = format!("version: 1\norganization: {}\nproviders:\n", super::ORGANIZATION);
    provider(&mut text, system, name, number, shared, random);
    // Each second repository of GitHub lets Pulumi Deployments run its first production stacks.
    let deployed = number % 10 == 0;
    if deployed {
        let _ = writeln!(text, "defaults:\n  deployments: {{ vcs: github, repository: acme/{name} }}");
    }
    let _ = writeln!(
        text,
        "projects:\n  {name}:\n    directory: infra\n    paths: [\"infra/**\"]\n    runtime: yaml\n    stacks:"
    );
    // The environments of development come first; each class has one at least.
    let lower = (environments / 3).clamp(1, environments.saturating_sub(1).max(1));
    for index in 0..stacks {
        let (stack, is_production) = stack(index, stacks);
        let at = if is_production { index - stacks.div_ceil(3) } else { index };
        let environment = match is_production {
            false => format!("{name}/dev-{}", at % lower + 1),
            true => format!("{name}/production-{}", at % (environments - lower).max(1) + 1),
        };
        let _ = write!(text, "      {stack}: {{ esc: [{environment}], ");
        if is_production {
            // The second sees each change first.
            let after = if stacks > 5 { "staging" } else { "dev" };
            let _ =
                write!(text, "after: [{after}], preview: false, deploy: {{ team: {name}-production, timeout: 45m }}");
            if deployed && at < 4 {
                let role = format!("arn:aws:iam::123456789012:role/{name}");
                let _ = write!(
                    text,
                    ", execution: deployments, deployments: {{ trigger: rest, oidc: {{ aws: {{ role_arn: \
                     \"{role}-deploy\", duration: 1h }} }} }}"
                );
            }
        } else {
            let _ =
                write!(text, "tier: development, preview: {{ team: {name}-preview }}, deploy: {{ team: {name}-dev }}");
        }
        text.push_str(" }\n");
    }
    text
}

fn provider(text: &mut String, system: &str, name: &str, number: usize, shared: &Shared, random: &mut Random) {
    let id = 10_000 + number;
    let _ = match system {
        "github" => writeln!(text, "  github: {{ repository: acme/{name}, repository_id: {id}, owner_id: 77 }}"),
        "gitlab" => writeln!(
            text,
            "  gitlab: {{ repository: acme/{name}, project_id: {id}, namespace_id: 7, premium: true, \
             production_tags: [production] }}"
        ),
        "azure" => writeln!(
            text,
            "  azure: {{ host: azure-repos, organization: acme, organization_id: {}, tenant_id: {}, project: {name}, \
             project_id: {}, repository_id: {}, preview_definition_id: {id}, deploy_definition_id: {}, \
             production_connection: {{ name: pulumi-production, id: {} }} }}",
            shared.azure,
            shared.tenant,
            random.uuid(),
            random.uuid(),
            id + 50_000,
            random.uuid()
        ),
        "jenkins" => writeln!(
            text,
            "  jenkins: {{ url: \"https://jenkins.example.com\", job: platform/{name}, production_job: \
             platform-production/{name}, approvers: [{name}-approvers] }}"
        ),
        _ => writeln!(
            text,
            "  circleci: {{ repository: acme/{name}, organization_id: {}, project_id: {}, contexts: {{ preview: {{ \
             name: pulumi-preview, id: {} }}, development: {{ name: pulumi-development, id: {} }}, production: {{ \
             name: pulumi-production, id: {} }} }} }}",
            shared.circleci,
            random.uuid(),
            random.uuid(),
            random.uuid(),
            random.uuid()
        ),
    };
}
