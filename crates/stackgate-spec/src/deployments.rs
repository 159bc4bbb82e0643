//! What Pulumi Deployments does for a stack, and when.
//!
//! What must always hold: nothing here is a secret; a cloud identity is one by OIDC, and an image is named by its digest.
//! Deliberately absent: the branch, the directory and the path filters, which are the spec's and the project's own, and
//! environment variables, whose place is ESC.

use stackgate_yaml::{Located, Switch, choice, mapping};

use crate::scalars::Minutes;
use crate::values::{
    AwsPolicy, AwsRole, Cron, GcpId, GcpRegion, Guid, Instant, PinnedImage, PulumiId, Script, ServiceAccount,
    SessionName, VcsRepository,
};

choice! {
    /// What runs the stack's program.
    pub enum Execution {
        /// The Pulumi CLI, in a job of the CI system.
        Cli = "cli",
        /// Pulumi Deployments, as `deployments` says.
        Deployments = "deployments",
    }
}

choice! {
    /// What starts a deployment.
    pub enum DeploymentTrigger {
        /// Pulumi Cloud itself, on a push to the deploy branch. There is no gate, and no job of the CI system.
        Push = "push",
        /// The CI pipeline's deploy job, after its gate. It waits for the deployment and ends as that does.
        Rest = "rest",
    }
}

choice! {
    /// Where Pulumi Cloud gets the program from.
    pub enum Vcs {
        /// GitHub, through its app.
        Github = "github",
        /// GitLab.
        Gitlab = "gitlab",
        /// Azure DevOps.
        AzureDevops = "azure_devops",
        /// Bitbucket.
        Bitbucket = "bitbucket",
        /// A version control system of your own. Pull requests are not previewed there.
        Custom = "custom",
    }
}

choice! {
    /// What a scheduled deployment does.
    pub enum Operation {
        /// `pulumi up`.
        Update = "update",
        /// `pulumi preview`.
        Preview = "preview",
        /// `pulumi refresh`.
        Refresh = "refresh",
        /// `pulumi destroy`.
        Destroy = "destroy",
    }
}

mapping! {
    /// What Pulumi Deployments does for a stack of `execution: deployments`. Merged key by key over that of `defaults`.
    pub struct Deployments {
        /// What starts a deployment: `push` or `rest`. `rest` for production and `push` for development unless given.
        pub trigger: Option<Located<DeploymentTrigger>>,
        /// The integration that Pulumi Cloud reads the repository through.
        pub vcs: Option<Located<Vcs>>,
        /// The repository as the integration names it: `owner/name`.
        pub repository: Option<Located<VcsRepository>>,
        /// Whether Pulumi Deployments previews pull requests, with their own code. `false` unless given. A production
        /// stack needs `preview_oidc` for it.
        pub preview: Option<Located<bool>>,
        /// Whether the installation of dependencies is left out. `false` unless given.
        pub skip_install: Option<Located<bool>>,
        /// Whether only the newest of the waiting deployments runs. `false` unless given.
        pub skip_intermediate: Option<Located<bool>>,
        /// Commands before Pulumi runs, with the deployment's own identities.
        pub pre_run: Option<Located<Vec<Located<Script>>>>,
        /// The image that the deployment runs in, by digest. Pulumi's own unless given.
        pub image: Option<Located<PinnedImage>>,
        /// The id of a pool of your own agents. Pulumi's own unless given.
        pub agent_pool: Option<Located<PulumiId>>,
        /// The id of the Pulumi role of deployments that no person and no token started: for stack references and ESC.
        pub role: Option<Located<PulumiId>>,
        /// The cloud identities of a deployment.
        pub oidc: Option<CloudIdentities>,
        /// The read-only cloud identities of a preview of a pull request.
        pub preview_oidc: Option<CloudIdentities>,
        /// When drift is looked for, or `false`.
        pub drift: Option<Switch<DriftCheck>>,
        /// When the stack is destroyed, or `false`.
        pub ttl: Option<Switch<TimeToLive>>,
        /// Operations at set times.
        pub schedules: Option<Located<Vec<Schedule>>>,
    }
}

mapping! {
    /// Cloud identities by OIDC.
    pub struct CloudIdentities {
        /// A role of Amazon Web Services.
        pub aws: Option<Aws>,
        /// An application of Microsoft Entra.
        pub azure: Option<Azure>,
        /// A workload identity of Google Cloud.
        pub gcp: Option<Gcp>,
    }
}

mapping! {
    /// A role of Amazon Web Services.
    pub struct Aws {
        /// The role: `arn:aws:iam::ACCOUNT:role/NAME`.
        pub role_arn: Located<AwsRole>,
        /// The session's name. `pulumi-deployments` unless given.
        pub session_name: Option<Located<SessionName>>,
        /// How long the session lasts: `45m`, `1h`. As AWS has it unless given.
        pub duration: Option<Located<Minutes>>,
        /// Policies that narrow the session.
        pub policy_arns: Option<Located<Vec<Located<AwsPolicy>>>>,
    }
}

mapping! {
    /// An application of Microsoft Entra with federated credentials.
    pub struct Azure {
        /// The application's id.
        pub client_id: Located<Guid>,
        /// The tenant.
        pub tenant_id: Located<Guid>,
        /// The subscription.
        pub subscription_id: Located<Guid>,
    }
}

mapping! {
    /// A workload identity of Google Cloud.
    pub struct Gcp {
        /// The project's number.
        pub project_number: Located<u64>,
        /// The id of the workload identity pool.
        pub pool: Located<GcpId>,
        /// The id of the provider in that pool.
        pub provider: Located<GcpId>,
        /// The service account's address.
        pub service_account: Located<ServiceAccount>,
        /// The region.
        pub region: Option<Located<GcpRegion>>,
        /// How long the token lives: `45m`, `1h`. As Google Cloud has it unless given.
        pub lifetime: Option<Located<Minutes>>,
    }
}

mapping! {
    /// When drift is looked for.
    pub struct DriftCheck {
        /// Five fields of cron, in UTC: `0 6 * * *`.
        pub schedule: Located<Cron>,
        /// Whether drift is put right at once, by a deployment that nobody approves. `false` unless given.
        pub remediate: Option<Located<bool>>,
    }
}

mapping! {
    /// When the stack is destroyed.
    pub struct TimeToLive {
        /// The time, in UTC: `2027-01-31T18:00:00Z`.
        pub at: Located<Instant>,
        /// Whether the stack itself is deleted too. `false` unless given.
        pub delete_stack: Option<Located<bool>>,
    }
}

mapping! {
    /// An operation at set times: by `schedule`, or once, `at`.
    pub struct Schedule {
        /// What is done: `update`, `preview`, `refresh` or `destroy`.
        pub operation: Located<Operation>,
        /// Five fields of cron, in UTC: `0 6 * * 1`.
        pub schedule: Option<Located<Cron>>,
        /// The time, in UTC: `2027-01-31T18:00:00Z`.
        pub at: Option<Located<Instant>>,
    }
}
