# Refuses a public repository, whose logs and reports anybody could read, and fetches the state of the scheduled run before.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
: "${STACKGATE_HOME:?}" "${STACKGATE_BRANCH:?}" "${GH_TOKEN:?}"
[ -d "$STACKGATE_HOME/state" ] || refuse "stackgate was not installed"
private="$(gh api "repos/$GITHUB_REPOSITORY" --jq .private)" || refuse "the repository cannot be read"
[ "$private" = true ] || refuse "the repository is public: the report would be too"
# A scheduled run is one of the default branch; nobody's change request is among them.
runs="repos/$GITHUB_REPOSITORY/actions/workflows/pulumi-audit.yml/runs?branch=$STACKGATE_BRANCH&event=schedule&status=completed&per_page=1"
run="$(gh api "$runs" --jq '.workflow_runs[0].id // empty')" || run=
case "$run" in "" | *[!0-9]*) echo "there was no scheduled run before: the logs are read from the beginning"; exit 0 ;; esac
gh run download "$run" --repo "$GITHUB_REPOSITORY" --name stackgate-audit-state --dir "$STACKGATE_HOME/state" || echo "the run before kept no state: the logs are read from the beginning"
