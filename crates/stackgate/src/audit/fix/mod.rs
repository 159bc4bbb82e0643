//! `audit --fix`: mends what has one safe mend, and proves it before anything is written.
//!
//! What must hold: after a mend its finding is gone, no other has come, and no fact differs but those that the mend is about;
//! otherwise it is not made, and that is said. A file of ours is never mended: its spec is. Nothing is read or written outside
//! the root.

mod mends;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackgate_audit::{Finding, audit_pipeline};
use stackgate_facts::{Observation, Tree, TreeError};
use stackgate_plan::Pins;
use stackgate_provider::marker_of;
use stackgate_report::{File, Status, unified};
use stackgate_yaml::edit::apply;

use super::tree::{Files, Repository, join};
use super::{Audit, Pipeline};
use crate::error::Result;
use crate::project::pins;
use crate::registry::provider;
use crate::write::replace_file;

/// What can be mended; nothing is written yet.
pub struct Fixes {
    root: PathBuf,
    files: Vec<Fixed>,
    /// What was not mended although there is a mend for it, a sentence each.
    pub left: Vec<String>,
}

/// A file with what was mended in it.
pub struct Fixed {
    /// Its path below the root.
    pub path: String,
    /// What was mended: the rule, and what was found.
    pub mended: Vec<(&'static str, String)>,
    old: Arc<str>,
    new: Arc<str>,
}

impl Fixed {
    /// The difference, as a unified diff.
    #[must_use]
    pub fn diff(&self) -> String {
        unified(&File {
            path: self.path.clone(),
            provider: None,
            state: "mended",
            advice: String::new(),
            found: Some(self.old.to_string()),
            expected: Some(self.new.to_string()),
            mendable: true,
        })
    }
}

impl Fixes {
    /// The files that would change.
    #[must_use]
    pub fn files(&self) -> &[Fixed] {
        &self.files
    }

    /// Writes them, each whole or not at all.
    ///
    /// # Errors
    /// When one changed since it was read, or the disk refuses; the files before it are mended then.
    pub fn write(&self) -> Result<()> {
        self.files.iter().try_for_each(|file| replace_file(&self.root, &file.path, &file.old, &file.new, || Ok(())))
    }
}

impl Audit {
    /// Works out the mends of what was found and not set aside.
    ///
    /// # Errors
    /// When the root cannot be opened any more.
    pub fn fixes(&self, root: &Path) -> Result<Fixes> {
        let files = Files::open(root)?;
        let mut fixes = Fixes { root: root.to_path_buf(), files: Vec::new(), left: Vec::new() };
        for pipeline in &self.pipelines {
            let mut work = Work { audit: self, files: &files, pipeline, pins: pins()?, left: Vec::new() };
            fixes.files.extend(work.file());
            fixes.left.append(&mut work.left);
        }
        Ok(fixes)
    }
}

/// The work on one file.
struct Work<'a> {
    audit: &'a Audit,
    files: &'a Files,
    pipeline: &'a Pipeline,
    pins: &'a Pins,
    left: Vec<String>,
}

impl Work<'_> {
    fn file(&mut self) -> Option<Fixed> {
        let path = self.pipeline.path.clone();
        let old = Arc::clone(&self.pipeline.observation.sources.first()?.1);
        let mut fixed = Fixed { path, mended: Vec::new(), new: Arc::clone(&old), old };
        for finding in audit_pipeline(&self.pipeline.observation, self.pins) {
            if !self.set_aside(&finding) && finding.place.file == 0 && mends::has(&finding, &self.pipeline.observation)
            {
                self.finding(&finding, &mut fixed);
            }
        }
        (!fixed.mended.is_empty()).then_some(fixed)
    }

    fn finding(&mut self, finding: &Finding, fixed: &mut Fixed) {
        let told = (finding.rule.id, finding.message.clone());
        let now = self.read(&fixed.path, &fixed.new);
        // Its place moved with what was mended above it.
        let same = |one: &&Finding| {
            one.rule == finding.rule && one.subject == finding.subject && one.message == finding.message
        };
        let findings = now.first().map(|now| audit_pipeline(now, self.pins)).unwrap_or_default();
        let (Some(observation), Some(finding)) = (now.first(), findings.iter().find(same)) else {
            fixed.mended.push(told);
            return;
        };
        let mended = if marker_of(&fixed.old).is_some() {
            Err("stackgate wrote this file; change the spec".to_owned())
        } else {
            mends::mend(finding, observation, &fixed.new).and_then(|mend| {
                let text: Arc<str> = apply(&fixed.new, &mend.edits).map_err(|overlap| overlap.to_string())?.into();
                verify::verify(finding, &mend, &now, &self.read(&fixed.path, &text), self.pins)?;
                Ok(text)
            })
        };
        match mended {
            Ok(text) => {
                fixed.new = text;
                fixed.mended.push(told);
            }
            Err(why) => {
                let line = observation.line_column(finding.place).line;
                self.left.push(format!("{}:{line}: [{}] was not mended: {why}", fixed.path, finding.rule.id));
            }
        }
    }

    /// Whether the spec sets a finding aside.
    fn set_aside(&self, finding: &Finding) -> bool {
        let place = self.pipeline.place(finding.place);
        self.audit.findings.iter().any(|judged| {
            judged.finding.rule.id == finding.rule.id
                && judged.subject == finding.subject
                && judged.finding.place.as_ref() == Some(&place)
                && matches!(judged.finding.status, Status::Suppressed { .. })
        })
    }

    /// This pipeline, and every other that includes its file, with another text of it; this one first.
    fn read(&self, path: &str, text: &Arc<str>) -> Vec<Observation> {
        let includes = |one: &&Pipeline| {
            one.path != path && one.observation.sources.iter().any(|(source, _)| join(&one.base, source) == path)
        };
        let others = self.audit.pipelines.iter().filter(includes);
        let all = std::iter::once(self.pipeline).chain(others).filter_map(|pipeline| {
            let reader = provider(pipeline.observation.provider)?.reader()?;
            let tree = Overlay { below: Repository { files: self.files, base: &pipeline.base }, path, text };
            let own = pipeline.observation.sources.first()?.0.as_str();
            Some(reader.read(own, &tree))
        });
        all.collect()
    }
}

/// The repository with another text of one file.
struct Overlay<'a> {
    below: Repository<'a>,
    path: &'a str,
    text: &'a Arc<str>,
}

impl Tree for Overlay<'_> {
    fn read(&self, path: &str) -> std::result::Result<Arc<str>, TreeError> {
        if join(self.below.base, path) == self.path { Ok(Arc::clone(self.text)) } else { self.below.read(path) }
    }
}
