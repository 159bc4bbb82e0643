//! The page of rules, from the rules.

use std::fmt::Write as _;

use stackgate::all_rules;

use super::GENERATED;

pub(crate) fn page() -> String {
    let of_others = |id: &str| {
        stackgate::audit_rules::find(id).is_some()
            || stackgate::review_rules::find(id).is_some()
            || stackgate::log_rules::find(id).is_some()
    };
    let rules: Vec<_> = all_rules().iter().filter(|rule| !of_others(rule.id)).collect();
    let mut out = format!(
        "# Rules\n\n{GENERATED}\n\nEvery diagnostic names its rule in brackets; `stackgate explain RULE` prints the same text. The rules \
         of `stackgate audit`, `review` and `logs` have pages of their own, with examples: [audit.md](audit.md), \
         [review.md](review.md) and [logs.md](logs.md).\n\n\
         | rule | in short | can be waived |\n| --- | --- | --- |\n"
    );
    for rule in &rules {
        let waivable = if rule.waivable { "yes" } else { "no" };
        let _ = writeln!(out, "| [`{}`](#{}) | {} | {waivable} |", rule.id, rule.id, super::cell(rule.title));
    }
    for rule in &rules {
        let _ = write!(
            out,
            "\n## {}\n\n{}\n\n**Why.** {}\n\n**Instead.** {}\n",
            rule.id, rule.title, rule.why, rule.instead
        );
    }
    out
}
