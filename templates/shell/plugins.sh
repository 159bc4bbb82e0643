# Installs the program's plugins while no token exists; later steps may not fetch any.
set -eu +x
umask 077
PATH="${STACKGATE_HOME:?}/pulumi:$PATH"
PULUMI_HOME="$STACKGATE_HOME/home"
PULUMI_SKIP_UPDATE_CHECK=true
export PATH PULUMI_HOME PULUMI_SKIP_UPDATE_CHECK
(
  cd "${STACKGATE_DIRECTORY:?}"
  pulumi install --no-dependencies --non-interactive
)
