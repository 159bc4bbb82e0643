# Refuses to go on to the auditor's token when anything could turn it into another token, or send it elsewhere.
set -eu +x
refuse() { echo "stackgate: $1" >&2; exit 1; }
: "${STACKGATE_HOME:?}" "${STACKGATE_ORGANIZATION:?}" "${STACKGATE_SPEC:?}" "${STACKGATE_TEAM:?}"
[ -z "${PULUMI_ACCESS_TOKEN:-}" ] || refuse "PULUMI_ACCESS_TOKEN is set: remove the stored token, this job mints its own"
if env | grep -Eq '^PULUMI_(API|CREDENTIALS_PATH|HOME)='; then refuse "a PULUMI_ variable is set that changes where a token is looked for or sent"; fi
case "${PULUMI_BACKEND_URL:?}" in https://*) ;; *) refuse "PULUMI_BACKEND_URL is not https" ;; esac
[ -f "$STACKGATE_SPEC" ] || refuse "there is no $STACKGATE_SPEC"
[ ! -e "$STACKGATE_HOME/token" ] || refuse "a token was left in $STACKGATE_HOME"
[ ! -L stackgate-audit ] || refuse "stackgate-audit is a link"
