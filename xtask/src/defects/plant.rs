//! Plants a defect: the example of a provider, rendered from templates with one mistake in them.
//!
//! What must hold: every edit finds its text, so that a defect that no longer exists is a failure and not a silent pass;
//! nothing is verified here, since the question is who would notice. The rehearsal's test of defects includes this file.

use std::path::Path;

use serde::Deserialize;
use stackgate::adapter::{Adapter, Artifact, Engine, Provider, Syntax, templates};
use stackgate::{Project, SPEC_NAME};

/// What goes wrong here is for whoever keeps the table to read.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What `snapshots/defects.toml` holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    defect: Vec<Defect>,
}

/// One mistake, in the templates of one provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Defect {
    pub(crate) name: String,
    pub(crate) provider: String,
    edits: Vec<Edit>,
}

/// One text that takes the place of another, everywhere in its file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// The template that is edited before anything is rendered.
    template: Option<String>,
    /// The rendered file that is edited.
    artifact: Option<String>,
    find: String,
    put: String,
}

/// A provider's example with a defect in it.
pub(crate) struct Planted {
    pub(crate) project: Project,
    pub(crate) artifacts: Vec<Artifact>,
}

impl Planted {
    /// The provider and its adapter.
    pub(crate) fn adapter(&self, id: &str) -> Result<(&'static dyn Provider, &dyn Adapter)> {
        let found = self.project.adapters().find(|(provider, _)| provider.id() == id);
        found.ok_or_else(|| format!("the example of {id} is not for {id}").into())
    }
}

/// Every defect, in the order of the file.
pub(crate) fn all(root: &Path) -> Result<Vec<Defect>> {
    let table: Table = toml::from_str(&std::fs::read_to_string(root.join("snapshots/defects.toml"))?)?;
    Ok(table.defect)
}

/// The provider's example without any defect, or with this one.
pub(crate) fn render(root: &Path, id: &str, defect: Option<&Defect>) -> Result<Planted> {
    let project = Project::load(&root.join("examples").join(id).join(SPEC_NAME), None, stackgate::today())?;
    let mut planted = Planted { project, artifacts: Vec::new() };
    let mut texts: Vec<(&str, String)> = templates::ALL
        .iter()
        .flat_map(|set| set.iter())
        .filter(|(name, _)| name.starts_with(&format!("{id}/")))
        .map(|(name, text)| (*name, (*text).to_owned()))
        .collect();
    let edits = || defect.into_iter().flat_map(|defect| &defect.edits);
    for edit in edits().filter(|edit| edit.template.is_some()) {
        let text = texts.iter_mut().find(|(name, _)| Some(*name) == edit.template.as_deref()).map(|(_, text)| text);
        edit.make(text)?;
    }
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let syntax = if id == "jenkins" { Syntax::Groovy } else { Syntax::Yaml };
    let engine = Engine::new(syntax, &texts)?;
    planted.artifacts = planted.adapter(id)?.1.render(planted.project.plan(), &engine)?;
    for edit in edits().filter(|edit| edit.template.is_none()) {
        let file = planted.artifacts.iter_mut().find(|file| Some(file.path.as_str()) == edit.artifact.as_deref());
        edit.make(file.map(|file| &mut file.body))?;
    }
    Ok(planted)
}

impl Edit {
    fn make(&self, text: Option<&mut String>) -> Result<()> {
        let place = self.template.as_deref().or(self.artifact.as_deref()).unwrap_or("an edit without a file");
        let text = text.ok_or_else(|| format!("snapshots/defects.toml edits {place}, and there is no such file"))?;
        if !text.contains(&self.find) {
            return Err(format!("snapshots/defects.toml looks for text that is not in {place}: {:?}", self.find).into());
        }
        *text = text.replace(&self.find, &self.put);
        Ok(())
    }
}
