#!/usr/bin/env bash
# Deploys what was built as stack dutchbook-STAGE: scripts/deploy.sh STAGE [Parameter=value …].
#
# The first time sam asks for everything and writes samconfig.STAGE.toml, yours to keep; after that it only shows the
# change set. Parameters that are not named keep what the stack has.
set -euo pipefail
cd "$(dirname "$0")/.."
stage=$1
shift
if [[ ! $stage =~ ^[a-z][a-z0-9-]{0,30}$ ]]; then
  echo "STAGE is a short lower-case name such as dev or prod, not '$stage'" >&2
  exit 2
fi
config=$PWD/samconfig.$stage.toml
arguments=(--stack-name "dutchbook-$stage" --capabilities CAPABILITY_IAM --config-file "$config")
if ! grep -qs 'deploy.parameters' "$config"; then
  echo 'version = 0.1' >"$config"  # sam wants the file to be there before it writes its answers to it
  arguments+=(--guided)
else
  arguments+=(--resolve-s3 --confirm-changeset)
fi
exec .venv/bin/sam deploy "${arguments[@]}" --parameter-overrides "Stage=$stage" "$@"
