//! The token: where it is found, and how it is kept from being seen.
//!
//! What must hold: no message and no `Debug` shows it; a spec alone, which anybody may propose to change, never decides where
//! a token goes: `pulumi login` keeps each with its URL, and one from the environment goes to Pulumi's own cloud, or to the
//! one that the environment names too. Sources: `PULUMI_ACCESS_TOKEN`, then `credentials.json` as Pulumi's
//! own command writes it (`sdk/go/common/workspace/creds.go` of pulumi/pulumi).

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use serde_json::Value;
use stackgate_diagnostic::clean;

/// Whose a token from the environment is where nothing else is said.
const PULUMI_CLOUD: &str = "https://api.pulumi.com";
/// Bytes that the file of credentials may have.
const LARGEST_FILE: u64 = 1024 * 1024;

/// An access token of Pulumi Cloud.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    value: String,
    header: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// A token; white space around it is not a part of it.
    ///
    /// # Errors
    /// When it is empty or holds anything that no token holds; the message does not show it.
    pub fn new(value: &str) -> Result<Token, TokenError> {
        let value = value.trim();
        if value.is_empty() {
            return Err(TokenError("it is empty".to_owned()));
        }
        if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError("it holds a character that no token holds".to_owned()));
        }
        Ok(Token { value: value.to_owned(), header: format!("token {value}") })
    }

    /// The value of the header `Authorization`.
    pub(super) fn header(&self) -> &str {
        &self.header
    }

    /// A text without the token. One as short as a word of tests is left, for it would be found everywhere.
    pub(super) fn taken_out<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.value.len() >= 8 && text.contains(&self.value) {
            return text.replace(&self.value, "[token]").into();
        }
        text.into()
    }
}

/// There is no token, or none that can be used: a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenError(pub String);

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TokenError {}

/// What of a run's surroundings decides about the token.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `PULUMI_ACCESS_TOKEN`.
    pub access_token: Option<Token>,
    /// `PULUMI_BACKEND_URL`: which Pulumi Cloud that token is for.
    pub backend: Option<String>,
    /// The folder of `credentials.json`: `PULUMI_CREDENTIALS_PATH`, else `PULUMI_HOME`, else `.pulumi` in the home.
    pub credentials: Option<PathBuf>,
}

impl Surroundings {
    /// Of this process.
    ///
    /// # Errors
    /// When `PULUMI_ACCESS_TOKEN` holds no token.
    pub fn of_process() -> Result<Surroundings, TokenError> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let access_token = match variable("PULUMI_ACCESS_TOKEN") {
            Some(value) => {
                let token = Token::new(&value.to_string_lossy());
                Some(token.map_err(|error| TokenError(format!("PULUMI_ACCESS_TOKEN holds no token: {error}")))?)
            }
            None => None,
        };
        let named = variable("PULUMI_CREDENTIALS_PATH").or_else(|| variable("PULUMI_HOME"));
        let credentials = named.map(PathBuf::from).or_else(|| std::env::home_dir().map(|home| home.join(".pulumi")));
        let backend = variable("PULUMI_BACKEND_URL").map(|url| url.to_string_lossy().into_owned());
        Ok(Surroundings { access_token, backend, credentials })
    }
}

/// The token for a Pulumi Cloud: from the environment, else the one that `pulumi login` left for this URL.
///
/// # Errors
/// When there is none, or the file cannot be read.
pub fn token(surroundings: Surroundings, cloud_url: &str) -> Result<Token, TokenError> {
    let key = cloud_url.trim_end_matches('/');
    if let Some(token) = surroundings.access_token {
        let meant = surroundings.backend.as_deref().unwrap_or(PULUMI_CLOUD).trim_end_matches('/');
        if meant == key {
            return Ok(token);
        }
        let (url, meant) = (clean(cloud_url), clean(meant));
        return Err(TokenError(format!(
            "PULUMI_ACCESS_TOKEN is for {meant}, and the spec names {url}: if the token is for that one, set \
             PULUMI_BACKEND_URL to {url}; if not, `pulumi login {url}` and unset it"
        )));
    }
    let none = || {
        let url = clean(cloud_url);
        TokenError(format!(
            "there is no token for {url}: set PULUMI_ACCESS_TOKEN, or log in with `pulumi login {url}` (a token in the \
             system's keychain cannot be used)"
        ))
    };
    let path = surroundings.credentials.ok_or_else(none)?.join("credentials.json");
    let shown = clean(&path.display().to_string());
    let fault = |what: &str| TokenError(format!("{shown}: {what}"));
    let text = match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(none()),
        Ok(metadata) if metadata.len() > LARGEST_FILE => {
            return Err(fault("it is too large for a file of credentials"));
        }
        _ => std::fs::read_to_string(&path).map_err(|error| fault(&format!("it cannot be read: {error}")))?,
    };
    // The message of the parser could quote the file.
    let file: Value = serde_json::from_str(&text).map_err(|_| fault("it is not JSON"))?;
    let entry = |map: &str| {
        let entries = file.get(map)?.as_object()?;
        entries.iter().find(|(url, _)| url.trim_end_matches('/') == key).map(|(_, entry)| entry)
    };
    let found = entry("accounts").and_then(|account| account.get("accessToken")).and_then(Value::as_str);
    let found = found.filter(|token| !token.is_empty()).or_else(|| entry("accessTokens").and_then(Value::as_str));
    let found = found.filter(|token| !token.is_empty()).ok_or_else(none)?;
    Token::new(found).map_err(|error| fault(&format!("the token is not usable: {error}")))
}
