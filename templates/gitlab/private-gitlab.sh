# Refuses a project that others can see, whose logs and reports they could read, and a branch that anybody may push to.
set -eu +x
refuse() { echo "stackgate: $1" >&2; exit 1; }
[ "${CI_PROJECT_VISIBILITY:?}" = private ] || refuse "the project is $CI_PROJECT_VISIBILITY: others could read the report"
[ "${CI_COMMIT_REF_PROTECTED:?}" = true ] || refuse "the branch is not protected"
