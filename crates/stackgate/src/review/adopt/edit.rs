//! The organization's spec with one team, one member or one grant more, and everything else, comments and layout, as it is.
//!
//! What must hold: what is added stands on lines of its own, with a mark, where the layout has lines; where the text is
//! written in a way that leaves doubt, nothing comes out, and the caller says so.

use stackgate_provider::yaml_scalar;
use stackgate_yaml::edit::{Edit, Place, apply, insert_entry, replace_value};
use stackgate_yaml::{Limits, Node};

/// What is written behind each thing that was adopted.
pub(super) const MARK: &str = "# undecided: nobody declared this; keep it, or delete it in Pulumi Cloud";

/// One thing to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A team with its members; none where another system keeps them.
    Team(String, Option<Vec<String>>),
    /// A member of a team.
    Member(String, String),
    /// A grant of a team on a stack: team, stack, permission.
    Stack(String, String, String),
    /// A grant of a team on an environment: team, environment, permission, and the minutes that it may stay open.
    Environment(String, String, String, Option<u64>),
}

impl Step {
    /// The team that it is about.
    pub(super) fn team(&self) -> &str {
        match self {
            Step::Team(team, _)
            | Step::Member(team, _)
            | Step::Stack(team, _, _)
            | Step::Environment(team, _, _, _) => team,
        }
    }

    /// What it is, for people.
    pub(super) fn told(&self) -> String {
        match self {
            Step::Team(team, _) => format!("the team `{team}`"),
            Step::Member(team, login) => format!("`{login}` in the team `{team}`"),
            Step::Stack(team, stack, word) => format!("`{word}` of the team `{team}` on `{stack}`"),
            Step::Environment(team, name, word, _) => {
                format!("`{word}` of the team `{team}` on the environment `{name}`")
            }
        }
    }
}

/// The text with it; `marked` where it is to be marked by itself.
pub(super) fn added(text: &str, step: &Step, marked: bool) -> Option<String> {
    match step {
        Step::Team(team, members) => {
            let value = match members {
                None => "{}".to_owned(),
                Some(members) => {
                    let members: Option<Vec<String>> = members.iter().map(|member| scalar(member)).collect();
                    format!("members: [{}]", members?.join(", "))
                }
            };
            // A team without a key of its own is an empty mapping, on the line of its name.
            let lines = match members {
                None => vec![format!("{}: {value} {MARK}", scalar(team)?)],
                Some(_) => vec![format!("{}: {MARK}", scalar(team)?), format!("  {value}")],
            };
            insert(text, &["access", "teams"], &lines)
        }
        Step::Member(team, login) => member(text, team, login),
        Step::Stack(team, stack, word) => grant(text, &["access", "teams", team, "stacks"], stack, word, marked),
        Step::Environment(team, name, word, minutes) => {
            let value = match minutes {
                Some(minutes) => format!("{{ permission: {word}, max_open: {minutes}m }}"),
                None => word.clone(),
            };
            grant(text, &["access", "teams", team, "environments"], name, &value, marked)
        }
    }
}

fn grant(text: &str, path: &[&str], name: &str, value: &str, marked: bool) -> Option<String> {
    let mark = if marked { format!(" {MARK}") } else { String::new() };
    let entry = format!("{}: {value}", scalar(name)?);
    let root = parse(text)?;
    let team = find(&root, path.get(..path.len() - 1)?)?;
    let at = text.get(team.span.start..)?;
    // A team that was adopted without anything is `{}`; it becomes a mapping in lines.
    if at.starts_with("{}") && team.as_mapping()?.is_empty() {
        return unfold(text, team.span.start, path.last()?, &entry);
    }
    if at.starts_with('{') {
        return None;
    }
    insert(text, path, &[format!("{entry}{mark}")])
}

/// Puts an entry in the place of `{}`, with what stands behind that on its line left there.
fn unfold(text: &str, start: usize, key: &str, entry: &str) -> Option<String> {
    let before = text.get(..start)?;
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let indent = text.get(line..)?.len() - text.get(line..)?.trim_start_matches(' ').len();
    let end = start + text.get(start..)?.find(['\r', '\n']).unwrap_or(text.len() - start);
    let behind = text.get(start + 2..end)?;
    let newline = newline(text);
    let pad = " ".repeat(indent + 2);
    let whole = format!("{}{behind}{newline}{pad}{key}:{newline}{pad}  {entry}", before.trim_end());
    Some(format!("{whole}{}", text.get(end..)?))
}

fn member(text: &str, team: &str, login: &str) -> Option<String> {
    let root = parse(text)?;
    let members = find(&root, &["access", "teams", team, "members"])?;
    let items = members.as_sequence()?;
    let login = scalar(login)?;
    let flow = text.get(members.span.start..)?.starts_with('[');
    let (edit, line_of) = if flow {
        let all: Option<Vec<&str>> = items.iter().map(|item| text.get(item.span.start..item.span.end)).collect();
        let mut all: Vec<&str> = all?;
        all.push(&login);
        (replace_value(text, members, &format!("[{}]", all.join(", ")))?, members.span.start)
    } else {
        let last = items.last()?;
        let line = text.get(..last.span.start)?.rfind('\n').map_or(0, |at| at + 1);
        let before = text.get(line..last.span.start)?;
        (before.trim() == "-").then_some(())?;
        let end = last.span.end + text.get(last.span.end..)?.find(['\r', '\n']).unwrap_or(text.len() - last.span.end);
        let replacement = format!("{}{before}{login} {MARK}", newline(text));
        return apply(text, &[Edit { span: stackgate_diagnostic::Span::at(end), replacement }]).ok();
    };
    let edited = apply(text, &[edit]).ok()?;
    // The line ends with the list, or with a comment that goes on.
    let end = line_of + edited.get(line_of..)?.find(['\r', '\n']).unwrap_or(edited.len() - line_of);
    let mark = format!(" {MARK} ({login})");
    apply(&edited, &[Edit { span: stackgate_diagnostic::Span::at(end), replacement: mark }]).ok()
}

/// Adds lines at the end of the mapping that a path leads to; what is missing of the path is added too.
fn insert(text: &str, path: &[&str], lines: &[String]) -> Option<String> {
    let root = parse(text)?;
    let depth = (0..=path.len()).rev().find(|depth| find(&root, path.get(..*depth).unwrap_or(&[])).is_some())?;
    let parent = find(&root, path.get(..depth)?)?;
    // Nothing is behind `teams:`; such a key is not edited here.
    parent.as_mapping()?;
    if text.get(parent.span.start..)?.starts_with('{') {
        return None;
    }
    let missing = path.get(depth..)?;
    let mut entry = Vec::new();
    for (level, key) in missing.iter().enumerate() {
        entry.push(format!("{}{}:", " ".repeat(2 * level), scalar(key)?));
    }
    let indent = " ".repeat(2 * missing.len());
    entry.extend(lines.iter().map(|line| format!("{indent}{line}")));
    apply(text, &[insert_entry(text, parent, &entry.join("\n"), Place::Last)?]).ok()
}

fn parse(text: &str) -> Option<Node> {
    stackgate_yaml::parse(text, &Limits::SPEC).ok()
}

pub(super) fn find<'a>(root: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(root, |node, key| node.get(key))
}

/// The teams that the text itself holds.
pub(super) fn holds_team(text: &str, team: &str) -> bool {
    parse(text).is_some_and(|root| find(&root, &["access", "teams", team]).is_some())
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn scalar(value: &str) -> Option<String> {
    let mut out = Vec::new();
    yaml_scalar(value, &mut out).ok()?;
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "version: 1\n# who\naccess:\n  teams:\n    operators: # on call\n      members: [ada, grace] # two\n      stacks:\n        app/production: read\n    readers:\n      members:\n        - joan # she\n\nlast: 1\n";

    fn all(text: &str, steps: &[(Step, bool)]) -> String {
        steps.iter().fold(text.to_owned(), |text, (step, marked)| {
            let text = added(&text, step, *marked).unwrap_or_else(|| panic!("no place for {step:?} in\n{text}"));
            assert!(parse(&text).is_some(), "{text}");
            text
        })
    }

    #[test]
    fn what_is_added_is_marked_and_nothing_else_changes() {
        let step = |one: &str, two: &str, three: &str| Step::Stack(one.into(), two.into(), three.into());
        let steps = [
            (Step::Team("friends".into(), Some(vec!["eve".into(), "bob".into()])), true),
            (step("friends", "app/dev", "write"), false),
            (Step::Environment("friends".into(), "app/dev".into(), "open".into(), Some(90)), false),
            (Step::Team("kept".into(), None), true),
            (step("kept", "app/dev", "read"), false),
            (Step::Member("operators".into(), "eve".into()), true),
            (Step::Member("readers".into(), "eve".into()), true),
            (step("operators", "app/dev", "read"), true),
            (Step::Environment("operators".into(), "app/dev".into(), "open".into(), None), true),
        ];
        let expected = format!(
            "version: 1\n# who\naccess:\n  teams:\n    operators: # on call\n      members: [ada, grace, eve] # two {MARK} (eve)\n      stacks:\n        app/production: read\n        app/dev: read {MARK}\n      environments:\n        app/dev: open {MARK}\n    readers:\n      members:\n        - joan # she\n        - eve {MARK}\n    friends: {MARK}\n      members: [eve, bob]\n      stacks:\n        app/dev: write\n      environments:\n        app/dev: {{ permission: open, max_open: 90m }}\n    kept: {MARK}\n      stacks:\n        app/dev: read\n\nlast: 1\n"
        );
        assert_eq!(all(SPEC, &steps), expected);
    }

    #[test]
    fn a_spec_without_teams_gets_them() {
        let step = [(Step::Team("x".into(), Some(Vec::new())), true)];
        let teams = format!("    x: {MARK}\n      members: []\n");
        assert_eq!(all("a: 1\n", &step), format!("a: 1\naccess:\n  teams:\n{teams}"));
        let defaults = "access:\n  defaults: { stacks: none }\n";
        assert_eq!(all(defaults, &step), format!("{defaults}  teams:\n{teams}"));
    }

    #[test]
    fn a_layout_that_leaves_doubt_is_left_alone() {
        let team = Step::Team("x".into(), Some(Vec::new()));
        for text in ["access: { teams: {} }\n", "access: ~\n", "access: []\n", "a: [\n"] {
            assert_eq!(added(text, &team, true), None, "{text}");
        }
        let text = "access:\n  teams:\n    x: { members: [a], stacks: {} }\n";
        assert_eq!(added(text, &Step::Stack("x".into(), "a/b".into(), "read".into()), true), None);
        assert_eq!(added(text, &Step::Member("y".into(), "b".into()), true), None);
    }
}
