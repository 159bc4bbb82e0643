# Ends the job early, and well, when the change request touches none of the stage's paths; where git cannot tell, the job goes on.
set -eu +x
set -f
base="$(git merge-base "refs/remotes/origin/${STACKGATE_BRANCH:?}" HEAD || true)"
set --
for path in ${STACKGATE_PATHS:?}; do set -- "$@" ":(glob)$path"; done
if [ -n "$base" ] && git diff --quiet "$base" HEAD -- "$@"; then
  echo "nothing changed under $STACKGATE_PATHS since $base: there is nothing to preview"
  circleci-agent step halt || echo "the job could not be ended early: it goes on"
else
  echo "something changed under $STACKGATE_PATHS, or git could not tell"
fi
