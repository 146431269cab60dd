#!/usr/bin/env bash
# Everything a commit must pass; the last line is "N passed, N failed" (and ", N skipped" if any).
# A regression topic, an isolation spec, one TAP test and one lint check count one each.
# usage: test/check.sh [world]    world: also the longer proofs test/world/*.sh, each counting one
set -u
cd "$(dirname "$0")/.."
unset KEEP
passed=0 failed=0 skipped=0
mkdir -p build
result=build/check.result

step() { printf '\n=== %s\n' "$1"; }
# Run a runner, show what it prints, add up the counts that it left in build/check.result.
runner() {
  local name=$1 start=$SECONDS p f s rc
  shift
  step "$name"
  rm -f $result
  GRID_GOV_RESULT=$PWD/$result "$@"
  rc=$?
  p=0 f=0 s=0
  if [ -f $result ]; then read -r p f s <$result; fi
  if [ $rc != 0 ] && [ "$f" = 0 ]; then
    f=1
    echo "$name broke off (exit code $rc)"
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  echo "$name: $p passed, $f failed$([ "$s" = 0 ] || echo ", $s skipped") ($((SECONDS - start)) s)"
}
finish() {
  printf '\n%d passed, %d failed%s\n' $passed $failed "$([ $skipped = 0 ] || echo ", $skipped skipped")"
  [ $failed = 0 ]
  exit
}

step "packages"
test/deps.sh || { failed=1; finish; }
step "build"
test/build.sh || { failed=1; finish; }

runner regression test/cluster.sh test/regress.sh
runner isolation test/cluster.sh test/isolation.sh
runner tap test/tap.sh
runner evaluation test/eval_dev.sh
runner lint perl test/lint/lint.pl
if [ "${1:-}" = world ]; then
  for proof in test/world/*.sh; do
    [ -f "$proof" ] || continue
    runner "$(basename "$proof" .sh)" "$proof"
  done
fi
finish
