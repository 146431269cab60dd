#!/usr/bin/env bash
# The normaliser and the model reader on whatever libFuzzer makes up, outside of a server, with AddressSanitizer and
# UndefinedBehaviorSanitizer. Skipped without clang or its fuzzer.
# usage: test/world/fuzz.sh [SECONDS]     (of each target; default 30)
set -u
cd "$(dirname "$0")/../.."
. test/functions.sh
seconds=${1:-30}
config=${PG_CONFIG:-pg_config}
work=build/fuzz
rm -rf $work; mkdir -p $work
pure=$(printf 'src/text/%s.c ' score model lexicon normal charmap slow category)
passed=0 failed=0
echo 'int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n) { (void) d; (void) n; return 0; }' >$work/probe.c
if ! clang -fsanitize=fuzzer,address,undefined -o $work/probe $work/probe.c >/dev/null 2>&1; then
  echo "skipped: clang with libFuzzer is not here"; counts 0 0 1; exit 0
fi
# real texts of the corpus, and heads of models, to begin with
for target in normal model; do mkdir -p $work/seeds.$target; done
cut -f4 sql/ref/corpus.tsv | awk -v d=$work/seeds.normal 'NR % 40 == 1 { print > (d "/" NR) }'
printf '治(zh\303\254)理 #非警务#纠纷# 13812345678 cafe\314\201 \343\216\241' >$work/seeds.normal/rules
perl -e 'for my $n (1, 6, 137) { my ($s, $b) = (int(($n + 2 + 7) / 8) * 8, $n <= 8 ? 4 : 5); open my $h, ">", "$ARGV[0]/$n" or die; binmode $h;
  print $h pack("LLLllllfffflx0", 0x4D544747, 2, 0, $n, $b, $s, 10, 0.01, 1.2, 0.3, 0.4, 0), pack("f*", (0.1) x $s), map { pack("a64", "l$_") } 1 .. $n }' $work/seeds.model
for target in normal model; do
  if ! clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Isrc -I"$($config --includedir-server)" $(pkg-config --cflags icu-uc) \
      -o $work/$target test/fuzz/$target.c test/fuzz/stubs.c $pure -L"$($config --libdir)" -L"$($config --pkglibdir)/../lib" -L"$(dirname "$($config --pgxs)")/../../../lib" \
      -lpgcommon -lpgport $(pkg-config --libs icu-uc) -lm >$work/$target.build 2>&1; then
    echo "FAILED $target: does not build"; tail -20 $work/$target.build; failed=$((failed + 1)); continue
  fi
  mkdir -p $work/corpus.$target
  if $work/$target -max_total_time="$seconds" -timeout=10 -max_len=8192 -artifact_prefix=$work/$target. $work/corpus.$target $work/seeds.$target >$work/$target.log 2>&1; then
    echo "ok     $target: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 runs/p' $work/$target.log), $(ls $work/corpus.$target | wc -l) inputs that reach something new"
    passed=$((passed + 1))
  else
    echo "FAILED $target"; tail -40 $work/$target.log; failed=$((failed + 1))
  fi
done
echo "fuzz: $passed passed, $failed failed"
counts $passed $failed 0
[ $failed = 0 ]
