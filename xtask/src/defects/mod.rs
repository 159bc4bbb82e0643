//! Plants each defect of `snapshots/defects.toml` and writes down who notices: `docs/reference/planted-defects.md`.
//!
//! What must hold: a defect that nobody notices is a failure; so is a judge that finds fault with the example as it is,
//! since it would then prove nothing.

mod plant;

use std::path::Path;

use stackgate::adapter::compare;

use crate::Result;
use plant::Planted;

pub(crate) fn run(root: &Path) -> Result<()> {
    for defect in plant::all(root)? {
        let clean = plant::render(root, &defect.provider, None)?;
        if let Some(complaint) = read_back(&clean, &defect.provider)? {
            return Err(format!("the example of {} does not read back: {complaint}", defect.provider).into());
        }
        let planted = plant::render(root, &defect.provider, Some(&defect))?;
        let complaint = read_back(&planted, &defect.provider)?;
        println!("{} | {} | {}", defect.name, defect.provider, complaint.as_deref().map_or("NOT NOTICED", |_| "noticed"));
    }
    Ok(())
}

/// What reading back says of the artifacts; `None` when they are what the plan asks for.
fn read_back(planted: &Planted, id: &str) -> Result<Option<String>> {
    let (_, adapter) = planted.adapter(id)?;
    let expected = adapter.realise(planted.project.plan()).pipeline;
    Ok(compare(&expected, &adapter.observe(&planted.artifacts)).err().map(|error| error.to_string()))
}
