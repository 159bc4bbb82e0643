//! The shell that every provider needs. Free of values: these come in through the environment. What must hold: every file of this folder is listed. Nothing else is here.

/// Templates and scripts of this folder.
pub const TEXTS: &[crate::Text] = texts![
    "shell":
    "audit.sh",
    "clean-up.sh",
    "dependencies-dotnet.sh",
    "dependencies-go.sh",
    "dependencies-java.sh",
    "dependencies-nodejs.sh",
    "dependencies-python.sh",
    "deployment.sh",
    "guard-audit.sh",
    "guard.sh",
    "install-cli.sh",
    "install-stackgate.sh",
    "login-audit.sh",
    "login.sh",
    "plugins.sh",
    "preview.sh",
    "up.sh",
];

/// Digest and path of each script, as it was last reviewed.
pub(crate) const REVIEWED: &str = include_str!("reviewed.sha256");
