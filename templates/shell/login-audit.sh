# Exchanges the OIDC token for a short-lived token of the auditor's team, and keeps neither where it is not needed.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
[ -s "${STACKGATE_ID_TOKEN_FILE:?}" ] || refuse "the OIDC token is empty"
case "${PULUMI_BACKEND_URL:?}" in https://*) ;; *) refuse "PULUMI_BACKEND_URL is not https" ;; esac
answer="$(
  curl --fail --silent --show-error --proto '=https' --tlsv1.2 --retry 3 --header 'Accept: application/json' --data-urlencode 'grant_type=urn:ietf:params:oauth:grant-type:token-exchange' --data-urlencode 'subject_token_type=urn:ietf:params:oauth:token-type:id_token' --data-urlencode 'requested_token_type=urn:pulumi:token-type:access_token:team' --data-urlencode "audience=urn:pulumi:org:${STACKGATE_ORGANIZATION:?}" --data-urlencode "scope=team:${STACKGATE_TEAM:?}" --data-urlencode "expiration=${STACKGATE_TOKEN_SECONDS:?}" --data-urlencode "subject_token@$STACKGATE_ID_TOKEN_FILE" "$PULUMI_BACKEND_URL/api/oauth/token"
)" || refuse "Pulumi Cloud gave no token of team $STACKGATE_TEAM"
rm -f "$STACKGATE_ID_TOKEN_FILE"
quote='"'
case "$answer" in *"${quote}access_token${quote}"*) ;; *) refuse "the answer holds no token" ;; esac
token="${answer#*"${quote}access_token${quote}"}"
token="${token#*"$quote"}"
token="${token%%"$quote"*}"
case "$token" in "" | *[!A-Za-z0-9._-]*) refuse "the answer holds no token" ;; esac
printf '%s' "$token" > "${STACKGATE_HOME:?}/token"
