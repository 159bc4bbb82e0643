#!/bin/bash
# What pulumi/actions does with the inputs that are rendered: it downloads the CLI without any check, and runs one command
# on a stack that must exist. Source: action.yml and src/main.ts of v7.0.0.
set -u
fail() { echo "::error::$1"; exit 1; }
input() { local name="INPUT_$(echo "$1" | tr 'a-z' 'A-Z')"; env | sed -n "s/^$name=//p"; }
for name in $(env | sed -n 's/^INPUT_\([^=]*\)=.*/\1/p'); do
  case "$name" in
    COMMAND | STACK-NAME | WORK-DIR | CLOUD-URL | PULUMI-VERSION | UPSERT | COMMENT-ON-PR) ;;
    *) fail "Unexpected input $name" ;;
  esac
done
version="$(input pulumi-version)"
tools="$RUNNER_TEMP/tools"
if [ ! -x "$tools/pulumi/pulumi" ]; then
  mkdir -p "$tools"
  curl --silent --show-error --fail --location --output "$tools/pulumi.tar.gz" \
    "https://github.com/pulumi/pulumi/releases/download/v$version/pulumi-v$version-linux-x64.tar.gz" || fail "the CLI could not be downloaded"
  tar -xzf "$tools/pulumi.tar.gz" -C "$tools"
  echo "$tools/pulumi" >> "$GITHUB_PATH"
fi
PATH="$tools/pulumi:$PATH"
command="$(input command)"
[ -n "$command" ] || exit 0
[ "$(input upsert)" = false ] || fail "the stand-in creates no stack"
cd "$(input work-dir)" || fail "there is no such work-dir"
export PULUMI_BACKEND_URL="$(input cloud-url)"
stack="$(input stack-name)"
pulumi stack select --stack "$stack" --non-interactive || fail "the stack could not be selected"
case "$command" in
  up) pulumi up --yes --skip-preview --non-interactive --stack "$stack" || fail "up failed" ;;
  preview) pulumi preview --diff --non-interactive --stack "$stack" || fail "preview failed" ;;
  *) fail "unknown command $command" ;;
esac
