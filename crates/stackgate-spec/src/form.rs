//! The forms of single values that a set of characters cannot tell: time, versions, branch, path, URL.
//!
//! What must always hold: each function says what is wrong as the end of a sentence and changes nothing. Deliberately
//! absent: anything that needs a second value or the pins; that is the lowering's.

/// Reads `45m`, `1h` or `1h30m` as minutes.
///
/// # Errors
/// When the text is not of that form, with what is wrong as the end of a sentence.
pub(crate) fn minutes(text: &str) -> Result<u32, String> {
    let form = || "it is not of the form `45m`, `1h` or `1h30m`".to_owned();
    let (hours, rest) = match text.split_once('h') {
        Some((hours, rest)) => (Some(hours), rest),
        None => (None, text),
    };
    let minutes = match rest {
        "" if hours.is_some() => None,
        rest => Some(rest.strip_suffix('m').ok_or_else(form)?),
    };
    let number = |digits: Option<&str>| match digits {
        None => Ok(0),
        // Four digits hold all that is legal, and keep the sum far from overflowing.
        Some(digits) if (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse::<u32>().map_err(|_| form())
        }
        Some(_) => Err(form()),
    };
    Ok(number(hours)? * 60 + number(minutes)?)
}

/// The pattern of what [`minutes`] reads.
pub(crate) const MINUTES_PATTERN: &str = "^([0-9]{1,4}h)?[0-9]{1,4}m$|^[0-9]{1,4}h$";

/// Reads `X.Y.Z` of plain decimal numbers.
pub(crate) fn exact_version(text: &str) -> Option<[u32; 3]> {
    let mut numbers = [0; 3];
    let mut parts = text.split('.');
    for number in &mut numbers {
        *number = decimal(parts.next()?)?;
    }
    parts.next().is_none().then_some(numbers)
}

/// The pattern of what [`exact_version`] reads.
pub(crate) const EXACT_VERSION_PATTERN: &str = "^(0|[1-9][0-9]{0,5})(\\.(0|[1-9][0-9]{0,5})){2}$";

/// Whether `text` is one to four plain decimal numbers with dots between.
pub(crate) fn is_version(text: &str) -> bool {
    let parts = text.split('.');
    parts.clone().count() <= 4 && parts.into_iter().all(|part| decimal(part).is_some())
}

/// The pattern of a runtime: a language and, except for `yaml`, a version.
pub(crate) const RUNTIME_PATTERN: &str =
    "^(yaml|(nodejs|python|go|dotnet|java)(@(0|[1-9][0-9]{0,5})(\\.(0|[1-9][0-9]{0,5})){0,3})?)$";

/// A number without leading zeros, which two readers would take differently.
fn decimal(text: &str) -> Option<u32> {
    let plain = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (plain && (text.len() == 1 || !text.starts_with('0'))).then(|| text.parse().ok()).flatten()
}

/// What git itself would refuse in a branch of legal characters.
pub(crate) fn fault_of_branch(text: &str) -> Option<String> {
    let wrong = [
        (text.contains(".."), "it holds `..`"),
        (text.contains("//"), "it holds `//`"),
        (text.contains("/."), "a component begins with `.`"),
        (text.split('/').any(|part| part.ends_with(".lock")), "a component ends with `.lock`"),
        (text.ends_with('.'), "it ends with `.`"),
        (text.ends_with('/'), "it ends with `/`"),
        (text.starts_with("refs/"), "it is a full reference; write the branch alone"),
        // Forty hexadecimal digits would be taken for a commit by much that reads a branch.
        (text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()), "it looks like a commit"),
    ];
    wrong.into_iter().find_map(|(is, what)| is.then(|| what.to_owned()))
}

/// What would lead a path of legal characters out of its place, or make two spellings of one place.
pub(crate) fn fault_of_path(text: &str) -> Option<String> {
    if text == "." {
        return None;
    }
    let wrong = [
        (text.split('/').any(|part| part == ".."), "it leaves its directory with `..`"),
        (text.split('/').any(|part| part == "."), "it holds a component `.`"),
        (text.contains("//"), "it holds `//`"),
        (text.ends_with('/'), "it ends with `/`"),
        (text.split('/').any(|part| part == ".git"), "it is inside `.git`"),
    ];
    wrong.into_iter().find_map(|(is, what)| is.then(|| what.to_owned()))
}

/// What is wrong with the base URL of a Pulumi Cloud.
pub(crate) fn fault_of_cloud_url(text: &str) -> Option<String> {
    // Both serve pages for people; a login there fails late and with a message that explains nothing.
    let console = ["app.pulumi.com", "pulumi.com", "www.pulumi.com"];
    let host = text.strip_prefix("https://").and_then(|rest| rest.split(['/', ':']).next()).unwrap_or_default();
    fault_of_url(text).or_else(|| {
        let told = "that is Pulumi's console, not its API, which is `https://api.pulumi.com`";
        console.contains(&host).then(|| told.into())
    })
}

/// What is wrong with a base URL.
pub(crate) fn fault_of_url(text: &str) -> Option<String> {
    let Some(rest) = text.strip_prefix("https://") else { return Some("it does not begin with `https://`".into()) };
    if text.len() > 200 {
        return Some(format!("it has {} characters, more than 200", text.len()));
    }
    if rest.contains('@') {
        return Some("it holds `@`; credentials never belong into a spec".into());
    }
    if rest.contains(['?', '#']) {
        return Some("it has a query or a fragment".into());
    }
    if rest.ends_with('/') {
        return Some("it ends with `/`".into());
    }
    let (authority, path) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    if !is_host(host) {
        return Some("its host is not a name of lower-case letters, digits, `.` and `-`".into());
    }
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port)) {
        return Some("its port is not a number from 1 to 65535".into());
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    if !path.chars().all(legal)
        || path.split('/').any(|part| part == ".." || part == "." || (part.is_empty() && !path.is_empty()))
    {
        return Some("its path is not made of plain components of letters, digits, `.`, `_` and `-`".into());
    }
    None
}

/// The pattern of a cloud URL, as far as one tells.
pub(crate) const CLOUD_URL_PATTERN: &str = "^https://[a-z0-9.-]+(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._-]+)*$";

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_read() {
        assert_eq!(minutes("45m"), Ok(45));
        assert_eq!(minutes("1h"), Ok(60));
        assert_eq!(minutes("1h30m"), Ok(90));
        for bad in ["", "45", "h", "m", "hm", "1h30", "1.5h", "-5m", "5 m", "1d", "99999m", "1h2h", "+5m", "٥m"] {
            assert!(minutes(bad).is_err(), "{bad:?} is read");
        }
    }

    #[test]
    fn versions_are_plain() {
        assert_eq!(exact_version("3.259.0"), Some([3, 259, 0]));
        for bad in ["3.259", "v3.259.0", "3.259.0-beta", "3.259.0.1", "03.1.1", "latest", "3..1", "", "3.x.0"] {
            assert_eq!(exact_version(bad), None, "{bad:?} is read");
        }
        assert!(is_version("24") && is_version("3.13") && is_version("1.2.3.4"));
        assert!(!is_version("1.2.3.4.5") && !is_version("lts") && !is_version("") && !is_version("^24"));
    }

    #[test]
    fn branches_are_gits() {
        for fine in ["main", "release/2026.1", "feature/a.b"] {
            assert_eq!(fault_of_branch(fine), None);
        }
        for bad in ["a..b", "a//b", "a/.b", "a.lock", "a.lock/b", "a.", "a/", "refs/heads/main"] {
            assert!(fault_of_branch(bad).is_some(), "{bad:?} passes");
        }
    }

    #[test]
    fn paths_stay_inside() {
        for fine in [".", "infra", "infra/network", ".github/infra", "a..b", "**/*.ts"] {
            assert_eq!(fault_of_path(fine), None, "{fine:?} is refused");
        }
        for bad in ["..", "a/..", "../a", "a//b", "a/", "./a", ".git", ".git/hooks"] {
            assert!(fault_of_path(bad).is_some(), "{bad:?} passes");
        }
    }

    #[test]
    fn cloud_urls() {
        for fine in ["https://api.pulumi.com", "https://pulumi.acme.example:8443", "https://acme.example/pulumi/api"] {
            assert_eq!(fault_of_cloud_url(fine), None, "{fine:?} is refused");
        }
        let bad = [
            "http://api.pulumi.com",
            "https://",
            "https://u:p@h",
            "https://h/",
            "https://h?x=1",
            "https://h#x",
            "https://h:0",
            "https://h:70000",
            "https://app.pulumi.com",
            "https://pulumi.com/acme",
            "https://h/../x",
            "https://h//x",
            "https://H",
            "https://h:",
            "https://h/${{x}}",
            "https://-a",
            "https://a..b",
            "https://h:+80",
            "https://h:080",
            "file:///tmp",
        ];
        for bad in bad {
            assert!(fault_of_cloud_url(bad).is_some(), "{bad:?} passes");
        }
    }
}
