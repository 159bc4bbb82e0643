//! `auditing` of an organization spec: the scheduled pipeline that holds what is declared against what is.
//!
//! What must always hold: the digest of the program that runs with the auditor's token has no default, since nobody can guess
//! it. Deliberately absent: which CI systems there are, and what their options mean.

use stackgate_diagnostic::{Diagnostic, quote};
use stackgate_yaml::{Located, MISSING_KEY, Node, Reader, Table, UNKNOWN_VALUE, choice, mapping};

use crate::keep::Kept;
use crate::rules::UNKNOWN_PROVIDER;
use crate::scalars::Minutes;
use crate::values::{Branch, Cron, Directory, ExactVersion, Label, ReleaseUrl, Sha256, Team};

mapping! {
    /// The scheduled pipeline in this spec's own repository that runs `stackgate review` and `stackgate logs`.
    pub struct Auditing {
        /// The CI system that runs it, with that system's own options as a repository's spec has them under `providers`.
        pub provider: Table<Node>,
        /// When it runs: five fields of cron, in UTC.
        pub schedule: Kept<Located<Cron>>,
        /// The team whose token it gets. It is this pipeline's alone, reads, and decrypts nothing.
        pub team: Kept<Located<Team>>,
        /// The release of stackgate that it runs.
        pub stackgate: Kept<Release>,
        /// The branch that it runs on, and no other. `main` unless given.
        pub branch: Kept<Option<Located<Branch>>>,
        /// The user names and names of tokens of whoever applies the access program: changes that they make are expected.
        pub operators: Kept<Option<Vec<Kept<Located<Label>>>>>,
        /// The file of findings that are known already, reviewed like code. `audit-baseline.json` unless given.
        pub baseline: Kept<Option<Located<Directory>>>,
        /// The least level of a new finding that fails the pipeline. `low` unless given.
        pub fail_on: Kept<Option<Located<FailOn>>>,
        /// After how many days without a deployment a declared pipeline counts as silent. From 1 to 365; its own past decides
        /// unless given.
        pub quiet_days: Kept<Option<Located<u64>>>,
        /// The time limit, which is the token's life too. `30m` unless given.
        pub timeout: Kept<Option<Located<Minutes>>>,
    }
}

mapping! {
    /// A release of stackgate, for Linux on x64.
    pub struct Release {
        /// The exact version, between quotes.
        pub version: Kept<Located<ExactVersion>>,
        /// SHA-256 of `stackgate-x86_64-unknown-linux-musl`, as its `SHA256SUMS` has it once the release was verified.
        pub sha256: Kept<Located<Sha256>>,
        /// Where releases are downloaded from. The file is `FROM/vVERSION/stackgate-x86_64-unknown-linux-musl`.
        pub from: Kept<Located<ReleaseUrl>>,
    }
}

choice! {
    /// The level of a finding.
    pub enum FailOn {
        /// Any finding.
        Notice = "notice",
        /// From low.
        Low = "low",
        /// From medium.
        Medium = "medium",
        /// From high.
        High = "high",
        /// Critical alone.
        Critical = "critical",
    }
}

/// What types alone do not say: one provider, a number of days that makes sense.
pub(crate) fn check(auditing: &Auditing, providers: &[&str], reader: &mut Reader) {
    let list = providers.join("`, `");
    for (id, span, _) in auditing.provider.iter().filter(|(id, ..)| !providers.contains(id)) {
        let message = format!("unknown provider {}", quote(id));
        reader.error(Diagnostic::error(&UNKNOWN_PROVIDER, span, message).help(format!("the providers are `{list}`")));
    }
    if auditing.provider.iter().count() != 1 {
        let message = "`auditing.provider` names one CI system, with its options";
        let diagnostic = Diagnostic::error(&MISSING_KEY, auditing.provider.span, message);
        reader.error(diagnostic.help(format!("write one of `{list}`, such as `github: {{ repository: owner/name }}`")));
    }
    if let Some(days) = auditing.quiet_days.given().filter(|days| !(1..=365).contains(&days.value)) {
        let message = format!("{} is no number of days from 1 to 365", days.value);
        let help = "write after how many days without a deployment you want to hear of it";
        reader.error(Diagnostic::error(&UNKNOWN_VALUE, days.span, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use stackgate_diagnostic::Source;

    use crate::parse_organization;

    fn told(auditing: &str) -> Vec<String> {
        let text = format!("version: 1\norganization: acme\nrepositories: [a]\nauditing: {auditing}\n");
        let (_, found) = parse_organization(&Source::new("stackgate.yaml", text), &["github"]);
        found.into_vec().into_iter().map(|one| format!("{}: {}", one.rule.id, one.message)).collect()
    }

    const RELEASE: &str = "stackgate: { version: \"0.2.0\", from: https://h/d, sha256: \
                           0000000000000000000000000000000000000000000000000000000000000000 }";

    #[test]
    fn the_least_that_is_needed_is_read() {
        let least = format!("{{ provider: {{ github: {{}} }}, schedule: \"0 3 * * *\", team: auditors, {RELEASE} }}");
        assert_eq!(told(&least), Vec::<String>::new());
    }

    #[test]
    fn a_digest_and_a_provider_must_be_given() {
        let told = told("{ provider: {}, schedule: \"0 3 * * *\", team: auditors, stackgate: { version: \"0.2.0\" } }");
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told.iter().any(|one| one.contains("sha256")) && told.iter().any(|one| one.contains("one CI system")));
    }
}
