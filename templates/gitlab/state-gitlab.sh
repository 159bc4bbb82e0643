# Refuses a project that others can see, and takes the state of the run before out of the cache, which only protected branches share.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
[ "${CI_PROJECT_VISIBILITY:?}" = private ] || refuse "the project is $CI_PROJECT_VISIBILITY: others could read what the job says"
[ "${CI_COMMIT_REF_PROTECTED:?}" = true ] || refuse "the branch is not protected: any branch could write the cache"
[ -d "${STACKGATE_HOME:?}/state" ] || refuse "stackgate was not installed"
if [ -f .stackgate-audit-state/logs.json ] && [ ! -L .stackgate-audit-state ] && [ ! -L .stackgate-audit-state/logs.json ]; then
  cp .stackgate-audit-state/logs.json "$STACKGATE_HOME/state/logs.json"
else
  echo "the run before kept no state: the logs are read from the beginning"
fi
