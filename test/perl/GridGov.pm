package GridGov;

# Clusters for TAP tests: PostgreSQL::Test::Cluster nodes that find the staged extension.
#   my $node = GridGov::node('main');                  started, socket only
#   GridGov::extension($node, 'city');                 a database with the extension
#   GridGov::city($node, 'city');                      the same with the small city of test/data/city.sql
# A test runs in the root folder of (a copy of) the tree.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

# Lines for postgresql.conf with which a server finds the staged extension.
sub settings {
  my ($stage, $lib, $share) = @ENV{qw(GRID_GOV_STAGE GRID_GOV_LIBDIR GRID_GOV_SHAREDIR)};
  my $known = qx(postgres --describe-config);
  my $path = $known =~ /^extension_destdir\t/m ? "extension_destdir = '$stage'\n"
    : $known =~ /^extension_control_path\t/m ? "extension_control_path = '$stage$share:\$system'\n" : '';
  $path .= "dynamic_library_path = '$stage$lib:$lib'\n" if $path;
  return $path . "timezone = 'Asia/Shanghai'\ndatestyle = 'ISO, YMD'\nlog_statement = none\n";
}

# A started server of its own; more lines for its configuration may follow the name.
sub node {
  my ($name, @conf) = @_;
  my $node = PostgreSQL::Test::Cluster->new($name);
  $node->init(extra => ['--encoding=UTF8', '--locale=C.UTF-8']);
  $node->append_conf('postgresql.conf', join("\n", settings(), @conf, ''));
  $node->start;
  return $node;
}

# A database with the extension.
sub extension {
  my ($node, $database) = @_;
  $node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0 ENCODING UTF8");
  $node->safe_psql($database, 'SET client_min_messages = warning; CREATE EXTENSION grid_gov CASCADE');
  return;
}

# A database with the small city that the regression tests use.
sub city {
  my ($node, $database) = @_;
  extension($node, $database);
  $node->command_ok(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database), '-f', 'test/data/city.sql'],
    "the small city is set up in $database");
  return;
}

1;
