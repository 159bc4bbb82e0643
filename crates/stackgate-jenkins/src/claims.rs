//! Jenkins' OIDC token, in every situation.
//!
//! What must hold: the claims are those of the plugin's default templates: `aud` a list of one, `build_number` a number,
//! `sub` the job's address with `/` at the end. Where a name may be chosen so that no claim differs, the answer says so.
//! Source: the plugin oidc-provider, `IdTokenCredentials` and `IdTokenConfiguration`.

use serde_json::json;
use stackgate_provider::plan::{Plan, Stage, Tier, Trigger};
use stackgate_provider::{Claims, Issued, Situation, Token};

use crate::ID;
use crate::options::{Options, Production};
use crate::trust::{issuer, missing};
use crate::words::{self, Kind};

/// A change request's job and a branch whose name holds a slash, as the address has them.
const REQUEST: &str = "PR-7";
const SLASHED: &str = "feature%252Fx";

pub(crate) fn claims(plan: &Plan, options: &Options, stage: &Stage, situation: Situation) -> Issued {
    if !missing(plan, options).is_empty() {
        return Issued::Nothing("The options do not say which job this is.".into());
    }
    let kind = words::kind_of(stage, options);
    let (url, job, own) = (options.url(), options.job_path(kind), issuer(stage, options));
    let preview = stage.trigger == Trigger::ChangeRequest;
    let previews = plan.stages_of(ID).any(|stage| stage.trigger == Trigger::ChangeRequest);
    let head = if preview { REQUEST } else { &plan.branch };
    let at = |form: &str, issuer: &str, job: &str, head: &str| {
        token(stage, form, issuer, &format!("{url}/{job}/job/{head}/"))
    };
    let nothing = |why: &str| Issued::Nothing(why.into());
    let same = |why: &str| Issued::Same(why.into());
    // A job beside the stage's own: with a credential of its own, or with one of the folder that both can bind.
    let beside = |other: &str| {
        let its = format!("{url}/oidc/{other}");
        vec![at("with its own credential", &its, other, head), at("with the folder's credential", &own, other, head)]
    };
    match situation {
        Situation::Intended => Issued::Tokens(vec![at("", &own, &job, head)]),
        Situation::OtherBranch if preview => same(
            "a branch that is called `PR-7` has a change request's address; whoever can push it can open a change request too, \
             and the stage's own condition runs nothing.",
        ),
        Situation::OtherBranch => {
            let mut tokens = vec![at("", &own, &job, "feature"), at("a name with a slash", &own, &job, SLASHED)];
            if plan.branch.contains('.') {
                tokens.push(at("a name that a pattern takes for it", &own, &job, &plan.branch.replace('.', "-")));
            }
            Issued::Tokens(tokens)
        }
        Situation::Tag => same(
            "a tag of the name has the same address where the job discovers tags; it must not, and `buildingTag()` runs nothing.",
        ),
        Situation::SameNamedBranch if preview => {
            nothing("A change request's own branch has another name than its target, unless it comes from a fork.")
        }
        Situation::ChangeRequest | Situation::SameNamedBranch => Issued::Tokens(vec![at("", &own, &job, REQUEST)]),
        Situation::Fork if preview => same(
            "Jenkins calls a fork's change request `PR-N` too; the job must not discover forks, and the stage's own condition \
             runs nothing for one.",
        ),
        Situation::Fork if previews && kind == Kind::Main => {
            nothing("Its token is that of any change request, which the previews' own answer is about.")
        }
        Situation::Fork => Issued::Tokens(vec![at("", &own, &job, REQUEST)]),
        Situation::Manual | Situation::Schedule if stage.trigger == Trigger::Schedule => same(
            "no claim shows what started a build; the audit's stage runs for its timer alone, and few have Job/Build and Replay.",
        ),
        Situation::Manual => same(
            "no claim shows who started a build; the stage's own condition runs nothing then, and few have Job/Build and Replay.",
        ),
        Situation::Schedule => same(
            "no claim shows what started a build; the stage's own condition runs nothing but for a push or a change.",
        ),
        Situation::NoEnvironment if stage.gate.is_some() && !shared(stage, options) => same(
            "Jenkins has no environments, and a Jenkinsfile without `input` has the job's address too; code owners' review of the \
             file and the folder's permissions hold there.",
        ),
        Situation::NoEnvironment => nothing("Jenkins has no environments."),
        Situation::OtherFile => Issued::Tokens(beside(&format!("{job}-other-file"))),
        Situation::OtherRepository => Issued::Tokens(beside(&sibling(&job))),
        Situation::Recreated => same(
            "the claims name the job, not the repository; whoever may configure the folder decides what the job of that name \
             reads.",
        ),
        Situation::OtherProject => {
            let mut tokens = beside("job/somebody/job/app");
            let alike = job.replace('.', "-");
            if alike != job {
                tokens.extend(beside(&alike));
            }
            for (form, url) in [
                ("another Jenkins", "https://ci.somebody.example".to_owned()),
                ("an address that a pattern takes for this one", url.replace('.', "-")),
            ] {
                let subject = format!("{url}/{job}/job/{head}/");
                tokens.push(token(stage, form, &format!("{url}/oidc/{job}"), &subject));
            }
            Issued::Tokens(tokens)
        }
    }
}

/// Whether production's gate stands in the job of everything else.
fn shared(stage: &Stage, options: &Options) -> bool {
    stage.tier == Tier::Production && options.production() == Production::SameJob
}

/// Another job of the same folder.
fn sibling(job: &str) -> String {
    let folder = job.rsplit_once('/').map_or("job", |(folder, _)| folder);
    format!("{folder}/another-repository")
}

fn token(stage: &Stage, form: &str, issuer: &str, subject: &str) -> Token {
    let mut claims = Claims::new();
    claims.insert("iss".into(), json!(issuer));
    claims.insert("aud".into(), json!([stage.token.audience]));
    claims.insert("exp".into(), json!(1_792_003_600));
    claims.insert("iat".into(), json!(1_792_000_000));
    claims.insert("sub".into(), json!(subject));
    claims.insert("build_number".into(), json!(1));
    Token { form: form.into(), claims }
}
