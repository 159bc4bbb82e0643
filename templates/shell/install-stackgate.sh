# Installs the pinned stackgate, and refuses a file whose SHA-256 is not the pinned one.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
: "${STACKGATE_HOME:?}" "${STACKGATE_SHA256:?}"
[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || refuse "the pinned stackgate is for Linux on x64"
case "${STACKGATE_DOWNLOAD:?}" in https://*) ;; *) refuse "STACKGATE_DOWNLOAD is not https" ;; esac
rm -rf "$STACKGATE_HOME"
mkdir -p "$STACKGATE_HOME"
file="$STACKGATE_HOME/stackgate"
curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --output "$file" "$STACKGATE_DOWNLOAD" || refuse "stackgate could not be downloaded"
echo "$STACKGATE_SHA256  $file" | sha256sum --check --status || refuse "what was downloaded does not have the pinned SHA-256"
chmod 700 "$file"
"$STACKGATE_HOME/stackgate" --version
