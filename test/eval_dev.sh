#!/usr/bin/env bash
# Measure the shipped classifier on the real reports of ../shared/text/eval_dev.tsv (not part of the project; skipped where
# they are not there) against a plain keyword list, and hold it to floors.
# usage: test/eval_dev.sh      (after make stage; GRID_GOV_SHARED names another folder than ../shared)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
shared=${GRID_GOV_SHARED:-$here/../shared}
dev=$shared/text/eval_dev.tsv seed=$shared/seeds/001_street_survey_garbled.txt
if [ ! -r "$dev" ] || [ ! -r "$seed" ]; then
  echo "skipped evaluation on real reports: $dev is not here"
  exit 0
fi
readable=$(mktemp)                       # the server reads it as another user
trap 'rm -f "$readable"' EXIT
cp "$seed" "$readable"; chmod 644 "$readable"
"$here/test/cluster.sh" psql -X -q -v seed="$readable" -v f1=0.78 -v lenient=0.88 -v worst=0.70 -v lenient80=0.92 -v ece=0.08 \
  -f "$here/test/eval_dev.sql" <"$dev"
