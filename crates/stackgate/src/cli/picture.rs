//! `show picture`: what is declared as a picture, for a repository or for an organization.
//!
//! What must hold: nothing is drawn of a spec with a mistake; a picture of what is declared says that nothing was compared.

use stackgate::args::{Args, PictureFormat, Show};
use stackgate::{Error, Organization, today};
use stackgate_picture::{Page, Picture, html, mermaid, svg};

use super::output::Output;
use super::{Opened, Outcome, Run};

pub(crate) fn run(args: &Args, options: &Show, output: &mut Output) -> Run {
    if options.json {
        let why = "the picture has no JSON; `--format` takes html, svg and mermaid, and `trust policies --format json` has the policies";
        return Err(Error::Refused(why.into()).into());
    }
    let picture = match super::open_any(args, output)? {
        Opened::Repository(project) => Picture::of(&project.fragment(&project.trust()?), None),
        Opened::Organization(spec) => {
            let organization = Organization::load(&spec, args.root.as_deref(), today())?;
            Picture::of(organization.fragment(), None)
        }
    };
    let page = Page { picture: &picture, report: None, timeline: None };
    write(&page, options.format.unwrap_or(PictureFormat::Mermaid), output)?;
    Ok(Outcome::Done)
}

/// Writes a picture, and with HTML all else that is known. Nothing of it is changed on its way out: every text in it was made
/// harmless where it was written.
pub(crate) fn write(page: &Page<'_>, format: PictureFormat, output: &mut Output) -> std::io::Result<()> {
    let text = match format {
        PictureFormat::Html => html(page),
        PictureFormat::Svg => svg(page.picture),
        PictureFormat::Mermaid => mermaid(page.picture),
    };
    output.raw(text.as_bytes())
}
