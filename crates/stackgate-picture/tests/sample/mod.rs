//! An organization for tests and screenshots: what is declared, and what is there, with differences planted by hand.
//!
//! What must hold: it is the same each time. It is no model of a good organization.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's; not all of it is used by each that includes it"
)]

mod hostile;

#[allow(unused_imports, reason = "as above")]
pub(crate) use hostile::hostile;

use indexmap::IndexMap;
use stackgate_access::{Fragment, Issuer, OrganizationDefaults, StackEntry, Team, TeamKind, VERSION};
use stackgate_cloud::{
    Actual, ApiToken, Defaults, Environment, EnvironmentLevel, Grant, Known, MemberRights, Refusal, Stack, StackLevel,
    Unknown,
};
use stackgate_picture::{Day, Timeline};
use stackgate_plan::{EnvironmentGrant, EnvironmentPermission, StackPermission, Tier};
use stackgate_report::{Finding, Level, Report, Rule};
use stackgate_trust::Policy;

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const GITLAB: &str = "https://gitlab.example";
const NAMES: [&str; 8] = ["storefront", "payroll", "ledger", "orders", "search", "media", "identity", "reports"];

fn rules(rules: &[(&str, String)]) -> IndexMap<String, String> {
    rules.iter().map(|(claim, pattern)| ((*claim).to_owned(), pattern.clone())).collect()
}

fn name(number: usize) -> String {
    let name = NAMES[number % NAMES.len()];
    if number < NAMES.len() { name.to_owned() } else { format!("{name}-{}", number / NAMES.len()) }
}

/// What is declared for so many repositories, with so many stacks of each tier.
pub(crate) fn declared(repositories: usize, stacks: usize, environments: usize) -> Fragment {
    let mut fragment = Fragment {
        version: VERSION,
        organization: "acme".into(),
        cloud_url: "https://api.pulumi.com".into(),
        source: "stackgate.yaml".into(),
        defaults: Some(OrganizationDefaults { stacks: None, environments: None, members_create_stacks: false }),
        issuers: IndexMap::new(),
        stacks: IndexMap::new(),
        teams: IndexMap::new(),
        deployments: Vec::new(),
        ci: Vec::new(),
        residual: Vec::new(),
    };
    for number in 0..repositories {
        repository(&mut fragment, number, stacks, environments);
    }
    let mut operators = Team {
        kind: TeamKind::People,
        class: None,
        description: "Whoever looks at production".into(),
        members: Some(vec!["ada".into(), "grace".into()]),
        scopes: Vec::new(),
        stacks: IndexMap::new(),
        environments: IndexMap::new(),
    };
    for number in 0..repositories.min(6) {
        let stack = format!("{}/production", name(number));
        if fragment.stacks.contains_key(&stack) {
            operators.stacks.insert(stack, StackPermission::Read);
        }
    }
    fragment.teams.insert("operators".into(), operators);
    fragment
}

fn repository(fragment: &mut Fragment, number: usize, stacks: usize, environments: usize) {
    let name = name(number);
    let gitlab = number % 4 == 3;
    let (url, system) = if gitlab { (GITLAB, "GitLab CI") } else { (GITHUB, "GitHub Actions") };
    let path = format!("acme/{name}");
    let mut policies = Vec::new();
    for (class, event) in [("preview", "pull_request"), ("dev", "push"), ("production", "push")] {
        let team = format!("{name}-{class}");
        let pipeline = |environment: Option<String>| {
            let mut all = vec![("aud", "urn:pulumi:org:acme".to_owned())];
            if gitlab {
                all.push(("sub", format!("project_path:{path}:ref_type:branch:ref:main")));
                all.push(("pipeline_source", event.to_owned()));
            } else {
                all.push(("workflow_ref", format!("{path}/.github/workflows/{class}.yml@refs/heads/main")));
                all.push(("event_name", event.to_owned()));
            }
            all.push(("ref", "refs/heads/main".to_owned()));
            all.extend(environment.map(|environment| ("environment", environment)));
            rules(&all)
        };
        if class == "preview" {
            policies.push(Policy::allow_team(&team, pipeline(None)));
        }
        let mut granted = IndexMap::new();
        for index in 0..stacks {
            let suffix = if index == 0 { String::new() } else { format!("-region-{index}") };
            let (dev, production) = (format!("{name}/dev{suffix}"), format!("{name}/production{suffix}"));
            let environment = |tier: &str| format!("{name}-{tier}{suffix}");
            match class {
                "preview" => {
                    granted.insert(dev, StackPermission::Read);
                }
                "dev" => {
                    policies.push(Policy::allow_team(&team, pipeline(Some(environment("dev")))));
                    let entry = StackEntry { tier: Tier::Development, esc: vec![format!("{name}/dev")] };
                    fragment.stacks.insert(dev.clone(), entry);
                    granted.insert(dev, StackPermission::Write);
                }
                _ => {
                    policies.push(Policy::allow_team(&team, pipeline(Some(environment("production")))));
                    let entry = StackEntry { tier: Tier::Production, esc: vec![format!("{name}/production")] };
                    fragment.stacks.insert(production.clone(), entry);
                    granted.insert(production, StackPermission::Write);
                }
            }
        }
        let grant = EnvironmentGrant { permission: EnvironmentPermission::Open, max_open_minutes: Some(60) };
        let opens = (0..environments).filter(|index| class != "preview" && (index % 2 == 0) == (class == "production"));
        let opens = opens.map(|index| match index {
            0 => (format!("{name}/production"), grant),
            1 => (format!("{name}/dev"), grant),
            _ => (format!("{name}/shared-{index}"), grant),
        });
        let team_of = Team {
            kind: TeamKind::Pipeline,
            class: None,
            description: String::new(),
            members: Some(Vec::new()),
            scopes: Vec::new(),
            stacks: granted,
            environments: opens.collect(),
        };
        fragment.teams.insert(team, team_of);
    }
    let issuer = fragment.issuers.entry(url.to_owned()).or_insert_with(|| Issuer {
        name: system.into(),
        max_expiration_seconds: 3600,
        jwks: None,
        policies: Vec::new(),
    });
    issuer.policies.extend(policies);
}

fn stack() -> Stack {
    Stack { last_update: Some(1_764_000_000), creator: Known::Here(None), deployment: Known::Here(None) }
}

fn environment() -> Environment {
    Environment {
        owner: None,
        deletion_protected: Some(true),
        gated_actions: Known::Here(Vec::new()),
        gates: Known::Here(Vec::new()),
    }
}

/// Exactly what is declared.
pub(crate) fn same(declared: &Fragment) -> Actual {
    let environments: Vec<String> = declared
        .stacks
        .values()
        .flat_map(|stack| stack.esc.clone())
        .chain(declared.teams.values().flat_map(|team| team.environments.keys().cloned()))
        .collect();
    Actual {
        organization: declared.organization.clone(),
        cloud_url: declared.cloud_url.clone(),
        taken: 1_764_000_000,
        defaults: Known::Here(Defaults {
            stacks: StackLevel::None,
            environments: EnvironmentLevel::None,
            members_can: MemberRights {
                create_stacks: false,
                delete_stacks: false,
                transfer_stacks: false,
                create_teams: false,
                create_accounts: false,
            },
            role: None,
            deployment_role: None,
            longest_token_days: None,
            edition: None,
            audit_logs: true,
            own_role: None,
        }),
        members: Known::Here(IndexMap::new()),
        teams: Known::Here(declared.teams.iter().map(|(name, team)| (name.clone(), team_there(team))).collect()),
        tokens: Known::Here(Vec::new()),
        issuers: Known::Here(
            declared
                .issuers
                .iter()
                .map(|(url, issuer)| {
                    let there = stackgate_cloud::Issuer {
                        id: url.clone(),
                        name: issuer.name.clone(),
                        max_expiration_seconds: Some(issuer.max_expiration_seconds.into()),
                        last_used: None,
                        jwks: None,
                        thumbprints: Vec::new(),
                        policies: Known::Here(issuer.policies.clone()),
                    };
                    (url.clone(), there)
                })
                .collect(),
        ),
        roles: Known::Here(Vec::new()),
        stacks: Known::Here(declared.stacks.keys().map(|name| (name.clone(), stack())).collect()),
        environments: Known::Here(environments.into_iter().map(|name| (name, environment())).collect()),
    }
}

fn team_there(team: &Team) -> stackgate_cloud::Team {
    let stacks = team.stacks.iter().map(|(name, permission)| {
        let level = match permission {
            StackPermission::Read => StackLevel::Read,
            StackPermission::Write => StackLevel::Write,
            StackPermission::Admin => StackLevel::Admin,
        };
        (name.clone(), level)
    });
    let environments = team.environments.iter().map(|(name, grant)| {
        let level = match grant.permission {
            EnvironmentPermission::Read => EnvironmentLevel::Read,
            EnvironmentPermission::Open => EnvironmentLevel::Open,
            EnvironmentPermission::Write => EnvironmentLevel::Write,
            EnvironmentPermission::Admin => EnvironmentLevel::Admin,
        };
        let max_open_duration = grant.max_open_minutes.map(|minutes| format!("{}h{}m0s", minutes / 60, minutes % 60));
        (name.clone(), Grant { level, max_open_duration })
    });
    let members = team.members.iter().flatten().map(|login| (login.clone(), "member".to_owned()));
    stackgate_cloud::Team {
        kind: stackgate_cloud::TeamKind::Pulumi,
        description: team.description.clone(),
        members: Known::Here(members.collect()),
        stacks: Known::Here(stacks.collect()),
        environments: Known::Here(environments.collect()),
        roles: Known::Here(Vec::new()),
        tokens: Known::Here(Vec::new()),
    }
}

/// What is of a part that this test changes.
pub(crate) fn here<T>(known: &mut Known<T>) -> &mut T {
    match known {
        Known::Here(value) => value,
        Known::Unknown(_) => panic!("the sample knows everything"),
    }
}

/// A part that could not be read.
pub(crate) fn unread<T>(path: &str) -> Known<T> {
    Known::Unknown(Unknown { path: path.into(), refusal: Refusal::Forbidden, message: "no".into() })
}

pub(crate) fn token(id: &str, name: &str, admin: bool) -> ApiToken {
    ApiToken {
        id: id.into(),
        name: name.into(),
        created_by: "mallory".into(),
        created: "2026-01-01".into(),
        expires: None,
        last_used: None,
        admin,
        role: None,
    }
}

/// The same with differences of every kind.
pub(crate) fn drifted(declared: &Fragment) -> Actual {
    let mut actual = same(declared);
    let teams = here(&mut actual.teams);
    let wide = teams.get_mut("storefront-preview").unwrap();
    here(&mut wide.stacks).insert("storefront/dev".into(), StackLevel::Admin);
    here(&mut wide.stacks).insert("storefront/production".into(), StackLevel::Write);
    here(&mut wide.environments)
        .insert("storefront/production".into(), Grant { level: EnvironmentLevel::Open, max_open_duration: None });
    here(&mut teams.get_mut("operators").unwrap().members).insert("mallory".into(), "admin".into());
    teams.get_mut("payroll-production").unwrap().tokens = Known::Here(vec![token("t1", "old laptop", false)]);
    let mut contractors = teams.get("payroll-dev").unwrap().clone();
    contractors.stacks = Known::Here(IndexMap::from([("payroll/production".to_owned(), StackLevel::Admin)]));
    teams.insert("contractors".into(), contractors);
    teams.shift_remove("ledger-preview");
    let stacks = here(&mut actual.stacks);
    stacks.insert("scratch/mallory".into(), stack());
    stacks.shift_remove("ledger/dev");
    let issuers = here(&mut actual.issuers);
    let github = issuers.get_mut(GITHUB).unwrap();
    let policies = here(&mut github.policies);
    let widened = policies.iter_mut().find(|policy| policy.team_name.as_deref() == Some("storefront-production"));
    widened.unwrap().rules.insert("ref".into(), "refs/heads/*".into());
    policies.push(Policy::allow_team("payroll-production", rules(&[("sub", "repo:acme/*".into())])));
    github.max_expiration_seconds = Some(7200);
    actual
}

/// The same with differences, where there is enough to differ.
pub(crate) fn drifted_or_same(declared: &Fragment) -> Actual {
    if declared.stacks.contains_key("ledger/dev") { drifted(declared) } else { same(declared) }
}

/// Findings such as `review` may have.
pub(crate) fn report(extra: usize) -> Report {
    let rule = |id: &'static str, title: &'static str| Rule {
        id: id.into(),
        title: title.into(),
        why: "Whoever holds such a token may do whatever the team may.".into(),
        instead: "Remove it.".into(),
    };
    let mut findings = vec![
        Finding::new(
            rule("policy-widened", "a policy asks for what is declared"),
            Level::Critical,
            "the policy of the team `storefront-production` admits every branch",
        )
        .class("widened")
        .facts(Some("ref refs/heads/main".into()), Some("ref refs/heads/*".into()))
        .help("apply the access program, or put the branch into the spec"),
        Finding::new(
            rule("token-long-lived", "no team has a long-lived token"),
            Level::High,
            "the team `payroll-production` has the long-lived token `old laptop`, which never expires",
        )
        .class("not-declared")
        .help("delete it; the pipeline gets its own"),
        Finding::new(
            rule("team-not-declared", "each team is declared"),
            Level::High,
            "the team `contractors` is not declared",
        )
        .class("not-declared"),
        Finding::new(
            rule("stack-missing", "each declared stack is there"),
            Level::Low,
            "the stack `ledger/dev` is not there; team `ledger-dev` deploys it",
        )
        .class("missing"),
        Finding::new(
            rule("cannot-read", "what is declared can be read"),
            Level::Notice,
            "the organization's tokens could not be read",
        )
        .class("unknown"),
    ];
    findings[0].details = vec!["claim ref: refs/heads/feature".into(), "asked by acme/storefront".into()];
    for number in 0..extra {
        let team = format!("{}-dev", name(number));
        let message = format!("the team `{team}` may do more to the stack `x/{number}` than declared");
        findings.push(
            Finding::new(rule("grant-widened", "a team has what is declared"), Level::Medium, message).class("widened"),
        );
    }
    Report::worst_first("review", vec!["stackgate.yaml".into()], format!("{} findings", 5 + extra), findings)
}

/// So many days.
pub(crate) fn timeline(days: u32) -> Timeline {
    let day = |number: u32| {
        let weekday = number % 7 < 5;
        let counts = [
            ("tokens minted", if weekday { 40 + u64::from(number * 37 % 23) } else { 4 }),
            ("production deploys", if weekday { u64::from(number * 13 % 7) } else { 0 }),
            ("environments opened", 10 + u64::from(number * 7 % 11) + if number == 40 { 160 } else { 0 }),
            ("failed authentications", if number % 9 == 4 { 3 } else { 0 }),
        ];
        Day {
            date: format!("2026-{:02}-{:02}", 9 + number / 30, number % 30 + 1),
            counts: counts
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|(kind, count)| (kind.to_owned(), count))
                .collect(),
            findings: match number {
                40 => vec!["a burst of opens of `payroll/production` by `contractors`".into()],
                61 => vec!["a long-lived token was made by `mallory`".into(), "another".into()],
                _ => Vec::new(),
            },
        }
    };
    Timeline { days: (0..days).map(day).collect() }
}
