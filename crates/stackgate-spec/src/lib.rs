//! The spec: a user's `stackgate.yaml` as typed data, every value with its place.
//!
//! What must always hold: [`parse`] finds every mistake of form in one run and panics on none; a [`Spec`] that came
//! without errors holds only names, paths and texts that are inert in every target. Deliberately absent: what the spec
//! means as a whole (`stackgate-plan`), the options of providers (each adapter's), and any reading from disk.

mod access;
mod form;
mod keep;
mod limits;
mod parse;
mod pins;
mod project;
mod provider_id;
mod rules;
mod scalars;
mod scan;
mod schema;
mod shape;
mod spec;
mod text;
mod values;

pub use access::{
    Access, AccessTeam, DefaultEnvironmentPermission, DefaultStackPermission, EnvironmentGrant, EnvironmentPermission,
    EscKey, OrganizationDefaults, StackPermission, StackReferenceKey, TeamKey,
};
pub use keep::{Kept, Key, Named};
pub use limits::limits;
pub use parse::parse;
pub use pins::{ActionKey, ActionPin, CliPin, ImagePin, PinOverrides, ReleaseKey, RuntimeKey};
pub use project::{At, Defaults, Deploy, Prepare, Preview, Project, Stack, StackKey, Tier};
pub use provider_id::ProviderId;
pub use rules::*;
pub use scalars::{Day, Language, Minutes, Runtime, SpecVersion};
pub use schema::{ProviderSchema, schema};
pub use shape::{BASE_NAME, ENVIRONMENT, PROJECT, STACK, Shape, TEAM};
pub use spec::{Event, Job, JobKey, ProjectKey, Spec, Waiver, When};
pub use text::{Opening, opening};
pub use values::{
    BaseName, Branch, CloudUrl, Commit, Digest, Directory, Environment, EscEnvironment, ExactVersion, ImageName, Label,
    Member, Organization, PathGlob, Reason, Script, Sentence, Sha256, StackReference, Team, VersionLabel,
};
