#!/bin/bash
# A stand-in for CircleCI's own program in a job: `circleci run oidc get --claims JSON`, and no more. The job's right to
# ask is the file that the runner laid out; a fork's job has none.
set -u
world='@WORLD@'
fail() { echo "Error: $1" >&2; exit 1; }
[ "$#" -eq 5 ] && [ "$1 $2 $3 $4" = "run oidc get --claims" ] || fail "unknown command: circleci $*"
[ -s "$world/bearer" ] || fail "OIDC tokens are not available to builds of forked pull requests"
printf 'Authorization: Bearer %s\n' "$(cat "$world/bearer")" |
  curl --silent --show-error --fail --header @- --data "$5" https://runner.circleci.com/oidc || fail "no token"
