# Asks CircleCI for an OIDC token with Pulumi's audience, into a file that this job alone can read; CircleCI would not mask it in a log.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
[ -d "${STACKGATE_HOME:?}" ] || refuse "there is no $STACKGATE_HOME: the Pulumi CLI was not installed"
case "${STACKGATE_AUDIENCE:?}" in
  *[!A-Za-z0-9:._-]*) refuse "$STACKGATE_AUDIENCE is no audience" ;;
  urn:pulumi:org:?*) ;;
  *) refuse "$STACKGATE_AUDIENCE is not the audience of a Pulumi organization" ;;
esac
claims="$(printf '{"aud":"%s"}' "$STACKGATE_AUDIENCE")"
rm -f "${STACKGATE_ID_TOKEN_FILE:?}"
circleci run oidc get --claims "$claims" > "$STACKGATE_ID_TOKEN_FILE" || refuse "CircleCI gave no OIDC token: builds of forks get none"
[ -s "$STACKGATE_ID_TOKEN_FILE" ] || refuse "CircleCI gave an empty OIDC token"
