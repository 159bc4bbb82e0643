# Names the stages whose paths the change request touches; where git cannot tell, a stage counts as touched.
set -eu +x
set -f
changed="$(echo "${STACKGATE_PATHS:?}" | while read -r stage paths; do
  set --
  for path in $paths; do set -- "$@" ":(glob)$path"; done
  git diff --quiet HEAD^1 HEAD -- "$@" || echo "$stage"
done)"
changed=" $(echo "$changed" | tr '[:space:]' ' ') "
echo "changed:$changed"
echo "changed=$changed" >> "$GITHUB_OUTPUT"
