//! Stacks that no spec names are told.
//!
//! A stack without a spec has no pipeline of ours and no declared grants; whoever made it has admin on it. It may be
//! somebody's own, for trying, so that it is a notice.
//!
//! Instead: add it to a repository's spec, or delete it when nobody needs it.
//!
//! ```json actual bad
//! {"path": "/api/user/stacks?organization=acme", "body": {"stacks": [
//!   {"orgName": "acme", "projectName": "app", "stackName": "try", "lastUpdate": 1763000000}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/user/stacks?organization=acme", "body": {"stacks": [
//!   {"orgName": "other", "projectName": "app", "stackName": "try", "lastUpdate": 1763000000}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::days;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "stack-not-declared", group: Group::Entities, text: include_str!("stack_not_declared.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, stack) in view.stacks().filter(|(name, _)| !view.fragment().stacks.contains_key(*name)) {
        let last = match stack.last_update.filter(|then| *then > 0) {
            Some(then) => format!("last updated {} days ago", days(then, view.now)),
            None => "never updated".to_owned(),
        };
        found.add(
            Told::new(
                Class::NotDeclared,
                Level::Notice,
                format!("stack {name}"),
                format!("no spec names the stack `{name}`, {last}"),
            )
            .permits("whoever made it has admin on it, and nothing here says who else may")
            .mend("add it to its repository's spec, or delete it when nobody needs it")
            .key("no spec names it"),
        );
    }
}
