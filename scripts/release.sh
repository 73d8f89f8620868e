#!/usr/bin/env bash
# Releases the version that app/__init__.py names: checks that CHANGELOG.md tells of it and that nothing lies around,
# runs the checks and tests, builds the image where something can, and sets the tag. Publishes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
refuse() { echo "No release: $*" >&2; exit 1; }

version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' app/__init__.py)
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || refuse "app/__init__.py names no version such as 1.2.3 (it is '$version')"
grep -qE "^## ${version//./\\.} - [0-9]{4}-[0-9]{2}-[0-9]{2}\$" CHANGELOG.md ||
    refuse "CHANGELOG.md has no heading '## $version - $(date +%F)'"
[ -z "$(git status --porcelain)" ] || refuse "the working tree has changes; commit them, or take them back"
! git rev-parse --quiet --verify "refs/tags/v$version" >/dev/null ||
    refuse "the tag v$version is there already; name the next version in app/__init__.py"

.ci/run

image=
for engine in docker podman; do
    if "$engine" info >/dev/null 2>&1; then
        "$engine" build --tag "retail-sync:$version" .
        image=retail-sync:$version
        break
    fi
done
[ -n "$image" ] || echo "The image was NOT built: neither Docker nor Podman answers here."

[ -z "$(git status --porcelain)" ] || refuse "the checks left changes in the working tree"
git tag --annotate "v$version" --message "Retail Sync $version"
echo "v$version is tagged${image:+ and $image built}. Publish it: git push origin v$version"
