//! A world as a saved directory, as `review --save` leaves one.
//!
//! What must hold: lines are sorted by path; the path decides the file. Deliberately absent: questions that nobody asks.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};
use stackgate_cloud::Api as _;

use crate::world::World;

impl World {
    /// Every question of a review, with its query.
    pub fn questions(&self) -> Vec<String> {
        let organization = &self.organization;
        let mut all: Vec<String> = ["metadata", "teams", "oidc/issuers", "roles?uxPurpose=role", "tokens?filter=all"]
            .into_iter()
            .map(|route| format!("/api/orgs/{organization}/{route}"))
            .collect();
        self.pages(&format!("/api/orgs/{organization}/members?type=frontend"), "continuationToken", &mut all);
        self.pages(&format!("/api/user/stacks?organization={organization}"), "continuationToken", &mut all);
        self.pages(&format!("/api/esc/environments/{organization}"), "nextToken", &mut all);
        for team in self.teams.keys() {
            all.push(format!("/api/orgs/{organization}/teams/{team}"));
            all.push(format!("/api/orgs/{organization}/teams/{team}/tokens?filter=all"));
        }
        for issuer in self.policies.keys() {
            all.push(format!("/api/orgs/{organization}/auth/policies/oidcissuers/{issuer}"));
        }
        for stack in self.stacks.keys() {
            all.push(format!("/api/stacks/{organization}/{stack}/collaborators"));
            all.push(format!("/api/stacks/{organization}/{stack}/deployments/settings"));
        }
        for environment in self.environments.keys() {
            all.push(format!("/api/esc/environments/{organization}/{environment}/metadata"));
            all.push(format!("/api/esc/environments/{organization}/{environment}/settings"));
            let name = environment.replace('/', "%2F");
            all.push(format!("/api/change-gates/{organization}?entityType=environment&qualifiedName={name}"));
        }
        all.sort();
        all
    }

    /// The first page's question and those of all that follow.
    fn pages(&self, first: &str, token: &str, all: &mut Vec<String>) {
        let mut path = first.to_owned();
        loop {
            let body = self.get(&path).map(|answer| answer.body).unwrap_or_default();
            all.push(path);
            let Some(next) = body[token].as_str() else { return };
            let joint = if first.contains('?') { '&' } else { '?' };
            path = format!("{first}{joint}continuationToken={next}");
        }
    }

    /// Writes the world into a directory, which is made.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        let mut files: BTreeMap<&str, String> = BTreeMap::new();
        for path in self.questions() {
            let Ok(answer) = self.get(&path) else { continue };
            let line = json!({ "path": path, "status": answer.status, "body": answer.body });
            let file = files.entry(file(&path)).or_default();
            file.push_str(&line.to_string());
            file.push('\n');
        }
        for (name, text) in files {
            fs::write(directory.join(format!("{name}.jsonl")), text)?;
        }
        let manifest: Value = json!({
            "version": 1,
            "organization": self.organization,
            "cloud_url": self.cloud_url,
            "taken": self.taken,
            "stackgate": env!("CARGO_PKG_VERSION"),
            "complete": true,
        });
        fs::write(directory.join("manifest.json"), format!("{manifest}\n"))
    }
}

/// The file that a question's answer lies in.
fn file(path: &str) -> &'static str {
    let route = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = route.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["api", "orgs", _, "members"] => "members",
        ["api", "orgs", _, "tokens"] | ["api", "orgs", _, "teams", _, "tokens"] => "tokens",
        ["api", "orgs", _, "teams", ..] => "teams",
        ["api", "orgs", _, "oidc" | "auth", ..] => "issuers",
        ["api", "orgs", _, "roles"] => "roles",
        ["api", "orgs", ..] => "organization",
        ["api", "esc", ..] => "environments",
        ["api", "change-gates", ..] => "gates",
        ["api", "stacks", .., "deployments", "settings"] => "deployments",
        _ => "stacks",
    }
}
