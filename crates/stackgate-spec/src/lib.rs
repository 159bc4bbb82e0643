//! The spec: a user's `stackgate.yaml` as typed data, every value with its place.
//!
//! What must always hold: [`parse`] finds every mistake of form in one run and panics on none; a [`Spec`] that came
//! without errors holds only names, paths and texts that are inert in every target. Deliberately absent: what the spec
//! means as a whole (`stackgate-plan`), the options of providers (each adapter's), and any reading from disk.

mod access;
mod auditing;
mod deployments;
mod form;
mod identity;
mod keep;
mod limits;
mod organization;
mod parse;
mod pins;
mod project;
mod provider_id;
mod rules;
mod scalars;
mod scan;
mod schedule;
mod schema;
mod shape;
mod spec;
mod text;
mod values;

pub use access::{
    Access, AccessTeam, DefaultEnvironmentPermission, DefaultStackPermission, EnvironmentGrant, EnvironmentPermission,
    EscKey, OrganizationDefaults, StackPermission, StackReferenceKey, TeamKey,
};
pub use auditing::{Auditing, FailOn, Release};
pub use deployments::{
    Aws, Azure, CloudIdentities, DeploymentTrigger, Deployments, DriftCheck, Execution, Gcp, Operation, Schedule,
    TimeToLive, Vcs,
};
pub use keep::{Kept, Key, Named};
pub use limits::limits;
pub use organization::{
    AzureSettings, CiSystems, GitHubSettings, GitLabSettings, OrganizationSpec, Repository, is_organization,
    parse_organization,
};
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
    AwsPolicy, AwsRole, BaseName, Branch, CloudUrl, Commit, Cron, Digest, Directory, Environment, EscEnvironment,
    ExactVersion, GcpId, GcpRegion, Guid, ImageName, Instant, Label, Member, Organization, PathGlob, PinnedImage,
    PulumiId, Reason, ReleaseUrl, Script, Sentence, ServiceAccount, SessionName, Sha256, StackReference, Team,
    VcsRepository, VersionLabel,
};
