#!/usr/bin/env bash
# Measure the shipped classifier on the real reports of ../shared/text/eval_dev.tsv (not part of the project; skipped where
# they are not there) against a plain keyword list, and hold it to floors.
# usage: test/eval_dev.sh      (after make stage; GRID_GOV_SHARED names another folder than ../shared)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
shared=${GRID_GOV_SHARED:-$here/../shared}
. "$here/test/functions.sh"
dev=$shared/text/eval_dev.tsv seed=$shared/seeds/001_street_survey_garbled.txt
if [ ! -r "$dev" ] || [ ! -r "$seed" ]; then
  echo "skipped evaluation on real reports: $dev is not here"
  counts 0 0 1
  exit 0
fi
readable=$(mktemp)                       # the server reads it as another user
trap 'rm -f "$readable"' EXIT
cp "$seed" "$readable"; chmod 644 "$readable"
rc=0
out=$("$here/test/cluster.sh" psql -X -q -v seed="$readable" -v f1=0.80 -v lenient=0.93 -v worst=0.70 -v strict80=0.87 -v lenient80=0.95 -v ece=0.08 \
  -f "$here/test/eval_dev.sql" <"$dev" 2>&1) || rc=$?
printf '%s\n' "$out"
# shellcheck disable=SC2046
counts $(printf '%s\n' "$out" | sed -n 's/^evaluation: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2 0/p' | grep . || echo 0 1 0)
exit $rc
