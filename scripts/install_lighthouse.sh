#!/usr/bin/env bash
# Lighthouse, pinned, in a folder of our own as dynoxide and axe-core are (install_test_parts.sh). It needs Node 18.16 or newer.
set -u
cd "$(dirname "$0")/.." || exit 1
version=12.2.3
folder=.venv/lighthouse

grep -qs "\"version\": \"$version\"" "$folder/node_modules/lighthouse/package.json" && exit 0
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || {
    echo "Lighthouse needs Node and npm (Debian: apt-get install nodejs npm)."
    exit 1
}
echo "Installing Lighthouse $version ..."
npm install --prefix "$folder" --save-exact --no-audit --no-fund --ignore-scripts --loglevel=error "lighthouse@$version" >/dev/null
