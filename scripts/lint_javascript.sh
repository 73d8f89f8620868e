#!/usr/bin/env bash
# Lint assets/ and tests/js/ with a pinned eslint, kept in a folder of ours as dynoxide is (install_test_parts.sh).
# A developer without npm is told so and may go on; in CI the lint must run.
set -u
cd "$(dirname "$0")/.." || exit 1
packages=(eslint@10.15.0 @eslint/js@10.0.1 globals@17.14.0)
eslint=.venv/eslint

give_up() {
    echo "JavaScript was not linted: $1"
    [ "${CI:-}" = true ] && exit 1
    exit 0
}

command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 ||
    give_up "eslint needs Node and npm (Debian: apt-get install nodejs npm)."
if [ "$(cat "$eslint/installed" 2>/dev/null)" != "${packages[*]}" ]; then
    echo "Installing eslint ..."
    why=$(npm install --prefix "$eslint" --save-exact --no-audit --no-fund --ignore-scripts --loglevel=error \
        "${packages[@]}" 2>&1 >/dev/null) || give_up "eslint could not be installed. $(tail -n 3 <<<"$why")"
    echo "${packages[*]}" >"$eslint/installed"
fi
exec node "$eslint/node_modules/eslint/bin/eslint.js" --max-warnings 0 assets tests/js eslint.config.mjs "$@"
