# Takes the OIDC token out of the environment: GitLab puts it there when the job starts, for every program to see.
set -eu +x
refuse() { echo "stackgate: $1" >&2; exit 1; }
[ "${CI_DEBUG_TRACE:-false}" = false ] || refuse "CI_DEBUG_TRACE is set: it prints tokens into the log"
unset stackgate_id_token
stackgate_id_token="${STACKGATE_ID_TOKEN:-}"
unset STACKGATE_ID_TOKEN
[ -n "$stackgate_id_token" ] || refuse "GitLab gave this job no OIDC token"
