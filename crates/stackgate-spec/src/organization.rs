//! The organization spec: a spec that names repositories instead of projects.
//!
//! What must always hold: it says nothing about pipelines; the repositories' own specs do. Deliberately absent: finding the
//! repositories, and judging one by another.

use stackgate_diagnostic::{Diagnostic, Diagnostics, Source};
use stackgate_yaml::{Limits, Located, MISSING_KEY, Reader, mapping};

use crate::access::Access;
use crate::auditing::{self, Auditing};
use crate::keep::Kept;
use crate::parse::read;
use crate::scalars::SpecVersion;
use crate::spec::Waiver;
use crate::values::{CloudUrl, Directory, Guid, Organization, PathGlob, Team};

mapping! {
    /// What Pulumi Cloud must hold for the pipelines of many repositories.
    pub struct OrganizationSpec {
        /// The version of this format: 1.
        pub version: SpecVersion,
        /// The Pulumi organization.
        pub organization: Kept<Located<Organization>>,
        /// The base URL of a self-hosted Pulumi Cloud's API. `https://api.pulumi.com` unless given.
        pub cloud_url: Kept<Option<Located<CloudUrl>>>,
        /// The repositories, below this file's folder: a path of specs, in which `*` stands for a part of one name, or the
        /// file of a fragment.
        pub repositories: Located<Vec<Kept<Repository>>>,
        /// The organization's defaults, and what people may do who belong to no single repository.
        pub access: Kept<Option<Access>>,
        /// The team whose members approve changes of production's ESC environments. Nobody is asked unless given.
        pub approvers: Option<Located<Team>>,
        /// Whether opening such an environment needs an approval too, which no unattended pipeline can wait for. `false`
        /// unless given.
        pub gate_open: Option<Located<bool>>,
        /// The CI systems whose own settings the access program holds too, each with who approves there. None unless given.
        pub ci_settings: Kept<Option<CiSystems>>,
        /// The scheduled pipeline that holds Pulumi Cloud and its logs against what is declared. None unless given.
        pub auditing: Kept<Option<Auditing>>,
        /// Rules that are set aside, each for a place, for a reason, and until a day.
        pub waivers: Kept<Option<Vec<Kept<Waiver>>>>,
    }
}

mapping! {
    /// The CI systems whose own settings the access program holds: environments with approvals, and protected branches.
    pub struct CiSystems {
        /// GitHub.
        pub github: Option<GitHubSettings>,
        /// GitLab.
        pub gitlab: Option<GitLabSettings>,
        /// Azure DevOps.
        pub azure: Option<AzureSettings>,
    }
}

mapping! {
    /// Who reviews the deploys that wait on GitHub; one of them is enough. Six at most.
    pub struct GitHubSettings {
        /// Teams by number: `gh api orgs/ORG/teams/TEAM --jq .id`.
        pub reviewer_teams: Option<Vec<Located<u64>>>,
        /// Users by number: `gh api users/NAME --jq .id`.
        pub reviewer_users: Option<Vec<Located<u64>>>,
    }
}

mapping! {
    /// Who approves the deploys that wait on GitLab.
    pub struct GitLabSettings {
        /// The group of whom one approves, by number, with whom each project is shared. A maintainer approves unless given.
        pub approver_group: Option<Located<u64>>,
    }
}

mapping! {
    /// Who approves the deploys that wait on Azure DevOps; one of them is enough.
    pub struct AzureSettings {
        /// Users and groups by their ids: `id` of `https://vssps.dev.azure.com/ORG/_apis/identities?searchFilter=General&filterValue=NAME`.
        pub approvers: Option<Vec<Located<Guid>>>,
    }
}

mapping! {
    /// A repository, or several. A bare text is the path of its spec.
    #[shorthand = spec]
    pub struct Repository {
        /// The path of a spec, or of several with `*`.
        pub spec: Option<Located<PathGlob>>,
        /// The file of a fragment, as `stackgate trust policies --format fragment` printed it.
        pub fragment: Option<Located<Directory>>,
    }
}

/// Whether a spec is an organization's.
#[must_use]
pub fn is_organization(source: &Source) -> bool {
    // A word at the beginning of a line is enough of a hint to look, and the parser decides.
    source.text().contains("repositories")
        && stackgate_yaml::parse(source.text(), &Limits::SPEC).is_ok_and(|root| root.get("repositories").is_some())
}

/// Reads an organization spec, with every mistake of form. `providers` are the ids of all providers that this program knows.
#[must_use]
pub fn parse_organization(source: &Source, providers: &[&str]) -> (Option<OrganizationSpec>, Diagnostics) {
    read(source, |_| None, |spec: &OrganizationSpec, reader| check(spec, providers, reader))
}

/// What types alone do not say: that there are repositories, and each is named in one way.
fn check(spec: &OrganizationSpec, providers: &[&str], reader: &mut Reader) {
    if let Some(given) = spec.auditing.given() {
        auditing::check(given, providers, reader);
    }
    if spec.repositories.value.is_empty() {
        let diagnostic = Diagnostic::error(&MISSING_KEY, spec.repositories.span, "there are no repositories");
        reader.error(diagnostic.help("name the repositories' specs, such as `\"*/stackgate.yaml\"`"));
    }
    for repository in spec.repositories.value.iter().filter_map(Kept::get) {
        if repository.spec.is_some() == repository.fragment.is_some() {
            let message = "a repository is either the path of its spec or that of a fragment";
            let diagnostic = Diagnostic::error(&MISSING_KEY, repository.span, message);
            reader.error(diagnostic.help("write `\"*/stackgate.yaml\"`, or `{ fragment: fragments/legacy.json }`"));
        }
    }
}
