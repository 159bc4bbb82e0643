//! The texts of Azure Pipelines. What must hold: every file of this folder is listed. Nothing else is here.

/// Templates and scripts of this folder.
pub const TEXTS: &[crate::Text] = texts![
    "azure":
    "audit.yml.tera",
    "changes-azure.sh",
    "deploy.yml.tera",
    "id-token-azure.sh",
    "plain.yml.tera",
    "preview.yml.tera",
    "publish-azure.sh",
    "script.yml.tera",
    "steps.yml.tera",
];

/// Digest and path of each script, as it was last reviewed.
pub(crate) const REVIEWED: &str = include_str!("reviewed.sha256");
