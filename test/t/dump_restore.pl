#!/usr/bin/env perl
# A city is dumped without flags and restored into a fresh database of the same cluster; encodings, schemas of PostGIS, refusals.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GridGov;

my $node = GridGov::node('dump_restore');
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGOPTIONS} = '-c client_min_messages=warning -c timezone=Asia/Shanghai';
$ENV{LC_ALL} = 'C.UTF-8';

# Run SQL in a database: (exit code, what it printed, errors included).
sub psql {
  my ($db, $sql, @more) = @_;
  my $pid = open(my $out, '-|') // die;
  if (!$pid) {
    open STDERR, '>&', \*STDOUT;
    exec 'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-d', $db, @more, '-c', $sql;
  }
  local $/;
  my $text = <$out> // '';
  close $out;
  $text =~ s/\s+\z//;
  return ($? >> 8, $text);
}

sub is_sql { my ($db, $sql, $want, $what) = @_; my ($rc, $got) = psql($db, $sql); is($got, $want, $what) }
sub ok_sql { my ($db, $sql, $what) = @_; my ($rc, $got) = psql($db, $sql); is($rc, 0, $what) or diag $got }
sub fails { my ($db, $sql, $re, $what) = @_; my ($rc, $got) = psql($db, $sql); ok($rc != 0 && $got =~ $re, $what) or diag $got }

# Every row of gov, table by table, as one digest each; what is there beside rows, as the catalog tells it.
my $rows = q{
  SELECT string_agg(format('%s %s', c.relname, (xpath('/row/d/text()', query_to_xml(format(
    'SELECT count(*) || '' '' || COALESCE(md5(string_agg(t::text, E''\n'' ORDER BY t::text COLLATE "C")), '''') AS d FROM gov.%I t', c.relname), false, true, '')))[1]), E'\n' ORDER BY c.relname)
  FROM pg_class c WHERE c.relnamespace = 'gov'::regnamespace AND c.relkind = 'r'};
my $things = q{
  SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
    SELECT format('%s %s %s %s', c.relkind, c.relname, c.relowner::regrole, array(SELECT a::text FROM unnest(c.relacl) a ORDER BY a::text COLLATE "C")) FROM pg_class c WHERE c.relnamespace = 'gov'::regnamespace
    UNION ALL SELECT pg_get_triggerdef(t.oid) || t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'gov'::regnamespace AND NOT t.tgisinternal
    UNION ALL SELECT pg_get_constraintdef(t.oid) FROM pg_constraint t WHERE t.connamespace = 'gov'::regnamespace
    UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'gov'::regnamespace
    UNION ALL SELECT format('%s %s %s', polname, polrelid::regclass, pg_get_expr(polqual, polrelid)) FROM pg_policy
    UNION ALL SELECT format('%s %s', c.relname, pg_get_viewdef(c.oid)) FROM pg_class c WHERE c.relnamespace = 'gov'::regnamespace AND c.relkind = 'v'
    UNION ALL SELECT format('%s %s %s', c.relname, d.objsubid, d.description) FROM pg_description d JOIN pg_class c ON c.oid = d.objoid WHERE d.classoid = 'pg_class'::regclass AND c.relnamespace = 'gov'::regnamespace
    UNION ALL SELECT format('%s %s', p.oid::regprocedure, array(SELECT a::text FROM unnest(p.proacl) a ORDER BY a::text COLLATE "C")) FROM pg_proc p WHERE p.pronamespace = 'grid_gov'::regnamespace
  ) x (line)};

# Encodings other than UTF-8 are refused, clearly.
for my $encoding ('EUC_CN', 'SQL_ASCII') {
  my $db = 'gg_' . lc $encoding;
  ok_sql('postgres', "CREATE DATABASE $db TEMPLATE template0 ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C'", "database in $encoding");
  fails($db, 'CREATE EXTENSION grid_gov CASCADE', qr/0A000.*encoding UTF8, this one is in \Q$encoding\E.*HINT/s, "refused in $encoding");
}

# A city, with the rows and columns that a city adds itself.
ok_sql('postgres', 'CREATE DATABASE gg_plain TEMPLATE template0', 'database');
ok_sql('gg_plain', 'CREATE EXTENSION grid_gov CASCADE', 'extension, PostGIS in public');
ok_sql('postgres', 'CREATE DATABASE gg_one TEMPLATE gg_plain', 'copy of it');
my ($rc, $log) = psql('gg_one', 'SELECT 1', '-f', 'test/data/city.sql');
is($rc, 0, 'small city') or diag $log;
ok_sql('gg_one', q{
  CREATE ROLE dump_bi NOLOGIN;
  SELECT grid_gov.grant_access('dump_bi', 'bi', '371602');
  SET ROLE gov_owner;
  ALTER TABLE gov.staff ADD COLUMN badge text;
  UPDATE gov.staff SET badge = 'B' || id;
  CREATE INDEX staff_badge_own ON gov.staff (badge);
  CREATE VIEW gov.own_view AS SELECT count(*) FROM gov.staff;
  CREATE TABLE gov.own_table (id int PRIMARY KEY, note text);
  INSERT INTO gov.own_table VALUES (1, '自有');
  UPDATE gov.catalogue SET allow = '30m' WHERE code = '0101'}, 'what the city adds');
my (undef, $live) = psql('gg_one', "SELECT to_regprocedure('grid_gov.act(bigint,text,text,jsonb,integer)') IS NOT NULL AND to_regprocedure('grid_gov.verify_journal(timestamptz,timestamptz)') IS NOT NULL");
SKIP: {
  skip 'no events yet', 2 if $live ne 't';
  ok_sql('gg_one', q{
    SET SESSION AUTHORIZATION worker1;
    INSERT INTO gov.event (body, location) SELECT format('东街%s号门口垃圾成堆', n), 'SRID=4490;POINT(118.005 37.405)'::geometry FROM generate_series(1, 20) n;
    RESET SESSION AUTHORIZATION;
    SET SESSION AUTHORIZATION acceptor1;
    UPDATE gov.event SET action = 'submit' WHERE id % 2 = 0 AND state = 'reported'}, 'events and steps');
  is_sql('gg_one', 'SELECT count(*) FROM grid_gov.verify_journal()', '0', 'journal verifies');
}
my ($rc1, $rows_before) = psql('gg_one', $rows);
my ($rc2, $things_before) = psql('gg_one', $things);

# The dump, without a flag, and the restore.
ok_sql('postgres', 'CREATE DATABASE gg_two TEMPLATE template0', 'fresh database');
my $restore = `{ pg_dump gg_one | psql -X -q -v ON_ERROR_STOP=1 -d gg_two; } 2>&1`;
is($?, 0, 'pg_dump | psql') or diag $restore;
is_sql('gg_two', $rows, $rows_before, 'the same rows');
is_sql('gg_two', $things, $things_before, 'the same tables, triggers, policies, views, privileges');
is_sql('gg_two', q{SELECT string_agg(problem || ' ' || detail, E'\n') FROM grid_gov.check_setup() WHERE problem NOT IN ('calendar_ends', 'long_backdate')}, '', 'check_setup() is content');
is_sql('gg_two', q{SELECT string_agg(object || ' ' || action, ', ' ORDER BY object COLLATE "C") FROM grid_gov.setup('3716', '滨州市') WHERE kind <> 'summary'},
  'gov.catalogue:0101 kept, differs, gov.staff kept, differs', 'setup() sees the same fingerprints');
fails('gg_two', q{BEGIN; GRANT USAGE ON SCHEMA gov TO outsider; GRANT TRUNCATE ON gov.event_log TO outsider; SET ROLE outsider; TRUNCATE gov.event_log}, qr/WG006/, 'live triggers: the journal cannot be emptied');
SKIP: {
  skip 'no events yet', 4 if $live ne 't';
  is_sql('gg_two', 'SELECT count(*) FROM grid_gov.verify_journal()', '0', 'restored journal verifies');
  fails('gg_two', q{SET ROLE gov_owner; UPDATE gov.event SET state = 'closed' WHERE id = 1}, qr/WG00[12]/, 'live triggers: the guard refuses');
  ok_sql('gg_two', q{SET SESSION AUTHORIZATION acceptor1; UPDATE gov.event SET action = 'submit' WHERE state = 'reported'}, 'the city goes on');
  is_sql('gg_two', 'SELECT count(*) FROM grid_gov.verify_journal()', '0', 'and its journal verifies');
}
fails('gg_two', 'DROP EXTENSION grid_gov', qr/2BP01/, 'DROP EXTENSION refuses while gov uses it');
fails('gg_two', 'DROP EXTENSION postgis', qr/2BP01/, 'and so does that of PostGIS');

# PostGIS in a schema of its own.
ok_sql('postgres', 'CREATE DATABASE gg_gis TEMPLATE template0', 'database');
ok_sql('gg_gis', q{CREATE SCHEMA gis; CREATE EXTENSION postgis SCHEMA gis; CREATE EXTENSION grid_gov}, 'PostGIS in another schema');
ok_sql('gg_gis', q{SELECT grid_gov.setup('3716', '滨州市', 'gov_owner')}, 'setup there');
ok_sql('gg_gis', q{SET ROLE gov_owner;
  INSERT INTO gov.grid (code, name, division, boundary) VALUES ('371602001001001', '东街第1网格', '371602001001', 'SRID=4490;MULTIPOLYGON(((118 37.4,118.01 37.4,118.01 37.41,118 37.41,118 37.4)))')}, 'a grid there');
is_sql('gg_gis', q{SELECT grid_gov.locate('SRID=4490;POINT(118.005 37.405)'::gis.geometry)}, '371602001001001', 'locate there');
ok_sql('postgres', 'CREATE DATABASE gg_gis2 TEMPLATE template0', 'database');
$restore = `{ pg_dump gg_gis | psql -X -q -v ON_ERROR_STOP=1 -d gg_gis2; } 2>&1`;
is($?, 0, 'pg_dump | psql there') or diag $restore;
is_sql('gg_gis2', q{SELECT grid_gov.locate('SRID=4490;POINT(118.005 37.405)'::gis.geometry)}, '371602001001001', 'locate in the copy');

# Somebody else's gov, and an owner who is not a superuser and has no superuser's help.
ok_sql('postgres', 'CREATE DATABASE gg_foreign TEMPLATE gg_plain', 'copy of it');
ok_sql('gg_foreign', 'CREATE SCHEMA gov; CREATE TABLE gov.event (id int)', 'a foreign gov');
fails('gg_foreign', q{SELECT grid_gov.setup('3716', '滨州市', 'gov_owner')}, qr/42P06.*not made by grid_gov/s, 'is refused');
is_sql('gg_foreign', q{SELECT count(*) FROM pg_class WHERE relnamespace = 'gov'::regnamespace}, '1', 'and left alone');

# The owner upgrades alone what a superuser has set up.
ok_sql('gg_one', q{SET SESSION AUTHORIZATION gov_owner; SELECT grid_gov.setup('3716', '滨州市')}, 'the owner runs setup() again');

$node->stop;
done_testing();
