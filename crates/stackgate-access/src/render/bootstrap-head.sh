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

