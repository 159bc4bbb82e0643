# Starts a deployment of the commit that is checked out, and ends as it does. It is asked to be cancelled when this job must stop.
set -eu +x
umask 077
refuse() { echo "stackgate: $1" >&2; exit 1; }
PATH="${STACKGATE_HOME:?}/pulumi:$PATH"
PULUMI_HOME="$STACKGATE_HOME/home"
PULUMI_CREDENTIAL_STORE=plaintext
PULUMI_SKIP_UPDATE_CHECK=true
export PATH PULUMI_HOME PULUMI_CREDENTIAL_STORE PULUMI_SKIP_UPDATE_CHECK
: "${PULUMI_BACKEND_URL:?}" "${STACKGATE_REQUEST:?}" "${STACKGATE_STACK:?}" "${STACKGATE_STOP_AFTER:?}"
[ -n "${PULUMI_ACCESS_TOKEN:-}" ] || [ -s "$PULUMI_HOME/credentials.json" ] || refuse "there is no token: the login did nothing"
commit="$(git rev-parse --verify HEAD)" || refuse "git does not say which commit this is"
case "$commit" in *[!0-9a-f]*) refuse "git does not say which commit this is" ;; esac
[ "${#commit}" -eq 40 ] || refuse "git does not say which commit this is"
case "$STACKGATE_REQUEST" in "{"*"}") ;; *) refuse "the request is not JSON" ;; esac

# One text of a JSON object, by its key; what lies deeper counts for nothing.
value() {
  awk -v wanted="$1" '
    { text = text $0 " " }
    END {
      quote = sprintf("%c", 34)
      escape = sprintf("%c", 92)
      for (at = 1; at <= length(text); at++) {
        letter = substr(text, at, 1)
        if (inside) {
          if (letter == escape) at++
          else if (letter != quote) word = word letter
          else {
            inside = 0
            if (depth == 1 && after && key == wanted) { print word; exit }
            if (depth == 1 && !after) key = word
          }
        }
        else if (letter == quote) { inside = 1; word = "" }
        else if (letter == ":") after = 1
        else if (letter == ",") after = 0
        else if (letter == "{" || letter == "[") { depth++; after = 0 }
        else if (letter == "}" || letter == "]") depth--
      }
    }
  ' "$2"
}

path="/api/stacks/$STACKGATE_STACK/deployments"
stop() {
  trap '' HUP INT TERM
  deployment="$(value id started.json 2>/dev/null || true)"
  case "$deployment" in "" | *[!0-9A-Za-z-]*) refuse "$1; look in Pulumi Cloud whether a deployment was started" ;; esac
  echo "stackgate: asking Pulumi Deployments to cancel the deployment" >&2
  pulumi api "$path/$deployment/cancel" --method POST --non-interactive >/dev/null || echo "stackgate: it was not cancelled: look at it in Pulumi Cloud" >&2
  refuse "$1"
}

# No project lies here that could say where the token goes.
cd "$STACKGATE_HOME"
printf '%s,"sourceContext":{"git":{"commit":"%s"}}}' "${STACKGATE_REQUEST%?}" "$commit" >request.json
trap 'stop "this job was told to stop"' HUP INT TERM
pulumi api "$path" --method POST --input request.json --non-interactive >started.json || refuse "Pulumi Cloud did not start the deployment"
deployment="$(value id started.json)"
case "$deployment" in "" | *[!0-9A-Za-z-]*) refuse "Pulumi Cloud does not say which deployment it started" ;; esac
console="$(value consoleUrl started.json)"
case "$console" in *[!0-9A-Za-z:/._-]*) ;; https://*) echo "stackgate: the deployment of $commit is at $console" ;; esac

end="$(($(date +%s) + STACKGATE_STOP_AFTER))"
last=""
misses=0
while :; do
  [ "$(date +%s)" -lt "$end" ] || stop "the deployment took longer than $STACKGATE_STOP_AFTER seconds"
  # A signal ends the waiting at once, but not a program in the foreground.
  sleep 5 &
  wait "$!"
  if ! pulumi api "$path/$deployment" --non-interactive >deployment.json; then
    misses="$((misses + 1))"
    [ "$misses" -lt 10 ] || refuse "Pulumi Cloud does not say how the deployment goes: look at it there"
    continue
  fi
  misses=0
  status="$(value status deployment.json)"
  case "$status" in
    not-started | accepted | running) ;;
    succeeded) break ;;
    failed | skipped) refuse "the deployment $status" ;;
    *) refuse "the deployment ended as nobody knows: look at it in Pulumi Cloud" ;;
  esac
  [ "$status" = "$last" ] || echo "stackgate: the deployment is $status"
  last="$status"
done
echo "stackgate: the deployment succeeded"
