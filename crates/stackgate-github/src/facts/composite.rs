//! An action of the repository itself.
//!
//! What must hold: the steps of a composite action stand where it is used, with its inputs put in; of any other action the
//! file of the repository is named. Source: "Metadata syntax reference" in GitHub's documentation.

use stackgate_provider::facts::{Aspect, Code, CodeKind, Condition, Does, Pin, Step, TreeError};
use stackgate_provider::yaml::Node;

use super::job::Draft;
use super::reading::Reading;
use super::scope::Scope;
use super::steps::{self, Around};
use super::{called, pin, step, workflow};

/// How deep actions may use each other: ten levels, by the runner's own limit.
const DEEPEST: usize = 10;

/// Reads a step that uses an action of the repository.
#[allow(clippy::too_many_arguments, reason = "each is another part of one place")]
pub(super) fn read(
    node: &Node,
    reference: &str,
    around: &Around,
    scope: &Scope,
    mut used: Step,
    when: Condition,
    draft: &mut Draft,
    reading: &mut Reading,
) {
    let id = draft.job.id.clone();
    let span = node.get("uses").map_or(node.span, |uses| uses.span);
    let place = around.file.at(span);
    let folder = reference.strip_prefix("./").unwrap_or(reference).trim_end_matches('/').to_owned();
    let mut code = Code {
        kind: CodeKind::Action,
        name: reference.to_owned(),
        version: String::new(),
        pin: Pin::Local,
        comment: None,
        place,
    };
    let problem = if around.chain.contains(&folder) {
        Some((Aspect::Limit, format!("`{reference}` uses itself")))
    } else if around.chain.len() >= DEEPEST {
        Some((Aspect::Limit, format!("actions use each other over more than {DEEPEST} levels")))
    } else {
        None
    };
    let opened = match problem {
        Some(problem) => Err(problem),
        None => open(&folder, reading)
            .map_err(|error| (Aspect::Elsewhere, format!("the action `{reference}` cannot be read: {error}"))),
    };
    let index = draft.job.steps.len();
    let file = match opened {
        Ok(file) => file,
        Err((aspect, why)) => {
            reading.undecided(aspect, Some(&id), why, place);
            None
        }
    };
    let runs = file.as_ref().and_then(|file| file.root()).and_then(|root| root.get("runs"));
    let using = runs.and_then(|runs| runs.get("using")).and_then(Node::as_str).unwrap_or("");
    let (Some(file), Some(runs), "composite") = (&file, runs, using) else {
        // A container of its own may be any image.
        if let (Some(file), Some(image)) = (&file, runs.and_then(|runs| runs.get("image")))
            && let Some(image_text) = image.as_str().filter(|text| text.starts_with("docker://"))
        {
            draft.job.code.push(pin::image(image_text, file.at(image.span), pin::comment(file, image.span)));
        }
        if file.is_some() && using.is_empty() && runs.is_some() {
            reading.undecided(Aspect::Code, Some(&id), format!("the action `{reference}` says not what it is"), place);
        }
        code.place = place;
        let inputs = step::inputs(node.get("with"), &code, around.file, scope, &mut used, index, draft, reading);
        used.does = Does::Use { code, inputs };
        draft.job.steps.push(used);
        return;
    };
    let root = file.root();
    let mut inputs = workflow::defaults(root.and_then(|root| root.get("inputs")), &Scope::default());
    inputs.extend(called::given(node.get("with"), scope));
    let inner_scope = Scope { inputs: Some(inputs), ..scope.clone() };
    let inside = Around {
        file,
        triggers: around.triggers,
        condition: when,
        tolerated: used.tolerated,
        variables: used.variables,
        settings: used.settings.into_iter().filter(|setting| setting.key != "id").collect(),
        chain: around.chain.iter().cloned().chain([folder]).collect(),
    };
    // The workflow's defaults for scripts are not the action's; each of its scripts names its shell.
    let (shell, directory) = (draft.shell.take(), draft.directory.take());
    for entry in runs.as_mapping().into_iter().flatten() {
        if !matches!(entry.key.text.as_str(), "using" | "steps") {
            reading.unknown(Some(&id), "runs", &entry.key.text, file.at(entry.key.span));
        }
    }
    if let Some(list) = runs.get("steps") {
        steps::all(list, &inside, &inner_scope, draft, reading);
    }
    draft.shell = shell;
    draft.directory = directory;
}

type Opened = Result<Option<std::rc::Rc<super::reading::File>>, TreeError>;

/// The action's own file; none for one that is a container alone.
fn open(folder: &str, reading: &mut Reading) -> Opened {
    if folder.split('/').any(|part| part == "..") {
        return Err(TreeError::Outside);
    }
    let inside = |name: &str| {
        let folder = folder.trim_matches('/');
        if folder.is_empty() || folder == "." { name.to_owned() } else { format!("{folder}/{name}") }
    };
    let mut last = TreeError::Missing;
    for name in ["action.yml", "action.yaml"] {
        match reading.open(&inside(name)) {
            Ok(file) => return Ok(Some(file)),
            Err(TreeError::Missing) => {}
            Err(error) => last = error,
        }
    }
    match reading.open(&inside("Dockerfile")) {
        Ok(_) => Ok(None),
        Err(_) => Err(last),
    }
}
