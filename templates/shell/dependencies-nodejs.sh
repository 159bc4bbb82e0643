# Installs exactly what the lock file says; install scripts stay off, so that no package runs code here.
set -eu +x
refuse() { echo "stackgate: $1" >&2; exit 1; }
(
  cd "${STACKGATE_DIRECTORY:?}"
  if [ -f package-lock.json ]; then
    npm ci --ignore-scripts
  elif [ -f pnpm-lock.yaml ]; then
    corepack pnpm install --frozen-lockfile --ignore-scripts
  elif [ -f yarn.lock ]; then
    corepack yarn install --immutable --mode=skip-build
  else
    refuse "no lock file in $STACKGATE_DIRECTORY: commit one, or give the project its own prepare steps"
  fi
)
