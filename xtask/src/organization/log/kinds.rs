//! The kinds of incidents.

use super::deployments::deployment;
use super::incidents::{Done, Kind, Scene};
use super::life::{DAY, DAYS};

const fn kind(
    name: &'static str,
    rule: &'static str,
    level: &'static str,
    plant: fn(&mut Scene<'_, '_>) -> Option<Done>,
) -> Kind {
    Kind { name, rule, also: &[], level, plant }
}

pub(super) const KINDS: &[Kind] = &[
    kind("gap", "log-gap", "medium", |scene| {
        scene.used.insert("gap".into()).then_some(())?;
        let first = 15 + 7 * scene.random.below(4) as i64;
        scene.life.gap.extend([first, first + 1, first + 2]);
        scene.done(Vec::new(), ["the log holds nothing for"])
    }),
    kind("silent", "log-silent", "medium", |scene| {
        let names = scene.life.daily().map(|stack| stack.name.clone()).collect();
        let name = scene.take("stack", names)?;
        scene.life.silent.insert(name.clone(), DAYS - 28);
        scene.done(Vec::new(), [&format!("`{name}`"), "was not updated for"])
    }),
    kind("token-of-the-organization", "log-token-kind", "high", |scene| {
        minted(scene, "organization-token-created-for-oidc-issuer", "an organization token")
    }),
    kind("token-of-a-person", "log-token-kind", "high", |scene| {
        minted(scene, "personal-token-created-for-oidc-issuer", "a personal token")
    }),
    kind("token-of-a-runner", "log-token-kind", "medium", |scene| {
        minted(scene, "deployment-runner-token-created-for-oidc-issuer", "runner")
    }),
    kind("token-of-an-unknown-team", "log-token-kind", "high", |scene| {
        let team = scene.take("unknown team", (1..50).map(|number| format!("shadow-{number}")).collect())?;
        let slug = "team-token-created-for-oidc-issuer";
        let event = scene.of_actor(format!("oidc:{team}"), slug, format!("Created token for team \"{team}\""));
        scene.done(vec![event], [&format!("`{team}`")])
    }),
    kind("long-lived-token-of-the-organization", "log-long-lived-token", "high", |scene| {
        by_person(scene, "organization-token-created", "Created organization token \"NAME\"")
    }),
    kind("long-lived-token-of-a-team", "log-long-lived-token", "high", |scene| {
        by_person(scene, "team-token-created", "Created team token \"NAME\"")
    }),
    kind("issuer-registered", "log-trust-changed", "high", |scene| {
        by_person(scene, "oidc-issuer-registered", "Registered OIDC issuer \"NAME\"")
    }),
    kind("policy-updated", "log-trust-changed", "high", |scene| {
        by_person(scene, "authorization-policy-updated", "Updated the authorization policy of \"NAME\"")
    }),
    kind("settings-changed", "log-trust-changed", "high", |scene| {
        by_person(scene, "organization-settings-changed", "Changed the organization's setting \"NAME\"")
    }),
    kind("gate-deleted", "log-trust-changed", "high", |scene| {
        by_person(scene, "change-gate-deleted", "Deleted the gate \"NAME\"")
    }),
    kind("role-made", "log-trust-changed", "high", |scene| {
        by_person(scene, "custom-role-created", "Created the role \"NAME\"")
    }),
    kind("member-role", "log-trust-changed", "high", |scene| {
        by_person(scene, "member-role-changed", "Changed the role of \"NAME\" to admin")
    }),
    kind("collaborator", "log-trust-changed", "high", |scene| {
        let stack = scene.stack(|stack| stack.production)?;
        let login = scene.person()?;
        let slug = "stack-collaborator-added";
        let event = scene.of_person(&login, slug, format!("Added a collaborator to stack \"{}\"", stack.name));
        scene.done(vec![event], [&login, &format!("`{}`", stack.name)])
    }),
    Kind {
        name: "production-opened",
        rule: "log-secrets-taken",
        also: &["log-new-pair"],
        level: "high",
        plant: |scene| {
            let stack = scene.stack(|stack| stack.production && !stack.esc.is_empty())?;
            let (login, name) = (scene.stranger(&stack.name)?, stack.esc.first()?.clone());
            let event = scene.of_person(&login, "environment-open", format!("Opened environment \"{name}\""));
            scene.done(vec![event], [&login, &format!("`{name}`")])
        },
    },
    Kind {
        name: "new-pair",
        rule: "log-new-pair",
        also: &["log-secrets-taken"],
        level: "low",
        plant: |scene| {
            let mine = scene.stack(|stack| !stack.production)?;
            let project = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
            let own = project(&mine.name);
            let theirs =
                scene.stack(|stack| !stack.production && project(&stack.name) != own && !stack.esc.is_empty())?;
            let (team, name) = (mine.deploys.clone(), theirs.esc.first()?.clone());
            let slug = "environment-open";
            let event = scene.of_actor(format!("team:{team}"), slug, format!("Opened environment \"{name}\""));
            scene.done(vec![event], [&team, &format!("`{name}`")])
        },
    },
    kind("secret-of-others", "log-secrets-taken", "high", |scene| {
        let mine = scene.stack(|stack| !stack.production)?;
        let theirs = scene.stack(|stack| stack.production && stack.deploys != mine.deploys)?;
        let (team, stack) = (mine.deploys.clone(), theirs.name.clone());
        let text = format!("Decrypted a secret of stack \"{stack}\"");
        let event = scene.of_actor(format!("team:{team}"), "secret-decrypted", text);
        scene.done(vec![event], [&team, &format!("`{stack}`"), "decrypted"])
    }),
    kind("state-exported", "log-secrets-taken", "high", |scene| {
        let stack = scene.stack(|stack| stack.production)?;
        let login = scene.stranger(&stack.name)?;
        let event = scene.of_person(&login, "stack-exported", format!("Exported stack \"{}\"", stack.name));
        scene.done(vec![event], [&login, &format!("`{}`", stack.name), "exported"])
    }),
    kind("burst", "log-burst", "medium", |scene| {
        let stack = scene.stack(|stack| stack.production && !stack.esc.is_empty())?;
        scene.used.insert(format!("burst {}", stack.deploys)).then_some(())?;
        let (team, name) = (stack.deploys.clone(), stack.esc.first()?.clone());
        let first =
            scene.of_actor(format!("team:{team}"), "environment-open", format!("Opened environment \"{name}\""));
        // Within one hour of the clock, and far above eight times the most that an ordinary hour has.
        let hour = first.time - first.time.rem_euclid(3_600);
        let events =
            (0..200).map(|second| super::event::Event { time: hour + 60 + second * 15, ..first.clone() }).collect();
        scene.done(events, [&team, "took secrets"])
    }),
    kind("refused-often", "log-refused", "medium", |scene| {
        let login = scene.person()?;
        let stack = scene.stack(|stack| stack.production)?;
        let text = format!("Failed to open an environment of stack \"{}\"", stack.name);
        let mut first = scene.of_person(&login, "auth-failure-environment", text);
        first.refused = true;
        let events =
            (0..30).map(|second| super::event::Event { time: first.time + second * 7, ..first.clone() }).collect();
        scene.done(events, [&login, "an environment was refused"])
    }),
    kind("logins-failed", "log-refused", "medium", |scene| {
        let login = scene.person()?;
        let mut first = scene.of_person(&login, "user-login-failed", "Failed to log in".into());
        first.refused = true;
        let events =
            (0..40).map(|second| super::event::Event { time: first.time + second * 3, ..first.clone() }).collect();
        scene.done(events, [&login, "a login failed"])
    }),
    kind("updated-by-hand", "log-update-outside", "high", |scene| {
        let stack = scene.stack(|stack| stack.production && !stack.hosted)?;
        let login = scene.stranger(&stack.name)?;
        let text = format!("Started update \"0bad\" for stack \"{}\"", stack.name);
        let event = scene.of_person(&login, "stack-update-started", text);
        scene.done(vec![event], [&login, &format!("`{}`", stack.name), "updated"])
    }),
    kind("state-replaced", "log-update-outside", "high", |scene| {
        let stack = scene.stack(|stack| stack.production && !stack.hosted)?;
        let login = scene.stranger(&stack.name)?;
        let event = scene.of_person(&login, "stack-imported", format!("Imported stack \"{}\"", stack.name));
        scene.done(vec![event], [&login, &format!("`{}`", stack.name), "replaced the state"])
    }),
    kind("protection-off", "log-guard-removed", "medium", |scene| {
        let stack = scene.stack(|stack| stack.production && !stack.esc.is_empty())?;
        let (login, name) = (scene.person()?, stack.esc.first()?.clone());
        let text = format!("Disabled deletion protection of environment \"{name}\"");
        let event = scene.of_person(&login, "environment-deletion-protection-disabled", text);
        scene.done(vec![event], [&login, &format!("`{name}`")])
    }),
    kind("deployments-paused", "log-guard-removed", "medium", |scene| {
        by_person(scene, "organization-deployments-paused", "Paused deployments of \"NAME\"")
    }),
    kind("deployment-of-a-branch", "log-deployment-source", "medium", |scene| {
        deployed(scene, "refs/heads/hotfix", |body| {
            body["updates"][0]["environment"]["git.headName"] = "refs/heads/hotfix".into();
        })
    }),
    kind("deployment-of-a-repository", "log-deployment-source", "medium", |scene| {
        deployed(scene, "acme/scratch", |body| body["updates"][0]["environment"]["vcs.repo"] = "scratch".into())
    }),
    kind("deployment-by-hand", "log-deployment-source", "medium", |scene| {
        deployed(scene, "a person", |body| body["initiator"] = "console".into())
    }),
];

/// A job mints a kind of token that no policy of ours allows.
fn minted(scene: &mut Scene<'_, '_>, slug: &str, what: &str) -> Option<Done> {
    let actor = scene.take("job", (1..50).map(|number| format!("repo:acme/tools-{number}")).collect())?;
    let event = scene.of_actor(actor.clone(), slug, "Created token".into());
    scene.done(vec![event], [&actor, what])
}

/// A person does something once to something with a name.
fn by_person(scene: &mut Scene<'_, '_>, slug: &str, text: &str) -> Option<Done> {
    let login = scene.person()?;
    let name = format!("thing-{}", scene.random.below(100_000));
    let event = scene.of_person(&login, slug, text.replace("NAME", &name));
    scene.done(vec![event], [&login, &name])
}

/// A deployment that is not as declared.
fn deployed(scene: &mut Scene<'_, '_>, what: &str, change: impl FnOnce(&mut serde_json::Value)) -> Option<Done> {
    let stack = scene.stack(|stack| stack.hosted)?;
    let declared = scene.declared.deployments.iter().find(|one| one.reference() == stack.name)?;
    let login = scene.person()?;
    let time = scene.begin + 20 * DAY + scene.random.below(7_200) as i64;
    let mut body = deployment(declared, 900 + scene.random.below(90), time, &login, "api");
    change(&mut body);
    scene.deployments.push(body.clone());
    let words = vec![format!("`{}`", stack.name), what.to_owned()];
    Some(Done { words, events: vec![body] })
}
