//! Values of which a variable of the same file says a part: `--stack "$STACK"`, `${{ env.STACK }}`.
//!
//! What must hold: a variable that the file sets in several ways for one step, or whose value is itself made when the pipeline
//! runs, fills nothing in; the step's own variables win over the job's, as they do in a shell.

use stackgate_facts::{Job, Value};

use super::matrix::{Row, filled};

/// How often a variable may name another.
const DEPTH: usize = 4;
/// How long a text may be that something is filled into, or that is filled in: no name of a stack is longer.
const LONGEST: usize = 1024;

/// A value with what the run's matrix and the variables of the job and the step say filled in; a literal where nothing else is
/// left to be made.
pub(crate) fn expanded(value: &Value, job: &Job, step: usize, row: &Row) -> Value {
    let mut value = filled(value, row);
    for _ in 0..DEPTH {
        let Value::Made(text, control) = &value else { break };
        let Some(next) = once(text, job, step, row) else { break };
        value = if is_made(&next) { Value::Made(next, *control) } else { Value::Literal(next) };
    }
    value
}

/// The text with one variable filled in; none where there is none that can be.
fn once(text: &str, job: &Job, step: usize, row: &Row) -> Option<String> {
    let own = job.steps.get(step).map(|step| step.variables.as_slice()).unwrap_or_default();
    for variable in own.iter().rev().chain(job.variables.iter().rev()) {
        let name = &variable.name;
        let Some(form) = forms(name).into_iter().find(|form| stands(text, form)) else { continue };
        let given = filled(&variable.value, row);
        // A variable that stands for itself, `TOKEN: $TOKEN`, says nothing.
        if given.text().contains(name.as_str()) && is_made(given.text()) {
            return None;
        }
        if text.len().max(given.text().len()) > LONGEST {
            return None;
        }
        return Some(text.replace(&form, given.text()));
    }
    None
}

/// The ways in which scripts and expressions name a variable.
fn forms(name: &str) -> [String; 7] {
    [
        format!("${{{{ env.{name} }}}}"),
        format!("${{{{env.{name}}}}}"),
        format!("${{{{ variables.{name} }}}}"),
        format!("${{env.{name}}}"),
        format!("${{{name}}}"),
        format!("$({name})"),
        format!("${name}"),
    ]
}

/// Whether a form stands in a text as a whole, and not as the beginning of a longer name.
fn stands(text: &str, form: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(form).any(|(at, _)| {
        form.ends_with(['}', ')']) || !text.get(at + form.len()..).is_some_and(|rest| rest.starts_with(name))
    })
}

fn is_made(text: &str) -> bool {
    ["${{", "<<", "$(", "$", "`"].iter().any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackgate_facts::{Control, Place, Variable};

    fn job(variables: &[(&str, &str)]) -> Job {
        let variables = variables.iter().map(|(name, value)| Variable {
            name: (*name).to_owned(),
            value: match is_made(value) {
                true => Value::Made((*value).to_owned(), Control::Unknown),
                false => Value::literal(*value),
            },
            place: Place::default(),
        });
        Job { variables: variables.collect(), ..Job::default() }
    }

    fn made(text: &str) -> Value {
        Value::Made(text.to_owned(), Control::Unknown)
    }

    #[test]
    fn a_variable_of_the_file_is_what_it_says() {
        let job = job(&[("ORG", "acme"), ("STACK", "$ORG/app/prod"), ("STACK_2", "other")]);
        let row = Row::new();
        for text in ["$STACK", "${STACK}", "${{ env.STACK }}", "$(STACK)"] {
            assert_eq!(expanded(&made(text), &job, 0, &row), Value::literal("acme/app/prod"), "{text}");
        }
        assert_eq!(expanded(&made("$STACK_2"), &job, 0, &row), Value::literal("other"));
    }

    #[test]
    fn names_that_grow_end_somewhere() {
        let many = |name: &str| format!("${name}/").repeat(300);
        let job = job(&[("A", &many("B")), ("B", &many("C")), ("C", &many("D")), ("D", "x")]);
        assert!(expanded(&made("$A"), &job, 0, &Row::new()).text().len() < 2_000_000);
    }

    #[test]
    fn what_is_made_at_run_time_stays_so() {
        let job = job(&[("STACK", "$STACK"), ("A", "$B"), ("B", "$A")]);
        for text in ["$STACK", "$A", "$OTHER", "${{ inputs.stack }}"] {
            assert!(expanded(&made(text), &job, 0, &Row::new()).as_literal().is_none(), "{text}");
        }
    }
}
