#!/usr/bin/env bash
# Puts the chart library into dashboard/vendor (and axe-core into node_modules, for the tests), from the lock file.
# Without npm the page works all the same, without charts, and says so.
set -euo pipefail
cd "$(dirname "$0")/../dashboard"
stamp=vendor/.package-lock.sha256
lock=$(sha256sum package-lock.json)

if [[ -f $stamp && $(cat "$stamp") == "$lock" ]]; then
  exit 0
fi
if ! command -v npm >/dev/null; then
  echo "npm is not here: the dashboard will show no charts (install Node.js 20 or newer, then run this again)." >&2
  exit 0
fi
echo "installing the dashboard's chart library"
npm ci --ignore-scripts --no-audit --no-fund --silent || {
  echo "npm could not install the dashboard's chart library: the dashboard will show no charts." >&2
  exit 0
}
mkdir -p vendor
cp node_modules/uplot/dist/uPlot.iife.min.js node_modules/uplot/dist/uPlot.min.css node_modules/uplot/LICENSE vendor/
echo "$lock" >"$stamp"
