# Refuses to deploy to an environment that is missing or unprotected: GitHub would create a missing one without protection.
set -eu +x
failed=false
complain() { echo "::error title=stackgate::$1" >&2; failed=true; }
for item in ${STACKGATE_ENVIRONMENTS:?}; do
  need="${item%%:*}"
  name="${item#*:}"
  found="$(gh api "repos/$GITHUB_REPOSITORY/environments/$name" --jq '[if .deployment_branch_policy == null then "any-branch" else "branch-policy" end, (.protection_rules[]?.type)] | join(" ")')" || found=missing
  case " $found " in
    *" missing "*) complain "environment $name is missing: create it and protect it" ;;
    *" branch-policy "*) ;;
    *) complain "environment $name takes any branch: restrict it to the deploy branch" ;;
  esac
  case "$need: $found " in
    "approval: missing "*) ;;
    "approval: "*required_reviewers*) ;;
    "approval: "*) complain "environment $name has no required reviewers: add them" ;;
  esac
done
[ "$failed" = false ] || exit 1
echo "every environment is protected"
