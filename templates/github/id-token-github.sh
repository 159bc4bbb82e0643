# Asks GitHub for an OIDC token with Pulumi's audience, into a file that this job alone can read.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
: "${STACKGATE_ID_TOKEN_FILE:?}" "${ACTIONS_ID_TOKEN_REQUEST_TOKEN:?}"
[ "${GITHUB_REF:?}" = "refs/heads/${STACKGATE_BRANCH:?}" ] || refuse "this run is not of $STACKGATE_BRANCH"
case "${GITHUB_EVENT_NAME:?}" in schedule | workflow_dispatch) ;; *) refuse "this run was started by nothing that it is for" ;; esac
case "${STACKGATE_AUDIENCE:?}" in
  *[!A-Za-z0-9:._-]*) refuse "$STACKGATE_AUDIENCE is no audience" ;;
  urn:pulumi:org:?*) ;;
  *) refuse "$STACKGATE_AUDIENCE is not the audience of a Pulumi organization" ;;
esac
case "${ACTIONS_ID_TOKEN_REQUEST_URL:?}" in https://*[?]*) ;; *) refuse "ACTIONS_ID_TOKEN_REQUEST_URL is not what GitHub sets" ;; esac
answer="$(
  echo "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" |
    curl --fail --silent --show-error --proto '=https' --tlsv1.2 --retry 3 --header @- "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$STACKGATE_AUDIENCE"
)" || refuse "GitHub gave no OIDC token"
quote='"'
case "$answer" in *"${quote}value${quote}"*) ;; *) refuse "the answer holds no OIDC token" ;; esac
token="${answer#*"${quote}value${quote}"}"
token="${token#*"$quote"}"
token="${token%%"$quote"*}"
case "$token" in
  *[!A-Za-z0-9._-]*) refuse "the answer holds no OIDC token" ;;
  *.*.*) ;;
  *) refuse "the answer holds no OIDC token" ;;
esac
rm -f "$STACKGATE_ID_TOKEN_FILE"
printf '%s' "$token" > "$STACKGATE_ID_TOKEN_FILE"
