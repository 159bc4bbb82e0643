//! The page of the review's rules, from the doc comments of their files.

use std::fmt::Write as _;

use stackgate::audit_rules::{Example, Verdict};
use stackgate::review_rules::{Class, Group, RULES, ReviewRule};

use super::GENERATED;

pub(crate) fn page() -> String {
    let mut out = format!(
        "# Rules of the review\n\n{GENERATED}\n\n`stackgate review` holds what Pulumi Cloud has against what an organization's spec \
         declares. [The guide](../guide/review.md) says how it is run. `stackgate explain RULE` prints a rule's text; the tests run \
         every example here: a bad one has the finding, a good one has not. They are answers of Pulumi Cloud's API that differ from \
         those of one organization exactly as it was declared, whose fragment is \
         [`example.json`](../../crates/stackgate-review/tests/example.json): `body` is laid over the answer, the entries of lists by \
         their names, `status` takes its place, and `without` takes entries away.\n\n| class | means |\n| --- | --- |\n"
    );
    for class in Class::ALL {
        let _ = writeln!(out, "| `{}` | {} |", class.as_str(), class.meaning());
    }
    for group in Group::ALL {
        let rules: Vec<&ReviewRule> = RULES.iter().copied().filter(|rule| rule.group == group).collect();
        let _ = write!(out, "\n## {}\n\n| rule | in short |\n| --- | --- |\n", group.title());
        for rule in &rules {
            let _ = writeln!(out, "| [`{}`](#{}) | {} |", rule.id, rule.id, super::cell(&rule.page().title));
        }
        for rule in rules {
            section(rule, &mut out);
        }
    }
    out
}

fn section(rule: &ReviewRule, out: &mut String) {
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
    for (_, text) in &example.files {
        let _ = write!(out, "\n{verdict}:\n\n```{}\n{text}```\n", example.language);
    }
}
