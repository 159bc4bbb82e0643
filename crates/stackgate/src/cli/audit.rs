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
    let mut audit = judged(args, options)?;
    if options.fix && mend(&audit, args, options, output)? {
        // What is left is what stands on disk now.
        audit = judged(args, options)?;
    }
    let report = audit.report(options.fail_on.into());
    output.report(&report, options.format.into())?;
    if !audit.is_whole() {
        output.flush()?;
        let why = "not everything could be read, so not everything was judged; the report says what".to_owned();
        return Err(Error::Refused(why).into());
    }
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::Drift })
}

/// Mends what can be mended; whether anything was written. What is said goes to stderr, since stdout holds the report.
fn mend(audit: &Audit, args: &Args, options: &Options, output: &mut Output) -> Result<bool, Failure> {
    let fixes = audit.fixes(&place(args).0)?;
    for file in fixes.files() {
        let done = if options.dry_run { "would be mended" } else { "mended" };
        for (rule, message) in &file.mended {
            output.remark(&format!("{}: {done}: [{rule}] {message}", file.path));
        }
        if options.dry_run {
            output.diff(&file.diff())?;
        }
    }
    fixes.left.iter().for_each(|left| output.remark(left));
    if options.dry_run || fixes.files().is_empty() {
        return Ok(false);
    }
    fixes.write()?;
    Ok(true)
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
