//! An organization, a report and a timeline whose every name tries to be something else.

use indexmap::IndexMap;
use stackgate_cloud::{Known, StackLevel};
use stackgate_picture::{Day, Picture, Timeline};
use stackgate_report::{Finding, Level, Report, Rule};
use stackgate_trust::Policy;

use super::{declared, here, same, token};

/// The names.
const HOSTILE: [&str; 9] = [
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onload='alert(1)",
    "a\u{202e}b\u{200b}c\u{0}\u{7}",
    "]]>--><style>*{display:none}</style>",
    "\"] --> x[\"`**x**`\nclick x \"javascript:alert(1)\"",
    "%%{init: {}}%% #quot; ##vso[task.x] ::set-output::",
    "&lt;b&gt;&amp;",
    "```\n</svg>",
];

/// An organization whose every name is one of these.
pub(crate) fn hostile() -> (Picture, Report, Timeline) {
    let mut declared = declared(2, 2, 2);
    declared.organization = HOSTILE[0].into();
    declared.cloud_url = HOSTILE[1].into();
    let mut actual = same(&declared);
    let (teams, stacks) = (here(&mut actual.teams), ["storefront/dev", "payroll/production"]);
    for (at, name) in HOSTILE.iter().enumerate() {
        let mut team = teams["storefront-dev"].clone();
        team.description = (*name).to_owned();
        here(&mut team.stacks).insert(stacks[at % 2].into(), StackLevel::Other((*name).to_owned()));
        here(&mut team.stacks).insert(format!("x/{name}"), StackLevel::Write);
        here(&mut team.members).insert((*name).to_owned(), "member".into());
        team.tokens = Known::Here(vec![token(&at.to_string(), name, true)]);
        teams.insert((*name).to_owned(), team);
    }
    let issuers = here(&mut actual.issuers);
    let one = issuers.values().next().unwrap().clone();
    for name in HOSTILE {
        let mut issuer = one.clone();
        issuer.name = name.into();
        let rules = IndexMap::from([("sub".to_owned(), name.to_owned()), (name.to_owned(), "x".to_owned())]);
        issuer.policies = Known::Here(vec![Policy::allow_team(name, rules)]);
        issuers.insert(name.to_owned(), issuer);
    }
    let rule = Rule { id: HOSTILE[1].into(), title: HOSTILE[0].into(), why: HOSTILE[2].into(), instead: "".into() };
    let findings = HOSTILE.iter().map(|name| {
        let mut finding = Finding::new(rule.clone(), Level::High, *name).help(*name);
        finding.details = vec![(*name).to_owned()];
        finding.facts(Some((*name).to_owned()), None)
    });
    let report = Report::new("review", vec![HOSTILE[0].into()], HOSTILE[0], findings.collect());
    let day = |name: &&str| Day {
        date: (*name).to_owned(),
        counts: IndexMap::from([((*name).to_owned(), 3)]),
        findings: vec![(*name).to_owned()],
    };
    (Picture::of(&declared, Some(&actual)), report, Timeline { days: HOSTILE.iter().map(day).collect() })
}
