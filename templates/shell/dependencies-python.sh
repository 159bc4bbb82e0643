# Installs exactly what the lock file says, or the requirements into a virtual environment called venv.
set -eu +x
refuse() { echo "stackgate: $1" >&2; exit 1; }
(
  cd "${STACKGATE_DIRECTORY:?}"
  if [ -f uv.lock ]; then
    command -v uv >/dev/null || refuse "uv.lock needs uv: give the project a prepare step that installs it"
    uv sync --frozen
  elif [ -f poetry.lock ]; then
    command -v poetry >/dev/null || refuse "poetry.lock needs poetry: give the project a prepare step that installs it"
    poetry install --no-interaction
  elif [ -f requirements.txt ]; then
    python3 -m venv venv
    venv/bin/python -m pip install --no-input --disable-pip-version-check --requirement requirements.txt
  else
    refuse "no uv.lock, poetry.lock or requirements.txt in $STACKGATE_DIRECTORY: commit one, or give the project its own prepare steps"
  fi
)
