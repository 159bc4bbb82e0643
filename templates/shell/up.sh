# Deploys. It is interrupted before the time limit, so that Pulumi stops cleanly and leaves no lock behind.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
PATH="${STACKGATE_HOME:?}/pulumi:$PATH"
PULUMI_HOME="$STACKGATE_HOME/home"
PULUMI_CREDENTIAL_STORE=plaintext
PULUMI_SKIP_UPDATE_CHECK=true
PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true
export PATH PULUMI_HOME PULUMI_CREDENTIAL_STORE PULUMI_SKIP_UPDATE_CHECK PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION
: "${PULUMI_BACKEND_URL:?}"
[ -n "${PULUMI_ACCESS_TOKEN:-}" ] || [ -s "$PULUMI_HOME/credentials.json" ] || refuse "there is no token: the login did nothing"
(
  cd "${STACKGATE_DIRECTORY:?}"
  timeout --signal=INT "${STACKGATE_STOP_AFTER:?}" pulumi up --yes --non-interactive --stack "${STACKGATE_STACK:?}"
)
