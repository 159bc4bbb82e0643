//! What each host answers, as the scenario tells: the release host, Pulumi Cloud, the endpoints that mint OIDC tokens.
//!
//! What must hold: every request is written down; a host or a path that no job has reason to ask for is a trap, and stays
//! in the record for the test to find. A token is minted for whoever was granted it, while the job runs.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::exchange::{self, Exchange};
use crate::issuer::{self, Identity, Issuer};
use crate::server::{Request, Response};

/// How the world behaves in a scenario.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Answers {
    /// What the release host answers.
    pub download: Download,
    /// What the CI system answers a job that asks for its OIDC token.
    pub mint: Mint,
    /// Whether Pulumi Cloud refuses every exchange.
    pub refuse_exchange: bool,
    /// Commands of `pulumi` that fail.
    pub failing: Vec<String>,
}

/// What the release host answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Download {
    /// The archive of the pins, after a redirect.
    #[default]
    Good,
    /// Nothing: 404.
    Missing,
    /// Another archive than the one that the pins know.
    Altered,
}

/// What the CI system answers a job that asks for its OIDC token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mint {
    /// A token.
    #[default]
    Good,
    /// 403.
    Refused,
    /// An empty token.
    Empty,
    /// A text that is no token.
    Malformed,
}

/// Whoever may ask for a token: the bearer of a job, for itself or for one service connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Grant {
    /// The job's own credential.
    pub bearer: String,
    /// The service connection, where the CI system knows such.
    pub connection: Option<String>,
}

/// A token of Pulumi Cloud that was given.
struct Given {
    token: String,
    organization: String,
}

/// What the hosts know and have seen.
pub(crate) struct Hosts {
    pub(crate) folder: PathBuf,
    pub(crate) answers: Answers,
    /// Where Pulumi Cloud is.
    pub(crate) cloud_url: String,
    pub(crate) issuer: Issuer,
    pub(crate) issuers: Vec<String>,
    /// The archives by platform.
    pub(crate) archives: Vec<(&'static str, Vec<u8>)>,
    pub(crate) grants: HashMap<Grant, Identity>,
    pub(crate) minted: usize,
    pub(crate) exchanges: Vec<Exchange>,
    /// Requests that no job has reason to make, and exchanges that are not as they must be.
    pub(crate) trapped: Vec<String>,
    pub(crate) requests: Vec<Request>,
    given: Vec<Given>,
    /// Everything that must not be seen anywhere.
    pub(crate) secrets: Vec<String>,
}

impl Hosts {
    pub(crate) fn new(folder: PathBuf, answers: Answers, archives: Vec<(&'static str, Vec<u8>)>) -> Hosts {
        Hosts {
            folder,
            answers,
            cloud_url: "https://api.pulumi.com".into(),
            archives,
            issuer: Issuer::new(),
            issuers: Vec::new(),
            grants: HashMap::new(),
            minted: 0,
            exchanges: Vec::new(),
            trapped: Vec::new(),
            requests: Vec::new(),
            given: Vec::new(),
            secrets: Vec::new(),
        }
    }

    pub(crate) fn forget(&mut self, answers: Answers) {
        self.answers = answers;
        self.grants.clear();
        self.exchanges.clear();
        self.trapped.clear();
        self.requests.clear();
        self.given.clear();
        self.secrets.clear();
        self.minted = 0;
        std::fs::write(self.folder.join("secrets"), "").unwrap();
    }

    pub(crate) fn answer(&mut self, request: &Request) -> Response {
        self.requests.push(request.clone());
        let (path, _) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let address = format!("https://{}{path}", request.host);
        let cloud = address.strip_prefix(self.cloud_url.as_str()).map(str::to_owned);
        match (cloud.as_deref(), request.method.as_str()) {
            (Some("/api/oauth/token"), "POST") => return self.exchange(request),
            (Some(asked), "GET") if asked.starts_with("/api/stacks/") => return self.stack(request, asked),
            _ => (),
        }
        match (request.host.as_str(), request.method.as_str()) {
            ("github.com", "GET") if path.starts_with("/pulumi/pulumi/releases/download/") => self.release(path),
            ("release-assets.githubusercontent.com", "GET") => self.archive(path),
            ("pipelines.actions.githubusercontent.com", "GET") if path == "/idtoken" => {
                self.token(request, |token| Response::json(200, &json!({"value": token})))
            }
            ("dev.azure.com", "POST") if path.ends_with("/oidctoken") => {
                self.token(request, |token| Response::json(200, &json!({"oidcToken": token})))
            }
            ("dev.azure.com", _) if path.ends_with("/oidctoken") => Response::new(405, "POST alone"),
            ("runner.circleci.com", "POST") if path == "/oidc" => {
                self.token(request, |token| Response::new(200, token))
            }
            _ => self.published(request, path),
        }
    }

    /// The address of an archive answers with another address, as GitHub's does.
    fn release(&mut self, path: &str) -> Response {
        if self.answers.download == Download::Missing {
            return Response::new(404, "Not Found");
        }
        let mut response = Response::new(302, "");
        response.location = Some(format!("https://release-assets.githubusercontent.com{path}"));
        response
    }

    fn archive(&mut self, path: &str) -> Response {
        let found = self.archives.iter().find(|(platform, _)| path.ends_with(&format!("-{platform}.tar.gz")));
        let Some((_, archive)) = found else { return self.trap(&format!("there is no archive {path}"), 404) };
        let mut body = archive.clone();
        if self.answers.download == Download::Altered {
            // A byte after the end of the compressed stream: it would still unpack.
            body.push(0);
        }
        Response::new(200, body)
    }

    fn token(&mut self, request: &Request, answer: impl Fn(&str) -> Response) -> Response {
        let scheme = request.header("authorization").unwrap_or_default();
        let bearer = scheme.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let query = request.query();
        let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let bearer = bearer.map(|(_, bearer)| bearer.to_owned()).unwrap_or_default();
        let grant = Grant { bearer, connection: parameter("serviceConnectionId") };
        let Some(identity) = self.grants.get(&grant).cloned() else {
            return self.trap("somebody asked for an OIDC token who may not", 403);
        };
        match self.answers.mint {
            Mint::Refused => return Response::new(403, "Forbidden"),
            Mint::Empty => return answer(""),
            Mint::Malformed => return answer("no token"),
            Mint::Good => (),
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let audience = parameter("audience").or_else(|| body["aud"].as_str().map(str::to_owned));
        let Some(audience) = audience.or_else(|| identity.audience.clone()) else {
            return self.trap("an OIDC token was asked for without an audience", 400);
        };
        answer(&self.mint(&identity, &audience))
    }

    /// A token that counts as minted, and is watched from now on.
    pub(crate) fn mint(&mut self, identity: &Identity, audience: &str) -> String {
        let token = self.issuer.mint(identity, audience, 300);
        if !self.issuers.contains(&identity.issuer) {
            self.issuers.push(identity.issuer.clone());
        }
        self.minted += 1;
        self.watch(token.clone());
        token
    }

    /// From now on nothing may show this text.
    pub(crate) fn watch(&mut self, secret: String) {
        self.secrets.push(secret);
        // The stand-ins read it; no empty line, which `grep` would find everywhere.
        std::fs::write(self.folder.join("secrets"), self.secrets.join("\n") + "\n").unwrap();
    }

    fn exchange(&mut self, request: &Request) -> Response {
        let (issuers, jwks) = (self.issuers.clone(), self.issuer.jwks());
        let read = exchange::read(request, |token| {
            let claims = issuer::verify(token, &jwks)?;
            if issuers.iter().all(|issuer| claims["iss"] != issuer.as_str()) {
                return Err(format!("{} is no issuer that is trusted here", claims["iss"]));
            }
            Ok(claims)
        });
        let mut exchange = match read {
            Ok(exchange) => exchange,
            Err(why) => return self.trap(&format!("a wrong exchange: {why}"), 400),
        };
        let own = format!("urn:pulumi:org:{}", exchange.organization);
        let fixed = self.grants.values().filter_map(|identity| identity.audience.as_deref());
        if exchange.claims["aud"] != own.as_str() && fixed.into_iter().all(|fixed| exchange.claims["aud"] != fixed) {
            return self.trap(&format!("a wrong exchange: the token is for {}", exchange.claims["aud"]), 400);
        }
        if self.answers.refuse_exchange {
            self.exchanges.push(exchange);
            return Response::json(
                401,
                &json!({"error": "invalid_request", "error_description": "no policy allows it"}),
            );
        }
        let token = format!("pul-{}", self.issuer.noise());
        self.watch(token.clone());
        self.given.push(Given { token: token.clone(), organization: exchange.organization.clone() });
        let answer = json!({
            "access_token": token,
            "issued_token_type": "urn:pulumi:token-type:access_token:team",
            "token_type": "token",
            "expires_in": exchange.seconds,
            "scope": format!("team:{}", exchange.team),
        });
        exchange.token = Some(token);
        self.exchanges.push(exchange);
        Response::json(200, &answer)
    }

    /// What the CLI asks first; the token must be one that was given, and its organization the stack's.
    fn stack(&mut self, request: &Request, path: &str) -> Response {
        let header = request.header("authorization").unwrap_or_default();
        let given = self.given.iter().find(|given| header.strip_prefix("token ") == Some(given.token.as_str()));
        let organization = path.strip_prefix("/api/stacks/").and_then(|rest| rest.split('/').next());
        match given {
            Some(given) if organization == Some(given.organization.as_str()) => Response::json(200, &json!({})),
            _ => self.trap("a stack was asked for without a token of its organization", 401),
        }
    }

    /// The issuers' documents; whatever else is asked for is a trap.
    fn published(&mut self, request: &Request, path: &str) -> Response {
        let address = format!("https://{}{path}", request.host);
        for issuer in &self.issuers {
            if address == format!("{issuer}/.well-known/openid-configuration") {
                return Response::json(200, &self.issuer.discovery(issuer));
            }
            if address == format!("{issuer}/.well-known/jwks") {
                return Response::json(200, &self.issuer.jwks());
            }
        }
        self.trap(&format!("{} {address}", request.method), 404)
    }

    fn trap(&mut self, what: &str, status: u16) -> Response {
        self.trapped.push(what.to_owned());
        Response::json(status, &json!({"error": "invalid_request", "error_description": what}))
    }
}
