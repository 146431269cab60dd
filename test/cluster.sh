#!/usr/bin/env bash
# Start a throw-away PostgreSQL cluster (socket only, no port), run a command in it, stop it and clean up.
# usage: test/cluster.sh [-c setting=value]... COMMAND [ARG...]
#   KEEP=1      leave the cluster running and say how to enter and stop it
#   KEEP_DB     the database that is named then
#   PG_CONFIG   which PostgreSQL (default: pg_config)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
settings=()
while [ "${1:-}" = -c ]; do settings+=("$2"); shift 2; done
bin=$(${PG_CONFIG:-pg_config} --bindir)
lib=$(${PG_CONFIG:-pg_config} --pkglibdir)
stage=${GRID_GOV_STAGE:-$here/build/stage}
# Where the server finds the staged files: Debian's extension_destdir, PostgreSQL 18's extension_control_path, or nowhere.
known=$("$bin/postgres" --describe-config)
case $known in
  *extension_destdir*) way=destdir ;;
  *extension_control_path*) way=path ;;
  *)
    way=installed
    version=$(sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" "$here/grid_gov.control")
    if [ ! -f "$(${PG_CONFIG:-pg_config} --sharedir)/extension/grid_gov--$version.sql" ]; then
      echo "This PostgreSQL can only load extensions from its own folders: run 'make install' first, then this again." >&2
      exit 1
    fi
    echo "note: this PostgreSQL loads extensions from its own folders only; testing what 'make install' put there" >&2
    ;;
esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/grid_gov.XXXXXX")
chmod 755 "$dir"
if [ "$(id -u)" = 0 ]; then
  # The server refuses to be run by root.
  user=postgres
  id -u $user >/dev/null 2>&1 || user=nobody
  as=(setpriv --reuid=$user --regid="$(id -g $user)" --init-groups)
  if ! "${as[@]}" test -x "$dir"; then
    rmdir "$dir"
    dir=$(mktemp -d /tmp/grid_gov.XXXXXX)
    chmod 755 "$dir"
  fi
  chown $user: "$dir"
else
  as=()
fi
as+=(env -C "$dir" HOME="$dir" LC_ALL=C.UTF-8)
stop() {
  rc=$?
  trap - EXIT
  "${as[@]}" "$bin/pg_ctl" -m immediate -D "$dir/data" stop >/dev/null 2>&1 || true
  if [ $rc != 0 ] && [ -s "$dir/server.log" ]; then
    echo "--- the server's log, last lines"; tail -n "${LOG_LINES:-10}" "$dir/server.log"
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
  if [ $way = destdir ]; then echo "extension_destdir = '$dir/stage'"; fi
  if [ $way = path ]; then echo "extension_control_path = '$dir/stage$(${PG_CONFIG:-pg_config} --sharedir):\$system'"; fi
  if [ $way != installed ]; then echo "dynamic_library_path = '$dir/stage$lib:$lib'"; fi
  for s in ${settings[@]+"${settings[@]}"}; do echo "$s"; done
} >>"$dir/data/postgresql.conf"
# GRID_GOV_SERVER_ENV: variables for the server alone, words of the form NAME=VALUE; @STAGE@ is the folder of staged files.
server_env=(${GRID_GOV_SERVER_ENV:-})
"${as[@]}" env "${server_env[@]//@STAGE@/$dir/stage}" "$bin/pg_ctl" -w -s -D "$dir/data" -l "$dir/server.log" start
export PGHOST=$dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres PATH=$bin:$PATH GRID_GOV_LOG=$dir/server.log
"$@"
if [ "${KEEP:-}" = 1 ]; then
  trap - EXIT
  echo
  echo "The cluster is still running. Enter it:   psql -h $dir -U postgres -d ${KEEP_DB:-postgres}"
  if [ "$(id -u)" = 0 ]; then
    echo "Stop it and clean up:   ${as[*]:0:4} $bin/pg_ctl -D $dir/data -m fast stop; rm -rf $dir"
  else
    echo "Stop it and clean up:   $bin/pg_ctl -D $dir/data -m fast stop; rm -rf $dir"
  fi
fi
