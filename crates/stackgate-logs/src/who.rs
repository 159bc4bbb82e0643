//! Who did something, and what it was done to, as far as an event says so.
//!
//! What must hold: a person chooses the name of his own tokens, so that such a name never makes him somebody else; it counts
//! only where no person stands behind the event.
//!
//! A person who calls himself like a team is a person.
//!
//! Assumed, since no source says it: an event of an organization's or a team's token has the organization as its user, or an
//! actor that is no person, whose name or URN holds the team's name as a word of its own. Names of stacks and environments
//! stand in the description, as in `Started update "…" for stack "project/dev"`, which the REST API's page has.

use std::borrow::Cow;

use crate::context::{Context, Who};
use crate::event::Event;

/// How somebody is named of whom the log says no more than that he is of the organization.
pub(crate) const UNNAMED: &str = "a token that the log does not name";

/// What to do where it is not known whether somebody may.
pub(crate) fn unknown(who: &str) -> &'static str {
    match who {
        UNNAMED => "read the log as JSON from the API, which names the actor",
        _ => "another system keeps the members of a team that may: see there whether he is one",
    }
}

/// Who did it.
pub(crate) fn who<'a>(event: &'a Event<'_>, context: &Context) -> Who<'a> {
    let login: &str = &event.login;
    let person = !login.is_empty() && !login.eq_ignore_ascii_case(&context.organization);
    let actors: &[&str] =
        if person { &[&event.actor_urn, &event.actor] } else { &[&event.actor_urn, &event.actor, &event.token] };
    let found =
        actors.iter().find_map(|actor| actor.split([':', '/', ' ', '"', '\'', '@']).find(|word| context.is_team(word)));
    if let Some(team) = found {
        return Who::Team(team);
    }
    let machine = [&event.actor, &event.actor_urn].into_iter().find(|name| !name.is_empty());
    match (machine, person) {
        (Some(machine), _) => Who::Machine(machine),
        (None, true) => Who::Person(login),
        (None, false) if !event.token.is_empty() => Who::Machine(&event.token),
        (None, false) => Who::Unnamed,
    }
}

/// What a description names: an environment as `project/name`. One without a project is of the project `default`.
pub(crate) fn environment<'a>(event: &'a Event<'_>, context: &Context) -> Option<Cow<'a, str>> {
    let found = named(&event.description, context, |name| context.production(name).is_some());
    found.map(Cow::Borrowed).or_else(|| {
        let name = format!("default/{}", quoted(&event.description)?);
        context.production(&name).is_some().then_some(Cow::Owned(name))
    })
}

/// What a description names: a stack as `project/stack`.
pub(crate) fn stack<'a>(event: &'a Event<'_>, context: &Context) -> Option<&'a str> {
    named(&event.description, context, |name| context.tier(name).is_some())
}

/// A text between quotes.
pub(crate) fn quoted(text: &str) -> Option<&str> {
    let begin = text.find('"')? + 1;
    let length = text.get(begin..)?.find('"')?;
    text.get(begin..begin + length).filter(|name| !name.is_empty())
}

/// The first name of two parts that is declared; where none is, the first that there is.
fn named<'a>(text: &'a str, context: &Context, declared: impl Fn(&str) -> bool) -> Option<&'a str> {
    let mut first = None;
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.'))) {
        let word = word.trim_end_matches('.');
        let Some((one, rest)) = word.split_once('/') else { continue };
        let name = match rest.split_once('/') {
            None => word,
            Some((_, last)) if one == context.organization && !last.contains('/') => rest,
            Some(_) => continue,
        };
        if name.starts_with('/') || name.ends_with('/') {
            continue;
        }
        if declared(name) {
            return Some(name);
        }
        first = first.or(Some(name));
    }
    first
}

impl Who<'_> {
    /// Writes how somebody is named: in findings, and where he is remembered.
    pub(crate) fn write(&self, out: &mut String) {
        out.clear();
        let (what, name) = match self {
            Who::Person(name) => ("", name),
            Who::Team(name) => ("team ", name),
            Who::Machine(name) => ("actor ", name),
            Who::Unnamed => ("", &UNNAMED),
        };
        out.push_str(what);
        out.push_str(name);
    }
}

#[cfg(test)]
mod tests {
    use stackgate_access::Fragment;

    use super::*;
    use crate::context::Settings;

    fn context() -> Context {
        let declared = r#"{"version":1,"organization":"acme","cloud_url":"https://api.pulumi.com","source":"s","issuers":{},
            "stacks":{"shop/production":{"tier":"production","esc":["shop/prod","default/keys"]}},
            "teams":{"shop-production":{"kind":"pipeline","description":"d","members":[],"stacks":{"shop/production":"write"},
            "environments":{"shop/prod":{"permission":"open"}}}},"deployments":[],"residual":[]}"#;
        Context::new(&Fragment::from_json(declared).unwrap(), Settings::default())
    }

    fn event<'a>(login: &'a str, token: &'a str, actor: &'a str, urn: &'a str) -> Event<'a> {
        Event {
            login: login.into(),
            token: token.into(),
            actor: actor.into(),
            actor_urn: urn.into(),
            ..Event::default()
        }
    }

    #[test]
    fn a_person_is_nobody_else_whatever_his_token_is_called() {
        let context = context();
        for (given, expected) in [
            (event("ada", "shop-production", "", ""), Who::Person("ada")),
            (event("acme", "", "shop-production", ""), Who::Team("shop-production")),
            (event("acme", "", "", "urn:pulumi:org:acme:team:shop-production"), Who::Team("shop-production")),
            (event("acme", "oidc: shop-production", "", ""), Who::Team("shop-production")),
            (event("acme", "not-shop-production", "", ""), Who::Machine("not-shop-production")),
            (event("ada", "", "robot", ""), Who::Machine("robot")),
            (event("acme", "", "", ""), Who::Unnamed),
            (event("", "", "", ""), Who::Unnamed),
            (event("shop-production", "", "", ""), Who::Person("shop-production")),
        ] {
            assert_eq!(who(&given, &context), expected, "{given:?}");
        }
    }

    #[test]
    fn names_stand_in_descriptions() {
        let context = context();
        let of = |text: &'static str| Event { description: text.into(), ..Event::default() };
        for (text, name) in [
            ("Started update \"6f93\" for stack \"shop/production\"", Some("shop/production")),
            ("Exported stack acme/shop/production.", Some("shop/production")),
            ("Exported stack other/app", Some("other/app")),
            ("see a/b/c or shop/production", Some("shop/production")),
            ("nothing", None),
        ] {
            assert_eq!(stack(&of(text), &context), name, "{text}");
        }
        assert_eq!(environment(&of("Opened environment \"shop/prod@3\""), &context).as_deref(), Some("shop/prod"));
        assert_eq!(environment(&of("Opened environment \"keys\""), &context).as_deref(), Some("default/keys"));
        assert_eq!(environment(&of("Opened environment \"other\""), &context), None);
    }
}
