# Removes what the checkout leaves behind to reach the repository with: keys, stored passwords, a token in the remote's address.
set -eu +x
refuse() { echo "stackgate: $1" >&2; exit 1; }
[ -d .git ] || refuse "there is no checkout here"
if [ -n "${SSH_AUTH_SOCK:-}" ] && command -v ssh-add >/dev/null; then ssh-add -D >/dev/null 2>&1 || true; fi
rm -rf "${HOME:?}/.ssh" "$HOME/.git-credentials" "$HOME/.gitconfig" "$HOME/.config/git" "$HOME/.netrc"
url="$(git config --local --get remote.origin.url || true)"
case "$url" in
  https://*@*) git config --local remote.origin.url "https://${url#*@}" ;;
esac
keys="$(git config --local --name-only --get-regexp '^(credential|http|include|includeif|url)[.]' || true)"
for key in $keys; do git config --local --unset-all "$key" || true; done
if git config --local --name-only --get-regexp '^(credential|http|include|includeif|url)[.]'; then refuse "the checkout's settings could not be removed"; fi
[ ! -e "$HOME/.ssh" ] || refuse "the checkout's key could not be removed"
