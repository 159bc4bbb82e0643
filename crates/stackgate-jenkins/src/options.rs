//! Jenkins' options in a spec: read, checked, and answered with their defaults.
//!
//! What must hold: an option that is left out is the stricter choice: production in a job, with a credential and on
//! agents of its own. Every name is one that Jenkins takes for itself, never for an expression.

use stackgate_provider::diagnostic::{Diagnostic, Limit, Rule};
use stackgate_provider::yaml::{Located, Reader, choice, mapping};
use stackgate_provider::{ISSUER_URL, KeySet, fault_of_issuer};

use crate::rules;
use crate::words::Kind;

choice! {
    /// What a stage runs in.
    pub enum Agent {
        /// A container of the runtime's pinned image, on an agent that has Docker.
        Docker = "docker",
        /// The agent itself, with the tools that it has.
        Label = "label",
    }
}

choice! {
    /// Where production is deployed from.
    pub enum Production {
        /// A job of its own, whose OIDC token no other job can get.
        OwnJob = "own-job",
        /// The one job, after an approval that the OIDC token does not show.
        SameJob = "same-job",
    }
}

/// Every approval repeats the whole list.
pub(crate) const APPROVERS: Limit = Limit::new("approvers", 50, &rules::APPROVERS);

mapping! {
    /// Jenkins.
    pub struct Options {
        /// The address of Jenkins, as in `https://jenkins.example.com`. Needed for the trust policies.
        pub url: Option<Located<String>>,
        /// The full name of the multibranch job of `path`, as `folder/name`. Needed for the trust policies.
        pub job: Option<Located<String>>,
        /// The full name of the multibranch job of `production_path`. Needed for the trust policies.
        pub production_job: Option<Located<String>>,
        /// Where production is deployed from: `own-job` unless given.
        pub production: Option<Located<Production>>,
        /// The file of previews and of development: `Jenkinsfile` unless given.
        pub path: Option<Located<String>>,
        /// The file of production: `Jenkinsfile.production` unless given.
        pub production_path: Option<Located<String>>,
        /// What a stage runs in: `docker` unless given.
        pub agent: Option<Located<Agent>>,
        /// The label of the agents: `pulumi` unless given.
        pub label: Option<Located<String>>,
        /// The label of the agents that deploy to production: `pulumi-production` unless given.
        pub production_label: Option<Located<String>>,
        /// The id of the OIDC credential: `pulumi-oidc` unless given.
        pub credential: Option<Located<String>>,
        /// The id of production's OIDC credential: `pulumi-oidc-production` unless given.
        pub production_credential: Option<Located<String>>,
        /// The issuer that the OIDC credential names, where it has one of its own, or that of the folder that it lies in. The
        /// multibranch job's own unless given.
        pub issuer: Option<Located<String>>,
        /// The same of production's OIDC credential. The production job's own unless given.
        pub production_issuer: Option<Located<String>>,
        /// The public keys of the issuer, as it serves them at `/jwks`, for a Jenkins that Pulumi Cloud cannot reach. Pulumi
        /// Cloud fetches them unless given. Saving the credential makes a new key.
        pub jwks: Option<Located<KeySet>>,
        /// The same of production's issuer.
        pub production_jwks: Option<Located<KeySet>>,
        /// The users and groups that may approve a deploy. Needed where a stack has a gate.
        pub approvers: Option<Located<Vec<Located<String>>>>,
        /// How many hours a build may wait for agents, locks and approvals in all: 24 unless given.
        pub wait_hours: Option<Located<u32>>,
    }
}

impl Options {
    /// What is wrong with the options by themselves.
    pub(crate) fn check(&self, reader: &mut Reader) {
        self.check_addresses(reader);
        self.check_paths(reader);
        self.check_issuers(reader);
        for label in [&self.label, &self.production_label].into_iter().flatten() {
            let help = "write one label of letters, digits, `.`, `_` and `-`";
            word(label, &rules::LABEL, "a single label", help, reader);
        }
        for credential in [&self.credential, &self.production_credential].into_iter().flatten() {
            let help = "write the credential's id: letters, digits, `.`, `_` and `-`";
            word(credential, &rules::CREDENTIAL, "the id of a credential", help, reader);
        }
        let own = self.credential.as_ref().or(self.production_credential.as_ref());
        if let Some(given) = own
            && self.production() == Production::OwnJob
            && self.credential() == self.production_credential()
        {
            let message = format!("production has the same credential as everything else: `{}`", given.value);
            let help = "give each an id of its own, and keep production's in the store of the production job";
            reader.error(Diagnostic::error(&rules::CREDENTIAL, given.span, message).help(help));
        }
        if let Some(approvers) = self.approvers.as_ref().filter(|list| list.value.len() > APPROVERS.most) {
            let message = format!("there are {} approvers, more than {}", approvers.value.len(), APPROVERS.most);
            let diagnostic = Diagnostic::error(APPROVERS.rule, approvers.span, message);
            reader.error(diagnostic.help("make them a group of Jenkins' security realm, and name that"));
        }
        for approver in self.approvers.iter().flat_map(|approvers| &approvers.value) {
            let legal = |c: char| c.is_ascii_alphanumeric() || "._@*/:+=- ".contains(c);
            let text = &approver.value;
            if text.is_empty() || text.len() > 200 || !text.chars().all(legal) || text.trim() != text {
                let message = format!("`{text}` is not the id of a user or the name of a group");
                let help = "write one user or group for each item of the list, without commas";
                reader.error(Diagnostic::error(&rules::APPROVERS, approver.span, message).help(help));
            }
        }
        if let Some(hours) = self.wait_hours.as_ref().filter(|hours| !(1..=720).contains(&hours.value)) {
            let message = format!("a build cannot wait for {} hours", hours.value);
            reader.error(Diagnostic::error(&rules::WAIT, hours.span, message).help("write a number from 1 to 720"));
        }
        if self.production() == Production::SameJob {
            for (option, key) in [(&self.production_path, "production_path"), (&self.production_job, "production_job")]
            {
                let Some(option) = option else { continue };
                let message = format!("`{key}` has no effect beside `production: same-job`");
                reader.error(Diagnostic::error(&rules::UNUSED, option.span, message).help("remove one of the two"));
            }
        }
    }

    fn check_addresses(&self, reader: &mut Reader) {
        if let Some(url) = &self.url {
            let legal = |c: char| c.is_ascii_alphanumeric() || "._-:/".contains(c);
            let rest = url.value.strip_prefix("https://").filter(|rest| !rest.is_empty() && rest.chars().all(legal));
            if rest.is_none_or(|rest| rest.ends_with('/') || rest.contains("//") || rest.len() > 200) {
                let message = format!("`{}` is not the address of a Jenkins", url.value);
                let help = "write `https://`, the host and, where there is one, the path, without a slash at the end";
                reader.error(Diagnostic::error(&rules::ADDRESS, url.span, message).help(help));
            }
        }
        for job in [&self.job, &self.production_job].into_iter().flatten() {
            let legal = |part: &str| is_word(part) && part != "." && part != "..";
            if job.value.len() > 400 || !job.value.split('/').all(legal) {
                let message = format!("`{}` is not the full name of a job", job.value);
                let help = "write its folders and its name with `/` between, of letters, digits, `.`, `_` and `-`";
                reader.error(Diagnostic::error(&rules::ADDRESS, job.span, message).help(help));
            }
        }
        if let (Some(job), Some(production)) = (&self.job, &self.production_job)
            && job.value == production.value
        {
            let message = format!("`{}` cannot be both jobs", job.value);
            let help = "name the multibranch job that reads the production file, a job of its own";
            reader.error(Diagnostic::error(&rules::ADDRESS, production.span, message).help(help));
        }
    }

    fn check_issuers(&self, reader: &mut Reader) {
        for issuer in [&self.issuer, &self.production_issuer].into_iter().flatten() {
            if let Some(fault) = fault_of_issuer(&issuer.value) {
                let message = format!("`{}` is no issuer: {fault}", issuer.value);
                let help = "write the `iss` of a token, such as `https://jenkins.example.com/oidc/job/folder`";
                reader.error(Diagnostic::error(&ISSUER_URL, issuer.span, message).help(help));
            }
        }
        for keys in [&self.jwks, &self.production_jwks].into_iter().flatten() {
            keys.value.check(reader);
        }
        if let Some(keys) = self.production_jwks.as_ref().filter(|_| self.issuer() == self.production_issuer()) {
            let message = "`production_jwks` has no effect where production has the issuer of everything else";
            let help = "write the keys of both credentials into `jwks`, as that issuer serves them";
            reader.error(Diagnostic::error(&rules::UNUSED, keys.span, message).help(help));
        }
        let Some(production) = &self.production_issuer else { return };
        if self.credential() == self.production_credential() {
            let message = "`production_issuer` has no effect where production has the same credential";
            let help = "write `issuer`, or give production a credential of its own";
            reader.error(Diagnostic::error(&rules::UNUSED, production.span, message).help(help));
        }
    }

    fn check_paths(&self, reader: &mut Reader) {
        for path in [&self.path, &self.production_path].into_iter().flatten() {
            let legal =
                path.value.len() <= 200 && path.value.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
            if !legal || !crate::PLACES.iter().any(|place| place.holds(&path.value)) {
                let message = format!("`{}` is no place for a Jenkinsfile", path.value);
                let help = "write a name that begins with `Jenkinsfile`, in the root, in `jenkins/` or in `ci/`";
                reader.error(Diagnostic::error(&rules::PATH, path.span, message).help(help));
            }
        }
        if let Some(given) = self.path.as_ref().or(self.production_path.as_ref())
            && self.production() == Production::OwnJob
            && self.path().eq_ignore_ascii_case(self.production_path())
        {
            let message = format!("`{}` cannot be both files", given.value);
            reader.error(Diagnostic::error(&rules::PATH, given.span, message).help("give each file a path of its own"));
        }
    }

    pub(crate) fn production(&self) -> Production {
        self.production.as_ref().map_or(Production::OwnJob, |choice| choice.value)
    }

    pub(crate) fn path(&self) -> &str {
        text(self.path.as_ref(), "Jenkinsfile")
    }

    pub(crate) fn production_path(&self) -> &str {
        text(self.production_path.as_ref(), "Jenkinsfile.production")
    }

    pub(crate) fn docker(&self) -> bool {
        self.agent.as_ref().is_none_or(|choice| choice.value == Agent::Docker)
    }

    pub(crate) fn label(&self) -> &str {
        text(self.label.as_ref(), "pulumi")
    }

    pub(crate) fn production_label(&self) -> &str {
        text(self.production_label.as_ref(), "pulumi-production")
    }

    pub(crate) fn credential(&self) -> &str {
        text(self.credential.as_ref(), "pulumi-oidc")
    }

    pub(crate) fn production_credential(&self) -> &str {
        text(self.production_credential.as_ref(), "pulumi-oidc-production")
    }

    pub(crate) fn wait_hours(&self) -> u32 {
        self.wait_hours.as_ref().map_or(24, |hours| hours.value)
    }

    /// The issuer of the tokens of everything but production's deploys.
    pub(crate) fn issuer(&self) -> String {
        self.issuer_of(self.issuer.as_ref(), Kind::Main)
    }

    /// The issuer of the tokens of production's deploys.
    pub(crate) fn production_issuer(&self) -> String {
        let apart = self.credential() != self.production_credential();
        let given = if apart { &self.production_issuer } else { &self.issuer };
        let own_job = self.production() == Production::OwnJob;
        self.issuer_of(given.as_ref(), if own_job { Kind::Production } else { Kind::Main })
    }

    fn issuer_of(&self, given: Option<&Located<String>>, kind: Kind) -> String {
        given.map_or_else(|| format!("{}/oidc/{}", self.url(), self.job_path(kind)), |issuer| issuer.value.clone())
    }

    /// The keys of an issuer, where they are given.
    pub(crate) fn keys_of(&self, issuer: &str) -> Option<&KeySet> {
        let keys = if issuer == self.issuer() { &self.jwks } else { &self.production_jwks };
        keys.as_ref().map(|keys| &keys.value)
    }

    /// The users and groups that may approve, as Jenkins takes them.
    pub(crate) fn submitter(&self) -> String {
        let approvers = self.approvers.iter().flat_map(|approvers| &approvers.value);
        approvers.map(|approver| approver.value.as_str()).collect::<Vec<_>>().join(",")
    }

    /// The address of Jenkins, or a word to be replaced.
    pub(crate) fn url(&self) -> &str {
        text(self.url.as_ref(), "JENKINS_URL")
    }

    /// The path of a job's page, or words to be replaced.
    pub(crate) fn job_path(&self, kind: Kind) -> String {
        let job = match kind {
            Kind::Main => text(self.job.as_ref(), "FOLDER/JOB"),
            Kind::Production => text(self.production_job.as_ref(), "FOLDER/PRODUCTION_JOB"),
        };
        format!("job/{}", job.replace('/', "/job/"))
    }
}

fn text<'a>(option: Option<&'a Located<String>>, default: &'a str) -> &'a str {
    option.map_or(default, |option| &option.value)
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn word(option: &Located<String>, rule: &'static Rule, what: &str, help: &str, reader: &mut Reader) {
    if !is_word(&option.value) {
        let message = format!("`{}` is not {what}", option.value);
        reader.error(Diagnostic::error(rule, option.span, message).help(help));
    }
}
