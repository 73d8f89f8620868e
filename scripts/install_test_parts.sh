#!/usr/bin/env bash
# Real parts for the tests: Chromium for pages, MariaDB for the relational store. Says what it could not install.
set -u
missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
{ command -v mariadbd || [ -x /usr/sbin/mariadbd ]; } >/dev/null 2>&1 || missing+=(mariadb-server)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then as_root=(sudo -n); fi
fi
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" -eq 0 ] || [ ${#as_root[@]} -gt 0 ]; }; then
    echo "Installing ${missing[*]} for the tests ..."
    "${as_root[@]}" apt-get update -qq >/dev/null &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
for part in "${missing[@]}"; do
    case $part in
        chromium) command -v chromium >/dev/null 2>&1 || echo "Could not install chromium: the browser tests cannot run. Install it by hand." ;;
        mariadb-server) [ -x /usr/sbin/mariadbd ] || command -v mariadbd >/dev/null 2>&1 ||
            echo "Could not install mariadb-server: the store tests run on SQLite alone. Install it by hand." ;;
    esac
done
exit 0
