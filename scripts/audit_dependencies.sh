#!/usr/bin/env bash
# Compares what is pinned with the published security advisories. Fails on a finding that
# scripts/accepted_advisories.txt does not explain. Without a connection to the advisory service it says so and
# passes, unless AUDIT_REQUIRED=1. Usage: audit_dependencies.sh [path of pip-audit]
set -euo pipefail
cd "$(dirname "$0")/.."
audit=${1:-pip-audit}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

ignored=()
while read -r advisory _; do
    case $advisory in '' | '#'*) ;; *) ignored+=(--ignore-vuln "$advisory") ;; esac
done <scripts/accepted_advisories.txt

# Its exit status only says that there are findings; what it found is in the answer.
words=$("$audit" --requirement constraints.txt --no-deps --disable-pip --timeout 5 --progress-spinner off \
    --format json --output "$answer" "${ignored[@]}" 2>&1) || true

python=$(dirname "$audit")/python
[ -x "$python" ] || python=python3
WORDS=$words "$python" - "$answer" <<'PYTHON'
import json, os, sys

required = os.environ.get("AUDIT_REQUIRED") == "1"

def not_audited(why):
    print(f"dependencies were NOT audited: {why}")
    sys.exit(1 if required else 0)

try:
    with open(sys.argv[1]) as file:
        packages = json.load(file)["dependencies"]
except (ValueError, KeyError):
    not_audited((os.environ["WORDS"].strip().splitlines() or ["pip-audit gave no answer"])[-1][:200])

found = [(one["name"], one["version"], vuln) for one in packages for vuln in one.get("vulns", [])]
skipped = [one["name"] for one in packages if "skip_reason" in one]
for name, version, vuln in found:
    print(f"{name} {version}: {vuln['id']}, fixed in {', '.join(vuln['fix_versions']) or 'no version yet'}")
if found:
    sys.exit(f"{len(found)} advisories for pinned dependencies: update them, or explain in scripts/accepted_advisories.txt")
if len(skipped) == len(packages):
    not_audited(f"the advisory service knows none of the {len(packages)} packages, or cannot be reached from here")
if skipped:
    not_audited(f"nothing is known of {', '.join(skipped)}; the other {len(packages) - len(skipped)} are clean")
print(f"{len(packages)} pinned dependencies, no known advisory")
PYTHON
