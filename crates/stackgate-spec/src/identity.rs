//! The forms of identities that other systems gave: ARNs, GUIDs, ids, addresses, repositories, images by digest.
//!
//! What must always hold: each function says what is wrong as the end of a sentence and changes nothing; each pattern
//! accepts no less than its function. Sources: the references of AWS IAM, Microsoft Entra and Google Cloud IAM for their
//! own names; Pulumi Cloud's OpenAPI document for the rest. Deliberately absent: whether such a thing exists.

use crate::shape;

/// The longest identity that is accepted.
pub(crate) const LONGEST: usize = 200;

/// The pattern of a role's ARN.
pub(crate) const ROLE_PATTERN: &str = "^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,160}$";
/// The pattern of a policy's ARN.
pub(crate) const POLICY_PATTERN: &str =
    "^arn:aws(-cn|-us-gov)?:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]{1,160}$";
/// The pattern of a GUID.
pub(crate) const GUID_PATTERN: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
/// The pattern of a service account's address, as far as a set of characters can tell.
pub(crate) const SERVICE_ACCOUNT_PATTERN: &str = "^[a-z0-9-]{1,63}@[a-z0-9.-]{1,120}[.]gserviceaccount[.]com$";
/// The pattern of a repository as an integration names it.
pub(crate) const REPOSITORY_PATTERN: &str = "^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){1,9}$";
/// The pattern of an image by digest.
pub(crate) const PINNED_IMAGE_PATTERN: &str = "^[a-z0-9][A-Za-z0-9._/:-]{0,199}@sha256:[0-9a-f]{64}$";

/// What is wrong with the ARN of a role of AWS IAM.
pub(crate) fn fault_of_role(text: &str) -> Option<String> {
    fault_of_arn(text, "role", false)
}

/// What is wrong with the ARN of a policy of AWS IAM; AWS's own policies have `aws` for an account.
pub(crate) fn fault_of_policy(text: &str) -> Option<String> {
    fault_of_arn(text, "policy", true)
}

fn fault_of_arn(text: &str, kind: &str, of_aws: bool) -> Option<String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts.as_slice() else {
        return Some(format!("it is not of the form `arn:aws:iam::ACCOUNT:{kind}/NAME`"));
    };
    if !["aws", "aws-cn", "aws-us-gov"].contains(partition) {
        return Some("its second part is none of `aws`, `aws-cn`, `aws-us-gov`".into());
    }
    let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits || of_aws && *account == "aws") {
        return Some("its account is not twelve digits".into());
    }
    let name = resource.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')).unwrap_or_default();
    let legal = |c: char| c.is_ascii_alphanumeric() || "_+=,.@/-".contains(c);
    let whole = (1..=160).contains(&name.len()) && name.chars().all(legal);
    (!whole || name.contains("//") || name.starts_with('/') || name.ends_with('/'))
        .then(|| format!("it does not end with `{kind}/` and a name of letters, digits and `_+=,.@/-`"))
}

/// What is wrong with a GUID, in the one spelling that two readers compare alike.
pub(crate) fn fault_of_guid(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]);
    let plain = parts.iter().all(|part| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
    (!lengths || !plain)
        .then(|| "it is not 8, 4, 4, 4 and 12 lower-case hexadecimal digits with hyphens between".into())
}

/// What is wrong with the address of a service account.
pub(crate) fn fault_of_service_account(text: &str) -> Option<String> {
    let Some((name, domain)) = text.split_once('@') else { return Some("it has no `@`".into()) };
    if !domain.ends_with(".gserviceaccount.com") {
        return Some("it does not end with `.gserviceaccount.com`".into());
    }
    let plain = |text: &str, more: &str| {
        text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c)) && !text.starts_with('-')
    };
    let whole = (1..=63).contains(&name.len()) && plain(name, "-") && domain.len() <= 140 && plain(domain, "-.");
    (!whole || domain.contains(".."))
        .then(|| "it is not made of lower-case letters, digits and `-`, and dots behind the `@`".into())
}

/// What is wrong with a repository's name: two parts or, in a group of groups, more.
pub(crate) fn fault_of_repository(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return Some(format!("it has {} characters, more than {LONGEST}", text.len()));
    }
    if !(2..=10).contains(&text.split('/').count()) {
        return Some("it is not of the form `owner/name`".into());
    }
    text.split('/').find_map(|part| shape::PROJECT.fault(part))
}

/// What is wrong with an image that must be named by its digest.
pub(crate) fn fault_of_pinned_image(text: &str) -> Option<String> {
    let Some((name, digest)) = text.split_once('@') else { return Some("it has no digest".into()) };
    let digits = digest.strip_prefix("sha256:").unwrap_or_default();
    let whole = digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !whole {
        return Some("behind its `@` are not `sha256:` and 64 digits".into());
    }
    shape::IMAGE.fault(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_identities_pass() {
        assert_eq!(fault_of_role("arn:aws:iam::123456789012:role/teams/deploy"), None);
        assert_eq!(fault_of_policy("arn:aws:iam::aws:policy/ReadOnlyAccess"), None);
        assert_eq!(fault_of_guid("0f8fad5b-d9cb-469f-a165-70867728950e"), None);
        assert_eq!(fault_of_service_account("deploy@acme-prod.iam.gserviceaccount.com"), None);
        assert_eq!(fault_of_repository("group/sub/name"), None);
        assert_eq!(fault_of_pinned_image(&format!("pulumi/pulumi:3.259.0@sha256:{}", "0f".repeat(32))), None);
    }

    #[test]
    fn what_is_not_whole_does_not() {
        for bad in [
            "arn:aws:iam::aws:role/x",
            "arn:aws:iam::123456789012:user/x",
            "arn:aws:sts::123456789012:role/x",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/x y",
            "arn:aws:iam::12345678901:role/x",
            "arn:evil:iam::123456789012:role/x",
        ] {
            assert!(fault_of_role(bad).is_some(), "{bad}");
        }
        assert!(fault_of_guid("0F8FAD5B-D9CB-469F-A165-70867728950E").is_some());
        assert!(fault_of_service_account("deploy@example.com").is_some());
        assert!(fault_of_service_account("a@b@c.iam.gserviceaccount.com").is_some());
        assert!(fault_of_repository("name").is_some() && fault_of_repository("a/../b").is_some());
        assert!(fault_of_pinned_image("pulumi/pulumi:latest").is_some());
        assert!(fault_of_pinned_image("pulumi/pulumi@sha256:00").is_some());
    }
}
