//! One request and its answer.
//!
//! What must hold: no redirect is followed; a body has an end; the token is taken out of whatever comes back, for a server
//! may repeat what it was sent.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{Response, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, Error};

use super::ClientError;
use super::base::Base;
use super::pace::retry_after;
use super::token::Token;
use crate::api::Answer;

/// Bytes that a body may have when it is unpacked. A page of a thousand tokens has less than one of these 64 MiB.
const LARGEST_BODY: u64 = 64 * 1024 * 1024;
/// What the CLI and the provider send; the API's version is a part of it.
const ACCEPT: &str = "application/vnd.pulumi+8";

/// What came of a request.
#[derive(Debug)]
pub(super) enum Outcome {
    /// An answer, whatever its status.
    Answer(Answer),
    /// It may be otherwise next time. What there is of an answer, what the server asked for, and a sentence.
    Again { answer: Option<Answer>, after: Option<Duration>, message: String },
    /// It will not be otherwise next time.
    Never(String),
}

/// Sends requests with one token to one host.
#[derive(Clone)]
pub(super) struct Sender {
    agent: Agent,
    token: Arc<Token>,
    host: String,
    limit: Duration,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Sender {
    pub(super) fn new(base: &Base, token: Token, limit: Duration) -> Result<Sender, ClientError> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(!base.is_plain())
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(Duration::from_secs(20).min(limit)))
            .user_agent(concat!("stackgate/", env!("CARGO_PKG_VERSION")))
            .accept(ACCEPT);
        if base.is_plain() {
            // A proxy from the environment would get the token in plain text.
            config = config.proxy(None);
        } else {
            config = config.tls_config(tls()?);
        }
        let agent = config.build().new_agent();
        Ok(Sender { agent, token: Arc::new(token), host: base.host().to_owned(), limit })
    }

    /// Asks once; it takes no longer than what is left of the run.
    pub(super) fn get(&self, url: &str, left: Duration) -> Outcome {
        let request = self.agent.get(url).header("Authorization", self.token.header());
        let request = request.config().timeout_global(Some(self.limit.min(left))).build();
        match request.call() {
            Ok(response) => self.answered(response),
            Err(error) => self.failed(&error),
        }
    }

    fn answered(&self, mut response: Response<Body>) -> Outcome {
        let status = response.status();
        if status.is_redirection() {
            return Outcome::Never(self.redirected(&response));
        }
        let after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let after = after.and_then(|value| retry_after(value, now()));
        let bytes = match response.body_mut().with_config().limit(LARGEST_BODY).read_to_vec() {
            Ok(bytes) => bytes,
            Err(error) => return self.failed(&error),
        };
        let answer = Answer { status: status.as_u16(), body: self.body(&bytes) };
        match status {
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => {
                let message = format!("the server answered with status {}", status.as_u16());
                Outcome::Again { answer: Some(answer), after, message }
            }
            _ => Outcome::Answer(answer),
        }
    }

    /// The body as JSON; as text where it is none; null where there is none.
    fn body(&self, bytes: &[u8]) -> Value {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Value::Null;
        }
        let text = self.token.taken_out(&String::from_utf8_lossy(bytes)).into_owned();
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    fn redirected(&self, response: &Response<Body>) -> String {
        let status = response.status().as_u16();
        let to = response.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let to = self.token.taken_out(to);
        let host = to.split_once("//").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
        let host = host.map(|host| host.rsplit('@').next().unwrap_or_default()).filter(|host| !host.is_empty());
        let to = host.unwrap_or("another path");
        format!("the server redirects to {to} (status {status}), and the token goes to {} alone", self.host)
    }

    fn failed(&self, error: &Error) -> Outcome {
        let message = match error {
            Error::BodyExceedsLimit(limit) => {
                return Outcome::Never(format!("the answer is larger than {} MiB", limit / 1024 / 1024));
            }
            Error::Rustls(error) => {
                return Outcome::Never(format!("no secure connection to {}: {error}", self.host));
            }
            // What rustls refuses reaches us as this too.
            Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Outcome::Never(format!("no secure connection to {}: {error}", self.host));
            }
            Error::Timeout(_) => format!("{} took longer than {} seconds", self.host, self.limit.as_secs_f64()),
            Error::HostNotFound => format!("there is no host {}, or no name server", self.host),
            Error::Io(error) => format!("the connection to {} broke: {error}", self.host),
            other => format!("{} did not answer as it should: {other}", self.host),
        };
        Outcome::Again { answer: None, after: None, message: self.token.taken_out(&message).into_owned() }
    }
}

/// rustls with ring, and the authorities that this machine trusts.
fn tls() -> Result<TlsConfig, ClientError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let why = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        return Err(ClientError(format!(
            "this machine knows no certificate of an authority{why}: install `ca-certificates`, or name a file in `SSL_CERT_FILE`"
        )));
    }
    let certs = found.certs.iter().map(|cert| Certificate::from_der(cert).to_owned());
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::from(certs))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
