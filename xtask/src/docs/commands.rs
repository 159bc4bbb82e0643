//! The page of commands, from the definitions that parse them.

use std::fmt::Write as _;

use clap::CommandFactory as _;
use stackgate::args::Args;

use super::GENERATED;

pub(crate) fn page() -> String {
    let mut root = Args::command().term_width(100);
    root.build();
    let mut out = format!("# Commands\n\n{GENERATED}\n\n");
    section(&mut out, &mut root.clone(), 2);
    for command in root.get_subcommands().filter(|command| command.get_name() != "help") {
        section(&mut out, &mut command.clone(), 2);
    }
    out.push_str(
        "## Exit codes\n\n| code | meaning |\n| --- | --- |\n\
         | 0 | done, or clean |\n\
         | 1 | `check` found drift |\n\
         | 2 | a mistake in the spec, wrong usage, or a file that could not be read or written; nothing was written |\n\n\
         A broken pipe is no error. Diagnostics go to stderr, results to stdout.\n",
    );
    out
}

fn section(out: &mut String, command: &mut clap::Command, level: usize) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(out, "{} `{name}`\n\n```text\n{}\n```\n\n", "#".repeat(level), help.join("\n").trim_end());
}
