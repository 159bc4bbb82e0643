//! The scripts in a YAML pipeline, through a parser that is not the one that stackgate reads back with.
//!
//! What must hold: every key that a provider takes a script from is here, each with the shell that runs it. Scripts are
//! taken as they stand: ours hold no expression, so one that does shows up as the shell mistake that it would be.

use serde_yaml::Value;

use crate::Result;

/// A script, with the place of its key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) place: String,
    /// As it is declared, or the provider's default.
    pub(crate) shell: String,
    pub(crate) text: String,
}

/// Every script of a file.
pub(crate) fn of_yaml(provider: &str, text: &str) -> Result<Vec<Script>> {
    let tree: Value = serde_yaml::from_str(text)?;
    let mut scripts = Vec::new();
    walk(provider, &tree, "", default_shell(provider), &mut scripts);
    Ok(scripts)
}

/// GitHub's, Azure's and CircleCI's machines have bash, and use it; a job of GitLab takes what its image has.
fn default_shell(provider: &str) -> &'static str {
    if provider == "gitlab" { "sh" } else { "bash" }
}

fn walk(provider: &str, value: &Value, place: &str, shell: &str, scripts: &mut Vec<Script>) {
    match value {
        Value::Mapping(map) => {
            let own = map.get("shell").and_then(Value::as_str);
            let shell = match provider {
                // Of a workflow or a job.
                "github" => map.get("defaults").and_then(|it| it.get("run")?.get("shell")?.as_str()).unwrap_or(shell),
                // Of a job, for its steps.
                "circleci" => own.unwrap_or(shell),
                _ => shell,
            };
            let mut push = |key: &str, shell: &str, text: Option<String>| {
                if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                    let shell = shebang(&text).unwrap_or(shell).to_owned();
                    scripts.push(Script { place: format!("{place}/{key}"), shell, text });
                }
            };
            match provider {
                "github" => push("run", own.unwrap_or(shell), map.get("run").and_then(lines)),
                "gitlab" => {
                    // One shell runs both, one after the other.
                    let both = ["before_script", "script"].map(|key| map.get(key).and_then(lines));
                    push("script", shell, both.into_iter().flatten().reduce(|a, b| format!("{a}\n{b}")));
                    for key in ["after_script", "pre_get_sources_script"] {
                        push(key, shell, map.get(key).and_then(lines));
                    }
                }
                "azure" => azure(map, &mut push),
                _ => {
                    let run = map.get("run");
                    let long = run.filter(|run| run.is_mapping()).unwrap_or(&Value::Null);
                    let declared = long.get("shell").and_then(Value::as_str).unwrap_or(shell);
                    push("run", declared, run.and_then(lines));
                    push("run/command", declared, long.get("command").and_then(lines));
                }
            }
            for (key, value) in map {
                // A task's inputs were read with their task, which says what runs them.
                if provider == "azure" && key == "inputs" {
                    continue;
                }
                walk(provider, value, &format!("{place}/{}", key.as_str().unwrap_or("?")), shell, scripts);
            }
        }
        Value::Sequence(values) => {
            for (index, value) in values.iter().enumerate() {
                walk(provider, value, &format!("{place}/{index}"), shell, scripts);
            }
        }
        Value::Tagged(tagged) => walk(provider, &tagged.value, place, shell, scripts),
        _ => {}
    }
}

/// The short steps, and the tasks that take a script as an input.
fn azure(map: &serde_yaml::Mapping, push: &mut impl FnMut(&str, &str, Option<String>)) {
    for (key, shell) in [("bash", "bash"), ("script", "bash"), ("pwsh", "pwsh"), ("powershell", "powershell")] {
        push(key, shell, map.get(key).and_then(lines));
    }
    let (Some(task), Some(inputs)) = (map.get("task").and_then(Value::as_str), map.get("inputs")) else { return };
    let input = |key: &str| inputs.get(key).and_then(lines);
    let shell = match task.to_ascii_lowercase().split('@').next().unwrap_or_default() {
        "bash" | "cmdline" => "bash".into(),
        "azurecli" => input("scriptType").unwrap_or_default(),
        other => other.to_owned(),
    };
    push("inputs/script", &shell, input("script"));
    push("inputs/inlineScript", &shell, input("inlineScript"));
}

/// A text, or a list of them, however deep.
fn lines(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Sequence(values) => {
            let lines: Vec<String> = values.iter().filter_map(lines).collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        }
        _ => None,
    }
}

/// The program that a script's first line names.
pub(crate) fn shebang(text: &str) -> Option<&str> {
    text.strip_prefix("#!").and_then(|rest| rest.lines().next()).map(str::trim)
}

/// `bash` of `/bin/bash -eo pipefail`, `/usr/bin/env bash` or `bash --noprofile {0}`.
pub(crate) fn shell_of(declared: &str) -> &str {
    let mut words = declared.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    match words.next() {
        Some("env") => words.next().unwrap_or_default(),
        word => word.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shells(provider: &str, text: &str) -> Vec<(String, String)> {
        let scripts = of_yaml(provider, text).unwrap();
        scripts.into_iter().map(|script| (shell_of(&script.shell).to_owned(), script.text)).collect()
    }

    fn expect(provider: &str, text: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(shells(provider, text), expected, "{text}");
    }

    #[test]
    fn github_runs_bash_unless_it_says_otherwise() {
        let job = "a: { steps: [{ run: one }, { run: two, shell: 'bash {0}' }, { uses: x/y }] }";
        expect("github", &format!("jobs: {{ {job} }}"), &[("bash", "one"), ("bash", "two")]);
        let defaults = "defaults: { run: { shell: sh } }";
        expect("github", &format!("{defaults}\njobs: {{ {job} }}"), &[("sh", "one"), ("bash", "two")]);
    }

    #[test]
    fn gitlab_runs_lists_in_one_shell_and_after_script_in_another() {
        let text = "a:\n  before_script: [one, [two]]\n  script: three\n  after_script: [four]\n";
        expect("gitlab", text, &[("sh", "one\ntwo\nthree"), ("sh", "four")]);
        expect("gitlab", "default: { before_script: [one] }", &[("sh", "one")]);
    }

    #[test]
    fn azure_has_short_steps_and_tasks() {
        let text = "steps:\n  - bash: one\n  - pwsh: two\n  - { task: Bash@3, inputs: { script: three } }\n  \
            - { task: AzureCLI@2, inputs: { scriptType: pscore, inlineScript: four } }\n  \
            - { task: Other@1, inputs: { script: five } }\n";
        let found = [("bash", "one"), ("pwsh", "two"), ("bash", "three"), ("pscore", "four"), ("other", "five")];
        expect("azure", text, &found);
    }

    #[test]
    fn circleci_has_a_short_form_and_a_shell_of_the_job() {
        let steps = "steps: [{ run: one }, { run: { command: two, shell: /bin/sh -e } }, checkout]";
        expect("circleci", &format!("jobs: {{ a: {{ {steps} }} }}"), &[("bash", "one"), ("sh", "two")]);
        expect(
            "circleci",
            &format!("jobs: {{ a: {{ shell: /bin/dash, {steps} }} }}"),
            &[("dash", "one"), ("sh", "two")],
        );
    }

    #[test]
    fn a_first_line_names_the_shell() {
        expect(
            "azure",
            "steps:\n  - bash: |\n      #!/usr/bin/env python3\n      one\n",
            &[("python3", "#!/usr/bin/env python3\none\n")],
        );
    }
}
