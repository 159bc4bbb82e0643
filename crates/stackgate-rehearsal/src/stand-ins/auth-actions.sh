#!/bin/bash
# What pulumi/auth-actions does: its inputs come as INPUT_…, the token goes to every later step of the job, always, since
# its input `export-environment-variables` has no effect. Source: action.yml and src/main.ts of v2.1.0.
set -u
fail() { echo "::error::$1"; exit 1; }
input() { local name="INPUT_$(echo "$1" | tr 'a-z' 'A-Z')"; env | sed -n "s/^$name=//p"; }
for name in $(env | sed -n 's/^INPUT_\([^=]*\)=.*/\1/p'); do
  case "$name" in
    ORGANIZATION | REQUESTED-TOKEN-TYPE | SCOPE | TOKEN-EXPIRATION | EXPORT-ENVIRONMENT-VARIABLES | CLOUD-URL) ;;
    *) fail "Unexpected input $name" ;;
  esac
done
organization="$(input organization)"
[ -n "$organization" ] || fail "Input required and not supplied: organization"
cloud="$(input cloud-url)"
[ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ] || fail "Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
echo "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" |
  curl --silent --show-error --fail --header @- --output "$work/answer" \
    "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=urn%3Apulumi%3Aorg%3A$organization" || fail "Error message: Failed to get ID Token"
token="$(sed -n 's/.*"value":"\([^"]*\)".*/\1/p' "$work/answer")"
[ -n "$token" ] || fail "Error message: Response json body do not have ID Token field"
printf '{"audience":"urn:pulumi:org:%s","grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","subject_token_type":"urn:ietf:params:oauth:token-type:id_token","requested_token_type":"%s","subject_token":"%s","scope":"%s","expiration":%s}' \
  "$organization" "$(input requested-token-type)" "$token" "$(input scope)" "$(input token-expiration)" |
  curl --silent --show-error --header 'Content-Type: application/json' --data @- --output "$work/answer" "${cloud:-https://api.pulumi.com}/api/oauth/token"
access="$(sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' "$work/answer")"
[ -n "$access" ] || fail "Invalid response from token exchange: $(cat "$work/answer")"
echo "PULUMI_ACCESS_TOKEN=$access" >> "$GITHUB_ENV"
