#!/bin/sh
# stackgate 0.1.0 | spec stackgate.yaml | sha256 d10e7125b86a167a67beafd44ecd7e7bca11d0dd0aed3b3287a5fb8d3686b08a | do not edit: change the spec, then run stackgate generate
#
# Creates the stacks that do not exist yet, empty, each with write for the team of the pipeline that deploys it. Pipelines never
# create stacks: whoever creates a stack is its administrator for good, and a team token would make that of its whole team. So a
# person runs this, once, with the CLI (3.245.0 or newer) logged in, after the teams exist: see REVIEW.md beside it. You will be
# an administrator of each stack that it creates, until somebody takes that away on the stack's page.
# With --dry-run it says what it would create.
cloud='https://api.pulumi.com'
organization='acme'
set -eu +x
umask 077

refuse() {
  echo "bootstrap.sh: $1" >&2
  exit 1
}

case "$#:${1-}" in
  0:) dry= ;;
  1:--dry-run) dry=yes ;;
  *) refuse "usage: sh bootstrap.sh [--dry-run]" ;;
esac
if [ -n "${CI-}${TF_BUILD-}${JENKINS_URL-}" ]; then
  refuse "a person runs this, never a pipeline: whoever creates a stack is its administrator for good"
fi
# Such a variable is a flag of every Pulumi command, and could change what these do.
if env | grep -q '^PULUMI_OPTION_'; then
  refuse "a variable PULUMI_OPTION_... is set"
fi
export PULUMI_BACKEND_URL="$cloud"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# Another project's file would not take these stacks.
cd "$work"
pulumi stack ls --all --organization "$organization" --fully-qualify-stack-names --json --non-interactive >stacks

# stack NAME [--teams TEAM]...: creates a stack that does not exist yet.
stack() {
  if grep -qF "\"name\": \"$1\"" stacks; then
    echo "exists: $1"
  elif [ -n "$dry" ]; then
    echo "would run: pulumi stack new $* --no-select"
  else
    echo "creating: $1"
    pulumi stack new "$@" --no-select --non-interactive
  fi
}

stack 'acme/ledger/dev' --teams 'ledger-dev'
stack 'acme/ledger/production' --teams 'ledger-production'
stack 'acme/orders/dev' --teams 'orders-dev'
stack 'acme/orders/production' --teams 'orders-production'
stack 'acme/orders/staging' --teams 'orders-staging'
stack 'acme/payroll/dev' --teams 'payroll-dev'
stack 'acme/payroll/production' --teams 'payroll-production'
stack 'acme/storefront/dev' --teams 'storefront-dev'
stack 'acme/storefront/production' --teams 'storefront-production'
