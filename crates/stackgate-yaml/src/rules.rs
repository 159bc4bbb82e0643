//! The rules that any YAML file must keep, whatever it means.
//!
//! None can be waived: each is about what a file says, and a file that two readers can understand
//! in two ways says nothing. Rules about meaning belong to the crates that know the meaning.

use stackgate_diagnostic::Rule;

macro_rules! rules {
    ($(#[doc = $all:literal])* $list:ident: $($(#[doc = $doc:literal])* $name:ident = $id:literal, $title:literal, $why:literal, $instead:literal;)*) => {
        $(
            $(#[doc = $doc])*
            pub static $name: Rule =
                Rule { id: $id, title: $title, why: $why, instead: $instead, waivable: false };
        )*

        $(#[doc = $all])*
        pub static $list: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    /// The rules that [`crate::parse`] and [`crate::read`] keep.
    RULES:
    /// The bytes are no text.
    NOT_UTF_8 = "not-utf-8", "A file is UTF-8 text",
        "Readers guess at other encodings, and each guesses differently; a reviewer could see another text than the one that is used.",
        "Save the file as UTF-8. A byte order mark at its beginning is allowed and has no meaning.";
    /// There is nothing in the file.
    EMPTY_FILE = "empty-file", "A file says something",
        "An empty file is far more often a failed write or a lost merge than a wish for nothing, and must not be taken for one.",
        "Write the document, or delete the file.";
    /// The file has too many bytes.
    TOO_LARGE = "too-large", "A file keeps the size limit",
        "A file from a change request is read before anybody has reviewed it. The limit, far above what a person writes, bounds what reading can cost.",
        "Split the file, for instance into one spec for each repository.";
    /// Collections stand too deep within each other.
    TOO_DEEP = "too-deep", "Lists and mappings keep the depth limit",
        "Readers walk nested collections one call within another. A limit keeps a hostile file from exhausting them, and no honest one comes near it.",
        "Flatten the structure. A few thousand brackets in a row are usually a broken generator.";
    /// There are too many values.
    TOO_MANY_NODES = "too-many-nodes", "A file keeps the limit on values",
        "Each value costs memory and a check; a small file of nothing but commas can hold very many of them.",
        "Split the file.";
    /// More than one document in a file.
    SEVERAL_DOCUMENTS = "several-documents", "A file holds one document",
        "Many readers take the first document and ignore the others without a word, so that what stands below `---` is reviewed and yet has no effect.",
        "Keep one document, and move the others to files of their own.";
    /// `&name`.
    ANCHOR = "anchor", "No anchors",
        "An anchor makes text in one place count in another. The place that a reviewer looks at no longer says what holds there, and a few lines can stand for billions of values.",
        "Write the value out where it is needed; in a spec, `defaults` says once what many stacks share.";
    /// `*name`.
    ALIAS = "alias", "No aliases",
        "An alias stands for text that is written elsewhere, so that a change there changes this place without showing in its diff.",
        "Write the value out; in a spec, `defaults` says once what many stacks share.";
    /// `!name`.
    TAG = "tag", "No tags",
        "A tag changes the type of a value in ways that differ from reader to reader, and in some makes them run code.",
        "Write the plain value: quote it to make it text, leave it unquoted to make it a number or `true`.";
    /// `%YAML`, `%TAG`.
    DIRECTIVE = "directive", "No directives",
        "A directive changes how all that follows is read, such as under YAML 1.1 where `on` means true.",
        "Delete the line that begins with `%`. Every file is read as YAML 1.2.";
    /// `<<`.
    MERGE_KEY = "merge-key", "No merge keys",
        "`<<` is no part of YAML 1.2: some readers merge, others see a key of that name, and they disagree on which side wins.",
        "Write the keys out; in a spec, `defaults` are merged key by key.";
    /// The same key twice in a mapping.
    DUPLICATE_KEY = "duplicate-key", "A key stands once in its mapping",
        "Some readers take the first, some the last, and some refuse. A second key far below silently undoes what the first one promised.",
        "Delete one of the two, or merge what they hold.";
    /// A key that is not one word of text.
    COMPLEX_KEY = "complex-key", "A key is one line of text",
        "Hardly any reader handles a list, a mapping or nothing as a key; they refuse it, or turn it into some text of their own.",
        "Write a plain word before the colon. `? ` at the beginning of a line and `{{ }}` without quotes are the usual causes.";
    /// Not YAML.
    SYNTAX = "syntax", "A file is valid YAML",
        "What is not YAML cannot be checked; a reader that goes on regardless guesses.",
        "See the place in the message. Common causes: a tab for indentation, a missing space after a colon, a text with `: ` or ` #` in it that wants quotes.";
    /// Control characters and odd line breaks.
    CONTROL_CHARACTER = "control-character", "No control characters",
        "They do not show in an editor or a diff, but steer terminals, and some of them end a line for one reader and not for another.",
        "Delete the character. Indent with spaces, and end lines with LF or CRLF.";
    /// Characters without width, or that turn the direction of text.
    INVISIBLE_CHARACTER = "invisible-character", "No invisible characters",
        "Direction marks make a line look different from what it says, and zero-width ones make two names look the same that are not.",
        "Delete the character, which the message names; retyping the word does it too.";
    /// A key that the mapping does not have.
    UNKNOWN_KEY = "unknown-key", "Every key is known",
        "A misspelt key would be ignored, and with it the protection that it asks for.",
        "Use one of the keys that the message lists.";
    /// A key that the mapping must have.
    MISSING_KEY = "missing-key", "Every required key is there",
        "There is no safe value to assume for it.",
        "Add the key with its value.";
    /// A value of another kind than is needed.
    WRONG_TYPE = "wrong-type", "A value is of the kind that its key wants",
        "Turning one kind into another guesses at what was meant: `no` may be text, and `1.10` a version.",
        "Write the kind that the message names. Booleans are `true` and `false` only; an empty mapping is `{}`, an empty list is `[]`.";
    /// A word that is none of the choices.
    UNKNOWN_VALUE = "unknown-value", "A word is one of the choices",
        "A word that is not known has no meaning, and the nearest one may mean less protection.",
        "Use one of the words that the message lists.";
}

rules! {
    /// The rules that only [`crate::parse_lenient`] has: what a pipeline of any origin may do wrong beyond [`RULES`].
    PIPELINE_RULES:
    /// Something that the provider's own reader does not have.
    UNSUPPORTED_YAML = "unsupported-yaml", "A pipeline is the YAML that its system reads",
        "What one system resolves another refuses or takes for plain keys, so the file does not do there what it says. It is judged here as if it were resolved, so that nothing hides behind it.",
        "Write the value out. GitHub reads anchors but no merge keys, Azure Pipelines neither, GitLab both and the tag `!reference`.";
    /// An alias without its anchor.
    UNKNOWN_ALIAS = "unknown-alias", "An alias has an anchor above it",
        "An alias stands for the value of an anchor that stands above it in the same document. Without one, readers refuse the file.",
        "Write the anchor above the alias and in the same document, or write the value out.";
    /// An alias within its own anchor.
    RECURSIVE_ALIAS = "recursive-alias", "No value holds itself",
        "A value that holds itself has no end. Readers refuse it, or run until they are stopped.",
        "Write out what is meant.";
    /// Aliases that stand for too much.
    TOO_MANY_ALIASES = "too-many-aliases", "Aliases keep the limits",
        "A few lines of aliases that stand for aliases can mean billions of values, which no reader can hold. The limits are far above what people write.",
        "Write some of the values out, or split the file.";
    /// `<<` with something that cannot be merged.
    MERGE_VALUE = "merge-value", "A merge key has mappings to merge",
        "Only a mapping, or a list of mappings, can be merged; readers refuse anything else, or keep `<<` as a key that means nothing.",
        "Name a mapping: `<<: *name` or `<<: [*one, *two]`.";
    /// `<<` that undoes what stands above it.
    MERGE_OVERRIDES = "merge-overrides", "A merge key stands above the keys that it must not change",
        "GitLab merges in the order of the lines, so that `<<` overwrites the keys written above it in its mapping, against what the definition of merge keys says and what reviewers expect.",
        "Write `<<` as the first key of its mapping.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_distinct_and_explained() {
        let all = || RULES.iter().chain(PIPELINE_RULES);
        let mut ids: Vec<_> = all().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all().count());
        for rule in all() {
            assert!(rule.why.ends_with('.') && rule.instead.ends_with('.'), "{}", rule.id);
            assert!(!rule.title.ends_with('.') && !rule.waivable, "{}", rule.id);
        }
    }
}
