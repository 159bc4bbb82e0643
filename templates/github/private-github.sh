# Refuses a public repository, whose logs and reports anybody could read.
set -eu +x
refuse() { echo "stackgate: $1" >&2; exit 1; }
: "${GH_TOKEN:?}"
private="$(gh api "repos/$GITHUB_REPOSITORY" --jq .private)" || refuse "the repository cannot be read"
[ "$private" = true ] || refuse "the repository is public: the report would be too"
