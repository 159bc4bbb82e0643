//! The arguments of a call, and which names are steps of Jenkins' own or of a plugin.
//!
//! What must hold: the list names what is a step on common controllers; any other name is taken for a shared library's, or for
//! a plugin's that nobody here knows, which run with the same rights. Source: jenkins.io, "Pipeline Steps Reference".

use crate::groovy::{Argument, Call, Expression, Kind};

/// The arguments of a call.
#[derive(Clone, Copy)]
pub(super) struct Given<'c> {
    arguments: &'c [Argument],
}

impl<'c> Given<'c> {
    /// Those of a call; of `f([a: 1])` those of the map.
    pub(super) fn of(call: &'c Call) -> Given<'c> {
        match call.arguments.as_slice() {
            [Argument { name: None, key: None, value: Expression { kind: Kind::Map(items), .. } }] => {
                Given { arguments: items }
            }
            arguments => Given { arguments },
        }
    }

    /// Those of a map, or of a call.
    pub(super) fn of_value(value: &'c Expression) -> Option<Given<'c>> {
        match &value.kind {
            Kind::Map(items) => Some(Given { arguments: items }),
            Kind::Call(call) => Some(Given::of(call)),
            _ => None,
        }
    }

    /// The one of that name.
    pub(super) fn named(self, name: &str) -> Option<&'c Expression> {
        self.arguments.iter().find(|argument| argument.name.as_deref() == Some(name)).map(|argument| &argument.value)
    }

    /// The one of that name, or the first without a name.
    pub(super) fn main(self, name: &str) -> Option<&'c Expression> {
        self.named(name).or_else(|| self.first())
    }

    /// The first without a name.
    pub(super) fn first(self) -> Option<&'c Expression> {
        self.plain().next()
    }

    /// Those without a name.
    pub(super) fn plain(self) -> impl Iterator<Item = &'c Expression> {
        let plain = |argument: &&Argument| argument.name.is_none() && argument.key.is_none();
        self.arguments.iter().filter(plain).map(|argument| &argument.value)
    }

    /// All of them, the first without a name under that of the step's main one.
    pub(super) fn all(self) -> impl Iterator<Item = (&'c str, &'c Expression)> {
        self.arguments.iter().map(|argument| (argument.name.as_deref().unwrap_or(""), &argument.value))
    }

    /// Whether it says `name: true`.
    pub(super) fn is_set(self, name: &str) -> bool {
        self.named(name).is_some_and(|value| matches!(&value.kind, Kind::Word(word) if word == "true"))
    }
}

/// A text that Groovy does not interpolate.
pub(super) fn plain(value: &Expression) -> Option<&str> {
    match &value.kind {
        Kind::Text { value, .. } => Some(value),
        _ => None,
    }
}

/// The items of a list; of anything else that alone.
pub(super) fn items(value: &Expression) -> Vec<&Expression> {
    match &value.kind {
        Kind::List(items) => items.iter().map(|item| &item.value).collect(),
        _ => vec![value],
    }
}

/// Whether that is a step of Jenkins or of a common plugin.
pub(super) fn is_step(name: &str) -> bool {
    STEPS.split_ascii_whitespace().any(|step| step == name)
}

/// Steps, as the reference lists them.
const STEPS: &str = "
    acceptGitLabMR addBadge addGitLabMRComment addShortText allure ansiColor ansiblePlaybook ansibleVault approve
    archive archiveArtifacts artifactPromotion bat build buildDescription buildName cache catchError checkout cleanWs
    cobertura codecov compareVersions configFileProvider container containerLog copyArtifacts createSummary deleteDir dir
    discordSend dockerFingerprintFrom dockerFingerprintRun dockerNode dotnetBuild dotnetPublish dotnetTest dotnetToolRestore
    echo emailext emailextrecipients ec2 error evaluateGroovy exwsAllocate fileExists fileOperations findBuildScans
    findFiles fingerprint getContext getDatabaseConnection git gitChangelog githubNotify gitlabBuilds gitlabCommitStatus
    googleStorageUpload googleStorageDownload hangoutsNotify httpRequest influxDbPublisher input isUnix istioBuild jacoco
    javadoc jiraAddComment jiraComment jiraIssueSelector jiraSearch jiraSendBuildInfo jiraSendDeploymentInfo junit
    junitParser kubernetesDeploy kubeconfig libraryResource library lastChanges ldap lock logstash logstashSend mail
    mattermostSend milestone moveComponents mstest nexusArtifactUploader nexusPolicyEvaluation node nodejs nodesByLabel
    notifyBitbucket nunit office365ConnectorSend openTasks openshiftBuild openshiftDeploy openshiftScale openshiftTag
    openshiftVerifyBuild openshiftVerifyDeployment osfBuilderSuiteForSFCCDeploy parallel perfReport plot pmd podTemplate
    powershell print println prependToFile properties protectedTextFile publishChecks publishCoverage publishHTML
    publishIssues pullRequest pwd pwsh pylint rateLimit readCSV readFile readJSON readManifest readMavenPom
    readProperties readTrusted readYaml recordCoverage recordIssues registerBuildArtifactMetadata removeBadges
    removeHtmlBadges resolveScm resource retry rtBuildInfo rtDownload rtMavenDeployer rtMavenResolver rtMavenRun
    rtPublishBuildInfo rtServer rtUpload robot s3Copy s3CopyArtifact s3Delete s3Download s3FindFiles s3Upload
    scanForIssues script sh sha1 sha256 slackSend slackUploadFile sleep snykSecurity sonarqube sshCommand sshGet sshPublisher
    sshPut sshRemove sshScript sshagent stage stash step svn sonarToGitLab tar task taskScanner tee telegramSend
    testNG tf timeout timestamps tm tool touch triggerRemoteJob unarchive unstable unstash untar unzip updateGithubCommitStatus
    updateGitlabCommitStatus updateTrustPolicy validateDeclarativePipeline verifySha1 waitForBuild waitForQualityGate
    waitUntil warnError warnings withAWS withAnt withChecks withContainer withContext withCoverityEnvironment
    withCredentials withDockerContainer withDockerRegistry withDockerServer withEnv withGradle withKafkaLog
    withKubeConfig withMaven withNPM withPythonEnv withSonarQubeEnv withVault wrap writeCSV writeFile writeJSON writeMavenPom
    writeYaml ws xUnitUploader xunit xvfb zip awsIdentity cfnCreateChangeSet cfnDelete cfnDescribe cfnExecuteChangeSet
    cfnExports cfnOutputs cfnUpdate cfnValidate createDeployment deployAPI ebCreateApplicationVersion ecrDeleteImages
    ecrListImages ecrLogin ecrSetRepositoryPolicy elbDeregisterInstance elbRegisterInstance invokeLambda
    lambdaVersionCleanup listAWSAccounts snsPublish updateIdP acrQuickTask azureCLI azureDownload azureFunctionAppPublish
    azureUpload azureVMSSUpdate azureWebAppPublish ftpPublisher dockerShell dependencyCheck dependencyCheckPublisher
    dependencyTrackPublisher trivy clamav zulipSend rocketSend setGitHubPullRequestStatus githubPRComment commentPullRequest
    gerritReview gerritComment gerritCheck currentBuild setBuildStatus hygieiaDeployPublishStep bzt gatlingArchive
    cucumber livingDocs xcodeBuild unityBuild wrapJdk tools withDotNet jdk
";
