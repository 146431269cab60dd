# The real reports of ../shared/text/eval_dev.tsv (not part of the project) through report(): every one becomes an event,
# sorted as classify() sorts it, with its journal. Skipped where the file is not there.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GridGov;

my $file = ($ENV{GRID_GOV_SHARED} || '../shared') . '/text/eval_dev.tsv';
plan skip_all => 'the real reports are not here' if !-r $file;

my $node = GridGov::node('report_dev');
GridGov::city($node, 'city');
my $copy = PostgreSQL::Test::Utils::tempdir() . '/dev.tsv';
open my $in, '<:raw', $file or die "$file: $!";
open my $out, '>:raw', $copy or die "$copy: $!";
print $out $_ while <$in>;
close $out;
my $rows = $node->safe_psql('city', qq{
  CREATE TABLE dev (id text, text text, label text, alt_label text, source text, original_label text, stratum text, split text);
  \\copy dev FROM '$copy' WITH (FORMAT csv, DELIMITER E'\\t', HEADER, QUOTE E'\\b')
  GRANT SELECT ON dev TO bridge;
  SELECT count(*) FROM dev});
cmp_ok($rows, '>=', 446, "$rows reports are loaded");
is($node->safe_psql('city', q{
  SET SESSION AUTHORIZATION bridge;
  SET grid_gov.actor = 'reporter:eval';
  SELECT count(grid_gov.report(text, source => '12345', external_id => id)) FROM dev}), $rows, 'report() takes every one');
is($node->safe_psql('city', 'SELECT count(*) FROM gov.event WHERE grid IS NULL AND area = $$3716$$ AND seq = 1 AND case_no IS NOT NULL'),
  $rows, 'each is an event without a place, in the area of the bridge');
is($node->safe_psql('city', 'SELECT count(*) FROM gov.event e WHERE e.category IS DISTINCT FROM grid_gov.classify(e.body)'), '0',
  'each is sorted as classify() sorts it');
is($node->safe_psql('city', 'SELECT count(*) FROM gov.event e WHERE e.handling_allow IS NULL OR e.item IS NULL'), '0',
  'each has an item and a limit');
cmp_ok($node->safe_psql('city', 'SELECT count(*) FROM gov.event WHERE needs_review'), '>', 0, 'some are handed to a person');
is($node->safe_psql('city', q{
  SET SESSION AUTHORIZATION bridge;
  SET grid_gov.actor = 'reporter:eval';
  SELECT count(DISTINCT grid_gov.report(text, source => '12345', external_id => id)) FROM dev}), $rows, 'a second delivery makes no second event');
is($node->safe_psql('city', 'SELECT count(*) FROM gov.event'), $rows, 'nor any row');
is($node->safe_psql('city', 'SELECT count(*) FROM grid_gov.verify_journal()'), '0', 'the journal is whole');
$node->stop;
done_testing();
