//! Teams, stacks, environments, and what each team may do; and long-lived tokens, which need no policy.
//!
//! What must hold: a stack, an environment or a team of either side is drawn, also where nothing leads to it.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use stackgate_access::{Team, TeamKind};
use stackgate_cloud::{ApiToken, Known};
use stackgate_plan::Tier;

use super::{Canvas, levels, node};
use crate::model::{Column, Mark};

/// How a thing stands that is declared, or there, or both; `there` is none where that is not known.
fn mark(compared: bool, declared: bool, there: Option<bool>) -> Mark {
    match (compared, declared, there) {
        (false, ..) | (_, true, Some(true)) => Mark::Both,
        (_, _, None) => Mark::Unknown,
        (_, true, Some(false)) => Mark::DeclaredOnly,
        (_, false, Some(_)) => Mark::ActualOnly,
    }
}

/// Stacks and environments.
pub(super) fn things(canvas: &mut Canvas<'_>) {
    let (declared, actual) = (canvas.declared, canvas.actual);
    let stacks = actual.map(|actual| &actual.stacks);
    let mut names: BTreeSet<&String> = declared.stacks.keys().collect();
    names.extend(stacks.and_then(Known::here).into_iter().flat_map(IndexMap::keys));
    for name in names {
        let entry = declared.stacks.get(name);
        let there = stacks.and_then(Known::here).map(|stacks| stacks.contains_key(name));
        let tier = match entry.map(|entry| entry.tier) {
            Some(Tier::Production) => "production",
            Some(Tier::Development) => "development",
            None => "",
        };
        let mark = mark(actual.is_some(), entry.is_some(), there);
        canvas.node(Column::Stack, name, || node(Column::Stack, name, tier, mark));
    }
    let environments = actual.map(|actual| &actual.environments);
    let of_stacks = declared.stacks.values().flat_map(|stack| &stack.esc);
    let ours: BTreeSet<&String> =
        of_stacks.chain(declared.teams.values().flat_map(|team| team.environments.keys())).collect();
    let mut names = ours.clone();
    names.extend(environments.and_then(Known::here).into_iter().flat_map(IndexMap::keys));
    for name in names {
        let there = environments.and_then(Known::here).map(|all| all.contains_key(name));
        let mark = mark(actual.is_some(), ours.contains(name), there);
        canvas.node(Column::Environment, name, || node(Column::Environment, name, "", mark));
    }
    for (what, unknown) in
        [("stacks", stacks.and_then(Known::unknown)), ("ESC environments", environments.and_then(Known::unknown))]
    {
        if let Some(unknown) = unknown {
            canvas.remark(Mark::Unknown, format!("The {what} could not be read ({}).", unknown.path));
        }
    }
}

/// Teams with their permissions.
pub(super) fn teams(canvas: &mut Canvas<'_>) {
    let (declared, actual) = (canvas.declared, canvas.actual);
    let known = actual.map(|actual| &actual.teams);
    if let Some(unknown) = known.and_then(Known::unknown) {
        canvas.remark(Mark::Unknown, format!("The teams could not be read ({}): there may be others.", unknown.path));
    }
    let there = known.and_then(Known::here);
    let mut names: BTreeSet<&String> = declared.teams.keys().collect();
    names.extend(there.into_iter().flat_map(IndexMap::keys));
    for name in names {
        let ours = declared.teams.get(name);
        let theirs = there.and_then(|teams| teams.get(name));
        let mark = mark(actual.is_some(), ours.is_some(), there.map(|_| theirs.is_some()));
        let at = canvas.node(Column::Team, name, || node(Column::Team, name, what(ours), mark));
        if let (Some(ours), Some(theirs)) = (ours, theirs)
            && let Some((mark, difference)) = members(ours, &theirs.members)
            && let Some(team) = canvas.nodes.get_mut(at)
        {
            (team.mark, team.difference) = (mark, Some(difference));
        }
        let unread = known.is_some_and(|known| known.here().is_none());
        let there = theirs.map(|team| &team.stacks);
        let lost = unread || there.is_some_and(|stacks| stacks.here().is_none());
        let there = there.and_then(Known::here).into_iter().flatten();
        let there = there.filter_map(|(name, level)| Some((name, levels::of_stack_there(level)?.to_owned())));
        let here = ours.map(|team| &team.stacks).into_iter().flatten();
        let here = here.map(|(name, permission)| (name, levels::of_stack(*permission).to_owned()));
        permissions(canvas, at, Column::Stack, here.collect(), there.collect(), lost);
        let there = theirs.map(|team| &team.environments);
        let lost_too = unread || there.is_some_and(|environments| environments.here().is_none());
        let there = there.and_then(Known::here).into_iter().flatten();
        let there = there.filter_map(|(name, grant)| Some((name, levels::of_environment_there(grant)?)));
        let here = ours.map(|team| &team.environments).into_iter().flatten();
        let here = here.map(|(name, grant)| (name, levels::of_environment(grant)));
        permissions(canvas, at, Column::Environment, here.collect(), there.collect(), lost_too);
        if theirs.is_some() && (lost || lost_too) {
            canvas.remark(Mark::Unknown, format!("The permissions of the team {name} could not all be read."));
        }
    }
}

fn what(declared: Option<&Team>) -> String {
    let Some(team) = declared else { return "team".to_owned() };
    match (team.kind, &team.members) {
        // A role of its own reaches beyond the stacks and environments that are drawn.
        (TeamKind::Pipeline, _) if !team.scopes.is_empty() => format!("pipeline, role of {} scopes", team.scopes.len()),
        (TeamKind::Pipeline, _) => "team of a pipeline".to_owned(),
        (TeamKind::People, None) => "team of people".to_owned(),
        (TeamKind::People, Some(members)) if members.len() == 1 => "team of 1 person".to_owned(),
        (TeamKind::People, Some(members)) => format!("team of {} people", members.len()),
    }
}

/// Who is a member, and who should be.
fn members(declared: &Team, there: &Known<IndexMap<String, String>>) -> Option<(Mark, String)> {
    let ours: BTreeSet<&str> = declared.members.as_ref()?.iter().map(String::as_str).collect();
    let there = match there {
        Known::Here(members) => members.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        Known::Unknown(_) => return Some((Mark::Unknown, "its members could not be read".to_owned())),
    };
    let more: Vec<&str> = there.difference(&ours).copied().collect();
    let fewer: Vec<&str> = ours.difference(&there).copied().collect();
    let mut told = Vec::new();
    if !more.is_empty() {
        told.push(format!("undeclared members: {}", more.join(", ")));
    }
    if !fewer.is_empty() {
        told.push(format!("missing members: {}", fewer.join(", ")));
    }
    (!told.is_empty()).then(|| (Mark::Differs, told.join("; ")))
}

/// Permissions of one team, by name.
fn permissions(
    canvas: &mut Canvas<'_>,
    team: usize,
    column: Column,
    ours: IndexMap<&String, String>,
    theirs: IndexMap<&String, String>,
    unread: bool,
) {
    let compared = canvas.actual.is_some();
    let names: BTreeSet<&&String> = ours.keys().chain(theirs.keys()).collect();
    for name in names {
        let (declared, there) = (ours.get(*name), theirs.get(*name));
        let (label, mark, difference) = match (declared, there) {
            (Some(ours), Some(theirs)) if ours != theirs => (theirs, Mark::Differs, Some(format!("{ours} → {theirs}"))),
            (Some(ours), _) => (ours, mark(compared, true, (!unread).then_some(there.is_some())), None),
            (None, Some(theirs)) => (theirs, Mark::ActualOnly, None),
            (None, None) => continue,
        };
        // A permission may outlive what it is for, and a token may see a permission but not the thing.
        let make = || node(column, name.as_str(), "", mark);
        let to = canvas.node(column, name, make);
        canvas.permission(team, to, label.clone(), mark, difference);
    }
}

/// Long-lived tokens: each is a way in that no policy stands before.
pub(super) fn tokens(canvas: &mut Canvas<'_>) {
    let Some(actual) = canvas.actual else { return };
    let mut unread = 0;
    for (name, team) in actual.teams.here().into_iter().flatten() {
        let at = canvas.keys.get(&(Column::Team, name.clone())).copied();
        match (&team.tokens, at) {
            (Known::Here(tokens), Some(at)) => {
                tokens.iter().for_each(|one| token(canvas, one, at));
            }
            _ => unread += 1,
        }
    }
    if unread > 0 {
        let teams = if unread == 1 { "1 team".to_owned() } else { format!("{unread} teams") };
        canvas.remark(Mark::Unknown, format!("The long-lived tokens of {teams} could not be read."));
    }
    match &actual.tokens {
        Known::Here(tokens) => {
            for one in tokens {
                let note = match (&one.role, one.admin) {
                    (Some(role), _) => format!("organization token, role {role}"),
                    (None, true) => "organization token, admin".to_owned(),
                    (None, false) => "organization token".to_owned(),
                };
                let key = format!("\u{0}organization {note}");
                let make = || node(Column::Team, "the whole organization", note, Mark::ActualOnly);
                let at = canvas.node(Column::Team, &key, make);
                token(canvas, one, at);
            }
        }
        Known::Unknown(unknown) => {
            let text = format!("The organization's long-lived tokens could not be read ({}).", unknown.path);
            canvas.remark(Mark::Unknown, text);
        }
    }
}

fn token(canvas: &mut Canvas<'_>, token: &ApiToken, team: usize) {
    let kind = if token.expires.is_none_or(|at| at == 0) { "no expiry" } else { "long-lived" };
    let note = format!("{kind}, by {}", token.created_by);
    let key = format!("\u{0}token {}", token.id);
    let make = || node(Column::Identity, token.name.as_str(), note, Mark::ActualOnly);
    let from = canvas.node(Column::Identity, &key, make);
    canvas.edge(from, team, Mark::ActualOnly);
}
