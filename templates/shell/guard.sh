# Refuses to go on to the token when anything could turn it into another token, or send it elsewhere.
set -eu +x
refuse() { echo "stackgate: $1" >&2; exit 1; }
: "${STACKGATE_HOME:?}" "${STACKGATE_DIRECTORY:?}" "${STACKGATE_ORGANIZATION:?}" "${STACKGATE_TEAM:?}" "${STACKGATE_STACK:?}"
[ -z "${PULUMI_ACCESS_TOKEN:-}" ] || refuse "PULUMI_ACCESS_TOKEN is set: remove the stored token, this job mints its own"
if env | grep -q '^PULUMI_OPTION_'; then refuse "a PULUMI_OPTION_ variable is set: it would change what Pulumi does"; fi
if env | grep -Eq '^PULUMI_(API|CREDENTIALS_PATH|DEBUG_GRPC|PLUGIN_DOWNLOAD_URL_OVERRIDES|SKIP_CHECKPOINTS)='; then refuse "a PULUMI_ variable is set that changes where Pulumi looks or what it writes"; fi
case "${PULUMI_BACKEND_URL:?}" in https://*) ;; *) refuse "PULUMI_BACKEND_URL is not https" ;; esac
case "$STACKGATE_STACK" in "$STACKGATE_ORGANIZATION"/*/*) ;; *) refuse "$STACKGATE_STACK is not a stack of $STACKGATE_ORGANIZATION" ;; esac
[ ! -e "$STACKGATE_HOME/home/credentials.json" ] || refuse "credentials were left in $STACKGATE_HOME"
for file in "$STACKGATE_DIRECTORY/Pulumi.yaml" "$STACKGATE_DIRECTORY/Pulumi.yml" "$STACKGATE_DIRECTORY/Pulumi.json"; do
  if [ -f "$file" ] && grep -Eq '(^|[{,][[:space:]]*).?backend.?[[:space:]]*:|^[[:space:]]*"backend"' "$file"; then refuse "$file names a backend: it would decide where the token goes"; fi
done
