# Checks of the C code: sizes, first comments, arrows between rooms, pure cores, one place for version differences.
use strict;
use warnings;
our @checks;

# Which rooms a room may include from (itself and the standard headers aside).
my %may = (base => [], place => ['base'], clock => ['base'], text => ['base'], event => [qw(base place clock text)], score => ['base'],
  setup => [qw(base place clock text event score)]);

# Rooms and files without SPI, catalog or current time: these, and every file whose first comment says that it is pure.
my @pure = (qr{^src/clock/(?!.*_sql\.c$)(?!cache\.c$)}, qr{^src/place/(?:code|frame|shape|tree)\.c$}, qr{^src/text/(?:normal|body|charmap|score|model|train|slow)\.c$});

sub c_files { return files(qr{^src/.*\.[ch]$}) }
sub first_comment { my ($f) = @_; return text($f) =~ m{\A/\*(.*?)\*/}s ? $1 : undef }

push @checks, 'C files: at most 600 lines' => sub {
  return map { my $n = (text($_) =~ tr/\n//); $n > 600 ? "$_: $n lines" : () } grep { !/table\.h$/ } c_files();
};

push @checks, 'C files: the first comment names the file and says what it answers' => sub {
  return map { my $f = $_; my ($name) = $f =~ m{([^/]+)$}; my $c = first_comment($f);
    !defined $c ? "$f: no comment first" : $c !~ /^[\s*]*\Q$name\E:\s*\S/ ? "$f: first comment must begin with \"$name: \"" : () } c_files();
};

push @checks, 'C files: functions have a comment that says what they do' => sub {
  my @bad;
  for my $f (grep { /\.c$/ } c_files()) {
    my @line = split /\n/, text($f), -1;
    for my $i (2 .. $#line) {
      my ($name) = $line[$i] =~ /^([a-z_]\w*)\(/ or next;
      next if $line[$i - 1] !~ /^[a-zA-Z_][\w \t*]*$/;
      my $j = $i;
      $j++ while $j < $#line && $line[$j] !~ /[{;]/;
      next if $line[$j] !~ /^\{/;                       # a declaration
      my $k = $i - 2;
      $k-- while $k > 0 && ($line[$k] eq '' || $line[$k] =~ /^(?:GG_FUNCTION|PG_FUNCTION_INFO_V1)\(|^#/);
      push @bad, "$f:" . ($i + 1) . ": $name" if $line[$k] !~ m{\*/\s*$};
    }
  }
  return @bad;
};

push @checks, 'C files: includes go only base <- place, clock, text <- event and base <- score' => sub {
  my @bad;
  my %home = map { m{^src/(\w+)/([^/]+\.h)$} ? ("$1/$2" => $1) : () } c_files();
  for my $f (grep { m{^src/\w+/} } c_files()) {
    my ($room) = $f =~ m{^src/(\w+)/};
    my $t = c_code($f);
    while ($t =~ /^\s*#\s*include\s+"([^"]+)"/mg) {
      my $to = $home{$1};
      my $line = line_of($t, $-[0]);
      if (!defined $to) { push @bad, "$f:$line: write \"$room/$1\"" if -f "src/$room/$1"; next }
      next if $to eq $room;
      push @bad, "$f:$line: $room may not include $1" if !grep { $_ eq $to } @{ $may{$room} // [] };
    }
    push @bad, "$f: room $room is not known to this check" if !$may{$room};
  }
  return @bad;
};

push @checks, 'C files: pure cores know no SPI, no catalog, no current time' => sub {
  my @bad;
  for my $f (c_files()) {
    my $c = first_comment($f) // '';
    next if !(grep { $f =~ $_ } @pure) && $c !~ /\b[Pp]ure\b/;
    my $t = c_code($f);
    while ($t =~ m{(executor/spi\.h|\bSPI_\w+|"catalog/(?!pg_type|pg_collation)[^"]+"|\bSearchSysCache\w*|\btable_open\w*|\bGetCurrent\w*Time\w*|\bgg_(?:execute|gov_table|watch_table|become_\w+)\b|\bGetUserId\w*)}g) {
      push @bad, "$f:" . line_of($t, $-[0]) . ": $1";
    }
  }
  return @bad;
};

push @checks, 'C files: releases are told apart in compat.h alone' => sub {
  return map { my $f = $_; my $t = text($f); $t =~ /PG_VERSION_NUM/ ? "$f:" . line_of($t, $-[0]) : () } grep { $_ ne 'src/base/compat.h' } c_files();
};

push @checks, 'C files: rooms use errors and memory as the project does' => sub {
  my @bad;
  for my $f (c_files()) {
    my $t = c_code($f);
    $t =~ s/^#define gg_guc_malloc\(size\) malloc\(size\)$//m;   # settings are freed by free()
    push @bad, "$f:" . line_of($t, $-[0]) . ": $1: use palloc and StringInfo" while $t =~ /\b((?:m|c|re)alloc|sprintf|strcpy|strcat|gets|strtok|atoi)\s*\(/g;
    push @bad, "$f:" . line_of($t, $-[0]) . ': // comment' while text($f) =~ m{^\s*//}mg;
    push @bad, "$f:" . line_of($t, $-[0]) . ": message begins with a capital or ends with a period: $1"
      while $t =~ /\berrmsg\("((?:[A-Z][a-z][^"]*|[^"]*[^.]\.))"/g;
    push @bad, "$f:" . line_of($t, $-[0]) . ": detail or hint is not a sentence: $1"
      while $t =~ /\berr(?:detail|hint)\("([^"]*[^."!?)])(?<!%s)"\s*[,)]/g;
  }
  return @bad;
};

1;
