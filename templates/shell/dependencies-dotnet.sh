# Restores the packages, from the lock file where there is one.
set -eu +x
(
  cd "${STACKGATE_DIRECTORY:?}"
  if [ -f packages.lock.json ]; then
    dotnet restore --locked-mode
  else
    dotnet restore
  fi
)
