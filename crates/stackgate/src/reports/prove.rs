//! The report of `trust prove`: a finding for each token that is answered wrongly.
//!
//! What must hold: each names the stage in the spec that it is about, and holds the whole token that shows it.

use stackgate_report::{Finding, Level, Place, Report};
use stackgate_trust::{Kind, Proof, TRUST_REFUTED};

use crate::project::Project;

/// The report on a proof. `spec` is the path of the spec that was named; `project` the repository, where it is one's, in
/// which stages have their places; `headline` is the verdict in one sentence.
pub fn prove_report(spec: &str, project: Option<&Project>, proof: &Proof, headline: &str) -> Report {
    let findings = proof.holes.iter().map(|hole| {
        let (level, kind) = match &hole.kind {
            Kind::Reaches(situation) => (Level::Critical, format!("reaches {}", situation.word())),
            Kind::Mutated(claim) => (Level::High, format!("mutated {claim}")),
            Kind::Refuses => (Level::Medium, "refuses".to_owned()),
        };
        let stage =
            |project: &'_ Project| Some(Place::of(project.plan().stage(&hole.stage)?.places.stack, project.source()));
        let place = project.and_then(stage).unwrap_or_else(|| Place::file(spec));
        let mut finding = Finding::new(&TRUST_REFUTED, level, format!("{}: {}", hole.provider, hole.message))
            .at(place)
            .content(format!("{} {} {} {kind}", hole.provider, hole.stage, hole.of))
            .help(TRUST_REFUTED.instead);
        finding.details.extend(hole.policy.map(|policy| format!("minted by policy {}", policy + 1)));
        finding.details.extend(hole.claims.iter().map(|(claim, value)| format!("{claim} = {value}")));
        finding
    });
    Report::new("trust prove", vec![spec.to_owned()], headline, findings.collect())
}
