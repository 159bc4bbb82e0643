//! What people may do in Pulumi Cloud.
//!
//! What must always hold: a grant names its team, its stack or environment, and one permission. Deliberately absent:
//! the grants of pipelines, which follow from the stages and are never written by hand.

use stackgate_yaml::{Located, choice, mapping};

use crate::keep::{Kept, Key, Named};
use crate::scalars::Minutes;
use crate::shape::{self, Shape};
use crate::values::{Member, Sentence};

mapping! {
    /// What people may do in Pulumi Cloud.
    pub struct Access {
        /// The organization's default permissions, as far as this repository relies on them: `none`.
        pub defaults: Kept<Option<OrganizationDefaults>>,
        /// Teams of people, by name.
        pub teams: Kept<Option<Named<TeamKey, AccessTeam>>>,
    }
}

mapping! {
    /// The organization's default permissions. Every team token carries them too.
    pub struct OrganizationDefaults {
        /// What every member may do to every stack.
        pub stacks: Option<Located<DefaultStackPermission>>,
        /// What every member may do to every ESC environment.
        pub environments: Option<Located<DefaultEnvironmentPermission>>,
        /// Whether every member may create stacks.
        pub members_create_stacks: Option<Located<bool>>,
    }
}

mapping! {
    /// A team of people.
    pub struct AccessTeam {
        /// What the team is for.
        pub description: Option<Located<Sentence>>,
        /// Pulumi user names. Left out where another system, such as SCIM, keeps the members.
        pub members: Option<Vec<Located<Member>>>,
        /// Permissions on stacks of this spec, by `project/stack`.
        pub stacks: Kept<Option<Named<StackReferenceKey, Located<StackPermission>>>>,
        /// Permissions on ESC environments, by `project/name`.
        pub environments: Kept<Option<Named<EscKey, EnvironmentGrant>>>,
    }
}

mapping! {
    /// A permission on an ESC environment. A bare word is the permission.
    #[derive(PartialEq)]
    #[shorthand = permission]
    pub struct EnvironmentGrant {
        /// What the team may do.
        pub permission: Located<EnvironmentPermission>,
        /// How long an opened environment may stay open: `45m`, `1h`.
        pub max_open: Option<Located<Minutes>>,
    }
}

choice! {
    /// What a team may do to a stack.
    pub enum StackPermission {
        /// See it, and preview against it.
        Read = "read",
        /// Deploy it.
        Write = "write",
        /// Deploy, delete and transfer it, and say who else may.
        Admin = "admin",
    }
}

choice! {
    /// What a team may do to an ESC environment.
    pub enum EnvironmentPermission {
        /// See its definition, without secrets.
        Read = "read",
        /// Open it: see its secrets.
        Open = "open",
        /// Change it.
        Write = "write",
        /// Change and delete it, and say who else may.
        Admin = "admin",
    }
}

choice! {
    /// What every member of the organization may do to every stack.
    pub enum DefaultStackPermission {
        /// Nothing.
        None = "none",
        /// See it.
        Read = "read",
        /// Deploy it.
        Write = "write",
        /// Everything.
        Admin = "admin",
    }
}

choice! {
    /// What every member of the organization may do to every ESC environment.
    pub enum DefaultEnvironmentPermission {
        /// Nothing.
        None = "none",
        /// See its definition.
        Read = "read",
        /// Open it.
        Open = "open",
        /// Change it.
        Write = "write",
        /// Everything.
        Admin = "admin",
    }
}

/// Keys of `access.teams`.
#[derive(Clone, Debug)]
pub struct TeamKey;

impl Key for TeamKey {
    const SHAPE: &'static Shape = &shape::TEAM;
    const COUNT: (usize, usize) = (0, 200);
    const MANY: &'static str = "teams";
}

/// Keys of a team's `stacks`.
#[derive(Clone, Debug)]
pub struct StackReferenceKey;

impl Key for StackReferenceKey {
    const SHAPE: &'static Shape = &shape::STACK_REFERENCE;
    const COUNT: (usize, usize) = (0, 1000);
    const MANY: &'static str = "stacks";
}

/// Keys of a team's `environments`.
#[derive(Clone, Debug)]
pub struct EscKey;

impl Key for EscKey {
    const SHAPE: &'static Shape = &shape::ESC;
    const COUNT: (usize, usize) = (0, 200);
    const MANY: &'static str = "environments";
}
