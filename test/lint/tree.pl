# Checks of the tree as a whole: text files, names, what must not be said, one home for the version.
use strict;
use warnings;
our @checks;

push @checks, 'text files: valid UTF-8, LF line ends, a newline at the end' => sub {
  my @bad;
  for my $f (grep { is_text($_) } files(qr/./)) {
    my $t = text($f);
    push @bad, "$f: not valid UTF-8" if !utf8::decode(my $copy = $t);
    push @bad, "$f: byte order mark" if $t =~ /^\xEF\xBB\xBF/;
    push @bad, "$f:" . line_of($t, $-[0]) . ': carriage return' if $t =~ /\r/;
    push @bad, "$f: no newline at the end" if length $t && $t !~ /\n\z/ && $f !~ /\.(?:geojson|csv)$/;
  }
  return @bad;
};

push @checks, 'no spaces at line ends' => sub {
  return map { my $f = $_; my $t = text($f); my @b; push @b, "$f:" . line_of($t, $-[0]) while $t =~ /[ \t]+$/mg; @b }
    files(qr/\.(?:c|h|sql|pl|pm|sh|mk|control|spec)$|^Makefile$/);
};

push @checks, 'no marks of unfinished work' => sub {
  my $mark = 'TO' . 'DO|FIX' . 'ME|X' . 'XX:';
  return map { my $f = $_; my $t = text($f); my @b; push @b, "$f:" . line_of($t, $-[0]) while $t =~ /\b(?:$mark)\b/g; @b }
    grep { is_text($_) } files(qr/\.(?:c|h|sql|pl|pm|sh|mk|md|spec|control)$|^Makefile$/);
};

push @checks, 'no paths of one machine' => sub {
  my $path = join '|', map { "/$_/" } 'wo' . 'rk', 'tmp/w' . 't', 'ho' . 'me/\w+', 'ro' . 'ot', 'Us' . 'ers/\w+';
  return map { my $f = $_; my $t = text($f); my @b; push @b, "$f:" . line_of($t, $-[0]) . ": $1" while $t =~ m{(?<![\w./])((?:$path)\S*)}g; @b }
    grep { is_text($_) } files(qr/\.(?:c|h|sql|pl|pm|sh|mk|md|spec|control|out|json|csv)$|^Makefile$/);
};

push @checks, 'the control file: ASCII, and the only home of the version' => sub {
  my @bad;
  my $control = text('grid_gov.control');
  push @bad, 'grid_gov.control: not ASCII' if $control =~ /[^\x00-\x7F]/;
  my ($version) = $control =~ /^default_version = '([^']+)'$/m or return 'grid_gov.control: no default_version';
  for my $f (files(qr/^(?:Makefile|META\.json|README\.md|sql\/\d\d-[^\/]*\.sql|expected\/.*|doc\/.*|src\/.*|test\/.*\.(?:sql|pl|pm|sh|mk))$/)) {
    push @bad, "$f: names version $version" if text($f) =~ /(?<![\d.])\Q$version\E(?![\d.])/;
  }
  return @bad;
};

push @checks, 'tests and golden outputs belong together' => sub {
  my @bad;
  my %kind;
  for my $f (files(qr{^test/(?:sql/[^/]+\.sql|specs/[^/]+\.spec)$})) {
    my ($kind, $name) = $f =~ m{^test/(\w+)/(.*)\.};
    push @bad, "$f: a regression topic has the same name, and golden outputs share a folder" if $kind{$name};
    $kind{$name} = $kind;
    push @bad, "$f: expected/$name.out is missing" if !-f "expected/$name.out";
    push @bad, "$f: tests are not numbered" if $kind eq 'sql' && $name =~ /^\d/;
  }
  for my $f (files(qr{^expected/})) {
    my ($name) = $f =~ m{^expected/(.*?)(?:_\d)?\.out$} or push @bad, "$f: what is it?";
    push @bad, "$f: no test of that name" if defined $name && !$kind{$name};
  }
  return @bad;
};

push @checks, 'a page for every room, and every page in the index' => sub {
  my @bad;
  my $index = -f 'doc/README.md' ? text('doc/README.md') : return 'doc/README.md is missing';
  my %room = map { m{^src/(\w+)/} ? ($1 => 1) : () } files(qr{^src/\w+/});
  push @bad, map { "doc/$_.md is missing (src/$_)" } grep { $_ ne 'base' && !-f "doc/$_.md" } sort keys %room;
  push @bad, map { m{doc/(.*)} && index($index, "($1)") < 0 ? "doc/README.md does not name $1" : () } grep { $_ ne 'doc/README.md' } files(qr{^doc/[^/]+\.(?:md|sql)$});
  for my $f (files(qr{(?:^|/)[^/]+\.md$})) {
    my ($folder) = $f =~ m{^(.*/)?};
    my $t = text($f);
    while ($t =~ /\]\((?!https?:|#|mailto:)([^)#\s]+)/g) {
      push @bad, "$f:" . line_of($t, $-[0]) . ": no such file: $1" if !-e (($folder // '') . $1);
    }
  }
  return @bad;
};

push @checks, 'META.json is JSON and takes its version from the control file' => sub {
  return 'META.json is missing' if !-f 'META.json';
  require JSON::PP;
  my $meta = eval { JSON::PP::decode_json(text('META.json')) } or return "META.json: $@";
  my @bad;
  push @bad, "META.json: $_ is missing" for grep { !defined $meta->{$_} } qw(name abstract version maintainer license provides meta-spec);
  push @bad, 'META.json: version must be @VERSION@ (make dist fills it in)' if grep { $_ ne '@VERSION@' } $meta->{version} // '', map { $_->{version} // '' } values %{ $meta->{provides} // {} };
  return @bad;
};

push @checks, 'the reference corpus and lexicon are fit to train on' => sub {
  my @said = split /\n/, `perl test/lint/corpus.pl 2>&1`;
  return $? == 0 ? () : @said ? @said : ('corpus.pl broke off');
};

1;
