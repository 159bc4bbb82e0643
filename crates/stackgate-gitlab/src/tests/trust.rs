//! Trust: no token but the intended ones satisfies an admission, and missing options are told all at once.

use indexmap::IndexMap;
use stackgate_provider::{Adapter, Issued, Provider, Situation, indexmap};
use stackgate_trust::{Model, prove};

use super::plans;
use crate::GitLab;

const IDS: &str = "repository: my.group/platform, project_id: 99, namespace_id: 7";

fn adapter(options: &str) -> Box<dyn Adapter> {
    stackgate_fixtures::adapter(&GitLab, options)
}

#[test]
fn no_other_situation_reaches_a_team() {
    for more in [
        "",
        ", premium: true",
        ", premium: true, tags: [linux]",
        ", url: \"https://git.acme.dev\", version: \"18.3\"",
        ", url: \"https://git.acme.dev\", version: \"18.1\"",
        ", url: \"https://git.acme.dev/gl\"",
    ] {
        let adapter = adapter(&format!("{{ {IDS}{more} }}"));
        let mut plan = plans::tiers();
        // A team for each stage, so that each token has one place to go.
        plan.stages.iter_mut().for_each(|stage| stage.token.team = stage.id.clone());
        let model = Model::of(&plan, [(&GitLab as &'static dyn Provider, adapter.as_ref())]).ok().unwrap();
        let policies: IndexMap<_, _> =
            model.issuers.iter().map(|(url, issuer)| (url.clone(), issuer.policies.clone())).collect();
        let proof = prove(&model, &policies);
        let holes: Vec<&String> = proof.holes.iter().map(|hole| &hole.message).collect();
        // Before 18.2.2 a fork's pipeline in this project is a preview to every claim: the proof must say so, and no more.
        let old = more.contains("18.1");
        assert_eq!(holes.is_empty(), !old, "{more}: {holes:#?}");
        assert!(holes.iter().all(|hole| hole.contains("`preview-app-") && hole.contains("fork")), "{more}: {holes:#?}");
        assert!(proof.issued > 100 && proof.mutated > 1000, "{more}");
        for stage in &plan.stages {
            let same = matches!(adapter.claims(&plan, stage, Situation::Fork), Issued::Same(_));
            assert_eq!(same, old && stage.environment.is_none(), "{more}: {}", stage.id);
        }
    }
}

#[test]
fn missing_options_are_told_all_at_once() {
    let missing = adapter("{ url: \"https://git.acme.dev\" }").trust(&plans::tiers()).unwrap_err();
    assert_eq!(missing.len(), 3);
    assert!(missing.iter().all(|one| one.rule.id == "trust-id-missing"));
    assert_eq!(adapter("{ repository: a/b, project_id: 1 }").trust(&plans::tiers()).unwrap_err().len(), 1);
}
