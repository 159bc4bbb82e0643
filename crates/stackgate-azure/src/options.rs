//! Azure's options in a spec: read, checked, and answered with their defaults.
//!
//! What must hold: an option that is left out is the stricter choice. Names and ids of the organization, the project, the
//! repository and the definitions are read for the trust policies and shown in the checklist; the pipelines ask Azure
//! itself at run time.

use stackgate_provider::diagnostic::Diagnostic;
use stackgate_provider::plan::{Action, Stage, Trigger};
use stackgate_provider::yaml::{Located, Reader, Table, choice, mapping};

use crate::{rules, words};

choice! {
    /// Where the repository is.
    pub enum Host {
        /// On GitHub: the file itself says which pull requests start the preview.
        GitHub = "github",
        /// In Azure Repos: a branch policy starts the preview.
        AzureRepos = "azure-repos",
    }
}

choice! {
    /// The folder of both files.
    pub enum Folder {
        /// The default.
        AzurePipelines = "azure-pipelines",
        /// The same, hidden.
        DotAzurePipelines = ".azure-pipelines",
        /// Where Azure DevOps keeps a repository's own settings.
        DotAzuredevops = ".azuredevops",
        /// A common one.
        DotPipelines = ".pipelines",
    }
}

choice! {
    /// Who issues the tokens of the service connections.
    pub enum ConnectionIssuer {
        /// Entra, as the connection's own page shows: every connection made since November 2025, and each that was converted.
        Entra = "entra",
        /// Azure DevOps, in the old form, which names the connection by its name and ends on 2027-07-01.
        AzureDevops = "azure-devops",
    }
}

mapping! {
    /// A service connection of the kind "Azure Resource Manager" with workload identity federation.
    pub struct Connection {
        /// Its name.
        pub name: Located<String>,
        /// Its id, as in its address in the project's settings.
        pub id: Located<String>,
    }
}

mapping! {
    /// Azure Pipelines.
    pub struct Options {
        /// Where the repository is: `azure-repos` unless given.
        pub host: Option<Located<Host>>,
        /// The Azure DevOps organization, as in `dev.azure.com/NAME`, in its own upper and lower case. Needed for the trust policies.
        pub organization: Option<Located<String>>,
        /// The organization's id: `instanceId` of `https://dev.azure.com/NAME/_apis/connectionData`. Needed for the trust policies.
        pub organization_id: Option<Located<String>>,
        /// The project, in its own upper and lower case. Needed for the trust policies.
        pub project: Option<Located<String>>,
        /// The project's id: `az devops project show --project NAME --query id`. Needed for the trust policies.
        pub project_id: Option<Located<String>>,
        /// The repository's id, as the OIDC token's `rpo_id` gives it: `az repos show --repository NAME --query id`, or `owner/name` on GitHub. Needed for the trust policies.
        pub repository_id: Option<Located<String>>,
        /// The id of the definition that runs `pulumi-preview.yml`. Needed for the trust policies.
        pub preview_definition_id: Option<Located<u64>>,
        /// The id of the definition that runs `pulumi-deploy.yml`. Needed for the trust policies.
        pub deploy_definition_id: Option<Located<u64>>,
        /// The service connection whose checks hold production back, and whose token production's deploys use.
        pub production_connection: Option<Connection>,
        /// The same for single stacks, by `project/stack`.
        pub production_connections: Option<Table<Connection>>,
        /// The service connection, without an approval, whose token production's previews use: the run's own unless given.
        pub production_preview_connection: Option<Connection>,
        /// Who issues the tokens of these service connections: `entra` unless given.
        pub connection_issuer: Option<Located<ConnectionIssuer>>,
        /// The id of the Entra tenant of these service connections: `az account show --query tenantId`. Needed for the trust policies of `entra`.
        pub tenant_id: Option<Located<String>>,
        /// The agent pool of your own that jobs run in.
        pub pool: Option<Located<String>>,
        /// The agent pool of your own that previews of change requests run in: `pool` unless given.
        pub preview_pool: Option<Located<String>>,
        /// The Microsoft-hosted image that jobs run on where no pool is given: `ubuntu-24.04` unless given.
        pub image: Option<Located<String>>,
        /// Start a deploy only when the one before has ended, approvals included: `true` unless given.
        pub batch: Option<Located<bool>>,
        /// The folder of both files: `azure-pipelines` unless given.
        pub path: Option<Located<Folder>>,
    }
}

impl Options {
    /// What is wrong with the options by themselves.
    pub(crate) fn check(&self, reader: &mut Reader) {
        self.check_names(reader);
        self.check_connections(reader);
        for pool in [&self.pool, &self.preview_pool].into_iter().flatten() {
            if !is_name(&pool.value, 128) {
                let message = format!("`{}` is not the name of an agent pool", pool.value);
                reader.error(Diagnostic::error(&rules::POOL, pool.span, message).help(NAME_HELP));
            }
        }
        let Some(image) = &self.image else { return };
        let legal = !image.value.is_empty()
            && image.value.len() <= 100
            && image.value.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
        if !legal || image.value.ends_with("-latest") {
            let message = format!("`{}` is not an image that stays the same", image.value);
            let help =
                "write one label of letters, digits, `.` and `-`, such as `ubuntu-24.04`; a `-latest` label moves";
            reader.error(Diagnostic::error(&rules::POOL, image.span, message).help(help));
        }
        if self.pool.is_some() && self.preview_pool.is_some() {
            let message = "`image` has no effect: every job runs in a pool of your own";
            reader
                .error(Diagnostic::error(&rules::POOL, image.span, message).help("drop `image`, or one of the pools"));
        }
    }

    fn check_names(&self, reader: &mut Reader) {
        let mut expect = |option: &Option<Located<String>>, is_legal: fn(&str) -> bool, what: &str, help: &str| {
            if let Some(option) = option
                && !is_legal(&option.value)
            {
                let message = format!("`{}` is not {what} in Azure DevOps", option.value);
                reader.error(Diagnostic::error(&rules::IDENTITY, option.span, message).help(help));
            }
        };
        let organization = "write the name after `dev.azure.com/`, of letters, digits and `-`";
        expect(&self.organization, is_organization, "an organization", organization);
        expect(&self.organization_id, is_guid, "the id of an organization", GUID_HELP);
        expect(&self.tenant_id, is_guid, "the id of an Entra tenant", GUID_HELP);
        expect(&self.project, |name| is_name(name, 64), "a project", NAME_HELP);
        expect(&self.project_id, is_guid, "the id of a project", GUID_HELP);
        expect(
            &self.repository_id,
            is_repository,
            "the id of a repository",
            "write its GUID, or `owner/name` on GitHub",
        );
        if let (Some(preview), Some(deploy)) = (&self.preview_definition_id, &self.deploy_definition_id)
            && preview.value == deploy.value
        {
            let message = format!("the definition {} cannot run both files", deploy.value);
            let diagnostic = Diagnostic::error(&rules::DEFINITIONS, deploy.span, message)
                .related(preview.span, "the preview's definition is here");
            reader.error(diagnostic.help("create two definitions, and write the id of each"));
        }
    }

    fn check_connections(&self, reader: &mut Reader) {
        let stacks = self.production_connections.iter().flat_map(|table| table.values());
        let deploys: Vec<&Connection> = self.production_connection.iter().chain(stacks).collect();
        for connection in deploys.iter().copied().chain(&self.production_preview_connection) {
            if !is_name(&connection.name.value, 128) {
                let message = format!("`{}` is not the name of a service connection", connection.name.value);
                reader.error(Diagnostic::error(&rules::CONNECTION, connection.name.span, message).help(NAME_HELP));
            }
            if !is_guid(&connection.id.value) {
                let message = format!("`{}` is not the id of a service connection", connection.id.value);
                let help =
                    "write its GUID: `az devops service-endpoint list --query \"[].{name:name, id:id}\"` shows it";
                reader.error(Diagnostic::error(&rules::CONNECTION, connection.id.span, message).help(help));
            }
        }
        if let Some(preview) = &self.production_preview_connection
            && let Some(deploy) = deploys.iter().find(|deploy| deploy.id.value.eq_ignore_ascii_case(&preview.id.value))
        {
            let message = "production's previews and deploys share a service connection";
            let diagnostic = Diagnostic::error(&rules::CONNECTION, preview.id.span, message)
                .related(deploy.id.span, "the deploys' connection is here");
            reader.error(diagnostic.help("give the previews a connection of their own, without an approval"));
        }
    }

    pub(crate) fn host(&self) -> Host {
        self.host.as_ref().map_or(Host::AzureRepos, |choice| choice.value)
    }

    /// Who issues the tokens of the service connections.
    pub(crate) fn connection_issuer(&self) -> ConnectionIssuer {
        self.connection_issuer.as_ref().map_or(ConnectionIssuer::Entra, |choice| choice.value)
    }

    pub(crate) fn batch(&self) -> bool {
        self.batch.as_ref().is_none_or(|choice| choice.value)
    }

    /// The pool of a trigger's jobs; `None` for Microsoft's own.
    pub(crate) fn pool(&self, trigger: Trigger) -> Option<&str> {
        let preview = self.preview_pool.as_ref().filter(|_| trigger == Trigger::ChangeRequest);
        preview.or(self.pool.as_ref()).map(|pool| pool.value.as_str())
    }

    pub(crate) fn image(&self) -> &str {
        self.image.as_ref().map_or("ubuntu-24.04", |image| &image.value)
    }

    /// The folder of both files.
    pub(crate) fn folder(&self) -> &'static str {
        self.path.as_ref().map_or(Folder::AzurePipelines, |folder| folder.value).as_str()
    }

    /// Where the definition of a trigger goes.
    pub(crate) fn file(&self, trigger: Trigger) -> String {
        match trigger {
            Trigger::ChangeRequest => format!("{}/pulumi-preview.yml", self.folder()),
            Trigger::Push => format!("{}/pulumi-deploy.yml", self.folder()),
            Trigger::Schedule => format!("{}/pulumi-audit.yml", self.folder()),
        }
    }

    /// The service connection whose token the stage uses; `None` for the run's own.
    pub(crate) fn connection(&self, stage: &Stage) -> Option<&Connection> {
        if stage.trigger != Trigger::Push || !words::is_production(stage) {
            return None;
        }
        match stage.action {
            Action::Preview => self.production_preview_connection.as_ref(),
            Action::Audit => None,
            Action::Deploy => {
                let own = self.production_connections.as_ref().and_then(|table| table.get(&stage.reference()));
                own.or(self.production_connection.as_ref())
            }
        }
    }
}

const NAME_HELP: &str =
    "write its name: letters, digits, spaces, `.`, `_`, `-`, `(` and `)`, beginning with a letter or a digit";

const GUID_HELP: &str = "write its GUID, 32 hexadecimal digits with four hyphens";

fn is_name(name: &str, most: usize) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || " ._-()".contains(c);
    name.len() <= most
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !name.ends_with([' ', '.'])
        && name.chars().all(legal)
}

fn is_organization(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !name.is_empty() && name.len() <= 50 && name.chars().all(legal) && !name.starts_with('-') && !name.ends_with('-')
}

fn is_repository(id: &str) -> bool {
    let parts: Vec<&str> = id.split('/').collect();
    is_guid(id) || (parts.len() == 2 && parts.iter().all(|part| is_name(part, 100) && !part.contains(' ')))
}

fn is_guid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}
