//! Programs that a script downloads and runs.
//!
//! What must hold: a download counts when it is run, unpacked, installed or made executable, and not when it is only read;
//! a digest counts when the file itself says it. Pulumi's own archive or installer is a tool of some version, and where
//! nothing checks it a download too: the version says which release is meant, not that it is that one.

use super::Told;
use super::request::url;
use crate::model::{Code, CodeKind, Pin};
use crate::shell::{Argument, Call, is_shell};
use crate::value::{Control, Value};

/// A file that a script downloaded.
pub(super) struct Download {
    url: Value,
    /// Its name as the script calls it.
    file: String,
    runs: bool,
    checked: bool,
    call: Call,
}

const FETCH: &[&str] =
    &["curl", "wget", "iwr", "irm", "Invoke-WebRequest", "Invoke-RestMethod", "DownloadString", "DownloadFile"];
/// What runs, unpacks or installs what it is given.
const USES: &[&str] = &[
    "tar",
    "bsdtar",
    "unzip",
    "dpkg",
    "rpm",
    "apt",
    "apt-get",
    "install",
    "source",
    ".",
    "python",
    "python3",
    "node",
    "ruby",
    "perl",
    "php",
    "java",
    "msiexec",
    "Expand-Archive",
    "gunzip",
    "apk",
    "yum",
    "dnf",
    "installer",
    "7z",
];

fn fetches(call: &Call) -> bool {
    call.program().is_some_and(|program| FETCH.contains(&program))
}

fn interprets(program: &str) -> bool {
    is_shell(program)
        || matches!(
            program,
            "python"
                | "python3"
                | "node"
                | "perl"
                | "ruby"
                | "php"
                | "iex"
                | "Invoke-Expression"
                | "tar"
                | "bsdtar"
                | "source"
                | "."
        )
}

impl Told<'_> {
    pub(super) fn download(&mut self, call: &Call) {
        let Some(program) = call.program() else { return };
        if interprets(program) || program == "eval" {
            // Through a pipe, or as the output of a command among its words.
            let within =
                call.rest().iter().flat_map(|argument| argument.runs.clone()).filter_map(|number| self.told(number));
            let fetched = self.fed_by(call).into_iter().chain(within).find(|call| fetches(call)).cloned();
            if let Some(fetch) = fetched {
                self.fetched(&fetch, call);
            }
        }
        if fetches(call) {
            if let (Some(url), Some(file), true) = (url(call), output(call), self.found.room(self.downloads.len())) {
                self.downloads.push(Download { url, file, runs: false, checked: false, call: call.clone() });
            }
            return;
        }
        self.checks(call);
        self.uses(call, program);
    }

    /// A digest that a script compares with its own.
    fn checks(&mut self, call: &Call) {
        let sums = ["sha256sum", "sha512sum", "shasum", "gsha256sum"];
        let program = call.program().unwrap_or("");
        let mut said = String::new();
        let mut sound = true;
        if sums.contains(&program)
            && call.rest().iter().any(|word| matches!(word.text(), "-c" | "--check") || word.text().starts_with("-c"))
        {
            let bodies = call.redirects.iter().map(|redirect| redirect.body.as_ref().unwrap_or(&redirect.target));
            let fed = self.fed_by(call);
            let given: Vec<&Argument> = fed.iter().flat_map(|call| call.rest()).chain(bodies).collect();
            // Both the name and the digest may come from the file alone; a file with digests may come from anywhere.
            for argument in given {
                said.push_str(argument.text());
                said.push('\n');
                let digest = argument.text().split_whitespace().next().unwrap_or("");
                sound &= !digest.contains('$') && !digest.contains('`')
                    || argument.value.control() <= Control::System
                    || known(digest, argument);
            }
            let direct = call.rest().iter().any(|word| is_digest(word.text()));
            if said.is_empty() && !direct {
                return;
            }
        } else if matches!(program, "[" | "[[" | "test") || program.eq_ignore_ascii_case("if") {
            let computed = call.rest().iter().any(|word| sums.iter().any(|sum| word.text().contains(sum)));
            if !computed || !call.rest().iter().any(|word| is_digest(word.text())) {
                return;
            }
            call.rest().iter().for_each(|word| said.push_str(word.text()));
        } else {
            return;
        }
        for download in &mut self.downloads {
            download.checked |= sound && names(&said, &download.file);
        }
    }

    fn uses(&mut self, call: &Call, program: &str) {
        let first = call.arguments.first().map_or("", Argument::text);
        let runs = USES.contains(&program)
            || interprets(program)
            || program == "chmod"
                && call.rest().iter().any(|word| word.text().contains('x') || word.text().starts_with(['7', '0', '5']))
            || matches!(program, "mv" | "cp" | "Move-Item")
                && call.rest().iter().any(|word| word.text().contains("/bin"));
        for download in &mut self.downloads {
            let given = call.rest().iter().any(|word| same(word.text(), &download.file));
            download.runs |= runs && given || same(first, &download.file);
        }
    }

    /// What was downloaded to files and run, once the script is through.
    pub(super) fn after(&mut self) {
        for download in std::mem::take(&mut self.downloads) {
            if download.runs || download.file.contains("/bin/") {
                self.ran(&download.url, "", download.checked, &download.call);
            }
        }
    }

    /// PowerShell's `DownloadString('…')`, whose text is run whatever stands around it.
    pub(super) fn download_strings(&mut self, text: &str) {
        for (at, sign) in text.match_indices("DownloadString(").take(64) {
            let rest = text.get(at + sign.len()..).unwrap_or("");
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
            let url = rest.get(1..).and_then(|rest| rest.split([quote, '\n']).next()).unwrap_or("");
            let value =
                if url.contains('$') { Value::Made(url.to_owned(), Control::Unknown) } else { Value::literal(url) };
            let call = Call { range: at..at + sign.len() + url.len() + 3, ..Call::default() };
            self.ran(&value, "", false, &call);
        }
    }

    /// What goes straight to a shell or to `tar`.
    fn fetched(&mut self, fetch: &Call, user: &Call) {
        let Some(url) = url(fetch) else { return };
        let after = |flag: &str| {
            let at = user.rest().iter().position(|word| word.text() == flag)?;
            user.rest().get(at + 1).map(|word| word.text().to_owned())
        };
        let version = after("--version").or_else(|| after("-Version")).unwrap_or_default();
        self.ran(&url, &version, false, fetch);
    }

    /// Code that was downloaded and run.
    fn ran(&mut self, url: &Value, version: &str, checked: bool, call: &Call) {
        let code = self.named(url, version, checked, call);
        if code.kind == CodeKind::Tool && code.pin < Pin::Digest {
            let pin = if version.is_empty() { code.pin } else { Pin::Moving };
            let name = url.text().to_owned();
            self.add(Code { kind: CodeKind::Download, name, version: String::new(), pin, ..code.clone() });
        }
        self.add(code);
    }

    /// The code that a URL names.
    fn named(&self, url: &Value, version: &str, checked: bool, call: &Call) -> Code {
        let text = url.text();
        let host = text.split("://").nth(1).unwrap_or(text);
        let pulumi = host.starts_with("get.pulumi.com") || host.starts_with("github.com/pulumi/pulumi/releases");
        let found = if version.is_empty() { exact(text) } else { Some(version.trim_start_matches('v').to_owned()) };
        let commit =
            text.split(['/', '?', '=']).any(|part| part.len() == 40 && part.bytes().all(|b| b.is_ascii_hexdigit()));
        let newest = text.contains("latest");
        let pin = match &found {
            _ if checked || commit => Pin::Digest,
            Some(version) if version.contains('$') => Pin::Made,
            Some(version) if is_exact(version) => Pin::Version,
            Some(_) => Pin::Moving,
            None if pulumi && version.is_empty() && !text.contains('$') => Pin::None,
            None if url.as_literal().is_none() && !newest && text.contains('$') => Pin::Made,
            None => Pin::Moving,
        };
        let (kind, name) = if pulumi { (CodeKind::Tool, "pulumi") } else { (CodeKind::Download, text) };
        let place = self.place(call.range.clone());
        Code { kind, name: name.to_owned(), version: found.unwrap_or_default(), pin, comment: None, place }
    }
}

/// Whether a digest that is made stands for texts of the file alone: a variable that differs by platform.
fn known(digest: &str, argument: &Argument) -> bool {
    is_digest(digest) && argument.text().starts_with(digest)
}

fn is_digest(text: &str) -> bool {
    let text = text.split_whitespace().next().unwrap_or("");
    matches!(text.len(), 64 | 96 | 128) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The file that a download is written to.
fn output(call: &Call) -> Option<String> {
    if let Some(redirect) = call.redirects.iter().find(|redirect| matches!(redirect.operator, ">" | ">>" | ">|")) {
        return Some(redirect.target.text().to_owned());
    }
    let wget = call.program() == Some("wget");
    let mut remote = wget;
    for (at, argument) in call.rest().iter().enumerate() {
        let text = argument.text();
        if let Some(file) = text.strip_prefix("--output=").or_else(|| text.strip_prefix("--output-document=")) {
            return Some(file.to_owned());
        }
        let bundle = text.starts_with('-') && !text.starts_with("--") && !text.starts_with("-O") && !wget;
        let named = matches!(text, "--output" | "--output-document" | "-OutFile" | "-Outfile" | "-outfile")
            || bundle && text.ends_with('o') && text.len() < 8;
        if named || wget && text.starts_with('-') && !text.starts_with("--") && text.ends_with('O') {
            return call.rest().get(at + 1).map(|file| file.text().to_owned()).filter(|file| file != "-");
        }
        remote |= !wget
            && (text == "--remote-name"
                || text.starts_with('-') && !text.starts_with("--") && text.contains('O') && text.len() < 8);
    }
    let url = url(call)?;
    let last = url.text().split(['?', '#']).next()?.rsplit('/').next()?.to_owned();
    (remote && !last.is_empty()).then_some(last)
}

/// Whether a word is the file.
fn same(word: &str, file: &str) -> bool {
    let bare = |text: &str| text.trim_start_matches("./").to_owned();
    !file.is_empty()
        && (bare(word) == bare(file) || word.rsplit('/').next() == file.rsplit('/').next() && !word.contains('$'))
}

fn names(text: &str, file: &str) -> bool {
    text.contains(file)
        || file.rsplit('/').next().is_some_and(|name| name.len() > 2 && text.contains(name))
        || text.contains('-') && text.ends_with("-\n")
}

/// An exact version in a URL.
fn exact(url: &str) -> Option<String> {
    let path = url.split("://").nth(1).unwrap_or(url);
    let path = path.get(path.find('/')?..)?;
    let mut found = None;
    for part in path.split(['/', '-', '_', '=', '@', '?', '&']) {
        let part = part.trim_start_matches('v');
        let version: String = part.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let version = version.trim_end_matches('.').to_owned();
        if is_exact(&version) && found.is_none() {
            found = Some(version);
        }
    }
    found
}

pub(super) fn is_exact(version: &str) -> bool {
    let version = version.trim_start_matches('v');
    let core = version.split(['-', '+']).next().unwrap_or("");
    let parts: Vec<&str> = core.split('.').collect();
    parts.len() >= 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}
