//! `pins adopt`: takes what a bot wrote into the artifacts into the spec.
//!
//! What must hold: what comes of it was rendered in memory before anything is written, and is what stands on disk, so that the
//! next `generate` changes nothing; the spec changes in its pins alone. Deliberately absent: any change to an artifact.

use std::collections::BTreeMap;
use std::path::PathBuf;

use stackgate_diagnostic::{Diagnostic, Source};
use stackgate_drift::{FileReport, OnDisk, PinKind, State, compare, unified};

use super::bump::{Bump, File, collect};
use super::edit::{set_row, set_scalar};
use super::judge::{Judge, Refusal};
use super::list::{image_of, named};
use super::rules::{ADOPT_CONTRADICTION, ADOPT_INCOMPLETE, ADOPT_OTHER_CHANGE};
use super::written::{keys_of_image, spec_of};
use crate::error::{Error, Result};
use crate::project::{Project, pins as table};
use crate::write::replace_file;

/// What is adopted, and what may be.
#[derive(Debug, Clone, Default)]
pub struct AdoptOptions {
    /// Paths of the artifacts whose pins are adopted; all where none is named.
    pub artifacts: Vec<String>,
    /// Whether an older version is taken too.
    pub allow_downgrade: bool,
}

/// A pin that goes into the spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// What the spec says now, for people: `actions/checkout v7.0.1`.
    pub old: String,
    /// What it will say.
    pub new: String,
    /// The commit, the digest, or the SHA-256 of both archives.
    pub hashes: Vec<String>,
    /// In how many places of how many files it stands.
    pub places: (usize, usize),
    /// What could not be known offline, and how to find out.
    pub unknown: Option<String>,
}

/// An adoption that is about to happen.
pub struct Adoption {
    /// What is adopted. Where it is nothing, nothing will be written.
    pub pins: Vec<Adopted>,
    /// Artifacts that nobody named and that will still differ from the spec, by path.
    pub others: Vec<String>,
    root: PathBuf,
    path: String,
    old: String,
    after: Option<Project>,
    /// The artifacts that must be clean then.
    wanted: Vec<String>,
}

impl Project {
    /// Finds the pins that were bumped in the artifacts on disk, judges them, and works out the spec that has them.
    /// It writes nothing.
    ///
    /// # Errors
    /// For each reason that speaks against it a diagnostic at its place; also as [`Project::check`].
    pub fn adopt(&self, options: &AdoptOptions) -> Result<Adoption> {
        let mut files = self.standing(options)?;
        let bumps = collect(&mut files);
        let judge = Judge { known: [table()?, &self.plan().pins], allow_downgrade: options.allow_downgrade };
        let (adopted, text) = self.take(&judge, &bumps, &mut files)?;
        refuse(&mut files)?;
        let wanted: Vec<String> =
            files.iter().filter(|file| file.wanted).map(|file| file.artifact.path.clone()).collect();
        let (mut after, mut others) = (None, Vec::new());
        if !adopted.is_empty() {
            let (project, differ) = self.after(text, &files)?;
            (after, others) = (Some(project), differ);
        }
        Ok(Adoption {
            pins: adopted,
            others,
            root: self.root().to_path_buf(),
            path: self.source().path().to_owned(),
            old: self.source().text().to_owned(),
            after,
            wanted,
        })
    }

    /// Every artifact with what stands in its place.
    fn standing(&self, options: &AdoptOptions) -> Result<Vec<File>> {
        let artifacts = self.render()?;
        let plain = |path: &str| path.strip_prefix("./").unwrap_or(path).to_owned();
        let named: Vec<String> = options.artifacts.iter().map(|path| plain(path)).collect();
        let unknown: Vec<String> = named
            .iter()
            .filter(|path| !artifacts.iter().any(|artifact| artifact.path == **path))
            .map(|path| format!("{path} is not the path of an artifact; `stackgate check` lists them"))
            .collect();
        if !unknown.is_empty() {
            return Err(Error::Refused(unknown.join("\n")));
        }
        let report = self.compare(&artifacts)?;
        let files = artifacts.into_iter().filter_map(|artifact| {
            let found = report.files.iter().find(|file| file.path == artifact.path)?;
            let wanted = named.is_empty() || named.contains(&artifact.path);
            Some(File::new(artifact, self.source().path(), found, wanted))
        });
        Ok(files.collect())
    }

    /// Judges each bump and takes it into the spec's text; what is refused is said of its file.
    fn take(&self, judge: &Judge<'_>, bumps: &[Bump], files: &mut [File]) -> Result<(Vec<Adopted>, String)> {
        let spec = spec_of(self.source())?;
        let mut state = Taking { text: self.source().text().to_owned(), adopted: Vec::new() };
        for bump in bumps.iter().filter(|bump| !is_cli(bump.old.kind)) {
            let unknown = match judge.of(&bump.old, &bump.new).and_then(|unknown| twice(bump, bumps).map(|()| unknown))
            {
                Ok(unknown) => unknown,
                Err(refusal) => {
                    say(files, bump, refusal);
                    continue;
                }
            };
            let rows = match bump.old.kind {
                PinKind::Action => {
                    let fields = vec![("version", bump.new.version.clone()), ("commit", bump.new.hash.clone())];
                    Ok(vec![(vec!["pins".to_owned(), "actions".into(), bump.new.name.clone()], fields)])
                }
                _ => {
                    let old = image_of(&bump.old.name, &bump.old.version, &bump.old.hash);
                    let keys = keys_of_image(&spec, &self.plan().pins, &old);
                    let wrong = keys.iter().find_map(|key| Judge::of_runtime(&bump.old, &bump.new, &key.version).err());
                    let fields = vec![("image", named(&bump.new)), ("digest", bump.new.hash.clone())];
                    let row = |key: String| (vec!["pins".to_owned(), "images".into(), key], fields.clone());
                    match wrong {
                        Some(refusal) => Err(refusal),
                        None if keys.is_empty() => Err(by_hand(bump)),
                        None => Ok(keys.into_iter().map(|key| row(key.key)).collect()),
                    }
                }
            };
            match rows.and_then(|rows| state.rows(&rows).ok_or_else(|| by_hand(bump))) {
                Ok(()) => state.adopted.push(told(&[bump], vec![bump.new.hash.clone()], unknown)),
                Err(refusal) => say(files, bump, refusal),
            }
        }
        self.take_cli(judge, bumps, files, &mut state);
        Ok((state.adopted, state.text))
    }

    /// The same for the CLI, which is a version and two SHA-256.
    fn take_cli(&self, judge: &Judge<'_>, bumps: &[Bump], files: &mut [File], state: &mut Taking) {
        let of = |kind: PinKind| bumps.iter().find(|bump| bump.old.kind == kind);
        let (version, x64, arm64) = (of(PinKind::Cli), of(PinKind::CliX64), of(PinKind::CliArm64));
        let all: Vec<&Bump> = [version, x64, arm64].into_iter().flatten().collect();
        let Some(first) = all.first() else { return };
        // One that is not the same in every place was told so already, and the others say nothing without it.
        if files.iter().any(|file| !file.found.is_empty()) {
            return;
        }
        let sum = |bump: Option<&Bump>| bump.map(|bump| bump.new.hash.clone());
        let (own, sums) = (&self.plan().cli, [sum(x64), sum(arm64)]);
        let new = version.map(|bump| bump.new.version.as_str());
        match judge.cli(&own.version, new, [sums[0].as_deref(), sums[1].as_deref()]) {
            Ok(unknown) => {
                let new = new.unwrap_or_default();
                let mut rows = Vec::new();
                let known = self.plan().pins.cli.releases.contains_key(new);
                if let ([Some(x64), Some(arm64)], false) = (&sums, known) {
                    let fields = vec![("linux-x64", x64.clone()), ("linux-arm64", arm64.clone())];
                    rows.push((vec!["pins".to_owned(), "cli".into(), new.to_owned()], fields));
                }
                let set = set_scalar(&state.text, &["pulumi"], new).map(|text| state.text = text);
                match set.and_then(|()| state.rows(&rows)) {
                    Some(()) => state.adopted.push(told(&all, sums.into_iter().flatten().collect(), unknown)),
                    None => say(files, first, by_hand(first)),
                }
            }
            Err(refusal) => say(files, first, refusal),
        }
    }

    /// The project of the new spec, once everything that it renders is what stands on disk; and the files that nobody asked
    /// for which differ as before.
    fn after(&self, text: String, files: &[File]) -> Result<(Project, Vec<String>)> {
        let source = Source::new(self.source().path(), text);
        let mut after = Project::of(source, self.root().to_path_buf(), self.today()).map_err(|error| {
            let why = "the spec with these pins would have mistakes, so nothing was written:".to_owned();
            Error::Several(vec![Error::Refused(why), error])
        })?;
        after.set_file(self.file());
        let artifacts = after.render_verified()?;
        let on_disk = |file: &File| (file.artifact.path.clone(), OnDisk::Text(file.source.text().to_owned()));
        let there = files.iter().filter(|file| !matches!(file.state, State::Missing | State::Unreadable));
        let disk: BTreeMap<String, OnDisk> = there.map(on_disk).collect();
        let report = compare(self.source().path(), &artifacts, &disk);
        let (mut wrong, mut others) = (Vec::new(), Vec::new());
        for file in report.drifted() {
            let before = files.iter().find(|before| before.artifact.path == file.path);
            if before.is_some_and(|before| !before.wanted && before.state != State::Clean) {
                others.push(file.path.clone());
                continue;
            }
            let message = format!("{} would still differ from the spec with these pins", file.path);
            let help =
                "what differs then is shown by `stackgate generate --dry-run` once the pin is in the spec by hand";
            wrong.push(Diagnostic::of_file(&ADOPT_OTHER_CHANGE, file.path.clone(), message).help(help));
        }
        if wrong.is_empty() {
            return Ok((after, others));
        }
        Err(Error::Spec { source: Box::new(self.source().clone()), diagnostics: wrong })
    }
}

/// The spec's text as it becomes, and what was taken into it.
struct Taking {
    text: String,
    adopted: Vec<Adopted>,
}

type Row = (Vec<String>, Vec<(&'static str, String)>);

impl Taking {
    /// Sets rows; nothing where the text cannot be edited, and it stays as it was then.
    fn rows(&mut self, rows: &[Row]) -> Option<()> {
        let mut text = self.text.clone();
        for (path, fields) in rows {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
            text = set_row(&text, &path, &fields)?;
        }
        self.text = text;
        Some(())
    }
}

impl Adoption {
    /// What changes in the spec, as a unified diff.
    pub fn diff(&self) -> String {
        let Some(after) = &self.after else { return String::new() };
        unified(&FileReport {
            path: self.path.clone(),
            provider: String::new(),
            state: State::Edited,
            found: Some(self.old.clone()),
            expected: Some(after.source().text().to_owned()),
        })
    }

    /// Writes the spec, whole or not at all.
    ///
    /// # Errors
    /// When the spec or an artifact changed meanwhile, another write does not end, or the disk refuses.
    pub fn commit(self) -> Result<Vec<Adopted>> {
        let Some(after) = &self.after else { return Ok(self.pins) };
        let inside = after.file().is_some_and(|file| {
            let absolute = |path: &std::path::Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
            absolute(file) == absolute(&self.root.join(&self.path))
        });
        if !inside {
            let why =
                format!("{} is not below the repository root, so that it is not written: see `--dry-run`", self.path);
            return Err(Error::Refused(why));
        }
        let still = || {
            let report = after.compare(&after.render()?)?;
            let moved = report.drifted().find(|file| self.wanted.contains(&file.path));
            match moved {
                Some(file) => {
                    Err(Error::Refused(format!("{} changed while stackgate was working; run it again", file.path)))
                }
                None => Ok(()),
            }
        };
        replace_file(&self.root, &self.path, &self.old, after.source().text(), still)?;
        Ok(self.pins)
    }
}

fn is_cli(kind: PinKind) -> bool {
    matches!(kind, PinKind::Cli | PinKind::CliX64 | PinKind::CliArm64)
}

/// One commit or digest is not two things. Two tags of one image may stand for the same.
fn twice(bump: &Bump, bumps: &[Bump]) -> std::result::Result<(), Refusal> {
    let other = bumps.iter().find(|other| {
        let image = bump.new.kind == PinKind::Image;
        let same = other.new.name == bump.new.name && (image || other.new.version == bump.new.version);
        other.new.hash == bump.new.hash && !bump.new.hash.is_empty() && !same
    });
    match other {
        Some(other) => Err(Refusal {
            rule: &ADOPT_CONTRADICTION,
            message: format!("`{}` was bumped to the same as `{}`", named(&bump.new), named(&other.new)),
            label: "one of the two is not what it says".into(),
            help: "undo it with `stackgate generate`".into(),
        }),
        None => Ok(()),
    }
}

/// Where the spec is written in a way that is not edited here.
fn by_hand(bump: &Bump) -> Refusal {
    let what = match bump.new.kind {
        PinKind::Action => format!(
            "pins: {{ actions: {{ {}: {{ version: {}, commit: {} }} }} }}",
            bump.new.name, bump.new.version, bump.new.hash
        ),
        PinKind::Image => format!(
            "pins: {{ images: {{ RUNTIME: {{ image: \"{}\", digest: \"{}\" }} }} }}",
            named(&bump.new),
            bump.new.hash
        ),
        _ => "pulumi: \"X.Y.Z\", and its SHA-256 under `pins: { cli: … }`".to_owned(),
    };
    Refusal {
        rule: &ADOPT_INCOMPLETE,
        message: format!("the spec's text has no place into which `{}` could be written", named(&bump.new)),
        label: "bumped here".into(),
        help: format!("write it by hand: `{what}`"),
    }
}

fn say(files: &mut [File], bump: &Bump, refusal: Refusal) {
    let Refusal { rule, message, label, help } = refusal;
    if let Some((index, line)) = bump.places.first() {
        files[*index].say(rule, *line, message, label, help);
    }
}

fn told(bumps: &[&Bump], hashes: Vec<String>, unknown: Option<String>) -> Adopted {
    let first = bumps[0];
    let mut files: Vec<usize> = first.places.iter().map(|(file, _)| *file).collect();
    files.dedup();
    Adopted {
        old: named(&first.old),
        new: named(&first.new),
        hashes,
        places: (first.places.len(), files.len()),
        unknown,
    }
}

/// All that was said of the files, as one error.
fn refuse(files: &mut [File]) -> Result<()> {
    let mut errors: Vec<Error> = files
        .iter_mut()
        .filter(|file| !file.found.is_empty())
        .map(|file| {
            let mut diagnostics = std::mem::take(&mut file.found);
            diagnostics.sort_by_key(|diagnostic| diagnostic.span.map(|span| span.start));
            Error::Spec { source: Box::new(file.source.clone()), diagnostics }
        })
        .collect();
    match errors.len() {
        0 => Ok(()),
        1 => Err(errors.remove(0)),
        _ => Err(Error::Several(errors)),
    }
}
