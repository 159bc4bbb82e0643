# Holds Pulumi Cloud and its logs against what is declared, writes the reports into a folder, and fails on what is new.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
: "${PULUMI_BACKEND_URL:?}" "${STACKGATE_HOME:?}" "${STACKGATE_SPEC:?}" "${STACKGATE_BASELINE:?}" "${STACKGATE_FAIL_ON:?}" "${STACKGATE_FORMATS:?}" "${STACKGATE_SINCE:?}"
[ -s "$STACKGATE_HOME/token" ] || refuse "there is no token: the login did nothing"
token="$(cat "$STACKGATE_HOME/token")"
rm -f "$STACKGATE_HOME/token"
rm -rf stackgate-audit
mkdir stackgate-audit
worst=0

# Runs a command with the token, and without it; 1 is a new finding, more is a fault, and what was written stays.
note() { [ "$1" -le "$worst" ] || worst="$1"; }
ask() {
  if [ -f "$STACKGATE_BASELINE" ]; then set -- "$@" --baseline "$STACKGATE_BASELINE"; fi
  "$STACKGATE_HOME/stackgate" "$@" --spec "$STACKGATE_SPEC" --fail-on "$STACKGATE_FAIL_ON"
}
asking() { (PULUMI_ACCESS_TOKEN="$token"; export PULUMI_ACCESS_TOKEN; ask "$@"); }

first=true
for format in $STACKGATE_FORMATS; do
  # What reads test reports looks for files of this name.
  kind="$format"
  [ "$format" != junit ] || kind=xml
  if [ "$first" = true ]; then
    asking review --save "$STACKGATE_HOME/saved" --format "$format" > "stackgate-audit/review.$kind" || note "$?"
    asking logs --since "$STACKGATE_SINCE" --format "$format" > "stackgate-audit/logs.$kind" || note "$?"
    first=false
  else
    # The same once more for another reader.
    ask review --from "$STACKGATE_HOME/saved" --format "$format" > "stackgate-audit/review.$kind" || note "$?"
    asking logs --since "$STACKGATE_SINCE" --format "$format" > "stackgate-audit/logs.$kind" || note "$?"
  fi
done
unset token
case "$worst" in
  0) echo "stackgate: nothing new" ;;
  1) refuse "there is something new: read the report, mend it, or put it into $STACKGATE_BASELINE with a reason" ;;
  *) refuse "the audit is not whole: what could be read is in the report" ;;
esac
