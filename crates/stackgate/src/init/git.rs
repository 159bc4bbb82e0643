//! What git says of a repository, read from its files: the remote and the default branch.
//!
//! What must hold: no git is started, so that no hook or alias of the repository runs.

use std::path::Path;

use crate::disk::read_limited;

/// Where a repository is pushed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Such as `github.com`.
    pub host: String,
    /// Such as `acme/platform`.
    pub path: String,
}

/// The remote `origin`, or the first one.
pub(crate) fn remote(root: &Path) -> Option<Remote> {
    let config = text(&git_folder(root)?.join("config"))?;
    let mut first = None;
    let mut section = String::new();
    for line in config.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line.to_owned();
        } else if section.starts_with("[remote ")
            && let Some((key, url)) = line.split_once('=')
            && key.trim() == "url"
            && let Some(remote) = parse_remote(url.trim())
        {
            if section.contains("\"origin\"") {
                return Some(remote);
            }
            first = first.or(Some(remote));
        }
    }
    first
}

/// Host and path of a remote's URL, in any of the forms that git takes.
pub fn parse_remote(url: &str) -> Option<Remote> {
    let (host, path) = if let Some((_, rest)) = url.split_once("://") {
        rest.split_once('/')?
    } else {
        // `git@host:path`, git's own short form.
        url.split_once(':')?
    };
    let host = host.rsplit('@').next()?;
    let host = host.split(':').next()?.to_ascii_lowercase();
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (!host.is_empty() && !path.is_empty()).then(|| Remote { host, path: path.to_owned() })
}

/// The default branch: what the remote's HEAD points to, or the branch that is checked out.
pub(crate) fn default_branch(root: &Path) -> Option<String> {
    let git = git_folder(root)?;
    let remote = text(&git.join("refs/remotes/origin/HEAD"));
    let branch = |text: String, prefix: &str| Some(text.trim().strip_prefix(prefix)?.to_owned());
    remote
        .and_then(|text| branch(text, "ref: refs/remotes/origin/"))
        .or_else(|| branch(text(&git.join("HEAD"))?, "ref: refs/heads/"))
}

/// The folder of git's own files; a worktree's `.git` is a file that names it.
fn git_folder(root: &Path) -> Option<std::path::PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let pointer = text(&git)?;
    let folder = root.join(pointer.trim().strip_prefix("gitdir: ")?);
    match text(&folder.join("commondir")) {
        Some(common) => Some(folder.join(common.trim())),
        None => Some(folder),
    }
}

/// What a file says. A pipe would be waited for, perhaps for ever.
fn text(path: &Path) -> Option<String> {
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    String::from_utf8(read_limited(path, 1024 * 1024).ok()??).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_remote_is_understood() {
        let forms = [
            ("https://github.com/acme/platform.git", "github.com", "acme/platform"),
            ("git@github.com:acme/platform.git", "github.com", "acme/platform"),
            ("ssh://git@gitlab.example.com:2222/group/sub/app", "gitlab.example.com", "group/sub/app"),
            ("https://acme@dev.azure.com/acme/infra/_git/platform", "dev.azure.com", "acme/infra/_git/platform"),
            ("git@ssh.dev.azure.com:v3/acme/infra/platform", "ssh.dev.azure.com", "v3/acme/infra/platform"),
        ];
        for (url, host, path) in forms {
            assert_eq!(parse_remote(url), Some(Remote { host: host.into(), path: path.into() }), "{url}");
        }
        for url in ["", "/srv/git/app.git", "../app"] {
            assert_eq!(parse_remote(url), None, "{url}");
        }
    }
}
