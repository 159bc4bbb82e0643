//! Differences of policies: which of an issuer's jobs get which token.

use serde_json::{Value, json};

use super::{Kind, Plot, kind, words};

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const GITLAB: &str = "https://gitlab.com";

pub(super) const KINDS: &[Kind] = &[
    kind("policy-claim-removed", "policy-widened", "widened", "medium", |plot| {
        change(plot, GITHUB, "`environment` may be anything", |policy| {
            policy["rules"].as_object_mut()?.shift_remove("environment").map(drop)
        })
    }),
    kind("policy-ref-removed", "policy-widened", "widened", "medium", |plot| {
        change(plot, GITLAB, "`ref_protected`", |policy| {
            policy["rules"].as_object_mut()?.shift_remove("ref_protected").map(drop)
        })
    }),
    kind("policy-subject-wider", "policy-widened", "widened", "medium", |plot| {
        change(plot, GITHUB, "repo:acme/*", |policy| {
            policy["rules"]["sub"] = json!("repo:acme/*");
            Some(())
        })
    }),
    kind("policy-missing", "policy-lacking", "missing", "low", |plot| {
        let team = team_of(plot, GITHUB)?;
        let policies = plot.world.policies_mut(GITHUB)?;
        let at = policies.iter().position(|policy| policy["teamName"] == *team)?;
        policies.remove(at);
        words([GITHUB, &format!("`{team}`"), "is not there"])
    }),
    kind("policy-narrower", "policy-lacking", "narrowed", "low", |plot| {
        change(plot, GITHUB, "`actor`", |policy| {
            policy["rules"]["actor"] = json!("ada-abe");
            Some(())
        })
    }),
    kind("policy-added", "policy-not-declared", "not-declared", "high", |plot| {
        let team = plot.production_team()?;
        let rules = json!({ "aud": "urn:pulumi:org:acme", "sub": "repo:acme/scratch:ref:refs/heads/main" });
        add(plot, json!({ "decision": "allow", "tokenType": "team", "teamName": team, "rules": rules }));
        words([&format!("`{team}`"), "repo:acme/scratch"])
    }),
    kind("policy-organization", "policy-not-declared", "not-declared", "critical", |plot| {
        plot.once("policy-organization")?;
        let rules = json!({ "aud": "urn:pulumi:org:acme", "sub": "repo:acme/tools:ref:refs/heads/main" });
        let permissions = ["admin"];
        add(
            plot,
            json!({
                "decision": "allow", "tokenType": "organization", "authorizedPermissions": permissions, "rules": rules
            }),
        );
        words(["organization's token", "administrator", "repo:acme/tools"])
    }),
    kind("policy-personal", "policy-not-declared", "not-declared", "high", |plot| {
        let login = plot.person();
        let rules = json!({ "aud": "urn:pulumi:org:acme", "sub": format!("repo:{login}/dotfiles:*") });
        add(plot, json!({ "decision": "allow", "tokenType": "personal", "userLogin": login, "rules": rules }));
        words([&format!("`{login}`"), "dotfiles"])
    }),
    kind("policy-runner", "policy-not-declared", "not-declared", "high", |plot| {
        plot.once("policy-runner")?;
        let rules = json!({ "aud": "urn:pulumi:org:acme", "sub": "repo:acme/runners:ref:refs/heads/main" });
        add(plot, json!({ "decision": "allow", "tokenType": "runner", "runnerID": "pool-7", "rules": rules }));
        words(["`pool-7`", "repo:acme/runners"])
    }),
    kind("policy-deny", "policy-deny", "narrowed", "low", |plot| {
        let team = team_of(plot, GITHUB)?;
        let rules = json!({ "aud": "urn:pulumi:org:acme" });
        add(plot, json!({ "decision": "deny", "tokenType": "team", "teamName": team, "rules": rules }));
        words([&format!("`{team}`"), "denies"])
    }),
];

/// A pipeline's team that gets its tokens from an issuer, by a policy for an environment.
fn team_of(plot: &mut Plot<'_>, url: &str) -> Option<String> {
    let policies = &plot.declared.issuers.get(url)?.policies;
    let own = policies.iter().filter(|policy| policy.rules.contains_key("environment"));
    let mut all: Vec<String> = own.filter_map(|policy| policy.team_name.clone()).collect();
    all.dedup();
    plot.take("team", all)
}

/// Changes one policy of an issuer.
fn change(
    plot: &mut Plot<'_>,
    url: &str,
    what: &str,
    change: impl FnOnce(&mut Value) -> Option<()>,
) -> Option<Vec<String>> {
    let team = team_of(plot, url)?;
    let policies = plot.world.policies_mut(url)?;
    change(policies.iter_mut().find(|policy| policy["teamName"] == *team)?)?;
    words([&format!("`{team}`"), what])
}

/// Adds a policy to GitHub's issuer.
fn add(plot: &mut Plot<'_>, mut policy: Value) {
    if policy.get("authorizedPermissions").is_none() {
        policy["authorizedPermissions"] = json!([]);
    }
    if let Some(policies) = plot.world.policies_mut(GITHUB) {
        policies.push(policy);
    }
}
