//! The organization's default permissions are what was declared.
//!
//! A default holds for every member on the built-in role, and for every team's token besides what the team was granted.
//! So with a default of `read` each pipeline, those of change requests too, decrypts the secrets of every stack, and no
//! grant of this organization means anything below it. Where the organization's spec declares no defaults, `none` is
//! what is compared with, and the finding weighs less.
//!
//! Instead: declare `access: { defaults: { stacks: none, environments: none, members_create_stacks: false } }` in the
//! organization's spec, run `bootstrap.sh` of the access program once as an administrator, and give people what they
//! need by teams.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/metadata", "body": {"defaultStackPermission": 101}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/metadata", "body": {"defaultStackPermission": 0}}
//! ```

use stackgate_cloud::{EnvironmentLevel, StackLevel};
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::{can_environment, can_stack, environment_level, of_environment, of_stack, stack_level};

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "default-permission",
    group: Group::Organization,
    text: include_str!("default_permission.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    let Some(actual) = view.defaults() else { return };
    let declared = view.fragment().defaults;
    let stacks = stack_level(declared.and_then(|declared| declared.stacks));
    let weighs = |harm: bool| match (declared.is_some(), harm) {
        (true, true) => Level::High,
        (true, false) | (false, true) => Level::Medium,
        (false, false) => Level::Low,
    };
    let mend =
        |key: &str, value: serde_json::Value| view.commands.org("PATCH", &[], Some(&serde_json::json!({ key: value })));
    // One that is not known is told by `permission-unknown`.
    if actual.stacks != stacks && !matches!(actual.stacks, StackLevel::Other(_)) {
        let wider = actual.stacks > stacks;
        let class = class(wider, declared.is_some());
        let level = if wider { weighs(actual.stacks > StackLevel::Read) } else { Level::Low };
        let word = of_stack(&actual.stacks);
        let what = format!("the default permission on stacks is `{word}`, not `{}`", of_stack(&stacks));
        let permits = format!("on any stack, every member and every team's token {}", can_stack(&actual.stacks));
        let number = if stacks == StackLevel::None { 0 } else { number(&stacks) };
        found.add(
            Told::new(class, level, "organization", what)
                .permits(permits)
                .mend(mend("setDefaultStackPermission", number.into()))
                .facts(of_stack(&stacks), word),
        );
    }
    let environments = environment_level(declared.and_then(|declared| declared.environments));
    if actual.environments != environments && !matches!(actual.environments, EnvironmentLevel::Other(_)) {
        let wider = actual.environments > environments;
        let level = if wider { weighs(actual.environments > EnvironmentLevel::Read) } else { Level::Low };
        let word = of_environment(&actual.environments);
        let what =
            format!("the default permission on ESC environments is `{word}`, not `{}`", of_environment(&environments));
        let permits = format!(
            "on any environment, every member and every team's token {}",
            can_environment(&actual.environments)
        );
        found.add(
            Told::new(class(wider, declared.is_some()), level, "organization", what)
                .permits(permits)
                .mend(mend("setDefaultEnvironmentPermission", of_environment(&environments).into()))
                .facts(of_environment(&environments), word),
        );
    }
}

fn class(wider: bool, declared: bool) -> Class {
    match (wider, declared) {
        (true, true) => Class::Widened,
        (true, false) => Class::NotDeclared,
        (false, _) => Class::Narrowed,
    }
}

fn number(level: &StackLevel) -> u32 {
    match level {
        StackLevel::Read => 101,
        StackLevel::Write => 102,
        _ => 103,
    }
}
