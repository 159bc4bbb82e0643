//! `trust`: the policies, the answer to one token, the proof.
//!
//! What must hold: everything that is printed comes from the model; a claim of a given token is escaped like any other
//! text that a file gave.

use indexmap::IndexSet;
use serde_json::{Value, json};
use stackgate::adapter::{Claims, Issued, Situation};
use stackgate::args::{Args, Format, OtherPolicies, PoliciesFormat, Trust, TrustProve, TrustSimulate};
use stackgate::diagnostic::escape_visible;
use stackgate::plan::Stage;
use stackgate::trust_model::{
    Answer, Cell, Hole, Model, Policy, Proof, Table, TokenType, claim, keys, prove, simulate,
};
use stackgate::{Error, Models, Project, Repositories, prove_all, prove_report, read_policies, read_token, today};

use super::check::plural;
use super::output::{DIM, Output, REMOVED, STRONG};
use super::{Failure, Opened, Outcome, Run};

type Cells = indexmap::IndexMap<Situation, Cell>;
type Policies = indexmap::IndexMap<String, Vec<Policy>>;

/// What is tried: what one repository asks for, or all of an organization, by the path of their specs.
struct Tried<'a> {
    /// The path of the spec that was named.
    spec: String,
    /// The repository, where the spec is one's: its stages have places in it.
    project: Option<&'a Project>,
    models: Models<'a>,
    /// Whether tables and messages are to name the repository.
    of_organization: bool,
    policies: Policies,
    residual: Vec<String>,
}

pub(crate) fn run(args: &Args, what: &Trust, output: &mut Output) -> Run {
    match what {
        Trust::Policies(options) => policies(&super::open(args, output)?, options.format, output),
        Trust::Simulate(options) => with(args, output, |tried, output| answer(tried, options, output)),
        Trust::Prove(options) => with(args, output, |tried, output| proof(tried, options, output)),
    }
}

/// Does something with what the spec is about: one repository, or many.
fn with(args: &Args, output: &mut Output, then: impl FnOnce(&Tried<'_>, &mut Output) -> Run) -> Run {
    match super::open_any(args, output)? {
        Opened::Repository(project) => {
            let model = project.trust()?;
            let (policies, residual) = (model.policies(), model.residual.clone());
            let models = Models::from([(project.source().path(), model)]);
            let spec = project.source().path().to_owned();
            let tried = Tried { spec, project: Some(&project), models, of_organization: false, policies, residual };
            then(&tried, output)
        }
        Opened::Organization(spec) => {
            let repositories = Repositories::load(&spec, args.root.as_deref(), today())?;
            let models = repositories.models()?;
            let fragment = repositories.compose(&models)?;
            let (policies, residual) = (fragment.policies(), fragment.residual);
            let spec = repositories.spec_path().to_owned();
            then(&Tried { spec, project: None, models, of_organization: true, policies, residual }, output)
        }
    }
}

fn policies(project: &Project, format: PoliciesFormat, output: &mut Output) -> Run {
    let model = project.trust()?;
    match format {
        PoliciesFormat::Text => text(&model, output)?,
        PoliciesFormat::Json => {
            let issuers: Vec<Value> = model
                .issuers
                .iter()
                .map(|(url, issuer)| {
                    let mut value = json!({
                        "url": url,
                        "name": issuer.name,
                        "maxExpiration": issuer.max_expiration_seconds,
                        "policies": issuer.policies,
                    });
                    if let (Some(jwks), Some(object)) = (&issuer.jwks, value.as_object_mut()) {
                        object.insert("jwks".into(), jwks.clone());
                    }
                    value
                })
                .collect();
            output.line(&pretty(&json!({ "issuers": issuers, "residual": model.residual }))?)?;
        }
        PoliciesFormat::Fragment => {
            let text = project.fragment(&model).to_json().map_err(std::io::Error::from)?;
            output.raw(text.as_bytes())?;
        }
    }
    Ok(Outcome::Done)
}

fn text(model: &Model<'_>, output: &mut Output) -> std::io::Result<()> {
    for (url, issuer) in &model.issuers {
        output.styled(STRONG, &format!("{}: {url}", issuer.name))?;
        output.line(&format!("  tokens live {} seconds at most", issuer.max_expiration_seconds))?;
        for (index, policy) in issuer.policies.iter().enumerate() {
            let team = policy.team_name.as_deref().unwrap_or_default();
            output.line("")?;
            output.line(&format!("  {}. allow tokens of the team {team} where", index + 1))?;
            let width = policy.rules.keys().map(String::len).max().unwrap_or_default();
            for (claim, pattern) in &policy.rules {
                output.line(&format!("       {claim:width$}  {pattern}"))?;
            }
        }
        output.line("")?;
    }
    for sentence in &model.residual {
        output.styled(DIM, &format!("note: {sentence}"))?;
    }
    Ok(())
}

fn answer(tried: &Tried<'_>, options: &TrustSimulate, output: &mut Output) -> Run {
    let claims = match &options.token {
        Some(path) => read_token(path)?,
        None => token(tried, options)?,
    };
    let policies = given(tried, &options.other)?;
    let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    let Some(own) = policies.get(issuer) else {
        let known: Vec<&str> = policies.keys().map(String::as_str).collect();
        let message =
            format!("the token is of the issuer `{issuer}`, and there are policies for {} alone", known.join(", "));
        return Err(Error::Refused(message).into());
    };
    let answers = simulate(own, &claims);
    if options.json {
        output.line(&pretty(&json!({ "claims": claims, "answers": answers }))?)?;
    } else {
        for answer in &answers {
            describe(answer, output)?;
        }
    }
    Ok(if answers.iter().any(|answer| answer.minted) { Outcome::Done } else { Outcome::Drift })
}

fn describe(answer: &Answer, output: &mut Output) -> std::io::Result<()> {
    let of = match answer.token_type {
        TokenType::Organization => "organization".to_owned(),
        TokenType::Team => format!("team {}", answer.of),
        TokenType::Personal => format!("person {}", answer.of),
        TokenType::Runner => format!("runner {}", answer.of),
    };
    let verdict = if answer.minted { "minted" } else { "refused" };
    output.styled(STRONG, &escape_visible(&format!("{of}: {verdict}")))?;
    answer.because.iter().try_for_each(|why| output.line(&format!("  {}", escape_visible(why))))
}

/// The repository that has a stage: of several that call one alike, that which `SPEC:ID` names.
fn stage<'t, 'a>(tried: &'t Tried<'a>, given: &str) -> Result<(&'t Model<'a>, &'a Stage), Failure> {
    let refuse = |message: String| Failure::from(Error::Refused(message));
    let (path, id) = given.rsplit_once(':').map_or((None, given), |(path, id)| (Some(path), id));
    let models = tried.models.iter().filter(|(of, _)| path.is_none_or(|path| path == **of));
    let found: Vec<_> = models.filter_map(|(path, model)| Some((path, model, model.plan.stage(id)?))).collect();
    match found[..] {
        [(_, model, stage)] => Ok((model, stage)),
        [] => {
            let stages = tried.models.values().flat_map(|model| &model.plan.stages);
            let ids: IndexSet<&str> = stages.map(|stage| stage.id.as_str()).collect();
            let ids: Vec<&str> = ids.into_iter().collect();
            Err(refuse(format!("`{given}` is no stage; there are {}", ids.join(", "))))
        }
        _ => {
            let names: Vec<String> = found.iter().map(|(path, ..)| format!("`{path}:{id}`")).collect();
            Err(refuse(format!("several repositories have a stage `{id}`; write one of {}", names.join(", "))))
        }
    }
}

/// The claims of a stage's job in a situation, with some changed.
fn token(tried: &Tried<'_>, options: &TrustSimulate) -> Result<Claims, Failure> {
    let id = options.stage.as_deref().unwrap_or_default();
    let refuse = |message: String| Failure::from(Error::Refused(message));
    let (model, stage) = stage(tried, id)?;
    let issued = |situation| {
        let source = model.sources.iter().find(|source| source.provider.id() == stage.provider);
        source.map(|source| source.adapter.claims(model.plan, stage, situation))
    };
    let mut claims = match issued(options.event) {
        Some(Issued::Tokens(tokens)) => tokens.into_iter().next().map(|token| token.claims),
        Some(Issued::Same(_)) => match issued(Situation::Intended) {
            Some(Issued::Tokens(tokens)) => tokens.into_iter().next().map(|token| token.claims),
            _ => None,
        },
        Some(Issued::Nothing(why)) => return Err(refuse(format!("there is no token in that situation: {why}"))),
        None => None,
    }
    .ok_or_else(|| refuse(format!("nothing is known of the tokens of `{id}`")))?;
    for change in &options.claim {
        let (path, value) = change.split_once('=').ok_or_else(|| refuse(format!("`{change}` is not CLAIM=VALUE")))?;
        match keys(path).as_deref() {
            Some([key]) => claims.insert((*key).to_owned(), json!(value)),
            Some(_) => return Err(refuse(format!("`{path}`: a nested claim cannot be changed here; use `--token`"))),
            None => {
                return Err(refuse(format!(
                    "`{path}` is no path of a claim: a key with a dot stands between double quotes"
                )));
            }
        };
    }
    debug_assert!(claim(&claims, "iss").is_some());
    Ok(claims)
}

fn given(tried: &Tried<'_>, other: &OtherPolicies) -> Result<Policies, Failure> {
    match &other.policies {
        None => Ok(tried.policies.clone()),
        Some(path) => {
            let only = tried.policies.keys().next().filter(|_| tried.policies.len() == 1);
            Ok(read_policies(path, other.issuer.as_deref().or(only.map(String::as_str)))?)
        }
    }
}

fn proof(tried: &Tried<'_>, options: &TrustProve, output: &mut Output) -> Run {
    let policies = given(tried, &options.other)?;
    let proof = match tried.models.values().next() {
        None => {
            return Err(Error::Refused("no repository's spec is here, so that there is no token to try".into()).into());
        }
        Some(model) if !tried.of_organization => prove(model, &policies),
        Some(_) => prove_all(&tried.models, &policies),
    };
    if options.json {
        let value = json!({
            "holds": proof.holes.is_empty(),
            "issued": proof.issued,
            "mutated": proof.mutated,
            "tables": proof.tables,
            "holes": proof.holes,
            "notes": proof.said.iter().chain(&tried.residual).collect::<Vec<_>>(),
        });
        output.line(&pretty(&value)?)?;
    } else if options.format != Format::Text {
        let headline = sentence(&proof, &policies, "`stackgate trust prove` notes what claims cannot tell apart");
        output.report(&prove_report(&tried.spec, tried.project, &proof, &headline), options.format.into())?;
    } else {
        for table in &proof.tables {
            show(table, output)?;
        }
        for note in proof.said.iter().chain(&tried.residual) {
            output.styled(DIM, &format!("note: {note}"))?;
        }
        verdict(&proof, &policies, output)?;
    }
    Ok(if proof.holes.is_empty() { Outcome::Done } else { Outcome::Drift })
}

/// How many teams stand beside each other.
const ACROSS: usize = 5;

fn show(table: &Table, output: &mut Output) -> std::io::Result<()> {
    let titles = Situation::ALL.iter().map(|situation| situation.title()).chain([table.title.as_str()]);
    let first = titles.map(str::len).max().unwrap_or_default();
    let teams: Vec<&String> = table.teams.keys().collect();
    for some in teams.chunks(ACROSS) {
        let width = |team: &str| team.chars().count().max(8);
        let head: Vec<String> = some.iter().map(|team| format!("{team:w$}", w = width(team))).collect();
        let title = escape_visible(&table.title);
        output.styled(STRONG, format!("{title:first$}  {}", head.join("  ")).trim_end())?;
        for situation in Situation::ALL {
            let cells: Vec<String> = some
                .iter()
                .map(|team| format!("{:w$}", table.cell(*situation, team).word(), w = width(team)))
                .collect();
            let line = format!("{:first$}  {}", situation.title(), cells.join("  "));
            let hole = some.iter().any(|team| table.cell(*situation, team) == Cell::Hole);
            if hole { output.styled(REMOVED, line.trim_end())? } else { output.line(line.trim_end())? }
        }
        output.line("")?;
    }
    Ok(())
}

fn verdict(proof: &Proof, policies: &Policies, output: &mut Output) -> std::io::Result<()> {
    for hole in &proof.holes {
        counterexample(hole, output)?;
    }
    output.styled(STRONG, &sentence(proof, policies, "where `same` stands above: see the notes"))
}

/// The verdict; `but` is what is said where claims cannot show everything.
fn sentence(proof: &Proof, policies: &Policies, but: &str) -> String {
    let tried = format!(
        "{} as the CI systems issue them, and {} that differ from one in a claim",
        plural(proof.issued, "token"),
        proof.mutated
    );
    let count: usize = policies.values().map(Vec::len).sum();
    let against = if count == 1 { "1 policy".to_owned() } else { format!("{count} policies") };
    if !proof.holes.is_empty() {
        return format!("refuted, {}: {tried}, against {against}", plural(proof.holes.len(), "way"));
    }
    let same = |cells: &Cells| cells.values().any(|cell| *cell == Cell::Same);
    let same = proof.tables.iter().any(|table| table.teams.values().any(same));
    let but = if same { format!(", but {but}") } else { String::new() };
    format!("proved: {tried}, against {against}: every job gets its own team's token, and no other does{but}")
}

fn counterexample(hole: &Hole, output: &mut Output) -> std::io::Result<()> {
    output.styled(REMOVED, &format!("{}: {}", hole.provider, escape_visible(&hole.message)))?;
    if let Some(policy) = hole.policy {
        output.line(&format!("  minted by policy {}, for the token", policy + 1))?;
    }
    let claims = serde_json::to_string_pretty(&hole.claims)?;
    claims.lines().try_for_each(|line| output.styled(DIM, &format!("  {}", escape_visible(line))))?;
    output.line("")
}

fn pretty(value: &impl serde::Serialize) -> std::io::Result<String> {
    Ok(serde_json::to_string_pretty(value)?)
}
