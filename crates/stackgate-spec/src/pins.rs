//! Pins of the spec's own, which replace the ones that stackgate brings.
//!
//! What must always hold: nothing that could move is accepted. Deliberately absent: the table that is replaced.

use stackgate_diagnostic::Rule;
use stackgate_yaml::{Located, mapping};

use crate::form;
use crate::keep::{Kept, Key, Named};
use crate::rules::MALFORMED_PIN;
use crate::scalars::Runtime;
use crate::shape::{self, Shape};
use crate::values::{Commit, Digest, ImageName, Sha256, VersionLabel};

mapping! {
    /// Versions of third-party software that replace the ones which stackgate brings.
    pub struct PinOverrides {
        /// Releases of the Pulumi CLI by version, each with the SHA-256 of its archives.
        pub cli: Kept<Option<Named<ReleaseKey, CliPin>>>,
        /// GitHub actions by `owner/name`.
        pub actions: Kept<Option<Named<ActionKey, ActionPin>>>,
        /// Images of runtimes, by the runtime as the spec writes it: `nodejs@22.23.1`.
        pub images: Kept<Option<Named<RuntimeKey, ImagePin>>>,
    }
}

mapping! {
    /// A release of the Pulumi CLI.
    #[derive(PartialEq)]
    pub struct CliPin {
        /// SHA-256 of `pulumi-vVERSION-linux-x64.tar.gz`.
        #[key = "linux-x64"]
        pub linux_x64: Located<Sha256>,
        /// SHA-256 of `pulumi-vVERSION-linux-arm64.tar.gz`.
        #[key = "linux-arm64"]
        pub linux_arm64: Located<Sha256>,
    }
}

mapping! {
    /// A GitHub action.
    #[derive(PartialEq)]
    pub struct ActionPin {
        /// The tag that people read: `v7.0.1`.
        pub version: Located<VersionLabel>,
        /// The commit that runs.
        pub commit: Located<Commit>,
    }
}

mapping! {
    /// A container image.
    #[derive(PartialEq)]
    pub struct ImagePin {
        /// Name and tag, such as `node:22.23.1-bookworm`.
        pub image: Located<ImageName>,
        /// `sha256:` and 64 hexadecimal digits.
        pub digest: Located<Digest>,
    }
}

/// Keys of `pins.cli`.
#[derive(Clone, Debug)]
pub struct ReleaseKey;

impl Key for ReleaseKey {
    const SHAPE: &'static Shape = &shape::RELEASE;
    const COUNT: (usize, usize) = (0, 20);
    const MANY: &'static str = "releases";
    const RULE: &'static Rule = &MALFORMED_PIN;

    fn fault(key: &str) -> Option<String> {
        Self::SHAPE
            .fault(key)
            .or_else(|| form::exact_version(key).is_none().then(|| "it is not three numbers with dots between".into()))
    }

    fn help() -> String {
        "write all three numbers, between quotes: `\"3.259.0\"`".into()
    }
}

/// Keys of `pins.actions`.
#[derive(Clone, Debug)]
pub struct ActionKey;

impl Key for ActionKey {
    const SHAPE: &'static Shape = &shape::ACTION;
    const COUNT: (usize, usize) = (0, 50);
    const MANY: &'static str = "actions";
}

/// Keys of `pins.images`.
#[derive(Clone, Debug)]
pub struct RuntimeKey;

impl Key for RuntimeKey {
    const SHAPE: &'static Shape = &shape::RUNTIME;
    const COUNT: (usize, usize) = (0, 50);
    const MANY: &'static str = "images";
    const RULE: &'static Rule = &MALFORMED_PIN;

    fn fault(key: &str) -> Option<String> {
        Self::SHAPE.fault(key).or_else(|| Runtime::parse(key).err())
    }

    fn help() -> String {
        "write the runtime as a project does: `nodejs`, `nodejs@24`, `nodejs@22.23.1`".into()
    }
}
