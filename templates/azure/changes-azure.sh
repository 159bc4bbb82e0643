# Names the stages whose paths the change request leaves alone; where git cannot tell, a stage counts as touched.
set -eu +x
set -f
unchanged="$(echo "${STACKGATE_PATHS:?}" | while read -r stage paths; do
  set --
  for path in $paths; do set -- "$@" ":(glob)$path"; done
  if git diff --quiet HEAD^1 HEAD -- "$@"; then echo "$stage"; fi
done)"
unchanged=" $(echo "$unchanged" | tr '[:space:]' ' ') "
echo "unchanged:$unchanged"
# The text itself holds no logging command, since Azure obeys one wherever it is printed.
mark="#"
echo "$mark${mark}vso[task.setvariable variable=unchanged;isOutput=true]$unchanged"
