#!/usr/bin/env bash
# pip install -r FILE with the Python given, in plain lines that say how far it is. pip's own words when it fails.
set -uo pipefail
python=$1 requirements=$2
words=$(mktemp)
trap 'rm -f "$words"' EXIT
SECONDS=0
"$python" -m pip --disable-pip-version-check --no-color install --progress-bar off -r "$requirements" 2>&1 | tee "$words" |
    while true; do
        line=""
        IFS= read -r -t 10 line
        ended=$?
        if [ $ended -gt 128 ]; then
            echo "  still at it (${SECONDS} s)"
            continue
        fi
        [ $ended -eq 0 ] || break
        case $line in
            Collecting*)
                count=$((${count:-0} + 1))
                [ $((count % 10)) -ne 0 ] || echo "  $count packages found (${SECONDS} s)"
                ;;
            "Installing collected packages"*) echo "  ${count:-0} packages found, now unpacking them (${SECONDS} s)" ;;
            "Successfully installed"*) echo "  installed (${SECONDS} s)" ;;
        esac
    done
if [ "${PIPESTATUS[0]}" -ne 0 ]; then
    grep -iE 'error|warning|no matching|could not' "$words" >&2 || tail -n 20 "$words" >&2
    echo "pip could not install $requirements; its last words are above." >&2
    exit 1
fi
