# What README.md and the pages of doc/ show is what psql prints: every block marked "psql" is run and compared, in the city that
# the pages themselves build (README.md "安装", doc/install.md "第一座城"), on a server whose time zone is another.
# In a block, "city=# " or "city=> " begins a statement and "city-# " goes on with it; what follows is what psql prints. Blocks of
# one page share a session in a city of their own. The blocks that mend a restore without roles and take a city down are run, too.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GridGov;

my $node = GridGov::node('readme', "timezone = 'UTC'");
my $scripts = PostgreSQL::Test::Utils::tempdir();

sub text { my ($file) = @_; open my $h, '<:raw', $file or die "$file: $!\n"; local $/; return <$h> }

# The SQL block of a page's section that contains these words.
sub block {
  my ($file, $section, $words) = @_;
  my ($body) = text($file) =~ /^## \Q$section\E\n(.*?)(?=^## |\z)/ms or die "$file has no section $section\n";
  my ($block) = grep { index($_, $words) >= 0 } $body =~ /^```sql\n(.*?)^```$/msg or die "$file, $section: no block with $words\n";
  return $block;
}

# A block as psql runs it, in a file.
sub run_block {
  my ($database, $what, $sql) = @_;
  open my $h, '>:raw', "$scripts/block.sql" or die;
  print $h $sql;
  close $h;
  $node->command_ok(['psql', '-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database), '-f', "$scripts/block.sql"], $what);
  return;
}

my $install = block('README.md', '安装', 'setup(');
is(block('doc/install.md', '安装', 'setup('), $install, 'README.md and doc/install.md install alike');
run_block('postgres', 'the installation runs as it is shown', $install);
run_block('city', 'and the first city after it', block('doc/install.md', '第一座城', 'gov.staff'));
is($node->safe_psql('city', 'SHOW timezone'), 'Asia/Shanghai', 'which lives by its own time');

for my $file (grep { -f } 'README.md', sort glob 'doc/*.md') {
  my @blocks = text($file) =~ /^```psql\n(.*?)^```$/msg or next;
  my (@sql, @shown);
  for my $block (@blocks) {
    for (split /^/, $block) {
      if (/^\w+=[#>] (.*)/s) { push @sql, $1; push @shown, '' }
      elsif (/^\w+-[#>] (.*)/s) { $sql[-1] .= $1 }
      else { $shown[-1] .= $_ }
    }
  }
  my $script = "$scripts/page.sql";
  open my $s, '>:raw', $script or die;
  print $s "\\echo ---8<---\n$_" for @sql;
  close $s;
  $node->safe_psql('postgres', $_) for 'CREATE DATABASE page TEMPLATE city', q{ALTER DATABASE page SET timezone = 'Asia/Shanghai'};
  my $dsn = $node->connstr('page');
  my $got = `psql -X -q -d '$dsn' -v VERBOSITY=default -f $script 2>&1`;
  $got =~ s/^psql:\Q$script\E:\d+: //mg;
  $node->safe_psql('postgres', 'DROP DATABASE page');
  my (undef, @got) = split /^---8<---\n/m, $got, -1;
  for my $i (0 .. $#sql) {
    my ($want, $have) = map { my $t = $_ // ''; $t =~ s/[ \t]+$//mg; $t =~ s/\s+\z/\n/; $t } $shown[$i], $got[$i];
    is($have, $want, "$file: " . substr($sql[$i] =~ s/\s+/ /gr, 0, 60));
  }
}
# Restored without the roles, all belongs to the superuser; then the city is taken down.
my $things = q{SELECT string_agg(concat_ws(' ', c.relname, c.relowner::regrole, array(SELECT a::text FROM unnest(c.relacl) a ORDER BY a::text COLLATE "C")), E'\n' ORDER BY c.relname)
  FROM pg_class c WHERE c.relnamespace = 'gov'::regnamespace};
$node->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
$node->command_ok(['sh', '-c', q{pg_dump --no-owner --no-acl -d "$1" | psql -X -q -v ON_ERROR_STOP=1 -d "$2"}, '-', $node->connstr('city'), $node->connstr('restored')], 'a restore without roles');
isnt($node->safe_psql('restored', $things), $node->safe_psql('city', $things), 'loses owners and privileges');
run_block('restored', 'the way out', block('doc/install.md', '备份与恢复', 'owner =>'));
is($node->safe_psql('restored', $things), $node->safe_psql('city', $things), 'brings them back');
run_block('restored', 'a city is taken down', block('doc/install.md', '卸载', 'DROP SCHEMA gov'));
is($node->safe_psql('restored', q{SELECT count(*) FROM pg_namespace WHERE nspname IN ('gov', 'grid_gov')}), '0', 'and nothing is left');

$node->stop;
done_testing();
