#!/usr/bin/env bash
# Every regression topic with the library built under AddressSanitizer and UndefinedBehaviorSanitizer, in a stock server.
# usage: test/world/sanitizers.sh [TOPIC...]     (needs gcc's libasan and libubsan; no leak check: the server frees by contexts)
set -eu
cd "$(dirname "$0")/../.."
. test/functions.sh
work=build/sanitizers
asan=$(gcc -print-file-name=libasan.so) ubsan=$(gcc -print-file-name=libubsan.so)
if [ "$asan" = libasan.so ] || [ "$ubsan" = libubsan.so ]; then echo "skip: gcc's sanitizer libraries are not here"; counts 0 0 1; exit 0; fi
rm -rf $work; mkdir -p $work/tree
cp -r Makefile grid_gov.control src sql test $work/tree/
find $work/tree \( -name '*.o' -o -name '*.so' -o -name 'grid_gov--*.sql' -not -path '*/updates/*' \) -delete
echo "building with sanitizers"
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -j2 -C $work/tree stage COPT='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g -O1' >$work/make.log 2>&1 ||
  { tail -20 $work/make.log; exit 1; }
# Preloading libasan alone hangs in gettext, which calls malloc before it is ready.
echo 'char *bindtextdomain(const char *d, const char *n) { (void) d; return (char *) n; }
char *textdomain(const char *d) { return (char *) d; }' >$work/nonls.c
gcc -shared -fPIC -o $work/tree/build/stage/nonls.so $work/nonls.c
log=$(mktemp -d "${TMPDIR:-/tmp}/grid_gov_asan.XXXXXX")
chmod 777 "$log"
rc=0
GRID_GOV_STAGE=$PWD/$work/tree/build/stage RESULTS=$PWD/$work/regress \
  GRID_GOV_SERVER_ENV="LD_PRELOAD=$(readlink -f "$asan"):$(readlink -f "$ubsan"):@STAGE@/nonls.so ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:log_path=$log/asan UBSAN_OPTIONS=print_stacktrace=1:abort_on_error=1:log_path=$log/ubsan" \
  timeout 1500 test/cluster.sh -c "jit = off" test/regress.sh "$@" || rc=$?
if ls "$log"/* >/dev/null 2>&1; then rc=1; head -60 "$log"/*; fi
rm -rf "$log"
exit $rc
