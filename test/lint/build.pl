# Checks of what the compiler made: exported symbols, names between files, a second compiler, the layout of the code.
use strict;
use warnings;
our @checks;

push @checks, 'the library exports its SQL-callables and nothing else' => sub {
  return 'grid_gov.so is not built' if !-f 'grid_gov.so';
  my @bad;
  my (%fn, %info);
  for (split /\n/, `nm -D --defined-only grid_gov.so`) {
    my ($symbol) = /(\S+)$/;
    if ($symbol =~ /^pg_finfo_(gg_\w+)$/) { $info{$1} = 1 }
    elsif ($symbol =~ /^gg_\w+$/) { $fn{$symbol} = 1 }
    elsif ($symbol !~ /^(?:Pg_magic_func|_PG_init|_init|_fini)$/) { push @bad, $symbol }
  }
  delete $fn{gg_worker_main};   # the server starts the background worker by this name
  push @bad, map { "$_ is exported but no SQL-callable" } grep { !$info{$_} } sort keys %fn;
  my $script = join '', map { text($_) } files(qr{^sql/\d\d-.*\.sql$});
  my %used = map { $_ => 1 } $script =~ /'MODULE_PATHNAME',\s*'(\w+)'/g;
  push @bad, map { "$_ is exported but no SQL function uses it" } grep { !$used{$_} } sort keys %fn;
  push @bad, map { "$_ is used by SQL but not exported" } grep { !$fn{$_} } sort keys %used;
  return @bad;
};

push @checks, 'names between C files begin with gg_' => sub {
  my @objects = glob 'src/*.o src/*/*.o' or return 'nothing is built';
  my @bad;
  my $file = '';
  for (split /\n/, `nm -g --defined-only @objects`) {
    if (/^(\S+):$/) { $file = $1 }
    elsif (/ [A-Z] (\S+)$/ && $1 !~ /^(?:gg_|Gg|pg_finfo_gg_|Pg_magic_func$|_PG_init$)/) { push @bad, "$file: $1" }
  }
  return @bad;
};

push @checks, 'clang finds nothing to warn of' => sub {
  my ($clang) = grep { -x } map { my $c = $_; map { "$_/$c" } split /:/, $ENV{PATH} } qw(clang-14 clang clang-16 clang-19);
  return 'SKIP: clang is not here' if !$clang;
  chomp(my $flags = `make -s --no-print-directory print-flags`);
  $flags =~ s/-f(?:excess-precision|stack-clash-protection|cf-protection|ffat-lto-objects|lto|lto-partition)\S*//g;
  my @c = files(qr{^src/.*\.c$});
  my @out = split /\n/, `$clang $flags -Werror -Wno-unknown-warning-option -Wno-ignored-optimization-argument -Wno-unused-command-line-argument -Wno-ignored-attributes -fsyntax-only @c 2>&1`;
  return $? ? grep { /error|warning/ } @out : ();
};

push @checks, 'the layout of the C code is that of .clang-format' => sub {
  my ($format) = grep { -x } map { "$_/clang-format-14" } split /:/, $ENV{PATH};
  return 'SKIP: clang-format-14 is not here' if !$format;
  my @bad;
  for my $f (grep { !/table\.h$/ } files(qr{^src/.*\.[ch]$})) {
    my $n = () = `$format --dry-run $f 2>&1` =~ /: warning:/g;
    push @bad, "$f: $n places; run clang-format-14 -i on it" if $n;
  }
  return @bad;
};

1;
