//! The claims that the adapter gives are those of the vendor's own examples in `tokens/`, by name, type and value.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use common::{adapter, plan, stage};
use serde_json::from_str;
use stackgate_fixtures::compare;
use stackgate_provider::plan::{Action, Trigger};
use stackgate_provider::{Claims, Issued, Situation};

#[test]
fn tokens_are_those_of_the_examples() {
    let job = "url: https://jenkins.acme.com\njob: dir/my-job\n";
    let issuer = format!("{job}issuer: https://some.issuer\n");
    let deploy = (Action::Deploy, Trigger::Push);
    let preview = (Action::Preview, Trigger::ChangeRequest);
    for (options, (action, trigger), file) in [
        (job, deploy, include_str!("tokens/branch.json")),
        (job, preview, include_str!("tokens/change-request.json")),
        (&issuer, deploy, include_str!("tokens/own-issuer.json")),
    ] {
        let mut stage = stage(action, trigger, "app", "dev");
        stage.token.audience = "https://service/".into();
        let plan = plan(vec![stage]);
        let issued = adapter(options).claims(&plan, &plan.stages[0], Situation::Intended);
        let Issued::Tokens(tokens) = issued else { panic!("{issued:?}") };
        compare(&tokens[0].claims, file, &["iat", "exp"]);
        let example: Claims = from_str(file).unwrap();
        for claims in [&tokens[0].claims, &example] {
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
        }
    }
}
