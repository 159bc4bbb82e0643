#!/bin/sh
# stackgate 0.1.0 | spec organization.yaml | sha256 9db3ecc073e0f12cb27183d109f358442baed09746243b3180528a23980d9334 | do not edit: change the spec, then run stackgate generate
#
# Applies what no resource of Pulumi Cloud's provider covers. An administrator runs it, with the CLI logged in or with a token
# in PULUMI_ACCESS_TOKEN: see REVIEW.md beside it. With --dry-run it prints each request and its body, and sends nothing.
# Running it again changes nothing.
cloud='https://api.pulumi.com'
organization='acme'
set -eu +x
umask 077

refuse() {
  echo "apply.sh: $1" >&2
  exit 1
}

case "$#:${1-}" in
  0:) dry= ;;
  1:--dry-run) dry=yes ;;
  *) refuse "usage: sh apply.sh [--dry-run]" ;;
esac
# Such a variable is a flag of every Pulumi command, and could change what these do.
if env | grep -q '^PULUMI_OPTION_'; then
  refuse "a variable PULUMI_OPTION_... is set"
fi
export PULUMI_BACKEND_URL="$cloud"
if [ -z "$dry" ]; then
  command -v jq >/dev/null || refuse "jq is needed, to read Pulumi Cloud's answers"
  if command -v pulumi >/dev/null && pulumi api --help >/dev/null 2>&1; then
    via=pulumi
  elif command -v curl >/dev/null; then
    via=curl
    # The token becomes a line of curl's configuration: it must not become two.
    case "${PULUMI_ACCESS_TOKEN-}" in "" | *[!0-9A-Za-z_.-]*) refuse "PULUMI_ACCESS_TOKEN holds no token" ;; esac
  else
    refuse "neither pulumi with its command api (3.238.0) nor curl is here"
  fi
fi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# No project lies here that could say where the token goes.
cd "$work"

# call METHOD PATH: sends the file body, if it is no GET; what comes back is in the file answer.
call() {
  if [ "$via" = pulumi ]; then
    if [ "$1" = GET ]; then
      pulumi api "$2" --method GET --non-interactive >answer
    else
      pulumi api "$2" --method "$1" --input body --non-interactive >answer
    fi
    return
  fi
  method="$1" url="$cloud$2"
  set -- --header 'Accept: application/vnd.pulumi+8'
  if [ "$method" != GET ]; then
    set -- "$@" --header 'Content-Type: application/json' --data-binary @body
  fi
  # The token goes in by standard input: arguments are seen by everybody on the machine.
  printf 'header = "Authorization: token %s"\n' "$PULUMI_ACCESS_TOKEN" |
    curl --disable --config - --proto '=https' --globoff --silent --show-error --fail --max-time 60 \
      --request "$method" "$@" --url "$url" >answer
}

# look PATH: reads; a dry run reads nothing.
look() {
  if [ -n "$dry" ]; then
    echo "GET $cloud$1"
  else
    call GET "$1"
  fi
}

# send METHOD PATH: sends the body on standard input.
send() {
  cat >body
  echo "$1 $cloud$2"
  if [ -n "$dry" ]; then
    cat body
  else
    call "$1" "$2"
  fi
}

# answered FILTER [VALUE]: one name out of the answer, or nothing.
answered() {
  name="$(jq -r --arg value "${2-}" "$1" answer)"
  case "$name" in *[!0-9A-Za-z_.@-]*) refuse "an answer of Pulumi Cloud holds no name where one should be" ;; esac
}

# issuer URL: registers the issuer on standard input, or brings the one that is there up to date. Its number is in id.
issuer() {
  cat >issuer
  look "/api/orgs/$organization/oidc/issuers"
  if [ -n "$dry" ]; then
    id=ISSUER
    send POST "/api/orgs/$organization/oidc/issuers" <issuer
    return
  fi
  # shellcheck disable=SC2016 # $value is jq's.
  answered '[.oidcIssuers[]? | select(.url == $value) | .id][0] // empty' "$1"
  id="$name"
  if [ -n "$id" ]; then
    jq 'del(.url)' issuer >update
    send PATCH "/api/orgs/$organization/oidc/issuers/$id" <update
    return
  fi
  send POST "/api/orgs/$organization/oidc/issuers" <issuer
  answered '.id // empty'
  id="$name"
  [ -n "$id" ] || refuse "Pulumi Cloud does not say which issuer it registered"
}

# policies: replaces all policies of the issuer in id by those on standard input.
policies() {
  cat >policies
  look "/api/orgs/$organization/auth/policies/oidcissuers/$id"
  name=POLICY
  [ -n "$dry" ] || answered '.id // empty'
  [ -n "$name" ] || refuse "Pulumi Cloud does not say where the issuer's policies are"
  send PATCH "/api/orgs/$organization/auth/policies/$name" <policies
}

# gate NAME ENVIRONMENT: makes the gate on standard input, or brings the one of that name up to date.
gate() {
  cat >gate
  look "/api/change-gates/$organization?entityType=environment&qualifiedName=$2"
  name=
  # shellcheck disable=SC2016 # $value is jq's.
  [ -n "$dry" ] || answered '[.gates[]? | select(.name == $value) | .id][0] // empty' "$1"
  if [ -n "$name" ]; then
    send PUT "/api/change-gates/$organization/$name" <gate
  else
    send POST "/api/change-gates/$organization" <gate
  fi
}

# nobody TEAM: takes every member out of a pipeline's team; whoever created it became one.
nobody() {
  look "/api/orgs/$organization/teams/$1"
  if [ -n "$dry" ]; then
    echo "PATCH $cloud/api/orgs/$organization/teams/$1 for each member that it has"
    return
  fi
  jq -r '.members[]?.githubLogin' answer >members
  while IFS= read -r member; do
    # shellcheck disable=SC2016 # $member is jq's.
    jq -n --arg member "$member" '{ member: $member, memberAction: "remove" }' >removal
    send PATCH "/api/orgs/$organization/teams/$1" <removal
  done <members
}

# A pipeline's team has no members.
nobody 'auditors'
