//! The draft as leaves of the spec, in the order in which people read one.
//!
//! What must hold: whatever was not found stands as a comment that can be filled in, or is left to the spec's default.

use super::derive::NO_ORGANIZATION;
use super::draft::{Choice, Draft, Project, Said, Stack};
use super::legal::scalar;
use super::write::{Leaf, Live};

/// Every leaf.
pub(crate) fn leaves(draft: &Draft) -> Vec<Leaf> {
    let mut all = vec![Leaf::new(&["version"], "1", "", Live::Always)];
    let live = if draft.organization.value == NO_ORGANIZATION && draft.organization.from.starts_with("FILL IN") {
        Live::Open
    } else {
        Live::Always
    };
    let said = |key: &str, said: &Said, live: Live| Leaf::new(&[key], scalar(&said.value), &said.from, live);
    all.push(said("organization", &draft.organization, live));
    all.push(
        said("branch", &draft.branch, Live::Found)
            .above("A push to this branch deploys; a change request to it is previewed."),
    );
    all.extend(draft.cloud_url.as_ref().map(|url| said("cloud_url", url, Live::Found)));
    providers(draft, &mut all);
    for project in &draft.projects {
        of_project(project, &mut all);
    }
    for job in &draft.jobs {
        let mut add = |key: &str, value: String, note: &str| {
            all.push(Leaf::new(&["jobs", &job.id, key], value, note, Live::Found));
        };
        add("run", script(&job.run), &job.from);
        job.directory.iter().for_each(|at| add("directory", scalar(at), ""));
        job.runtime.iter().for_each(|word| add("runtime", scalar(word), ""));
        job.on.iter().for_each(|on| add("on", (*on).to_owned(), ""));
    }
    all
}

/// Whether an option is live.
fn of(option: &Choice) -> Live {
    match (option.open, option.need) {
        (false, _) => Live::Found,
        (true, true) => Live::Open,
        (true, false) => Live::Hint,
    }
}

fn providers(draft: &Draft, all: &mut Vec<Leaf>) {
    let id = draft.provider.id();
    if draft.options.iter().all(|option| option.open) {
        let needed = draft.options.iter().any(|option| option.need);
        let note = format!("{}; `{{}}` makes room for options such as these", draft.because);
        let open = Leaf::new(&["providers", id], "{}", note, if needed { Live::Closed } else { Live::Always });
        all.push(open);
        // With an option that is live, the key has a mapping of its own.
        for option in &draft.options {
            let mut leaf = Leaf::new(&["providers", id, &option.key], &option.value, &option.from, of(option));
            if option.value.is_empty() {
                leaf = Leaf::remark(&["providers", id], format!("  {}: # {}", option.key, option.from));
            }
            all.push(leaf);
        }
        return;
    }
    let mut first = true;
    for option in &draft.options {
        if option.value.is_empty() {
            all.push(Leaf::remark(&["providers", id], format!("{}: # {}", option.key, option.from)));
            continue;
        }
        let mut leaf = Leaf::new(&["providers", id, &option.key], &option.value, &option.from, of(option));
        if std::mem::take(&mut first) {
            leaf = leaf.above(&draft.because);
        }
        all.push(leaf);
    }
}

fn of_project(project: &Project, all: &mut Vec<Leaf>) {
    let name = scalar(&project.found.name);
    let at = |key: &'static str| ["projects", name.as_str(), key];
    let from = if project.found.runtime_word.is_empty() { "look at it: there is no Pulumi.yaml" } else { "" };
    if project.found.directory != "." {
        all.push(Leaf::new(&at("directory"), scalar(&project.found.directory), from, Live::Always));
    }
    match &project.runtime {
        Some(runtime) => all.push(Leaf::new(&at("runtime"), scalar(&runtime.value), &runtime.from, Live::Always)),
        None => {
            let note = match project.found.runtime_word.as_str() {
                "" => "FILL IN: nodejs, python, go, dotnet, java or yaml".to_owned(),
                word => format!("FILL IN: Pulumi.yaml says {word}, which is not supported"),
            };
            all.push(Leaf::new(&at("runtime"), "yaml", note, Live::Open));
        }
    }
    if !project.paths.is_empty() {
        let globs: Vec<String> = project.paths.iter().map(|said| scalar(&said.value)).collect();
        let from = project.paths.first().map(|said| said.from.clone()).unwrap_or_default();
        all.push(Leaf::new(&at("paths"), format!("[{}]", globs.join(", ")), from, Live::Found));
    }
    if !project.prepare.is_empty() {
        let steps: Vec<String> = project
            .prepare
            .iter()
            .map(|step| {
                format!(
                    "\n- name: {} # {}\n  run: {}",
                    scalar(&step.name),
                    super::legal::comment(&step.from),
                    script(&step.run)
                )
            })
            .collect();
        all.push(Leaf::new(&at("prepare"), steps.concat(), "in place of the runtime's own steps", Live::Found));
    }
    if project.stacks.is_empty() {
        let note = "FILL IN: the stacks by their names; the pipelines make these when they run";
        all.push(Leaf::new(&at("stacks"), "{ main: { tier: production } }", note, Live::Open));
    }
    for stack in &project.stacks {
        of_stack(&name, stack, all);
    }
    for idle in &project.idle {
        let text =
            format!("{}: no pipeline deploys it, as far as can be told; Pulumi.{idle}.yaml is there", scalar(idle));
        all.push(Leaf::remark(&["projects", &name, "stacks"], text));
    }
}

/// A script in one line where it has one, and as one quoted scalar otherwise.
fn script(run: &str) -> String {
    if run.contains('\n') { serde_json::to_string(run).unwrap_or_default() } else { scalar(run) }
}

fn of_stack(project: &str, stack: &Stack, all: &mut Vec<Leaf>) {
    let name = scalar(&stack.name);
    let at = |keys: &[&str]| -> Vec<String> {
        ["projects", project, "stacks", name.as_str()].iter().chain(keys).map(|key| (*key).to_owned()).collect()
    };
    let mut add = |keys: &[&str], value: String, note: &str, live: Live| {
        let keys = at(keys);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        all.push(Leaf::new(&keys, value, note, live));
    };
    if let Some(base) = &stack.base {
        add(&["name"], scalar(&base.value), &base.from, Live::Found);
    }
    add(&["tier"], stack.tier.value.clone(), &stack.tier.from, Live::Always);
    if !stack.after.is_empty() {
        let names: Vec<String> = stack.after.iter().map(|said| scalar(&said.value)).collect();
        let from = stack.after.first().map(|said| said.from.clone()).unwrap_or_default();
        add(&["after"], format!("[{}]", names.join(", ")), &from, Live::Found);
    }
    if !stack.esc.is_empty() {
        let names: Vec<String> = stack.esc.iter().map(|name| scalar(name)).collect();
        add(&["esc"], format!("[{}]", names.join(", ")), &format!("Pulumi.{}.yaml", stack.name), Live::Found);
    }
    if let Some(preview) = &stack.preview {
        let values = [
            ("team", &preview.team),
            ("environment", &preview.environment),
            ("timeout", &preview.timeout),
            ("token", &preview.token),
        ];
        if values.iter().all(|(_, said)| said.is_none()) {
            if !preview.at_merge {
                add(&["preview"], "{}".to_owned(), &preview.from, Live::Found);
            }
        } else {
            for (key, said) in values {
                if let Some(said) = said {
                    add(&["preview", key], scalar(&said.value), &said.from, Live::Found);
                }
            }
        }
    }
    if let Some(at) = &stack.previewed_only {
        add(&["deploy"], "false".to_owned(), &format!("it is only previewed: {at}"), Live::Found);
        if stack.tier.value == "production" {
            add(&["preview"], "false".to_owned(), "a preview after the merge comes before a deploy", Live::Found);
        }
        return;
    }
    let deploy = &stack.deploy;
    let values = [
        ("team", &deploy.team),
        ("environment", &deploy.environment),
        ("gate", &deploy.gate),
        ("timeout", &deploy.timeout),
        ("token", &deploy.token),
    ];
    for (key, said) in values {
        if let Some(said) = said {
            let value = if key == "gate" { said.value.clone() } else { scalar(&said.value) };
            add(&["deploy", key], value, &said.from, Live::Found);
        }
    }
    if let (None, Some(why)) = (&deploy.team, &deploy.no_team) {
        let note = format!("the team is <project>-<stack> unless named: {why}");
        let team = format!("{}-{}", project.trim_matches('"'), stack.name);
        add(&["deploy", "team"], scalar(&team), &note, Live::Hint);
    }
}
