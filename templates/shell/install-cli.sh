# Installs the pinned Pulumi CLI, and refuses an archive whose SHA-256 is not the pinned one.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
: "${STACKGATE_HOME:?}" "${STACKGATE_CLI_VERSION:?}"
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) platform=linux-x64 sha256="${STACKGATE_CLI_SHA256_X64:?}" ;;
  Linux-aarch64) platform=linux-arm64 sha256="${STACKGATE_CLI_SHA256_ARM64:?}" ;;
  *) refuse "there is no pinned Pulumi CLI for this platform" ;;
esac
rm -rf "$STACKGATE_HOME"
mkdir -p "$STACKGATE_HOME"
archive="$STACKGATE_HOME/pulumi.tar.gz"
release="https://github.com/pulumi/pulumi/releases/download/v$STACKGATE_CLI_VERSION"
curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --output "$archive" "$release/pulumi-v$STACKGATE_CLI_VERSION-$platform.tar.gz" || refuse "the Pulumi CLI could not be downloaded"
echo "$sha256  $archive" | sha256sum --check --status || refuse "the Pulumi CLI archive does not have the pinned SHA-256"
tar --extract --gzip --no-same-owner --file "$archive" --directory "$STACKGATE_HOME"
rm -f "$archive"
"$STACKGATE_HOME/pulumi/pulumi" version
