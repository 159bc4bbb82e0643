# Puts the state of this run into the cache, once its report is there to be kept.
set -eu +x
umask 077
if [ -f "${STACKGATE_HOME:?}/state/logs.json" ] && [ -d stackgate-audit ]; then
  rm -rf .stackgate-audit-state
  mkdir .stackgate-audit-state
  cp "$STACKGATE_HOME/state/logs.json" .stackgate-audit-state/logs.json
fi
