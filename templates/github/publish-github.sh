# Puts the findings into code scanning and the report onto the run's page.
set -eu +x
: "${GH_TOKEN:?}" "${STACKGATE_BRANCH:?}"
if [ -f stackgate-audit/review.markdown ] && [ -f stackgate-audit/logs.markdown ]; then
  cat stackgate-audit/review.markdown stackgate-audit/logs.markdown >> "${GITHUB_STEP_SUMMARY:?}"
fi
for what in review logs; do
  [ -s "stackgate-audit/$what.sarif" ] || continue
  gzip --stdout "stackgate-audit/$what.sarif" | base64 --wrap=0 > "$RUNNER_TEMP/$what.sarif.gz.b64"
  gh api "repos/$GITHUB_REPOSITORY/code-scanning/sarifs" --method POST --field "commit_sha=${GITHUB_SHA:?}" --field "ref=refs/heads/$STACKGATE_BRANCH" --field "sarif=@$RUNNER_TEMP/$what.sarif.gz.b64" --field "tool_name=stackgate $what" --silent || echo "::notice title=stackgate::code scanning took no report of $what: is it switched on? The report is on the run's page."
done
