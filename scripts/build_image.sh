#!/usr/bin/env bash
# Build the image with Docker or Podman; where neither answers, with buildah, which needs no engine. What follows the
# script's name goes to the builder as it is. TAG names the image, BASE another image to build on.
#
# With buildah and without BASE the base is a Debian made here from its packages: that needs root, and no registry.
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${TAG:-retail-sync}
suite=bookworm

for engine in docker podman; do
    if "$engine" info >/dev/null 2>&1; then
        exec "$engine" build --tag "$tag" ${BASE:+--build-arg BASE="$BASE"} "$@" .
    fi
done

for tool in buildah mmdebstrap; do
    command -v "$tool" >/dev/null || { echo "No Docker or Podman answers, and $tool is missing: apt-get install buildah mmdebstrap"; exit 1; }
done

if [ -z "${BASE:-}" ]; then
    BASE=localhost/debian-python:$suite
    if ! buildah inspect --type image "$BASE" >/dev/null 2>&1; then
        echo "Making a base of Debian $suite with Python ..."
        root=$(mktemp --suffix=.tar)
        trap 'rm -f "$root"' EXIT
        mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,ca-certificates,tzdata \
            --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
            --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
            "$suite" "$root"
        container=$(buildah from scratch)
        buildah add --quiet "$container" "$root" / >/dev/null
        buildah commit --quiet --rm "$container" "$BASE" >/dev/null
    fi
fi
buildah build --isolation chroot --layers --format docker --build-arg BASE="$BASE" --tag "$tag" "$@" .
