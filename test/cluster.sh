#!/usr/bin/env bash
# Start a throw-away PostgreSQL cluster (socket only, no port), run a command in it, stop it and clean up.
# usage: test/cluster.sh [-c setting=value]... COMMAND [ARG...]
#   KEEP=1      leave the cluster running and say how to enter and stop it
#   PG_CONFIG   which PostgreSQL (default: pg_config)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
settings=()
while [ "${1:-}" = -c ]; do settings+=("$2"); shift 2; done
bin=$(${PG_CONFIG:-pg_config} --bindir)
lib=$(${PG_CONFIG:-pg_config} --pkglibdir)
stage=${GRID_GOV_STAGE:-$here/build/stage}
dir=$(mktemp -d "${TMPDIR:-/tmp}/grid_gov.XXXXXX")
chmod 755 "$dir"
if [ "$(id -u)" = 0 ]; then
  chown postgres: "$dir"
  as=(setpriv --reuid=postgres --regid=postgres --init-groups)
else
  as=()
fi
as+=(env -C "$dir" HOME="$dir" LC_ALL=C.UTF-8)
stop() {
  rc=$?
  trap - EXIT
  "${as[@]}" "$bin/pg_ctl" -m immediate -D "$dir/data" stop >/dev/null 2>&1 || true
  if [ $rc != 0 ] && [ -s "$dir/server.log" ]; then
    echo "--- the server's log, last lines"; tail -n "${LOG_LINES:-30}" "$dir/server.log"
  fi
  rm -rf "$dir"
  exit $rc
}
trap stop EXIT
# The server runs as another user than root: give it a copy of the staged files that it can read.
cp -r "$stage" "$dir/stage" 2>/dev/null || { echo "nothing is staged: run 'make stage' first" >&2; exit 1; }
chmod -R a+rX "$dir/stage"
"${as[@]}" "$bin/initdb" -N -A trust -U postgres -E UTF8 --locale=C.UTF-8 -D "$dir/data" >"$dir/initdb.log" 2>&1 ||
  { cat "$dir/initdb.log"; exit 1; }
{
  echo "listen_addresses = ''"
  echo "unix_socket_directories = '$dir'"
  echo "fsync = off"
  echo "synchronous_commit = off"
  echo "full_page_writes = off"
  echo "shared_buffers = '256MB'"
  echo "max_wal_size = '8GB'"
  echo "log_min_messages = warning"
  echo "extension_destdir = '$dir/stage'"
  echo "dynamic_library_path = '$dir/stage$lib:$lib'"
  for s in ${settings[@]+"${settings[@]}"}; do echo "$s"; done
} >>"$dir/data/postgresql.conf"
"${as[@]}" "$bin/pg_ctl" -w -s -D "$dir/data" -l "$dir/server.log" start
export PGHOST=$dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres PATH=$bin:$PATH GRID_GOV_LOG=$dir/server.log
"$@"
if [ "${KEEP:-}" = 1 ]; then
  trap - EXIT
  echo
  echo "The cluster is still running. Enter it:   psql -h $dir -U postgres -d ${KEEP_DB:-postgres}"
  if [ "$(id -u)" = 0 ]; then
    echo "Stop it and clean up:   setpriv --reuid=postgres --regid=postgres --init-groups $bin/pg_ctl -D $dir/data -m fast stop; rm -rf $dir"
  else
    echo "Stop it and clean up:   $bin/pg_ctl -D $dir/data -m fast stop; rm -rf $dir"
  fi
fi
