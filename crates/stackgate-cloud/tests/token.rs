//! Where the token comes from, and that no message shows it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

use std::fs;
use std::path::Path;

use stackgate_cloud::{Surroundings, Token, token};

const URL: &str = "https://api.pulumi.com";
const TOKEN: &str = "pul-cafe0123456789abcdef0123456789abcdef0123";

fn with_file(text: &str) -> (tempfile::TempDir, Surroundings) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("credentials.json"), text).unwrap();
    let surroundings = Surroundings { credentials: Some(dir.path().to_owned()), ..Surroundings::default() };
    (dir, surroundings)
}

fn found(text: &str) -> Result<Token, String> {
    let (_dir, surroundings) = with_file(text);
    token(surroundings, URL).map_err(|error| error.to_string())
}

#[test]
fn the_file_of_pulumi_is_read_by_url() {
    let own = Token::new(TOKEN).unwrap();
    for text in [
        format!(r#"{{"current":"x","accessTokens":{{"{URL}":"{TOKEN}","https://other.example":"other"}}}}"#),
        format!(
            r#"{{"accessTokens":{{"{URL}":"old"}},"accounts":{{"{URL}":{{"accessToken":"{TOKEN}","username":"a"}}}}}}"#
        ),
        format!(r#"{{"accessTokens":{{"{URL}":"{TOKEN}"}},"accounts":{{"{URL}":{{"accessToken":""}}}}}}"#),
        format!(r#"{{"accessTokens":{{"{URL}/":"{TOKEN}"}}}}"#),
    ] {
        assert_eq!(found(&text), Ok(own.clone()), "{text}");
    }
}

#[test]
fn the_environment_comes_before_the_file() {
    let (_dir, mut surroundings) = with_file(&format!(r#"{{"accessTokens":{{"{URL}":"{TOKEN}"}}}}"#));
    surroundings.access_token = Some(Token::new("from-the-environment").unwrap());
    assert_eq!(token(surroundings, URL).unwrap(), Token::new("from-the-environment").unwrap());
}

#[test]
fn a_spec_alone_does_not_decide_where_the_environments_token_goes() {
    let ask = |backend: Option<&str>, url: &str| {
        let access_token = Some(Token::new(TOKEN).unwrap());
        token(Surroundings { access_token, backend: backend.map(str::to_owned), credentials: None }, url)
    };
    let own = "https://pulumi.acme.example";
    assert!(
        ask(None, URL).is_ok() && ask(Some(own), own).is_ok() && ask(Some("https://pulumi.acme.example/"), own).is_ok()
    );
    for (backend, url) in
        [(None, own), (Some("file:///tmp"), URL), (Some(own), URL), (Some(own), "https://evil.example")]
    {
        let error = ask(backend, url).unwrap_err().to_string();
        assert!(error.contains("PULUMI_BACKEND_URL") && !error.contains(TOKEN), "{error}");
    }
}

#[test]
fn without_a_token_it_is_one_message_that_says_what_to_do() {
    let expected = "there is no token for https://api.pulumi.com: set PULUMI_ACCESS_TOKEN, or log in with `pulumi login \
                    https://api.pulumi.com` (a token in the system's keychain cannot be used)";
    for text in [
        "{}",
        "[]",
        r#"{"accessTokens":{"https://other.example":"x"}}"#,
        r#"{"accessTokens":{"https://api.pulumi.com":""}}"#,
    ] {
        assert_eq!(found(text).unwrap_err(), expected, "{text}");
    }
    let empty = tempfile::tempdir().unwrap();
    for credentials in [None, Some(empty.path().to_owned()), Some(Path::new("/nowhere").to_owned())] {
        let error = token(Surroundings { credentials, ..Surroundings::default() }, URL).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_file_that_is_broken_is_told_without_its_words() {
    for (text, message) in [
        (format!(r#"{{"accessTokens":{{"{URL}":"{TOKEN}"#), "it is not JSON"),
        (format!(r#"{{"accessTokens":{{"{URL}":"{TOKEN}\n{TOKEN}"}}}}"#), "a character that no token holds"),
        (" ".repeat(1024 * 1024 + 1), "too large"),
    ] {
        let error = found(&text).unwrap_err();
        assert!(error.contains("credentials.json: ") && error.contains(message), "{error}");
        assert!(!error.contains(TOKEN) && !error.contains("pul-cafe"), "{error}");
    }
}

#[test]
fn a_token_shows_itself_nowhere() {
    let own = Token::new(&format!(" {TOKEN}\n")).unwrap();
    assert_eq!(format!("{own:?}"), "Token");
    assert_eq!(own, Token::new(TOKEN).unwrap());
    for bad in ["", "  ", "a b", "a\nb", "a\u{7f}", "tökén"] {
        let error = Token::new(bad).unwrap_err().to_string();
        assert!(bad.trim().is_empty() || !error.contains(bad.trim()), "{error}");
    }
    let surroundings = Surroundings { access_token: Some(own), ..Surroundings::default() };
    assert!(!format!("{surroundings:?}").contains(TOKEN));
}
