# Puts the state of this run, which found nothing new, where the cache takes it from when the job ends.
set -eu +x
umask 077
rm -rf "${STACKGATE_STATE:?}"
mkdir -p "$STACKGATE_STATE"
if [ -f "${STACKGATE_HOME:?}/state/logs.json" ]; then
  cp "$STACKGATE_HOME/state/logs.json" "$STACKGATE_STATE/logs.json"
fi
