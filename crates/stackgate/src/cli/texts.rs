//! `schema`, `completions`, `man`: texts made from the same definitions as everything else.

use std::path::Path;

use clap::CommandFactory as _;
use stackgate::args::{Args, Completions, Man};
use stackgate::{Error, spec_schema};

use super::output::Output;
use super::{Outcome, Run};

pub(crate) fn schema(output: &mut Output) -> Run {
    output.line(&spec_schema())?;
    Ok(Outcome::Done)
}

pub(crate) fn completions(options: &Completions, output: &mut Output) -> Run {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Args::command(), "stackgate", &mut script);
    output.raw(&script)?;
    Ok(Outcome::Done)
}

pub(crate) fn man(options: &Man, output: &mut Output) -> Run {
    match &options.dir {
        Some(dir) => {
            let failed = |source| Error::Disk { path: dir.clone(), what: "write manual pages to", source };
            clap_mangen::generate_to(Args::command(), Path::new(dir)).map_err(failed)?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Args::command()).render(&mut page)?;
            output.raw(&page)?;
        }
    }
    Ok(Outcome::Done)
}
