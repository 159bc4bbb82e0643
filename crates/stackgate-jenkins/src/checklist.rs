//! What must be set in Jenkins, outside of the files.
//!
//! What must hold: each item says what happens without it, and how to set or to see it. Values of the plan and of the
//! options stand in the items, so that they can be followed as they are.

use stackgate_provider::CheckItem;
use stackgate_provider::plan::{Plan, Stage, Trigger};

use crate::ID;
use crate::options::{Options, Production};
use crate::words::{self, Kind};

/// What to set in Jenkins and in the repository.
pub(crate) fn checklist(plan: &Plan, options: &Options) -> Vec<CheckItem> {
    let layouts = words::layouts(plan, options);
    if layouts.is_empty() {
        return Vec::new();
    }
    let mut items = vec![plugins(options)];
    for layout in &layouts {
        items.push(job(plan, options, layout.kind, layout.path));
        items.push(credential(plan, options, layout.kind));
        items.push(subject(plan, options, layout.kind));
    }
    items.extend(issuers(options, layouts.iter().any(|layout| layout.kind == Kind::Production)));
    items.extend(agents(options, layouts.iter().any(|layout| layout.kind == Kind::Production)));
    items.push(permissions(plan, options));
    items.extend(approval(plan, options));
    items.extend(order(plan, options));
    items.push(item(
        format!("Protect the branch `{}`: changes by change request with a review, no force push", plan.branch),
        "Whoever can push to it deploys to development, and asks for production.",
        "the branch protection of the system that hosts the repository",
    ));
    let files: Vec<String> = layouts.iter().map(|layout| format!("`{}`", layout.path)).collect();
    items.push(item(
        format!("Make code owners review changes of {} and of `{}`", files.join(", "), plan.spec_path),
        "A changed Jenkinsfile on the deploy branch has the trust of the one that stackgate wrote.",
        "a CODEOWNERS file with these paths, and the rule that requires code owners' review",
    ));
    items
}

fn item(what: String, why: &str, how: impl Into<String>) -> CheckItem {
    CheckItem { what, why: why.into(), how: how.into() }
}

fn plugins(options: &Options) -> CheckItem {
    let docker = if options.docker() { ", docker-workflow" } else { "" };
    item(
        format!(
            "Install the plugins oidc-provider 111.v29fd614b_3617 or newer, pipeline-model-definition 2.2121.vd87fb_6536d1e or \
             newer, workflow-multibranch with a branch source, plain-credentials, credentials-binding, pipeline-input-step \
             newer than 451.vf1a_a_4f405289, pipeline-milestone-step, lockable-resources, timestamper, cloudbees-folder{docker}"
        ),
        "Older versions of oidc-provider let a job's parameters forge the claims (CVE-2025-47884); older ones of \
         pipeline-model-definition let a restart skip the approval; without the others the files do not run.",
        format!(
            "{}/manage/pluginManager/installed; shown by: java -jar jenkins-cli.jar -s {} list-plugins",
            options.url(),
            options.url()
        ),
    )
}

fn job(plan: &Plan, options: &Options, kind: Kind, path: &str) -> CheckItem {
    let address = format!("{}/{}", options.url(), options.job_path(kind));
    let shown = format!("{address}/configure; shown by: curl --user USER:TOKEN {address}/config.xml");
    match kind {
        Kind::Main => item(
            format!(
                "Create a multibranch job with the script path `{path}`; let it discover branches, and change requests of the \
                 repository itself merged with their target, but neither forks nor tags"
            ),
            "Only a multibranch job knows branches and change requests, and fixes the commit of a build; in any other, no stage \
             runs. The code of a fork would run on the agents.",
            shown,
        ),
        Kind::Production => item(
            format!(
                "Create a second multibranch job with the script path `{path}`, in a folder that only those who answer for \
                 production may configure; let it discover the branch `{}` by name, and nothing else",
                plan.branch
            ),
            "Its `sub` is what the trust policies of production admit. A job that also builds change requests would give \
             production's trust to unreviewed code.",
            shown,
        ),
    }
}

fn credential(plan: &Plan, options: &Options, kind: Kind) -> CheckItem {
    let mut ids = vec![options.credential()];
    if kind == Kind::Production {
        ids = vec![options.production_credential()];
    } else if options.production() == Production::SameJob && ids[0] != options.production_credential() {
        ids.push(options.production_credential());
    }
    item(
        format!(
            "In the job's own credential store (its global domain), create `{}` of the kind \"OpenID Connect id token as file\", \
             with the audience `urn:pulumi:org:{}`",
            ids.join("` and `"),
            plan.organization
        ),
        "A credential in Jenkins' root can be bound by every job there is. A Jenkinsfile cannot choose the audience; without \
         it the token is good for whoever else trusts this issuer.",
        format!(
            "{}/{}/credentials/store/folder/domain/_/; as code: idTokenFile: {{ id: {}, audience: urn:pulumi:org:{} }}",
            options.url(),
            options.job_path(kind),
            ids[0],
            plan.organization
        ),
    )
}

fn subject(plan: &Plan, options: &Options, kind: Kind) -> CheckItem {
    let job = format!("{}/{}/job", options.url(), options.job_path(kind));
    let previews = plan.stages_of(ID).any(|stage| stage.trigger == Trigger::ChangeRequest);
    let requests = if kind == Kind::Main && previews {
        format!(" for the deploys, `{job}/PR-*/` for the previews")
    } else {
        String::new()
    };
    item(
        format!("Let Pulumi Cloud trust the `sub` `{job}/{}/`{requests}, and nothing wider", plan.branch),
        "Whoever can change a Jenkinsfile can ask for any team; the policy on `sub` is what refuses.",
        format!(
            "POST https://api.pulumi.com/api/orgs/{}/oidc/issuers, then the issuer's policies; a branch source may call change \
             requests by another name than PR-N: see the address of one",
            plan.organization
        ),
    )
}

/// One item for the issuers whose keys Pulumi Cloud fetches, and one for each whose keys the spec gives.
fn issuers(options: &Options, production: bool) -> Vec<CheckItem> {
    let (main, other) = (options.issuer(), options.production_issuer());
    let mut urls = vec![main.as_str()];
    if production && other != main {
        urls.push(&other);
    }
    let (given, fetched): (Vec<&str>, Vec<&str>) = urls.into_iter().partition(|url| options.keys_of(url).is_some());
    let settings = format!("{}/manage/configureSecurity (token lifetime, 300 seconds are enough)", options.url());
    let fetched = fetched.first().map(|url| {
        item(
            "Let Pulumi Cloud read the issuer's keys, and set a short lifetime of the OIDC tokens".into(),
            "Each folder that has a credential is an issuer of its own; where its keys cannot be read, no login succeeds. Saving a \
             credential again makes a new key.",
            format!(
                "{settings}; shown by: curl {url}/.well-known/openid-configuration. Of a Jenkins that is not reachable, write \
                 the keys into `jwks` and `production_jwks`"
            ),
        )
    });
    let given = given.into_iter().map(|url| {
        let key = if url == main { "jwks" } else { "production_jwks" };
        item(
            format!("Keep `{key}` what `{url}` serves, and set a short lifetime of the OIDC tokens"),
            "Pulumi Cloud knows these keys alone. Saving a credential again makes a new key, and every login fails until the \
             spec has it and `apply.sh` has run; a key that is no longer used must go, or it is trusted for good.",
            format!("{settings}; shown by: curl {url}/jwks"),
        )
    });
    fetched.into_iter().chain(given).collect()
}

fn agents(options: &Options, production: bool) -> Vec<CheckItem> {
    let needs = if options.docker() {
        "Docker, and curl and tar in the images"
    } else {
        "git, curl, tar and the languages' tools"
    };
    let how =
        format!("{}/computer/; shown by: curl --user USER:TOKEN {}/computer/api/json", options.url(), options.url());
    let mut items = vec![item(
        format!(
            "Give the label `{}` to agents on Linux that have {needs}, best such as live for one build; give the controller no \
             executors",
            options.label()
        ),
        "What runs on the controller can read every credential; what a preview leaves on an agent, the next build finds.",
        how.clone(),
    )];
    if production || options.production() == Production::SameJob {
        items.push(item(
            format!(
                "Give the label `{}` to other agents, and let them take builds of production alone",
                options.production_label()
            ),
            "A change request can name any label in its Jenkinsfile, and would run beside production's token.",
            format!("{how}; the restriction by the job-restrictions plugin, or by agents that only the production folder has"),
        ));
    }
    items
}

fn permissions(plan: &Plan, options: &Options) -> CheckItem {
    item(
        format!("Give Job/Configure and Run/Replay to administrators alone, and Job/Build on `{}` to few", plan.branch),
        "A replay edits the pipeline of a build on the deploy branch, and with it the condition by which builds that are started \
         by hand deploy nothing; whoever may cancel may end a deploy half-way.",
        format!("{}/manage/configureSecurity, and the folders' own permissions", options.url()),
    )
}

fn approval(plan: &Plan, options: &Options) -> Option<CheckItem> {
    plan.stages_of(ID).find(|stage| stage.gate.is_some())?;
    Some(item(
        format!("See that Jenkins knows `{}`, and that no administrator approves by habit", options.submitter()),
        "Administrators may always approve, and so may the author of the change: Jenkins has no rule of four eyes.",
        format!("{}/securityRealm/ or the directory behind it; who approved stands in the build's log", options.url()),
    ))
}

fn order(plan: &Plan, options: &Options) -> Option<CheckItem> {
    let waits = |stage: &&Stage| !words::elsewhere(plan, options, stage).is_empty();
    let mut names: Vec<String> = plan.stages_of(ID).filter(waits).map(Stage::reference).collect();
    names.dedup();
    names.first()?;
    Some(item(
        format!("Let the approvers of {} look first whether the other job deployed the same commit", names.join(", ")),
        "No file can make one job wait for the stages of another. A build of the production job deploys the commit that the \
         branch had when it started, whatever became of it elsewhere. Nothing starts it but a push: do not suppress its \
         automatic builds, and to deploy a commit again push an empty one after it.",
        format!(
            "{}/{}/configure, \"Suppress automatic SCM triggering\" must not be there",
            options.url(),
            options.job_path(Kind::Production)
        ),
    ))
}
