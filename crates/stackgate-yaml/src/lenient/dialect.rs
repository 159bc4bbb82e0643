//! What each system's own reader of YAML has beyond the plain parts, with where that is known from.
//!
//! What must hold: a constant says what the system does with a file, not what it advises.
//! Deliberately absent: which keys a system knows.

/// What a provider's own reader accepts beyond plain YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Whether `<<` merges mappings.
    pub merge_keys: bool,
    /// Which side wins in a merge; followed also where merging is a problem.
    pub merges: Merges,
    /// Whether anchors and aliases are read.
    pub anchors: bool,
    /// How many documents a file may hold.
    pub documents: usize,
    /// The tags with a meaning of their own, beside those of YAML such as `!!str`.
    pub tags: &'static [&'static str],
    /// What becomes of a key that stands twice. It is a problem in any case, and the tree has the last.
    pub duplicate_keys: Duplicates,
    /// Whether keys that differ in case alone are the same. They are reported, and both stay in the tree.
    pub fold_case: bool,
}

/// Which value a merged mapping has, when `<<` and the mapping have the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merges {
    /// That of the mapping, wherever `<<` stands in it: <https://yaml.org/type/merge.html>.
    ExplicitWins,
    /// That which comes last in the lines of the mapping, so that `<<` overwrites what is above it.
    LaterWins,
}

/// What a reader does with a key that stands twice in a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The last one counts, without a word.
    LastWins,
    /// The file is refused.
    Refused,
}

impl Dialect {
    /// GitHub Actions, from the source of `actions/runner`, `src/Sdk/WorkflowParser`. `Conversion/YamlObjectReader.cs`
    /// replays anchors, knows none of the merge keys (a maintainer says so too: issue 1182 there, 2025-08-04), expects one
    /// document, and refuses tags other than those of YAML on scalars. `ObjectTemplating/TemplateReader.cs` refuses a key
    /// that is already defined, compared without regard to case.
    pub const GITHUB: Self = Self {
        merge_keys: false,
        merges: Merges::ExplicitWins,
        anchors: true,
        documents: 1,
        tags: &[],
        duplicate_keys: Duplicates::Refused,
        fold_case: true,
    };
    /// GitLab CI/CD: "anchors (`&`), aliases (`*`), and map merging (`<<`)", from its page on YAML optimization, which also
    /// says that the latest duplicate wins. It reads with Ruby's Psych, whose `revive_hash` (`visitors/to_ruby.rb`) merges in
    /// the order of the lines and also for a quoted `<<`. In GitLab's `lib/gitlab/ci/config/yaml/loader.rb` the one tag is
    /// `!reference` and the most documents are two: a header with `spec:`, and the pipeline.
    pub const GITLAB: Self = Self {
        merge_keys: true,
        merges: Merges::LaterWins,
        anchors: true,
        documents: 2,
        tags: &["!reference"],
        duplicate_keys: Duplicates::LastWins,
        fold_case: false,
    };
    /// Azure Pipelines: "Unsupported features include anchors, complex keys, and sets", from Microsoft's YAML schema
    /// reference. That it refuses an anchor even without an alias, merge keys, a second document, and a key that is already
    /// defined, without regard to case, was seen by others at the live service in August 2026 and not by us.
    pub const AZURE: Self = Self {
        merge_keys: false,
        merges: Merges::ExplicitWins,
        anchors: false,
        documents: 1,
        tags: &[],
        duplicate_keys: Duplicates::Refused,
        fold_case: true,
    };
    /// `CircleCI`: its users merge anchors into jobs since its version 2, and its staff promise that they stay
    /// (discuss.circleci.com, topics 16168 and 21766). Which side wins is taken from the definition of merge keys; that the
    /// last of two keys wins, and that there is one document, are assumptions, as its reader is not public.
    pub const CIRCLECI: Self = Self {
        merge_keys: true,
        merges: Merges::ExplicitWins,
        anchors: true,
        documents: 1,
        tags: &[],
        duplicate_keys: Duplicates::LastWins,
        fold_case: false,
    };
}
