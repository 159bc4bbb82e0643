//! Which question gets which body.
//!
//! What must hold: a list is paged as the API pages it, by a token or by a number; what does not exist is 404, with the
//! error body of Pulumi Cloud. Deliberately absent: any question that changes something.

use serde_json::{Value, json};
use stackgate_cloud::{Answer, Api, Failure};

use crate::world::World;

impl Api for World {
    fn get(&self, path: &str) -> Result<Answer, Failure> {
        let (route, query) = path.split_once('?').unwrap_or((path, ""));
        if let Some((_, status, message)) = self.refused.iter().find(|(refused, _, _)| refused == route) {
            return Ok(Answer { status: *status, body: json!({ "code": status, "message": message }) });
        }
        let decoded: Vec<String> = route.trim_start_matches('/').split('/').map(decode).collect();
        let parts: Vec<&str> = decoded.iter().map(String::as_str).collect();
        let found = match parts.as_slice() {
            ["api", "user", "stacks"] => self.stacks(&Query(query)),
            ["api", "orgs", organization, rest @ ..] if *organization == self.organization => {
                self.organization(rest, &Query(query))
            }
            ["api", "stacks", organization, project, stack, rest @ ..] if *organization == self.organization => {
                self.stack(&format!("{project}/{stack}"), rest)
            }
            ["api", "esc", "environments", organization, rest @ ..] if *organization == self.organization => {
                self.environment(rest, &Query(query))
            }
            ["api", "change-gates", organization] if *organization == self.organization => {
                Some(self.gates(&Query(query)))
            }
            _ => None,
        };
        Ok(match found {
            Some(body) => Answer { status: 200, body },
            None => Answer { status: 404, body: json!({ "code": 404, "message": "Not Found" }) },
        })
    }
}

impl World {
    fn organization(&self, rest: &[&str], query: &Query<'_>) -> Option<Value> {
        Some(match rest {
            ["metadata"] => self.metadata.clone(),
            ["members"] => self.page(&self.members, query, "members", "continuationToken"),
            ["teams"] => json!({ "teams": self.teams.values().collect::<Vec<_>>() }),
            ["teams", team] => self.teams.get(*team)?.clone(),
            ["teams", team, "tokens"] => {
                self.teams.get(*team)?;
                let none = Vec::new();
                self.page(self.team_tokens.get(*team).unwrap_or(&none), query, "tokens", "continuationToken")
            }
            ["tokens"] => self.page(&self.tokens, query, "tokens", "continuationToken"),
            ["oidc", "issuers"] => json!({ "oidcIssuers": self.issuers.values().collect::<Vec<_>>() }),
            ["auth", "policies", "oidcissuers", issuer] => self.policies.get(*issuer)?.clone(),
            ["roles"] => json!({ "roles": self.roles }),
            ["deployments"] => self.deployments(query),
            ["auditlogs", "v2"] => {
                let (from, to) = (query.number("startTime"), query.number("endTime"));
                let within = |event: &&Value| {
                    let time = event["timestamp"].as_i64().unwrap_or_default();
                    from.is_none_or(|from| from <= time) && to.is_none_or(|to| time <= to)
                };
                let events: Vec<Value> = self.events.iter().filter(within).cloned().collect();
                self.page(&events, query, "auditLogEvents", "continuationToken")
            }
            _ => return None,
        })
    }

    fn stacks(&self, query: &Query<'_>) -> Option<Value> {
        // Whoever asks for all organizations sees this one.
        if query.get("organization").is_some_and(|organization| organization != self.organization) {
            return Some(json!({ "stacks": [] }));
        }
        let all: Vec<Value> = self.stacks.values().cloned().collect();
        Some(self.page(&all, query, "stacks", "continuationToken"))
    }

    fn stack(&self, stack: &str, rest: &[&str]) -> Option<Value> {
        match rest {
            ["deployments", "settings"] => self.settings.get(stack).cloned(),
            ["collaborators"] => self.collaborators.get(stack).cloned(),
            _ => None,
        }
    }

    fn environment(&self, rest: &[&str], query: &Query<'_>) -> Option<Value> {
        match rest {
            [] => {
                let all: Vec<Value> = self.environments.values().cloned().collect();
                Some(self.page(&all, query, "environments", "nextToken"))
            }
            [project, name, "metadata"] => self.metadata_of.get(&format!("{project}/{name}")).cloned(),
            [project, name, "settings"] => {
                self.environments.get(&format!("{project}/{name}")).map(|body| body["settings"].clone())
            }
            _ => None,
        }
    }

    fn gates(&self, query: &Query<'_>) -> Value {
        let name = query.get("qualifiedName");
        let asked = |gate: &&Value| name.as_ref().is_none_or(|name| gate["target"]["qualifiedName"] == **name);
        let gates: Vec<&Value> = self.gates.iter().filter(asked).collect();
        json!({ "continuationToken": "", "gates": gates })
    }

    fn deployments(&self, query: &Query<'_>) -> Value {
        let size = query.number("pageSize").and_then(|size| usize::try_from(size).ok()).unwrap_or(10).clamp(1, 100);
        let page = query.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).max(1);
        let items: Vec<&Value> = self.deployments.iter().skip((page - 1) * size).take(size).collect();
        json!({ "deployments": items, "itemsPerPage": size, "total": self.deployments.len() })
    }

    /// A page of a list; the token of the next one is the number of its first entry.
    fn page(&self, all: &[Value], query: &Query<'_>, list: &str, token: &str) -> Value {
        let number = |name| query.number(name).and_then(|number| usize::try_from(number).ok());
        let from = number("continuationToken").unwrap_or(0).min(all.len());
        let size = number("maxResults").unwrap_or(self.page).max(1);
        let to = (from + size).min(all.len());
        let mut body = json!({ list: &all[from..to] });
        if to < all.len() {
            body[token] = json!(to.to_string());
        }
        body
    }
}

/// A query, read by name.
struct Query<'a>(&'a str);

impl Query<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let mut pairs = self.0.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| decode(value))
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }
}

/// Undoes percent-encoding; what is not encoded as it should be stays.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = (*first == b'%').then(|| more.get(..2)).flatten();
        let code = code.and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &more[2..] } else { more };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
