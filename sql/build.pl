#!/usr/bin/env perl
# Write the extension's install script: the fragments in the order given, where a line
#   --@ ref FILE.csv TABLE [TEXT-COLUMN...]   becomes one INSERT with the rows of sql/ref/FILE.csv (header = column names)
#   --@ text FILE.tsv TABLE COLUMN...          becomes INSERTs with the rows of sql/ref/FILE.tsv (no header); characters beyond
#                                              GB 2312 are spelled in hex, so that the server of a database in EUC_CN can read
#                                              the script as far as the refusal at its beginning
#   --@ gov TABLE                              becomes one row (ord, kind, name, ddl) for each object of sql/gov/*.sql,
#                                              which are cut at the lines "--- KIND NAME | COMMENT"; in a table or view
#                                              "name ... -- COMMENT" at a line's end is the comment of that column.
# Only core Perl: a bare Debian has no modules.
use strict;
use warnings;
binmode STDOUT;

my $dir = $0;
$dir =~ s{[^/]*$}{};

sub slurp { my ($f) = @_; open my $h, '<:raw', $f or die "$f: $!\n"; local $/; my $t = <$h>; close $h; $t =~ s/\r\n/\n/g; return $t }
sub quote { my ($v) = @_; return 'NULL' if !defined $v || $v eq ''; $v =~ s/'/''/g; return $v =~ /\\/ ? do { $v =~ s/\\/\\\\/g; "E'$v'" } : "'$v'" }

# The lines of a file that EUC_CN cannot hold (without iconv: all).
sub rare_lines {
  my ($f) = @_;
  my @plain = split /\n/, qx(iconv -c -f UTF-8 -t EUC-CN '$f' 2>/dev/null | iconv -f EUC-CN -t UTF-8 2>/dev/null) // '';
  my @lines = split /\n/, slurp($f);
  return map { $lines[$_] => 1 } grep { ($plain[$_] // '') ne $lines[$_] } 0 .. $#lines;
}

# Cut CSV text into records (RFC 4180: quotes, doubled quotes, line breaks inside quotes).
sub csv {
  my ($t) = @_;
  my (@rows, @row); my $v = ''; my $in = 0; my $any = 0;
  while ($t =~ /\G(?:("")|(")|(,)|(\n)|([^",\n]+))/gc) {
    if (defined $1) { if ($in) { $v .= '"' } $any = 1 }
    elsif (defined $2) { $in = !$in; $any = 1 }
    elsif (defined $3) { if ($in) { $v .= ',' } else { push @row, $v; $v = ''; $any = 1 } }
    elsif (defined $4) { if ($in) { $v .= "\n" } elsif ($any || length $v) { push @rows, [@row, $v]; @row = (); $v = ''; $any = 0 } }
    else { $v .= $5; $any = 1 }
  }
  push @rows, [@row, $v] if $any || length $v;
  return @rows;
}

sub insert {
  my ($table, $cols, @rows) = @_;
  while (my @some = splice @rows, 0, 200) {
    print "INSERT INTO $table (", join(', ', @$cols), ") VALUES\n  ",
      join(",\n  ", map { '(' . join(', ', map { ref $_ ? $$_ : quote($_) } @$_) . ')' } @some), ";\n";
  }
}

for my $file (@ARGV) {
  print "\n/* $file */\n" if $file ne $ARGV[0];
  for my $line (split /^/, slurp($file)) {
    if ($line =~ /^--\@ ref (\S+) (\S+)/) {
      my ($head, @rows) = csv(slurp("${dir}ref/$1"));
      @$_ == @$head or die "$1: a row has " . @$_ . " fields, not " . @$head . ": @$_\n" for @rows;
      insert($2, $head, @rows);
    } elsif ($line =~ /^--\@ text (\S+) (\S+) (.+)$/) {
      my ($f, $t, @c) = ($1, $2, split ' ', $3);
      my %rare = rare_lines("${dir}ref/$f");
      my $hex = sub { my ($v) = @_; return $v =~ /[^\x00-\x7f]/ ? \("pg_catalog.convert_from('\\x" . unpack('H*', $v) . "', 'UTF8')") : $v };
      my @rows = map { my $rare = $rare{$_}; my @f = split /\t/, $_, -1; @f == @c or die "$f: bad row: $_\n"; $rare ? [map { $hex->($_) } @f] : \@f } grep { length && !/^#/ } split /\n/, slurp("${dir}ref/$f");
      insert($t, \@c, @rows);
    } elsif ($line =~ /^--\@ gov (\S+)/) {
      my ($table, $ord) = ($1, 0);
      for my $f (sort glob("${dir}gov/*.sql")) {
        my ($head, @parts) = split /^--- (\w+) (\S[^|\n]*?)\s*(?:\|\s*([^\n]*?)\s*)?\n/m, slurp($f);
        while (my ($kind, $name, $comment, $ddl) = splice @parts, 0, 4) {
          $ddl =~ s/^\s+|\s+$//g;
          if ($kind eq 'table' || $kind eq 'view') {
            my @columns = $ddl =~ /^  (\w+)\b[^\n]*? -- ([^\n]+?)\s*$/mg;
            $ddl =~ s/ +-- [^\n]*$//mg;
            $ddl .= "\nCOMMENT ON \U$kind\E $name IS " . quote($comment) . ';' if defined $comment;
            while (my ($c, $text) = splice @columns, 0, 2) { $ddl .= "\nCOMMENT ON COLUMN $name.$c IS " . quote($text) . ';' }
          }
          $ddl =~ /\$gov_ddl\$/ and die "$f: \$gov_ddl\$ inside $name\n";
          print "INSERT INTO $table (ord, kind, name, ddl) VALUES (", ++$ord, ", '$kind', '$name', \$gov_ddl\$$ddl\$gov_ddl\$);\n";
        }
      }
    } else { print $line }
  }
}
