//! The page of limits, from the constants that are checked.

use std::fmt::Write as _;

use stackgate::all_limits;

use super::{GENERATED, cell};

pub(crate) fn page() -> String {
    let mut out = format!(
        "# Limits\n\n{GENERATED}\n\nWhatever can be repeated or be long has a limit, so that no spec and no file in the repository \
         makes stackgate take unbounded time or memory, and so that no pipeline is written that its CI system would refuse. What \
         is past a limit is an error that names the limit; nothing is cut short. The rule is what `stackgate explain` takes.\n"
    );
    for (about, limits) in all_limits() {
        let _ = write!(out, "\n## {about}\n\n| of these | at most | rule |\n| --- | ---: | --- |\n");
        for limit in limits {
            let rule = limit.rule.id;
            let _ = writeln!(out, "| {} | {} | [`{rule}`](rules.md#{rule}) |", cell(limit.what), grouped(limit.most));
        }
    }
    out.push_str(
        "\nA file on disk beyond 1 MiB is not read at all, whatever it is; `check` says so and exits with 1. Links, folders, pipes, \
         sockets and devices in place of a file are not opened.\n",
    );
    out
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
