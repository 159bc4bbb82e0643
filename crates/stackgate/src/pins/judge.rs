//! Whether a bumped pin can be what it says, as far as that is known without a network.
//!
//! What must hold: what is known here, from the table and from the spec, is never contradicted; an older version is refused
//! unless it was asked for; what nobody here can know is said, with the command that shows it.

use std::cmp::Ordering;

use stackgate_diagnostic::{Rule, quote};
use stackgate_drift::{Pin, PinKind};
use stackgate_plan::{Pins, is_commit, is_digest, is_sha256};

use super::bump::told;
use super::list::named;
use super::rules::{
    ADOPT_CONTRADICTION, ADOPT_DOWNGRADE, ADOPT_INCOMPLETE, ADOPT_NOT_EXACT, ADOPT_OTHER_NAME, ADOPT_VERSION,
};
use super::version::{Tag, Version};

/// Why a pin is refused.
pub(super) struct Refusal {
    pub(super) rule: &'static Rule,
    pub(super) message: String,
    pub(super) label: String,
    pub(super) help: String,
}

/// What is known, and what was allowed.
pub(super) struct Judge<'a> {
    /// The table of this program, and the pins that the spec makes of it.
    pub(super) known: [&'a Pins; 2],
    pub(super) allow_downgrade: bool,
}

const UNDO: &str = "undo it with `stackgate generate`";

impl Judge<'_> {
    /// Judges an action or an image. Where nothing speaks against it, what could not be known is returned.
    pub(super) fn of(&self, old: &Pin, new: &Pin) -> Result<Option<String>, Refusal> {
        if old.name != new.name {
            let message = format!("{} was replaced by {}", quote(&old.name), quote(&new.name));
            let label = "another name is another piece of software".to_owned();
            return Err(Refusal { rule: &ADOPT_OTHER_NAME, message, label, help: UNDO.into() });
        }
        match old.kind {
            PinKind::Action => self.action(old, new),
            PinKind::Image => self.image(old, new),
            PinKind::Task => {
                let message = format!("{} comes with stackgate, and the spec has no place for it", quote(&named(old)));
                let label = "the task's version was changed here".to_owned();
                let help = format!("{UNDO}, and tell the bot to leave tasks alone, as the preset of stackgate does");
                Err(Refusal { rule: &ADOPT_INCOMPLETE, message, label, help })
            }
            PinKind::Cli | PinKind::CliX64 | PinKind::CliArm64 => Ok(None),
        }
    }

    fn action(&self, old: &Pin, new: &Pin) -> Result<Option<String>, Refusal> {
        if !is_commit(&new.hash) {
            return Err(not_exact(new, "40 hexadecimal digits in lower case", "the whole commit behind the `@`"));
        }
        version(&old.version, &new.version, &format!("write `# {}` or newer behind the commit", old.version))?;
        let same = |one: &str, other: &str| one.trim_start_matches('v') == other.trim_start_matches('v');
        let mut confirmed = false;
        for (name, row) in self.known.iter().flat_map(|pins| &pins.actions) {
            let (this, version) = (*name == new.name, same(&row.version, &new.version));
            let commit = row.commit == new.hash;
            if commit && !(this && version) {
                let message = format!("{} is not the commit of {}", quote(&new.hash), quote(&named(new)));
                return Err(contradiction(new, message, format!("it is known as `{name}` {}", row.version)));
            }
            if this && version && !commit {
                let message = format!("{} is another commit here than the one that is known", quote(&named(new)));
                return Err(contradiction(new, message, format!("{} is known as {}", row.version, row.commit)));
            }
            confirmed |= commit;
        }
        self.not_older(new, ordering(&old.version, &new.version), &old.version)?;
        let repository = new.name.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        let (version, commit) = (&new.version, &new.hash);
        Ok((!confirmed).then(|| {
            format!(
                "not known offline: that {version} of {repository} is this commit. Check with \
                 `git ls-remote https://github.com/{repository} 'refs/tags/{version}*'`, which must list {commit}"
            )
        }))
    }

    fn image(&self, old: &Pin, new: &Pin) -> Result<Option<String>, Refusal> {
        if !is_digest(&new.hash) {
            return Err(not_exact(
                new,
                "`sha256:` and 64 hexadecimal digits in lower case",
                "the image's digest behind an `@`",
            ));
        }
        let (tag, before) = (Tag::parse(&new.version), Tag::parse(&old.version));
        let ordering = before.compare(&tag).map(Ordering::reverse);
        if ordering.is_none() && old.version != new.version {
            let message = format!("{} and {} are not versions of one form", quote(&old.version), quote(&new.version));
            let label = "this tag stands for another kind of image, or can move".to_owned();
            let help =
                "to change the kind of image, write it into the spec's `pins: { images: … }` yourself".to_owned();
            return Err(Refusal { rule: &ADOPT_VERSION, message, label, help });
        }
        let reference = named(new);
        // Two tags of one image may stand for the same digest; two images do not.
        let rows = self.known.iter().flat_map(|pins| {
            let runtimes = pins.runtimes.values().map(|row| (&row.image, &row.digest));
            runtimes.chain(pins.images.values().map(|row| (&row.image, &row.digest)))
        });
        for (image, digest) in rows {
            let other = image.rsplit_once(':').map_or(image.as_str(), |(name, _)| name) != new.name;
            if *digest == new.hash && other {
                let message = format!("the digest here is not that of {}", quote(&reference));
                return Err(contradiction(new, message, format!("it is known as `{image}`")));
            }
        }
        self.not_older(new, ordering, &old.version)?;
        Ok(Some(format!(
            "not known offline: that {reference} is this image, and that it is newer. Check with \
             `docker buildx imagetools inspect {reference}`, which shows the digest as long as the tag stands for it"
        )))
    }

    /// Judges the CLI: its version, and the SHA-256 of both archives, of which nothing stands for what did not change.
    pub(super) fn cli(&self, old: &str, new: Option<&str>, sums: [Option<&str>; 2]) -> Result<Option<String>, Refusal> {
        let known = |version: &str| self.known.iter().find_map(|pins| pins.cli.releases.get(version));
        let Some(new) = new else {
            let message = format!("the SHA-256 of Pulumi {old} was changed");
            let (rule, label) = (&ADOPT_CONTRADICTION, "the same release has the same archive".to_owned());
            return Err(Refusal { rule, message, label, help: UNDO.into() });
        };
        let cli = Pin { kind: PinKind::Cli, name: "pulumi".into(), version: new.into(), hash: String::new(), line: 0 };
        if Version::parse(new).is_none() || new.split('.').count() != 3 || new.starts_with('v') {
            return Err(not_exact(&cli, "three numbers with dots between", "the whole version of the release"));
        }
        version(old, new, "write all three numbers")?;
        if let Some(sum) = sums.iter().flatten().find(|sum| !is_sha256(sum)) {
            let pin = Pin { version: String::new(), hash: (*sum).to_owned(), ..cli };
            return Err(not_exact(&pin, "64 hexadecimal digits in lower case", "the whole SHA-256 of the archive"));
        }
        let where_from = format!(
            "take both from https://get.pulumi.com/releases/sdk/pulumi-{new}-checksums.txt and the release on GitHub, and write \
             `pulumi: \"{new}\"` and `pins: {{ cli: … }}` into the spec; then run `stackgate generate`"
        );
        match (known(new), sums) {
            (Some(row), [x64, arm64]) => {
                if x64.is_some_and(|sum| sum != row.linux_x64) || arm64.is_some_and(|sum| sum != row.linux_arm64) {
                    let message = format!("the SHA-256 of Pulumi {new} is another one here than the one that is known");
                    let label = format!("linux-x64 is known as {}", row.linux_x64);
                    return Err(contradiction(&cli, message, label));
                }
            }
            (None, [Some(_), Some(_)]) => {}
            (None, [x64, arm64]) => {
                let missing: Vec<&str> = [(x64, "linux-x64"), (arm64, "linux-arm64")]
                    .into_iter()
                    .filter_map(|(sum, platform)| sum.is_none().then_some(platform))
                    .collect();
                let message = format!("Pulumi {new} came without the SHA-256 for {}", missing.join(" and "));
                let label = format!("the version alone was changed from {old}");
                return Err(Refusal { rule: &ADOPT_INCOMPLETE, message, label, help: where_from });
            }
        }
        self.not_older(&cli, ordering(old, new), old)?;
        Ok(known(new).is_none().then(|| {
            format!(
                "not known offline: that these are the archives of Pulumi {new}. Compare with \
                 https://get.pulumi.com/releases/sdk/pulumi-{new}-checksums.txt"
            )
        }))
    }

    /// Whether an image's new tag still is of the version that the spec's runtime asks for.
    pub(super) fn of_runtime(old: &Pin, new: &Pin, runtime: &str) -> Result<(), Refusal> {
        let of =
            |number: &str| number == runtime || number.strip_prefix(runtime).is_some_and(|rest| rest.starts_with('.'));
        let (tag, before) = (Tag::parse(&new.version), Tag::parse(&old.version));
        let at = if runtime.is_empty() { None } else { before.numbers.iter().position(|number| of(number)) };
        match at.and_then(|at| tag.numbers.get(at)) {
            Some(number) if !of(number) => {
                let message =
                    format!("{} is not of the version {runtime} that the spec's runtime has", quote(&named(new)));
                let label = format!("the spec asks for {runtime}");
                let help = format!("change the `runtime` in the spec to {number} and pin this image for it, or {UNDO}");
                Err(Refusal { rule: &ADOPT_CONTRADICTION, message, label, help })
            }
            _ => Ok(()),
        }
    }

    fn not_older(&self, new: &Pin, ordering: Option<Ordering>, before: &str) -> Result<(), Refusal> {
        if ordering != Some(Ordering::Less) || self.allow_downgrade {
            return Ok(());
        }
        let message = format!("{} is older than {} before it", quote(&named(new)), quote(before));
        let help = format!("{UNDO}; where the newer one is the bad one, `--allow-downgrade` adopts it");
        Err(Refusal { rule: &ADOPT_DOWNGRADE, message, label: "the older version".into(), help })
    }
}

/// How a version compares with the one before it; nothing where either is none.
fn ordering(old: &str, new: &str) -> Option<Ordering> {
    Some(Version::parse(new)?.cmp(&Version::parse(old)?))
}

/// A version has to be there, and to say as much as the one before it.
fn version(old: &str, new: &str, help: &str) -> Result<(), Refusal> {
    let refuse = |message: String, label: &str| {
        Err(Refusal { rule: &ADOPT_VERSION, message, label: label.to_owned(), help: help.to_owned() })
    };
    if new.is_empty() {
        return refuse("there is no version beside the new commit".into(), "a comment with the version is missing");
    }
    match (Version::parse(old), Version::parse(new)) {
        (Some(before), Some(after)) if after.is_pre_release() && !before.is_pre_release() => refuse(
            format!("{} is a pre-release, and {} is not", quote(new), quote(old)),
            "no bot goes from a release to this",
        ),
        (Some(old), Some(new)) if new.is_as_exact_as(&old) => Ok(()),
        (Some(_), Some(_)) => {
            refuse(format!("{} says less than {} before it", quote(new), quote(old)), "a tag like this one moves")
        }
        (None, _) => Ok(()),
        (Some(_), None) => {
            refuse(format!("{} is not a version", quote(new)), "expected a version such as the one before")
        }
    }
}

fn not_exact(new: &Pin, form: &str, what: &str) -> Refusal {
    let message = format!("{} is pinned to {}, which is not exact", quote(&new.name), told(new));
    let label = format!("expected {form}");
    Refusal { rule: &ADOPT_NOT_EXACT, message, label, help: format!("write {what}, or {UNDO}") }
}

fn contradiction(new: &Pin, message: String, label: String) -> Refusal {
    let look = match new.kind {
        PinKind::Action => format!("`git ls-remote https://github.com/{} 'refs/tags/{}*'`", new.name, new.version),
        PinKind::Image => format!("`docker buildx imagetools inspect {}`", named(new)),
        _ => format!("https://get.pulumi.com/releases/sdk/pulumi-{}-checksums.txt", new.version),
    };
    let help = format!("do not merge it before you looked: {look}");
    Refusal { rule: &ADOPT_CONTRADICTION, message, label, help }
}
