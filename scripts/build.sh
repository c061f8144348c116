#!/usr/bin/env bash
# Validates the template and builds the artefacts, unless nothing that goes into them has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
inputs=$(find template.yaml functions layers statemachines scripts/pack.py -type f ! -path '*/__pycache__/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum)
stamp=.aws-sam/inputs.sha256
if [[ -f $stamp && $(cat "$stamp") == "$inputs" ]]; then
  exit 0
fi
.venv/bin/sam validate --lint --region us-east-1
# the builder looks for python3.13 on PATH: give it the one of the environment
PATH="$PWD/.venv/bin:$PATH" .venv/bin/sam build --cached --parallel >.aws-sam-build.log 2>&1 || { cat .aws-sam-build.log; exit 1; }
rm -f .aws-sam-build.log
.venv/bin/python -m scripts.pack
echo "$inputs" >"$stamp"
