# What README.md and the pages of doc/ show is what psql prints: every block marked "psql" is run in the small city and compared.
# In a block, "city=# " begins a statement and "city-# " goes on with it; what follows is what psql prints. Blocks of one page
# share a session in a city of their own.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GridGov;

my $node = GridGov::node('readme');
GridGov::city($node, 'city');

for my $file (grep { -f } 'README.md', sort glob 'doc/*.md') {
  open my $h, '<:raw', $file or die "$file: $!\n";
  my $text = do { local $/; <$h> };
  my @blocks = $text =~ /^```psql\n(.*?)^```$/msg or next;
  my (@sql, @shown);
  for my $block (@blocks) {
    for (split /^/, $block) {
      if (/^\w+=# (.*)/s) { push @sql, $1; push @shown, '' }
      elsif (/^\w+-# (.*)/s) { $sql[-1] .= $1 }
      else { $shown[-1] .= $_ }
    }
  }
  my $script = PostgreSQL::Test::Utils::tempdir() . '/page.sql';
  open my $s, '>:raw', $script or die;
  print $s "\\echo ---8<---\n$_" for @sql;
  close $s;
  $node->safe_psql('postgres', 'CREATE DATABASE page TEMPLATE city');
  my $dsn = $node->connstr('page');
  local $ENV{PGOPTIONS} = '-c timezone=Asia/Shanghai -c datestyle=ISO,YMD';
  my $got = `psql -X -q -d '$dsn' -v VERBOSITY=default -f $script 2>&1`;
  $got =~ s/^psql:\Q$script\E:\d+: //mg;
  $node->safe_psql('postgres', 'DROP DATABASE page');
  my (undef, @got) = split /^---8<---\n/m, $got, -1;
  for my $i (0 .. $#sql) {
    my ($want, $have) = map { my $t = $_ // ''; $t =~ s/[ \t]+$//mg; $t =~ s/\s+\z/\n/; $t } $shown[$i], $got[$i];
    is($have, $want, "$file: " . substr($sql[$i] =~ s/\s+/ /gr, 0, 60));
  }
}
$node->stop;
done_testing();
