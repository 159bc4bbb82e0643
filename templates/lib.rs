//! The texts that pipelines are made of: templates, shell and pins. A crate of its own, so that publishing carries the
//! files. What must hold: each file is embedded exactly once, under its path. It deliberately does nothing with them.

/// A template or script by its path below `templates/`, as adapters and tests refer to it.
pub type Text = (&'static str, &'static str);

/// Embeds files of one folder under their paths.
macro_rules! texts {
    ($folder:literal: $($name:literal),* $(,)?) => { &[$((concat!($folder, "/", $name), include_str!($name))),*] };
}

mod azure;
mod circleci;
mod github;
mod gitlab;
mod jenkins;
mod shell;

pub use azure::TEXTS as AZURE;
pub use circleci::TEXTS as CIRCLECI;
pub use github::TEXTS as GITHUB;
pub use gitlab::TEXTS as GITLAB;
pub use jenkins::TEXTS as JENKINS;
pub use shell::TEXTS as SHELL;

/// The pin table.
pub const PINS: &str = include_str!("pins.toml");

/// Every set of texts, the shared shell first.
pub const ALL: &[&[Text]] = &[SHELL, AZURE, CIRCLECI, GITHUB, GITLAB, JENKINS];

/// For each set: digest and path of each script, as it was last reviewed; `sha256sum --check` reads it too.
pub const REVIEWED: &[&str] =
    &[shell::REVIEWED, azure::REVIEWED, circleci::REVIEWED, github::REVIEWED, gitlab::REVIEWED, jenkins::REVIEWED];

// The sets end here.
