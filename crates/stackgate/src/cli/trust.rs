//! `trust`: the policies, the answer to one token, the proof.
//!
//! What must hold: everything that is printed comes from the model; a claim of a given token is escaped like any other
//! text that a file gave.

use serde_json::{Value, json};
use stackgate::adapter::{Claims, Issued, Situation};
use stackgate::args::{OtherPolicies, PoliciesFormat, Trust, TrustProve, TrustSimulate};
use stackgate::diagnostic::escape_visible;
use stackgate::trust_model::{
    Answer, Cell, Hole, Model, Policy, Proof, Table, TokenType, claim, keys, prove, simulate,
};
use stackgate::{Error, Project, read_policies, read_token};

use super::check::plural;
use super::output::{DIM, Output, REMOVED, STRONG};
use super::{Failure, Outcome, Run};

type Cells = indexmap::IndexMap<Situation, Cell>;
type Policies = indexmap::IndexMap<String, Vec<Policy>>;

pub(crate) fn run(project: &Project, what: &Trust, output: &mut Output) -> Run {
    match what {
        Trust::Policies(options) => policies(project, options.format, output),
        Trust::Simulate(options) => answer(project, options, output),
        Trust::Prove(options) => proof(project, options, output),
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

fn answer(project: &Project, options: &TrustSimulate, output: &mut Output) -> Run {
    let model = project.trust()?;
    let claims = match &options.token {
        Some(path) => read_token(path)?,
        None => token(&model, options)?,
    };
    let policies = given(&model, &options.other)?;
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

/// The claims of a stage's job in a situation, with some changed.
fn token(model: &Model<'_>, options: &TrustSimulate) -> Result<Claims, Failure> {
    let id = options.stage.as_deref().unwrap_or_default();
    let refuse = |message: String| Failure::from(Error::Refused(message));
    let stage = model.plan.stage(id).ok_or_else(|| {
        let ids: Vec<&str> = model.plan.stages.iter().map(|stage| stage.id.as_str()).collect();
        refuse(format!("`{id}` is no stage; there are {}", ids.join(", ")))
    })?;
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

fn given(model: &Model<'_>, other: &OtherPolicies) -> Result<Policies, Failure> {
    match &other.policies {
        None => Ok(model.policies()),
        Some(path) => {
            let only = model.issuers.keys().next().filter(|_| model.issuers.len() == 1);
            Ok(read_policies(path, other.issuer.as_deref().or(only.map(String::as_str)))?)
        }
    }
}

fn proof(project: &Project, options: &TrustProve, output: &mut Output) -> Run {
    let model = project.trust()?;
    let policies = given(&model, &options.other)?;
    let proof = prove(&model, &policies);
    if options.json {
        let value = json!({
            "holds": proof.holes.is_empty(),
            "issued": proof.issued,
            "mutated": proof.mutated,
            "tables": proof.tables,
            "holes": proof.holes,
            "notes": proof.said.iter().chain(&model.residual).collect::<Vec<_>>(),
        });
        output.line(&pretty(&value)?)?;
    } else {
        for table in &proof.tables {
            show(table, output)?;
        }
        for note in proof.said.iter().chain(&model.residual) {
            output.styled(DIM, &format!("note: {note}"))?;
        }
        verdict(&proof, &policies, output)?;
    }
    Ok(if proof.holes.is_empty() { Outcome::Done } else { Outcome::Drift })
}

/// How many teams stand beside each other.
const ACROSS: usize = 5;

fn show(table: &Table, output: &mut Output) -> std::io::Result<()> {
    let first = Situation::ALL.iter().map(|situation| situation.title().len()).max().unwrap_or_default();
    let teams: Vec<&String> = table.teams.keys().collect();
    for some in teams.chunks(ACROSS) {
        let width = |team: &str| team.chars().count().max(8);
        let head: Vec<String> = some.iter().map(|team| format!("{team:w$}", w = width(team))).collect();
        output.styled(STRONG, format!("{:first$}  {}", table.title, head.join("  ")).trim_end())?;
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
    let tried = format!(
        "{} as the CI systems issue them, and {} that differ from one in a claim",
        plural(proof.issued, "token"),
        proof.mutated
    );
    for hole in &proof.holes {
        counterexample(hole, output)?;
    }
    let count: usize = policies.values().map(Vec::len).sum();
    let against = if count == 1 { "1 policy".to_owned() } else { format!("{count} policies") };
    if proof.holes.is_empty() {
        let same = |cells: &Cells| cells.values().any(|cell| *cell == Cell::Same);
        let but = if proof.tables.iter().any(|table| table.teams.values().any(same)) {
            ", but where `same` stands above: see the notes"
        } else {
            ""
        };
        output.styled(
            STRONG,
            &format!("proved: {tried}, against {against}: every job gets its own team's token, and no other does{but}"),
        )
    } else {
        output.styled(STRONG, &format!("refuted, {}: {tried}, against {against}", plural(proof.holes.len(), "way")))
    }
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
