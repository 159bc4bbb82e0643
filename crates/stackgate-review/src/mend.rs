//! Commands that mend, as an administrator types them.
//!
//! What must hold: a name from Pulumi Cloud is a word of the command and nothing else, whatever it holds. Source: `pulumi
//! api PATH --method … --body …` of the CLI at 3.238.0 and later; paths and bodies of Pulumi Cloud's OpenAPI document.

use serde_json::Value;

/// How what is declared is put back.
pub(crate) const APPLY: &str = "apply the access program again, as `pulumi-access/REVIEW.md` says";

/// How something that nobody declared is kept.
pub(crate) const ADOPT: &str =
    "or keep it: `stackgate review --adopt` writes it into the organization's spec for a decision";

/// Commands about one organization.
pub(crate) struct Commands<'a> {
    pub(crate) organization: &'a str,
}

impl Commands<'_> {
    /// A call below `/api/orgs/ORG`, such as `["teams", "x"]`.
    pub(crate) fn org(&self, method: &str, path: &[&str], body: Option<&Value>) -> String {
        let mut all = vec!["orgs", self.organization];
        all.extend(path);
        call(method, &all, body)
    }

    /// A call below `/api/stacks/ORG/PROJECT/STACK`.
    pub(crate) fn stack(&self, method: &str, stack: &str, path: &[&str], body: Option<&Value>) -> String {
        let mut all = vec!["stacks", self.organization];
        all.extend(stack.split('/'));
        all.extend(path);
        call(method, &all, body)
    }

    /// A call below `/api/esc/environments/ORG/PROJECT/NAME`.
    pub(crate) fn environment(&self, method: &str, name: &str, path: &[&str], body: Option<&Value>) -> String {
        let mut all = vec!["esc", "environments", self.organization];
        all.extend(name.split('/'));
        all.extend(path);
        call(method, &all, body)
    }

    /// A call below `/api/change-gates/ORG`.
    pub(crate) fn gate(&self, method: &str, id: &str) -> String {
        call(method, &["change-gates", self.organization, id], None)
    }

    /// Changes one thing of a team.
    pub(crate) fn team(&self, team: &str, body: &Value) -> String {
        self.org("PATCH", &["teams", team], Some(body))
    }
}

/// `pulumi api …` between backticks.
fn call(method: &str, path: &[&str], body: Option<&Value>) -> String {
    let path: Vec<String> = path.iter().map(|part| encoded(part)).collect();
    let body = body.map_or_else(String::new, |body| format!(" --body {}", word(&body.to_string())));
    format!("`pulumi api /api/{} --method {method}{body}`", path.join("/"))
}

/// A part of a path; what a shell or a URL could take for something else is percent-encoded.
fn encoded(part: &str) -> String {
    let mut out = String::new();
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    // A path that goes up would name something else.
    if out.chars().all(|c| c == '.') { out.replace('.', "%2E") } else { out }
}

/// One word of a POSIX shell. A backtick would end the command where it stands in Markdown.
fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''").replace('`', "\\u0060"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_a_word() {
        let commands = Commands { organization: "acme" };
        let told = commands.org("DELETE", &["teams", "a; rm -rf ~ $(id) `x` ../.."], None);
        assert_eq!(
            told,
            "`pulumi api /api/orgs/acme/teams/a%3B%20rm%20-rf%20~%20%24%28id%29%20%60x%60%20..%2F.. --method DELETE`"
        );
        assert!(commands.org("GET", &[".."], None).contains("/acme/%2E%2E "));
        let body = serde_json::json!({ "member": "o'b`x`" });
        assert_eq!(
            commands.team("x", &body),
            "`pulumi api /api/orgs/acme/teams/x --method PATCH --body '{\"member\":\"o'\\''b\\u0060x\\u0060\"}'`"
        );
    }
}
