//! The head of the page: what it may load, and how it looks.
//!
//! Facts: a browser runs an inline style or script when the policy names the SHA-256 of its text in base64 (Content Security
//! Policy Level 3, `hash-source`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::escape::xml;
use crate::svg::STYLE;

const PAGE: &str = include_str!("../../assets/page.css");
const SCRIPT: &str = include_str!("../../assets/page.js");

/// All above the page's content. The title is escaped here.
pub(super) fn head(title: &str) -> String {
    let style = format!("{STYLE}{PAGE}");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; script-src '{}'; \
         base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<style>{style}</style>\n</head>\n<body>\n",
        digest(&style),
        digest(SCRIPT),
        xml(title)
    )
}

/// The one script.
pub(super) fn script() -> String {
    format!("<script>{SCRIPT}</script>\n")
}

fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_closes_the_style_or_the_script() {
        for text in [super::PAGE, super::STYLE, super::SCRIPT] {
            assert!(!text.contains("</") && !text.contains("<!--") && !text.contains("url("), "{text}");
        }
        assert_eq!(super::digest("x"), "sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=");
    }
}
