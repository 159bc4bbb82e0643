# Exchanges the OIDC token for a short-lived token of one team, and keeps neither where it is not needed.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
[ -s "${STACKGATE_ID_TOKEN_FILE:?}" ] || refuse "the OIDC token is empty"
PATH="${STACKGATE_HOME:?}/pulumi:$PATH"
PULUMI_HOME="$STACKGATE_HOME/home"
PULUMI_CREDENTIAL_STORE=plaintext
PULUMI_SKIP_UPDATE_CHECK=true
export PATH PULUMI_HOME PULUMI_CREDENTIAL_STORE PULUMI_SKIP_UPDATE_CHECK
pulumi login "${PULUMI_BACKEND_URL:?}" --oidc-token "file://$STACKGATE_ID_TOKEN_FILE" --oidc-org "${STACKGATE_ORGANIZATION:?}" --oidc-team "${STACKGATE_TEAM:?}" --oidc-expiration "${STACKGATE_TOKEN_SECONDS:?}s" --non-interactive || refuse "Pulumi Cloud gave no token of team $STACKGATE_TEAM"
rm -f "$STACKGATE_ID_TOKEN_FILE"
[ -s "$PULUMI_HOME/credentials.json" ] || refuse "the login left no credentials"
