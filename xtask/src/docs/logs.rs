//! The page of the log's rules, from the doc comments of their files.

use std::fmt::Write as _;

use stackgate::audit_rules::{Example, Verdict};
use stackgate::log_rules::{LogRule, RULES};

use super::GENERATED;

pub(crate) fn page() -> String {
    let mut out = format!(
        "# Rules of the logs\n\n{GENERATED}\n\n`stackgate logs` judges audit logs and deployments by what an organization's spec \
         declares. [The guide](../guide/logs.md) says how it is run. `stackgate explain RULE` prints a rule's text; the tests run \
         every example here: a bad one has the finding, a good one has none at that level. They are judged by one declaration: \
         the team `shop-production` deploys the production stacks `shop/production` and `shop/hosted` and opens `shop/prod`, \
         `shop-preview` deploys the development stack `shop/preview` and opens `shop/dev`, `ada` may read `shop/production`, and \
         `operator` and the token `access-program` apply the access program. Where an event has `times` and `apart`, it is there \
         so many times, so many seconds apart.\n\n| rule | in short | level |\n| --- | --- | --- |\n"
    );
    for rule in RULES {
        let title = super::cell(&rule.page().title);
        let _ = writeln!(out, "| [`{}`](#{}) | {title} | {} |", rule.id, rule.id, rule.level.as_str());
    }
    for rule in RULES {
        section(rule, &mut out);
    }
    out
}

fn section(rule: &LogRule, out: &mut String) {
    let page = rule.page();
    let _ = write!(out, "\n## {}\n\n{}\n\n", rule.id, page.title);
    let _ = write!(out, "**Why.** {}\n\n**Instead.** {}\n", page.why, page.instead);
    for example in &page.examples {
        show(example, out);
    }
}

fn show(example: &Example, out: &mut String) {
    let verdict = match example.verdict {
        Verdict::Bad => "Bad",
        Verdict::Good => "Good",
    };
    for (_, text) in &example.files {
        let _ = write!(out, "\n{verdict}, {}:\n\n```{}\n{text}```\n", example.provider, example.language);
    }
}
