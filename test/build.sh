#!/usr/bin/env bash
# Build and stage (make stage), saying how far it is; the whole output is in build/make.log.
set -u
cd "$(dirname "$0")/.."
mkdir -p build
total=$(ls src/*.c src/*/*.c | wc -l)
echo "building grid_gov with $(${PG_CONFIG:-pg_config} --version)"
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -j2 --no-print-directory stage 2>&1 | tee build/make.log |
  awk -v total="$total" '/ -c -o /{ if (++n % 10 == 0) { printf "  compiled %d of %d\n", n, total; fflush() } }'
if [ "${PIPESTATUS[0]}" != 0 ]; then
  grep -E ' (fatal )?error: |\*\*\*' build/make.log | head -20
  echo "the build failed; its output is in build/make.log"
  exit 1
fi
grep -E 'warning:' build/make.log || true
echo "built"
