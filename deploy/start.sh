#!/bin/sh
# Migrate, fill an empty embedded shop with demo trade unless DEMO=off, then become the server.
set -e
python -m app migrate
[ "${DEMO:-on}" = off ] || python -m app demo --if-empty
exec python -m app serve
