//! The provider matrix, from what each adapter says of the example that is its own.

use std::fmt::Write as _;
use std::path::Path;

use stackgate::adapter::{Control, Support};
use stackgate::{PROVIDERS, Project, SPEC_NAME, today};

use super::{GENERATED, cell};
use crate::Result;

pub(crate) fn page(root: &Path) -> Result<String> {
    let mut columns: Vec<(&str, Vec<(Control, Support)>)> = Vec::new();
    for provider in PROVIDERS {
        let spec = root.join("examples").join(provider.id()).join(SPEC_NAME);
        let project = Project::load(&spec, None, today())?;
        for (configured, adapter) in project.adapters() {
            if configured.id() == provider.id() {
                columns.push((provider.title(), adapter.realise(project.plan()).controls));
            }
        }
    }
    let mut out = format!(
        "# What each provider carries\n\n{GENERATED}\n\nEach adapter states this of the example of its own under `examples/`; \
         `stackgate show matrix` states it of your spec.\n\n| control |"
    );
    for (title, _) in &columns {
        let _ = write!(out, " {title} |");
    }
    out.push_str("\n| --- |");
    out.push_str(&" --- |".repeat(columns.len()));
    out.push('\n');
    for control in Control::ALL {
        let _ = write!(out, "| {} |", control.title());
        for (_, controls) in &columns {
            let support = controls.iter().find(|(named, _)| named == control).map(|(_, support)| support.to_string());
            let _ = write!(out, " {} |", cell(&support.unwrap_or_default()));
        }
        out.push('\n');
    }
    Ok(out)
}
