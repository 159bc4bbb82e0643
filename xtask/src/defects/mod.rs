//! Plants each defect of `snapshots/defects.toml` and writes down who notices: `docs/reference/planted-defects.md`.
//!
//! What must hold: a defect that nobody notices is a failure; so is a judge that finds fault with an example as it is,
//! since it would then prove nothing. Snapshots are no judge here: they would notice everything, and say nothing of it.

mod plant;

use std::collections::BTreeSet;
use std::path::Path;

use stackgate::SPEC_NAME;
use stackgate::adapter::compare;

use crate::{Result, conformance};
use plant::{Defect, Planted};

pub(crate) fn run(root: &Path) -> Result<()> {
    let defects = plant::all(root)?;
    let folder = tempfile::tempdir()?;
    let mut read_back = Vec::new();
    for (index, defect) in defects.iter().enumerate() {
        let clean = plant::render(root, &defect.provider, None)?;
        if differs(&clean, &defect.provider)? {
            return Err(format!("the example of {} does not read back", defect.provider).into());
        }
        let planted = plant::render(root, &defect.provider, Some(defect))?;
        read_back.push(differs(&planted, &defect.provider)?);
        write(&folder.path().join(index.to_string()), &clean, &planted)?;
    }
    let validators = validators(root, folder.path(), &defects)?;
    for ((defect, read_back), validators) in defects.iter().zip(read_back).zip(validators) {
        let validators: Vec<&str> = validators.into_iter().collect();
        println!("{} | {} | {read_back} | {}", defect.name, defect.provider, validators.join(", "));
    }
    Ok(())
}

/// Whether reading back refuses the artifacts.
fn differs(planted: &Planted, id: &str) -> Result<bool> {
    let (_, adapter) = planted.adapter(id)?;
    let expected = adapter.realise(planted.project.plan()).pipeline;
    Ok(compare(&expected, &adapter.observe(&planted.artifacts)).is_err())
}

/// The files that are not as they were.
fn write(folder: &Path, clean: &Planted, planted: &Planted) -> Result<()> {
    for artifact in planted.artifacts.iter().filter(|artifact| !clean.artifacts.contains(artifact)) {
        let path = folder.join(&artifact.path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, artifact.contents(SPEC_NAME))?;
    }
    Ok(())
}

/// The validators that find fault with each defect's folder, which has its number for a name.
fn validators(root: &Path, folder: &Path, defects: &[Defect]) -> Result<Vec<BTreeSet<&'static str>>> {
    let mut found = vec![BTreeSet::new(); defects.len()];
    for finding in conformance::unlisted(root, folder)? {
        let number = finding.place.split('/').next().and_then(|number| number.parse::<usize>().ok());
        match number.and_then(|number| found.get_mut(number)) {
            Some(validators) => validators.insert(finding.validator),
            None => return Err(format!("a finding without a defect: {}", finding.place).into()),
        };
    }
    Ok(found)
}
