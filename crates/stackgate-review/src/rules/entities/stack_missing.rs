//! Every stack that was declared is there.
//!
//! A pipeline never creates a stack, so that it fails where there is none; and whoever creates it has admin on it for ever.
//! Pulumi Cloud lists the stacks that the token may see: one that it may not see looks the same. Where it sees none of
//! those that were declared, that is told once, as unknown.
//!
//! Instead: let an administrator create the stack, as `pulumi-access/REVIEW.md` says, or take it out of the spec; and let the
//! token that reviews see every stack.
//!
//! ```json actual bad
//! {"path": "/api/user/stacks?organization=acme", "without": {"stacks": ["app/dev"]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/user/stacks?organization=acme", "body": {"stacks": [{"projectName": "app", "stackName": "dev", "lastUpdate": null}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "stack-missing", group: Group::Entities, text: include_str!("stack_missing.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let Some(there) = view.actual.stacks.here() else { return };
    let declared = &view.fragment().stacks;
    let missing: Vec<&str> = declared.keys().map(String::as_str).filter(|name| !there.contains_key(*name)).collect();
    if missing.len() > 1 && missing.len() == declared.len() {
        let what = format!("this token sees none of the {} declared stacks", missing.len());
        found.add(
            Told::new(Class::Unknown, Level::Medium, "organization", what)
                .permits("nothing is said of any stack, of its settings and of who made it")
                .mend("review with a token that may see every stack")
                .key("no stack is seen"),
        );
        return;
    }
    for name in missing {
        let what = format!("the stack `{name}` is not there, or this token may not see it");
        found.add(
            Told::new(Class::Missing, Level::Low, format!("stack {name}"), what)
                .permits("its pipeline fails, and whoever creates it has admin on it for ever")
                .mend("let an administrator create it, or take it out of its repository's spec"),
        );
    }
}
