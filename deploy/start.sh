#!/bin/sh
# What the image runs: `web`, or any command of `python -m app`, such as worker or migrate.
# Before web serves it migrates, unless MIGRATE=off, and fills an empty embedded shop with demo trade, unless DEMO=off.
set -e
[ "${1:-web}" = web ] || exec python -m app "$@"
[ "${MIGRATE:-on}" = off ] || python -m app migrate
case ${DATABASE_URL:-sqlite} in
    sqlite*) [ "${DEMO:-on}" = off ] || python -m app demo --if-empty ;;
esac
exec python -m app serve
