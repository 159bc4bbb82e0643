//! The page of the audit's rules, from the doc comments of their files.

use std::fmt::Write as _;

use stackgate::adapter::diagnostic::is_invisible;
use stackgate::audit_rules::{AuditRule, Example, Group, RULES, Verdict};

use super::GENERATED;

pub(crate) fn page() -> String {
    let mut out = format!(
        "# Rules of the audit\n\n{GENERATED}\n\n`stackgate audit` judges pipelines, whoever wrote them, and what Pulumi Cloud trusts. \
         [The guide](../guide/audit.md) says how it is run and how a finding is set aside. `stackgate explain RULE` prints a rule's \
         text; the tests run every example here: a bad one has the finding, a good one has not.\n"
    );
    for group in Group::ALL {
        let rules: Vec<&AuditRule> = RULES.iter().copied().filter(|rule| rule.group == group).collect();
        if rules.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "\n## {}\n\n| rule | in short | severity | judges |\n| --- | --- | --- | --- |\n",
            group.title()
        );
        for rule in &rules {
            let title = super::cell(&rule.page().title);
            let judges = rule.providers.join(", ");
            let _ =
                writeln!(out, "| [`{}`](#{}) | {title} | {} | {judges} |", rule.id, rule.id, rule.severity.as_str());
        }
        for rule in rules {
            section(rule, &mut out);
        }
    }
    out
}

fn section(rule: &AuditRule, out: &mut String) {
    let page = rule.page();
    let _ = write!(out, "\n### {}\n\n{}\n\n", rule.id, page.title);
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
    for (index, (path, text)) in example.files.iter().enumerate() {
        let what = if index == 0 { verdict } else { "with" };
        let text = seen(text);
        let _ = write!(out, "\n{what}, {}, `{path}`:\n\n```{}\n{text}```\n", example.provider, example.language);
    }
}

/// A text whose hidden characters stand there as numbers, as in the comment that they come from.
fn seen(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match is_invisible(character) {
            true => out.extend(character.escape_unicode()),
            false => out.push(character),
        }
    }
    out
}
