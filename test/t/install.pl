# Installing and leaving: PostGIS in any schema, versions, members, what DROP EXTENSION leaves (encodings: dump_restore.pl).
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GridGov;

my $node = GridGov::node('install');

# PostGIS may live in any schema, and the caller's search_path does not matter.
$node->safe_psql('postgres', 'CREATE DATABASE elsewhere TEMPLATE template0 ENCODING UTF8');
$node->safe_psql('elsewhere', 'CREATE SCHEMA gis; CREATE EXTENSION postgis SCHEMA gis');
$node->safe_psql('elsewhere', 'SET search_path = pg_catalog; CREATE EXTENSION grid_gov');
is($node->safe_psql('elsewhere', 'SELECT grid_gov.library_version() = extversion FROM pg_extension WHERE extname = $$grid_gov$$'),
  't', 'the library and the script are of one version, PostGIS in schema gis');
is($node->safe_psql('elsewhere', q{SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  WHERE n.nspname = 'grid_gov' AND c.relkind IN ('r', 'v', 'm', 'S') AND d.objid IS NULL}),
  '0', 'everything in schema grid_gov is a member of the extension');

# A schema of that name made by somebody else is not adopted.
$node->safe_psql('postgres', 'CREATE DATABASE taken TEMPLATE template0 ENCODING UTF8');
$node->safe_psql('taken', 'CREATE SCHEMA grid_gov');
my ($rc, $out, $err) = $node->psql('taken', 'CREATE EXTENSION grid_gov CASCADE');
like($err, qr/schema "grid_gov" already exists/, 'a schema grid_gov made by somebody else is refused');

# Leaving without a trace.
$node->safe_psql('elsewhere', 'DROP EXTENSION grid_gov');
is($node->safe_psql('elsewhere', q{SELECT count(*) FROM pg_namespace WHERE nspname IN ('grid_gov', 'gov')}), '0',
  'DROP EXTENSION without a city leaves nothing');
$node->safe_psql('elsewhere', 'CREATE EXTENSION grid_gov');
pass('and it can be created again');

$node->stop;
done_testing();
