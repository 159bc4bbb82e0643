#!/bin/bash
# A stand-in for a language's tool (npm, go, dotnet, mvn, python3, …): it writes down that it ran, and with which secrets.
set -u
world='@WORLD@'
call="$(mktemp -d "$world/tools/$(date +%s%N).XXXXXX")"
printf '%s\0' "$0" "$@" > "$call/arguments"
env -0 > "$call/environment"
# `python3 -m venv FOLDER` leaves an interpreter there.
if [ "${1:-} ${2:-}" = "-m venv" ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi
exit 0
