//! Requests that a script sends: to Pulumi Cloud's token endpoint and its interface, and where they go unprotected.
//!
//! What must hold: a field counts however it is sent, as a form, as JSON or from a here-document; a field that is made when
//! the script runs is never a literal. Source: the API's `TokenExchangeGrantRequest`.

use std::fmt::Write as _;

use super::Told;
use super::pulumi::{piece, seconds};
use crate::model::{DeedKind, Mint, MintBy, TokenKind};
use crate::shell::Call;
use crate::value::{Control, Value};

impl Told<'_> {
    pub(super) fn request(&mut self, call: &Call) {
        let texts: Vec<&str> = call.rest().iter().map(crate::shell::Argument::text).collect();
        let Some(url) = url(call) else { return };
        self.transport(call, &texts, &url);
        let text = url.text();
        let asks = ["ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI", "/oidctoken"];
        if asks.iter().any(|sign| text.contains(sign)) {
            self.deed(DeedKind::AsksOidcToken, url.clone(), call.range.clone());
        }
        if text.contains("/api/oauth/token") {
            return self.exchange(call, &url);
        }
        if text.contains("/api/stacks/")
            && text.split(['?', '#']).next().is_some_and(|text| text.ends_with("/deployments"))
        {
            let method = if sends(&texts) { "POST" } else { "GET" };
            let path = text.find("/api/stacks/").and_then(|at| text.get(at..)).unwrap_or(text);
            let path = piece(path, url.control());
            self.endpoint(method, &path, call);
        }
    }

    fn transport(&mut self, call: &Call, texts: &[&str], url: &Value) {
        let text = url.text();
        let here = ["http://localhost", "http://127.0.0.1", "http://[::1]", "http://169.254."];
        let open = text.starts_with("http://") && !here.iter().any(|start| text.starts_with(start));
        let unchecked = texts.iter().any(|word| {
            let short = call.program() == Some("curl") && word.starts_with('-') && !word.starts_with("--") && word.len() < 8;
            matches!(*word, "--insecure" | "--no-check-certificate" | "-SkipCertificateCheck" | "--proxy-insecure")
                // Flags in one word end where one takes a value.
                || short && word.split(['o', 'H', 'd', 'u', 'X', 'F', 'A', 'm']).next().is_some_and(|flags| flags.contains('k'))
        });
        if open || unchecked {
            self.deed(DeedKind::Insecure, url.clone(), call.range.clone());
        }
    }

    /// The exchange of an OIDC token for one of Pulumi Cloud.
    fn exchange(&mut self, call: &Call, url: &Value) {
        let mut form = String::new();
        let mut control = Control::System;
        let bodies = call.redirects.iter().filter_map(|redirect| redirect.body.as_ref());
        let fed: Vec<String> = self.fed_by(call).iter().map(|call| call.words()).collect();
        for argument in call.rest().iter().chain(bodies) {
            let _ = writeln!(form, "{}", argument.text());
            control = control.max(argument.value.control());
        }
        fed.iter().for_each(|words| {
            let _ = writeln!(form, "{words}");
        });
        let field = |name: &str| field(&form, name).map(|text| piece(&text, control.max(Control::System)));
        let kind = match field("requested_token_type") {
            Some(Value::Literal(text)) => match text.rsplit(':').next() {
                Some("team") => TokenKind::Team,
                Some("organization") => TokenKind::Organization,
                Some("personal") => TokenKind::Personal,
                Some("runner") => TokenKind::Runner,
                _ => TokenKind::Unknown,
            },
            _ => TokenKind::Unknown,
        };
        let scope = field("scope");
        let kind = match scope.as_ref().and_then(Value::as_literal) {
            Some("admin") => TokenKind::Admin,
            _ => kind,
        };
        let stripped = |value: Option<Value>, start: &str| {
            let value = value?;
            Some(piece(value.text().strip_prefix(start)?, value.control()))
        };
        let organization = stripped(field("audience"), "urn:pulumi:org:");
        let team = stripped(scope.clone(), "team:").filter(|team| !team.text().is_empty());
        let seconds = field("expiration").map(|value| match seconds(value.text()) {
            Some(number) => Value::literal(number.to_string()),
            None => value,
        });
        let base = url.text().split("/api/oauth/token").next().unwrap_or("");
        let url = Some(piece(base, url.control()));
        let place = self.place(call.range.clone());
        self.found.mints.push(Mint {
            step: 0,
            by: MintBy::Request,
            kind,
            organization,
            team,
            scope,
            seconds,
            url,
            place,
        });
    }
}

/// Whether words of `curl` or `wget` send something.
fn sends(texts: &[&str]) -> bool {
    texts.iter().any(|word| {
        word.eq_ignore_ascii_case("post")
            || word.eq_ignore_ascii_case("-xpost")
            || word.ends_with("=POST")
            || ["-d", "-F", "--data", "--form", "--post-", "--json", "-Body"]
                .iter()
                .any(|start| word.starts_with(start))
    })
}

/// Where a request goes: the first word that is a URL, or a variable that stands where one must.
pub(super) fn url(call: &Call) -> Option<Value> {
    let is = |text: &str| text.contains("://");
    let whole = |argument: &&crate::shell::Argument| {
        let text = argument.text();
        is(text) && !text.starts_with('-') && !text.contains(' ') || text.contains("ID_TOKEN_REQUEST_URL")
    };
    if let Some(argument) = call.rest().iter().find(whole) {
        return Some(argument.value.clone());
    }
    if let Some(argument) = call.rest().iter().find(|argument| argument.text().starts_with("--url=")) {
        return Some(super::flags::cut(argument, 6));
    }
    // A URL may stand in a variable, or have no scheme.
    const VALUED: &[&str] = &[
        "-o",
        "--output",
        "-H",
        "--header",
        "-X",
        "--request",
        "-d",
        "--data",
        "-u",
        "--user",
        "-O",
        "--retry",
        "-m",
        "-F",
        "-w",
    ];
    let mut before = "";
    for argument in call.rest() {
        let text = argument.text();
        let free = !text.starts_with('-')
            && !(VALUED.contains(&before) && !(before == "-O" && call.program() == Some("curl")));
        if free && (text.starts_with('$') || text.contains('/') && text.contains('.')) {
            return Some(argument.value.clone());
        }
        before = text;
    }
    None
}

/// A field of a form or of JSON in a text.
fn field(form: &str, name: &str) -> Option<String> {
    for (at, _) in form.match_indices(name).take(64) {
        let before = form.get(..at).and_then(|text| text.chars().next_back());
        if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '$')) {
            continue;
        }
        let after = form.get(at + name.len()..)?;
        if let Some(value) = after.strip_prefix('=') {
            let end = value.find(['&', '\n', '"', '\'', ';']).unwrap_or(value.len());
            return Some(decoded(value.get(..end)?.trim()));
        }
        let json = after.strip_prefix(['"', '\'']).unwrap_or(after).trim_start();
        if let Some(value) = json.strip_prefix(':').or_else(|| json.strip_prefix('=')) {
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
            let end = match quote {
                Some(quote) => value.find(quote),
                None => value.find([',', '}', '\n', ' ']),
            };
            return Some(value.get(..end.unwrap_or(value.len()))?.to_owned());
        }
    }
    None
}

/// The percent signs of a form.
fn decoded(text: &str) -> String {
    text.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/")
}
