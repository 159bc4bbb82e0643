//! The languages that Pulumi programs are written in, by the words of specs and of the pin table.
//!
//! What must hold: each has one word. Deliberately absent: versions and images, which the pins have.

use serde::Serialize;

/// The languages that Pulumi programs are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Node.js.
    Nodejs,
    /// Python.
    Python,
    /// Go.
    Go,
    /// .NET.
    Dotnet,
    /// Java.
    Java,
    /// Pulumi YAML, which needs no tool.
    Yaml,
}

impl Language {
    /// The word that a spec and the pin table use.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Nodejs => "nodejs",
            Language::Python => "python",
            Language::Go => "go",
            Language::Dotnet => "dotnet",
            Language::Java => "java",
            Language::Yaml => "yaml",
        }
    }
}
