//! The base URL: where a token may be sent.

use std::net::IpAddr;

use stackgate_diagnostic::quote;
use ureq::http::Uri;

use super::ClientError;

/// A base URL that a token may be sent to.
#[derive(Debug, Clone)]
pub(super) struct Base {
    url: String,
    host: String,
    plain: bool,
}

impl Base {
    /// Takes `https`, and `http` on this very machine alone.
    pub(super) fn new(url: &str) -> Result<Base, ClientError> {
        let shown = quote(url);
        let fault = |what: &str| ClientError(format!("{shown} is no URL of Pulumi Cloud: {what}"));
        let uri: Uri = url.parse().map_err(|_| fault("it is no URL"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(fault("it must begin with `https://`"));
        };
        if authority.as_str().contains('@') {
            return Err(ClientError("the URL of Pulumi Cloud must hold no user or password".to_owned()));
        }
        if uri.query().is_some() || url.contains(['#', '\\']) {
            return Err(fault("it must have no query and no fragment"));
        }
        let host = authority.host().to_ascii_lowercase();
        let loopback = is_loopback(&host);
        match scheme {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(fault("over `http` anybody on the way could read the token; write `https://`")),
            _ => return Err(fault("it must begin with `https://`")),
        }
        Ok(Base { url: url.trim_end_matches('/').to_owned(), host, plain: scheme == "http" })
    }

    /// The URL, without a slash at its end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The host's name.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is this machine without TLS, so that no proxy may stand between.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// The URL of a path.
    pub(super) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

/// By its name or by its number; another name may lead anywhere.
fn is_loopback(host: &str) -> bool {
    let number = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || number.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_over_tls_or_nowhere() {
        for url in
            ["https://api.pulumi.com", "https://pulumi.acme.example:8443/base/", "http://127.0.0.1:1", "http://[::1]:1"]
        {
            assert!(Base::new(url).is_ok(), "{url}");
        }
        for url in [
            "http://api.pulumi.com",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "ftp://api.pulumi.com",
            "api.pulumi.com",
            "/api",
            "https://user:word@api.pulumi.com",
            "http://localhost@evil.example",
            "https://api.pulumi.com?x=1",
            "https://api.pulumi.com#x",
            "",
        ] {
            let error = Base::new(url).unwrap_err().0;
            assert!(!error.contains("user:word"), "{error}");
        }
        assert_eq!(Base::new("https://a.example/base/").unwrap().join("/api"), "https://a.example/base/api");
    }
}
