#!/bin/bash
# A stand-in for the Pulumi CLI. It writes down how it was called, and refuses what the CLI refuses. `@WORLD@` is put in
# when it is packed; whatever is listed in $world/failing fails. Rules of `login`: pkg/cmd/pulumi/auth/login.go of 3.259.0.
set -u
world='@WORLD@'
fail() { echo "error: $1" >&2; exit "${2:-255}"; }

call="$(mktemp -d "$world/calls/$(date +%s%N).XXXXXX")"
printf '%s\0' "$@" > "$call/arguments"
env -0 > "$call/environment"
pwd > "$call/directory"
# What every other user of the machine could read while this runs.
if [ -s "$world/secrets" ]; then grep -aoFhf "$world/secrets" /proc/[0-9]*/cmdline > "$call/exposed" 2>/dev/null; fi
credentials="${PULUMI_HOME:-$HOME/.pulumi}/credentials.json"
if [ -e "$credentials" ]; then stat -c '%a' "$credentials" > "$call/mode"; fi

command="${1:-}"
if grep -qx "$command" "$world/failing"; then fail "this scenario lets $command fail" 1; fi
[ "$#" -eq 0 ] || shift

declare -A flags=()
positional=()
case "$command" in
  login) known=' cloud-url default-org insecure interactive local non-interactive oidc-expiration oidc-org oidc-team oidc-token oidc-user ' ;;
  up) known=' yes non-interactive skip-preview stack ' ;;
  preview) known=' diff non-interactive stack ' ;;
  install) known=' no-dependencies no-plugins non-interactive ' ;;
  stack) known=' non-interactive stack ' ;;
  api) known=' input method non-interactive ' ;;
  *) known=' ' ;;
esac
while [ "$#" -gt 0 ]; do
  case "$1" in
    --*=*) name="${1#--}"; value="${name#*=}"; name="${name%%=*}" ;;
    --yes | --non-interactive | --diff | --no-dependencies | --no-plugins | --skip-preview | --insecure | --local | --interactive) name="${1#--}" value=true ;;
    --*) name="${1#--}"; [ "$#" -gt 1 ] || fail "flag needs an argument: $1"; shift; value="$1" ;;
    -*) fail "unknown shorthand flag: $1" ;;
    *) positional+=("$1"); shift; continue ;;
  esac
  case "$known" in *" $name "*) ;; *) fail "unknown flag: --$name" ;; esac
  flags[$name]="$value"
  shift
done
# Each flag that is left out is read from PULUMI_OPTION_<FLAG>.
for name in $known; do
  variable="PULUMI_OPTION_${name^^}"
  variable="${variable//-/_}"
  if [ -z "${flags[$name]+set}" ] && [ -n "${!variable:-}" ]; then flags[$name]="${!variable}"; fi
done

seconds() {
  case "$1" in
    '') echo 7200 ;;
    *[!0-9hms]* | [!0-9]*) fail "invalid duration: $1" ;;
    *h) echo "$(( ${1%h} * 3600 ))" ;;
    *m) echo "$(( ${1%m} * 60 ))" ;;
    *s) echo "${1%s}" ;;
    *) fail "missing unit in duration $1" ;;
  esac
}

login() {
  url="${positional[0]:-${flags[cloud-url]:-${PULUMI_BACKEND_URL:-https://api.pulumi.com}}}"
  token="${flags[oidc-token]:-}"
  if [ -z "$token" ]; then
    [ -n "${PULUMI_ACCESS_TOKEN:-}" ] || [ -s "$credentials" ] || fail "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions"
    echo "Logged in to ${url#https://} with a stored token"
    exit 0
  fi
  [ -z "${PULUMI_ACCESS_TOKEN:-}" ] || fail "cannot perform token exchange when an access token is set as environment variable"
  case "$url" in https://*) ;; *) fail "oidc-token is only supported for Pulumi Cloud" ;; esac
  [ -n "${flags[oidc-org]:-}" ] || fail "must specify organization for token exchange"
  [ -z "${flags[oidc-team]:-}" ] || [ -z "${flags[oidc-user]:-}" ] || fail "only one of team or user may be specified"
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  case "$token" in
    file://*) tr -d '[:space:]' < "${token#file://}" > "$work/token" || fail "the token file cannot be read" ;;
    *) printf '%s' "$token" > "$work/token" ;;
  esac
  [ -s "$work/token" ] || fail "the OIDC token is empty"
  grep -Eq '^[^.]+\.[^.]+\.[^.]+$' "$work/token" || fail "token is malformed: $(cat "$work/token")"
  lifetime="$(seconds "${flags[oidc-expiration]:-}")" || exit 255
  if [ -n "${flags[oidc-team]:-}" ]; then kind=team scope="team:${flags[oidc-team]}"
  elif [ -n "${flags[oidc-user]:-}" ]; then kind=personal scope="user:${flags[oidc-user]}"
  else kind=organization scope=
  fi
  curl --silent --show-error --fail-with-body --output "$work/answer" \
    --data-urlencode "audience=urn:pulumi:org:${flags[oidc-org]}" \
    --data-urlencode 'grant_type=urn:ietf:params:oauth:grant-type:token-exchange' \
    --data-urlencode 'subject_token_type=urn:ietf:params:oauth:token-type:id_token' \
    --data-urlencode "requested_token_type=urn:pulumi:token-type:access_token:$kind" \
    --data-urlencode "scope=$scope" --data-urlencode "expiration=$lifetime" \
    --data-urlencode "subject_token@$work/token" "$url/api/oauth/token" ||
    fail "OIDC token exchange failed: $(cat "$work/answer")"
  access="$(sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' "$work/answer")"
  [ -n "$access" ] || fail "OIDC token exchange failed: no token"
  mkdir -p "${credentials%/*}"
  (umask 077 && printf '{"current":"%s","accessTokens":{"%s":"%s"}}\n' "$url" "$url" "$access" > "$credentials")
  echo "Logged in to ${url#https://} as a team"
}

# The access token, as the CLI chooses it; it goes to curl through a pipe.
cloud() {
  url="${PULUMI_BACKEND_URL:-https://api.pulumi.com}"
  if [ -n "${PULUMI_ACCESS_TOKEN:-}" ]; then access="$PULUMI_ACCESS_TOKEN"
  else access="$(sed -n "s|.*\"accessTokens\":{\"$url\":\"\([^\"]*\)\".*|\1|p" "$credentials" 2>/dev/null)"
  fi
  [ -n "$access" ] || fail "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions"
  [ -n "${flags[stack]:-}" ] || fail "no stack selected"
  echo "Authorization: token $access" | curl --silent --show-error --fail --header @- --output /dev/null "$url/api/stacks/${flags[stack]}" ||
    fail "the token is not good for ${flags[stack]}"
  [ -f Pulumi.yaml ] || [ -f Pulumi.yml ] || fail "no Pulumi.yaml project file found"
}

# `pulumi api`, as far as a deployment needs it: the token must be good for the stack, and the request must name a commit.
api() {
  path="${positional[0]:-}"
  case "$path" in /api/stacks/*/*/*/deployments | /api/stacks/*/*/*/deployments/*) ;; *) fail "unknown path: $path" ;; esac
  stack="${path#/api/stacks/}"
  flags[stack]="${stack%%/deployments*}"
  url="${PULUMI_BACKEND_URL:-https://api.pulumi.com}"
  if [ -n "${PULUMI_ACCESS_TOKEN:-}" ]; then access="$PULUMI_ACCESS_TOKEN"
  else access="$(sed -n "s|.*\"accessTokens\":{\"$url\":\"\([^\"]*\)\".*|\1|p" "$credentials" 2>/dev/null)"
  fi
  [ -n "$access" ] || fail "authentication required" 3
  echo "Authorization: token $access" | curl --silent --show-error --fail --header @- --output /dev/null "$url/api/stacks/${flags[stack]}" ||
    fail "the token is not good for ${flags[stack]}" 3
  case "${flags[method]:-GET} $path" in
    "POST "*/deployments)
      grep -Eq '"operation":"update".*"commit":"[0-9a-f]{40}"' "${flags[input]:-/dev/null}" || fail "bad request"
      echo '{"id":"d-1","version":1,"consoleUrl":"https://app.pulumi.com/deployments/1"}' ;;
    "GET "*/deployments/d-1) echo '{"id":"d-1","status":"succeeded"}' ;;
    *) fail "unknown request: ${flags[method]:-GET} $path" ;;
  esac
}

case "$command" in
  api) api ;;
  version) echo v3.259.0 ;;
  install) [ -f Pulumi.yaml ] || [ -f Pulumi.yml ] || fail "no Pulumi.yaml project file found" ;;
  login) login ;;
  up) [ -n "${flags[yes]:-}" ] || fail "--yes must be passed in to proceed when running in non-interactive mode"; cloud; echo "updated ${flags[stack]}" ;;
  preview) cloud; echo "previewed ${flags[stack]}" ;;
  stack) [ "${positional[0]:-}" = select ] || fail "unknown command: stack ${positional[0]:-}"; cloud ;;
  *) fail "unknown command: $command" ;;
esac
