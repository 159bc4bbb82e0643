//! `import`: writes the spec that comes nearest to the pipelines that are there, and shows what will change.
//!
//! What must hold: a spec that exists is never touched; nothing is written where a pipeline could not be read; results go to
//! stdout in the format that was asked for, and nothing else does where a program reads them.

use std::path::Path;

use stackgate::args::{Args, Format, Import};
use stackgate::import::{ImportOptions, import};
use stackgate::{Error, SPEC_NAME, today, write_new};

use super::output::Output;
use super::{Outcome, Run};

pub(crate) fn run(args: &Args, options: &Import, output: &mut Output) -> Run {
    let root = args.root.as_deref().unwrap_or(Path::new("."));
    let target = args.spec.clone().unwrap_or_else(|| root.join(SPEC_NAME));
    if !options.dry_run && std::fs::symlink_metadata(&target).is_ok() {
        let why =
            format!("{} exists already; `import` never overwrites a spec, `--dry-run` shows it", target.display());
        return Err(Error::Refused(why).into());
    }
    let wanted = ImportOptions {
        paths: options.paths.clone(),
        provider: options.provider.clone(),
        organization: options.organization.clone(),
    };
    let imported = import(root, &wanted, today())?;
    let for_people = options.format == Format::Text;
    if let Some(spec) = &imported.spec {
        if options.dry_run && for_people {
            output.raw(spec.as_bytes())?;
            output.line("")?;
        } else if !options.dry_run {
            write_new(&target, spec)?;
        }
    }
    output.report(&imported.report, options.format.into())?;
    let written = imported.spec.is_some() && !options.dry_run;
    if for_people && written {
        output.line(&format!("wrote {}", target.display()))?;
    }
    if imported.cut {
        output.remark("note: the repository has more files than import looks at; pipelines or projects may be missing");
    }
    if let Some(Error::Spec { source, diagnostics }) = &imported.open {
        output.flush()?;
        output.remark("What no file says, and the spec needs:");
        output.diagnostics(source, diagnostics);
    } else if for_people && written {
        output.line("next: read it, then `stackgate generate --dry-run`")?;
    }
    if imported.spec.is_none() {
        output.flush()?;
        return Err(Error::Refused("nothing was written".to_owned()).into());
    }
    Ok(Outcome::Done)
}
