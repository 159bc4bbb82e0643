# Keeps the OIDC token of this run, or of one service connection, in a file; refuses every run but those that it is for.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
: "${SYSTEM_ACCESSTOKEN:?}" "${STACKGATE_ID_TOKEN_FILE:?}"
case "${BUILD_SOURCEBRANCH:?}" in
  refs/pull/*/merge) ref=refs/pull ;;
  *) ref="$BUILD_SOURCEBRANCH" ;;
esac
[ "$ref" = "${STACKGATE_REF:?}" ] || refuse "this run is not of $STACKGATE_REF"
case " ${STACKGATE_REASONS:?} " in
  *" ${BUILD_REASON:?} "*) ;;
  *) refuse "this run was not started by $STACKGATE_REASONS" ;;
esac
[ "${SYSTEM_PULLREQUEST_ISFORK:-False}" = False ] || refuse "this run is of a fork"
case "${SYSTEM_OIDCREQUESTURI:?}" in https://*) ;; *) refuse "SYSTEM_OIDCREQUESTURI is not https" ;; esac
uri="$SYSTEM_OIDCREQUESTURI?api-version=7.1"
[ "${STACKGATE_CONNECTION:?}" = none ] || uri="$uri&serviceConnectionId=$STACKGATE_CONNECTION"
answer="$(
  { echo "Authorization: Bearer $SYSTEM_ACCESSTOKEN"; echo "Content-Type: application/json"; } |
    curl --fail --silent --show-error --proto '=https' --tlsv1.2 --retry 3 --request POST --header @- --data '' "$uri"
)" || refuse "Azure Pipelines gave no OIDC token"
quote='"'
case "$answer" in *"${quote}oidcToken${quote}"*) ;; *) refuse "the answer holds no OIDC token" ;; esac
token="${answer#*"${quote}oidcToken${quote}"}"
token="${token#*"$quote"}"
token="${token%%"$quote"*}"
case "$token" in
  *[!A-Za-z0-9._-]*) refuse "the answer holds no OIDC token" ;;
  *.*.*) ;;
  *) refuse "the answer holds no OIDC token" ;;
esac
rm -f "$STACKGATE_ID_TOKEN_FILE"
printf '%s' "$token" > "$STACKGATE_ID_TOKEN_FILE"
