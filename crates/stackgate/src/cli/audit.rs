//! `audit`: every finding in a spec, in policies and in pipelines, in any format.
//!
//! What must hold: 0 nothing that fails, 1 findings that fail, 2 where something could not be read; what could be read was
//! judged all the same, and stdout says so.

use std::path::{Path, PathBuf};

use stackgate::args::{Args, Audit as Options};
use stackgate::{Audit, AuditOptions, Error, audit, audit_policies_file, find_spec, today};

use super::output::Output;
use super::{Failure, Outcome, Run};

pub(crate) fn run(args: &Args, options: &Options, output: &mut Output) -> Run {
    let audit = judged(args, options)?;
    let report = audit.report(options.fail_on.into());
    output.report(&report, options.format.into())?;
    if !audit.is_whole() {
        output.flush()?;
        let why = "not everything could be read, so not everything was judged; the report says what".to_owned();
        return Err(Error::Refused(why).into());
    }
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::Drift })
}

fn judged(args: &Args, options: &Options) -> Result<Audit, Failure> {
    let policies = match &options.policies {
        Some(file) => Some(audit_policies_file(file, options.issuer.as_deref())?),
        None => None,
    };
    if policies.is_some() && options.paths.is_empty() {
        return policies.ok_or_else(|| Error::Refused("nothing was audited".into()).into());
    }
    let (root, spec) = place(args);
    let of_pipelines =
        audit(&AuditOptions { root: &root, spec: spec.as_deref(), paths: &options.paths, today: today() })?;
    Ok(match policies {
        Some(policies) => policies.and(of_pipelines),
        None => of_pipelines,
    })
}

/// The repository's root, and the spec where there is one: an audit needs none.
fn place(args: &Args) -> (PathBuf, Option<PathBuf>) {
    let spec = match (&args.spec, &args.root) {
        (Some(spec), _) => Some(spec.clone()),
        // Above a root that was named lies another repository.
        (None, Some(root)) => Some(root.join(stackgate::SPEC_NAME)).filter(|spec| spec.exists()),
        (None, None) => find_spec(Path::new(".")).ok(),
    };
    let folder = spec.as_deref().and_then(Path::parent).filter(|folder| *folder != Path::new(""));
    let root = args.root.clone().or_else(|| folder.map(Path::to_path_buf)).unwrap_or_else(|| PathBuf::from("."));
    (root, spec)
}
