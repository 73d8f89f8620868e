#!/usr/bin/env bash
# Real parts for the tests: Chromium and axe-core for pages, MariaDB for the relational store, dynoxide for DynamoDB.
# Says what it could not install.
set -u
cd "$(dirname "$0")/.." || exit 1
missing=()
# The shell without windows opens a page in a third of the time; where it cannot be had, the whole browser will do.
command -v chromium-headless-shell >/dev/null 2>&1 || missing+=(chromium-headless-shell)
{ command -v mariadbd || [ -x /usr/sbin/mariadbd ]; } >/dev/null 2>&1 || missing+=(mariadb-server)

# Pinned versions into folders of our own: no root, and nothing of the machine's changes.
from_npm() { # FOLDER PACKAGE; says what was in the way
    if ! command -v npm >/dev/null 2>&1; then
        echo "it needs npm (Debian: apt-get install npm)"
        return
    fi
    echo "Installing ${1##*/} for the tests ..." >&2
    npm install --prefix "$1" --save-exact --no-audit --no-fund --ignore-scripts --loglevel=error "$2" 2>&1 >/dev/null | tail -n 3
}

dynoxide_version=1.2.1
has_dynoxide() {
    grep -qs "\"version\": \"$dynoxide_version\"" .venv/dynoxide/node_modules/@dynoxide/*/package.json
}
if ! has_dynoxide; then
    why="there is no build of it for $(uname -s) on $(uname -m)"
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] && why=$(from_npm .venv/dynoxide "@dynoxide/linux-x64@$dynoxide_version")
    has_dynoxide || echo "Could not install dynoxide: the store tests run without DynamoDB. $why"
fi

axe_version=4.14.1
has_axe() {
    grep -qs "\"version\": \"$axe_version\"" .venv/axe/node_modules/axe-core/package.json
}
if ! has_axe; then
    why=$(from_npm .venv/axe "axe-core@$axe_version")
    has_axe || echo "Could not install axe-core: nobody looks whether all can use the pages. $why"
fi

[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then as_root=(sudo -n); fi
fi
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" -eq 0 ] || [ ${#as_root[@]} -gt 0 ]; }; then
    echo "Installing ${missing[*]} for the tests ..."
    install() {
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null 2>&1
    }
    "${as_root[@]}" apt-get update -qq >/dev/null
    for part in "${missing[@]}"; do
        install "$part" || { [ "$part" = chromium-headless-shell ] && ! command -v chromium >/dev/null 2>&1 && install chromium; }
    done
fi
for part in "${missing[@]}"; do
    case $part in
        chromium-headless-shell) command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 ||
            echo "Could not install chromium-headless-shell: the browser tests cannot run. Install it, or chromium, by hand." ;;
        mariadb-server) [ -x /usr/sbin/mariadbd ] || command -v mariadbd >/dev/null 2>&1 ||
            echo "Could not install mariadb-server: the store tests run on SQLite alone. Install it by hand." ;;
    esac
done
exit 0
