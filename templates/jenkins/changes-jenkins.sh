# Ends with 3 when the change request leaves the paths of this preview alone; where git cannot tell, they count as touched.
set -eu +x
set -f
base="refs/remotes/origin/${STACKGATE_BRANCH:?}"
set --
for path in ${STACKGATE_PATHS:?}; do set -- "$@" ":(glob)$path"; done
if git diff --quiet "$base...HEAD" -- "$@"; then
  echo "nothing changed under $STACKGATE_PATHS: no preview is needed"
  exit 3
fi
