#!/bin/bash
# A stand-in for `gh api repos/O/R/environments/NAME[/deployment-branch-policies] --jq FILTER`: it answers what the
# scenario laid out in $world/environments/NAME, as the two filters of the preflight would print it.
set -u
world='@WORLD@'
[ "$#" -eq 4 ] && [ "$1 $3" = "api --jq" ] || { echo "unknown command: gh $*" >&2; exit 1; }
[ -n "${GH_TOKEN:-}" ] || { echo "gh: no token" >&2; exit 4; }
name="${2#repos/*/*/environments/}"
case "$name $4" in
  "$2 "*) echo "gh: unknown path $2" >&2; exit 1 ;;
  */deployment-branch-policies" [.branch_policies[]?.name] | join(\" \")") file="$world/environments/${name%/deployment-branch-policies}/branches" ;;
  */*) echo "gh: unknown request $2 $4" >&2; exit 1 ;;
  *" [.protection_rules[]?.type] | join(\" \")") file="$world/environments/$name/rules" ;;
  *) echo "gh: unknown filter $4" >&2; exit 1 ;;
esac
cat "$file" 2>/dev/null || { echo "gh: Not Found (HTTP 404)" >&2; exit 1; }
