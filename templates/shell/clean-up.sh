# Removes the credentials, the CLI and everything else that this job made outside the checkout.
set -eu +x
rm -rf "${STACKGATE_HOME:?}"
