#!/usr/bin/env bash
# Print the public contract as a fresh city has it (run inside test/cluster.sh).
set -eu
here=$(dirname "$0")
psql -X -q -v ON_ERROR_STOP=1 -c 'SET client_min_messages TO warning' -c 'CREATE EXTENSION grid_gov CASCADE' -c 'CREATE ROLE gov_owner NOLOGIN' \
  -c "SELECT count(*) FROM grid_gov.setup('3716', '滨州市', 'gov_owner')" >/dev/null
psql -X -q -v ON_ERROR_STOP=1 -f "$here/print.sql"
