//! The proof: every situation of every stage, and everything that is nearly a stage's token, against every policy.
//!
//! What must hold: what may happen is decided from the plan and from what the adapters' admissions mean, never from the
//! policies under trial; so policies that somebody else wrote can be tried too. Nothing is sampled, and nothing is left to
//! chance.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use stackgate_plan::{Plan, Stage, Trigger, TrustClass};
use stackgate_provider::{GATE_NOT_IN_CLAIMS, Issued, Situation, Token};

use crate::decide::{Compiled, Request, Verdict, among};
use crate::hole::{Hole, Kind};
use crate::model::{Model, Source, is_waived};
use crate::mutate::near;
use crate::path;
use crate::policy::{Policy, TokenType};
use crate::strict::Strict;
use crate::table::{Cell, Table};

/// What the trial came to.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// A table of situation by team for each provider.
    pub tables: Vec<Table>,
    /// What was admitted that should not be, or refused that should not be: each team and situation, or claim, once.
    pub holes: Vec<Hole>,
    /// How many tokens were tried as the CI systems issue them.
    pub issued: usize,
    /// How many more were tried that differ from a stage's token in one claim.
    pub mutated: usize,
    /// What the CI systems cannot tell apart or do not do, one sentence each, as the adapters say it.
    pub said: Vec<String>,
}

/// Tries policies, by issuer, against what the model means. Policies of an issuer that the model does not know are not
/// tried: nobody knows the claims of its tokens.
pub fn prove(model: &Model<'_>, policies: &IndexMap<String, Vec<Policy>>) -> Proof {
    let mut proof = Proof::default();
    for source in &model.sources {
        Trial::new(model, source, policies, &mut proof).run();
    }
    // What grants too much matters more than what grants too little, and what happens more than what is made up.
    proof.holes.sort_by_key(|hole| match hole.kind {
        Kind::Reaches(_) => 0,
        Kind::Refuses => 1,
        Kind::Mutated(_) => 2,
    });
    proof
}

/// One provider under trial.
struct Trial<'t, 'm> {
    model: &'t Model<'m>,
    source: &'t Source<'m>,
    /// The policies of each issuer, with the teams that they name.
    judges: BTreeMap<&'t str, Judge<'t>>,
    meant: Vec<Strict<'t>>,
    table: Table,
    seen: BTreeSet<(String, Kind)>,
    proof: &'t mut Proof,
}

struct Judge<'t> {
    policies: &'t [Policy],
    compiled: Vec<Compiled>,
    /// Every request that a policy could be about: the plan's teams, and what else the policies name.
    requests: Vec<Asked>,
}

/// A request, with the policies that are about it: an organization has thousands of both.
struct Asked {
    token_type: TokenType,
    of: String,
    about: Vec<usize>,
}

/// Who may have a token.
enum Expected {
    /// This team must get it.
    Must,
    /// This team may: no claim tells its jobs from this one, and both are of one trust class.
    May,
    /// As `May`, where the spec waives that the gate shows in the claims.
    Waived,
    Never,
}

impl<'t, 'm> Trial<'t, 'm> {
    fn new(
        model: &'t Model<'m>,
        source: &'t Source<'m>,
        policies: &'t IndexMap<String, Vec<Policy>>,
        proof: &'t mut Proof,
    ) -> Trial<'t, 'm> {
        let teams: IndexSet<&str> =
            model.plan.stages_of(source.provider.id()).map(|stage| stage.token.team.as_str()).collect();
        let mut judges = BTreeMap::new();
        for issuer in &source.trust.issuers {
            let policies = policies.get(&issuer.url).map_or(&[][..], Vec::as_slice);
            judges.insert(issuer.url.as_str(), Judge::new(policies, &teams));
        }
        let meant = source.trust.admissions.iter().map(|one| Strict::new(one, is_waived(model.plan, one))).collect();
        let table = Table::new(source.provider.title(), teams.iter().map(|team| (*team).to_owned()).collect());
        Trial { model, source, judges, meant, table, seen: BTreeSet::new(), proof }
    }

    fn run(mut self) {
        let plan = self.model.plan;
        let id = self.source.provider.id();
        let mut every: Vec<(&Stage, Token)> = Vec::new();
        for stage in plan.stages_of(id) {
            let own = self.own(stage);
            for situation in Situation::ALL {
                match self.source.adapter.claims(plan, stage, *situation) {
                    Issued::Tokens(tokens) => {
                        for token in tokens {
                            self.issued(stage, (*situation, meant(stage, *situation, &token, &own)), &token);
                            every.push((stage, token));
                        }
                    }
                    Issued::Nothing(_) => self.table.set(*situation, &stage.token.team, Cell::Nothing),
                    Issued::Same(why) => {
                        self.table.set(*situation, &stage.token.team, Cell::Same);
                        let said = format!("{}, {}: {why}", self.source.provider.title(), situation.title());
                        if !self.proof.said.contains(&said) {
                            self.proof.said.push(said);
                        }
                    }
                }
            }
        }
        self.mutations(&every);
        self.proof.tables.push(self.table);
    }

    /// The tokens of a stage's own job.
    fn own(&self, stage: &Stage) -> Vec<Token> {
        match self.source.adapter.claims(self.model.plan, stage, Situation::Intended) {
            Issued::Tokens(tokens) => tokens,
            Issued::Nothing(_) | Issued::Same(_) => Vec::new(),
        }
    }

    /// A token as the system issues it, against every team: in the row of its situation, and judged by what it is there.
    fn issued(&mut self, stage: &Stage, (row, situation): (Situation, Situation), token: &Token) {
        self.proof.issued += 1;
        let Some(judge) = self.judges.get(token.issuer()) else {
            self.table.set(row, &stage.token.team, Cell::Refused);
            return;
        };
        let plan = self.model.plan;
        let mut found = Vec::new();
        for asked @ Asked { token_type, of, .. } in &judge.requests {
            let verdict = judge.decide(asked, token);
            let minted = matches!(verdict, Verdict::Minted(_));
            let expected = if *token_type == TokenType::Team {
                expected(plan, self.source, stage, situation, of)
            } else {
                Expected::Never
            };
            let cell = match (&expected, minted) {
                (Expected::Must, true) => Cell::Minted,
                (Expected::May, true) if situation == Situation::Intended => Cell::Alike,
                (Expected::May, true) => Cell::Minted,
                (Expected::Waived, true) => Cell::Waived,
                (Expected::Must, false) | (Expected::Never, true) => Cell::Hole,
                _ => Cell::Refused,
            };
            if cell == Cell::Hole {
                let kind = if minted { Kind::Reaches(situation) } else { Kind::Refuses };
                found.push((of.clone(), *token_type, kind, verdict));
            }
            self.table.set(row, of, cell);
        }
        for (of, token_type, kind, verdict) in found {
            self.hole(stage, token, &of, token_type, kind, &verdict);
        }
    }

    /// Everything that differs from a stage's own token in one claim that the stage's admission is about.
    fn mutations(&mut self, every: &[(&Stage, Token)]) {
        let plan = self.model.plan;
        for index in 0..self.meant.len() {
            let admission = self.meant[index].admission;
            let Some(stage) = plan.stage(&admission.stage) else { continue };
            let own = self.own(stage);
            for token in own.into_iter().filter(|token| self.meant[index].admits(&token.claims)).collect::<Vec<_>>() {
                for (rule, claim) in admission.rules.iter().map(|rule| rule.claim.as_str()).enumerate() {
                    let Some(value) = path::claim(&token.claims, claim).cloned() else { continue };
                    let others: BTreeSet<String> = every
                        .iter()
                        .filter_map(|(_, other)| path::claim(&other.claims, claim)?.as_str().map(str::to_owned))
                        .collect();
                    let mut changed = token.clone();
                    for other in near(&value, &others).into_iter().chain([Value::Null]) {
                        if self.meant[index].means(rule, &other) {
                            continue;
                        }
                        if let Some(place) = path::claim_mut(&mut changed.claims, claim) {
                            *place = other;
                        }
                        self.mutated(stage, &changed, claim);
                    }
                }
            }
        }
    }

    fn mutated(&mut self, stage: &Stage, token: &Token, claim: &str) {
        self.proof.mutated += 1;
        let Some(judge) = self.judges.get(token.issuer()) else { return };
        let reached = judge.requests.iter().find_map(|asked @ Asked { token_type: kind, of, .. }| {
            let verdict = judge.decide(asked, token);
            let wrong = matches!(verdict, Verdict::Minted(_)) && !(*kind == TokenType::Team && self.is_own(token, of));
            wrong.then(|| (of.clone(), *kind, verdict))
        });
        if let Some((of, token_type, verdict)) = reached {
            self.hole(stage, token, &of, token_type, Kind::Mutated(claim.to_owned()), &verdict);
        }
    }

    /// Whether a token, however it was come by, is one that a stage of the team would have.
    fn is_own(&self, token: &Token, team: &str) -> bool {
        self.meant.iter().any(|meant| {
            meant.admission.team == team && meant.admission.issuer == token.issuer() && meant.admits(&token.claims)
        })
    }

    fn hole(&mut self, stage: &Stage, token: &Token, of: &str, token_type: TokenType, kind: Kind, verdict: &Verdict) {
        if !self.seen.insert((format!("{token_type:?} {of}"), kind.clone())) {
            return;
        }
        let policies = self.judges.get(token.issuer()).map_or(&[][..], |judge| judge.policies);
        self.proof.holes.push(Hole::new(
            self.source.provider.title(),
            stage,
            token,
            (token_type, of),
            kind,
            verdict,
            policies,
        ));
    }
}

impl<'t> Judge<'t> {
    fn new(policies: &'t [Policy], teams: &IndexSet<&str>) -> Judge<'t> {
        let mut requests: IndexSet<(TokenType, String)> =
            teams.iter().map(|team| (TokenType::Team, (*team).to_owned())).collect();
        for policy in policies {
            let of = match policy.token_type {
                TokenType::Organization => Some(String::new()),
                TokenType::Team => policy.team_name.clone(),
                TokenType::Personal => policy.user_login.clone(),
                TokenType::Runner => policy.runner_id.clone(),
            };
            requests.insert((policy.token_type, of.unwrap_or_default()));
        }
        let compiled: Vec<Compiled> = policies.iter().map(Compiled::new).collect();
        let asked = |(token_type, of): (TokenType, String)| {
            let request = Request { token_type, of: &of };
            let about = compiled.iter().enumerate().filter(|(_, policy)| policy.is_about(request));
            let about = about.map(|(index, _)| index).collect();
            Asked { token_type, of, about }
        };
        let requests = requests.into_iter().map(asked).collect();
        Judge { policies, compiled, requests }
    }

    fn decide(&self, asked: &Asked, token: &Token) -> Verdict {
        let about = asked.about.iter().filter_map(|index| Some((*index, self.compiled.get(*index)?)));
        among(about, &token.claims)
    }
}

/// What a token of a situation is to be judged as: a change request is what its preview is there for, whatever else whoever
/// writes the change may ask with.
fn meant(stage: &Stage, situation: Situation, token: &Token, own: &[Token]) -> Situation {
    let starts = situation == Situation::ChangeRequest && stage.trigger == Trigger::ChangeRequest;
    let is_own = || own.iter().any(|own| own.claims == token.claims);
    if starts && is_own() { Situation::Intended } else { situation }
}

/// Whether a team may get the token of a stage's job in a situation.
fn expected(plan: &Plan, source: &Source<'_>, stage: &Stage, situation: Situation, team: &str) -> Expected {
    let targets: Vec<&Stage> =
        plan.stages_of(source.provider.id()).filter(|target| target.token.team == team).collect();
    if targets.is_empty() {
        return Expected::Never;
    }
    let class = if situation.is_change_request() { TrustClass::ChangeRequest } else { stage.class };
    if !situation.is_change_request() && situation != Situation::Intended {
        return Expected::Never;
    }
    if situation == Situation::Intended && stage.token.team == team {
        return Expected::Must;
    }
    let of_pipeline = source.trust.gate_of_pipeline && stage.class == TrustClass::Production;
    let gated = situation == Situation::Intended && (stage.gate.is_some() || of_pipeline);
    if targets.iter().all(|target| target.class == class && (target.gate.is_none() || gated)) {
        return Expected::May;
    }
    let rules = || source.trust.waived_by.iter().copied().chain([GATE_NOT_IN_CLAIMS.id]);
    let waived = |target: &&Stage| {
        let places = [&target.reference(), &target.project, &target.provider, &target.token.team];
        target.class == class && (target.gate.is_none() || gated)
            || rules().any(|rule| places.iter().any(|place| plan.waives(rule, &[place])))
    };
    if situation == Situation::Intended && targets.iter().all(waived) { Expected::Waived } else { Expected::Never }
}
