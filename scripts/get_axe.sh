#!/usr/bin/env bash
# Unpacks axe-core, which the accessibility tests of the page run, into node_modules/. They are skipped by name without it.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f node_modules/axe-core/axe.min.js ] && exit 0
command -v npm >/dev/null || { echo "npm is not installed: the accessibility tests will be skipped" >&2; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm pack --silent axe-core@4.14.1 >/dev/null)
mkdir -p node_modules/axe-core
tar -xzf "$folder"/axe-core-*.tgz -C node_modules/axe-core --strip-components=1
