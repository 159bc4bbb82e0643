//! `explain`: a rule's page, or the list of all.

use stackgate::args::Explain;
use stackgate::diagnostic::{closest, quote};
use stackgate::{Error, all_rules, find_rule};

use super::output::{Output, STRONG};
use super::{Outcome, Run};

pub(crate) fn run(options: &Explain, output: &mut Output) -> Run {
    let Some(id) = &options.rule else {
        let width = all_rules().iter().map(|rule| rule.id.len()).max().unwrap_or_default();
        for rule in all_rules() {
            output.line(&format!("{:width$}  {}", rule.id, rule.title))?;
        }
        return Ok(Outcome::Done);
    };
    let Some(rule) = find_rule(id) else {
        let meant = closest(id, all_rules().iter().map(|rule| rule.id));
        let hint = meant.map_or_else(String::new, |meant| format!(" did you mean `{meant}`?"));
        let why = format!("there is no rule {};{hint} `stackgate explain` lists all", quote(id));
        return Err(Error::Refused(why).into());
    };
    output.styled(STRONG, &format!("{}: {}", rule.id, rule.title))?;
    output.line("")?;
    output.line("Why")?;
    output.line(&format!("  {}", rule.why))?;
    output.line("")?;
    output.line("Instead")?;
    output.line(&format!("  {}", rule.instead))?;
    output.line("")?;
    output.line(if rule.waivable {
        "It can be waived in the spec, with a place, a reason and a last day."
    } else {
        "It cannot be waived."
    })?;
    Ok(Outcome::Done)
}
