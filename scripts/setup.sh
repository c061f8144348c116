#!/usr/bin/env bash
# Makes .venv with Python 3.13 and the locked requirements. Does nothing when it is there and the lock is unchanged.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=$(cat .python-version)
stamp=.venv/.requirements-dev.sha256
lock=$(sha256sum requirements-dev.txt .python-version | sha256sum)

if [[ -f $stamp && $(cat "$stamp") == "$lock" ]]; then
  exit 0
fi

find_python() {
  if command -v "python$wanted" >/dev/null && "python$wanted" -c '' 2>/dev/null; then
    command -v "python$wanted"
    return
  fi
  if command -v pyenv >/dev/null; then
    local version
    version=$(pyenv versions --bare 2>/dev/null | sed -n "/^$wanted\\./p" | tail -n 1)
    if [[ -n $version ]]; then
      PYENV_VERSION=$version pyenv which python
      return
    fi
  fi
  if command -v uv >/dev/null; then
    uv python find "$wanted" 2>/dev/null || { uv python install "$wanted" >&2 && uv python find "$wanted"; }
    return
  fi
  return 1
}

python=$(find_python) || {
  echo "Python $wanted is needed: install it with 'pyenv install $wanted' or 'uv python install $wanted'." >&2
  exit 1
}

if [[ ! -x .venv/bin/python ]] || [[ $(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])') != "$wanted" ]]; then
  "$python" -m venv --clear .venv
fi
echo "installing requirements into .venv"
.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
.venv/bin/uv pip sync --quiet --system-certs --python .venv/bin/python requirements-dev.txt scripts/uv-itself.txt
echo "$lock" >"$stamp"
