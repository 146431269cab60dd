#!/usr/bin/env bash
# classify(body) beside fastText's own program, single thread, on the same texts, both in processor time and without start-up:
# fastText is trained on the same corpus, one character a word (that splitting is not counted), runs of three, its default
# dimension. Skipped without the program fasttext.
# usage: test/cluster.sh test/bench/run.sh text_fasttext
set -eu
if ! command -v fasttext >/dev/null; then echo "skipped: fasttext is not here"; exit 0; fi
work=$(mktemp -d "${TMPDIR:-/tmp}/grid_gov_fasttext.XXXXXX")
trap 'rm -rf "$work"' EXIT
times_over=12
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
# the splitting: a blank after each character
sql -c "SELECT '__label__' || label || ' ' || regexp_replace(lower(text), '(.)', '\1 ', 'g') FROM grid_gov.ref_report ORDER BY md5(text)" >"$work/train"
for ((i = 0; i < times_over; i++)); do cut -d' ' -f2- "$work/train"; done >"$work/texts"
head -1 "$work/texts" >"$work/one"
fasttext supervised -input "$work/train" -output "$work/model" -wordNgrams 3 -bucket 200000 -epoch 5 -thread 1 >/dev/null 2>&1
TIMEFORMAT='%U %S'
used() { { time fasttext predict "$work/model.bin" "$1" >/dev/null; } 2>&1 | awk '{ print $1 + $2 }'; }
theirs=
for _ in 1 2 3; do
  start=$(used "$work/one") whole=$(used "$work/texts")
  theirs="$theirs $(awk -v a="$whole" -v b="$start" 'BEGIN { print a - b }')"
done
theirs=$(printf '%s\n' $theirs | sort -n | sed -n 2p)
ours=$(sql <<SQL
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE body AS SELECT text AS t FROM grid_gov.ref_report, generate_series(1, $times_over) n ORDER BY n, md5(text);
CREATE FUNCTION pg_temp.s() RETURNS float8 LANGUAGE sql VOLATILE AS
\$\$ SELECT coalesce(split_part(pg_read_file('/proc/self/schedstat', 0, 1000, true), ' ', 1)::float8 / 1e9, extract(epoch FROM clock_timestamp())) \$\$;
CREATE TEMP TABLE took (s float8);
DO \$\$
DECLARE a float8; b float8; c float8; n int;
BEGIN
  FOR i IN 0..5 LOOP
    a := pg_temp.s();
    SELECT count(*) INTO n FROM body WHERE octet_length(t) = 0;
    b := pg_temp.s();
    SELECT count(*) INTO n FROM body WHERE octet_length(grid_gov.classify(t)) = 0;
    c := pg_temp.s();
    IF i > 0 THEN INSERT INTO took VALUES ((c - b) - (b - a)); END IF;
  END LOOP;
END \$\$;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s) FROM took;
SQL
)
awk -v n="$(wc -l <"$work/texts")" -v t="$theirs" -v o="$ours" 'BEGIN {
  printf "%d texts: fastText %.2f us each, classify() %.2f us each: %.1f times the throughput (goal 20)\n", n, t * 1e6 / n, o * 1e6 / n, t / o }'
