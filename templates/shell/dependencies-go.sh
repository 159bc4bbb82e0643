# Downloads the modules that go.sum vouches for.
set -eu +x
(
  cd "${STACKGATE_DIRECTORY:?}"
  go mod download
)
