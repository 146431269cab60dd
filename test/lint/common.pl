# What the checks share: the files, their text, cutting SQL into statements.
use strict;
use warnings;
our @checks;

my @files;
# The project's files, sorted; as git knows them when this is a checkout (new ones that are not ignored included).
sub files {
  my ($pattern) = @_;
  if (!@files) {
    @files = split /\0/, `git ls-files -z --cached --others --exclude-standard 2>/dev/null`;
    @files = split /\0/, `find . -type f -not -path './.git/*' -not -path './build/*' -not -name '*.o' -not -name '*.so' -print0` if !@files;
    s{^\./}{} for @files;
    @files = grep { -f && !m{^sql/grid_gov--} } sort @files;
  }
  return grep { $_ =~ $pattern } @files;
}

my %text;
sub text {
  my ($file) = @_;
  return $text{$file} //= do { open my $h, '<:raw', $file or die "$file: $!\n"; local $/; <$h> // '' };
}

# The line number of an offset in a text.
sub line_of { my ($text, $offset) = @_; return 1 + (substr($text, 0, $offset) =~ tr/\n//) }

# Is it text (and not a picture, say)?
sub is_text { my ($file) = @_; return index(text($file), "\0") < 0 }

# C with comments (and, if wanted, strings) blanked out; offsets stay.
sub c_code {
  my ($file) = @_;
  my $t = text($file);
  $t =~ s{("(?:\\.|[^"\\\n])*")|('(?:\\.|[^'\\\n])+')|(/\*.*?\*/)|(//[^\n]*)}{
    defined $3 || defined $4 ? ($3 // $4) =~ s/[^\n]/ /gr : $1 // $2 }gse;
  return $t;
}

# SQL with comments blanked out, cut into [statement, line]; understands strings, dollar quotes and BEGIN ATOMIC bodies.
sub statements {
  my ($sql) = @_;
  my (@out, $start, $atomic);
  my $code = '';
  $start = 0;
  pos($sql) = 0;
  while (pos($sql) < length $sql) {
    if ($sql =~ /\G--[^\n]*/gc) { $code .= ' ' x length $& }
    elsif ($sql =~ m{\G/\*.*?\*/}gcs) { $code .= $& =~ s/[^\n]/ /gr }
    elsif ($sql =~ /\G(?:[eE])?'(?:[^'\\]|\\.|'')*'/gcs) { $code .= $& }
    elsif ($sql =~ /\G"(?:[^"]|"")*"/gcs) { $code .= $& }
    elsif ($sql =~ /\G(\$(?:[A-Za-z_]\w*)?\$).*?\Q\E/gcs) {
      my $tag = $1;
      my $from = pos($sql);
      my $end = index $sql, $tag, $from;
      $end = length($sql) - length $tag if $end < 0;
      $code .= $tag . substr($sql, $from, $end + length($tag) - $from);
      pos($sql) = $end + length $tag;
    }
    elsif ($sql =~ /\G\bBEGIN\s+ATOMIC\b/gci) { $atomic = 1; $code .= $& }
    elsif ($sql =~ /\G\bEND\b/gci) { $code .= $&; $atomic = 0 if !($atomic && $code =~ /\bCASE\b(?:(?!\bEND\b).)*\bEND$/is) }
    elsif ($sql =~ /\G\w+/gc) { $code .= $& }
    elsif ($sql =~ /\G;/gc && !$atomic) {
      push @out, [substr($code, $start), line_of($code, $start + (substr($code, $start) =~ /^(\s*)/ ? length $1 : 0))];
      $code .= ';';
      $start = length $code;
    }
    elsif ($sql =~ /\G./gcs) { $code .= $& }
    else { $code .= ';' }
  }
  push @out, [substr($code, $start), line_of($code, $start)] if substr($code, $start) =~ /\S/;
  s/^\s+|\s+$//g for map { $_->[0] } @out;
  return grep { length $_->[0] } @out;
}

1;
