# Checks of the SQL: names are qualified, paths pinned, nothing taken over, nothing of the contract dropped.
use strict;
use warnings;
our @checks;

sub fragments { return files(qr{^sql/\d\d-[^/]*\.sql$}) }
sub gov_files { return files(qr{^sql/gov/[^/]*\.sql$}) }
# Each statement of some files as [file, line, text]; body strings stay inside.
sub all_statements {
  return map { my $f = $_; map { [$f, $_->[1], $_->[0]] } statements(text($f) =~ s/^\\[^\n]*//mgr) } @_;
}
sub place { my ($s) = @_; return "$s->[0]:$s->[1]" }
my $name = qr/(?:"[^"]+"|\w+)/;

push @checks, 'install script: creates, never replaces or adopts' => sub {
  return map { place($_) . ': ' . $1 } grep { $_->[2] =~ /^(CREATE\s+OR\s+REPLACE\s+\w+|CREATE\b[^(]*?\bIF\s+NOT\s+EXISTS)/i } all_statements(fragments());
};

push @checks, 'install script: every created name is qualified with grid_gov' => sub {
  my @bad;
  for my $s (all_statements(fragments())) {
    next if $s->[2] !~ /^CREATE\s+(FUNCTION|PROCEDURE|AGGREGATE|TYPE|TABLE|VIEW|MATERIALIZED\s+VIEW|SEQUENCE|DOMAIN|OPERATOR(?:\s+CLASS|\s+FAMILY)?)\s+($name(?:\.$name)?|\S+)/i;
    push @bad, place($s) . ": \L$1\E $2" if $2 !~ /^grid_gov\./;
  }
  return @bad;
};

push @checks, 'gov: every created table, view and sequence is qualified with gov' => sub {
  my @bad;
  for my $s (all_statements(gov_files())) {
    push @bad, place($s) . ": $1 $2" if $s->[2] =~ /^CREATE\s+(TABLE|VIEW|MATERIALIZED\s+VIEW|SEQUENCE|FUNCTION)\s+($name(?:\.$name)?)/i && $2 !~ /^gov\./;
    push @bad, place($s) . ": index on $1" if $s->[2] =~ /^CREATE\s+(?:UNIQUE\s+)?INDEX\b.*?\bON\s+(\S+)/is && $1 !~ /^gov\./;
    push @bad, place($s) . ": trigger on $1" if $s->[2] =~ /^CREATE\s+(?:CONSTRAINT\s+)?TRIGGER\b.*?\bON\s+(\S+)/is && $1 !~ /^gov\./;
  }
  return @bad;
};

push @checks, 'PL/pgSQL and plain SQL functions pin their search_path' => sub {
  my @bad;
  for my $s (all_statements(fragments(), files(qr{^sql/updates/}))) {
    next if $s->[2] !~ /^CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\s+([^\s(]+)/i;
    my $f = $1;
    my $head = $s->[2] =~ s/(\$\w*\$).*?\1//gsr;
    next if $head !~ /\bLANGUAGE\s+'?(plpgsql|sql)\b/i;
    next if lc $1 eq 'sql' && ($head =~ /\bBEGIN\s+ATOMIC\b|\bRETURN\b(?!S)/i);       # bound when created
    push @bad, place($s) . ": $f" if $head !~ /\bSET\s+search_path\s*(?:=|TO)\s*pg_catalog,\s*(?:grid_gov,\s*)?pg_temp\b/i;
  }
  return @bad;
};

push @checks, 'nothing runs with the rights of the installer, no roles or database settings are made' => sub {
  my @bad;
  for my $s (all_statements(fragments(), gov_files(), files(qr{^sql/updates/}))) {
    my $head = $s->[2] =~ s/(\$\w*\$).*?\1//gsr;
    push @bad, place($s) . ": \U$1" if $head =~ /\b(SECURITY\s+DEFINER|FORCE\s+ROW\s+LEVEL\s+SECURITY)\b/i || $s->[2] =~ /(?:^|;\s*|\bEXECUTE\s+\S*')(CREATE\s+(?:ROLE|USER)\b|ALTER\s+DATABASE\b)/i;
  }
  return @bad;
};

push @checks, 'C functions of the extension: symbol, volatility and parallel safety are said' => sub {
  my @bad;
  for my $s (all_statements(fragments())) {
    next if $s->[2] !~ /^CREATE\s+FUNCTION\s+([^\s(]+)/i;
    my $f = $1;
    my $head = $s->[2] =~ s/(\$\w*\$).*?\1//gsr;
    next if $head !~ /\bLANGUAGE\s+'?c\b/i;
    push @bad, place($s) . ": $f: 'MODULE_PATHNAME', 'gg_...'" if $head !~ /'MODULE_PATHNAME',\s*'gg_\w+'/;
    push @bad, place($s) . ": $f: PARALLEL" if $head !~ /\bPARALLEL\s+(?:SAFE|RESTRICTED|UNSAFE)\b/i && $head !~ /\bRETURNS\s+trigger\b/i && $head !~ /\bVOLATILE\b/i;
  }
  return @bad;
};

push @checks, 'views of gov are security_invoker' => sub {
  return map { place($_) . ": $1" } grep { $_->[2] =~ /^CREATE\s+VIEW\s+(\S+)(.{0,80})/is && $2 !~ /security_invoker/i } all_statements(gov_files());
};

push @checks, 'updates drop nothing of the contract' => sub {
  return map { place($_) . ": $1" } grep { $_->[2] =~ /^(DROP\s+(?:FUNCTION|PROCEDURE|AGGREGATE|TYPE|VIEW|TABLE|OPERATOR|SCHEMA|CAST|DOMAIN|ROUTINE)\b[^;]*|ALTER\s+\w+\b.*\bDROP\s+COLUMN\b.*)/is } all_statements(files(qr{^sql/updates/}));
};

1;
