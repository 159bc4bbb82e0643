# Refuses to deploy to an environment that is missing or unprotected: GitHub would create a missing one without protection.
set -eu +x
failed=false
complain() { echo "::error title=stackgate::$1" >&2; failed=true; }
for item in ${STACKGATE_ENVIRONMENTS:?}; do
  need="${item%%:*}"
  name="${item#*:}"
  environment="repos/$GITHUB_REPOSITORY/environments/$name"
  if ! rules="$(gh api "$environment" --jq '[.protection_rules[]?.type] | join(" ")')"; then
    complain "environment $name is missing, or cannot be read: create it and protect it"
    continue
  fi
  branches="$(gh api "$environment/deployment-branch-policies" --jq '[.branch_policies[]?.name] | join(" ")')" || branches=
  [ "$branches" = "${STACKGATE_BRANCH:?}" ] || complain "environment $name takes ${branches:-any branch}: make $STACKGATE_BRANCH its only deployment branch"
  case "$need $rules" in
    approval*required_reviewers*) ;;
    approval*) complain "environment $name has no required reviewers: add them" ;;
  esac
done
[ "$failed" = false ] || exit 1
echo "every environment is protected"
