//! The page of rules, from the rules.

use std::fmt::Write as _;

use stackgate::all_rules;

use super::GENERATED;

pub(crate) fn page() -> String {
    let mut out = format!(
        "# Rules\n\n{GENERATED}\n\nEvery diagnostic names its rule in brackets; `stackgate explain RULE` prints the same text.\n\n\
         | rule | in short | can be waived |\n| --- | --- | --- |\n"
    );
    for rule in all_rules() {
        let waivable = if rule.waivable { "yes" } else { "no" };
        let _ = writeln!(out, "| [`{}`](#{}) | {} | {waivable} |", rule.id, rule.id, super::cell(rule.title));
    }
    for rule in all_rules() {
        let _ = write!(
            out,
            "\n## {}\n\n{}\n\n**Why.** {}\n\n**Instead.** {}\n",
            rule.id, rule.title, rule.why, rule.instead
        );
    }
    out
}
