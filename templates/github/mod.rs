//! The texts of GitHub Actions. What must hold: every file of this folder is listed. Nothing else is here.

/// Templates and scripts of this folder.
pub const TEXTS: &[crate::Text] = texts![
    "github":
    "audit.yml.tera",
    "changes.sh",
    "deploy.yml.tera",
    "id-token-github.sh",
    "plain.yml.tera",
    "preflight.sh",
    "preview.yml.tera",
    "private-github.sh",
    "publish-github.sh",
    "report.sh",
    "script.yml.tera",
    "steps.yml.tera",
];

/// Digest and path of each script, as it was last reviewed.
pub(crate) const REVIEWED: &str = include_str!("reviewed.sha256");
